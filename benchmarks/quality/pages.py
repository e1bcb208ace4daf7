"""What pages declare about themselves against what enrich says of them: language and keywords.

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

from pipeline.formats.items import Item
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_item
from pipeline.operations.preview import preview_item
from pipeline.settings import Settings
from schemas.enrichment import SURE, EntityKind

_LANG = re.compile(rb"<html[^>]*?\blang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)
_META = re.compile(
    rb"<meta[^>]+(?:name|property)\s*=\s*[\"'](?:news_keywords|keywords|article:tag)[\"'][^>]*content\s*=\s*[\"']([^\"']{2,2000})[\"']",
    re.IGNORECASE,
)
SHOWN = 7
"""So many names of a kind are a facet's first."""


@dataclass
class Agreement:
    """Of the pages that declare it: how many languages agree; how many of our keywords are among the page's own words for it."""

    pages: int = 0
    languages: int = 0
    same_language: int = 0
    differing: Counter[str] = field(default_factory=Counter)
    keywords: int = 0
    declared_keywords: int = 0
    people: list[tuple[str, list[str]]] = field(default_factory=list)
    """Page and the first names of its people, to be read by a person."""


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.glob("html/*")):
        yield path.name, gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def score(folders: list[Path]) -> Agreement:
    made = Agreement()
    settings = Settings(_env_file=None)
    for folder in folders:
        for name, content in contents(folder):
            for enrichment in _enriched(content, name, settings):
                made.pages += 1
                _compare(made, name, content, enrichment)
    return made


def _enriched(content: bytes, name: str, settings: Settings) -> Iterator[dict[str, Any]]:
    item = Item(content, name.removesuffix(".gz"), "text/html", f"https://page.example/{name}")
    for row in preview_item(read_item(item, Hints(), settings), settings):
        if row.get("kind") == "article" and "enriched" in row:
            yield row["enriched"]["enrichment"]


def _compare(made: Agreement, name: str, content: bytes, enrichment: dict[str, Any]) -> None:
    if declared := _LANG.search(content):
        made.languages += 1
        code, ours = declared[1].decode().casefold(), str(enrichment.get("language"))
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
