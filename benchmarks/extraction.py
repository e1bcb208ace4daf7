"""How well HTML pages are read, beside trafilatura on its own: `python -m benchmarks.extraction FOLDER…`.

A FOLDER holds `html/NAME[.gz]` and `expected.json`: name to what people read off the page, of which any part may be absent:
- `articleBody` or `body_plaintext`: the whole text. Scored as the public article-extraction benchmark does
  (https://github.com/scrapinghub/article-extraction-benchmark): per page precision and recall of token 4-grams, averaged,
  F1 of the averages.
- `with`, `without`: passages that the text has, and has not. Precision and recall over all passages, and their F1.
- `title`, `author` or `authors`, `date` or `publishing_date`: a title counts where its letters are the same, authors where
  one of them is found, a date where its day is.
- `comments`: passages of readers' comments: how many are found in a comment, and how many pages have none of theirs in the
  text. Of all comments: how many have an author, and how many of these can't be a name (a time or a button is in it).
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trafilatura

from pipeline.dates import parse
from pipeline.errors import Reject
from pipeline.formats import html_page, layout
from pipeline.formats.items import Item
from pipeline.stages.normalize.bylines import authors


@dataclass
class Page:
    """What was read from a page."""

    body: str = ""
    title: str = ""
    authors: list[str] = field(default_factory=list)
    published: str = ""
    comments: list[str] = field(default_factory=list)
    comment_authors: list[str] = field(default_factory=list)


Extract = Callable[[bytes, str | None], Page]


def ours(content: bytes, url: str | None) -> Page:
    try:
        story = html_page.read(Item(content, "page", None, url))
    except Reject:
        return Page()
    return Page(
        "\n".join(story.paragraphs),
        story.headline,
        [one.name for one in authors(story.byline)],
        story.published or "",
        [one.text for one in story.comments],
        [one.author or "" for one in story.comments],
    )


def library(content: bytes, url: str | None) -> Page:
    found: Any = trafilatura.bare_extraction(content, url=url, with_metadata=True, include_comments=True)
    if found is None:
        return Page()
    names = [name.strip() for name in (found.author or "").split(";")]
    return Page(found.text or "", found.title or "", names, found.date or "", [found.comments or ""])


def pages(folder: Path) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Name, content and truth of each page."""
    for name, truth in json.loads((folder / "expected.json").read_text()).items():
        path = next(folder.glob(f"html/{name}*"))
        yield name, gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes(), truth


def grams(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text)
    return (
        Counter(tuple(tokens[at : at + size]) for at in range(max(1, len(tokens) - size + 1))) if tokens else Counter()
    )


def overlap(found: str, wanted: str) -> tuple[float, float]:
    """(precision, recall) of 4-grams."""
    f, w = grams(found), grams(wanted)
    same = sum((w & f).values())
    return same / sum(f.values()) if f else float(not w), same / sum(w.values()) if w else 1.0


def score(folder: Path, extract: Extract) -> dict[str, str | float]:
    """Measure to its value; counts as "right/all"."""
    rights: Counter[str] = Counter()
    alls: Counter[str] = Counter()
    precision: list[float] = []
    recall: list[float] = []
    seconds = 0.0

    def count(name: str, right: int, of: int = 1) -> None:
        rights[name] += right
        alls[name] += of

    for _, content, truth in pages(folder):
        began = time.process_time()
        page = extract(content, truth.get("url"))
        seconds += time.process_time() - began
        if body := truth.get("articleBody") or truth.get("body_plaintext"):
            p, r = overlap(page.body, body)
            precision.append(p)
            recall.append(r)
        count("page", 1)
        wanted, unwanted = (_holding(page.body, truth.get(key) or []) for key in ("with", "without"))
        count("precision", wanted, wanted + unwanted)
        count("recall", wanted, len(truth.get("with") or []))
        if truth.get("title"):
            count("title", _folded(page.title) == _folded(truth["title"]))
        if names := truth.get("authors") or ([truth["author"]] if truth.get("author") else []):
            count("author", bool({*map(_folded, page.authors)} & {*map(_folded, names)}))
        if day := truth.get("publishing_date") or truth.get("date"):
            count("date", _same_day(page.published, datetime.fromisoformat(day)))
        if comments := truth.get("comments") or []:
            count("comments", _holding("\n".join(page.comments), comments), len(comments))
            count("bodies without comments", not _holding(page.body, comments))
        count("comments with an author", len([*filter(None, page.comment_authors)]), len(page.comment_authors))
        count("authors that are no name", len([*filter(_no_name, page.comment_authors)]), len(page.comment_authors))
    found: dict[str, str | float] = {}
    p, r = _ratio(rights, alls, "precision"), _ratio(rights, alls, "recall")
    if precision:
        p, r = sum(precision) / len(precision), sum(recall) / len(recall)
    if p + r:
        found |= {"F1": 2 * p * r / (p + r), "precision": p, "recall": r}
    found |= {
        name: f"{rights[name]}/{alls[name]}"
        for name in alls
        if alls[name] and name not in ("page", "precision", "recall")
    }
    return found | {"ms of CPU per page": seconds * 1000 / max(1, alls["page"])}


def _ratio(rights: Counter[str], alls: Counter[str], name: str) -> float:
    return rights[name] / alls[name] if alls[name] else 0.0


def _holding(text: str, passages: list[str]) -> int:
    text = _spaced(text)
    return sum(_spaced(passage) in text for passage in passages)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _same_day(found: str, wanted: datetime) -> bool:
    """As written, or in the time zone of the truth."""
    at = parse(found, "UTC", datetime.now(UTC))
    in_its_zone = at.utc.astimezone(wanted.tzinfo or UTC).date() if at else None
    return wanted.date().isoformat() == found[:10] or wanted.date() == in_its_zone


def _no_name(author: str) -> bool:
    return bool(author) and (len(author.split()) > 6 or layout.written_time(author) is not None or "\n" in author)


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("usage: python -m benchmarks.extraction FOLDER…   (each with html/ and expected.json)")
    for argument in sys.argv[1:]:
        for label, extract in (("ours", ours), ("trafilatura alone", library)):
            figures = (
                f"{name} {value:.4f}"
                if isinstance(value, float) and value < 1
                else f"{name} {value:.1f}"
                if isinstance(value, float)
                else f"{name} {value}"
                for name, value in score(Path(argument), extract).items()
            )
            print(f"{Path(argument).name:<32} {label:<18} " + ", ".join(figures))
