"""What a run of capitalised words may name, by its words alone: all that needs no look at the text around it, remembered. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pipeline.stages.enrich.judging import Verdict, judge
from pipeline.stages.enrich.naming import names_in
from pipeline.stages.enrich.teams import may_play


class Candidate(NamedTuple):
    """A name in a run."""

    name: str
    titled: bool
    at: int
    """Where it begins in the run; -1 where the run has it with other spaces."""
    verdicts: tuple[Verdict, ...]
    """What it may be, best first."""
    plays: str | None
    """What it may be in a text about sport; English."""


@lru_cache(maxsize=16_384)
def candidates(run: str, starts_sentence: bool, english: bool) -> tuple[Candidate, ...]:
    """The names in a run. The same runs are in many stories."""
    return tuple(
        Candidate(
            name,
            titled,
            run.find(name),
            judge(name, titled),
            may_play(name) if english and not titled else None,
        )
        for name, titled in names_in(run, starts_sentence)
    )
