"""When a page was published and changed: as it declares, else as it shows; a day alone only where there is no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml.html import HtmlElement

from pipeline import calendars, dates, zones
from pipeline.formats import comment_lines, layout

_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?(?:[:.h時시]\s?\d{2}|[ap]\.?m\b)", re.IGNORECASE)
_OFFSET = re.compile(r"\s*\(?(?:(?:gmt|utc)\s?)?[+-]\d{1,2}(?::?\d{2})?\)?(?!\d)", re.IGNORECASE)
_ATTRIBUTES = "//time/@datetime|//abbr/@title|//span/@title|//*[@itemprop='datePublished']/@content|//*[@property='datePublished']/@content"
_BEFORE = "preceding::*[self::p or self::div or self::span or self::small or self::li or self::time or self::dd or self::a][position() <= 8]"
_AFTER = "following::*[self::p or self::div or self::span or self::small or self::li or self::time or self::dd or self::abbr or self::h2][position() <= 16]"
_LONGEST = 140
_PUBLISHED = re.compile(
    r"\b(?:published|posted|veröffentlicht|erschienen|publiée?|publicad[oa]|pubblicat[oa]|gepubliceerd|publicera[dt]|publisert|udgivet|julkaistu|opublikowano|опубликовано|опубліковано|公開日?|发布|發布|입력)(?!\w)",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\b(?:updated|modified|aktualisiert|geändert|mise?\s+à\s+jour|modifiée?|actualizad[oa]|atualizad[oa]|aggiornat[oa]|bijgewerkt|uppdatera[dt]|oppdatert|opdateret|päivitetty|aktualizacja|обновлено|оновлено|更新|수정)(?!\w)",
    re.IGNORECASE,
)
_MOST = 200


def declared(*candidates: str | None) -> str | None:
    """The first that has a date in it; a time of day alone says nothing."""
    return dates.first_time(*(one for one in candidates if one and re.search(r"\d{4}|\d\D+\d+\D+\d", one)))


def shown(tree: HtmlElement, day: str | None, markup: str, language: str | None) -> str | None:
    """The time of this day, which the extractor found, as the page's elements or the lines beside its headline have it;
    else the day. A first of January only where the page has it, as it may come from a year alone: that of a copyright."""
    if not day or (day.endswith("-01-01") and not _has_new_year(day[:4], markup)):
        return next((when for line in _beside_headline(tree, language) if (when := _whole_date(line, language))), None)
    for value in (*_in_meta(tree), *tree.xpath(_ATTRIBUTES)[:_MOST]):
        if re.match(rf"{re.escape(day)}[T ]\d\d:\d\d", str(value).strip()):
            return str(value).strip()
    lines = list(_beside_headline(tree, language))
    if any(map(_UPDATED.search, lines)) and (first := next(_published(lines, day, language), None)):
        return first
    same = (when for line in lines if (when := _on_that_day(line, day, language)))
    turned = (when for line in lines if (when := _whole_date(line, language)) and _is_turned(when, day, language))
    return next(same, None) or next(turned, day)


def _in_meta(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("meta"):
        name = f"{element.get('name') or ''} {element.get('property') or ''} {element.get('itemprop') or ''}".casefold()
        if not re.search(r"modif|updat|expir|event", name):
            yield (element.get("content") or "")[:_LONGEST]


def _on_that_day(line: str, day: str, language: str | None) -> str | None:
    when = comment_lines.moment(line) or layout.written_time(line)
    if when is None or not _CLOCK.search(when):
        return None
    parted = zones.parted(when)
    read = dates.parse(parted[0] if parted else when, "UTC", datetime.now(UTC), language)  # the day of its own clock
    return _with_offset(when, line) if read is not None and read.utc.isoformat().startswith(day) else None


def _published(lines: list[str], day: str, language: str | None) -> Iterator[str]:
    """Whole dates no later than the day that are said to be of publication, of lines that tell of changes too."""
    for line in lines:
        if label := _PUBLISHED.search(line):
            later = _UPDATED.search(line, label.end())
            when = _whole_date(line[label.end() : later.start() if later else None], language)
            read = dates.parse(when, "UTC", datetime.now(UTC), language) if when else None
            if when and read is not None and f"{read.utc:%Y-%m-%d}" <= day:
                yield when


def _is_turned(when: str, day: str, language: str | None) -> bool:
    """Whether the extractor read day and month the other way than the page's language has them: `05.04.2024`."""
    read = dates.parse(when, "UTC", datetime.now(UTC), language)
    year, month, number = day.split("-")
    return read is not None and month != number and f"{read.utc:%Y-%d-%m}" == f"{year}-{month}-{number}"


def _with_offset(when: str, line: str) -> str:
    at = line.find(when)
    offset = _OFFSET.match(line, at + len(when)) if at >= 0 else None
    return when + (f" {offset[0].strip(' ()')}" if offset else "")


def _whole_date(line: str, language: str | None) -> str | None:
    """A written date with its year, on a short line."""
    when = comment_lines.moment(line) or layout.written_time(line)
    if when is None or not re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", when):
        return None
    return _with_offset(when, line) if dates.parse(when, "UTC", datetime.now(UTC), language) else None


def _beside_headline(tree: HtmlElement, language: str | None) -> Iterator[str]:
    heading = next(iter(tree.xpath("//article//h1|//main//h1") or tree.xpath("//h1")), None)
    if heading is None:
        return
    for element in (*heading.xpath(_BEFORE), *heading.xpath(_AFTER)):
        if len(element.text_content()) <= 2 * _LONGEST:
            line = " ".join(" ".join(element.itertext()).split())
            if len(line) <= _LONGEST:
                yield calendars.gregorian(line, language)


def _has_new_year(year: str, markup: str) -> bool:
    written = rf"{year}\W?0?1\W?0?1(?!\d)|(?<!\d)0?1\W{{1,2}}0?1\W{{1,2}}{year}|(?<!\d)0?1(?:\w{{2}})?[^\w<>]{{1,3}}(?:de )?[^\W\d_]{{3,12}}[^\w<>]{{1,3}}(?:de )?{year}|[^\W\d_]{{3,12}}[^\w<>]{{1,3}}0?1(?:\w{{2}})?[^\w<>]{{1,3}}{year}|{year}\s?[年년]\s?0?1\s?[月월]\s?0?1"
    return re.search(written, markup) is not None
