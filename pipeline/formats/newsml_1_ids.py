"""The id that all revisions of a NewsML 1 item share, and no other item.

By the specification (5.5) that is ProviderId, DateId and NewsItemId, and neither has anything of a revision. Providers
write the revision's time or its number into them, or one constant for all items; such a part is replaced by what stays.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial

from pipeline.formats.xml import Element, first_text

_LONGEST = 2048
_CONSTANT = re.compile(
    r"(?:news)?(?:item|ml|story|text|article|main|id|identifier)?s?|news[ _-]?item(?:[ _-]?id)?|template|generic|document|content|body|test|texte|testo|texto|textos|artikel|articolo|art[ií]culo|artigo|not[ií]cias?|notizi[ae]|not[ae]s?|docs?|document[eio]?s?|nachricht(?:en)?|meldung|bericht|сообщение|новост[ьи]|статья|текст|新闻|新聞|稿件|文章|ニュース|記事|기사|뉴스|خبر|أخبار|نص|haber|wiadomość|zpráva|hír|vijest|(?:urn:)?newsml|(?:item|story|news|text|doc)[ _-]?(?:id|no|number)?|nieuws(?:bericht)?|nyhet(?:er)?|nyhed|uutinen|d[ée]p[êe]che|despacho|actualit[ée]s?|news|none|null|nil|n/?a|unknown|undefined|default|empty|0+|-+|x+|\?+",
    re.I,
)
"""What no provider means as an item's own name."""


def ids(element: Element) -> tuple[str | None, list[str]]:
    """The id that all revisions of the item share, and every other that it has."""
    identifier, management = element.find("Identification/NewsIdentifier"), element.find("NewsManagement")
    provider, date, own = (_text(identifier, name) for name in ("ProviderId", "DateId", "NewsItemId"))
    revision, public = (_text(identifier, name) for name in ("RevisionId", "PublicIdentifier"))
    first, this = (_text(management, name) for name in ("FirstCreated", "ThisRevisionCreated"))
    label = _text(element, "Identification/NameLabel")
    stable_public = _without_version(_without_time(public, first, this), revision) if public else None
    if own is not None and not _is_constant(own, provider):
        stable = _without_version(_without_time(own, first, this), revision)
        if stable and not _is_constant(stable, provider) and not _is_time(stable, first):
            every = [public] if public and own in public else []
            if not provider:
                return (stable_public if every else stable), every
            return f"urn:newsml:{provider}:{_without_time(date or '', first, this)}:{stable}", every
    if stable_public and _names_an_item(stable_public, provider, date, own, first):
        return stable_public, []
    if first and len(_digits(first)) > 8:
        # nothing names it: when it was first created, and its label, do
        return f"urn:newsml:{provider or ''}:{_digits(first)}:{label or _without_time(own, first, this)}", []
    return (f"urn:newsml:{provider or ''}:{date or ''}:{label}", []) if label else (None, [])


def _text(element: Element | None, path: str) -> str | None:
    text = first_text(element, path)
    return text[:_LONGEST] if text else None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)[:14]


def _without_time(text: str | None, first: str | None, this: str | None) -> str:
    """With the time at which it was first created in the place of the revision's."""
    text = text or ""
    if not first or not this:
        return text
    if text == _digits(this)[:8]:  # a DateId of the revision's day
        return _digits(first)[:8]
    changed = _with_time_of(text, first, this)
    if changed != text or _digits(first)[:12] in re.sub(r"\D", "", text):
        return changed
    then, now = _utc(first), _utc(this)
    return _with_time_of(text, then, now) if then and now else text


def _utc(text: str) -> str | None:
    """A time of NewsML in UTC, where it has an offset."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC).strftime("%Y%m%dT%H%M%S") if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _with_time_of(text: str, first: str, this: str) -> str:
    for length in (14, 12):
        now, then = _digits(this)[:length], _digits(first)[:length]
        if len(now) < length:
            continue
        for order in (_YEAR_FIRST, _YEAR_LAST, _SHORT_YEAR):
            wanted, instead = ([one[at:end] for at, end in order if end <= length] for one in (now, then))
            spaced = r"[-T:. ]?".join(wanted) + (r"(?:[.,]?\d{3})?" if length == 14 else "")
            text = re.sub(rf"(?<!\d){spaced}(?!\d)", partial(_like, digits="".join(instead)), text)
    counted, before = _unix(this), _unix(first)
    if counted and before:
        text = re.sub(rf"(?<!\d){counted}(?:\d{{3}})?(?!\d)", before, text)
    return text


_YEAR_FIRST = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))
_YEAR_LAST = ((6, 8), (4, 6), (0, 4), (8, 10), (10, 12), (12, 14))
_SHORT_YEAR = ((2, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))
"""Orders in which the parts of a moment are written, by where they are in its digits."""


def _unix(text: str) -> str | None:
    """A moment in seconds from 1970."""
    try:
        at = datetime.fromisoformat(text)
        return str(int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()))
    except (ValueError, OverflowError):
        return None


def _like(written: re.Match[str], digits: str) -> str:
    """`digits` with the punctuation of what was written."""
    rest = iter(digits)
    return "".join(next(rest, "") if one.isdigit() else one for one in written[0])


def _without_version(text: str, revision: str | None) -> str:
    """Without the revision's number at its end: after a mark of a version, or where what is left names an item."""
    number = re.match(r"\d{1,4}", revision or "")
    if number is None or len(text) > 512:
        return text
    match = re.fullmatch(
        rf"(?P<stem>.{{2,}}?)[-_.:/ (#]?(?P<mark>v|ver|version|rev|r|ld?|lead|take)?[-_.:]?0*{number[0]}[NUA]?\)?",
        text,
        re.I,
    )
    if match is None:
        return text
    stem = match["stem"].rstrip("-_.:/ (#")
    apart = match["mark"] or text[len(match["stem"]) : len(match["stem"]) + 1] in "-_.:/ (#"
    bare = text[len(match["stem"])].isdigit() and not match["mark"]
    if bare or not apart:
        return text
    written = text[len(match["stem"]) :]
    own = (
        re.search(r"\d{3,}", stem) is not None
        or len(re.findall(r"[^\W\d_]{2,}", stem)) > 1
        or (re.search(r"[^\W\d_]{3,}\d{2,}$", stem) is not None and re.match(r"\.\d|[-_.]0\d", written) is not None)
    )
    return stem if match["mark"] or own else text


def _is_constant(own: str, provider: str | None) -> bool:
    names = {(provider or "").casefold(), (provider or "").partition(".")[0].casefold()}
    return bool(_CONSTANT.fullmatch(own)) or own.casefold() in names


def _is_time(text: str, first: str | None) -> bool:
    """Whether it is nothing but a moment, which two items can share."""
    digits = re.sub(r"\D", "", text)
    return (
        len(re.sub(r"[\d\W_TZ]", "", text)) == 0
        and len(digits) in (12, 14)
        and digits == _digits(first or "")[: len(digits)]
    )


def _names_an_item(public: str, provider: str | None, date: str | None, own: str | None, first: str | None) -> bool:
    """Whether a public identifier has more than the parts that all items share."""
    if not re.search(r"[\d:/]", public):
        return False
    rest = public
    for part in filter(None, ("urn:newsml:", provider, date, own, first)):
        rest = rest.replace(part, "")
    return len(re.sub(r"[\W_]", "", rest)) >= 3 and not _CONSTANT.fullmatch(re.sub(r"[\W_]", "", rest))
