"""Readers' comments in a page: as JSON-LD declares them, else as the page shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml.html import HtmlElement

from pipeline.formats import comment_areas, comment_lines, comment_parts, comment_readers, html_text, json_ld, layout
from pipeline.formats.items import CommentState, StoryComment

_IN_REPLY = (
    "data-parent-id",
    "data-parent",
    "data-parentid",
    "data-reply-to",
    "data-in-reply-to",
    "data-parent-comment-id",
)
_ANSWERS = re.compile(
    r"data-.*(?:parent|reply-?to|in-?reply|odpowiedz|antwort|r[eé]pon|respuesta|risposta|antwoord|svar)"
)
_OWN_ID = ("id", "data-comment-id", "data-commentid", "data-id", "data-comment")
_DEPTH = re.compile(
    r"(?:^|[\s_-])(?:depth|level|indent|lvl|ebene|niveau|nivel)[_-]?(\d{1,2})(?:$|[\s_-])", re.IGNORECASE
)
_INDENT = re.compile(r"(?:margin|padding)-(?:left|right|inline-start)\s*:\s*(\d{1,4}(?:\.\d{1,3})?)")
_HAS_NUMBER = re.compile(r"(?:[a-z]+[_-]?){0,2}\d+", re.IGNORECASE)
_COMMENTS = frozenset({"Comment", "UserComments"})
_PLAIN_ID = re.compile(r"comment-\d+")
_MAX_COMMENTS, _MAX_DEPTH = 20_000, 50
"""Comments of a page, and levels of answers."""


def read(tree: HtmlElement, declared: dict[str, Any]) -> list[StoryComment]:
    """The page's comments, in their order. They are taken out of the page, so that they don't become part of its text."""
    found = _all_declared(tree, declared)
    elements, about_story = comment_areas.items(tree)
    shown = _Shown(elements).comments() if about_story else []
    comment_areas.drop(tree, elements)
    return shown if len(shown) > len(found) else found


def _all_declared(tree: HtmlElement, declared: dict[str, Any]) -> list[StoryComment]:
    """What JSON-LD declares: in the article, with answers in them, or beside it."""
    found: list[StoryComment] = []
    beside = [thing for thing in json_ld.things(tree) if not _COMMENTS.isdisjoint(json_ld.types(thing))]
    waiting: list[tuple[Any, str | None, int]] = [
        (c, None, 0) for c in reversed([*json_ld.as_list(declared.get("comment")), *beside])
    ]
    of_story = {one for name in ("url", "@id", "mainEntityOfPage") for one in _addresses(declared.get(name))}
    known: set[str] = set()
    while waiting and len(found) < _MAX_COMMENTS:
        thing, parent, depth = waiting.pop()
        if not isinstance(thing, dict):
            continue
        comment = _declared(thing, parent, of_story)
        if comment and not (comment.own_id and comment.own_id in known):
            found.append(comment)
            known.update(filter(None, [comment.own_id]))
        if depth < _MAX_DEPTH:
            own = comment.own_id if comment else parent
            waiting.extend((answer, own, depth + 1) for answer in reversed(json_ld.as_list(thing.get("comment"))))
    return found


def _addresses(value: Any) -> list[str]:
    """What a thing is known by, or a text that it is known by."""
    return [
        text
        for one in json_ld.as_list(value)
        for each in ((one.get("@id"), one.get("url")) if isinstance(one, dict) else (one,))
        if (text := json_ld.text_of(each))
    ]


def _declared(thing: dict[str, Any], above: str | None, of_story: set[str]) -> StoryComment | None:
    text = json_ld.text_of(thing.get("text")) or json_ld.text_of(thing.get("commentText"))
    if not text:
        return None
    answered = json_ld.as_dict(thing.get("parentItem"))
    named = [] if json_ld.is_article(answered) else _addresses(thing.get("parentItem"))
    parent = next((one for one in named if one not in of_story), None)
    identifier = thing.get("identifier")
    return StoryComment(
        author=json_ld.text_of(json_ld.name_of(thing.get("author")))
        or json_ld.text_of(json_ld.name_of(thing.get("creator"))),
        posted=json_ld.text_of(thing.get("dateCreated")) or json_ld.text_of(thing.get("datePublished")),
        text=html_text.plain(text) or text,
        own_id=json_ld.text_of(thing.get("@id"))
        or json_ld.text_of(thing.get("url"))
        or json_ld.text_of(str(identifier) if isinstance(identifier, int) else identifier),
        parent=parent or above,
    )


class _Shown:
    """Comments as elements of a page. Of a wrapper and the comment in it, which many systems have, one remains."""

    def __init__(self, elements: list[HtmlElement]) -> None:
        self.known = set(elements)
        self.parts = comment_parts.Parts(self.known)
        self.inner: dict[HtmlElement, HtmlElement] = {}
        self.outer: dict[HtmlElement, HtmlElement] = {}
        self.order = elements
        self.indents = sorted({indent for one in elements if (indent := _indent([one])) is not None})
        for element in reversed(elements):
            self._wrapped(element)
        for element in elements:
            self._framed(element)

    def _wrapped(self, element: HtmlElement) -> None:
        inside = next((one for one in element.iterdescendants() if one in self.known), None)
        if inside is None and element.tag == "dt" and (after := element.getnext()) is not None and after in self.known:
            inside = after
        if inside is None:
            return
        own, below = self._facts(element), self._facts(self._innermost(inside))
        if any(own[:2]) and not any(below[:2]) and inside not in self.inner and element.tag != "dt":
            self.known.discard(inside)  # the part with the text
        elif not own[2] and below[2]:
            self.inner[element], self.outer[inside] = inside, element

    def _framed(self, element: HtmlElement) -> None:
        """A comment whose person and time stand beside the element that is named so."""
        if element in self.inner or element in self.outer or element not in self.known or any(self._facts(element)[:2]):
            return
        if comment_readers.is_heading(self.parts.text(element, None)):
            return
        for level, around in enumerate(element.iterancestors()):
            if level > 1 or around in self.known or sum(one in self.known for one in around.iterdescendants()) > 1:
                return
            if (
                around.tag not in ("body", "main", "article")
                and self.parts.posted(around)
                and self.parts.author(around)
            ):
                self.outer[element] = around
                return

    def _innermost(self, element: HtmlElement) -> HtmlElement:
        while element in self.inner:
            element = self.inner[element]
        return element

    def _facts(self, element: HtmlElement) -> tuple[str | None, str | None, str]:
        author = self.parts.author(element)
        return author, self.parts.posted(element), self.parts.text(element, author)

    def comments(self) -> list[StoryComment]:
        found: list[StoryComment] = []
        last_at_depth: dict[int, StoryComment] = {}
        made: dict[HtmlElement, StoryComment] = {}
        for element in self.order:
            if element not in self.known or element in self.inner or len(found) >= _MAX_COMMENTS:
                continue
            author, posted, text = self._facts(element)
            wrapper = self.outer.get(element)
            while wrapper is not None and not (author and posted):
                author, posted = author or self.parts.author(wrapper), posted or self.parts.posted(wrapper)
                wrapper = self.outer.get(wrapper)
            for beside in _terms(element) if not (author and posted) else ():
                author = author or self.parts.author(beside) or comment_parts.named(beside)
                posted = posted or self.parts.posted(beside)
            if comment_lines.is_removed(text):
                if own_id := self._own_id(element):
                    gone = StoryComment(author=None, posted=posted, text="…", own_id=own_id, state=CommentState.REMOVED)
                    made[element] = gone
                    found.append(gone)
                continue
            if not text or not (author or posted or self._is_text(text)):
                continue
            own = self._own_id(element)
            depth = self._depth(element)
            parent = self._parent(element)
            place = self._above(element)
            above = (made.get(place) if place is not None else None) or last_at_depth.get((depth or 0) - 1)
            comment = StoryComment(
                author=author, posted=posted, text=text, own_id=own, answers=None if parent else above
            )
            if parent != own:
                comment.parent = parent or (above.own_id if above is not None else None)
            if depth is not None:
                last_at_depth[depth] = comment
            made[element] = comment
            found.append(comment)
        return found

    def _is_text(self, text: str) -> bool:
        """Whether what has neither a person nor a time is a comment all the same: a sentence, and one of several."""
        return len(self.known) > 1 and len(text) >= 40 and layout.heading(text) is None

    def _layers(self, element: HtmlElement | None) -> Iterator[HtmlElement]:
        """The comment and its wrappers, from the inside."""
        while element is not None:
            yield element
            element = self.outer.get(element)

    def _own_id(self, element: HtmlElement) -> str | None:
        layers = list(self._layers(element))
        ids = [value for one in layers for name in _OWN_ID if (value := one.get(name))]
        ids = ids or [value for one in (*layers, *_terms(element)) if (value := one.get("id") or self._anchor(one))]
        return next((one for one in ids if _PLAIN_ID.fullmatch(one)), ids[0] if ids else None)

    def _anchor(self, element: HtmlElement) -> str | None:
        """The name of an empty anchor right before the comment, or that its permanent link leads to."""
        before = element.getprevious()
        if before is not None and before.tag == "a" and not _line(before) and not (before.tail or "").strip():
            name = before.get("id") or before.get("name")
            if name:
                return str(name)
        for link in self.parts.own(element):
            _, sign, name = (link.get("href") or "").rpartition("#") if link.tag == "a" else ("", "", "")
            if sign and _HAS_NUMBER.fullmatch(name) and comment_lines.is_permanent(_line(link)):
                return str(name)
        return None

    def _parent(self, element: HtmlElement) -> str | None:
        layers = list(self._layers(element))
        for one in layers:
            for name in _IN_REPLY:
                if (value := one.get(name)) and value not in ("0", "null", "none"):
                    return self._by_number(value)
        for one in layers:
            for name, value in one.attrib.items():
                if value and _ANSWERS.match(name) and (known := self._by_number(value)) != value:
                    return known
        above = self._above(element)
        return self._own_id(above) if above is not None else self._named(element)

    def _named(self, element: HtmlElement) -> str | None:
        """The comment that a link leads to which stands behind words that say so: "in reply to Rosa"."""
        for link in self.parts.own(element):
            _, sign, name = (link.get("href") or "").rpartition("#") if link.tag == "a" else ("", "", "")
            around = link.getparent()
            if sign and name and around is not None and comment_lines.answers(_line(around)):
                known = self._by_number(name)
                return known if known != self._own_id(element) and self._is_known(known) else None
        return None

    def _is_known(self, own: str) -> bool:
        return any(self._own_id(one) == own for one in self.order if one in self.known)

    def _above(self, element: HtmlElement) -> HtmlElement | None:
        """The comment that it answers by its place."""
        above = comment_areas.answered(list(self._layers(element))[-1], self.known)
        return self._innermost(above) if above is not None else None

    def _by_number(self, value: str) -> str:
        """The comment's own id, of which some name only the number where it is answered."""
        for one in self.order:
            if (
                one in self.known
                and (own := self._own_id(one))
                and (own == value or re.fullmatch(rf"\D*{re.escape(value)}", own))
            ):
                return own
        return value

    def _depth(self, element: HtmlElement) -> int | None:
        for one in self._layers(element):
            for name in ("data-depth", "data-level", "aria-level"):
                if (one.get(name) or "").isdigit():
                    return int(one.get(name) or 0)
            if match := _DEPTH.search(one.get("class") or ""):
                return int(match[1])
        indent = _indent(list(self._layers(element)))
        return self.indents.index(indent) if len(self.indents) > 1 and indent in self.indents else None


def _indent(layers: Iterable[HtmlElement]) -> float | None:
    """How far the comment is set in by its style."""
    return next((float(match[1]) for one in layers if (match := _INDENT.search(one.get("style") or ""))), None)


def _terms(element: HtmlElement) -> Iterator[HtmlElement]:
    """What stands with a description in a list of terms: its term, and other descriptions of the same."""
    if element.tag != "dd":
        return
    for before in element.itersiblings("dd", "dt", preceding=True):
        yield before
        if before.tag == "dt":
            break
    for after in element.itersiblings("dd", "dt"):
        if after.tag == "dt":
            break
        yield after


def _line(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
