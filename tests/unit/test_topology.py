"""Which stages may be joined by which topics."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.topics import Cleanup, Topic
from pipeline.topology import ALERT, check_graph, followers, stages
from schemas.visibility_timer import VisibilityTimer


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


def test_saved_searches_are_watched_where_they_are_switched_on() -> None:
    assert followers(Settings(_env_file=None)) == ()
    on = Settings(_env_file=None, saved_searches=10)
    assert followers(on) == (ALERT,)
    assert ALERT not in stages(on), "the flow ends at the index"
