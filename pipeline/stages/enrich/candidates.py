"""What a run of capitalised words may name, by its words alone: all that needs no look at the text around it, remembered. Pure."""

from __future__ import annotations

from functools import lru_cache

from pipeline.stages.enrich.judging import Verdict, judge
from pipeline.stages.enrich.known_names import words_of
from pipeline.stages.enrich.naming import names_in
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.teams import may_play

_ARTICLES = words_of("Der Die Das Den Dem Le La Les El Los Las Il Lo Gli I O A Os As De Het")
Candidate = tuple[str, bool, int, tuple[Verdict, ...], str | None]
"""A name of a run; whether a title stood before it; where it begins in the run, -1 where the run has it with other spaces; what it
may be, best first; what it may be in an English text about sport. No class: there are a hundred in a text."""


@lru_cache(maxsize=16_384)
def candidates(run: str, starts_sentence: bool, english: bool) -> tuple[Candidate, ...]:
    """The names in a run. The same runs are in many stories."""
    found: list[Candidate] = []
    article, _, behind = run.partition(" ")
    if not english and article in _ARTICLES and behind and gazetteer().is_clear(behind):
        return ((behind, False, len(article) + 1, judge(behind, False), None),)  # "Die Schweiz", "Le Royaume-Uni"
    for name, titled in names_in(run, starts_sentence):
        plays = may_play(name) if english and not titled else None
        found.append((name, titled, run.find(name), judge(name, titled), plays))
    return tuple(found)
