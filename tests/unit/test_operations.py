"""The pure parts of the operators' tasks, and removal against an index in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from elasticsearch import Elasticsearch

from pipeline.errors import Fatal, Reject, Retry
from pipeline.operations import dead_letters
from pipeline.operations.expected import ExpectedDocument, Key, digest
from pipeline.operations.lookup import canonical_id, merged_ids, status_of
from pipeline.operations.receipts import Line, changelog_line, holds_article, holds_comment, topic_lines
from pipeline.operations.reconcile import Found, differences
from pipeline.operations.removal import delete_matching
from pipeline.operations.trace import followed
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_CURRENT
from pipeline.topology import topics
from schemas.dead_letter import DeadLetter

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092", elasticsearch_url="http://index:9200")
NOW = datetime(2026, 3, 14, tzinfo=UTC)
SHARED = {"dead-letters", "transfers"}


def names(wanted: Any) -> set[str]:
    return {topic.name for topic in topics(SETTINGS) if wanted(topic)}


def test_a_receipt_names_the_topics_that_may_hold_the_text() -> None:
    articles, comments = names(holds_article), names(holds_comment)
    assert {name for name in articles if not name.startswith(("articles.", "comments."))} == SHARED
    assert {name for name in comments if not name.startswith("comments.")} == SHARED | {
        "comment-posts",
        "articles.raw",  # pages as received, with the comments on them
    }
    assert {"articles.raw", "articles.current", "articles.history", "comments.raw", "comments.current"} <= articles


def test_a_receipt_says_by_when_a_topic_has_lost_its_last_copy() -> None:
    lines = {line.place: line for line in topic_lines(SETTINGS, holds_article, NOW, frozenset({"moved"}))}
    day = timedelta(days=1)
    assert (lines["topic articles.raw"].by, lines["topic articles.raw"].note) == (NOW + 7 * day, "retention")
    assert lines["topic dead-letters"].by == NOW + 30 * day
    assert (lines["topic articles.current"].by, lines["topic articles.current"].note) == (NOW + 2 * day, "compaction")
    assert "topic moved" in lines, "a topic of the version before may still hold a copy, where it is there"
    assert "topic articles.normalized" not in lines
    assert changelog_line(NOW).by == NOW + 2 * day
    assert Line("index comments", "still there", count=3, note="stubs stay").as_json() == {
        "place": "index comments", "state": "still there", "count": 3, "note": "stubs stay",
    }  # fmt: skip
    assert Line("topic x", "gone by", NOW).as_json()["by"] == "2026-03-14T00:00:00+00:00"


def test_a_trace_follows_an_article_or_a_comment_and_not_both() -> None:
    article, comment = (names(lambda topic, c=c: followed(topic, comment=c)) for c in (False, True))
    assert article & comment == {"dead-letters", "visibility-timers", "transfers"}
    assert all(name.startswith("articles.") for name in article - comment)
    assert all(name.startswith("comments.") for name in comment - article)
    assert {"articles.raw", "articles.history"} <= article


def expected(index: str, version: int, document: dict[str, Any]) -> ExpectedDocument:
    return ExpectedDocument(index, version, digest(document), "hidden" not in index, ("articles.current", 0, version))


def test_what_differs_between_topics_and_indices_is_named_by_its_kind() -> None:
    text = {"headline": "Ferries sail"}
    wanted: dict[Key, ExpectedDocument] = {
        ("articles", "same"): expected("articles", 1, text),
        ("articles", "older"): expected("articles", 2, text),
        ("articles", "forged"): expected("articles", 1, text),
        ("articles", "lost"): expected("articles", 1, text),
        ("articles", "killed"): expected("articles-hidden", 3, {}),
        ("articles", "merged"): expected("redirects", 1, {"merged_into": "same"}),
        ("articles", "new"): expected("articles", 1, text),
    }
    indexed: list[Found] = [
        ("articles", "same", 1, text | {"processed": {"indexed": "2026-03-14"}}),
        ("articles", "older", 1, text),
        ("articles", "forged", 1, {"headline": "Forged"}),
        ("articles", "killed", 2, text),
        ("articles", "nobody", 1, text),
        ("articles-hidden", "nobody", 1, text),
        ("redirects", "merged", 1, {"merged_into": "same"}),
    ]
    read: list[str] = []

    def one_by_one() -> Any:
        for found in indexed:
            read.append(found[1])
            yield found

    def written() -> set[Key]:
        assert len(read) == len(indexed), "asked for last"
        return {("articles", "new")}

    found = differences(wanted, one_by_one(), written)
    assert found.kinds() == {
        "missing": [("articles", "lost"), ("articles-hidden", "killed")],
        "stale": [("articles", "older"), ("articles", "forged")],
        "extra": [("articles-hidden", "nobody")],
        "wrongly_visible": [("articles", "killed"), ("articles", "nobody")],
    }
    report = found.as_json()
    assert (report["compared"], report["missing"]["ids"]) == (7, ["articles/lost", "articles-hidden/killed"])
    assert report["unmended"] == report["unrepaired"] == 0
    assert not differences({}, [], set)


def test_a_digest_is_of_the_content_in_any_order_and_not_of_the_times_of_processing() -> None:
    at = datetime(2026, 3, 14, 12, tzinfo=UTC)
    one = digest({"a": 1, "at": at, "processed": {"indexed": at}})
    assert one == digest({"at": "2026-03-14T12:00:00+00:00", "a": 1})
    assert one != digest({"at": at, "a": 2})


class Index:
    """An index in memory, as `delete_matching` and lookups ask it."""

    def __init__(self, documents: dict[str, dict[str, Any]], refuses: str | None = None) -> None:
        self.documents, self.refuses = documents, refuses
        self.indices = self
        self.bulks = 0

    def options(self, **_: object) -> Index:
        return self

    def refresh(self, index: str) -> None:
        pass

    def search(self, index: str, query: Any = None, size: int = 10, source: bool = True, body: Any = None) -> dict[str, Any]:  # fmt: skip
        ((kind, what),) = (query or body["query"]).items()
        found = [
            {"_id": id_, "_source": one}
            for id_, one in self.documents.items()
            if (id_ in what["values"] if kind == "ids" else all(one.get(name) == value for name, value in what.items()))
        ]
        return {"hits": {"hits": found[:size]}}

    def bulk(self, operations: list[dict[str, Any]], refresh: bool) -> dict[str, Any]:
        assert refresh
        self.bulks += 1
        items: list[dict[str, Any]] = []
        for operation in operations:
            id_ = operation["delete"]["_id"]
            if self.refuses == id_:
                items.append({"delete": {"status": 403, "error": {"reason": "index is read-only"}}})
                continue
            items.append({"delete": {"status": 200 if self.documents.pop(id_, None) else 404}})
        return {"items": items}


def client(index: Index) -> Elasticsearch:
    return cast(Elasticsearch, index)


def test_all_that_match_are_removed_however_many() -> None:
    index = Index({str(n): {"preview": "Ann Lee" if n % 2 else "Bob"} for n in range(5000)})
    assert delete_matching(client(index), "dead-letters", {"match_phrase": {"preview": "Ann Lee"}}) == 2500
    assert len(index.documents) == 2500
    assert index.bulks == 3
    assert delete_matching(client(index), "dead-letters", {"match_phrase": {"preview": "Ann Lee"}}) == 0


def test_what_cannot_be_removed_ends_the_removal() -> None:
    index = Index({"a": {"x": 1}, "b": {"x": 1}}, refuses="b")
    with pytest.raises(Retry, match="1 documents of dead-letters could not be removed \\(index is read-only\\)"):
        delete_matching(client(index), "dead-letters", {"term": {"x": 1}})


def test_an_operator_finds_an_article_by_each_of_its_ids() -> None:
    index = Index({"a": {"merged_into": "b"}, "b": {"merged_into": "c"}, "z": {"merged_into": "c"}})
    assert canonical_id(client(index), SETTINGS, "a") == "c"
    assert merged_ids(client(index), SETTINGS, "c") == ["b", "z"]
    assert status_of({"standing": "public"}) == "public"
    assert status_of({}) == ""


def test_a_letter_of_a_compacted_topic_is_not_replayed() -> None:
    header = DeadLetter(stage="index", reason="x", detail="x", at=NOW, topic=ARTICLES_CURRENT.full_name(SETTINGS))
    reject = dead_letters._replayable(header, SETTINGS)
    assert reject is not None
    refusal = dead_letters._refusal("0-1", reject)
    assert (refusal["reason"], refusal["former_reason"]) == ("superseded-topic", "stood-then")
    assert "former_reason" not in dead_letters._refusal("0-1", Reject("truncated", "only its first bytes"))
    for wrong in ("first", "0-", "99-1", "-1"):
        with pytest.raises(Fatal, match="is not a dead letter's id"):
            dead_letters._location(wrong, SETTINGS)
