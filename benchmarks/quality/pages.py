"""What pages declare about themselves against what we say of them: language, keywords, and what section and topics mean.

A declaration isn't the truth: templates declare a language that the text isn't in, and keywords for search engines. The
measure is agreement, and where ours differ.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.formats import sections
from pipeline.formats.items import Item
from pipeline.formats.mediatopics import TOP_LEVEL, code_of, facet_names
from pipeline.formats.sections import DESKS
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_item
from pipeline.operations.preview import preview_item
from pipeline.settings import Settings
from pipeline.stages.enrich.language import detect
from schemas.enrichment import SURE, EntityKind

_LANG = re.compile(rb"<html[^>]*?\blang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)
_META = re.compile(
    rb"<meta[^>]+(?:name|property)\s*=\s*[\"'](?:news_keywords|keywords|article:tag)[\"'][^>]*content\s*=\s*[\"']([^\"']{2,2000})[\"']",
    re.IGNORECASE,
)
TITLE = 30
"""Characters of a headline that is read alone: a short title."""
SHOWN = 7
"""So many names of a kind are a facet's first."""


@dataclass
class Agreement:
    """Of the pages that declare it: how many languages agree; how many of our keywords are among the page's own words for it."""

    pages: int = 0
    languages: int = 0
    same_language: int = 0
    differing: Counter[str] = field(default_factory=Counter)
    titles: int = 0
    same_title: int = 0
    """Short titles, read with the language of their page as declared: those that are in the language of the whole text."""
    keywords: int = 0
    declared_keywords: int = 0
    sections: Counter[str] = field(default_factory=Counter)
    """Sections and what they mean: `Politik: politics and government`."""
    in_topics: int = 0
    in_desks: int = 0
    meaningless: int = 0
    """Different sections that mean a Media Topic, a desk, neither."""
    both: int = 0
    agree: int = 0
    """Pages whose section and whose topics both mean Media Topics, and those where they have one in common."""
    disagree: list[str] = field(default_factory=list)
    people: list[tuple[str, list[str]]] = field(default_factory=list)
    """Page and the first names of its people, to be read by a person."""


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.glob("html/*")):
        yield path.name, gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def score(folders: list[Path]) -> Agreement:
    made = Agreement()
    settings = Settings(_env_file=None, enrichers_off=frozenset())
    for folder in folders:
        for name, content in contents(folder):
            for article, enrichment in _enriched(content, name, settings):
                made.pages += 1
                _compare(made, name, content, enrichment)
                _compare_topics(made, name, article)
                _compare_title(made, article, enrichment)
    of = {section.partition(": ")[0]: section.partition(": ")[2] for section in made.sections}
    made.in_topics = sum(code_of(meaning.partition(" + ")[0]) is not None for meaning in of.values())
    made.in_desks = sum(meaning in DESKS for meaning in of.values())
    made.meaningless = len(of) - made.in_topics - made.in_desks
    return made


def _enriched(content: bytes, name: str, settings: Settings) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    item = Item(content, name.removesuffix(".gz"), "text/html", f"https://page.example/{name}")
    for row in preview_item(read_item(item, Hints(), settings), settings):
        if row.get("kind") == "article" and "enriched" in row:
            yield row["enriched"]["article"], row["enriched"]["enrichment"]


def _compare_topics(made: Agreement, name: str, article: dict[str, Any]) -> None:
    section = article.get("section")
    if not section:
        return
    made.sections[f"{section}: {' + '.join(facet_names(section))}"] += 1
    of_section = set(sections.of_section(section).topics)
    of_topics = {code for topic in article.get("topics", ()) for code in sections.of_tag(topic).topics}
    if of_section and of_topics:
        made.both += 1
        made.agree += not of_section.isdisjoint(of_topics)
        if of_section.isdisjoint(of_topics):
            made.disagree.append(f"{name}: {section}, topics mean {sorted(TOP_LEVEL[one] for one in of_topics)}")


def _compare_title(made: Agreement, article: dict[str, Any], enrichment: dict[str, Any]) -> None:
    made.titles += 1
    made.same_title += detect(article["headline"][:TITLE], article.get("language")) == enrichment.get("language")


def _compare(made: Agreement, name: str, content: bytes, enrichment: dict[str, Any]) -> None:
    if declared := _LANG.search(content):
        made.languages += 1
        code, ours = declared[1].decode().casefold().replace("nb", "no"), str(enrichment.get("language"))
        made.same_language += code == ours
        if code != ours:
            made.differing[f"{code}, ours {ours}: {name}"] += 1
    words = {
        word.strip().casefold()
        for match in _META.finditer(content)
        for word in re.split(r"[,;]", match[1].decode("utf-8", "replace"))
    }
    if words:
        ours_all = [str(keyword).casefold() for keyword in enrichment.get("keywords", ())]
        made.declared_keywords += len(ours_all)
        made.keywords += sum(any(one in word or word in one for word in words if word) for one in ours_all)
    people = [
        one["name"]
        for one in enrichment.get("entities", ())
        if one["kind"] == EntityKind.PERSON and one["confidence"] >= SURE
    ]
    if people and enrichment.get("language") == "en":
        made.people.append((name, people[:SHOWN]))
