"""What `dateline doctor --json` reports: the set-up, looked at once."""

from __future__ import annotations

from enum import StrEnum

from schemas.base import Model


class CheckState(StrEnum):
    OK = "ok"
    ADVICE = "advice"  # it works; it could be better
    WRONG = "wrong"  # it doesn't work, or won't for long
    UNKNOWN = "unknown"  # it could not be looked at


class Check(Model):
    """One thing that was looked at."""

    area: str
    """versions, java, disk, limits, clocks, settings, kafka, elasticsearch, rights."""
    state: CheckState
    what: str
    advice: str = ""
    """What to do."""


class Checkup(Model):
    ok: bool
    """Nothing is wrong."""
    unseen: int = 0
    """How much could not be looked at: then it isn't known whether all is well."""
    checks: tuple[Check, ...]
