"""A page's pictures with their captions and credits: declared ones, and those that it shows with a caption."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from lxml.html import HtmlElement

from pipeline import addresses
from pipeline.formats import furniture, json_ld, parts
from schemas.article import Picture

_MOST = 50
_CREDIT = re.compile(
    r"(?:^|[\s_-])(?:credits?|source|copyright|photographer|byline|quelle|crédit|autor)(?:$|[\s_-])|photo-?credit",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:$|[?#])", re.IGNORECASE)
_RATIO = r"(?:1x1|4x3|3x2|2x1|16x9|21x9|3x4|9x16|2x3|5x4|1-1|4-3|3-2|16-9|1_1|4_3|3_2|16_9)"
_SIZES = re.compile(
    rf"[-_.](?:\d{{2,4}}x\d{{2,4}}|{_RATIO}|scaled|square|wide|landscape|portrait)(?=(?:-\d)?\.\w+$)", re.IGNORECASE
)
_SIZE = re.compile(
    rf"(?:\d{{2,4}}x\d{{2,4}}|{_RATIO}|[whcq]_?\d{{2,4}}(?:,.*)?|square|wide|landscape|portrait)", re.IGNORECASE
)
_ANY_NAME = re.compile(
    r"(?:image|img|picture|pic|photo|foto|bild|original|master|full|large|medium|small|default|main|cover|thumb(?:nail)?|header|hero|teaser|lead|index|f|file|p)?[-_]?\d{0,3}",
    re.IGNORECASE,
)
_CREDIT_BEHIND = re.compile(
    r"(?:^|[\s(|.–-])(?:(?:photo(?:graph)?|image|picture|foto|bild|crédit(?: photo)?|credit|fotografía|immagine|kuva|foto's)\s*(?:by|credit|von|de)?\s*[:/]|©|\(c\))\s*(?P<name>[^|]{2,80}?)\)?\s*$",
    re.IGNORECASE,
)


def pictures(tree: HtmlElement, declared: dict[str, Any], image: str | None, base: str | None) -> list[Picture]:
    """Declared pictures first, each once; `image` is what the extractor found where nothing is declared."""
    shown = {url: (caption, credit) for url, caption, credit in _shown(tree, base)}
    by_name = {_file(url): facts for url, facts in shown.items()}
    found: dict[str, Picture] = {}
    for thing in json_ld.as_list(declared.get("image")) or [image]:
        one = thing if isinstance(thing, dict) else {}
        url = (
            json_ld.text_of(one.get("url")) or json_ld.text_of(one.get("contentUrl")) if one else json_ld.text_of(thing)
        )
        if not url or not addresses.is_link(url):
            continue
        caption, credit = shown.get(url) or by_name.get(_file(url)) or (None, None)
        said = json_ld.text_of(json_ld.name_of(one.get("creditText"))) or json_ld.text_of(
            json_ld.name_of(one.get("author"))
        )
        found.setdefault(_file(url), parts.picture(url, json_ld.text_of(one.get("caption")) or caption, said or credit))
    for url, (caption, credit) in shown.items():
        found.setdefault(_file(url), parts.picture(url, caption, credit))
    return list(found.values())[:_MOST]


def _shown(tree: HtmlElement, base: str | None) -> Iterator[tuple[str, str, str | None]]:
    """Address, caption and credit of pictures that stand in a figure with a caption."""
    for figure in tree.xpath("//figure[.//figcaption]|//*[contains(@class, 'wp-caption')][.//img]")[:_MOST]:
        image = next(figure.iter("img"), None)
        caption = next(iter(figure.xpath(".//figcaption|.//*[contains(@class, 'wp-caption-text')]")), None)
        if image is None or caption is None or _is_of_others(figure) or _leads_elsewhere(caption):
            continue
        address = next(
            (
                value
                for name in ("data-src", "data-lazy-src", "src")
                if (value := image.get(name)) and not value.startswith("data:")
            ),
            None,
        )
        url = addresses.joined(address, base)
        text, credit = _parted(caption)
        if url and (text or credit) and not furniture.is_pointer(text):
            yield url, text, credit


def _leads_elsewhere(caption: HtmlElement) -> bool:
    """Whether all of a caption is a link to another page: a teaser's headline."""
    links = [*caption.iterancestors("a"), *(a for a in caption.iter("a") if _line(a) == _line(caption))]
    return any((a.get("href") or "#")[:1] != "#" and not _FILE.search(a.get("href") or "") for a in links)


def _is_of_others(figure: HtmlElement) -> bool:
    """Whether it stands beside the story: the site's own, or a teaser's."""
    for around in figure.iterancestors():
        if around.tag in ("aside", "nav", "footer"):
            return True
        if next(around.iter("h1"), None) is not None:
            return False
        if around.tag == "header" or furniture.is_named(around):
            return True
    return False


def _parted(caption: HtmlElement) -> tuple[str, str | None]:
    """The caption, and the credit in it."""
    text = _line(caption)
    named = next(
        (
            line
            for part in caption.iterdescendants()
            if isinstance(part.tag, str) and _CREDIT.search(part.get("class") or "") and (line := _line(part))
        ),
        None,
    )
    if named and re.search(r"\d{1,2}:\d{2}", named):
        named = None  # how long a sound or a film is
    if named:
        return text.replace(named, " ").strip(" |–-/"), re.sub(
            r"(?i)^(?:photo|image|foto|bild|credit|crédit|source|quelle)s?\s*:\s*", "", named
        )
    match = _CREDIT_BEHIND.search(text)
    return (text[: match.start()].strip(" |–-/(") or text, match["name"].strip()) if match else (text, None)


def _file(url: str) -> str:
    """The file's name without its size and ratio, by which the same picture at several addresses is known. A name that
    any picture may have (`image.jpg`, `1.png`, a script's) is known with its folders, or what follows it."""
    path, _, query = url.partition("#")[0].partition("?")
    *folders, name = path.rstrip("/").split("/")
    bare = _SIZES.sub("", name) or name
    stem = bare.partition(".")[0]
    if (
        _ANY_NAME.fullmatch(stem) and "." not in name and query
    ):  # a service's, which cuts and scales that of another address
        return next((_file(value) for _, value in parse_qsl(query) if _FILE.search(value)), url)
    if _ANY_NAME.fullmatch(stem):
        return "/".join((*(one for one in folders if not _SIZE.fullmatch(one)), bare))
    return bare


def _line(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
