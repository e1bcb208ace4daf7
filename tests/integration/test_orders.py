"""Revisions, partial updates, an embargo that lifts and a kill, in random orders with repeats, through everything that is real."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.kafka.clients import ensure_topics
from tests.conftest import Pipeline
from tests.support.builders import RawEvent, id_of, raw_article, raw_comment, raw_kill, raw_patch
from tests.support.sender import Sender

ORDERS = 20


def test_twenty_orders_end_in_the_same_documents(pipeline: Pipeline) -> None:
    lifts = datetime.now(UTC) + timedelta(seconds=18)
    ensure_topics(pipeline.settings)
    pipeline.start("worker", "indexer")
    sender = Sender(pipeline.settings)
    for seed in range(ORDERS):
        for suffix, killed in (("kept", False), ("killed", True)):
            name = f"{suffix}-{seed}"
            history: list[RawEvent] = [
                raw_article(name, at=0, text="The first version."),
                raw_article(name, at=10, text="The second version."),
                raw_article(name, at=20, text="The third version, under embargo.", embargo=lifts),
                raw_article(name, at=5, text="A late older version."),
                raw_patch(name, at=7, summary="Of a version that is no more."),
                raw_patch(name, at=22, summary="In short.", byline="By Ann Smith"),
                raw_patch(name, at=24, paragraphs=["The third version, amended in Paris."], section="Politics"),
                raw_comment(name, 1),
                raw_comment(name, 2),
            ]
            if killed:
                history.append(raw_kill(name, at=30))
            rng = random.Random(seed)
            sent = [*history, *rng.choices(history, k=4)]
            rng.shuffle(sent)
            for event in sent:
                sender.event(event)
    sender.close()

    pipeline.until(lambda: pipeline.count("history"))
    if datetime.now(UTC) < lifts - timedelta(seconds=5):
        pipeline.until(lambda: len(pipeline.documents("articles-hidden")) == 2 * ORDERS or datetime.now(UTC) > lifts)
        articles, comments = pipeline.documents("articles"), pipeline.documents("comments")
        if datetime.now(UTC) < lifts:  # also when they were read
            assert "third version" not in str(articles)
            assert comments == {}, "comments follow their article"
    pipeline.until(lambda: pipeline.count("articles") == ORDERS and pipeline.count("comments") == 2 * ORDERS)
    pipeline.until_quiet()

    shown, hidden, history_index = (pipeline.documents(a) for a in ("articles", "articles-hidden", "history"))
    kept = [_told(shown[str(id_of(f"kept-{seed}"))]) for seed in range(ORDERS)]
    for document in kept:
        assert document == kept[0]
    assert kept[0]["body"] == "The third version, amended in Paris."
    assert (kept[0]["summary"], kept[0]["authors"]) == ("In short.", ["Ann Smith"])
    assert kept[0]["words"] == 9, "enriched as it stands, with its headline"
    assert shown[str(id_of("kept-0"))]["places"] == ["Paris"]
    killed_ones = [_told(hidden[str(id_of(f"killed-{seed}"))]) for seed in range(ORDERS)]
    assert all(document == killed_ones[0] for document in killed_ones)
    assert killed_ones[0]["standing"] == "killed"
    assert "version" not in str(killed_ones[0].get("body", ""))
    for seed in range(ORDERS):
        past = [d for d in history_index.values() if d["article_id"] == str(id_of(f"kept-{seed}"))]
        assert sorted(d["body"] for d in past if d["standing"] == "superseded") == [
            "A late older version.", "The first version.", "The second version.", "The third version, under embargo.",
        ]  # fmt: skip
        parts = [d for d in past if d["standing"] == "partial"]
        assert sorted(d.get("summary", "") for d in parts) == ["", "In short.", "Of a version that is no more."]
        assert not any("headline" in d for d in parts), "what it didn't say isn't there"
        dropped = [d for d in history_index.values() if d["article_id"] == str(id_of(f"killed-{seed}"))]
        assert dropped
        assert not any("body" in d for d in dropped), "a killed story's history has no text"
    killed_ids = {str(id_of(f"killed-{seed}")) for seed in range(ORDERS)}
    assert not killed_ids & set(shown)
    assert not any(comment["article_id"] in killed_ids for comment in pipeline.documents("comments").values())


def _told(document: dict[str, Any]) -> dict[str, Any]:
    """A document without its own name, and its place among the tellings of the other nineteen."""
    own = {
        "article_id",
        "story_id",
        "relation",
        "claims",
        "headline",
        "keywords",
        "revision",
        "entities",
        "people",
        "places",
        "organisations",
        "stemmed",
    }
    return {name: value for name, value in document.items() if name not in own}
