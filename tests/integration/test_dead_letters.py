"""What was refused is found by its reason, shown as it came, and sent again once its cause is mended."""

from __future__ import annotations

import json
from typing import Any

from elasticsearch.helpers import bulk

from pipeline.errors import Reject
from pipeline.kafka.clients import article_key, ensure_topics, partition_of, producer
from pipeline.kafka.dead_letters import dead_letter
from pipeline.operations.status import documents
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_RAW, DEAD_LETTERS, Record
from tests.conftest import Pipeline
from tests.support.builders import id_of, raw_article

NINJS = json.dumps(
    {"uri": "urn:w:1", "headline": "Ferries sail", "body_text": "They sail again.", "pubstatus": "usable"}
)
CAUSE = Reject("enricher-down", "the fault that has been mended since")


def test_dead_letters_are_listed_shown_and_replayed(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    ensure_topics(settings)
    pipeline.start("worker", "indexer")
    event = raw_article("refused-once")
    key, value = article_key(event.data.article_id), event.to_json()
    at = partition_of(key, settings.partitions)
    raw, current = ARTICLES_RAW.full_name(settings), ARTICLES_CURRENT.full_name(settings)
    _send(
        pipeline, dead_letter("normalize", CAUSE, key, value, topic=raw, partition=at, offset=0, provider="w.example")
    )
    _send(
        pipeline, dead_letter("publish", CAUSE, None, NINJS.encode(), provider="w.example", source="push by w.example")
    )
    _send(pipeline, dead_letter("publish", CAUSE, None, b"no news at all", provider="w.example", source="notes.txt"))
    _send(pipeline, dead_letter("index", CAUSE, key, value, topic=current, partition=at, offset=0))
    _send(pipeline, dead_letter("publish", CAUSE, None, b"x" * 2000, largest=1000))
    pipeline.until(lambda: documents(settings).get("dead-letters", 0) == 5)

    listed = _run(pipeline, "list", "--reason", "enricher-down", "--provider", "w.example", "--json")
    assert (listed["total"], listed["reasons"]) == (3, {"enricher-down": 3})
    (normalize,) = _run(pipeline, "list", "--stage", "normalize", "--json")["letters"]
    assert _run(pipeline, "show", normalize["id"], "--json")["original"] == value.decode()
    assert pipeline.command("dead-letters", "show", normalize["id"], "--raw").stdout == value
    assert pipeline.command("dead-letters", "show", "0-999").returncode == 1
    assert pipeline.command("dead-letters", "show", "first").returncode == 3
    assert pipeline.command("dead-letters", "replay").returncode == 3, "never everything by mistake"

    for _ in range(2):  # the second time changes nothing
        done = _run(pipeline, "replay", "--reason", "enricher-down", "--handled", "--by", "ann", "--json", refused=True)
        assert (done["replayed"], done["events"]) == (2, 1)
        assert sorted(one["reason"] for one in done["refused"]) == ["superseded-topic", "truncated", "unknown-format"]
        pipeline.until(lambda: pipeline.count("articles") == 2)
        pipeline.until_quiet()
    found = pipeline.documents("articles")
    assert set(found) >= {str(id_of("refused-once"))}
    assert {one["provider"] for one in found.values()} >= {"w.example"}
    assert pipeline.count("history") == 0
    assert documents(settings)["dead-letters"] == 5, "what is refused once more makes no second letter"
    pipeline.until(lambda: pipeline.count("audit") == 4)
    assert _run(pipeline, "list", "--json")["total"] == 3, "what was handled is out of the way"
    handled = _run(pipeline, "list", "--handled", "--json")["letters"]
    assert sum("replayed by ann at" in one.get("handled", "") for one in handled) == 2

    (notes,) = [one["id"] for one in handled if one.get("source") == "notes.txt"]
    mended = pipeline.folder / "mended.json"
    mended.write_text(NINJS.replace("urn:w:1", "urn:w:2"))
    assert _run(pipeline, "edit", notes, "--file", str(mended), "--by", "bob", "--json")["events"] == 1
    mended.write_text("still no news")
    (raw_one,) = [one["id"] for one in handled if one["stage"] == "normalize"]
    refused = pipeline.command("dead-letters", "edit", raw_one, "--file", str(mended))
    assert refused.returncode == 1
    assert b"not-json" in refused.stderr
    pipeline.until(lambda: pipeline.count("articles") == 3)
    (index,) = [one["id"] for one in handled if one["stage"] == "index"]
    assert _run(pipeline, "discard", index, "--why", "published again", "--json") == {"discarded": 1}
    pipeline.until(lambda: pipeline.count("audit") == 6)
    assert _run(pipeline, "list", "--json")["total"] == 1
    entries = json.loads(pipeline.command("audit", "--subject", notes, "--json").stdout)["entries"]
    assert [(one["action"], one["by"]) for one in entries] == [("dead-letter-edit", "bob")]
    assert entries[0]["detail"]["was"] != entries[0]["detail"]["is"]


def test_what_was_handled_stays_out_of_the_way_however_much_was_since(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    ensure_topics(settings)
    pipeline.start("indexer")
    _send(pipeline, dead_letter("publish", CAUSE, None, b"no news at all", provider="w.example", source="notes.txt"))
    pipeline.until(lambda: documents(settings).get("dead-letters", 0) == 1)
    (letter,) = _run(pipeline, "list", "--json")["letters"]
    _run(pipeline, "discard", letter["id"], "--why", "no news", "--json")
    pipeline.until(lambda: pipeline.count("audit") == 1)
    # another 10,500, as far as the indices know
    entry = {"action": "dead-letter-discard", "by": "ann", "at": "2099-01-01T00:00:00Z"}
    later = ({"_index": settings.named("audit"), "_id": f"x{n}", "_source": entry | {"id": f"x{n}", "subject": f"3-{n}"}} for n in range(10_500))  # fmt: skip
    with pipeline.client() as client:
        assert bulk(client, later, chunk_size=3000, refresh=True)[0] == 10_500
    assert _run(pipeline, "list", "--json")["total"] == 0
    (handled,) = _run(pipeline, "list", "--handled", "--json")["letters"]
    assert handled["handled"].startswith("discarded by")


def _send(pipeline: Pipeline, dead: Record) -> None:
    kafka = producer(pipeline.settings)
    kafka.send(DEAD_LETTERS.full_name(pipeline.settings), dead.encoded(), key=dead.key, headers=list(dead.headers))
    kafka.flush()
    kafka.close()


def _run(pipeline: Pipeline, *arguments: str, refused: bool = False) -> Any:
    done = pipeline.command("dead-letters", *arguments)
    assert done.returncode == (1 if refused else 0), done.stderr
    return json.loads(done.stdout)
