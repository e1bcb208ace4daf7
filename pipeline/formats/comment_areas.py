"""Where readers' comments are on a page: elements that are named so, or repeated blocks with a person, a time and a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from lxml.html import HtmlElement

from pipeline.formats import comment_lines, html_text, layout

_TAGS = ("li", "div", "article", "dd", "dt", "section", "tr", "p", "table", "td")
_WORD = r"comments?|kommentare?|leserkommentare?|commentaires?|comentarios?|comentários?|commenti|commento|reacties?|r[eé]actions?|responses?|replies|discussion|diskussion|forum|leserbriefe?|kommentit|kommentti|kommentarer|komentarze?|komentáře|komentari|yorum(?:lar)?|hozzaszolas(?:ok)?|disqus|discourse|thread|talkback"
_REVIEWS = r"opinions?|opinie|opiniones|opinioni|reviews?|avis|testimonials?|erfahrungen|erfahrungsberichte|bewertungen|ratings?|recensioni|reseñas?|avaliações|beoordelingen|omdömen|anmeldelser|arvostelut|отзывы|guestbook|gästebuch"
_ITEM = re.compile(
    r"^(?:(?:wc|wpd|js|user|single|reader|c|m|b|o)[_-]{1,2})?(?:comment|kommentar|commentaire|comentario|commento|reactie|komentarz|yorum)(?:[_-]{1,2}(?:item|entry|block|box|container|wrapper|wrap|body|post|single|row|node|card|list-item|article))?$",
    re.IGNORECASE,
)
_ITEM_ID = re.compile(
    r"^(?:(?:li|div|wc|user|dsq)[_-])?(?:comment|comm|kommentar|commentaire|comentario|reactie|cmt)[_-]?\d+(?:[_-]\d+)?$",
    re.IGNORECASE,
)
_AREA = re.compile(rf"(?:^|[\s_-])(?:{_WORD})(?:$|[\s_-])", re.IGNORECASE)
_NOT_ITEM = re.compile(
    r"form|reply-title|respond|count|number|link|toggle|recent|latest|nav|pagination|policy|rules", re.IGNORECASE
)
_ANSWERS = re.compile(
    r"(?:^|[\s_-])(?:children|replies|answers?|antworten|réponses|reponses|indented|indent|nested|thread(?:ed)?|respuestas|risposte|sub-?comments?|child)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HEADING = re.compile(
    rf"(?i)^\W*(?:\d+\s+)?(?:(?:all|latest|reader|readers['’]?|user|alle|neueste|die|les|los|i)\s+)?(?:{_WORD}|(?:lezers)?reacties|leser(?:stimmen|meinungen)|комментарии|коммен?тари[ийя]|коментарі|обсуждение|обговорення|[\u4e00-\u9fff]{{0,4}}(?:评论|評論|留言)|コメント|댓글|تعليقات|תגובות|schreiben sie einen kommentar|σχόλια)\b.{{0,40}}$"
    r"|^\W*\d+\s+(?:thoughts?|responses?|gedanken|réflexions?|pensieri)\b|(?:vos|les) réactions"
)
_OPINIONS = re.compile(
    rf"(?i)(?:^|[\s_-])(?:{_REVIEWS})(?:$|[\s_-])|what (?:our )?(?:readers|customers) (?:say|think)|das (?:sagen|meinen) (?:unsere )?(?:leser|kunden)"
)
"""Of readers about something that they know, rather than about the story."""
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
    return found, not found or not _are_opinions(found)


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
        _AREA.search(names) or _ANSWERS.search(names) or _is_named(element)
    )


def _drop_heading(area: HtmlElement) -> None:
    if (heading := _heading(area)) and (_HEADING.match(heading) or _OPINIONS.search(heading)):
        before = area.getprevious()
        if len(_line(before)) <= 80:
            before.drop_tree()


def answered(element: HtmlElement, known: set[HtmlElement]) -> HtmlElement | None:
    """The comment that another answers by its place: one that holds it, or that stands before the list of answers that it is in."""
    for ancestor in element.iterancestors():
        if ancestor in known:
            return ancestor
        if _ANSWERS.search(f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"):
            before = ancestor.getprevious()
            while before is not None and not isinstance(before.tag, str):
                before = before.getprevious()
            if before is not None:
                inside = [one for one in before.iter() if one in known]
                if inside:
                    return before if before in known else inside[0]
    return None


def _is_named(element: HtmlElement) -> bool:
    if element.tag in ("tr", "td", "table", "p"):
        return False
    kinds = (element.get("class") or "").split()
    if element.get("itemprop") == "comment" or (element.get("itemtype") or "").endswith(("/Comment", "/UserComments")):
        return True
    named = any(_ITEM.match(kind) for kind in kinds) or bool(_ITEM_ID.match(element.get("id") or ""))
    return (
        named
        and next(element.iter("h1"), None) is None
        and not any(_NOT_ITEM.search(kind) for kind in kinds)
        and _NOT_ITEM.search(element.get("id") or "") is None
    )


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
    for elements in groups.values():
        good = [element for element in elements if is_comment(element)]
        if len(good) > max(1, len(best)) and len(good) * 10 >= len(elements) * 6 and _are_readers(good):
            best = good
    return best or _only_one(groups.values())


def _only_one(groups: Iterable[Collection[HtmlElement]]) -> _Items:
    """The only comment, where it can be answered or reported, and stands in an area that is named or headed so."""
    alone = [
        one
        for elements in groups
        for one in list(elements)[:1]
        if len(elements) == 1 and is_comment(one) and _have_buttons([one], _is_button) and _is_in_area(one)
    ]
    return sorted(alone, key=lambda one: len(one.text_content()))[:1]


def _is_in_area(element: HtmlElement) -> bool:
    return any(
        _AREA.search(f"{one.get('class') or ''} {one.get('id') or ''}") or is_heading(_heading(one) or "")
        for one in _around(element)
    )


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
    if any(len(words := _line(a).split()) >= 4 and _alone(a, " ".join(words)) for a in element.iter("a")):
        return False  # a teaser's headline
    lines = html_text.blocks(element, apart=True)
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
        parent is None or _line(parent) == text or parent.tag in ("div", "li")
    )


def _are_readers(found: _Items) -> bool:
    """Whether blocks are readers' comments, by what they or their area are called, the heading above, a form for another
    one, or buttons to answer; or as they have several people and stand below the headline, outside of the text."""
    first = found[0]
    people = {
        comment_lines.name(line)
        for one in found[:20]
        for line in html_text.blocks(one, apart=True)[:3]
        if comment_lines.name(line)
    }
    if _have_buttons(found, _is_button):
        return True
    for element in _around(first):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if _AREA.search(names) or _OPINIONS.search(names) or next(element.iter("textarea"), None) is not None:
            return True
        if (heading := _heading(element)) and (
            _HEADING.match(heading) or _OPINIONS.search(heading) or layout.heading(heading) is layout.Part.COMMENTS
        ):
            return True
    return (
        len(found) >= 3
        and len(people) * 2 > len(found)
        and not any(next(one.iter("h4", "img", "figure"), None) is not None for one in found)
    )


def _have_buttons(found: _Items, is_button: Callable[[str], bool]) -> bool:
    """Whether at least half of the blocks can be answered, reported and the like."""
    return len(found) <= 2 * sum(any(map(is_button, html_text.blocks(one, apart=True))) for one in found)


def _is_button(line: str) -> bool:
    return comment_lines.is_label(line) and re.search(r"[^\W\d]", line) is not None


def _are_opinions(found: _Items) -> bool:
    if _have_buttons(found, comment_lines.is_answering):
        return False
    around = list(_around(found[0]))
    named = " ".join(f"{one.get('class') or ''} {one.get('id') or ''} | {_heading(one) or ''}" for one in around)
    return _OPINIONS.search(named) is not None and _AREA.search(named) is None


def _around(element: HtmlElement) -> Iterator[HtmlElement]:
    """The element and what it is in, below the page's heading."""
    for level, one in enumerate((element, *element.iterancestors())):
        if level > _CLOSE or one.tag in ("body", "html") or next(one.iter("h1"), None) is not None:
            return
        yield one


def is_heading(text: str) -> bool:
    """Whether the text is the heading of a comment area."""
    return len(text) <= 80 and _HEADING.match(text) is not None


def _heading(element: HtmlElement) -> str | None:
    """What stands right before the element."""
    before = element.getprevious()
    return _line(before)[:80] if before is not None and isinstance(before.tag, str) else None


def _line(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
