"""The names in a run of capitalised words: `Azerbaijan President Ilham Aliyev` is a place and a titled person. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.stages.enrich.judging import as_person
from pipeline.stages.enrich.known_names import organisations, words_of
from pipeline.stages.enrich.people import OFFICE
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.vocabulary import (
    COMMON,
    FIRST,
    LAST,
    LEGAL_FORM,
    OF_BODY,
    STOP,
    VERY_COMMON,
    has_organisation_word,
    is_demonym,
    kind_of,
    kinds_of,
)

_LINK_WORDS = words_of("of for the de da di van von der den bin al el la le du and &")
_BEFORE_TITLE = words_of(
    """Brigadier Rear Vice- U.S. US UK British French German Russian Prime Vice Deputy Former Acting First Foreign Defence Defense
    Interior Finance National Security General Chief Lord Lady Executive Managing Assistant Attorney House Senate State Lt Lt. Maj
    Maj. Brig Brig. Crown Opposition Republican Democratic Democrat Economy Trade Agriculture Health Justice Education Labour Labor
    Energy Environment Police Army Air Transport"""
)
_TITLES = words_of(
    """President Presidents Minister Secretary Chancellor Premier Senator Sen Sen. Rep Rep. Representative Congressman
    Congresswoman Governor Gov Gov. Mayor Judge Justice Ambassador Spokesman Spokeswoman Spokesperson Director Chairman Chairwoman
    Chair King Queen Prince Princess Pope Bishop Archbishop Cardinal Sheikh Imam Rabbi Ayatollah Reverend Rev Rev. Father Sister
    Captain Capt Capt. Colonel Col Col. Major Maj Maj. Lieutenant Lt Lt. Sergeant Sgt Sgt. Admiral Adm Adm. General Gen Gen.
    Commander Cmdr Cmdr. Marshal Dr Dr. Prof Prof. Professor Mr Mr. Mrs Mrs. Ms Ms. Miss Sir Dame Lord Lady Baron Baroness Count
    Inspector Detective Officer Constable Aide Ombudsman Speaker Commissioner Coach Manager CEO Leader Chief Envoy Saint Comrade
    Herr Frau Monsieur Madame Señor Signor"""
)
_OCCUPATIONS = frozenset(
    (
        "archbishop|cellist|engineer|driver|student|poet|writer|actor|actress|singer|economist|striker|goalkeeper|midfielder|defender"
        "|skipper|batsman|bowler|democrat|republican|libertarian|commandant|correspondent|" + OFFICE[3:-1]
    ).casefold().split("|")
)  # fmt: skip
_OCCUPATION = re.compile(rf"^(?i:{'|'.join(sorted(_OCCUPATIONS, key=len, reverse=True))})\s+(?=\S+\s+\S)")
_FIRST_OF_OCCUPATION = frozenset(one.split()[0] for one in _OCCUPATIONS)
_ROYALS = words_of("King Queen Prince Princess Pope")
_ROYAL = re.compile(r"^(?:King|Queen|Prince|Princess|Pope) (?=[A-ZÀ-ÖØ-Þ][^\W\d_]+(?: (?:[IVX]+|Paul [IVX]+))?$)")
"""Who is known by a first name keeps the title: `Prince Andrew`, `Pope John Paul II`."""
_ADDRESS = re.compile(r"^(?:Mr|Mrs|Ms|Madam|Madame)\.? ")
NUMBERED = words_of("Jr Sr Jnr Snr II III IV")
"""Behind a surname; no name by itself."""
_AFTER_NAME = words_of("MP MEP MSP MD PhD QC KC OBE CBE MBE DBE KBE")
_NO_TITLE_INSIDE = words_of("Saint General Major Police State House Justice National Chief Security")
_GENERALS = frozenset(
    f"{rank} General" for rank in ("Major", "Brigadier", "Lieutenant", "Colonel", "Attorney", "Lt.", "Maj.", "Brig.")
)
_PAPERS = words_of(
    "Times Post Journal Guardian Herald Tribune Telegraph Globe Observer Independent Mail Chronicle Examiner Inquirer"
)
"""How a text calls a newspaper that it has named in full."""
_COMPANY = re.compile(rf" {LEGAL_FORM}\.?$")
_JOINED = words_of("""based listed owned born backed led style trained area registered run held controlled""")
"""`Berlin-based`: a place, then what is there."""


_NAMES_ALSO = words_of(
    """Will Mark May Art Bill Rob Frank Grace Hope Rose Long Young Good Best Self New North South East West Great First Old High
    Big Little Upper Lower General Second Third White Black National Federal Saint San Central United International"""
)
NOT_FIRST = words_of(
    """Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April June July August September
    October November December The A An In On At By For From With But And Or If As It He She They We You I This That These
    Those There When While Where What Who Why How Not No Yes Most Many Some All Both Each Such After Before During Since
    Until Upon Under Over Despite Although Though However Meanwhile Also Even Amid Amidst Its His Her Their Our Former Mr
    Mrs Ms Sometimes Maybe Welcome Thanks Then Now Here Once Only Just Still Never Always Like Unlike About According
    Because Among Between Within Without Through Another Other Every Last Next New-look To Of Is Are Was Were Do Does Did
    Can Could Should Would Let See Read Watch Click Photo Image Video Source Picture Editor Getty Advertisement Related
    Summary Introduction Conclusion Table Figure Figures"""
)


_NOBLE = words_of(
    "Duke Duchess Prince Princess Earl Countess Count Marquess Marchioness Viscount Viscountess Baron Baroness"
)
_COMMON_OWNERS = words_of(
    "women men people children workers teachers farmers st. king queen moody mcdonald levi lowe macy"
)
"""With whose names names of bodies begin: `People's Liberation Army`."""


class Name(NamedTuple):
    """A name in a run of capitalised words."""

    text: str
    titled: bool = False
    """A title stood before it."""


@lru_cache(maxsize=4096)
def names_in(run: str, starts_sentence: bool) -> tuple[Name, ...]:
    """The names in a run of capitalised words, without titles. The same names are in many stories: remembered."""
    return _of_one_word(run, starts_sentence) if run.isalpha() else tuple(_names(run, starts_sentence))


def _of_one_word(word: str, starts_sentence: bool) -> tuple[Name, ...]:
    """As _names, of a run that is one word without marks: as most are."""
    if (
        word in NOT_FIRST
        or word in _LINK_WORDS
        or word in NUMBERED
        or (kind_of(word) & STOP and (starts_sentence or len(word) > 2) and word not in _NAMES_ALSO)
        or (word in _TITLES and word not in organisations() and not gazetteer().is_clear(word))
    ):
        return ()
    return (Name(word),)


def _names(run: str, starts_sentence: bool) -> list[Name]:
    places = gazetteer()
    owner, _, owned = run.replace("’", "'").removeprefix("The ").partition("'s ")
    if owned:
        if owner in organisations() and f"{owner}'s {owned}" not in organisations():
            return [Name(owner), *_names(owned, False)]
        if places.is_clear(owner) or (" " in owner and len(owner.split()) <= 3) or _is_an_owner(owner):
            return [*_names(owner, starts_sentence), *_names(owned, False)]
    whole = run.replace("’", "'").removesuffix("'s").removesuffix("'")
    whole = whole.removeprefix("The ").removeprefix("the ")
    if " " in whole and whole in organisations():
        return [Name(whole)]
    words = whole.split()
    while words and (
        words[0] in NOT_FIRST
        or (kind_of(words[0]) & STOP and (starts_sentence or len(words[0]) > 2) and words[0] not in _NAMES_ALSO)
    ):
        words, starts_sentence = words[1:], False
    while words and words[0] in _LINK_WORDS:
        words = words[1:]
    while words and (words[-1] in NOT_FIRST or words[-1] in _LINK_WORDS):
        words = words[:-1]
    if words[1:2] == ["of"] and words[0] in _NOBLE:
        return []  # "Duke of Sussex": somebody, and not there
    if len(words) > 2 and words[1] == "of" and words[0].endswith("s") and not has_organisation_word(words[0]):
        words = words[2:]  # "Shares of Douglas Co", "Residents of Varnholm"
    while words and words[0] == "the":
        words = words[1:]
    words = _without_letters_behind(words)
    if not words or (len(words) == 1 and words[0].rstrip(".") in NUMBERED):
        return []
    name = " ".join(words)
    if name in organisations() or places.is_clear(name):
        return [Name(name)]
    for n, word in enumerate(words):
        owner, mark, kind = word.rpartition("-")
        if mark and (kind in _JOINED or (kind.endswith("ed") and kind.islower())):
            behind = _names(" ".join(words[n + 1 :]), False) if words[n + 1 :] else []
            return [*_names(owner, False), *behind] if n == 0 and behind else behind
    if words[0] in _ROYALS and _ROYAL.match(name):
        return [Name(name, True)]
    if len(words) > 2 and words[0].casefold() in _FIRST_OF_OCCUPATION and (occupation := _OCCUPATION.match(name)):
        behind_it = name[occupation.end() :]
        inside = _names(behind_it, False)
        if len(inside) == 1 and behind_it.startswith("of ") and len(behind_it.split()) == 2:
            return inside  # "CEO of Multico"
        # "President of Iceland Olafur Grimsson": he is it, not the country
        holder = next((one for one in inside if not (places.is_clear(one.text) or one.text in organisations())), None)
        return [Name(one.text, one.titled or one is holder) for one in inside]
    if " for the " in name and not has_organisation_word(name.partition(" for the ")[0]):
        one, _, other = name.partition(" for the ")  # "Cubs for the American League lead"
        return [*_names(one, False), *_names(other, False)]
    if " of " in name:
        person, _, body = name.partition(" of the ")
        if not body:
            person, _, body = name.partition(" of ")
        if body and _COMPANY.search(person):  # "Harbour Co of the United States"
            return [Name(person), *_names(body, False)]
        if body and not has_organisation_word(person) and _is_of(person.split(), body):
            return [*_names(person, False), *_names(body, False)]
    if end := _title_end(words):
        rest = " ".join(words[end:])
        if not rest:
            return []
        if rest.startswith("of "):
            return _names(rest, False)
        rest = _without_titles(rest)
        who, _, of = rest.partition(" of ")
        if _ADDRESS.match(name) and _is_an_office(who.split()):
            return []
        if not has_organisation_word(who):
            return [Name(who, True), *(_names(of, False) if of else [])]
    if has_organisation_word(name):
        return [*_with_title_inside(words)] or [Name(name)]
    if len(words) > 1 and is_demonym(words[-1]) and not _person_like(words):
        return _names(" ".join(words[:-1]), False)
    if len(words) > 2 and (places.is_clear(words[0]) or is_demonym(words[0])) and words[1] not in _LINK_WORDS:
        # "Azerbaijan President Ilham Aliyev": a place, then a titled person
        others = _names(" ".join(words[1:]), False)
        if places.is_clear(words[0]):
            # "Kansas City Star", "Indiana Jones Collection": of one name it is no place
            return [Name(words[0]), *others] if _stands_alone(others) else [Name(name)]
        return others
    if len(words) > 2 and places.is_clear(" ".join(words[:2])):
        others = _names(" ".join(words[2:]), False)
        return [Name(" ".join(words[:2])), *others] if _stands_alone(others) else [Name(name)]
    if len(words) > 1 and is_demonym(words[0]) and _title_end(words[1:]):
        return _names(" ".join(words[1:]), False)
    return [*_with_title_inside(words)] or [Name(name)]


def _title_end(words: list[str]) -> int:
    """How many of the words are a title, with what stands before it; 0 where none is: `Prime Minister`, `Deputy Foreign Minister`."""
    end = 0
    for n, word in enumerate(words):
        if word in _TITLES:
            end = n + 1
        if word not in _BEFORE_TITLE:
            break
    return end


def _without_letters_behind(words: list[str]) -> list[str]:
    """`John Milbank OBE`, and `John Milbank RRP` where a label follows: without the letters."""
    if len(words) < 3 or not (words[-1].isupper() or words[-1] in _AFTER_NAME):
        return words
    if any(word.isupper() and len(word) > 2 for word in words[:-1]):
        return words
    last = words[-1]
    letters = last in _AFTER_NAME or (last.isupper() and last.isalpha() and len(last) > 2 and last not in NUMBERED)
    person = letters and not has_organisation_word(last) and kind_of(words[0]) & FIRST
    return words[:-1] if person and (kind_of(words[-2]) & LAST or not kind_of(words[-2]) & COMMON) else words


def _without_titles(name: str) -> str:
    """`Dr. Lena Ostrow` behind `Health Commissioner`."""
    words = name.split()
    while end := _title_end(words[:-1]):
        words = words[end:]
    return " ".join(words)


def _is_an_office(words: list[str]) -> bool:
    """`Mr. Ranking Member`: words that are nobody's name."""
    return len(words) > 1 and all(kind_of(word) & (COMMON | FIRST | LAST) == COMMON for word in words)


def _is_of(person: list[str], body: str) -> bool:
    """Whether it is somebody of something: `Joel Naroff of First Union Bank`, `Xi Jinping of China`, `Wee of the Times`."""
    if len(person) == 1:
        word = person[0]
        if body in _PAPERS:  # not "Signs of the Times"
            return not kind_of(word) & COMMON
        return (
            kind_of(word) & (LAST | VERY_COMMON) == LAST
            and not gazetteer().is_known(word)
            and has_organisation_word(body)
        )
    unknown = has_organisation_word(body) and not kinds_of(person) & (COMMON | OF_BODY)
    return as_person(person) >= (0.4 if unknown or gazetteer().is_clear(body) else 0.55)


def _with_title_inside(words: list[str]) -> list[Name]:
    """`Emirates President Tim Clark`: what he is president of, and he."""
    for at in range(1, len(words) - 1):
        if words[at] in _TITLES and (words[at] not in _NO_TITLE_INSIDE or f"{words[at - 1]} {words[at]}" in _GENERALS):
            rest = _without_titles(" ".join(words[at + 1 :]))
            if rest.rstrip(".") in NUMBERED:  # a surname: "Martin Luther King Jr."
                return []
            if 1 <= len(rest.split()) <= 3 and not has_organisation_word(rest):
                start = at
                while start > 0 and _title_end(words[start - 1 : at + 1]):
                    start -= 1
                head = " ".join(words[:start])
                return [*(_names(head, False) if head else []), Name(rest, True)]
    return []


def _stands_alone(others: list[Name]) -> bool:
    """Whether what follows a place is somebody or something by itself."""
    first = others[0] if others else Name("")
    return first.titled or first.text in organisations() or (" " in first.text and as_person(first.text.split()) >= 0.4)


def _is_an_owner(word: str) -> bool:
    """`RedMonk` in `RedMonk's Stephens`, not `Women` in `Women's Tennis Association`."""
    plain = word.casefold()
    if " " in word or plain in _COMMON_OWNERS:
        return False
    return has_organisation_word(word) or not kind_of(word) & COMMON


def _person_like(words: list[str]) -> bool:
    return len(words) <= 3 and bool(kind_of(words[0]) & FIRST)
