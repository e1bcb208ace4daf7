"""A thousand records that nobody should send: each becomes a dead letter that says why, and nothing else suffers."""

from __future__ import annotations

import json
import random
from collections import Counter

from pipeline.kafka.clients import article_key, ensure_topics
from pipeline.operations.status import documents
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW
from tests.conftest import Pipeline
from tests.support.builders import id_of, raw_article, raw_comment
from tests.support.sender import Sender

GOOD = 100
GARBAGE = 1000
CODECS = (None, "gzip", "snappy", "lz4", "zstd")
"""Senders compress as they like."""


def test_a_thousand_garbage_records_become_a_thousand_dead_letters(make_pipeline, tmp_path) -> None:  # type: ignore[no-untyped-def]
    pipeline: Pipeline = make_pipeline(largest_record=64 * 1024)
    ensure_topics(pipeline.settings)
    pipeline.start("worker", "indexer")
    sender = Sender(pipeline.settings)
    rng = random.Random(7)
    oversized = 20
    senders = [Sender(pipeline.settings, codec) for codec in CODECS]
    for n in range(GOOD):
        senders[n % len(senders)].event(raw_article(f"good-{n}"))
        senders[n % len(senders)].event(raw_comment(f"good-{n}", 1))
    for one in senders:
        one.close()
    articles, comments = ARTICLES_RAW.full_name(pipeline.settings), COMMENTS_RAW.full_name(pipeline.settings)
    senseless = [(articles, case) for case in _senseless_articles()] + [
        (comments, case) for case in _senseless_comments()
    ]
    for n in range(GARBAGE - oversized - len(senseless)):
        key, value = _garbage(n, rng)
        sender.bytes(rng.choice([articles, comments]), key, value)
    for topic, (key, value) in senseless:
        sender.bytes(topic, key, value)
    sender.close()
    # larger than the limit: the broker takes none, so they are refused at our door, with hash and first bytes kept
    for n in range(oversized):
        (tmp_path / f"large-{n}.txt").write_text(
            f"A headline of some length, number {n}\n\n" + "All work and no play. " * 5000
        )
    refused = pipeline.command("publish", str(tmp_path), "--json")
    assert json.loads(refused.stdout)["refused"] == oversized

    pipeline.until(lambda: documents(pipeline.settings).get("dead-letters", 0) >= GARBAGE)
    pipeline.until_quiet()
    letters = pipeline.documents("dead-letters")
    assert len(letters) == GARBAGE
    assert all(
        letter["reason"] and letter["detail"] and letter["stage"] in ("normalize", "publish")
        for letter in letters.values()
    )
    reasons = Counter(letter["reason"] for letter in letters.values())
    assert set(reasons) == {
        "not-json",
        "invalid",
        "empty",
        "wrong-key",
        "identity",
        "bad-date",
        "no-headline",
        "no-text",
        "too-large",
    }
    assert reasons["too-large"] == oversized
    assert sum(letter["truncated"] for letter in letters.values()) == oversized
    assert (
        len([a for a in pipeline.documents("articles").values() if a["headline"].startswith("Headline of good-")])
        == GOOD
    )
    assert pipeline.count("comments") == GOOD
    assert all(child.poll() is None for child in pipeline.children.values()), "nobody died of it"


def _garbage(n: int, rng: random.Random) -> tuple[bytes | None, bytes | None]:
    good = raw_article(f"garbage-{n}", text="Something.")
    key = article_key(good.data.article_id)
    event = json.loads(good.to_json())
    match n % 12:
        case 0:
            return key, rng.randbytes(rng.randint(1, 500))
        case 1:
            return key, b"this is no JSON"
        case 2:
            return (key, None) if n % 24 == 2 else (None, b"")
        case 3:
            return key, b"[" * 30_000
        case 4:
            return key, b'{"a":' * 5_000 + b"1" + b"}" * 5_000
        case 5:
            return key, json.dumps(
                {name: value for name, value in event.items() if name not in ("id", "time")}
            ).encode()
        case 6:
            return key, json.dumps(event | {"data": event["data"] | {"headline": ["not", "a", "text"]}}).encode()
        case 7:
            return key, json.dumps(event | {"data": {"kind": "novel"}}).encode()
        case 8:
            return key, json.dumps(event, ensure_ascii=False).replace("Something", "Schlöß").encode("utf-16")
        case 9:
            return key, json.dumps(event | {"type": "article.invented"}).encode()
        case 10:
            return key, json.dumps([event]).encode()
        case _:
            return key, json.dumps(event | {"time": "yesterday, about noon"}).encode()


def _senseless_articles() -> list[tuple[bytes | None, bytes | None]]:
    """Well-formed events that can't be true."""
    cases: list[tuple[bytes | None, bytes | None]] = []
    for n in range(10):
        good = json.loads(raw_article(f"senseless-{n}").to_json())
        key = article_key(good["data"]["article_id"])
        other = str(id_of("somebody-else"))
        cases.append((article_key(other), json.dumps(good).encode()))
        cases.append((article_key(other), json.dumps(good | {"data": good["data"] | {"article_id": other}}).encode()))
        cases.append(
            (key, json.dumps(good | {"data": good["data"] | {"embargo_until": "when the cows come home"}}).encode())
        )
        cases.append((key, json.dumps(good | {"data": good["data"] | {"headline": " \u200b "}}).encode()))
    return cases


def _senseless_comments() -> list[tuple[bytes | None, bytes | None]]:
    good = json.loads(raw_comment("senseless", 1).to_json())
    return [
        (article_key(good["data"]["article_id"]), json.dumps(good | {"data": good["data"] | {"text": " \n "}}).encode())
    ]
