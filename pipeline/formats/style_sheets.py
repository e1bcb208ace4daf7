"""What a page's own style sheets hide: rules of `style` elements whose selectors are single names, as far as they count for a
screen (https://www.w3.org/TR/CSS2/visuren.html#display-prop). Sheets that are files of their own are not fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

_LONGEST = 300_000
_MOST_NAMES = 200
_COMMENT = re.compile(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
_BRACE = re.compile(r"[{}]")
_ON_SCREEN = re.compile(r"@media\s+(?:only\s+)?(?:all|screen)\s*$|@layer\b", re.IGNORECASE)
_NAME = re.compile(r"(?:div|p|section|span|aside)?([.#])([\w-]+)$", re.IGNORECASE)
_HIDES = re.compile(r"none|hidden", re.IGNORECASE)
_DISPLAY = re.compile(r"(?:^|[;\s])(?:display\s*:\s*([\w-]+)|(visibility\s*:\s*hidden))", re.IGNORECASE)


def hidden(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The elements that a class or an id hides, and none shows again."""
    names = _names(tree)
    gone = {name for name, shown in names.items() if not shown}
    if not gone or len(gone) > _MOST_NAMES:
        return
    for element in tree.xpath("//body//*[@class or @id]"):
        own = {(".", kind) for kind in (element.get("class") or "").split()} | {("#", element.get("id") or "")}
        known = own & names.keys()
        if known and known <= gone:
            yield element


def _names(tree: HtmlElement) -> dict[tuple[str, str], bool]:
    """Classes and ids, and whether the last rule for each shows what has it."""
    found: dict[tuple[str, str], bool] = {}
    for prelude, declarations in _rules(tree):
        said = [match[1] for match in _DISPLAY.finditer(declarations)]
        if not said:
            continue
        shown = said[-1] is not None and said[-1].casefold() != "none"
        for selector in prelude.split(","):
            if match := _NAME.match(selector.strip()):
                found[match[1], match[2]] = shown
    return found


def _rules(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that count for a screen, whatever its size."""
    for style in tree.iter("style"):
        text = style.text or ""
        if len(text) > _LONGEST or not _HIDES.search(text) or (style.get("media") or "all") not in ("all", "screen"):
            continue
        text = _COMMENT.sub(" ", text)
        around: list[bool] = []
        opened, at = "", 0
        for brace in _BRACE.finditer(text):
            part, at = text[at : brace.start()].strip(), brace.end()
            if brace[0] == "{":
                prelude = part.rpartition(";")[2].strip()
                around.append(bool(_ON_SCREEN.match(prelude)) or not prelude.startswith("@"))
                if not prelude.startswith("@"):
                    opened = prelude
            elif around:
                if all(around) and part and not part.startswith("@"):
                    yield opened, part
                around.pop()
