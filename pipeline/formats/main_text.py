"""The main text of an HTML page: trafilatura's, corrected by what the page declares and how it is built."""

from __future__ import annotations

import copy
import re
from configparser import ConfigParser
from typing import Any

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import DEFAULT_CONFIG

from pipeline.errors import Reject
from pipeline.formats import furniture, json_ld, layout_tables, wrapped_json

_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:dek|deck|sub-?head(?:line|ing)?|subtitle|standfirst|sub-?deck)(?:$|[\s_-])", re.IGNORECASE
)
_SHORT = copy.deepcopy(DEFAULT_CONFIG)
_SHORT["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "20"
_SHORT_STORY = 1000
"""Characters. Below 250 of them the extractor takes all that the page has for its text; a news in brief, and many a story in
a script that needs few characters for a word, is as short."""
_LONG = 80
"""Characters of a paragraph that is long enough to show where the text is."""


def extract(tree: HtmlElement, url: str | None, standfirst: str | None, *, declares: bool = True) -> Any:
    """trafilatura's document (`.text`, `.title`, …), or None where it finds no text. `standfirst` is what the page
    declares as its description: where it is a line of its own above the text, it is not part of the text. Where the page
    declares no article that is its own (not `declares`), nothing is taken from what it declares. Raises Reject for a page that the extractor fails on."""
    _drop_standfirst(tree, standfirst)
    main = _extracted(tree, url, DEFAULT_CONFIG, declares)
    if main is not None and main.text and _is_whole_page(main.text, tree):
        shorter = _extracted(tree, url, _SHORT, declares, bare=True)
        main = shorter if shorter is not None and shorter.text else main
    if main is not None and main.text:
        main.text = "\n".join(_with_parts_left_out(main.text.split("\n"), tree))
    return main


def _extracted(tree: HtmlElement, url: str | None, config: ConfigParser, declares: bool, *, bare: bool = False) -> Any:
    reduced = copy.deepcopy(tree)
    for element in list(reduced.iter("nav", "footer")) if bare else ():
        if element.getparent() is not None and next(element.iter("h1"), None) is None:
            element.drop_tree()
    for script in list(reduced.iter("script")) if not declares else ():
        if json_ld.is_block(script) and wrapped_json.values(script.text or ""):
            script.drop_tree()
    layout_tables.open_up(reduced)
    furniture.drop(reduced)
    _unname_story(reduced)
    try:
        return trafilatura.bare_extraction(
            reduced, url=url, with_metadata=True, include_comments=False, include_tables=True, config=config
        )
    except (AssertionError, ValueError, TypeError) as e:  # lxml.html asserts that a page has one body
        raise Reject("not-html", f"can't be read as a page: {str(e)[:200]}") from None


def _is_whole_page(text: str, tree: HtmlElement) -> bool:
    """Whether it is what the extractor takes where a story is short: menu, headline, byline and text."""
    if len(text) > _SHORT_STORY:
        return False
    headings = [_folded(h.text_content()) for h in tree.iter("h1")]
    return any(heading and heading in _folded(text) for heading in headings)


def _unname_story(tree: HtmlElement) -> None:
    """What holds the page's heading is not what its name says: an opinion piece stands in a section called comment."""
    for heading in tree.iter("h1"):
        for element in heading.iterancestors("div", "section", "article", "main"):
            if "comment" in f"{element.get('class') or ''} {element.get('id') or ''}".casefold():
                element.attrib.pop("class", None)
                element.attrib.pop("id", None)


def _drop_standfirst(tree: HtmlElement, standfirst: str | None) -> None:
    wanted = _folded(standfirst or "")
    if len(wanted) < 20:
        return
    for element in tree.xpath("//h2|//h3|//p|//div[not(.//p) and not(.//div)]"):
        named = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        if (element.tag in ("h2", "h3") or _STANDFIRST.search(named)) and _folded(element.text_content()) == wanted:
            element.drop_tree()


def _with_parts_left_out(rows: list[str], tree: HtmlElement) -> list[str]:
    """Some pages cut their text into several containers of one kind, with advertisements between; the extractor uses
    one of them. Where paragraphs lie in others of the same tag and class, those are the story too."""
    extracted = {_folded(row.removeprefix("- ")) for row in rows}
    paragraphs = [(p, " ".join(p.text_content().split())) for p in tree.iter("p")]
    held: dict[tuple[Any, ...], list[str]] = {}
    left: dict[tuple[Any, ...], list[str]] = {}
    for element, text in paragraphs:
        parent = element.getparent()
        if len(text) < _LONG or parent is None or not (parent.get("class") or "").strip():
            continue
        key = (parent.tag, " ".join(sorted((parent.get("class") or "").split())))
        (held if _folded(text) in extracted else left).setdefault(key, []).append(text)
    if not held:
        return rows
    rows = _with_what_stands_around(rows, paragraphs, extracted)
    key = max(held, key=lambda one: len(held[one]))
    missing = left.get(key, [])
    if len(missing) < 3 or len(held[key]) < 2:
        return rows
    containers = {id(e.getparent()) for e, text in paragraphs if text in missing}
    if len(containers) < 2 and len(missing) > 3 * len(held[key]):
        return rows
    wanted = {_folded(text) for text in (*held[key], *missing)}
    in_order = [text for _, text in paragraphs if _folded(text) in wanted]
    others = [row for row in rows if _folded(row.removeprefix("- ")) not in wanted]
    return [*in_order, *(row for row in others if len(row) < _LONG)] if len(others) < len(in_order) else rows


def _with_what_stands_around(
    rows: list[str], paragraphs: list[tuple[HtmlElement, str]], extracted: set[str]
) -> list[str]:
    """The rows, and before them the paragraphs that stand right above the container that they were taken from."""
    first = next((p for p, text in paragraphs if len(text) >= _LONG and _folded(text) in extracted), None)
    container = first.getparent() if first is not None else None
    outer = container.getparent() if container is not None else None
    if container is None or outer is None or container.tag != "div":
        return rows
    above = [" ".join(p.text_content().split()) for p in container.itersiblings("p", preceding=True)]
    missing = [text for text in reversed(above) if len(text) >= _LONG and _folded(text) not in extracted]
    return [*missing, *rows] if len(missing) > 1 else rows


def _folded(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()
