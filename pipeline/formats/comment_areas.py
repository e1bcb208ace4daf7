"""Where readers' comments are on a page: elements that are named so, or repeated blocks with a person, a time and a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from pipeline.formats import comment_lines, comment_readers, html_text

_TAGS = ("li", "div", "article", "dd", "dt", "section", "tr", "p", "table", "td")
_ITEM = re.compile(
    r"^(?:(?:wc|wpd|js|user|single|reader|c|m|b|o)[_-]{1,2})?(?:comment|kommentar|commentaire|comentario|commento|reactie|komentarz|yorum)(?:[_-]{1,2}(?:item|entry|block|box|container|wrapper|wrap|body|post|single|row|node|card|list-item|article))?$",
    re.IGNORECASE,
)
_ITEM_ID = re.compile(
    r"^(?:(?:li|div|wc|user|dsq)[_-])?(?:comment|comm|kommentar|commentaire|comentario|reactie|cmt)[_-]?\d+(?:[_-]\d+)?$",
    re.IGNORECASE,
)
_NOT_ITEM = re.compile(
    r"form|reply-title|respond|count|number|link|toggle|recent|latest|nav|pagination|policy|rules", re.IGNORECASE
)
_ANSWERS = re.compile(
    r"(?:^|[\s_-])(?:children|replies|answers?|antworten|réponses|reponses|indented|indent|nested|thread(?:ed)?|respuestas?|resp|risposte|reply|antwort|svar|yan[ıi]tlar|cevaplar|odpowiedzi|otvety|reacties|sub-?comments?|child)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CLOSE = 6
"""Elements between a time on a comment and the comment itself."""
_SHORT_WITH_DIGITS = (
    "//body//text()[string-length() > 3 and string-length() < 160 and translate(., '0123456789', '') != string(.)]"
    "[not(parent::script or parent::style or parent::option)]"
)
_MOST_TEXTS = 5000
_LONGEST = 20_000
_TIME_LIKE = re.compile(
    r"\d[\d./:-]\d|\d{4}|\d\s?[ap]\.?m|ago\b|\bvor\b|il y a|hace|\bhá\b|\bfa\b|geleden|sedan|siden|temu|назад|önce|sitten|[年前전]|yesterday|gestern|hier|ayer|ieri|ontem|вчера",
    re.IGNORECASE,
)
_SOCIAL = re.compile(r"twitter-tweet|instagram-media|tiktok-embed|fb-post|bluesky-embed|mastodon-embed", re.IGNORECASE)
_Items = list[HtmlElement]


def items(tree: HtmlElement) -> tuple[_Items, bool]:
    """The comments, in the order of the page, those inside another being answers to it; and whether they are about the
    story. What readers say about a shop or a bank is no part of the story either, but no comment on it."""
    named = [element for element in tree.iter(*_TAGS) if _is_named(element)]
    if named:
        return named, True
    found = _repeated(tree)
    return found, not found or not comment_readers.are_opinions(found)


def drop(tree: HtmlElement, found: Iterable[HtmlElement]) -> None:
    """Take the comments out of the page with what is around them: headings, forms, lists; never what holds the story."""
    for element in found:
        area = element
        for ancestor in element.iterancestors():
            if (
                ancestor.tag in ("body", "html", "main")
                or next(ancestor.iter("h1"), None) is not None
                or not _is_area(ancestor)
            ):
                break
            area = ancestor
        if area.getparent() is not None:
            _drop_heading(area)
            area.drop_tree()
    for element in tree.xpath(
        "//*[@id='comments' or @id='respond' or contains(@class, 'comment-list') or contains(@class, 'commentlist')]"
    ):
        if element.getparent() is not None and next(element.iter("h1"), None) is None:
            element.drop_tree()


def _is_area(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.tag in ("ul", "ol", "dl") or bool(
        comment_readers.AREA.search(names) or _ANSWERS.search(names) or _is_named(element)
    )


def _drop_heading(area: HtmlElement) -> None:
    if (heading := comment_readers.heading_of(area)) and (
        comment_readers.HEADING.match(heading) or comment_readers.OPINIONS.search(heading)
    ):
        before = area.getprevious()
        if len(comment_readers.line(before)) <= 80:
            before.drop_tree()


def answered(element: HtmlElement, known: set[HtmlElement]) -> HtmlElement | None:
    """The comment that another answers by its place: one that holds it, or that stands before the list of answers that it is in."""
    for ancestor in element.iterancestors():
        if ancestor in known:
            return ancestor
        if _ANSWERS.search(f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"):
            before = ancestor.getprevious()
            # of several boxes of answers side by side none is answered by the next
            while before is not None and (
                not isinstance(before.tag, str)
                or (before.get("class") == ancestor.get("class") and before not in known)
            ):
                before = before.getprevious()
            if before is not None:
                inside = [one for one in before.iter() if one in known]
                if inside:
                    return before if before in known else inside[0]
    return None


def _is_named(element: HtmlElement) -> bool:
    if element.tag in ("tr", "td", "table", "p"):
        return False
    kinds = element.get("class") or ""
    if element.get("itemprop") == "comment" or (element.get("itemtype") or "").endswith(("/Comment", "/UserComments")):
        return True
    named = _is_item_kind(kinds) or bool(_ITEM_ID.match(element.get("id") or ""))
    return (
        named
        and next(element.iter("h1"), None) is None
        and not any(_NOT_ITEM.search(kind) for kind in kinds.split())
        and _NOT_ITEM.search(element.get("id") or "") is None
    )


@lru_cache(maxsize=8192)
def _is_item_kind(kinds: str) -> bool:
    return any(_ITEM.match(kind) for kind in kinds.split())


def _repeated(tree: HtmlElement) -> _Items:
    """Blocks of one kind that each have a person, a time and a text, where something says that they are readers'."""
    groups: dict[tuple[str, ...], dict[HtmlElement, None]] = {}
    for time in _times(tree):
        for level, ancestor in enumerate(time.iterancestors()):
            if level > _CLOSE or ancestor.tag in ("body", "html", "main"):
                break
            if _SOCIAL.search(ancestor.get("class") or ""):
                break  # a post of elsewhere that the story shows
            if ancestor.tag in _TAGS or "-" in ancestor.tag:
                for kind in {_kind(ancestor), (ancestor.tag, "exactly", ancestor.get("class") or "")}:
                    groups.setdefault(kind, {})[ancestor] = None
    best: _Items = []
    looked_at: dict[HtmlElement, bool] = {}
    for elements in groups.values():
        if len(elements) < max(2, len(best)):
            continue
        good = [element for element in elements if _is_one(element, looked_at)]
        better = len(good) > len(best) or (len(good) == len(best) and _are_nested(good) and not _are_nested(best))
        if len(good) > 1 and better and len(good) * 10 >= len(elements) * 6 and comment_readers.are_readers(good):
            best = good
    return best or _only_one(groups.values(), looked_at)


def _is_one(element: HtmlElement, looked_at: dict[HtmlElement, bool]) -> bool:
    """Whether it `is_comment`; each block is looked at once, of however many kinds it is."""
    found = looked_at.get(element)
    if found is None:
        found = looked_at[element] = is_comment(element)
    return found


def _are_nested(found: _Items) -> bool:
    """Whether one of them holds another: an answer in the comment that it answers."""
    known = set(found)
    return any(around in known for one in found for around in one.iterancestors())


def _only_one(groups: Iterable[Collection[HtmlElement]], looked_at: dict[HtmlElement, bool]) -> _Items:
    """The only comment, where it can be answered or reported, and stands in an area that is named or headed so."""
    alone = [
        one
        for elements in groups
        for one in list(elements)[:1]
        if len(elements) == 1
        and _is_one(one, looked_at)
        and comment_readers.have_buttons([one], comment_readers.is_button)
        and comment_readers.is_in_area(one)
    ]
    return sorted(alone, key=lambda one: len(one.text_content()))[:1]


def _times(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Elements that hold a time."""
    yield from tree.xpath("//time")
    for element in tree.xpath("//*[self::a or self::span or self::abbr][@title]"):
        if element.get("title")[:1].strip() and _is_moment(element.get("title")):
            yield element
    for text in tree.xpath(_SHORT_WITH_DIGITS)[:_MOST_TEXTS]:
        if _is_moment(text):
            parent = text.getparent()
            yield parent.getparent() if text.is_tail and parent.getparent() is not None else parent


def _is_moment(text: str) -> bool:
    return (
        len(text) < 160
        and _TIME_LIKE.search(text) is not None
        and comment_lines.moment(" ".join(text.split())) is not None
    )


def _kind(element: HtmlElement) -> tuple[str, str]:
    names = (re.sub(r"\d+", "", name) for name in (element.get("class") or "").split())
    kind = " ".join(sorted({name for name in names if name not in ("odd", "even", "first", "last", "alt")}))
    return element.tag, kind or re.sub(r"[\d_-]+", "", element.get("id") or "")


def is_comment(element: HtmlElement) -> bool:
    """Whether a block has a person, one time and a text of its own that is no link, and no heading."""
    whole = len(element.text_content())
    if (
        comment_lines.weight(element.text_content()) < 20
        or whole > _LONGEST
        or next(element.iter("h1", "h2", "h3"), None) is not None
    ):
        return False
    if sum(len(a.text_content()) for a in element.iter("a")) > whole / 2:
        return False
    if any(
        len(words := comment_readers.line(a).split()) >= 4 and _alone(a, " ".join(words))
        for a in element.iter("a")
        if not comment_readers.is_own(a)
    ):
        return False  # a teaser's headline
    lines = html_text.blocks(element, apart=True, cells=True)
    if not 2 <= len(lines) <= 60:
        return False
    meta = [line for line in (*lines[:5], *lines[-2:]) if len(line) <= 120]
    titles = (one.get("title") or "" for one in element.iter("a", "span", "abbr"))
    if (
        element.find(".//time") is None
        and not any(map(comment_lines.moment, meta))
        and not any(map(_is_moment, titles))
    ):
        return False
    person = next((name for line in meta if (name := comment_lines.name(line))), None)
    return (
        bool(person)
        and sum(comment_lines.weight(line) for line in lines if not comment_lines.about_only(line, person)) >= 15
    )


def _alone(link: HtmlElement, text: str) -> bool:
    """Whether a link is all that its line has."""
    parent = link.getparent()
    return not text.startswith(("http", "www.")) and (
        parent is None or comment_readers.line(parent) == text or parent.tag in ("div", "li")
    )
