"""Which operations make a document be where it has to be, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from pipeline.index.requests import IndexRequest, encoded, latest, operations


def place(version: int, *, public: bool, moved: bool) -> IndexRequest:
    index, other = ("articles", "articles-hidden") if public else ("articles-hidden", "articles")
    return IndexRequest(index, "a", version, {}, (other,) if moved else (), public)


def test_hiding_removes_before_it_adds_and_showing_adds_before_it_removes() -> None:
    first, second = operations([place(2, public=False, moved=True)])
    assert [(op.index, op.document is None) for op in first] == [("articles", True)]
    assert [(op.index, op.document is None) for op in second] == [("articles-hidden", False)]
    first, second = operations([place(3, public=True, moved=True)])
    assert [(op.index, op.document is None) for op in first] == [("articles", False)]
    assert [(op.index, op.document is None) for op in second] == [("articles-hidden", True)]


def test_of_several_records_for_one_document_the_highest_version_counts() -> None:
    kept = latest(
        [place(3, public=False, moved=True), place(1, public=True, moved=False), place(2, public=True, moved=False)]
    )
    assert [(p.version, p.index) for p in kept] == [(3, "articles-hidden")]


def test_a_document_is_written_as_it_always_was() -> None:
    """Other bytes for the same document would be a difference that `reconcile` repairs."""
    at = datetime(2026, 3, 1, 12, 0, 0, 120, tzinfo=timezone(timedelta(hours=2)))
    document = {
        "at": at,
        "none": None,
        "text": "“é”\u2028\n",
        "many": ("a", 1.5, True),
        "in": {"at": at.astimezone(UTC)},
    }
    wanted = '{"at":"2026-03-01T10:00:00.000120+00:00","none":null,"text":"“é”\u2028\\n","many":["a",1.5,true],'
    assert encoded(document).decode() == wanted + '"in":{"at":"2026-03-01T10:00:00.000120+00:00"}}'


def test_half_a_surrogate_pair_and_huge_numbers_do_not_stop_a_batch() -> None:
    assert encoded({"text": "a\ud800b"}) == b'{"text":"a?b"}'
    assert encoded({"number": 1 << 70}) == b'{"number":1180591620717411303424}'
