"""Whether blocks of a page are what readers wrote about its story: by names, headings, buttons, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import dropwhile

from lxml.html import HtmlElement

from pipeline.formats import comment_lines, html_text, layout

_WORD = r"comments?|kommentare?|leserkommentare?|commentaires?|comentarios?|comentários?|commenti|commento|reacties?|r[eé]actions?|responses?|replies|discussion|diskussion|forum|leserbriefe?|kommentit|kommentti|kommentarer|komentarze?|komentáře|komentari|yorum(?:lar)?|hozzaszolas(?:ok)?|disqus|discourse|thread|talkback"
_REVIEWS = r"opinions?|opinie|opiniones|opinioni|reviews?|avis|testimonials?|erfahrungen|erfahrungsberichte|bewertungen|ratings?|recensioni|reseñas?|avaliações|beoordelingen|omdömen|anmeldelser|arvostelut|отзывы|guestbook|gästebuch"
AREA = re.compile(rf"(?:^|[\s_-])(?:{_WORD})(?:$|[\s_-])", re.IGNORECASE)
HEADING = re.compile(
    rf"(?i)^\W*(?:\d+\s+)?(?:(?:all|latest|reader|readers['’]?|user|alle|neueste|die|les|los|i)\s+)?(?:{_WORD}|(?:lezers)?reacties|leser(?:stimmen|meinungen)|комментарии|коммен?тари[ийя]|коментарі|обсуждение|обговорення|[\u4e00-\u9fff]{{0,4}}(?:评论|評論|留言)|コメント|댓글|تعليقات|תגובות|schreiben sie einen kommentar|σχόλια|bình luận|ความคิดเห็น|टिप्पणियाँ|komentar|نظرات|دیدگاه|تبصرے|comentarii|hozzászólások|kommentaarid|коментари|komentāri|komentarai)\b.{{0,40}}$"
    r"|^\W*\d+\s+(?:thoughts?|responses?|gedanken|réflexions?|pensieri)\b|(?:vos|les) réactions"
)
OPINIONS = re.compile(
    rf"(?i)(?:^|[\s_-])(?:{_REVIEWS})(?:$|[\s_-])|what (?:our )?(?:readers|customers) (?:say|think)|das (?:sagen|meinen) (?:unsere )?(?:leser|kunden)"
)
"""Of readers about something that they know, rather than about the story."""
_LIVE = re.compile(
    r"(?:^|[\s_-])(?:live-?(?:blog|ticker|feed|updates?|posts?|entries)?|ticker|timeline|chronik|chronolog\w*|minuto-a-minuto|direct)(?:$|[\s_-])",
    re.IGNORECASE,
)
_PARAGRAPH = 80
CLOSE = 6
"""Elements between a block and what names its area."""


def are_readers(found: list[HtmlElement]) -> bool:
    """Whether blocks are readers' comments, by what they or their area are called, the heading above, a form for another
    one, or buttons to answer; or as they have several people and stand below the headline, outside of the text."""
    first = found[0]
    people = {
        comment_lines.name(row)
        for one in found[:20]
        for row in html_text.blocks(one, apart=True, cells=True)[:3]
        if comment_lines.name(row)
    }
    if have_buttons(found, is_button):
        return True
    for element in _around(first):
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if AREA.search(names) or OPINIONS.search(names) or next(element.iter("textarea"), None) is not None:
            return True
        if (heading := heading_of(element)) and (
            HEADING.match(heading) or OPINIONS.search(heading) or layout.heading(heading) is layout.Part.COMMENTS
        ):
            return True
    return (
        len(found) >= 3
        and len(people) * 2 > len(found)
        and not _is_in_story(found)
        and not _are_teasers(found)
        and not any(next(one.iter("h4", "img", "figure"), None) is not None for one in found)
    )


def _is_in_story(found: list[HtmlElement]) -> bool:
    """Whether blocks are parts of the story, as posts of a live page, quotations and chronicles are: in what is marked as the
    article, called so, or with more of the story below them."""
    for one in found[0].iterancestors():
        if one.get("itemprop") == "articleBody" or _LIVE.search(f"{one.get('class') or ''} {one.get('id') or ''}"):
            return True
        if next(one.iter("h1"), None) is not None:
            return one.tag == "article" or _goes_on(one, found)
    return False


def _goes_on(story: HtmlElement, found: list[HtmlElement]) -> bool:
    """Whether a paragraph of the story stands below the last of the blocks."""
    others = set(found)
    below = dropwhile(lambda element: element is not found[-1], story.iter())
    return any(
        element.tag == "p"
        and len(line(element)) >= _PARAGRAPH
        and not any(one in others or one.tag in ("aside", "footer", "form") for one in element.iterancestors())
        for element in below
    )


def _are_teasers(found: list[HtmlElement]) -> bool:
    """Whether blocks are of other stories: each begins with a link that is no person, or they are headed as the latest, or related."""
    if any(layout.heading(heading_of(one) or "") is layout.Part.FURNITURE for one in _around(found[0])):
        return True
    return len(found) <= 2 * sum(map(_begins_with_title, found))


def _begins_with_title(element: HtmlElement) -> bool:
    link = next((a for a in element.iter("a") if line(a)), None)
    if link is None or is_own(link):
        return False
    first = next(iter(html_text.blocks(element, apart=True, cells=True)), "")
    rest = first.removeprefix(line(link)).strip()
    return rest != first and re.match(r"(?i)\W*(?:by|von|par|por|di|door|av|af)\s", rest) is not None


def have_buttons(found: list[HtmlElement], is_one: Callable[[str], bool]) -> bool:
    """Whether at least half of the blocks can be answered, reported and the like."""
    return len(found) <= 2 * sum(any(map(is_one, html_text.blocks(one, apart=True, cells=True))) for one in found)


def is_button(text: str) -> bool:
    """Whether a line is something to do with a comment."""
    return comment_lines.is_label(text) and re.search(r"[^\W\d]", text) is not None


def are_opinions(found: list[HtmlElement]) -> bool:
    """Whether they are about something that readers know, rather than about the story."""
    if have_buttons(found, comment_lines.is_answering):
        return False
    around = list(_around(found[0]))
    named = " ".join(f"{one.get('class') or ''} {one.get('id') or ''} | {heading_of(one) or ''}" for one in around)
    return OPINIONS.search(named) is not None and AREA.search(named) is None


def is_in_area(element: HtmlElement) -> bool:
    """Whether what is around an element is named or headed as an area of comments."""
    return any(
        AREA.search(f"{one.get('class') or ''} {one.get('id') or ''}") or is_heading(heading_of(one) or "")
        for one in _around(element)
    )


def is_own(link: HtmlElement) -> bool:
    """Whether a link leads to the comment itself, or to another part of this page."""
    return (link.get("href") or "").startswith("#") or comment_lines.is_permanent(line(link))


def _around(element: HtmlElement) -> Iterator[HtmlElement]:
    """The element and what it is in, below the page's heading."""
    for level, one in enumerate((element, *element.iterancestors())):
        if level > CLOSE or one.tag in ("body", "html") or next(one.iter("h1"), None) is not None:
            return
        yield one


def is_heading(text: str) -> bool:
    """Whether the text is the heading of a comment area."""
    return len(text) <= 80 and HEADING.match(text) is not None


def heading_of(element: HtmlElement) -> str | None:
    """What stands right before the element."""
    before = element.getprevious()
    return line(before)[:80] if before is not None and isinstance(before.tag, str) else None


def line(element: HtmlElement) -> str:
    """Its text on one line."""
    return " ".join(element.text_content().split())
