"""Holds what commands print with `--json` to their schemas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import jsonschema

from schemas.answers import ANSWERS, LINES, SCHEMAS
from schemas.generate import generated


@cache
def _schemas() -> dict[str, Any]:
    return generated(SCHEMAS)


def words_of(arguments: Sequence[str]) -> str | None:
    """Which command these arguments ask for; None for one that has no answer in JSON."""
    for count in (2, 1):
        words = " ".join(arguments[:count])
        if words in ANSWERS:
            return words
    return None


def hold(arguments: Sequence[str], output: str) -> None:
    """Fail where the output isn't what the command's schema says. Nothing where it didn't answer in JSON."""
    words = words_of(arguments)
    if words is None or "--json" not in arguments or "--schema" in arguments or not output.strip():
        return
    several = [json.loads(line) for line in output.splitlines()] if words in LINES else [json.loads(output)]
    for one in several:
        jsonschema.validate(one, _schemas()[words.replace(" ", "-")])
