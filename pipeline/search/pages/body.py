"""An article's body as a page shows it: from its own markup where that says the same as its text, each block with an id.

Normalize sanitises the markup. Here it is built anew from a list of elements, as pictures become links (the page asks no
other host for anything), headings go below the page's own, and words that were searched for are marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import lxml.html
from lxml.html import HtmlElement
from markupsafe import Markup, escape

from pipeline.addresses import public

_INLINE = {"a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "ins", "q", "s", "small", "strong", "sub", "sup", "time", "u"}  # fmt: skip
_BLOCKS = {"blockquote", "caption", "dd", "dl", "dt", "figcaption", "figure", "li", "ol", "p", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "hr"}  # fmt: skip
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_VOID = {"br", "hr"}
_DEEPEST = 100
_NUMBER = re.compile(r"\d{1,3}")
_MOMENT = re.compile(r"[\d:TZ.+-]{4,40}")


@dataclass
class Body:
    """What is shown, and the text of each block by its id."""

    html: Markup
    blocks: dict[str, str]

    def place_of(self, text: str) -> str | None:
        """The id of the first block that has this text."""
        wanted = _plain(text)
        return next((id_ for id_, block in self.blocks.items() if wanted and wanted in block), None)


def body(article: dict[str, Any], marked: Iterable[str] = ()) -> Body:
    """`marked` are words as the text has them."""
    text, markup = article.get("body") or "", article.get("body_html")
    made = _Writer(marked)
    tree = _tree(markup) if markup else None
    if tree is not None and _same_text("".join(tree.itertext()), text):
        made.levels = _levels(tree)
        made.children(tree, 0, inline=False)
    else:
        for paragraph in text.split("\n\n"):
            if paragraph.strip():
                made.block("p", partial(made.lines, paragraph), paragraph)
    # _Writer writes escaped text, elements of its own list, and attributes that it has checked, and nothing else
    return Body(Markup("".join(made.out)), made.blocks)  # noqa: S704 - see above


def marker(words: Iterable[str]) -> re.Pattern[str] | None:
    """Finds these words, the longest first, and not inside of others; in scripts without spaces anywhere."""
    found = sorted({word for word in words if word.strip()}, key=len, reverse=True)[:100]
    if not found:
        return None
    return re.compile("|".join(rf"{_edge(word[0])}{re.escape(word)}{_edge(word[-1], after=True)}" for word in found))


def with_marks(text: str, words: re.Pattern[str] | None) -> Markup:
    """The text, escaped, with these words marked."""
    if words is None:
        return escape(text)
    made: list[Markup] = []
    at = 0
    for match in words.finditer(text):
        made += [escape(text[at : match.start()]), Markup("<mark>{}</mark>").format(match.group())]
        at = match.end()
    return Markup("").join([*made, escape(text[at:])])


def _edge(char: str, *, after: bool = False) -> str:
    spaced = char.isalnum() and not "\u0e00" <= char <= "\u0eff" and not "\u3040" <= char <= "\u9fff"
    return ("(?!\\w)" if after else "(?<!\\w)") if spaced else ""


class _Writer:
    """Writes escaped text and elements of the list, and nothing else."""

    def __init__(self, marked: Iterable[str]) -> None:
        self.out: list[str] = []
        self.blocks: dict[str, str] = {}
        self.levels: dict[int, int] = {}
        self._words = marker(marked)

    def block(self, tag: str, inside: Any, text: str, attributes: str = "") -> None:
        id_ = f"p{len(self.blocks) + 1}"
        self.blocks[id_] = _plain(text)
        self.out.append(f'<{tag} id="{id_}" dir="auto"{attributes}>')
        inside()
        self.out.append(f"</{tag}>")

    def lines(self, text: str) -> None:
        for n, line in enumerate(text.split("\n")):
            self.out.append(("<br>" if n else "") + str(with_marks(line, self._words)))

    def children(self, element: HtmlElement, depth: int, *, inline: bool) -> None:
        """The element's text and elements. Text outside of any block is a paragraph."""
        loose: list[Any] = [element.text] if element.text else []
        for child in element:
            if inline or (isinstance(child.tag, str) and (child.tag in _INLINE)):
                loose.append(child)
            else:
                self._loose(loose, depth, inline)
                loose = []
                self._element(child, depth)
            if child.tail:
                loose.append(child.tail)
        self._loose(loose, depth, inline)

    def _loose(self, parts: list[Any], depth: int, inline: bool) -> None:
        text = "".join(one if isinstance(one, str) else "".join(one.itertext()) for one in parts)
        if not parts or not (text.strip() or inline):
            return

        def write() -> None:
            for one in parts:
                if isinstance(one, str):
                    self.out.append(str(with_marks(one, self._words)))
                else:
                    self._element(one, depth)

        if inline:
            write()
        else:
            self.block("p", write, text)

    def _element(self, element: HtmlElement, depth: int) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if depth > _DEEPEST:
            self.out.append(str(escape("".join(element.itertext()))))
        elif tag == "img":
            self._picture(element)
        elif tag in _VOID:
            self.out.append(f"<{tag}>")
        elif tag in _HEADINGS:
            level = f"h{self.levels.get(_HEADINGS[tag], 2)}"
            self.block(level, lambda: self.children(element, depth + 1, inline=True), "".join(element.itertext()))
        elif tag in ("p", "pre", "dt", "caption", "figcaption"):
            self.block(tag, lambda: self.children(element, depth + 1, inline=True), "".join(element.itertext()))
        elif tag in ("li", "td", "th", "dd"):
            has_blocks = any(isinstance(one.tag, str) and one.tag in _BLOCKS for one in element)
            self.block(
                tag,
                lambda: self.children(element, depth + 1, inline=not has_blocks),
                "".join(element.itertext()),
                _spans(element),
            )
        elif tag in _BLOCKS:
            self.out.append(
                f"<{tag}>"
                if tag != "table"
                else '<div class="wide" role="region" aria-label="Table" tabindex="0"><table>'
            )
            if tag in ("ul", "ol", "dl", "table", "tbody", "thead", "tfoot", "tr"):
                for child in element:  # text has no place between rows
                    self._element(child, depth + 1)
            else:
                self.children(element, depth + 1, inline=False)
            self.out.append(f"</{tag}>" if tag != "table" else "</table></div>")
        elif tag in _INLINE:
            self.out.append(f"<{tag}{_attributes(element)}>")
            self.children(element, depth + 1, inline=True)
            self.out.append(f"</{tag}>")
        elif tag and tag not in ("script", "style"):
            self.children(element, depth + 1, inline=True)

    def _picture(self, element: HtmlElement) -> None:
        """A link: the page asks no other host."""
        address, named = (
            public(element.get("src") or "", None),
            (element.get("alt") or element.get("title") or "").strip(),
        )
        if address:
            self.out.append(
                f'<a class="picture" href="{escape(address)}" rel="noopener nofollow">Picture{": " if named else ""}{escape(named)}</a>'
            )


def _attributes(element: HtmlElement) -> str:
    made = ""
    if element.tag == "a":
        address = (element.get("href") or "").strip()
        if not address.casefold().startswith("mailto:"):
            address = public(address, None) or ""
        made = f' href="{escape(address)}" rel="noopener nofollow"' if address else ""
    if element.tag == "time" and _MOMENT.fullmatch(element.get("datetime") or ""):
        made = f' datetime="{escape(element.get("datetime"))}"'
    if element.get("title") and element.tag in ("a", "abbr"):
        made += f' title="{escape(element.get("title"))}"'
    return made


def _spans(element: HtmlElement) -> str:
    spans = ((name, element.get(name) or "") for name in ("colspan", "rowspan"))
    return "".join(f' {name}="{value}"' for name, value in spans if _NUMBER.fullmatch(value))


def _levels(tree: HtmlElement) -> dict[int, int]:
    """Levels of headings as they are and as they are shown: from 2 on, without gaps."""
    found = sorted({_HEADINGS[one.tag] for one in tree.iter() if isinstance(one.tag, str) and one.tag in _HEADINGS})
    return {level: min(6, n) for n, level in enumerate(found, 2)}


def _tree(markup: str) -> HtmlElement | None:
    try:
        return lxml.html.fragment_fromstring(markup, create_parent="div")
    except (ValueError, lxml.etree.LxmlError, RecursionError):
        return None


def _same_text(markup: str, text: str) -> bool:
    """Whether they are the same but for white space; the text may be without a line or two that are nobody's."""
    one, other = ("".join(value.split()) for value in (markup, text))
    return abs(len(one) - len(other)) <= max(20, len(other) // 20) and one[:40] == other[:40]


def _plain(text: str) -> str:
    return " ".join(text.split())
