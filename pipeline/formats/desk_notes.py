"""What a desk writes to other desks, below a story or above it: notebooks, editorial notes, contacts, sign-offs. It is not
for publication. Words of agencies in many languages; no agency is known by name.

A text is looked at line by line or paragraph by paragraph: wrapped lines may have become one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.formats.desk_words import (
    BEGUN_ELSEWHERE,
    CONTACTS,
    NOT_FOR_PUBLICATION,
    NOTES,
    PRESS,
    STARTERS,
    STEMS,
    UNPUBLISHED_ELSEWHERE,
)
from pipeline.formats.stems import Stems

_I = re.IGNORECASE
_MARKS = " \t\r\n\x0c#*=_>«<[]()【】「」~•·|–—-"
_WIDE_MARKS = "（）：；！？［］　"
_WIDE, _HAS_WIDE = str.maketrans(_WIDE_MARKS, "():;!?[] "), re.compile(f"[{_WIDE_MARKS}]")
_WORDED = re.compile(r"\w")
_LONGEST = 400
"""Characters of a line that are looked at."""
_SEPARATOR = re.compile(r"^[\s*_=~#–—•·-]{3,}$")
_END = r"(?=\s*$|\s*[:：;]|\s*[.!]\s*(?:$|\S)|\s+(?:[#*]+|[-–—•])\s|\s*[)\]]|\s+\()"

_MARK = re.compile(
    rf"^(?:(?:{STARTERS})[^.!?\"“”«»]{{0,100}}?[\s,:(–—-])?(?:{NOT_FOR_PUBLICATION})(?:\s+\w+)?{_END}"
    rf"|^(?:(?:{BEGUN_ELSEWHERE})[^.!?。！？\"“”«»「」]{{0,60}}?)?(?:{UNPUBLISHED_ELSEWHERE})(?:{_END}|[。、，,—–]|\s*$)",
    _I,
)
"""`The following information is not intended for publication`, at the beginning of a line and nothing else before its end."""
_MARK_IN_LINE = re.compile(
    rf"^(?:[^.!?。\"“”«»]{{0,140}}?(?<![A-Za-zÀ-ɏͰ-ӿ])(?:{NOT_FOR_PUBLICATION})(?:{_END}|[。])|(?:(?:{STARTERS})[^.!?\"“”«»]{{0,100}}?[\s,:–—-])?(?:{NOT_FOR_PUBLICATION})(?!\w))",
    _I,
)
"""The same anywhere in a line: only with somebody's telephone or mail behind or below it."""
_NOTEBOOK = re.compile(
    rf"^(?:[\w.]{{2,12}}[ -])?(?:notebook|notepad|notizblock|bloc-?notes|carnet|taccuino|libreta|cuaderno de notas|bloco de notas|notitieblok|kladblok|anteckningsblock|notisblokk|notesblok|muistio|notatnik){_END}",
    _I,
)
_AGENCY = r"(?:[\w.]{2,12}[ -])?"
_NOTE = re.compile(
    rf"^(?:ends?\s*[-–—:/]+\s*)?{_AGENCY}(?:notes?\s+(?:to|for)\s+(?:the\s+)?(?:editors?|desks?|newsrooms?)|editor(?:ial|['’]?s['’]?)\s+notes?|attention\s+editors|(?:redaktionelle|redaktioneller)\s+hinweise?|hinweise?\s+(?:an|für)\s+(?:die\s+)?redaktion(?:en)?|achtung\s+redaktionen"
    r"|notes?\s+(?:aux|à\s+l[ae’'])\s*(?:rédact(?:ions?|eurs?)|attention)|note\s+de\s+la\s+rédaction\s+interne|notas?\s+(?:a|para)\s+(?:los\s+|las\s+)?(?:redactores|editores|redacciones)|not[ae]\s+(?:per|alle?|ai|agli)\s+(?:le\s+|gli\s+|i\s+)?(?:redazion[ei]|redattori|editori)"
    r"|noot\s+(?:voor|aan)\s+(?:de\s+)?redacties?|notas?\s+(?:aos?|às?|para)\s+(?:os\s+|as\s+)?(?:editores|redaç(?:ão|ões))|(?:till|not\s+till)\s+(?:redaktionen|redaktörer)|(?:til|merknad\s+til|note\s+til)\s+(?:redaktionen|redaktører|redaksjonen|redaksjoner|desken)|toimitu(?:kselle|ksille)|do\s+redakcji)"
    rf"{_END}|^(?:{NOTES}){_END}",
    _I,
)
_PRESS = re.compile(
    rf"^{_AGENCY}(?:(?:press|media|newsroom|editorial|pr)\s+(?:contacts?|enquir(?:y|ies)|inquir(?:y|ies)|relations|office)|contacts?\s+for\s+(?:the\s+)?(?:press|media|journalists|editors)|for\s+(?:more\s+|further\s+)?(?:press|media)\s+(?:information|enquiries|inquiries)|(?:press|media)\s+and\s+\w+\s+contacts?"
    r"|(?:presse|medien|redaktions?)[- ]?(?:kontakte?|anfragen|stelle)|ansprechpartner(?:in)?(?:\s+für\s+(?:die\s+)?(?:presse|medien|redaktionen|journalisten))|kontakte?\s+für\s+(?:die\s+)?(?:presse|medien|redaktionen|journalisten|rückfragen)|rückfragehinweis|rückfragen\s*(?:&|und|u\.)\s*kontakte?|(?:presse)?rückfragen(?:\s+(?:der|von)\s+redaktion(?:en)?)?"
    r"|(?:contacts?|relations|service)\s+(?:de\s+)?(?:presse|médias?|rédaction)|contactos?\s+(?:de|para|con)\s+(?:la\s+)?(?:prensa|medios)|gabinete\s+de\s+prensa|contatt[oi]\s+(?:per\s+(?:la\s+)?)?(?:stampa|redazione)|ufficio\s+stampa"
    r"|pers(?:contact(?:en)?|voorlichting|dienst)|contact(?:gegevens)?\s+voor\s+(?:de\s+)?(?:pers|redactie)|cont(?:act|at)os?\s+(?:de|para)\s+(?:a\s+)?(?:imprensa|mídia)|assessoria\s+de\s+imprensa|presskontakt(?:er)?|pressekontakt(?:er)?|kontaktpersone?r(?:\s+for\s+(?:pressen|media))?|lehdistökontaktit?|lisätietoja\s+medialle|kontakt\s+(?:dla\s+mediów|prasowy))"
    rf"{_END}|^(?:{PRESS}){_END}",
    _I,
)
_CONTACTS = re.compile(
    rf"^{_AGENCY}(?:(?:for\s+(?:more|further|additional)\s+information,?\s+)?(?:please\s+)?contacts?(?:\s+(?:details|information|person))?|(?:pour\s+(?:en\s+savoir\s+plus|plus\s+d[e’']\s*informations?|tout\s+renseignement)[^.:]{{0,40}})?(?:veuillez\s+)?(?:communiquer\s+avec|contacter|contactez)|(?:für\s+)?(?:weitere\s+informationen|rückfragen)[^.:]{{0,40}}|(?:para\s+)?más\s+información|per\s+(?:maggiori|ulteriori)\s+informazioni|voor\s+meer\s+informatie|(?:para\s+)?mais\s+informações|(?:för|for)\s+(?:mer|mere)\s+(?:information|informasjon)|kontakte?(?:daten|uppgifter|er|oplysninger|opplysninger)?|ansprechpartner(?:in)?|coordonnées|contactos?|contatt[oi]|contactgegevens|contatos?|yhteystiedot){_END}|^(?:{CONTACTS}){_END}",
    _I,
)
_DESK_LINE = re.compile(
    r"^(?:report(?:ing|ed)|writ(?:ing|ten)|edit(?:ing|ed)|autor(?:/?-?in)?(?:nen)?|author|redaktion|bearbeitung|redigiert|desk|chefs?\s+vom\s+dienst|cvd|rédaction|édition|redacci[oó]n|edici[oó]n|redazione|redactie|redaç[ãa]o|edição|redigering|redaktör|redaktør|toimittaja|tel(?:\.|efon|ephone|éfono)?|phone|e-?mail|fax|mobile?)\s*(?:by|von|par|por|da|door|av|af)?\s*[:：]",
    _I,
)
_PUBLIC = re.compile(
    r"^(?:about|über|zum\s+unternehmen|à\s+propos|acerca|sobre|informazioni\s+su|chi\s+è|over|om|tietoa|о\s+компании|об|про\s+компанію|o\s+(?:firmie|nás|společnosti)|despre|hakkında|σχετικά|نبذة\s+عن)\b|^(?:关于|關於|会社概要|회사\s*소개)",
    _I,
)
_DESK = re.compile(
    r"^\W*(?:eds?|editors?)\s*[:.]\s|^\W*(?:attention|note\s+to)\s+editors?\b|^\((?:adds?|updates?|recasts?|rewrites?|writes?\s+through|refiles?|repeats?|removes?|changes?|fixes|clarifies|new\s+throughout)\b[^()]{2,200}\)\s*$|^\W*(?:achtung|an\s+die)\s+redaktionen?\b",
    _I,
)
"""A line for other desks above a story."""
_END_MARK = re.compile(r"[\W_]*(?:ends|ende|fin|30|#)[\W_]*|#{3,}", _I)
"""The end of a press release: what follows and has an address is for desks."""
_PERSON = re.compile(r"^(?:[^\W\d_a-z][\w.'’-]+ ){1,3}[^\W\d_a-z][\w.'’-]+\s*[,(:;/|–—-][^.!?]*?[\w.+-]+@[^!?]*$")
"""A name with telephone and mail, and no sentence."""
_IN_BRACKETS = re.compile(r"^(?:\(\((?=[^!?]*@)[^!?]*\)\)|\(\s*[\w.+-]+@[\w.-]+[^()!?]{0,80}\))\W*$")
"""An address and nothing else, in brackets: `((ann@wire.example; +44 20 …))`."""
_MAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d ()/.–-]{6,}\d(?![\w])")
_LINK = re.compile(r"\bhttps?://|\bwww\.", _I)
_ITEM = re.compile(r"^\s*(?:[-–•*·]|\d{1,2}[.)])\s+\S")
_SIGN_OFF = re.compile(r"^[a-z]{2,4}(?: [a-z0-9]{1,4}){1,7}$")
_CORRECTS = re.compile(
    r"\bcorrect|\bembargo|\bsperrfrist|\bhold\s+for\b|\bnot\s+for\s+(?:release|publication|use)\s+(?:before|until)", _I
)
_TOP = 3
_STEMS = Stems(STEMS)


class Parted(NamedTuple):
    """The lines of a story, and those that are for desks only."""

    story: list[str]
    notes: list[str]


def parted(texts: Sequence[str]) -> Parted:
    """The story, and what isn't for publication. Lines without a word between them stay where the story has them."""
    private = _private(texts)
    if not private:
        return Parted(list(texts), [])
    first = min(private)
    while first and _SEPARATOR.match(texts[first - 1] or " - "):
        first -= 1
        private.add(first)
    story = [text for at, text in enumerate(texts) if at not in private]
    notes = [text for at, text in enumerate(texts) if at in private and _WORDED.search(text)]
    return Parted(story, notes)


def _private(texts: Sequence[str]) -> set[int]:
    found: set[int] = set()
    lines = [_bare(text) for text in texts]
    heads = [line[:160].casefold() for line in lines]
    stems = _STEMS.among("\n".join(heads))
    filled = [at for at, line in enumerate(lines) if _WORDED.search(line) or _is_end(texts[at])]
    for nth, at in enumerate(filled):
        if at in found:
            continue
        late = 2 * nth >= len(filled) - 1 and nth > 0
        line = lines[at]
        if not any(map(heads[at].__contains__, stems)):
            if late and _is_end(texts[at]) and any(map(_has_mail, texts[at + 1 :])):
                found.update(range(at, len(texts)))
                break
            if (late and (_is_contact(line) or _IN_BRACKETS.match(texts[at].strip()[:_LONGEST]))) or (
                nth < _TOP and len(filled) > 1 and _is_for_desks(texts[at])
            ):
                found.add(at)
        elif _MARK.match(line):
            if nth and any(one not in found for one in filled[:nth]):
                found.update(range(at, len(texts)))
                break
            found.update(range(at, _next_separator(texts, at)))
        elif nth and (_is_notebook(texts, lines, at) or (late and _is_marked(texts, lines, at))):
            found.update(range(at, len(texts)))
            break
        elif _NOTE.match(line):
            found.update(_note(texts, lines, at, late=late))
        elif _PRESS.match(line) and nth:
            found.update(_contacts(texts, lines, at))
        elif _CONTACTS.match(line) and nth:
            section = _contacts(texts, lines, at)
            mail, phone = (any(has(texts[one]) for one in section) for has in (_has_mail, _has_phone))
            at_end = late or max(section) >= filled[-1]
            if at_end and mail and (phone or "#" in texts[at][:3] or len(section) > 1):
                found.update(section)
        elif (late and (_is_contact(line) or _IN_BRACKETS.match(texts[at].strip()[:_LONGEST]))) or (
            nth < _TOP and len(filled) > 1 and _is_for_desks(texts[at])
        ):
            found.add(at)
    rest = [at for at in filled if at not in found]
    for at in rest[:0:-1][:2]:
        if not _SIGN_OFF.match(texts[at].strip()):
            break
        found.add(at)
    return found


def _is_end(text: str) -> bool:
    return len(text) <= 16 and _END_MARK.fullmatch(text.strip()) is not None


def _is_notebook(texts: Sequence[str], lines: Sequence[str], at: int) -> bool:
    heading = texts[at].lstrip().startswith("#")
    return _NOTEBOOK.match(lines[at]) is not None and (heading or _is_desk_block(lines[at + 1 :]))


def _is_marked(texts: Sequence[str], lines: Sequence[str], at: int) -> bool:
    """Whether a line has the mark, or is a note that has it, and it or what follows is an address and no sentence."""
    mark = _MARK_IN_LINE.match(lines[at])
    if mark is None:
        return False
    below = [text.strip() for text in texts[at + 1 :] if _WORDED.search(text)][:2]
    return any(
        len(text) <= 160 and not re.search(r"[.!?]$", text) and (_has_mail(text) or _has_phone(text))
        for text in (lines[at][mark.end() :], *below)
    )


def _is_contact(line: str) -> bool:
    """A line of somebody's telephone or mail, by what they did or by their name alone."""
    if "@" not in line and ":" not in line[:60]:
        return False
    mail, phone = _has_mail(line), _has_phone(line)
    named = len(line) < 200 and mail and phone and _PERSON.match(line) is not None
    return named or ((mail or phone) and _DESK_LINE.match(line) is not None)


def _is_for_desks(text: str) -> bool:
    """A line above a story; one that corrects or holds back is read by others too."""
    return _DESK.match(text.strip()) is not None and not _CORRECTS.search(text[:_LONGEST])


def _bare(text: str) -> str:
    line = text.partition("\n")[0][:_LONGEST]
    return (line if line.isascii() or not _HAS_WIDE.search(line) else line.translate(_WIDE)).strip(_MARKS)


def _has_mail(text: str) -> bool:
    beginning = text[:_LONGEST]
    return "@" in beginning and _MAIL.search(beginning) is not None


def _has_phone(text: str) -> bool:
    return _PHONE.search(text[:_LONGEST]) is not None


def _next_separator(texts: Sequence[str], at: int) -> int:
    for nth in range(at + 1, len(texts)):
        if texts[nth].strip() and _SEPARATOR.match(texts[nth]):
            return nth + 1
    return len(texts)


def _is_desk_block(lines: Sequence[str]) -> bool:
    """Whether what follows is a desk's, by its own headings or contacts."""
    return len(lines) <= 40 and any(
        _MARK.match(one) or _NOTE.match(one) or _PRESS.match(one) or _CONTACTS.match(one) or _DESK_LINE.match(one)
        for one in lines
    )


def _note(texts: Sequence[str], lines: Sequence[str], at: int, *, late: bool) -> set[int]:
    """A heading of notes with what belongs to it: all that follows where it is in the second half."""
    found = {at}
    alone = re.fullmatch(r"[^:：]{2,60}[:：]?", lines[at]) is not None and not re.search(r"[.!?]$", lines[at])
    for one in range(at + 1, len(texts)):
        belongs = not texts[one].strip() or _ITEM.match(texts[one]) or texts[one].startswith(("  ", "\t"))
        if _PUBLIC.match(lines[one]) and len(lines[one]) < 80:
            break
        if not belongs and not (late and alone):
            break
        found.add(one)
    return found


def _contacts(texts: Sequence[str], lines: Sequence[str], at: int) -> set[int]:
    """A heading of contacts with the names and addresses below it."""
    found = {at}
    own = len(lines[at]) > 60 or (_has_mail(lines[at]) or _has_phone(lines[at]))
    for one in range(at + 1, len(texts)):
        text = texts[one].strip()
        if not text:
            found.add(one)
            continue
        contact = _has_mail(text) or _has_phone(text) or _LINK.search(text) is not None
        sentence = bool(re.search(r"[.!?][\"”»]?$", text)) and len(text) > 40
        if (
            _PUBLIC.match(lines[one])
            or (len(text) > 80 and not contact and not _ITEM.match(texts[one]))
            or (sentence and len(text) > 200)
        ):
            break
        if not contact and (sentence or own):
            break
        found.add(one)
    while len(found) > 1 and not texts[max(found)].strip():
        found.discard(max(found))
    return found
