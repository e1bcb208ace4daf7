"""What a name is, by what stands around it: an office before it, a verb of saying, an age or a country behind it. English. Pure."""

from __future__ import annotations

import re

from pipeline.stages.enrich.judging import ORGANISATION, PERSON, PLACE, Verdict
from pipeline.stages.enrich.known_names import known_names, organisations, words_of
from pipeline.stages.enrich.people import OFFICE
from pipeline.stages.enrich.pieces import is_address, is_cut_out, is_part_of_body, is_title
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.teams import TIME, may_be_team
from pipeline.stages.enrich.vocabulary import ORGANISATION_WORDS
from pipeline.stages.enrich.words import folded

AROUND = 40
"""Characters on each side of a name that are looked at."""
_OFFICES = words_of(
    """striker goalkeeper midfielder defender skipper batsman bowler pitcher quarterback player champion seed winner rider driver
    runner jumper boxer counterpart wrestler golfer cyclist swimmer novelist writer poet singer actor actress artist painter composer
    journalist reporter editor photographer columnist blogger historian philosopher physicist biologist astronomer engineer
    trader dealer broker banker businessman businesswoman billionaire entrepreneur developer designer architect chef rapper
    dancer model comedian host presenter dissident rebel guerrilla militant terrorist suspect victim survivor wife husband son
    daughter father mother brother sister friend colleague teammate compatriot countryman partner rival successor predecessor
    opponent nephew niece uncle aunt cousin widow fiance fiancee boyfriend girlfriend"""
) | frozenset(re.findall(r"[a-z]+", OFFICE.casefold()))
_SAYS = words_of(
    """said says told added asked replied explained insisted argued warned wrote noted claimed admitted recalled announced tweeted
    testified confirmed denied"""
)
_DOES = words_of(
    """has had was is will won beat lost scored took made met went came became played finished hit led left joined died resigned"""
)
_IN = words_of(
    "in at near outside around toward towards through across throughout northern southern eastern western central"
)
_NEAR = words_of("from to of for into between leave leaving left reached visit visited visiting")
_PART_OF = words_of("city town village port capital north south east west")
_CALLED = words_of(
    """the group company firm party union agency newspaper daily magazine bank maker giant broker brokerage club side team at"""
)
_OF_IT = words_of(
    """share shares stock spokesman spokeswoman official officials executive executives employees chief unit subsidiary board plc
    fans coach manager player players guerrillas militants fighters troops forces headquarters lawmakers senators leader leaders
    candidate candidates lawmaker member members"""
)
_HEADS = words_of("Department Ministry Authority Court Police Front Agency Bureau")
"""Behind `the`, they end the name of one body, though its words are ordinary: `the High Court`."""
_OCCUPATION = re.compile(
    r"^(?!after|under|over|other|either|whether|rather|former|another|however|never|newspaper|order|paper|power|for|or|nor|winter|summer)[a-z-]{3,}(?:er|or|ist|man|woman|half|back|medallist|ace)$"
)
"""What somebody is, by its ending: `hooker`, `fly-half`, `sprinter`."""
_DESCRIBES = ("-year-old", "-ranked", "-seeded")
"""Ends of words that stand before somebody's surname."""
_IN_A_TEAM = re.compile(r" \((?:(\d{1,3}(?:st|nd|rd|th)[,)\s])|\d{1,2}-\d{1,2}\)|capt(?:ain)?\)|\d{1,3} min)")
"""Behind a player: `(47th)`, `(captain)`, `(12-8)`."""
_NOBODYS_WORD = words_of(
    "maker giant broker carrier insurer retailer manufacturer supplier brewer automaker newspaper daily"
)
NOBODY = 0.15
"""Words that no context makes a person's name: `Kansas City Chiefs`."""
_DOUBTFUL = 0.5
"""Of a piece of something longer, and of a title."""
_WORD_AFTER = re.compile(r"(?:'s)?\s+([a-z]+)")
_PLAIN = frozenset(["", " ", ",", "."])
_NO_WORD = frozenset(",.;:)")
_COUNTRY_AFTER = re.compile(r"\s*\(\s*(?:[A-Z][a-zA-Z.]+(?:\s[A-Z][a-z]+)?|[A-Z]{3})\s*\)")
_AGE_AFTER = re.compile(r",\s+(?:aged?\s+)?\d{1,2}\b")
_ROLE_AFTER = re.compile(rf",\s+\w+\s+(?:[\w’'-]+\s+){{0,5}}?{OFFICE}\b", re.IGNORECASE)
_AFTER_COMMA = re.compile(r",\s+(\w+)")
_BEFORE_ROLE = words_of("the a an his her its their")
_PLACE_AFTER = re.compile(
    r",\s+(?:a|an|the)\s+(?:\w+\s+)?(?:city|town|village|port|suburb|capital|district|province|region)\b"
)
_AREA_AFTER = re.compile(r",\s+([A-Z][\w.]*(?:\s[A-Z][a-z]+)?)")
_OF_A_PLAYER = re.compile(
    r"[,:\s(-]*\d+[\s-]+(?:points?|pts|goals?|assists?|saves?|steals?|rebounds?|blocks?|aces?|digs?|kills|hits?|runs?|rbis?|strikeouts?|yards?|touchdowns?|tackles?|tries|catches|carries)\b",
    re.IGNORECASE,
)
_FIGURE_AFTER = re.compile(r"\s*\d")


def in_context(
    verdicts: tuple[Verdict, ...], name: str, before: str, after: str, *, table: bool, listed: bool = False
) -> Verdict:
    """The verdict with what stands around the name: AROUND characters on each side. `table`: the line is one of a table, where
    a name with figures behind it is a team's or a company's. `listed`: it is a list of names."""
    best, most = PERSON, 0.0
    words = before.rsplit(None, 2)[-2:] if before[-1:].isspace() else []
    last = words[-1] if words else ""
    match = None if after[:1] in _NO_WORD else _WORD_AFTER.match(after)
    following = match[1] if match else ""
    for kind, confidence in verdicts:
        if kind is PERSON and (confidence > NOBODY or " " not in name):
            confidence = _person(confidence, name, words, following, after)
            if listed and " " in name and confidence > 0.4:
                confidence = min(0.95, confidence + 0.4)
        elif kind is PERSON:
            pass
        elif kind is PLACE:
            if not (after.startswith("'s ") and _is_first_name_only(name)):  # "in Alice's garden"
                confidence = _place(confidence, words, following, after)
        else:
            confidence = _organisation(confidence, name, last, following, before, after)
        if kind is PERSON and before[-2:-1].isdigit() and is_address(name, before):
            confidence = 0.0
        if confidence > most:
            best, most = kind, confidence
    if (
        most > _DOUBTFUL
        and (before[-1:] != " " or after[:1] not in _PLAIN or after[1:2] == "»")  # few are at a mark
        and (is_cut_out(before, after) or is_title(before, after))
        and not _is_known_well(name)
    ):
        most = _DOUBTFUL
    if table and best is not ORGANISATION and _is_team_line(after) and may_be_team(name):
        return Verdict(ORGANISATION, 0.81)
    return Verdict(best, most)


def _is_known_well(name: str) -> bool:
    return name in organisations() or gazetteer().is_area(name) or gazetteer().is_famous(name)


def _is_first_name_only(name: str) -> bool:
    return name in known_names().first and not gazetteer().is_area(name) and not gazetteer().is_large(name)


def _organisation(confidence: float, name: str, last: str, following: str, before: str, after: str) -> float:
    if is_part_of_body(name, before, after, complete=ORGANISATION_WORDS):
        return min(confidence, _DOUBTFUL)
    if following in _OF_IT:
        return min(0.95, confidence + 0.3)
    if last.casefold() not in _CALLED:
        return confidence
    if last.casefold() == "the" and name.isupper() and name not in organisations():
        # a programme, a format, a machine: "the API", unless it speaks
        return min(0.95, confidence + (0.27 if following in _SAYS else 0.1))
    return min(0.95, confidence + (0.3 if name.rpartition(" ")[2] in _HEADS else 0.27))


def _is_team_line(after: str) -> bool:
    """Whether figures behind a name are those of a team or a company, not what a player did: `Moss 4 points`."""
    return bool(_FIGURE_AFTER.match(after)) and not (_OF_A_PLAYER.match(after) or TIME.match(after))


def _person(confidence: float, name: str, words: list[str], following: str, after: str) -> float:
    several = " " in name
    last = words[-1] if words else ""
    mark = after[:1]
    if mark in " (" and "(" in after[:3] and (country := _COUNTRY_AFTER.match(after)):
        # its initials in brackets are an abbreviation: "Human Landing System (HLS)"
        confidence += -0.5 if _initials(name) == country[0].strip(" ()") else 0.5
    if last.casefold() in _OFFICES:
        confidence += 0.35 if several else 0.45
    elif several and confidence > 0.4 and _OCCUPATION.match(last) and last not in _NOBODYS_WORD:
        confidence += 0.2
    elif not several and last.endswith(_DESCRIBES):
        confidence += 0.65
    if mark == " " and after[1:2] == "(" and (player := _IN_A_TEAM.match(after)):
        confidence += 0.35 if several else 0.65 if player[1] else 0.0
    behind_comma = match[1] if mark == "," and (match := _AFTER_COMMA.match(after)) else ""
    if behind_comma and _is_described(behind_comma, after):
        confidence += 0.3
    if last in _SAYS and words[0][-1] in ',”"' and name not in organisations() and not gazetteer().is_known(name):
        confidence += 0.25 if several else 0.45  # `…," said NAME`: a company is seldom said to have said it so
    if following in _SAYS or following in ("who", "whose") or _says_before(words) or behind_comma in _SAYS:
        confidence += 0.25
    elif following in _DOES:
        confidence += 0.06 if several else 0.12
    if last in ("the", "The"):
        confidence -= 0.35
    elif last in _IN:
        confidence -= 0.15
    if several and confidence >= 0.5:
        confidence += 0.25
    return min(0.97, confidence)


def _is_described(word: str, after: str) -> bool:
    """Whether an age or a role follows behind a comma; `word` is the first behind it."""
    if word[0].isdecimal() or word in ("age", "aged"):
        return _AGE_AFTER.match(after) is not None
    plain = folded(word)
    return plain in ("who", "whose") or (plain in _BEFORE_ROLE and _ROLE_AFTER.match(after) is not None)


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper())


def _says_before(words: list[str]) -> bool:
    """`…,” said NAME`, `according to NAME`, `said by NAME`."""
    if len(words) < 2:
        return False
    first, last = words
    return (
        (last in _SAYS and first[-1] in ",”\"'")
        or (first == "according" and last == "to")
        or (last == "by" and first in _SAYS)
    )


def _place(confidence: float, words: list[str], following: str, after: str) -> float:
    last = words[-1] if words else ""
    if last in _IN or last == "capital," or (last == "of" and len(words) > 1 and words[0] in _PART_OF):
        confidence += 0.32
    elif last in _NEAR:
        confidence += 0.2
    if after[:1] == ",":
        if _PLACE_AFTER.match(after):
            confidence += 0.35
        if (area := _AREA_AFTER.match(after)) and gazetteer().is_area(area[1]):
            confidence += 0.3
    if confidence < 0.9 and (following in _SAYS or last.casefold() in _OFFICES):
        confidence -= 0.3
    return min(0.95, confidence)
