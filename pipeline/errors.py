"""Errors, sorted by what to do about them rather than by where they arose."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class DatelineError(Exception):
    """Base of every error that Dateline raises on purpose; its text is written for the person who reads it."""


class Retry(DatelineError):
    """A neighbour is away or busy: the same call can succeed later. Nothing may be dropped meanwhile."""


class Reject(DatelineError):
    """This record or item can't succeed, now or later; the next one can.

    `reason` is a short word from a closed set per stage (it becomes a metric label and a dead-letter header);
    `detail` says, for whoever sent the item, what to correct and where.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Fatal(DatelineError):
    """Going on would lose or damage something, or can't work at all: stop, with a message for the operator."""


def explain(error: ValidationError) -> str:
    """A pydantic error as one line that names each field and its fault, for the sender of the record."""
    faults = []
    for fault in error.errors(include_url=False, include_context=False)[:5]:
        place = ".".join(str(part) for part in fault["loc"]) or "record"
        faults.append(f"{place}: {fault['msg'].removeprefix('Value error, ')}")
    more = error.error_count() - len(faults)
    return "; ".join(faults) + (f"; and {more} more" if more > 0 else "")
