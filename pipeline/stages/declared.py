"""The stages that make stories and trends, as data, with the times by which their rows are kept. Pure.

What they run is imported when it is bound, in the worker, as in chain.py: it is made on numpy and word lists, which whoever
only asks how far the flow is would load for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from pipeline.stages.rows import Tables
from pipeline.stages.stage import Batch, Config, Pause, Stage
from pipeline.topics import MENTIONS, STORIES, STORY_BANDS, STORY_LABELS, STORY_MEMBERS, STORY_PAIRS, TRENDS

STORY_WINDOW = timedelta(hours=72)
"""Articles that were received further apart are no story."""
STORY_RETENTION = STORY_WINDOW * 2
"""How long after its receipt an article can still get a pair or a root; and after its newest signature a row expires."""
TREND_WINDOW = 6
"""Hours that are counted together."""
TREND_PAST = 7 * 24
"""Hours before them, for the usual frequency."""
TREND_RETENTION = timedelta(hours=TREND_PAST + 2 * TREND_WINDOW)
TREND_MIN_COUNT = 2
"""Minimum of articles for a window to be published: what one article names is no trend."""

Batches = Callable[[Tables], Batch]


def _match(config: Config) -> Batches:
    from pipeline.stages.clustering.match import MatchBatch

    return lambda tables: MatchBatch(tables["match"])


def _join(config: Config) -> Batches:
    from pipeline.stages.clustering.join import JoinBatch

    return lambda tables: JoinBatch(tables["join"])


def _trend(config: Config) -> Batches:
    from pipeline.stages.trend import TrendBatch

    return lambda tables: TrendBatch(tables["trend"])


MATCH = Stage(
    "match",
    inputs={STORY_BANDS: ()},
    outputs=(STORY_PAIRS,),
    reduce=_match,
    tables={"match": STORY_RETENTION},
    pause=Pause(times=3, longest=1),
)
JOIN = Stage(
    "join",
    inputs={STORY_PAIRS: (), STORY_LABELS: ()},
    outputs=(STORY_LABELS, STORY_MEMBERS, STORIES),
    reduce=_join,
    tables={"join": STORY_RETENTION},
    pause=Pause(times=3, longest=1),
)
TREND = Stage(
    "trend",
    inputs={MENTIONS: ()},
    outputs=(TRENDS,),
    reduce=_trend,
    tables={"trend": TREND_RETENTION},
    pause=Pause(times=10, longest=5),
)
