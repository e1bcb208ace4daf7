"""How well the main text of HTML pages is found, against the library alone: `python -m benchmarks.extraction FOLDER`.

The measure is the public article-extraction benchmark's (https://github.com/scrapinghub/article-extraction-benchmark): per
page precision and recall of token 4-grams, averaged, F1 of the averages. FOLDER holds `expected.json` (name to
`{articleBody, url}`, or a list of `body_plaintext`) and `html/NAME.html.gz`.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import trafilatura

from pipeline.errors import Reject
from pipeline.formats import html_page
from pipeline.formats.items import Item

Extract = Callable[[bytes, str | None], str]


def ours(content: bytes, url: str | None) -> str:
    try:
        return "\n".join(html_page.read(Item(content, "page", None, url)).paragraphs)
    except Reject:
        return ""


def library(content: bytes, _url: str | None) -> str:
    return trafilatura.extract(content, include_comments=False) or ""


def grams(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text)
    return (
        Counter(tuple(tokens[at : at + size]) for at in range(max(1, len(tokens) - size + 1))) if tokens else Counter()
    )


def score(folder: Path, extract: Extract) -> tuple[float, float, float, int]:
    """(F1, precision, recall, pages)."""
    precision, recall, pages = 0.0, 0.0, 0
    for name, truth in json.loads((folder / "expected.json").read_text()).items():
        path = next(folder.glob(f"html/{name}*"))
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        wanted = grams(truth.get("articleBody") or truth.get("body_plaintext") or "")
        found = grams(extract(content, truth.get("url")))
        same = sum((wanted & found).values())
        precision += same / sum(found.values()) if found else float(not wanted)
        recall += same / sum(wanted.values()) if wanted else 1.0
        pages += 1
    precision, recall = precision / pages, recall / pages
    return 2 * precision * recall / (precision + recall), precision, recall, pages


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(
            "usage: python -m benchmarks.extraction FOLDER…   (each with html/ and expected.json, as the benchmark has them)"
        )
    for argument in sys.argv[1:]:
        for label, extract in (("ours", ours), ("trafilatura alone", library)):
            f1, p, r, count = score(Path(argument), extract)
            print(
                f"{Path(argument).name:<32} {label:<18} F1 {f1:.4f}  precision {p:.4f}  recall {r:.4f}  ({count} pages)"
            )
