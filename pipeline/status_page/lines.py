"""The commands that repair, as an operator may paste them into a shell. Pure."""

from __future__ import annotations

import re
import shlex
from datetime import datetime

from pipeline.escaping import printable
from pipeline.operations.dead_letters import Filter

LETTER = re.compile(r"[0-9]{1,4}-[0-9]{1,19}")
"""A dead letter's id."""


def command(*words: str) -> str:
    """One line that a shell reads as these words."""
    return shlex.join(" ".join(printable(word).split()) if word else word for word in words)


def options(wanted: Filter) -> list[str]:
    """Of `dead-letters list`, `replay` and `discard`."""
    since = wanted.since.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(wanted.since, datetime) else None
    given = {"--stage": wanted.stage, "--reason": wanted.reason, "--provider": wanted.provider, "--since": since}
    return [word for name, value in given.items() if value for word in (name, value)]
