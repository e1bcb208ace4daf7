"""What a comment on a page says about itself, as an element: who wrote it, when, and its text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml.html import HtmlElement

from pipeline.formats import comment_lines, html_text

_NAMED_AUTHOR = re.compile(
    r"(?:^|[\s_-])(?:author|user|username|nick|nickname|fn|name|poster|commenter|member|autor|auteur|autore|nom|nome|nombre|naam|nimi|pseudo)(?:$|[\s_-])|user_?name|author_?name|display_?name",
    re.IGNORECASE,
)
_NAMED_TEXT = re.compile(
    r"(?:^|[\s_-])(?:content|text|body|message|msg|texte|texto|testo|tekst|inhalt|commenttext|commentbody|commentcontent)(?:$|[\s_-])",
    re.IGNORECASE,
)
_DRUPAL = re.compile(r"field--name-?")


class Parts:
    """Of comments that may stand inside each other; `known` are all of them."""

    def __init__(self, known: set[HtmlElement]) -> None:
        self.known = known

    def own(self, element: HtmlElement) -> Iterator[HtmlElement]:
        """The element's parts, without those of comments inside it."""
        waiting = list(reversed(element))
        while waiting:
            part = waiting.pop()
            if part in self.known or not isinstance(part.tag, str):
                continue
            yield part
            waiting.extend(reversed(part))

    def _meta(self, element: HtmlElement) -> list[str]:
        lines = html_text.blocks(element, self.known - {element}, apart=True, cells=True)
        return [line for line in (*lines[:5], *lines[-2:]) if len(line) <= 120]

    def author(self, element: HtmlElement) -> str | None:
        parts = [
            part for part in self.own(element) if part.tag not in ("form", "textarea", "input", "button", "time", "img")
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

    def posted(self, element: HtmlElement) -> str | None:
        parts = list(self.own(element))
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
            for part in self.own(element)
            if (part.tag == "time" or part.get("datetime") or comment_lines.moment(part.get("title") or ""))
            and 0 < len(shown := _line(part)) <= 40
        ]

    def text(self, element: HtmlElement, author: str | None) -> str:
        """The comment's text: its innermost part that is named so, else all that is not about it."""
        others, times = self.known - {element}, self._times(element)

        def is_about(line: str) -> bool:
            less = _less(line, times)
            return (less != line and not less) or comment_lines.about_only(less, author)

        named = [
            part
            for part in self.own(element)
            if _property(part) in ("text", "commentText")
            or _NAMED_TEXT.search(_DRUPAL.sub("", part.get("class") or ""))
        ]
        inside = [part for part in named if not any(one is not part and part in one.iterancestors() for one in named)]
        for part in sorted(inside, key=lambda part: -len(part.text_content())):
            if kept := _without(part, others, is_about) or _without(part, others, comment_lines.is_label):
                return "\n\n".join(kept)
        return "\n\n".join(_without(element, others, is_about))


def named(element: HtmlElement) -> str | None:
    """The name that an element is, which is called an author's."""
    return comment_lines.name(_line(element)) if _NAMED_AUTHOR.search(element.get("class") or "") else None


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
    shown = html_text.blocks(element, others, apart=True, cells=True)
    return [
        line
        for line, seen in zip(html_text.blocks(element, others, cells=True), shown, strict=True)
        if not is_left_out(seen)
    ]


def _property(element: HtmlElement) -> str:
    """What its microdata or RDFa says that it is."""
    return (element.get("itemprop") or element.get("property") or "").rpartition(":")[2]


def _line(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
