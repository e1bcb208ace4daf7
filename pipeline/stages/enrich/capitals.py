"""Names in headlines and lines in capitals: those that the rest of the text has, places that are clear, and teams of matches. Pure."""

from __future__ import annotations

import re

from pipeline.stages.enrich.judging import PERSON, PLACE, Verdict
from pipeline.stages.enrich.lines import is_of_a_table
from pipeline.stages.enrich.named import Named
from pipeline.stages.enrich.one_person import surname
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.teams import announced, scored

_SURE_PLACE = Verdict(PLACE, 0.82)
_WORD = re.compile(r"[^\W\d_][\w.'-]*")
_FIGURES = re.compile(r"^([A-Z][A-Z.' ]*[A-Z]) \d")
"""`MONTREAL 71 61`."""


def read_capitals(found: dict[str, Named], lines: list[tuple[int, str]]) -> None:
    """Headlines in capitals: names that the rest of the text has, and places that are clear."""
    sure = {name: one.verdict for name, one in found.items() if one.best}
    teams = {name for name, one in found.items() if one.as_team and not one.best}
    known = {name.upper(): name for name in teams}
    known |= {name.upper(): name for name, verdict in sure.items() if verdict.confidence >= 0.5} | {
        surname(name).upper(): name for name, verdict in sure.items() if " " in name and verdict.kind is PERSON
    }
    for n, line in lines:
        if sides := announced(line):
            for side in sides:
                span = (n, side.start, side.start + len(side.name))
                if side.is_team:
                    found[side.name].as_team.append(span)
                else:
                    found[side.name.title()].add(span, _SURE_PLACE)
            continue
        if sides_of_result := scored(line):
            for start, end in sides_of_result:
                found[line[start:end]].as_team.append((n, start, end))
            continue
        table = is_of_a_table(line)
        if table and (match := _FIGURES.match(line)) and gazetteer().is_known(match[1].title()):
            found[match[1]].as_team.append((n, *match.span(1)))
            continue
        words = list(_WORD.finditer(line))
        at = 0
        while at < len(words):
            for size in (3, 2, 1):
                if at + size > len(words):
                    continue
                start, end = words[at].start(), words[at + size - 1].end()
                text = line[start:end]
                name = known.get(text.upper()) or gazetteer().in_capitals(text.upper())
                if name is not None:
                    verdict = found[name].verdict if name in found and found[name].best else _SURE_PLACE
                    if (verdict.kind is PLACE and table and not gazetteer().is_country(name)) or name in teams:
                        found[name if name in teams else text].as_team.append((n, start, end))
                    else:
                        found[name].add((n, start, end), verdict)
                    break
            else:
                size = 1
            at += size
