"""What became of all that came from a provider, or on a day, as `dateline trace --provider … --json` reports it."""

from __future__ import annotations

from schemas.base import Instant, Model


class Fate(Model):
    """How many had it, and some of them."""

    fate: str
    """received, refused, unchanged, indexed, superseded, hidden."""
    why: str = ""
    """Of refused ones the step and the reason, of hidden ones their status."""
    count: int
    examples: tuple[str, ...] = ()
    """Ids for `dateline trace`; of refused ones for `dateline dead-letters show`."""


class Funnel(Model):
    """In the order of an item's way. Items are articles and comments; each revision is one that was received."""

    provider: str | None
    begin: Instant
    end: Instant
    fates: tuple[Fate, ...]
    complete: bool = True
    """Whether all that was received was read. Where it wasn't, more were received than is counted."""
