"""Who a comment is hostile to, and what it wishes them: rules over its words in a row. English;
threats.py has more threats, hostility_abroad.py German, French and Spanish."""

from __future__ import annotations

import re

from pipeline.stages.enrich import hostility_abroad, threats
from pipeline.stages.enrich.lexicon import Token
from pipeline.stages.enrich.words import stop_words


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_SPOKEN_TO = _words(
    """you u ya ur your youre yall yourself thou du dich dein ihr tu toi vous vos eres sois sei voi jij je voce usted"""
)
_SPOKEN_OF = _words(
    """he she they hes shes theyre them him her his their who this these those such what every all some any people guy guys man
    men woman women dude clown mayor minister author editor council government president police senator governor judge
    administration party media journalist reporter er sie ihn sind il elle ils elles el ella ellos lui lei loro hij zij"""
)
_CALLS = _words(
    """is are was were be am been r s re being youre theyre hes shes thats ur like just another called ist sind bist est es
    sont son sei siete ben bent"""
)
_EPITHET = _words(
    """this that these those such what you u your bunch lot pack band group of and or total complete absolute fucking damn
    lying bloody little old big fat dirty stupid"""
)
_THINGS = _words("""this that these those such what it every all some any""")
"""Said of things as well as of people: "this is awful" calls nobody anything."""
_WINDOW = 8
"""Words before an insult in which the one is named whom it is for."""
_SHORT = 5
"""A comment of so few words that has an insult is one."""


def aimed(read: list[Token]) -> bool:
    """Whether somebody is spoken to or about."""
    return len(read) <= _SHORT or any(
        token.plain in _SPOKEN_TO or token.plain in _SPOKEN_OF or (token.name and n > 0) for n, token in enumerate(read)
    )


def called(read: list[Token], n: int) -> bool:
    """Whether the word `n` says what somebody is: `you are a …`, `Biden is such a …`, `these …`, `you …`."""
    if len(read) <= 3:
        return True
    before = read[max(0, n - _WINDOW) : n]
    if not before and [token.plain for token in read[1:3]] == ["all", "of"]:
        return True
    if before and before[-1].plain in _EPITHET | _SPOKEN_TO:
        return True
    if len(before) > 1 and before[-2].plain in _EPITHET & _SPOKEN_TO | {"these", "those", "such", "what"}:
        return True
    for at in range(len(before) - 1, -1, -1):
        if before[at].plain in _CALLS:
            who = [token for token in before[max(0, at - 3) : at + 1] if token.plain not in _THINGS]
            return (at > 0 and before[at - 1].name and before[at - 1].plain not in stop_words()) or any(
                token.plain in _SPOKEN_TO or token.plain in _SPOKEN_OF or token.plain in _GROUPS for token in who
            )
    return n > 0 and n + 1 < len(read) and read[n + 1].name and not read[n].name


_GROUPS = _words(
    """black blacks white whites jew jews muslim muslims moslem christian christians catholic catholics hindu hindus arab arabs
    asian asians mexican mexicans african africans immigrant immigrants migrant migrants refugee refugees foreigner
    foreigners gay gays lesbian lesbians homosexual homosexuals trans transgender transgenders women woman men female
    females males liberal liberals lib libs democrat democrats dems republican republicans gop conservative conservatives
    leftist leftists progressive progressives feminist feminists boomer boomers millennials gypsies gypsy roma indians
    chinese russians americans europeans"""
)
_HARM = (
    r"(?:die|dies|dying|dead|death|kill|killed|shot|hang|hanged|hung|lynched|burn|burned|burnt|rot|suffer|suffers|beaten|executed|execution"
    r"|raped|castrated|whipped|stabbed|gassed|drown|drowned|choke|cancer|covid|a stroke|heart attack|arteries clog|victim|neutered|euthanized|put down)"
)
_SUBJECT = r"(?:you|he|she|they|it|u|these|those|all|everyone|every|(?:the|this|that|his|her|their|your) \w+)"
_WELL = r"(?: \w+){0,4} (?:recovers?|survives?|beats?|not|never|doesnt|dont|didnt|wont|isnt|arent|better|well|overcomes?|heals?)\b"
_WISHES = re.compile(
    rf"\b(?:hope|hopes|wish|pray|praying|cant wait)\b(?: (?:that|for|to|see|one|day|soon))* {_SUBJECT}(?!{_WELL})(?: \w+){{0,4}}? {_HARM}\b"
    rf"|\b(?:should|must|needs?|deserves?|ought|gotta|belongs?|just|needs to be|has to)(?: (?:to|all|be|have|been|get|be|a|the|and|in|die|slowly|publicly))* "
    r"(?:die(?! your)|dead|killed|shot(?! (?:in|on|with|from)\b)|hang(?! (?:the|a|our|my|your|up|out|on|it)\b)|hanged|hung|lynched|burn(?! (?:the|a|their|our|your|it|more|less|calories)\b)|burned|rot|beaten|executed|castrated|castorated|whipped|stabbed|gassed|bullet|rope|noose"
    r"|gallows|firing squad|guillotine|electric chair|lashes|horse whipped|treason horse|raped|drowned|exterminated|deported|muzzle|straightjacket|straitjacket)\b"
    r"|\b(?:i|we|ill|well|someone|somebody)(?: (?:will|would|should|gonna|am going to|are going to|want to|wanna|d))* (?:kill|keeel|shoot|hurt|beat|strangle|burn|hang|stab|punch|smack|slap) "
    r"(?:you|him|her|them|u|ya|these|those|all of (?:you|them))\b(?<!\bbeat you|beat him|beat her)(?<!\bbeat them)"
    r"|\b(?:i|we|ill|well|someone|somebody)(?: (?:will|would|should|gonna|am going to|are going to|want to|wanna|d))* beat (?:you|him|her|them)\b"
    r"(?! (?:on|at|in|by|again|this|next|fair|easily|comfortably|with|for|every|any|twice|home|away)\b)"
    r"|\b(?:i|we|ill|well) (?:(?:will|am going to|are going to) )?find (?:you|him|her|them)\b"
    r"|\b(?:burn|rot|roast|suffer|fry) in hell\b|\b(?:go|belongs?|straight|way) (?:to|in) hell\b|\bin hell where\b|\bbe in hell\b"
    r"|\bi know where (?:you|he|she|they) lives?\b(?! is\b)|\bpay (?:you|him|her|them) a visit\b|\bgoing to find you\b|\bwatch your back\b"
    r"|\bwipe (?:out|them|him|her|you) (?:the|all|them|him|every|off)\b|\bthin (?:out )?(?:this|that|the|their) (?:crowd|herd)\b"
    r"|\b(?:burn|blow|bomb|burning)(?: \w+){0,3} (?:down|up) (?:with|while) (?:them|everyone)\b"
    r"|\b(?:drop|dropped) dead\b|\bthe only good \w+ is a dead\b|\bsomething to cry about\b|\block (?:him|her|them) up and\b"
    r"|\bwould burn (?:the|it|that|this)\b|\bdie(?:s)? from covid\b|\bdeserves? (?:to )?(?:every|all|what|no)?(?: \w+)? ?(?:pain|death|hell|prison)\b"
    r"|\bsend (?:them|him|her|these|those)(?: \w+){0,2} (?:back to|to the) (?:africa|mexico|gas|ovens?|camps?|where)\b"
)
_AGAINST = re.compile(
    r"\b(?:all |most |you |these |those |the )?(?:{groups}|muslims and \w+|liberalism|conservatism|islam|feminism|communists?|catholicism|christianity|judaism|religion of \w+)"
    r" (?:party |people |community |agenda |folks |politicians |voters |supporters )?(?:is|are|r|being|act like|live like|breed like|belong in|arent|should all|should be)"
    r"(?: (?:just|all|simply|nothing|but|a|an|the|truly|really|such|so|more|most|extremely|very|like|far|always|worse|than|full|of|kind|well|some|plain|real|bunch|pack|severe|total|sick|to|be|from|out|not|no)){0,6} "
    r"(?:cancer|disease|plague|disorder|mental \w+|illness|cursed|terrorists?|animals|vermin|trash|scum|garbage|filth|filthy|dirty|evil|demons?|demonic|satanic|racists?|pedophiles|rapists?"
    r"|criminals?|thugs?|murderers?|savages?|parasites?|stupid|dumb|ignorant|lazy|liars?|violent|inferior|subhuman|ugly|disgusting|insane|crazy|idiots?|monkeys?|apes?|dogs|pigs|rats"
    r"|killing|ruining|destroying|poisoning|invading|nazis|fascists?|baby|a joke|hypocrites?|human|shot|banned|exterminated|deported|hanged|slaves?)\b".replace(
        "{groups}", "|".join(sorted(_GROUPS))
    )
)
_EXCLUDED = re.compile(
    r"\b(?:no such thing as|nobody wants|we (?:dont|do not) (?:need|want)|dont want|keep out|get rid of|rid of)(?: \w+){0,3} (?:{groups})\b"
    r"|\bgo back to (?:africa|mexico|china|where (?:you|they|he|she) (?:came|come) from|(?:your|their) (?:own )?countr(?:y|ies))\b"
    r"|\b(?:typical|dirty|filthy|greedy|stupid|fat|ugly) (?:jew|nigger|muslim|arab|mexican|gypsy|homo|queer|tranny)\b"
    r"|\bhitler (?:was right|would have|should have|did nothing)\b|\bgas the\b".replace(
        "{groups}", "|".join(sorted(_GROUPS))
    )
)
_CURSES = re.compile(
    r"(?<![\w.-])(?:F\.? ?U|F\.?J\.?B|G\.?F\.?Y|S\.?T\.?F\.?U|stfu|G\.?T\.?F\.?O|gtfo|S\.?O\.?B|P\.?O\.?S|F-? ?(?:you|off|them|him|her|Joe|JOE|Trump|TRUMP)|fjb|gfy|Fu you|[Ss]hut the [Ff](?: up)?|F\. [A-Z]+)(?![\w-])"
)
_SIGNS = re.compile("[🖕💩]")


_WISHING = _words(
    """hope hopes wish pray praying cant should must need needs deserve deserves ought gotta belong belongs just has i we ill
    well someone somebody hell wipe thin burn blow bomb drop dead lock send die watch cry"""
)
_EXCLUDING = _GROUPS | _words("""back hitler gas jew homo queer tranny nigger""")
_CHECKS = (
    ("threat", _WISHING, _WISHES),
    (
        "group",
        _GROUPS
        | _words(
            """liberalism conservatism islam feminism communist communists catholicism christianity judaism religion"""
        ),
        _AGAINST,
    ),
    ("group", _EXCLUDING, _EXCLUDED),
    ("threat", threats.THREATENING, threats.ENGLISH),
    ("threat", hostility_abroad.THREATENING, hostility_abroad.THREAT),
    ("threat", threats.ABROAD_WORDS, threats.ABROAD),
    ("group", hostility_abroad.EXCLUDING, hostility_abroad.GROUP),
)
"""A phase, words of which one is in all that the pattern finds, and the pattern."""


def hostile_phrase(read: list[Token]) -> tuple[str, str] | None:
    """(`threat` or `group`, the words): harm that is wished to somebody, or what is said against a whole group of people."""
    words = {token.plain for token in read}
    running = " ".join(token.plain for token in read)
    for phase, any_of, pattern in _CHECKS:
        if not words.isdisjoint(any_of) and (match := pattern.search(running)):
            return phase, match[0]
    return None


def curse(text: str) -> str | None:
    """An abbreviated curse (`STFU`, `F Joe`), or a sign for one."""
    match = _CURSES.search(text) or _SIGNS.search(text)
    return match[0] if match else None
