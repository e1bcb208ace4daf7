"""Readers' comments in a page: as JSON-LD declares them, else as the page shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml.html import HtmlElement

from pipeline.formats import comment_areas, comment_lines, html_text, json_ld, layout
from pipeline.formats.items import StoryComment

_NAMED_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:author|user|username|nick|nickname|fn|name|poster|commenter|member|autor|auteur|autore|nom|nome|nombre|naam|nimi|pseudo)(?:$|[\s_-])|user_?name|author_?name|display_?name",
    re.IGNORECASE,
)
_NAMED_TEXT = re.compile(
    r"(?:^|[\s_-])(?:content|text|body|message|msg|texte|texto|testo|tekst|inhalt|commenttext|commentbody|commentcontent)(?:$|[\s_-])",
    re.IGNORECASE,
)
_DRUPAL = re.compile(r"field--name-?")
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
_HAS_NUMBER = re.compile(r"(?:[a-z]+[_-]?){0,2}\d+", re.IGNORECASE)
_PLAIN_ID = re.compile(r"comment-\d+")
_MAX_COMMENTS, _MAX_DEPTH = 20_000, 50
"""Comments of a page, and levels of answers."""


def read(tree: HtmlElement, declared: dict[str, Any]) -> list[StoryComment]:
    """The page's comments, in their order. They are taken out of the page, so that they don't become part of its text."""
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
    elements, about_story = comment_areas.items(tree)
    shown = _Shown(elements).comments() if about_story else []
    comment_areas.drop(tree, elements)
    return shown if len(shown) > len(found) else found


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


class _Shown:
    """Comments as elements of a page. Of a wrapper and the comment in it, which many systems have, one remains."""

    def __init__(self, elements: list[HtmlElement]) -> None:
        self.known = set(elements)
        self.inner: dict[HtmlElement, HtmlElement] = {}
        self.outer: dict[HtmlElement, HtmlElement] = {}
        self.order = elements
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
        if comment_areas.is_heading(self._text(element, None)):
            return
        for level, around in enumerate(element.iterancestors()):
            if level > 1 or around in self.known or sum(one in self.known for one in around.iterdescendants()) > 1:
                return
            if around.tag not in ("body", "main", "article") and self._posted(around) and self._author(around):
                self.outer[element] = around
                return

    def _innermost(self, element: HtmlElement) -> HtmlElement:
        while element in self.inner:
            element = self.inner[element]
        return element

    def _facts(self, element: HtmlElement) -> tuple[str | None, str | None, str]:
        author = self._author(element)
        return author, self._posted(element), self._text(element, author)

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
                author, posted = author or self._author(wrapper), posted or self._posted(wrapper)
                wrapper = self.outer.get(wrapper)
            for beside in _terms(element) if not (author and posted) else ():
                author = author or self._author(beside) or _named(beside)
                posted = posted or self._posted(beside)
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
        for link in self._own(element):
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
        return self._own_id(above) if above is not None else None

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
        return None

    def _own(self, element: HtmlElement) -> Iterator[HtmlElement]:
        """The element's parts, without those of comments inside it."""
        waiting = list(reversed(element))
        while waiting:
            part = waiting.pop()
            if part in self.known or not isinstance(part.tag, str):
                continue
            yield part
            waiting.extend(reversed(part))

    def _meta(self, element: HtmlElement) -> list[str]:
        lines = html_text.blocks(element, self.known - {element}, apart=True)
        return [line for line in (*lines[:5], *lines[-2:]) if len(line) <= 120]

    def _author(self, element: HtmlElement) -> str | None:
        parts = [
            part
            for part in self._own(element)
            if part.tag not in ("form", "textarea", "input", "button", "time", "img")
        ]
        for chosen in (
            [part for part in parts if _property(part) in ("author", "creator")],
            [part for part in parts if _NAMED_AUTHOR.search(_DRUPAL.sub("", part.get("class") or ""))],
            [part for part in parts if part.tag == "cite"],
        ):
            names = [name for part in chosen if (name := comment_lines.name(_line(part)))]
            if names:
                return next((name for name in names[1:] if len(name) > 1 and name in names[0]), names[0])
        times = self._times(element)
        whole = self._meta(element)
        meta = [_less(line, times) for line in whole]
        dated = [less for less, line in zip(meta, whole, strict=True) if comment_lines.moment(line) or less != line]
        for line in (*dated, *(meta[:1] if dated and len(meta) > 1 else [])):
            if name := comment_lines.name(line):
                return name
        strong = [
            part
            for part in parts
            if part.tag in ("b", "strong") and (part.getparent() is element or len(_line(part)) < 40)
        ]
        return next((name for part in strong[:1] if (name := comment_lines.name(_line(part)))), None)

    def _posted(self, element: HtmlElement) -> str | None:
        parts = list(self._own(element))
        for part in parts:
            when = part.get("datetime") or (
                part.get("content") if _property(part) in ("dateCreated", "datePublished", "commentTime") else None
            )
            if when and re.search(r"\d", when):
                shown = comment_lines.moment(_line(part))
                # some declare the day and show the time of day too
                return shown if shown and len(when) <= 10 and re.search(r"\d:\d", shown) else str(when)
        for part in parts:
            if (
                part.tag in ("abbr", "time", "span", "a")
                and (title := part.get("title"))
                and len(title) < 60
                and re.search(r"\d{4}", title)
                and (when := comment_lines.moment(title))
            ):
                return when
        return next((when for line in self._meta(element) if (when := comment_lines.moment(line))), None)

    def _times(self, element: HtmlElement) -> list[str]:
        """Times on the comment as they are shown, also those that are known as such by their element only: "3 May", "2d"."""
        return [
            shown
            for part in self._own(element)
            if (part.tag == "time" or part.get("datetime") or comment_lines.moment(part.get("title") or ""))
            and 0 < len(shown := _line(part)) <= 40
        ]

    def _text(self, element: HtmlElement, author: str | None) -> str:
        """The comment's text: its innermost part that is named so, else all that is not about it."""
        others, times = self.known - {element}, self._times(element)

        def is_about(line: str) -> bool:
            less = _less(line, times)
            return (less != line and not less) or comment_lines.about_only(less, author)

        named = [
            part
            for part in self._own(element)
            if _property(part) in ("text", "commentText")
            or _NAMED_TEXT.search(_DRUPAL.sub("", part.get("class") or ""))
        ]
        inside = [part for part in named if not any(one is not part and part in one.iterancestors() for one in named)]
        for part in sorted(inside, key=lambda part: -len(part.text_content())):
            if kept := _without(part, others, is_about) or _without(part, others, comment_lines.is_label):
                return "\n\n".join(kept)
        return "\n\n".join(_without(element, others, is_about))


def _less(line: str, times: list[str]) -> str:
    """A short line without these times in it."""
    if len(line) > 140:
        return line
    for one in times:
        line = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", " ", line)
    return " ".join(line.split())


def _without(element: HtmlElement, others: set[HtmlElement], is_left_out: Callable[[str], bool]) -> list[str]:
    """The blocks of text in an element, without those of `others`, and lines that are left out as they are shown: with
    space between buttons."""
    shown = html_text.blocks(element, others, apart=True)
    return [line for line, seen in zip(html_text.blocks(element, others), shown, strict=True) if not is_left_out(seen)]


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


def _named(element: HtmlElement) -> str | None:
    return comment_lines.name(_line(element)) if _NAMED_AUTHOR.search(element.get("class") or "") else None


def _property(element: HtmlElement) -> str:
    """What its microdata or RDFa says that it is."""
    return (element.get("itemprop") or element.get("property") or "").rpartition(":")[2]


def _line(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
