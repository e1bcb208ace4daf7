"""What a name in a text is the name of: evidence is weighed, and what is not enough is shown nowhere. Pure.

A run of capitalised words is cut into names (`Azerbaijan President Ilham Aliyev` into a place and a titled person). Then each
piece of evidence counts: a title or office before it, a known first name or surname, an age or a country in brackets behind it,
a verb of saying next to it, the gazetteer, a head word of organisations. English capitalisation is assumed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.stages.enrich.known_names import common_words, known_names, organisations, words_of_things
from pipeline.stages.enrich.people import OFFICE
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.words import stop_words
from schemas.enrichment import EntityKind

PERSON, PLACE, ORGANISATION = EntityKind.PERSON, EntityKind.PLACE, EntityKind.ORGANISATION

_LINK_WORD = re.compile(r"of|for|the|de|da|di|van|von|der|den|bin|al|el|la|le|du|and|&")
_ORGANISATION = re.compile(
    r"\b(?:Ministry|Department|Council|Committee|Commission|Office|Agency|Authority|University|College|Institute|Court"
    r"|Parliament|Senate|Congress|Party|Union|League|Association|Federation|Foundation|Society|Organi[sz]ation|Bank|Fund"
    r"|Company|Corporation|Corp|Inc|Ltd|LLC|PLC|Plc|AG|SA|NV|GmbH|Co|Group|Holdings?|Airlines|Airways|Police|Army|Navy|Force|Forces|Guard"
    r"|Service|Services|Bureau|Board|Centre|Center|Hospital|Museum|Times|Post|Herald|Tribune|Guardian|News|Club|United|FC|AFC|SC"
    r"|Network|Alliance|Movement|Front|Nations|Bancorp|Securities|Industries|Technologies|Systems|Partners|Capital"
    r"|Pharmaceuticals|Motors|Motor|Electric|Petroleum|Insurance|Telecom|Communications|Brothers|Rovers|Wanderers|Athletic|Albion|Hotspur|Dynamo|Dinamo"
    r"|Spartak|Lokomotiv|Sporting|Real|Atletico|Newspapers?|Press|Academy|School|Church|Orchestra|Chamber|Brigade|Mint|Treasury|Exchange|Secretariat|Administration)\b"
)
_BEGINS_ORGANISATION = re.compile(
    r"^(?:University|Bank|Ministry|Department|Institute|Association|Federation|Organi[sz]ation|Church|Court|House|Board|Office|College|Academy|Union|League|Real|Dynamo|Dinamo|Spartak|Sporting|Atletico|AC|FC|AS|SC|VfB|RB) "
)
_NO_ORGANISATION = re.compile(
    r"\b(?:Street|Road|Avenue|Square|Park|Cup|Open|Series|Championships?|Award|Prize|Act|Day|War|Grand Prix|Trophy|Bowl|Masters|Games|Olympics|Treaty|Accords?|Agreement|Plan|Amendment)$"
)
_EVENT = re.compile(
    r"\b(?:Cup|Open|Series|Championships?|Prix|Trophy|Bowl|Masters|Games|Olympics|War|Act|Treaty|Accords?|Award|Prize|Amendment|Day|Night|Festival|Index|Composite|Average|Conference|Summit|Express|Division|Test)$"
)
_LANDSCAPE = re.compile(
    r"\b(?:Mountains?|River|Lake|Sea|Ocean|Gulf|Bay|Valley|Desert|Islands?|Peninsula|Strait|Province|County|Airport|Stadium|Square|Street|Road|Avenue|Boulevard|Bridge|Park|Beach|Harbou?r)$|^(?:Lake|Mount|Mt\.?|Gulf of|Bay of|Strait of|Cape|Port|Fort|River|Isle of|Camp|San|Santa|Saint|St\.|Los|Las|El|Rio) "
)
_SURELY_LANDSCAPE = re.compile(
    r"\b(?:Mountains?|River|Sea|Ocean|Gulf|Peninsula|Strait|Province|County|Islands?|Airport|Stadium)$|^(?:Gulf of|Bay of|Strait of|Isle of|Mount) "
)
_TITLE = re.compile(
    r"^(?:(?:Brigadier|Rear|Vice-|U\.S\.|US|UK|British|French|German|Russian|Prime|Vice|Deputy|Former|Acting|First|Foreign|Defen[cs]e|Interior|Finance|National|Security|General"
    r"|Chief|Lord|Lady|Executive|Managing|Assistant|Attorney|House|Senate|State|Lt\.?|Maj\.?|Brig\.?|Crown|Opposition|Republican|Democratic|Democrat|Economy|Trade"
    r"|Agriculture|Health|Justice|Education|Labou?r|Energy|Environment|Police|Army|Air|Transport)\s+)*"
    r"(?:President|Presidents|Minister|Secretary|Chancellor|Premier|Senator|Sen\.?|Rep\.?|Representative|Congressman|Congresswoman|Governor|Gov\.?|Mayor|Judge|Justice|Ambassador|Spokesman"
    r"|Spokeswoman|Spokesperson|Director|Chairman|Chairwoman|Chair|King|Queen|Prince|Princess|Pope|Bishop|Archbishop|Cardinal|Sheikh|Imam|Rabbi|Ayatollah|Reverend|Rev\.?|Father|Sister|Captain"
    r"|Capt\.?|Colonel|Col\.?|Major|Maj\.?|Lieutenant|Lt\.?|Sergeant|Sgt\.?|Admiral|Adm\.?|General|Gen\.?|Commander|Cmdr\.?|Marshal|Dr\.?|Prof\.?|Professor|Mr\.?|Mrs\.?|Ms\.?|Miss|Sir|Dame"
    r"|Lord|Lady|Baron|Baroness|Count|Inspector|Detective|Officer|Constable|Aide|Ombudsman|Speaker|Commissioner|Coach|Manager|CEO|Leader|Chief|Envoy|Saint|Comrade|Herr|Frau|Monsieur|Madame|Señor|Signor)\s+"
)
_OCCUPATION = re.compile(
    rf"^(?:(?i:archbishop|cellist|engineer|driver|student|poet|writer|actor|actress|singer|economist|striker|goalkeeper|midfielder|defender|skipper|batsman|bowler|{OFFICE}))\s+(?=\S+\s+\S)"
)
_OFFICE_BEFORE = re.compile(
    rf"\b(?:{OFFICE}|striker|goalkeeper|midfielder|defender|skipper|batsman|bowler|pitcher|quarterback|player|champion|seed|winner|rider|driver|runner|jumper|boxer|wrestler|golfer|cyclist|swimmer|novelist"
    r"|writer|poet|singer|actor|actress|director|artist|painter|composer|journalist|reporter|editor|photographer|columnist|blogger|historian|philosopher|physicist|biologist|astronomer|engineer|trader|dealer|broker"
    r"|banker|businessman|businesswoman|billionaire|entrepreneur|developer|designer|architect|chef|rapper|dancer|model|comedian|host|presenter|dissident|rebel|guerrilla|militant|terrorist|suspect|victim|survivor"
    r"|wife|husband|son|daughter|father|mother|brother|sister|friend|colleague|teammate|compatriot|countryman|partner|rival|successor|predecessor|opponent|nephew|niece|uncle|aunt|cousin|widow|fiancee?|boyfriend|girlfriend)"
    r"\s+$",
    re.IGNORECASE,
)
_SAYS = r"(?:said|says|told|added|asked|replied|explained|insisted|argued|warned|wrote|noted|claimed|admitted|recalled|announced|tweeted|testified|confirmed|denied)"
_SAYS_AFTER = re.compile(rf"^,?\s+(?:{_SAYS}|who|whose)\b")
_SAYS_BEFORE = re.compile(rf"(?:[,”\"']\s+{_SAYS}|\baccording to|\b{_SAYS} by)\s+$")
_AGE_AFTER = re.compile(r"^,\s+\d{1,2}(?:,|\s+and\b|\.)|^,\s+(?:aged?\s+)?\d{1,2}\b")
_COUNTRY_AFTER = re.compile(r"^\s*\(\s*(?:[A-Z][a-zA-Z.]+(?:\s[A-Z][a-z]+)?|[A-Z]{3})\s*\)")
_ROLE_AFTER = re.compile(
    rf"^,\s+(?:the|an?|his|her|its|their|who|whose)\s+(?:[\w’'-]+\s+){{0,5}}?(?:{OFFICE})\b|^,\s+(?:who|whose)\b",
    re.IGNORECASE,
)
_DOES_AFTER = re.compile(
    r"^\s+(?:has|had|was|is|will|won|beat|lost|scored|took|made|met|went|came|became|played|finished|hit|led|left|joined|died|resigned|and his|and her|,)\b"
)
_PLACE_BEFORE = re.compile(
    r"\b(?:in|at|near|outside|around|towards?|city of|town of|village of|port of|capital of|capital,|northern|southern|eastern|western|central|north of|south of|east of|west of|through|across|throughout)\s+$"
)
_PLACE_NEAR = re.compile(
    r"\b(?:from|to|of|for|into|between|leave|leaving|left|reached|visit|visited|visiting|toward)\s+$"
)
_PLACE_AFTER = re.compile(
    r",\s+(?:a|an|the)\s+(?:\w+\s+)?(?:city|town|village|port|suburb|capital|district|province|region)\b"
)
_AREA_AFTER = re.compile(r"^,\s+([A-Z][\w.]*(?:\s[A-Z][a-z]+)?)")
_DEMONYM = re.compile(r"^\w+(?:ian|ani|ese|ish|ean|can|qi|lese|aeli|stani)s?$")
_DEMONYMS = frozenset(
    [
        "French",
        "Dutch",
        "Greek",
        "Czech",
        "Swiss",
        "Thai",
        "German",
        "Arab",
        "Israeli",
        "Iraqi",
        "Kuwaiti",
        "Saudi",
        "Afghan",
        "Kurdish",
        "Bosnian",
        "Serb",
        "Serbs",
        "Croat",
        "Croats",
        "Palestinian",
        "Chechen",
        "Filipino",
        "Welsh",
        "Basque",
        "Tamil",
        "Slovak",
        "Uzbek",
        "Turk",
        "Turks",
        "Jewish",
        "Muslim",
        "Islamic",
        "Christian",
        "Catholic",
        "Protestant",
        "Soviet",
        "Nazi",
        "African",
        "Asian",
        "Pakistani",
    ]
)
_INITIALS = re.compile(r"^(?:(?:[A-Z]\.-?){1,3}|[A-Z]{1,2})$")
_NEVER = frozenset(
    [
        "I",
        "Mr",
        "Mrs",
        "Ms",
        "Dr",
        "Sir",
        "TV",
        "GMT",
        "BST",
        "EST",
        "EDT",
        "PM",
        "AM",
        "OK",
        "Internet",
        "Web",
        "AIDS",
        "HIV",
        "DNA",
        "GDP",
        "CEO",
        "CFO",
        "VAT",
        "ID",
        "PC",
        "DVD",
        "CD",
        "Q&A",
        "FAQ",
        "HTML",
        "PDF",
        "URL",
        "VIP",
        "SUV",
        "RBI",
        "ERA",
        "MVP",
        "GP",
        "No",
        "Nos",
        "vs",
        "St",
    ]
)


_JOINED = frozenset(
    [
        "based",
        "listed",
        "owned",
        "born",
        "backed",
        "led",
        "style",
        "trained",
        "area",
        "registered",
        "run",
        "held",
        "controlled",
    ]
)
"""`Berlin-based`: a place, then what is there."""


class Name(NamedTuple):
    """A name in a run of capitalised words."""

    text: str
    titled: bool = False
    """A title stood before it."""


class Verdict(NamedTuple):
    kind: EntityKind
    confidence: float


_NOTHING = Verdict(PERSON, 0.0)


@lru_cache(maxsize=16_384)
def judge(name: str, titled: bool) -> tuple[Verdict, ...]:
    """What a name is by its own words: what it may be, best first, before the text around it is looked at."""
    places, things = gazetteer(), words_of_things()
    words = name.split()
    last = words[-1]
    if name in _NEVER or len(name) < 2 or (len(words) == 1 and not titled and is_demonym(name)):
        return ()
    if titled and len(words) <= 3 and not _ORGANISATION.search(name):
        return (Verdict(PERSON, 0.92),)
    if name in organisations():
        return (Verdict(ORGANISATION, 0.9), *_as_place(name))
    if places.is_clear(name):
        return (Verdict(PLACE, 0.9),)
    if _EVENT.search(name) or re.match(
        r"^(?:National|American|Premier|Major|Minor|First|Second|Third|Little|Champions) League$", name
    ):
        return ()
    if len(words) > 1 and _ORGANISATION.search(name) and not _NO_ORGANISATION.search(name):
        known = known_names()
        person = len(words) <= 3 and words[0] in known.first and last in known.last
        whole = len(words) <= 6 and (_ORGANISATION.search(last) or _BEGINS_ORGANISATION.match(name))
        return (Verdict(ORGANISATION, 0.6 if person else 0.86 if whole else 0.75),)
    if _SURELY_LANDSCAPE.search(name) and len(words) > 1:
        return (Verdict(PLACE, 0.82),)
    found = list(_as_place(name))
    if len(words) > 1:
        if 2 <= len(words) <= 4:
            found.append(Verdict(PERSON, _as_person(words)))
    elif name.isupper() and 2 < len(name) <= 6 and name.isalpha():
        found.append(Verdict(ORGANISATION, 0.55))
    elif (
        last not in things
        and not last[1:].isupper()
        and last[1:].islower()
        and last.casefold() not in common_words().common
    ):
        found.append(Verdict(PERSON, 0.3 if last in known_names().last else 0.15))
    return tuple(sorted(found, key=lambda verdict: -verdict.confidence))


def _as_place(name: str) -> tuple[Verdict, ...]:
    places = gazetteer()
    if not places.is_known(name):
        return (Verdict(PLACE, 0.5),) if _LANDSCAPE.search(name) and " " in name else ()
    return (Verdict(PLACE, 0.62 if places.is_area(name) else 0.5),)


def _as_person(words: list[str]) -> float:
    """How much the words of a name of two to four words look like a person's."""
    known, things = known_names(), words_of_things()
    first, last = words[0].rstrip("."), words[-1].removesuffix("'s")
    words_of_language = common_words()
    given = (first in known.first or first.split("-")[0] in known.first) and (
        first.casefold() not in words_of_language.very or first in _NAMES_ALSO_FIRST
    )
    if any(_LINK_WORD.fullmatch(word) and word in ("of", "for", "the", "and", "&") for word in words):
        return 0.0
    if any(character.isdigit() for word in words for character in word):
        return 0.0
    score = 0.42
    if given:
        score += 0.34
    elif _INITIALS.match(words[0]):
        score += 0.25
    if last in known.last:
        score += 0.16
    if any(_INITIALS.match(word) for word in words[1:-1]):
        score += 0.2
    if last in things or is_demonym(last) or last.casefold() in words_of_language.common:
        score -= 0.1 if (given or _INITIALS.match(words[0])) and last in known.last else 0.5
    if (
        is_demonym(first)
        or first in things
        or (first.casefold() in words_of_language.common and first not in known.first)
        or first.casefold() in words_of_language.very
        or gazetteer().is_area(first)
    ):
        score -= 0.15 if given else 0.4
    elif gazetteer().is_clear(first) and not given:
        score -= 0.3
    if len(words[0]) > 3 and all(len(word) > 1 and word.isupper() for word in words):
        score -= 0.25
    if any(word in things or word.casefold() in words_of_language.common for word in words[1:-1] if len(word) > 3):
        score -= 0.4
    return max(0.0, min(0.95, score))


def is_demonym(word: str) -> bool:
    return bool(_DEMONYM.match(word)) or word in _DEMONYMS or word.removesuffix("s") in _DEMONYMS


def in_context(verdicts: tuple[Verdict, ...], name: str, before: str, after: str, *, table: bool) -> Verdict:
    """The verdict with what stands around the name: 40 characters on each side. `table`: the line is one of a table, where a
    name with figures behind it is a team's or a company's."""
    best = _NOTHING
    for kind, confidence in verdicts:
        if kind is PERSON:
            confidence = _person(confidence, name, before, after)
        elif kind is PLACE:
            confidence = _place(confidence, before, after)
        elif _organisation_said(before, after):
            confidence = min(0.95, confidence + 0.27)
        if confidence > best.confidence:
            best = Verdict(kind, confidence)
    if table and best.kind is not ORGANISATION and re.match(r"^\s*\d", after) and _may_be_team(name):
        return Verdict(ORGANISATION, 0.81)
    return best


def _may_be_team(name: str) -> bool:
    """Whether a name in a table can be that of a team or a company: it is nobody's initials and surname, and no known name."""
    words, known = name.split(), known_names()
    return not (
        _INITIALS.match(words[0])
        or words[0] in known.first
        or (len(words) == 1 and name in known.last and not gazetteer().is_known(name))
        or name in words_of_things()
        or name.casefold() in stop_words()
    )


def _person(confidence: float, name: str, before: str, after: str) -> float:
    several = " " in name
    if _COUNTRY_AFTER.match(after):
        confidence += 0.5
    if _OFFICE_BEFORE.search(before):
        confidence += 0.35 if several else 0.45
    if _ROLE_AFTER.match(after) or _AGE_AFTER.match(after):
        confidence += 0.3
    if _SAYS_AFTER.match(after) or _SAYS_BEFORE.search(before):
        confidence += 0.25
    elif _DOES_AFTER.match(after):
        confidence += 0.06 if several else 0.12
    if before.endswith("the ") or before.endswith("The "):
        confidence -= 0.35
    if _PLACE_BEFORE.search(before):
        confidence -= 0.15
    if several and confidence >= 0.5:
        confidence += 0.25
    return min(0.97, confidence)


def _place(confidence: float, before: str, after: str) -> float:
    if _PLACE_BEFORE.search(before):
        confidence += 0.32
    elif _PLACE_NEAR.search(before):
        confidence += 0.2
    if _PLACE_AFTER.match(after):
        confidence += 0.35
    if (area := _AREA_AFTER.match(after)) and gazetteer().is_area(area[1]):
        confidence += 0.3
    if confidence < 0.9 and (_SAYS_AFTER.match(after) or _OFFICE_BEFORE.search(before)):
        confidence -= 0.3
    return min(0.95, confidence)


_CALLED = re.compile(
    r"\b(?:[Tt]he|group|company|firm|party|union|agency|newspaper|daily|magazine|bank|maker|giant|broker|brokerage|club|side|team|shares of|shares in|unit of|member of|at)\s+$"
)
_OF_IT = re.compile(
    r"^(?:'s)?\s+(?:shares?|stock|spokesman|spokeswoman|officials?|executives?|employees|chief|said in a statement|unit|subsidiary|board|plc|fans|coach|manager|players?|guerrillas|militants|fighters|troops|forces|headquarters|lawmakers|senators|leaders?)\b"
)


def _organisation_said(before: str, after: str) -> bool:
    return bool(_CALLED.search(before) or _OF_IT.match(after))


def names_in(run: str, starts_sentence: bool) -> list[Name]:
    """The names in a run of capitalised words, without titles."""
    places = gazetteer()
    owner, _, owned = run.replace("’", "'").partition("'s ")
    if owned:
        if owner in organisations() and f"{owner}'s {owned}" not in organisations():
            return [Name(owner), *names_in(owned, False)]
        if places.is_clear(owner) or (" " in owner and len(owner.split()) <= 3):
            return [*names_in(owner, starts_sentence), *names_in(owned, False)]
    words = run.replace("’", "'").removesuffix("'s").removesuffix("'").split()
    while words and (
        words[0] in _NOT_FIRST
        or (
            words[0].casefold() in stop_words()
            and (starts_sentence or len(words[0]) > 2)
            and words[0] not in _NAMES_ALSO
        )
    ):
        words, starts_sentence = words[1:], False
    while words and _LINK_WORD.fullmatch(words[0]):
        words = words[1:]
    while words and (words[-1] in _NOT_FIRST or _LINK_WORD.fullmatch(words[-1])):
        words = words[:-1]
    if len(words) > 2 and words[1] == "of" and words[0].endswith("s") and not _ORGANISATION.search(words[0]):
        words = words[2:]  # "Shares of Douglas Co", "Residents of Varnholm"
    while words and words[0] == "the":
        words = words[1:]
    if not words:
        return []
    name = " ".join(words)
    if name in organisations() or places.is_clear(name):
        return [Name(name)]
    owner, _, kind = words[0].rpartition("-")
    if kind in _JOINED and len(words) > 1:
        return [*names_in(owner, False), *names_in(" ".join(words[1:]), False)]
    if occupation := _OCCUPATION.match(name):
        return [Name(one.text, one.titled or n == 0) for n, one in enumerate(names_in(name[occupation.end() :], False))]
    person, _, body = name.partition(" of the ")
    if not body:
        person, _, body = name.partition(" of ")
    if body and len(person.split()) > 1 and not _ORGANISATION.search(person) and _as_person(person.split()) >= 0.55:
        return [*names_in(person, False), *names_in(body, False)]
    if titled := _TITLE.match(name + " "):
        rest = (name + " ")[titled.end() :].strip()
        if not rest:
            return []
        if rest.startswith("of "):
            return names_in(rest, False)
        who, _, of = rest.partition(" of ")
        if not _ORGANISATION.search(who):
            return [Name(who, True), *(names_in(of, False) if of else [])]
    if _ORGANISATION.search(name):
        return [*_with_title_inside(words)] or [Name(name)]
    if len(words) > 1 and is_demonym(words[-1]) and not _person_like(words):
        return names_in(" ".join(words[:-1]), False)
    if len(words) > 2 and (places.is_clear(words[0]) or is_demonym(words[0])):
        # "Azerbaijan President Ilham Aliyev": a place, then a titled person
        others = names_in(" ".join(words[1:]), False)
        return [Name(words[0]), *others] if places.is_clear(words[0]) else others
    if len(words) > 2 and places.is_clear(" ".join(words[:2])):
        return [Name(" ".join(words[:2])), *names_in(" ".join(words[2:]), False)]
    if len(words) > 1 and is_demonym(words[0]) and _TITLE.match(" ".join(words[1:]) + " "):
        return names_in(" ".join(words[1:]), False)
    return [*_with_title_inside(words)] or [Name(name)]


def _with_title_inside(words: list[str]) -> list[Name]:
    """`Emirates President Tim Clark`: what he is president of, and he."""
    for at in range(1, len(words) - 1):
        if _TITLE.match(words[at] + " ") and words[at] not in (
            "General",
            "Major",
            "Police",
            "State",
            "House",
            "Justice",
            "National",
            "Chief",
            "Security",
        ):
            rest = " ".join(words[at + 1 :])
            if 1 <= len(rest.split()) <= 3 and not _ORGANISATION.search(rest):
                start = at
                while start > 0 and _TITLE.match(" ".join(words[start - 1 : at + 1]) + " "):
                    start -= 1
                head = " ".join(words[:start])
                return [*(names_in(head, False) if head else []), Name(rest, True)]
    return []


def _person_like(words: list[str]) -> bool:
    return len(words) <= 3 and words[0] in known_names().first


_NAMES_ALSO_FIRST = frozenset(
    [
        "Will",
        "Mark",
        "May",
        "Art",
        "Bill",
        "Rob",
        "Frank",
        "Grace",
        "Hope",
        "Rose",
        "John",
        "King",
        "Prince",
        "Jack",
        "Joy",
        "Dean",
        "Grant",
        "Harry",
        "James",
        "George",
        "David",
        "Paul",
        "Charles",
        "Mary",
        "Henry",
        "William",
        "Peter",
        "Robert",
        "Thomas",
    ]
)
_NAMES_ALSO = frozenset(
    [
        "Will",
        "Mark",
        "May",
        "Art",
        "Bill",
        "Rob",
        "Frank",
        "Grace",
        "Hope",
        "Rose",
        "Long",
        "Young",
        "Good",
        "Best",
        "Self",
    ]
)
_NOT_FIRST = frozenset(
    [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "January", "February", "March", "April", "June", "July", "August",
        "September", "October", "November", "December", "The", "A", "An", "In", "On", "At", "By", "For", "From", "With", "But", "And", "Or", "If", "As", "It",
        "He", "She", "They", "We", "You", "I", "This", "That", "These", "Those", "There", "When", "While", "Where", "What", "Who", "Why", "How", "Not", "No",
        "Yes", "Most", "Many", "Some", "All", "Both", "Each", "Such", "After", "Before", "During", "Since", "Until", "Upon", "Under", "Over", "Despite",
        "Although", "Though", "However", "Meanwhile", "Also", "Even", "Amid", "Amidst", "Its", "His", "Her", "Their", "Our", "Former", "Mr", "Mrs", "Ms",
        "Sometimes", "Maybe", "Welcome", "Thanks", "Then", "Now", "Here", "Once", "Only", "Just", "Still", "Never", "Always", "Like", "Unlike", "About",
        "According", "Because", "Among", "Between", "Within", "Without", "Through", "Another", "Other", "Every", "Last", "Next", "New-look", "To", "Of", "Is",
        "Are", "Was", "Were", "Do", "Does", "Did", "Can", "Could", "Should", "Would", "Let", "See", "Read", "Watch", "Click", "Photo", "Image", "Video",
        "Source", "Picture", "Editor", "Getty", "Advertisement", "Related", "Summary", "Introduction", "Conclusion", "Table", "Figure", "Figures",
    ]
)  # fmt: skip
