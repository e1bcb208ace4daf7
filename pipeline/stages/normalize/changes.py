"""What normalize did to an article, for its field `changes`."""

from __future__ import annotations

from schemas.article import Change

MAX_CHANGES = 100


class Changes:
    """What normalize did to an article's fields, in the order of its rules."""

    def __init__(self) -> None:
        self.made: list[Change] = []

    def add(self, field: str, rule: str, was: str | None = None) -> None:
        if len(self.made) < MAX_CHANGES:
            self.made.append(Change(field=field, rule=rule, was=was[:500] if was else None))
