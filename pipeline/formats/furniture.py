"""What stands between and around a page's paragraphs and is not the story: captions, teasers of other stories, lists of
keywords, share bars, newsletters, boxes about the author, notices that are repeated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from pipeline.formats import comment_lines, hidden

_NAMED = re.compile(
    r"(?:^|[\s_-])(?:news-?letters?|whats-?app(?:-?(?:group|box|channel|widget))?|sign-?up|subscribe|promo(?:tion|box)?|related(?:-?(?:articles?|stories|content|posts|links|news|items))?|recommended|recirc\w*|read-?(?:more|next|also)"
    r"|see-?also|more-?(?:stories|news|on)|also-?read|most-?(?:read|popular|viewed)|trending|share(?:-?(?:bar|buttons|tools|links|icons))?|sharing|social(?:-?(?:share|bar|links|buttons))?|sharedaddy|jp-relatedposts"
    r"|author-?(?:bio|box|info|card|about|description)|about-?(?:the-?)?author|bio-?box|tag-?(?:list|cloud|links)|keywords|breadcrumbs?|rollover-people-block|affiliate-?disclaimer|disclosure"
    r"|fact-?box|info-?box|opt-?in|embed-?(?:consent|privacy|placeholder)|external-?content-?(?:notice|placeholder)|advert(?:isement|orial)?|ad-?(?:slot|container|label)|sponsored|outbrain|taboola)(?:$|[\s_-])",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"^\W*(?:read (?:more|also|next|the full story)|also read|see also|related(?: (?:articles?|stories|coverage|topics?|content))?|more (?:on this|from|stories)|recommended|don['’]t miss|watch|listen|in pictures"
    r"|lesen sie (?:auch|mehr|hier)|lies auch|mehr (?:zum thema|dazu|lesen)|auch interessant|lesetipp|à lire (?:aussi|également)|lire (?:aussi|également)|voir aussi|sur le même sujet"
    r"|lea (?:también|además|más)|lee (?:también|además)|te puede interesar|ver también|leia (?:também|mais)|veja também|saiba mais|leggi anche|guarda anche|per approfondire"
    r"|lees (?:ook|meer|verder)|zie ook|les også|læs også|läs (?:också|även|mer)|se også|lue (?:myös|lisää)|czytaj (?:też|także|również|więcej)|zobacz (?:też|także)|čtěte (?:také|více)|olvassa el|citește și|vezi și"
    r"|читайте (?:также|ещё|еще)|читай также|смотрите также|по теме|читайте також|ayrıca okuyun|ilgili haber|διαβάστε (?:επίσης|ακόμα)|関連記事|あわせて読みたい|相关阅读|延伸閱讀|관련기사|اقرأ أيضا)\b",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:wp-caption|caption|image|photo|picture|media|gallery|foto|bild|bildunterschrift|legende?|pie-?de-?foto|didascalia|credit|copyright|photo-?credit|image-?source)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where a name in one word begins another one: `inlineSignup`."""
_PULL_QUOTE = re.compile(r"pull-?quote", re.IGNORECASE)
_CAPTION_LENGTH = 300
_NOTICE = 40
_NEWSLETTER = 600
_ABOUT_COMMENTS = re.compile(
    r"(?i)\bmoderat(?:e|ing) all comments|\bcomments (?:are|have been|will be) (?:now )?(?:closed|moderated|disabled|turned off)|kommentar(?:funktion|bereich|e)? (?:ist|sind|wurde) .{0,20}geschlossen"
    r"|commentaires sont (?:fermés|clos|modérés)|comentarios (?:están )?cerrados|comentários (?:estão )?(?:fechados|encerrados)|commenti (?:sono )?chiusi|reacties (?:zijn )?gesloten"
)
_STAMP = re.compile(
    r"(?:\W*\b(?:(?:first |last )?(?:updated|published|posted|modified|created)|aktualisiert|veröffentlicht|zuletzt|publiée?|mis à jour|modifiée?|publicado|actualizado|atualizado|pubblicato|aggiornato|gepubliceerd|bijgewerkt|publicerad|uppdaterad|publisert|oppdatert|opublikowano|aktualizacja|опубликовано|обновлено|on|at|am|um|le|à|el|il|op|kl)\b\W*)+",
    re.IGNORECASE,
)
"""What is left of a line with times once they are gone."""
_END, _START = 4, 4
_SOURCE = re.compile(
    r"^\W*(?:sources?|quellen?|fuentes?|fontes?|font[ei]|bron|kilder?|källa|lähde|źródło|zdroj|forrás|sursa|kaynak|источник|джерело|πηγή|来源|來源|出典|출처|المصدر|מקור)\s*[:：]\s*\S.{0,60}$",
    re.IGNORECASE,
)


def drop(tree: HtmlElement) -> None:
    """Take furniture out of the page. What holds its heading, or much of its text, is none, whatever it is called."""
    whole = sum(len(p.text_content()) for p in tree.iter("p"))
    for box in list(_newsletters(tree, whole)):
        if box.getparent() is not None:
            box.drop_tree()
    for element in list(
        tree.iter("div", "section", "aside", "ul", "ol", "p", "nav", "form", "figure", "figcaption", "span")
    ):
        if element.getparent() is None or not _is_furniture(element, whole):
            continue
        element.drop_tree()


def is_named(element: HtmlElement) -> bool:
    """Whether it is called something that stands around a story."""
    return _is_named_so(_names(element))


def _is_furniture(element: HtmlElement, whole: int) -> bool:
    tag = element.tag
    if tag == "figcaption":
        return True
    if tag == "figure":
        held = next(element.iter("table", "blockquote", "pre"), None)
        return held is None and sum(len(p.text_content()) for p in element.iter("p")) < _CAPTION_LENGTH
    if tag in ("ul", "ol") and _is_list_of_teasers(element):
        return True
    name = _names(element)
    if len(name) > 3 and _is_named_so(name) and next(element.iter("h1"), None) is None:
        return sum(len(p.text_content()) for p in element.iter("p")) < whole / 3
    if len(name) > 3 and _is_caption(name) and 0 < len(element.text_content()) < _CAPTION_LENGTH:
        return (
            tag == "p"
            or next(element.iter("img", "picture", "video"), None) is not None
            or "caption" in name.casefold()
        )
    return tag in ("p", "ul", "ol", "div") and _is_list_of_links(element)


def _names(element: HtmlElement) -> str:
    """Its class and its id; not an id that was made of a heading's words."""
    return _names_of(element.get("class") or "", element.get("id") or "")


@lru_cache(maxsize=8192)
def _names_of(kinds: str, own: str) -> str:
    return _HUMP.sub("-", f"{kinds} {own if len(re.findall('[-_]', own)) <= 1 else ''}")


@lru_cache(maxsize=8192)
def _is_named_so(name: str) -> bool:
    return _NAMED.search(name) is not None


@lru_cache(maxsize=8192)
def _is_caption(name: str) -> bool:
    return _CAPTION.search(name) is not None


def _newsletters(tree: HtmlElement, whole: int) -> Iterator[HtmlElement]:
    """Boxes with a field for an e-mail address, and little text."""
    for field in tree.xpath("//input[@type='email']"):
        box = None
        for around in field.iterancestors("form", "div", "section", "aside"):
            told = sum(len(p.text_content()) for p in around.iter("p"))
            if (
                len(around.text_content()) > _NEWSLETTER
                or told > whole / 2
                or next(around.iter("h1"), None) is not None
            ):
                break
            box = around
        if box is not None:
            yield box


def is_pointer(text: str) -> bool:
    """Whether a line leads to another story, or begins with words that do."""
    return _POINTER.match(text) is not None and ":" in text[:40]


def _is_list_of_teasers(element: HtmlElement) -> bool:
    """A list of which each item has a heading that is a link, or is a link of several words and a date."""
    rows = [child for child in element if child.tag == "li"]
    return len(rows) >= 2 and all(
        _is_dated_link(row)
        or any(
            next(h.iter("a"), None) is not None or h.getparent().tag == "a" for h in row.iter("h2", "h3", "h4", "h5")
        )
        for row in rows
    )


def _is_dated_link(row: HtmlElement) -> bool:
    links = [text for a in row.iter("a") if (text := _line(a))]
    when = comment_lines.moment(_line(row))
    if len(links) != 1 or when is None or len(links[0].split()) < 4:
        return False
    rest = _line(row).replace(links[0], "", 1).replace(when, "", 1)
    return not re.search(r"[^\W_]", rest)


def _is_list_of_links(element: HtmlElement) -> bool:
    """Keywords, or teasers of other stories: all that it has is links."""
    if element.tag == "div" and (len(element) < 3 or any(child.tag != "a" for child in element)):
        return False
    links = list(element.iter("a"))
    text = _line(element)
    if not links or len(text) < 3:
        return False
    linked = sum(len(_line(a)) for a in links)
    if len(links) == 1:
        return element.tag == "p" and linked >= len(text) - 2 and len(text.split()) >= 4 and "://" not in text
    return linked >= 0.9 * len(re.sub(r"(?<!\w)\W+", "", text)) and len(links) >= 3


def without(rows: list[str], headline: str | None, byline: str | None) -> list[str]:
    """The rows of a page's text without pointers to other stories, notices that come again and again, the headline, and
    lines at the beginning and the end that say who wrote it, and when."""
    often = {
        row for row, number in Counter(rows).items() if number > 2 and len(row) >= _NOTICE and not row.endswith("?")
    }
    rows = rows[: len(rows) - _offer_behind(rows)]
    title = _folded(headline or "")
    kept = []
    for nth, row in enumerate(rows):
        at_edge = nth < _START or nth >= len(rows) - _END
        if row in often or (len(row) < 250 and is_pointer(row)):
            continue
        if at_edge and len(row) < 160 and (comment_lines.about_only(row, byline) and not row.endswith((".", "!", "?"))):
            continue
        if _STAMP.fullmatch(row) or (at_edge and len(row) < 200 and _ABOUT_COMMENTS.search(row)):
            continue
        if at_edge and _SOURCE.match(row) and not row.endswith("."):
            continue
        if nth < _START and title and _folded(row) == title:
            continue
        kept.append(row)
    return kept or rows


def _offer_behind(rows: list[str]) -> int:
    """How many of the last rows ask for a subscription or a login: up to one that tells something, and has no such word."""
    asking, sure = 0, False
    for nth, row in enumerate(reversed(rows), 1):
        words = hidden.words_of_offer(row)
        if (not words and len(row) >= 60) or (len(words) == 1 and len(row) > 160):
            break
        if words:
            asking, sure = nth, sure or len(words) > 1
    return asking if sure and asking < len(rows) else 0


def _line(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _folded(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()
