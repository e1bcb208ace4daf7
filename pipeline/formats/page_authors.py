"""Who wrote a page's article: people that it declares, names in its meta elements, or shows; sites and addresses are nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml.html import HtmlElement

from pipeline import identity
from pipeline.formats import json_ld, layout, shown_names

_META = ("author", "article:author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "dc.contributor", "byl", "og:article:author", "book:author", "citation_author")  # fmt: skip
_SHOWN = re.compile(
    r"(?:^|[\s_-])(?:by-?line|(?:post|entry|article|story|news)?[_-]*auth?or(?:[_-]*(?:name|link|info|byline))?|autor(?:en|es|a|e)?|autrice|auteurs?|redakteur|written-by|reporter|writer|columnist|journalist[ae]?|signature|firma|författare|skribent|forfatter|kirjoittaja|yazar|muhabir|submitted|created-?by)(?:$|[\s_-])",
    re.IGNORECASE,
)
_DESK = re.compile(
    r"(?i)(?:s )?(?:the )?(?:(?:web|online|news|digital|central|our|editorial|staff) ?)*(?:staff|newsroom|desk|team|editors?|reporters?|writers?|correspondents?|editorial board|redaktion(?:en)?|rédaction|la rédaction|redacci[oó]n|redazione|redac[çc][aã]o|redactie|redaksjonen|toimitus|redakcja|redakce|szerkesztőség|редакция|редакція|yazı işleri|haber merkezi|編集部|编辑部|news)"
)
_LABEL = re.compile(
    r"(?i)^(?:written by|author|verfasst von|geschrieben von|écrit par|rédigé par|auteur|autor|escrito por|publicado por|scritto da|autore|geschreven door|skriven av|skrevet av|skrevet af|kirjoittanut|napisan[ey] przez|автор|написано|par|von|by|作者|投稿者|著者)\s*:?$"
)
_MAX_SHOWN = 40
_PARAGRAPH = 80
_EDGE = 3
_SIGNED = re.compile(
    r"^\W*(?:authors?|autor(?:in|en|a|es|e)?|auteure?s?|text[eo]?|tekst|testo|words|автор|текст|συντάκτης|yazar|tác giả|लेखक|作者|記者|记者|بقلم|الكاتب|מאת|كتب)\s*[:：]\s*\S.{1,60}$",
    re.IGNORECASE,
)


def byline(tree: HtmlElement, declared: dict[str, Any], sites: Iterable[str | None], found: str | None) -> str | None:
    """The names, in one line. `sites` are the names of the page's site and publisher; `found` is what the extractor says.

    First come declared people and other organisations, then what meta elements name, then what is shown as a byline; an
    organisation that is the publisher itself only where none of these has a name."""
    known = [one for one in sites if one]
    site = {folded for one in known if (folded := _folded(one))}
    people = json_ld.as_list(declared.get("author") or declared.get("creator"))
    named = [_without_site(name, site) for one in people for name in _names(one)]
    own = {
        _without_site(name, site)
        for one in people
        if _is_organisation(one)
        for name in _names(one)
        if _is_of(name, site)
    }
    own |= {name for name in named if _is_desk(name, known)}
    others = [name for name in named if name not in own and _folded(name) not in site]
    names = (
        others
        or _in_meta(tree, site)
        or _shown(tree, site)
        or _several(found, site)
        or _beside_headline(tree, site)
        or [name for name in named if not _is_domain(name)]
    )
    return ", ".join(dict.fromkeys(names)) or None


def signed(rows: list[str]) -> tuple[str | None, list[str]]:
    """The author that a row at an edge of the text names behind a label, and the other rows."""
    for nth, row in enumerate(rows):
        at_edge = nth < _EDGE or nth >= len(rows) - _EDGE
        if at_edge and len(rows) > 1 and _SIGNED.match(row) and (name := shown_names.on_line(row)):
            return name, [*rows[:nth], *rows[nth + 1 :]]
    return None, rows


def site_names(tree: HtmlElement, declared: dict[str, Any], url: str | None) -> list[str]:
    """What the page calls its site and its publisher, and their domain."""
    domain = identity.registered_domain(url) if url else None
    names = [
        *(json_ld.text_of(json_ld.name_of(one)) for one in json_ld.as_list(declared.get("publisher"))),
        *map(
            str,
            tree.xpath("//meta[@property='og:site_name' or @name='application-name' or @name='publisher']/@content"),
        ),
        domain,
        domain.partition(".")[0] if domain else None,
    ]
    return [name for name in dict.fromkeys(names) if name]


def _names(author: Any) -> Iterator[str]:
    for one in json_ld.as_list(json_ld.name_of(author) if isinstance(author, dict) else author):
        name = shown_names.without_mail(json_ld.text_of(one) or "")
        if name and not shown_names.is_nobody(name):
            yield name


def _without_site(name: str, site: set[str]) -> str:
    """`Ann Lee | The Echo` is Ann Lee."""
    match = re.fullmatch(r"(.+?)(?:\s+[|/·•–—-]\s+|,\s+)([^|/·•]+)", name)
    return match[1] if match and _folded(match[2]) in site else name


def _is_organisation(author: Any) -> bool:
    return isinstance(author, dict) and any(kind.casefold().endswith("organization") for kind in json_ld.types(author))


def _is_of(name: str, site: set[str]) -> bool:
    """Whether an organisation is a part of the site or its house: its name begins with the site's."""
    return any(len(one) > 3 and _folded(name).startswith(one) for one in site)


def _is_desk(name: str, sites: Iterable[str]) -> bool:
    """Whether it is a desk or the staff, with the site's name or without."""
    for one in sites:
        if len(one) > 3 and name.casefold().startswith(one.casefold()):
            name = name[len(one) :]
    return _DESK.fullmatch(name.strip(" -–,|'’")) is not None


def _in_meta(tree: HtmlElement, site: set[str]) -> list[str]:
    contents: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = (element.get("name") or element.get("property") or "").casefold()
        if name in _META and (content := " ".join((element.get("content") or "").split())):
            contents.setdefault(name, []).append(_spoken(content) if name.startswith(("dc", "citation")) else content)
        elif name.startswith("twitter:label") and _LABEL.match(
            content := " ".join((element.get("content") or "").split())
        ):
            data = tree.xpath("//meta[@name=$name]/@content", name=name.replace("label", "data"))
            contents.setdefault("author", []).extend(map(str, data))
    for name in _META:
        if found := [one for content in contents.get(name, []) for one in _several(content, site)]:
            return found
    return []


def _spoken(name: str) -> str:
    """A name as it is spoken: catalogues have the family's before the person's own."""
    family, comma, given = name.partition(", ")
    turned = comma and "," not in given and len(given.split()) <= 2 and len(family.split()) <= 2
    return f"{given} {family}" if turned and shown_names.is_name(f"{given} {family}") else name


def _several(text: str | None, site: set[str]) -> list[str]:
    """The names in a line: as it is, without those that are a site, an address or an account."""
    names = [shown_names.without_mail(" ".join(part.split())) for part in re.split(r"\s*;\s*|\n", text or "")]
    return [
        name
        for name in names
        if name
        and len(name) <= 200
        and _folded(name) not in site
        and not shown_names.is_nobody(name)
        and not shown_names.LED.fullmatch(f"{name} ")
    ]


def _shown(tree: HtmlElement, site: set[str]) -> list[str]:
    """Names that the page shows as its author's: links to authors, else what is classed as a byline and looks like a name."""
    inside = tree.xpath("//article[.//h1]|//main") or [tree]
    for path in (".//a[contains(concat(' ', @rel, ' '), ' author ')]", ".//*[@itemprop='author']", ".//*[@class]"):
        found: list[str] = []
        for element in inside[0].xpath(path)[: None if "class" in path else _MAX_SHOWN]:
            kind = element.get("class") or ""
            if "comment" in kind or ("class" in path and (not _SHOWN.search(kind) or _holds_another(element))):
                continue
            found.extend(
                name for name in shown_names.in_lines(element) if _folded(name) not in site and name not in found
            )
            if "class" in path and found:
                break
        if found:
            return found[:10]
    return []


def _holds_another(element: HtmlElement) -> bool:
    """Whether a part of it is called an author's too, and has a name."""
    return any(
        _SHOWN.search(part.get("class") or "") and shown_names.in_lines(part)
        for part in element.xpath(".//*[@class]")[:_MAX_SHOWN]
    )


def _beside_headline(tree: HtmlElement, site: set[str]) -> list[str]:
    """A name on a line of its own close to the heading: behind "By", or beside the time."""
    heading = next(iter(tree.xpath("//article//h1|//main//h1") or tree.xpath("//h1")), None)
    if heading is None:
        return []
    around = [
        *heading.xpath("preceding::*[self::p or self::div or self::span or self::small or self::li or self::address][position() <= 6]"),
        *heading.xpath("following::*[self::p or self::div or self::span or self::small or self::li or self::address or self::h5][position() <= 15]"),
    ]  # fmt: skip
    whole = next(heading.iterancestors("article"), None)
    found: list[str] = []
    paragraphs = 0
    for element in around:
        if element.tag == "p" and len(element.text_content()) >= _PARAGRAPH:
            paragraphs += 1
        if paragraphs > 1 and whole not in element.iterancestors("article"):
            continue  # below the text are teasers of other stories
        text = " ".join(element.text_content().split()) if len(element) <= 4 else ""
        if not 0 < len(text) <= 120:
            continue
        if reporter := shown_names.REPORTER.search(text):
            return [reporter["name"] or reporter["korean"]]
        when = layout.written_time(text)
        rest = text.replace(when, " ") if when else text
        for part in re.split(r"\s[|·•–—-]\s|\||,\s", rest):
            name, led = (
                shown_names.LAST.sub("", shown_names.LED.sub("", part.strip(" |,·•–—-:"))),
                shown_names.LED.match(part.strip()),
            )
            if (
                (led or (when and len(name.split()) in (2, 3)))
                and shown_names.is_name(name)
                and _folded(name) not in site
                and not re.search(r"(?i)\b(?:uhr|min|am|pm|at|um)\b", name)
            ):
                found.append(name)
    return [min((name for name in found if found[0].startswith(name)), key=len)] if found else []


def _is_domain(name: str) -> bool:
    return bool(re.fullmatch(r"(?:www\.)?[\w-]+(?:\.[\w-]+)+", name)) and " " not in name


def _folded(name: str) -> str:
    """A site's name with what makes no difference left out: "The Echo" is "echo", as is "www.echo.example"."""
    return re.sub(r"^the(?=\w{3})|[\W_]+", "", re.sub(r"^www[.\s]|[\W_]", "", name.casefold()))
