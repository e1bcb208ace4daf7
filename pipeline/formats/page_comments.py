"""Readers' comments in a page: as JSON-LD declares them, else as common markup shows them (WordPress, Drupal, wpDiscuz, …)."""

from __future__ import annotations

import re
from typing import Any

from lxml.html import HtmlElement

from pipeline.formats import html_text, json_ld, layout
from pipeline.formats.items import StoryComment

_CLASS = "concat(' ', normalize-space(@class), ' ')"
_COMMENT = (
    "//*[self::li or self::div or self::article or self::dd or self::section]"
    f"[contains({_CLASS}, ' comment ') or contains({_CLASS}, ' wc-comment ') or @itemprop='comment'"
    " or starts-with(@id, 'comment-') and string-length(translate(substring(@id, 9), '0123456789', '')) = 0]"
)
_AREA = "//*[@id='comments' or @id='respond' or contains(@class, 'comment-list') or contains(@class, 'commentlist')]"
_AUTHOR = ".//*[contains(@class, 'fn') or contains(@class, 'comment-author') or contains(@class, 'comment_author') or contains(@class, 'author') or contains(@class, 'username') or @itemprop='author' or self::cite]"
_TEXT = ".//*[contains(@class, 'comment-content') or contains(@class, 'comment-text') or contains(@class, 'comment_text') or contains(@class, 'commentText') or contains(@class, 'comment-body') or @itemprop='text']"
_DATE = ".//time|.//*[contains(@class, 'comment-date') or contains(@class, 'comment-meta') or contains(@class, 'date')]"
_MAX_COMMENTS, _MAX_DEPTH = 20_000, 50
"""Comments of a page, and levels of answers."""
_ABOUT = re.compile(
    r"(?:^|[\s_-])(?:author|meta|metadata|date|reply|footer|actions?|avatar|vote|rating|fn)(?:$|[\s_-])", re.IGNORECASE
)


def read(tree: HtmlElement, declared: dict[str, Any]) -> list[StoryComment]:
    """The page's comments, in their order."""
    found: list[StoryComment] = []
    waiting: list[tuple[Any, str | None, int]] = [
        (c, None, 0) for c in reversed(json_ld.as_list(declared.get("comment")))
    ]
    while waiting and len(found) < _MAX_COMMENTS:
        thing, parent, depth = waiting.pop()
        if not isinstance(thing, dict):
            continue
        comment = _declared(thing, parent)
        if comment:
            found.append(comment)
        if depth < _MAX_DEPTH:
            own = comment.own_id if comment else parent
            waiting.extend((answer, own, depth + 1) for answer in reversed(json_ld.as_list(thing.get("comment"))))
    return found or _shown(tree)


def drop(tree: HtmlElement) -> None:
    """Take comments out of the page, so that they don't become part of its text."""
    for element in tree.xpath(f"{_COMMENT}|{_AREA}"):
        if element.getparent() is not None:
            element.drop_tree()


def _declared(thing: dict[str, Any], above: str | None) -> StoryComment | None:
    text = json_ld.text_of(thing.get("text")) or json_ld.text_of(thing.get("commentText"))
    if not text:
        return None
    parent = json_ld.as_dict(thing.get("parentItem"))
    identifier = thing.get("identifier")
    return StoryComment(
        author=json_ld.text_of(json_ld.name_of(thing.get("author")))
        or json_ld.text_of(json_ld.name_of(thing.get("creator"))),
        posted=json_ld.text_of(thing.get("dateCreated")) or json_ld.text_of(thing.get("datePublished")),
        text=html_text.plain(text) or text,
        own_id=json_ld.text_of(thing.get("@id"))
        or json_ld.text_of(thing.get("url"))
        or json_ld.text_of(str(identifier) if isinstance(identifier, int) else identifier),
        parent=json_ld.text_of(parent.get("@id")) or json_ld.text_of(parent.get("url")) or above,
    )


def _shown(tree: HtmlElement) -> list[StoryComment]:
    elements = list(tree.xpath(_COMMENT))
    known = set(elements)
    comments = []
    for element in elements:
        text = _text(element, known)
        if not text:
            continue
        ancestor = next((a for a in element.iterancestors() if a in known), None)
        comments.append(
            StoryComment(
                author=_author(element, known),
                posted=_posted(element, known),
                text=text,
                own_id=element.get("id"),
                parent=ancestor.get("id") if ancestor is not None else None,
            )
        )
    return comments


def _text(element: HtmlElement, known: set[HtmlElement]) -> str:
    """The comment's text: its part that is named so, else its paragraphs, else all that is not about it."""
    named = [e for e in element.xpath(_TEXT) if _own(e, element, known)]
    for part in reversed(named):
        paragraphs = [
            row for p in part.xpath(".//p") if _own(p, element, known) and not _about(p, element) and (row := _line(p))
        ]
        if paragraphs:
            return "\n\n".join(paragraphs)
    for part in reversed(named):
        if not part.xpath(".//p") and (text := _line(part)):
            return text
    return "\n\n".join(
        row for p in element.xpath(".//p") if _own(p, element, known) and not _about(p, element) and (row := _line(p))
    )


def _author(element: HtmlElement, known: set[HtmlElement]) -> str | None:
    for one in element.xpath(_AUTHOR):
        if _own(one, element, known) and (name := _line(one)) and len(name) <= 100:
            return re.sub(r"\s+(?:says|said|wrote|sagt|schreibt|dit)\s*:?$", "", name)
    return None


def _posted(element: HtmlElement, known: set[HtmlElement]) -> str | None:
    for one in element.xpath(".//time[@datetime]|.//*[@itemprop='dateCreated'][@content]"):
        if _own(one, element, known):
            return str(one.get("datetime") or one.get("content"))
    shown = next((one for one in element.xpath(_DATE) if _own(one, element, known)), None)
    return layout.written_time(_line(shown)) if shown is not None else None


def _own(part: HtmlElement, comment: HtmlElement, known: set[HtmlElement]) -> bool:
    """Whether a part belongs to the comment itself rather than to an answer inside it."""
    for ancestor in part.iterancestors():
        if ancestor is comment:
            return True
        if ancestor in known:
            return False
    return False


def _about(part: HtmlElement, comment: HtmlElement) -> bool:
    """Whether a part is about the comment (who, when, buttons) instead of being its text."""
    for one in (part, *part.iterancestors()):
        if one is comment:
            return False
        # some themes have the text inside the author's box
        if _ABOUT.search(one.get("class") or "") and "vcard" not in (one.get("class") or ""):
            return True
    return False


def _line(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
