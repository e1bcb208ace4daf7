"""Which operations make a document be where it has to be, and in which order."""

from __future__ import annotations

from pipeline.index.requests import IndexRequest, latest, operations


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
