"""Names on the lines of a page that say who wrote it: behind "By" or a label, without a time, an address, a role."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from pipeline.formats import layout

_ADDRESS = re.compile(
    r"^(?:https?:|//|www\.|mailto:)|\S@\S|^[\w-]+(?:\.[\w-]+)+/\S*$|^@\w+$|^\S*/\S*\.(?:html?|php|aspx?)$",
    re.IGNORECASE,
)
_BEFORE_NAME = re.compile(
    r"^(?:(?:written|reported|posted|submitted|published|text[eo]?|testo|tekst|words|story|authors?|autor(?:in|en|es|a|e)?|auteure?s?|auth?rice|geschrieben|verfasst|escrito|scritto|rédigé|yazar|haber|автор|текст|συντάκτης|tác giả|लेखक|द्वारा|โดย)"
    r"(?:\s*(?:und|and|et|y|e|og|och|en|&|/|\+|,)\s*(?:fotos?|photos?|bild(?:er)?|images?))?(?!\w)\s*[:：]?\s*)?"
    r"(?:(?:by|von|par|por|di|door|af|av|od|автор|του|της)\b\s*:?\s+|:\s*)?"
    r"(?:(?:文|取材|作者|記者|记者|글|بقلم|كتبت?|تحریر|نویسنده|מאת)(?:[・、／/](?:写真|図|動画|撮影|構成))*\s*[:：・=＝/／]?\s*(?=\w))?",
    re.IGNORECASE,
)
_OF_PICTURES = re.compile(
    r"^\W*(?:photo(?:graph(?:s|y|er)?)?s?|fotos?|foto[’']s|fotograf\w*|bild(?:er)?|images?|pictures?|crédits?|illustrations?|videos?|grafik\w*|写真|撮影|사진|фото|صور(?:ة)?)(?!\w)",
    re.IGNORECASE,
)
"""A line that names who made the pictures."""
_ACCOUNT = re.compile(
    r"^(?:admin(?:istrator)?|web ?master|root|user\d*|guest|unknown|none|null|undefined|n/?a|editor|anonymous|\W?email.protected\W?|\W*|\d+)$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?i)(?:journalist(?:e|in|a)?|reporter(?:in)?|redakteur(?:in)?|chefredakteur(?:in)?|korrespondent(?:in)?|correspondent|corresponsal|correspondant[e]?|periodista|redactora?|giornalista|rédact(?:eur|rice)|grand reporter|staff writer|senior|chief|political|sports?) ?(?!\w)"
)
"""What a line of its own says that a person is."""
_NO_NAME = re.compile(
    r"(?i)\b(?:all|alle|more|mehr|posts?|beiträge|articles?|artikel|about|über|view|follow|profile?|bio|contact|kontakt|share|comments?|kommentare?|read|by|tags?|home|news|menu|subscribe|newsletter)\b"
)
LED = re.compile(
    r"(?i)^(?:(?:written|reported|posted|text|words|story)\s+)?(?:by|von|par|por|di|door|av|af|автор:?|του|της|od|tekst:|text:|autor:|author:|auteur:)\s+"
)
LAST = re.compile(r"(?i)\s+(?:le|am|on|um|at|el|il|op|den|w dniu)$")
REPORTER = re.compile(
    r"(?:记者|記者|作者)\s*[:：]?\s*(?P<name>[\u4e00-\u9fff·]{2,5})(?!\w)|(?<!\w)(?P<korean>[\uac00-\ud7af]{2,4})\s*(?:선임|수석|인턴)?(?:기자|특파원|논설위원)(?!\w)"
)
_BREAKS = frozenset(["br", "p", "div", "li", "dd", "dt", "td", "ul", "h2", "h3", "h4", "h5", "h6", "section", "header"])
_MAIL = re.compile(r"\s*[<(\[]?\s*(?:mailto:)?[^\s<>()\[\],;@]+@[\w-]+(?:\.[\w-]+)+\s*[>)\]]?")
_NAME_LENGTH, _NAME_WORDS = 60, 6
_MAX_LINES, _LONGEST_LINE = 6, 160


def is_nobody(text: str) -> bool:
    """Whether it is an address or an account instead of a name."""
    return _ADDRESS.search(text) is not None or _ACCOUNT.match(text) is not None


def without_mail(name: str) -> str:
    """A name without the e-mail address beside it; what is only an address stays one."""
    less = _MAIL.sub(" ", name).strip(" ,;|·•–—-")
    return " ".join(less.split()) if re.search(r"[^\W\d_]{2}", less) else name


def in_lines(element: HtmlElement) -> list[str]:
    """The name on the first line of an element that has one, and those on further lines that say so."""
    found: list[str] = []
    for line in _lines(element)[:_MAX_LINES]:
        name = on_line(line)
        if name and (not found or LED.match(line)):
            found.append(name)
    return found


def _lines(element: HtmlElement) -> list[str]:
    """The element's lines as they are shown: parted by blocks and line breaks."""
    pieces: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end")):
        known = isinstance(part.tag, str)
        if known and part.tag in _BREAKS:
            pieces.append("\n")
        if event == "start":
            pieces.append((part.text or "") if known and part.tag not in ("script", "style") else "")
        elif part is not element:
            pieces.append(part.tail or "")
    return [text for line in "".join(pieces).split("\n") if (text := " ".join(line.split()))]


def on_line(line: str) -> str | None:
    """The name on a line: all of it, or what stands before a time, a role or the like."""
    if _OF_PICTURES.match(line) or len(line) > _LONGEST_LINE:
        return None
    if reporter := REPORTER.search(line):
        return reporter["name"] or reporter["korean"]
    line = re.sub(r"\s*\([^()]*\)", " ", without_mail(line))
    when = layout.written_time(line)
    for text in (line, line.replace(when, " ") if when else "", re.split(r"\s[|·•–—-]\s|\s*\||,\s", line)[0]):
        name = _BEFORE_NAME.sub("", " ".join(text.split())).strip(" ,|·•–—-:")
        name = LAST.sub("", name)
        if is_name(name):
            return name
    return None


def is_name(text: str) -> bool:
    """Whether a text looks like one person's name."""
    words = text.split()
    capitals = sum(word[0].isupper() or not word[0].islower() for word in words)
    return (
        0 < len(words) <= _NAME_WORDS
        and len(text) <= _NAME_LENGTH
        and not re.search(r"\d|[@/?!:：|]", text)
        and capitals >= len(words) / 2
        and not is_nobody(text)
        and not _NO_NAME.search(text)
        and not _ROLE.match(text)
    )
