"""Verbs of saying, and the small words around them. English. Pure.

What the patterns in tests/unit/stages/enrich/test_quick.py say in one expression is looked for here by words: an alternation of a hundred verbs
that is tried at every character costs more than all the rest of a sentence.
"""

from __future__ import annotations

import re
from itertools import pairwise

SAYING = (
    r"(?:said|says|say|told|tells|stated|states|added|adds|announced|announces|claimed|claims|reported|reports|revealed|reveals"
    r"|disclosed|discloses|indicated|insisted|insists|argued|argues|warned|warns|wrote|writes|explained|explains|noted|notes|declared|declares|proclaimed|expressed|emphasi[sz]ed"
    r"|asked|asks|replied|replies|recalled|recalls|confirmed|denied|tweeted|tweets|testified|asserted|asserts|clarified|acknowledged|acknowledges|condemned|called|calls|described|describes"
    r"|remarked|observed|continued|concluded|quipped|joked|responded|answered|admitted|admits|suggested|suggests|complained|predicted|vowed|pledged|promised|urged|charged|countered"
    r"|contended|maintained|conceded|lamented|praised|criticized|criticised|slammed|blasted|accused|posted|opined|shouted|cried|whispered|demanded|dismissed|hailed|labeled|labelled|dubbed|boasted|exclaimed|stressed|stresses|emphasi[sz]es|continues|concludes|admits|complains|observes|responds|predicts|maintains|concedes|laments|confirms"
    r"|confesses|confessed|recounts|recounted|mused|cautions|cautioned|agreed|enthused)"
)
VERBS = frozenset(
    spelt for verb in SAYING[3:-1].split("|") for spelt in {verb.replace("[sz]", "s"), verb.replace("[sz]", "z")}
)
ADVERBS = r"(?:\s+(?:has|had|have|also|later|then|once|recently|further|again|even|himself|herself|still|just|now|often|simply|never|[a-z]+ly))*"
_ADVERBS = frozenset(ADVERBS[ADVERBS.index("has") : ADVERBS.index("|[a-z]")].split("|"))
_LY = re.compile(r"[a-z]+ly")
_SMALL = re.compile(r"[a-z]+")
_QUOTES = '“”"'
_ADDING = re.compile(
    r"(?:,|b(?<=\bb)y) (?:(?:also|even|later|falsely|repeatedly) )?(?:saying|adding|telling|insisting|calling|arguing|asking|claiming|noting|warning|writing|declaring|describing"
    r"|explaining|tweeting|stating|suggesting|asserting|boasting|vowing|promising|joking|quipping)\b"
)
_NEW_CLAUSE = re.compile(r",\s+(?:but|and|while|as|when)\b(?!\s+that\b)")
"""Behind the verb of a quotation that stands before it: `“It is late,” she said, but as Vash went on about “the rules,” …`."""
_NEAR = 90
"""Characters between a verb and the quotation behind it."""
_SHORT = ("Mr", "Mrs", "Ms", "Dr", "Sen", "Sens", "Rep", "Reps", "Gov", "Gen", "Rev", "Lt", "Col", "Sgt", "Capt", "Prof", "St", "Jr", "Sr")  # fmt: skip


def speaks(text: str) -> bool:
    """Whether a verb of saying may be in it: asked before anything that looks for its place."""
    return not VERBS.isdisjoint(_SMALL.findall(text))


def _verbs(text: str, start: int) -> list[tuple[int, int]]:
    """Where verbs of saying begin and end, from `start` on."""
    return [
        match.span()
        for match in _SMALL.finditer(text, start)
        if match[0] in VERBS
        and not _in_word(text[match.start() - 1 : match.start()])
        and not _in_word(text[match.end() : match.end() + 1])
    ]


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _behind_quotes(text: str) -> int:
    """Where the words begin behind the last quotation mark."""
    return max(map(text.rfind, _QUOTES)) + 1


def _end(text: str, near: int) -> int:
    """How far from the end of a text something may end that stands `near` it; a line break at the end doesn't count."""
    return len(text) - near - text.endswith("\n")


def before_first_verb(text: str) -> str | None:
    """The words before the first verb of saying behind the last quotation mark; None where there is none."""
    start = _behind_quotes(text)
    verbs = _verbs(text, start)
    return text[start : verbs[0][0]] if verbs else None


def before_last_verb(text: str) -> str | None:
    """The words before the one verb of saying that stands near the end of a text, behind its last quotation mark; None where there
    is none, or another behind it."""
    start, near = _behind_quotes(text), _end(text, _NEAR)
    verbs = [verb for verb in _verbs(text, start) if verb[1] >= near]
    if len(verbs) != 1 or (start and _NEW_CLAUSE.match(text, verbs[0][1])):
        return None
    return text[start : verbs[0][0]]


def before_adding(text: str) -> str | None:
    """The words before `, saying` or `by calling` near the end of a text: `Trump attacked the plan, saying “…”`, whoever is the
    subject of the sentence says it."""
    if "ing" not in text:
        return None
    start, near = _behind_quotes(text), _end(text, _NEAR)
    found = (match.start() for match in _ADDING.finditer(text, start + 1) if match.end() >= near)
    at = next(found, None)
    return text[start:at] if at is not None else None


def without_adverbs(words: str) -> str:
    """Without the adverbs and auxiliary verbs at the end: `Ann Lee has also` said."""
    words = words.rstrip()
    while words:
        last = words.rsplit(None, 1)[-1]
        if len(last) == len(words) or not (last in _ADVERBS or _LY.fullmatch(last)):
            break
        words = words[: -len(last)].rstrip()
    return words


def without_short_points(text: str) -> str:
    """Without the full stops of `Mr.` and its like, which end no sentence."""
    if "." not in text:
        return text
    parts = text.split(".")
    kept = [parts[0]]
    for before, part in pairwise(parts):
        kept.append(part if before.endswith(_SHORT) and _is_short(before) else f".{part}")
    return "".join(kept)


def _is_short(before: str) -> bool:
    """Whether the word at the end is one of _SHORT, and not only its end."""
    return any(before.endswith(short) and not _in_word(before[: -len(short)][-1:]) for short in _SHORT)
