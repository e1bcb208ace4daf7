"""How a run ends, so that its state alone tells whether something was refused.

- `Completed`: all is done.
- `Completed with refusals`: it is done, but for what its message and artifact name.
- `Completed with repairs`: what differed was repaired.
- `Completed with warnings`: `watch` has found something to look at today.
- `Failed`: nothing of it was done, it can't be done, or it isn't done yet; the message says which, and what helps.
"""

from __future__ import annotations

from typing import TypeVar, cast

from prefect.states import Completed, Failed

from pipeline.errors import Fatal
from pipeline.escaping import printable
from pipeline.telemetry import without_credentials

R = TypeVar("R")
"""A flow that returns a state with its result is one that returns its result."""

REFUSALS = "Completed with refusals"
REPAIRS = "Completed with repairs"
WARNINGS = "Completed with warnings"
_LONGEST = 400
"""Characters of a message."""


def finished(report: R, message: str, *, done: int, refused: int) -> R:
    """The state of a run that did `done` things, and had `refused` refused. The report is the flow's result."""
    if refused and not done:
        return failed(report, message)
    name = REFUSALS if refused else None
    return cast(R, Completed(name=name, message=_shown(message), data=report))


def repaired(report: R, message: str) -> R:
    return cast(R, Completed(name=REPAIRS, message=_shown(message), data=report))


def found_something(report: R, message: str, warning: bool) -> R:
    return cast(R, Completed(name=WARNINGS if warning else None, message=_shown(message), data=report))


def failed(report: R, message: str) -> R:
    """The report is in the run's artifact: of a failed run Prefect takes an error alone for the result, which whoever waits
    for it raises."""
    text = _shown(message)
    return cast(R, Failed(message=text, data=Fatal(text)))


def _shown(message: str) -> str:
    text = " ".join(printable(without_credentials(message)).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
