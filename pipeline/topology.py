"""The flow, declared once: the stages in the order of an article's way, and the topics between them. Wiring only.

A stage is declared in pipeline/stages; this module lists them. Topics, rights, receipts and the picture in the README
are derived from it. An illegal graph fails on import.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.settings import Settings
from pipeline.stages.chain import APART, CHAINED
from pipeline.stages.declared import JOIN, MATCH, TREND
from pipeline.stages.flooding import FLOODING
from pipeline.stages.identify import IDENTIFY
from pipeline.stages.stage import Stage
from pipeline.topics import (
    ARTICLES_CURRENT,
    ARTICLES_HISTORY,
    ARTICLES_INDEXED,
    ARTICLES_RAW,
    AUDIT,
    COMMENTS_CURRENT,
    COMMENTS_RAW,
    DEAD_LETTERS,
    STORIES,
    TRENDS,
    Cleanup,
    Topic,
)

PUBLISH = Stage("publish", {}, (ARTICLES_RAW, COMMENTS_RAW))
INDEXED = (ARTICLES_CURRENT, COMMENTS_CURRENT, ARTICLES_HISTORY, STORIES, TRENDS, DEAD_LETTERS, AUDIT)
INDEX = Stage("index", dict.fromkeys(INDEXED, ()), ())
ALERT = Stage("alerts", {ARTICLES_INDEXED: ()}, ())
"""Behind the index, by what it says of itself: no part of the flow, which ends there."""
_OTHERS = (MATCH, JOIN, FLOODING, IDENTIFY, TREND)
_FORMS = {"chained": CHAINED, "apart": APART}


def stages(settings: Settings) -> tuple[Stage, ...]:
    """The stages in the order of the flow, chained or apart by the settings."""
    return _flow(_FORMS[settings.stages])


def chain(settings: Settings) -> tuple[Stage, ...]:
    """The stages from a raw record to its current record, in order."""
    return _FORMS[settings.stages]


def followers(settings: Settings) -> tuple[Stage, ...]:
    """Sinks behind the flow's end, where they are switched on."""
    return (ALERT,) if settings.saved_searches else ()


def worker_stages(settings: Settings) -> tuple[Stage, ...]:
    """The stages that the worker runs."""
    return tuple(stage for stage in stages(settings) if stage.reduce is not None)


def topics(settings: Settings) -> tuple[Topic, ...]:
    """The topics of the flow, in its order."""
    return _topics(stages(settings))


def drained(settings: Settings) -> tuple[Topic, ...]:
    """Topics of the previous version, or of the other form: read where they exist, never created."""
    known = topics(settings)
    found = dict.fromkeys(topic for stage in stages(settings) for topic in stage.drains)
    return tuple(topic for topic in found if topic not in known)


def group(stage: Stage, settings: Settings) -> str:
    """The consumer group whose lag shows how far a stage is behind. The worker's stages share one."""
    return settings.named("worker" if stage.reduce is not None else stage.name)


def _flow(chain: tuple[Stage, ...]) -> tuple[Stage, ...]:
    return (PUBLISH, *chain, *_OTHERS, INDEX)


def _topics(stages: Iterable[Stage]) -> tuple[Topic, ...]:
    found = dict.fromkeys(topic for stage in stages for topic in (*stage.reads, *stage.writes))
    return tuple(found)


def check_graph(stages: Iterable[Stage]) -> None:
    """Refuse a flow that would lose records or let two stages write one topic. Raises ValueError that names the fault."""
    stages = tuple(stages)
    topics = _topics(stages)
    names = [topic.name for topic in topics]
    if len(set(names)) != len(names):
        raise ValueError("two topics share a name")
    tables = [name for stage in stages for name in stage.tables]
    if len(set(tables)) != len(tables):
        raise ValueError("two stages share a table")
    writers: dict[str, str] = {}
    written: set[str] = set()
    read: set[str] = set()
    for stage in stages:
        for topic in stage.outputs:
            if topic.name in writers:
                raise ValueError(f"{topic.name} has two writers, {writers[topic.name]} and {stage.name}")
            writers[topic.name] = stage.name
        written.update(topic.name for topic in stage.writes)
        read.update(topic.name for topic in stage.reads)
        for topic in stage.reads:
            if topic.cleanup is Cleanup.COMPACT and stage.writes:
                raise ValueError(f"stage {stage.name} reads {topic.name}, which only sinks may read")
        for topic in stage.drains:
            if topic.name in (t.name for t in stage.writes):
                raise ValueError(f"stage {stage.name} drains {topic.name}, which it writes")
    for topic in topics:
        if topic.name not in read:
            raise ValueError(f"nobody reads {topic.name}")
        if topic.name not in written and topic not in (DEAD_LETTERS, AUDIT):  # every stage; operators' commands
            raise ValueError(f"nobody writes {topic.name}")


for _form in _FORMS.values():
    check_graph(_flow(_form))
