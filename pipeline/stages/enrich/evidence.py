"""What one paragraph says of the names in it, whatever the rest of the text says: remembered, for revisions and for the copies of an
agency's story have the same paragraphs. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pipeline.stages.enrich import people_abroad
from pipeline.stages.enrich.bodies import Body, body_at
from pipeline.stages.enrich.bodies_abroad import abroad_verdict
from pipeline.stages.enrich.candidates import candidates
from pipeline.stages.enrich.context import AROUND, in_context
from pipeline.stages.enrich.judging import PERSON, Verdict
from pipeline.stages.enrich.lines import (
    is_heading,
    is_in_capitals,
    is_list_of_names,
    is_of_a_table,
    runs_in,
    starts_sentence,
)
from pipeline.stages.enrich.teams import is_of_results, is_player
from pipeline.stages.enrich.vocabulary import has_organisation_word

_PLAYER = Verdict(PERSON, 0.82)


Mention = tuple[str, int, int, Verdict | None, float, bool, Body | None, tuple[str, str] | None]
"""A name; where it begins and ends; what it is there, None where it is nothing but perhaps a team; how sure a person's name is by its
words alone; whether the verdict needs no more evidence (a player's name in scores, a person's in another language); the organisation
whose name it is or a piece of; what stands before and behind it, where it may be a team's. No class: there are a hundred in a text."""


class Line(NamedTuple):
    """A paragraph, by what kind of line it is."""

    plain: str
    """With straight apostrophes."""
    capitals: bool = False
    """A heading, or in capitals: its names are read at last."""
    results: str = ""
    """The line, where it is one of results."""
    mentions: tuple[Mention, ...] = ()


@lru_cache(maxsize=4096)
def line_of(paragraph: str, language: str | None) -> Line:
    """The paragraph with its names in order."""
    plain = paragraph.replace("’", "'")
    if is_in_capitals(plain) or is_heading(plain):
        return Line(plain, capitals=True)
    english = language in (None, "en")
    table = english and is_of_a_table(plain)
    results = plain if table and is_of_results(plain) else ""
    mentions = _mentions(plain, language, table=table, results=bool(results))
    return Line(plain, results=results, mentions=tuple(mentions))


def _mentions(plain: str, language: str | None, *, table: bool, results: bool) -> list[Mention]:
    found: list[Mention] = []
    english = language in (None, "en")
    abroad = language if language in people_abroad.LANGUAGES else None
    scores = table or " b " in plain or " not out " in plain
    listed = english and is_list_of_names(plain)
    for match in runs_in(plain):
        start = match.start()
        # most runs stand behind a word and a space
        begins = start == 0 or not (start > 1 and plain[start - 1] == " " and plain[start - 2].isalnum())
        if begins and start:
            begins = starts_sentence(plain[start - 3 if start > 3 else 0 : start])
        for name, titled, offset, verdicts, plays in candidates(match[0], begins, english):
            at = start + offset if offset >= 0 else max(0, plain.find(name, start))
            if (
                abroad
                and people_abroad.may_be_person(name, abroad)
                and (somebody := people_abroad.person(name, plain[max(0, start - AROUND) : at], abroad))
            ):
                who, known = somebody
                at = plain.find(who, start)
                found.append((who, at, at + len(who), known, 0.0, True, None, None))
                continue
            end = at + len(name)
            if not english and len(verdicts) < 2 and (not verdicts or verdicts[0].kind is PERSON):
                if verdicts:  # of somebody, if of anybody: what stands around it is in another language
                    found.append((name, at, end, verdicts[0], verdicts[0].confidence, False, None, None))
                continue
            before, after = plain[at - AROUND if at > AROUND else 0 : at], plain[end : end + AROUND]
            beside = None
            if english and not titled:
                beside = (before, after) if plays or results else None
                if scores and is_player(before, after) and not has_organisation_word(name):
                    found.append((name, at, end, _PLAYER, 0.0, True, None, beside))
                    continue
                if body := body_at(name, before, after):
                    found.append((name, at, end, None, 0.0, False, body, beside))
                    continue
            if not verdicts:
                if beside:
                    found.append((name, at, end, None, 0.0, False, None, beside))
                continue
            verdict = in_context(verdicts, name, before, after, table=table, listed=listed)
            if not english:
                verdict = abroad_verdict(verdict, name, before, language, begins)
            alone = verdicts[0 if verdicts[0].kind is PERSON else -1].confidence
            found.append((name, at, end, verdict, alone, False, None, beside))
    return found
