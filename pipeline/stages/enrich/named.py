"""What was found of one name in a text: where it is, and what speaks for each kind. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.stages.enrich.judging import ORGANISATION, PERSON, PLACE, Verdict
from schemas.enrichment import SURE, EntityKind

Span = tuple[int, int, int]
"""Paragraph from 0, first character, and the one after the last."""

_SUPPORTED = {PERSON: 0.5, PLACE: 0.75, ORGANISATION: 0.7}
"""From here on a second mention is more evidence: of a place and an organisation where the text around it says that it is one."""
_ENOUGH = 0.4
"""Hints that make a surname alone a person's: two verbs of saying, or a description and something that people do."""


@dataclass(slots=True)
class Named:
    """What was found of one name."""

    spans: list[Span] = field(default_factory=list)
    hints: float = 0.0
    """What speaks for a person in all mentions together: a surname alone is known by several of them."""
    best: dict[EntityKind, float] = field(default_factory=dict)
    role: str | None = None
    as_team: list[Span] = field(default_factory=list)
    """Where it is a team's name: `beat Somerset`."""
    written: str = ""
    """How the text has it most often."""
    most: int = -1

    def add(self, span: Span, verdict: Verdict, alone: float = 0.0) -> None:
        """One more mention. `alone`: what the words of the name say by themselves, which is no new evidence."""
        kind, confidence = verdict
        self.spans.append(span)
        if kind is PERSON and confidence > 0.3 and confidence > alone:
            self.hints += confidence - (alone if alone > 0.3 else 0.3)
        known = self.best.get(kind, 0.0)
        if known and confidence >= _SUPPORTED[kind]:  # a second mention is evidence too, if less than the first
            self.best[kind] = max(known, confidence) + 0.02
        elif confidence > known or not known:
            self.best[kind] = confidence

    @property
    def verdict(self) -> Verdict:
        if len(self.best) == 1:
            ((kind, confidence),) = self.best.items()
            sure = kind is PERSON and confidence < SURE and self.hints >= _ENOUGH
            return Verdict(kind, SURE if sure else min(0.99, confidence))
        kind, confidence = max(self.best.items(), key=lambda one: one[1])
        if kind is PERSON and confidence < SURE and self.hints >= _ENOUGH:
            confidence = SURE
        others = [value for other, value in self.best.items() if other is not kind]
        return Verdict(kind, min(0.99, confidence) - (0.1 if others and max(others) >= 0.75 else 0.0))
