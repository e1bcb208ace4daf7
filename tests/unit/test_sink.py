"""What the sink does with records and with answers, without either."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.errors import Reject
from pipeline.index.requests import IndexRequest, latest, operations
from pipeline.index.retry import Verdict, judge
from pipeline.sinks.delays import delay
from pipeline.stages.stage import Stage
from pipeline.topics import Cleanup, Topic
from pipeline.topology import check_graph
from schemas.visibility_timer import VisibilityTimer


@pytest.mark.parametrize(
    ("operation", "item", "verdict"),
    [
        ("index", {"status": 201}, Verdict.DONE),
        ("index", {"status": 409, "error": {"type": "version_conflict_engine_exception"}}, Verdict.STALE),
        ("delete", {"status": 404}, Verdict.DONE),
        ("delete", {"status": 404, "error": {"type": "index_not_found_exception"}}, Verdict.LATER),
        ("index", {"status": 404, "error": {"type": "index_not_found_exception"}}, Verdict.LATER),
        ("index", {"status": 429, "error": {"type": "es_rejected_execution_exception"}}, Verdict.LATER),
        ("index", {"status": 403, "error": {"type": "cluster_block_exception"}}, Verdict.LATER),
        ("index", {"status": 503}, Verdict.LATER),
        ("index", {"status": 400, "error": {"type": "document_parsing_exception"}}, Verdict.REFUSED),
        ("index", {"status": 400, "error": {"type": "strict_dynamic_mapping_exception"}}, Verdict.REFUSED),
    ],
)
def test_each_answer_has_its_verdict(operation: str, item: dict[str, Any], verdict: Verdict) -> None:
    assert judge(operation, item) is verdict


def test_delays_grow_up_to_a_limit() -> None:
    assert delay(1) < 0.5 < delay(4) < delay(7) < 38
    assert delay(1000) < 38


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


def _topic(name: str, cleanup: Cleanup = Cleanup.DELETE) -> Topic:
    return Topic(name, VisibilityTimer, lambda timer: str(timer.article_id), cleanup=cleanup)


def _stage(name: str, reads: tuple[Topic, ...], writes: tuple[Topic, ...], **more: Any) -> Stage:
    return Stage(name, dict.fromkeys(reads, ()), writes, **more)


def test_an_illegal_graph_is_refused() -> None:
    a, b, c = _topic("a"), _topic("b"), _topic("c", Cleanup.COMPACT)
    with pytest.raises(ValueError, match="two writers"):
        check_graph([_stage("x", (a,), (a,)), _stage("y", (), (a,))])
    with pytest.raises(ValueError, match="nobody reads b"):
        check_graph([_stage("x", (a,), (a, b))])
    with pytest.raises(ValueError, match="nobody writes a"):
        check_graph([_stage("x", (a,), ())])
    with pytest.raises(ValueError, match="two topics share a name"):
        check_graph([_stage("x", (a, _topic("a")), (a,))])
    with pytest.raises(ValueError, match="two stages share a table"):
        check_graph([_stage("x", (a,), (b,), tables={"t": None}), _stage("y", (b,), (a,), tables={"t": None})])
    with pytest.raises(ValueError, match="drains a"):
        check_graph([_stage("x", (a,), (a,), drains={a: ()})])
    with pytest.raises(ValueError, match="only sinks"):
        check_graph([_stage("x", (c,), (b,)), _stage("y", (b,), (c,))])


def test_several_stages_may_write_side_outputs() -> None:
    a, b = _topic("a"), _topic("b")
    check_graph([_stage("x", (a,), (), side_outputs=(b,)), _stage("y", (b,), (a,), side_outputs=(b,))])


def test_reject_says_both() -> None:
    assert str(Reject("bad-date", "data.x is 'y'")) == "bad-date: data.x is 'y'"
