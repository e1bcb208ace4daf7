"""Saved searches: `python -m benchmarks.alerts [SEARCHES] [ARTICLES]`, on real engines of its own.

An index of invented articles in two languages; searches of one to three words of them, phrases, and some with a filter. For a
batch of 500 new articles: seconds to know their terms, to sort out by the prefilter, and to confirm. Then what the same
costs without the prefilter, of a sample, and whether both found the same.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from elasticsearch.helpers import bulk

from benchmarks.corpus.language import language
from benchmarks.engines import Engines, running_engines
from pipeline.alerts.index import AlertIndex
from pipeline.alerts.prefilter import Prefilter
from pipeline.index.client import elasticsearch_client
from pipeline.index.templates import install
from pipeline.saved.conditions import Tokens, condition, texts_of
from pipeline.search.saved import query_of

BATCH = 500
SAMPLE = 300
CODES = ("en", "de")


def main(searches: int = 10_000, articles: int = 10_000) -> None:
    with running_engines() as engines:
        measure(engines, searches, articles)


def measure(engines: Engines, searches: int, articles: int) -> None:
    rng, now = random.Random(7), datetime.now(UTC)
    settings = engines.settings(namespace="bench-alerts")
    client = elasticsearch_client(settings, timeout=120)
    install(client, settings)
    index = AlertIndex(client, settings)
    ids = [uuid4() for _ in range(articles)]
    bulk(client.options(request_timeout=120), _documents(rng, ids), index=settings.named("articles"), refresh=True)
    queries = {uuid4(): query_of(_search(rng), now) for _ in range(searches)}
    prefilter, tokens = Prefilter(), dict[tuple[str, str], Tokens]()

    began = time.monotonic()
    wanted: dict[str, dict[str, None]] = {}
    for query in queries.values():
        for group, text in texts_of(query):
            wanted.setdefault(group, {})[text] = None
    for group, texts in wanted.items():
        tokens |= {(group, text): found for text, found in index.tokens(group, texts).items()}
    for search_id, query in queries.items():
        prefilter.put(search_id, condition(query, lambda group, text: tokens[group, text]))
    _say(f"{searches} searches known after {time.monotonic() - began:.1f} s ({len(tokens)} texts analysed)")

    for _ in range(3):
        _batch(index, prefilter, queries, rng.sample(ids, BATCH))
    some = dict(rng.sample(list(queries.items()), min(SAMPLE, searches)))
    batch = rng.sample(ids, BATCH)
    began = time.monotonic()
    every = index.confirmed({one: (query, batch) for one, query in some.items()}).found
    took = time.monotonic() - began
    _say(
        f"without the prefilter: {1000 * took / len(some):.2f} ms a search, {took / len(some) * searches:.1f} s for all"
    )
    found = _batch(index, prefilter, queries, batch)
    same = {one: set(hits) for one, hits in every.items()} == {one: set(found[one]) for one in some if one in found}
    _say("both found the same" if same else "THE PREFILTER MISSED SOMETHING")


def _batch(
    index: AlertIndex, prefilter: Prefilter, queries: dict[UUID, dict[str, Any]], batch: list[UUID]
) -> dict[UUID, list[UUID]]:
    times = [time.monotonic()]
    terms, visible = index.terms(batch), index.visible(batch)
    times.append(time.monotonic())
    candidates = prefilter.candidates({one: terms[one][1] | visible[one].atoms for one in batch})
    times.append(time.monotonic())
    found = index.confirmed({one: (queries[one], ids) for one, ids in candidates.items()}).found
    times.append(time.monotonic())
    steps = [f"{name} {1000 * (after - before):.0f} ms" for name, before, after in zip(("terms", "prefilter", "confirm"), times, times[1:], strict=False)]  # fmt: skip
    _say(f"{len(batch)} articles: {', '.join(steps)}; {len(candidates)} searches asked, {len(found)} found something")
    return found


def _documents(rng: random.Random, ids: list[UUID]) -> Iterator[dict[str, Any]]:
    for number, id_ in enumerate(ids):
        code = CODES[number % len(CODES)]
        subject = language(code).subject(rng, ["Varnholm", "Oslo", "Berlin", "Leeds"])
        headline, body = language(code).headline(rng, subject), "\n\n".join(language(code).paragraphs(rng, subject))
        now = datetime.now(UTC).isoformat()
        source = {
            "article_id": str(id_), "status": "public", "processed": {"received": now, "indexed": now}, "shown_at": now, "headline": headline,
            "body": body, "language": code, "publisher": f"publisher-{number % 20}", "stemmed": {code: {"headline": headline, "body": body}},
        }  # fmt: skip
        yield {"_id": str(id_), "_source": source}


def _search(rng: random.Random) -> dict[str, Any]:
    known = language(rng.choice(CODES))
    subject = known.subject(rng, ["Varnholm", "Oslo", "Berlin", "Leeds"])
    words = [subject.words.draw(rng) for _ in range(rng.choice((1, 2, 2, 3)))]
    kind = rng.random()
    if kind < 0.2:
        return {"q": f'"{rng.choice(subject.people)}"'}
    if kind < 0.3:
        return {"q": " OR ".join(words)}
    if kind < 0.4:
        return {"q": " ".join(words), "publisher": [f"publisher-{rng.randrange(20)}"]}
    return {"q": " ".join(words)}


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
