"""What each pure stage costs per article, on our own sample page: `python -m benchmarks.stages`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.formats.items import Item
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_item
from pipeline.settings import load_settings
from pipeline.stages.clustering.sign import sign
from pipeline.stages.enrich import Choices, enrich_article, load
from pipeline.stages.enrich.events import ARTICLE_ENRICHERS
from pipeline.stages.normalize import normalize_article
from schemas.article import Article
from schemas.enriched import EnrichedArticle
from schemas.events import RawArticleEvent
from tests.support.memory import revise as revise_batch
from tests.support.memory import revise_tables

PAGE = Path(__file__).parents[1] / "samples" / "pages" / "harbour-times.txt"
ROUNDS, TIMES = 40, 5


def main() -> None:
    load()
    settings = load_settings()
    item = Item(PAGE.read_bytes(), PAGE.name)
    raw = next(e for e in read_item(item, Hints(), settings).events if isinstance(e, RawArticleEvent))
    normalized = normalize_article(raw)
    enriched = enrich_article(normalized)
    article = normalized.data
    assert isinstance(article, Article)
    size = len(raw.to_json())
    print(
        f"{PAGE.name}: {sum(map(len, article.paragraphs))} characters, raw record {size} bytes, best of {TIMES} times {ROUNDS} rounds\n"
    )
    print("| step | µs of CPU per article |\n|---|---:|")
    _time("read the page", lambda: read_item(item, Hints(), settings))
    _time("decode the raw record", lambda: RawArticleEvent.model_validate_json(raw.to_json()))
    _time("normalize", lambda: normalize_article(raw))
    _time("enrich", lambda: enrich_article(normalized))
    made: dict[str, Any] = {}
    for name, enricher in ARTICLE_ENRICHERS.items():
        made[name] = enricher(article, made, Choices())
        _time(f"  of it: {name}", partial(enricher, article, made, Choices()))
    assert isinstance(enriched.data, EnrichedArticle)
    _time("sign", partial(sign, enriched.data, enriched.id))
    now = datetime.now(UTC)

    def revise() -> None:
        batch = revise_batch(revise_tables())
        batch.apply(enriched, now)
        batch.run_all(now)

    _time("revise", revise)


def _time(name: str, work: Callable[[], object]) -> None:
    best = min(_seconds(work) for _ in range(TIMES))
    print(f"| {name} | {best / ROUNDS * 1e6:,.0f} |")


def _seconds(work: Callable[[], object]) -> float:
    """Of this process's CPU: what else runs on the machine is not in it."""
    started = time.process_time()
    for _ in range(ROUNDS):
        work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
