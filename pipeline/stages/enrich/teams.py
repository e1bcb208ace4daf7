"""Teams, which are often called like their city: in results, tables and announced matches, and in the words of texts about sport.
English. Pure.

`Leeds 2 York 0`, `match against Somerset`, `the Cubs`, `Texas Rangers`. A country stays a place: its team has its name, and a
reader who looks for the country means both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.stages.enrich.known_names import known_names, organisations, words_of
from pipeline.stages.enrich.named import Span
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.vocabulary import COMMON, FIRST, INITIALS, LAST, STOP, THING, is_demonym, kind_of
from pipeline.stages.enrich.words import stop_words

_OF_SPORT = words_of(
    """innings inning scored scorer scorers league season seasons coach match matches championship championships striker halftime
    half-time playoff playoffs tournament wicket wickets homer homers homered pitcher touchdown touchdowns rebounds goal goals
    penalty midfielder goalkeeper quarterback players player cup semifinal semifinals semi-final quarter-final qualifier fixture
    fixtures baseball soccer football basketball hockey cricket rugby tennis standings batsman bowler home-run game games"""
)
_AS_WRITTEN = {word + mark: word for word in _OF_SPORT for mark in ("", ",", ".", "'s", "’s", ".”")}
_ENOUGH_OF_SPORT = 3
"""Different words of sport by which a text is about it."""
_PLAYED = words_of(
    """beat beats won lost drew defeated defeats thrashed trounced edged blanked routed downed crushed scored led trailed hosted
    coach captain manager striker midfielder defender goalkeeper winger skipper shortstop pitcher quarterback fans batsman bowler
    forward guard players stadium playmaker supporters"""
)
_AGAINST = words_of(
    """beat beats against defeated thrashed trounced edged blanked routed downed crushed dismissed outscored swept hammered
    eliminated rivals champions v vs v. vs."""
)
_OVER = words_of("victory victories win wins winners triumph triumphs lead success successes")
_AGAINST_ENDS = frozenset(f" {word}"[-3:] for word in (*_AGAINST, "over", "for"))
_PLAYED_BEGIN = frozenset(word[:3] for word in _PLAYED)
"""By these most places are known not to play there."""
_CLUB = words_of(
    """City United Town Wanderers Rovers Athletic Albion Rangers Hotspur Villa Forest Palace Argyle Orient Thistle Vale
    Alexandra Rugby Universities"""
)
_NO_TEAMS = words_of(
    """Olympics Paralympics Games Championships Championship Finals Playoffs Play-offs Nationals Ashes Masters Alps Andes
    Pyrenees Majors Trials Worlds Highlands Midlands States Nations Islands Stakes Years Series Press Congress Christmas
    Business Success Process News Sports Athletics Awards Times Talks Rules Laws Rights Affairs Headquarters Mondays Tuesdays
    Wednesdays Thursdays Fridays Saturdays Sundays"""
)
_RESULT = re.compile(r"^\W*(?:[A-Z][^\d]{1,40} \d{1,3}\b,? (?:\([^)]{1,30}\) )?[A-Z][^\d]{1,40} ?\d{1,3}\b(?![:/-]))")
"""`Bury 4 Bristol City 0`."""
_STANDING = re.compile(r"^[A-Z][^\d:]{1,40}(?: [-+]?\d[\d./½]*){3,}(?: -)?\s*$")
"""`York 4 2 0 2 6 6 6`."""
_LEAGUE = re.compile(r"^[A-Z][^\d:]{1,40}(?: \d{1,2}){6,}\s*$")
"""Of a league: a player of golf has four rounds."""
_OF_TOWN = re.compile(r" \([A-Z]{1,2}\)(?= \d)")
_FIGURE = re.compile(r"(?:\s*\([^)\d]{1,20}\))?\s*\d")
TIME = re.compile(r"\s*\d+(?::|-\d+-)\d")
"""Behind a rider's or a bowler's name: `1:45`, `10-0-43-2`."""
_PLAYER = re.compile(r"(?:^|[ \d])(?:b|c|st|lbw b|c and b) $")
"""Before the name of a player of cricket, in the table of an innings."""
_OUT = re.compile(
    r" (?:c [A-Z]\S+ b [A-Z]|c and b [A-Z]|b [A-Z]\w+ \d|lbw b [A-Z]|st [A-Z]\S+ b [A-Z]|not out \d|run out \d)"
)
_MAY_BE_OUT = frozenset(["c ", "b ", "lb", "st", "no", "ru"])
_BOWLED = re.compile(r" \d+(?:\.\d)?-\d+-\d+-\d")
_MATCH = re.compile(r"^([A-Z][A-Z.' ]*[A-Z.]) (AT|VS?\.?) ([A-Z][A-Z.' ]*[A-Z.])$")
_WORD_AFTER = re.compile(r"(?:'s)? ([a-z-]+)")
_SHIRE = re.compile(r"^[A-Z][a-z]+shire$")
_SCORED = re.compile(r"^([A-Z][A-Z.' ]*[A-Z]) \d{1,3} ([A-Z][A-Z.' ]*[A-Z]) \d{1,3}$")
_PLURAL_ENDS = ("s", "x")


def is_about_sport(paragraphs: Sequence[str]) -> bool:
    """Whether a text has several words of sport."""
    words: set[str] = set()
    for paragraph in paragraphs:
        words.update(filter(None, map(_AS_WRITTEN.get, paragraph.lower().split())))
        if len(words) >= _ENOUGH_OF_SPORT:
            return True
    return False


def is_of_results(line: str) -> bool:
    """Whether a line of a table is a match with its result, or a team with its figures."""
    return _RESULT.match(line) is not None or _STANDING.match(line) is not None


def in_results(name: str, after: str, line: str) -> bool:
    """Whether a name in a line of results is a team's: figures follow, and it is no country and nobody's name."""
    if _LEAGUE.match(line) and after and line.startswith(name) and not gazetteer().is_country(name):
        return True
    if not _FIGURE.match(after) or TIME.match(after) or gazetteer().is_country(name) or name in _NO_TEAMS:
        return False
    return may_be_team(name) and (" " in name or gazetteer().is_known(name) or not is_word(name))


def town_of(after: str) -> str:
    """The letters in brackets that tell clubs of one name apart in results: `Mladost (BJ) 4`."""
    match = _OF_TOWN.match(after)
    return match[0] if match else ""


def is_player(before: str, after: str) -> bool:
    """Whether a name in the scores of cricket is a player's: `I. Healy c Gill b Fleming 44`, `Fleming 8-1-26-3`."""
    if before[-2:-1] in "bct" and before.endswith((" b ", " c ", " st ")) and _PLAYER.search(before):
        return True
    if after[1:2].isdigit():
        return _BOWLED.match(after) is not None
    return after[1:3] in _MAY_BE_OUT and _OUT.match(after) is not None


def may_be_team(name: str) -> bool:
    """Whether a name in a table can be that of a team or a company: it is nobody's initials and surname, and no known name."""
    words, kind = name.split(), kind_of(name)
    first = kind_of(words[0])
    return (words[-1] in _CLUB and len(words) > 1) or not (
        kind & (THING | STOP)
        or first & INITIALS
        or ((first & FIRST or (len(words) == 1 and kind & LAST)) and not gazetteer().is_known(name))
    )


def is_word(name: str) -> bool:
    return bool(kind_of(name) & COMMON)


def scored(line: str) -> tuple[tuple[int, int], ...]:
    """Where both names of a result in capitals are: `LG 2 OB 0`."""
    match = _SCORED.match(line)
    if match is None or any(match[side].casefold() in stop_words() for side in (1, 2)):
        return ()
    return match.span(1), match.span(2)


class Side(NamedTuple):
    """A name in a match that is announced, and where it begins in the line."""

    name: str
    start: int
    is_team: bool


def announced(line: str) -> tuple[Side, ...]:
    """Both names of a match that is announced in capitals; nothing for other lines. Of `CHICAGO AT TORONTO` the second is the place."""
    match = _MATCH.match(line)
    if match is None or not all(gazetteer().is_known(match[side].title()) for side in (1, 3)):
        return ()
    return Side(match[1], match.start(1), True), Side(match[3], match.start(3), match[2] != "AT")


def is_nickname(name: str) -> bool:
    """Whether a name can be what a team calls itself: `Cubs`, `White Sox`, `All Blacks`."""
    last = name.rpartition(" ")[2]
    return (
        name.endswith(_PLURAL_ENDS)
        and len(last) > 2
        and name.count(" ") < 2
        and last not in _NO_TEAMS
        and last[1:].islower()
        and not is_demonym(last)
        and not gazetteer().is_known(name)
        and name not in organisations()
        and not (kind_of(last) & LAST and (" " in name or not is_plural(last)))
    )


def is_plural(word: str) -> bool:
    """`Rangers`, `Indians`; not `Williams`."""
    return bool(kind_of(word.removesuffix("s")) & COMMON)


def whole_team(name: str) -> str | None:
    """What a team with its city before it calls itself: `Rangers` of `Texas Rangers`, `City` of `Bristol City`; None of other names."""
    words, places = name.split(), gazetteer()
    if not name.endswith(_PLURAL_ENDS) and words[-1] not in _CLUB:
        return None
    for size in (1, 2):
        if not 1 <= len(words) - size <= 2:
            continue
        city, rest = " ".join(words[:size]), " ".join(words[size:])
        named_after = is_nickname(rest) or (rest.endswith("s") and is_demonym(rest))
        team = rest in _CLUB or (named_after and city not in known_names().first)
        if team and places.is_known(city) and not places.is_country(city):
            return rest
    return None


@lru_cache(maxsize=16_384)
def may_play(name: str) -> str | None:
    """What a name may be in a text about sport: a `place` that has a team, a `nickname`, or a `team` by its own words."""
    places = gazetteer()
    if places.is_known(name) or (name.endswith("shire") and _SHIRE.match(name)):
        if places.is_country(name):
            return None
        if name not in organisations():
            return "place"
    if " " in name and whole_team(name):
        return "team"
    return "nickname" if is_nickname(name) else None


class Teams:
    """The teams of one text."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self._paragraphs = paragraphs
        self._about: bool | None = None
        self._nicknames: set[str] = set()
        self._doubtful: list[tuple[str, Span]] = []

    def has(self, name: str, span: Span, before: str, after: str, results: str) -> bool:
        """Whether a name is a team's there, by what stands around it. `results`: the line, where it is one of results."""
        if results:
            return in_results(name, after, results)
        kind = may_play(name)
        if kind is None:
            return False
        if kind == "place":
            if after[:3] == " v " or before[-3:] == " v ":
                return True
            beside = after[1:4]
            if before[-4:-1] not in _AGAINST_ENDS and beside not in _PLAYED_BEGIN and after[:1] != "'":
                return False
            words = before.rsplit(None, 2)[-2:] if before[-1:].isspace() else []
            return _plays(words, after) and self._is_about_sport()
        if kind == "team":
            team = self._is_about_sport()
            if team and (own := whole_team(name)) and is_nickname(own):
                self._nicknames.add(own)
            return team
        if before.endswith(("the ", "The ")) and self._is_about_sport():
            self._nicknames.add(name)
            return True
        self._doubtful.append((name, span))
        return False

    def by_nickname(self) -> Iterator[tuple[str, Span]]:
        """Names and spans that are teams' because the text has the nickname elsewhere, as one."""
        return (one for one in self._doubtful if one[0] in self._nicknames)

    def _is_about_sport(self) -> bool:
        if self._about is None:
            self._about = is_about_sport(self._paragraphs)
        return self._about


def _plays(words: list[str], after: str) -> bool:
    """Whether what stands around a place's name is what is said of teams: `Kent beat`, `match against Somerset`, `victory over
    Leicester`."""
    last = words[-1] if words else ""
    before = words[0] if len(words) > 1 else ""
    if last in _AGAINST or (last in ("over", "for", "against") and before in _OVER):
        return True
    following = _WORD_AFTER.match(after)
    return following is not None and following[1] in _PLAYED
