"""Whether a stage fails on records of our own: then the fault is this version's or its configuration's, not a sender's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pipeline import identity, telemetry
from pipeline.stages.rows import Rows, Tables
from pipeline.stages.stage import Config, Stage
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW, ConsumedRecord, Record
from pipeline.topology import worker_stages
from schemas.article import Notice, ReceivedArticle
from schemas.comment import ReceivedComment
from schemas.event import EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from schemas.identity import Claim, ClaimScheme
from schemas.patch import ReceivedPatch

_ROUNDS = 8
"""Stages that a record and what comes of it go through, at most."""
_PROVIDER = {"provider": "dateline", "publisher": "dateline"}
_TEXT = (
    "LISBON (Dateline) - The harbour of Lisbon was closed for three days on Monday, Mayor Ana Ferreira said, after 40 ships "
    "had asked for shelter from the storm.",
    "“We have not seen such waves since 1979,” she told reporters at the town hall.",
)


def fails_on_samples(stage: Stage, config: Config) -> bool:
    """Run our own articles, a partial update, a kill and comments through the worker's stages, in memory, as far as `stage`.
    Nothing is written or sent. True where that stage fails on one of them."""
    stages = {one.name: one for one in worker_stages(config.settings)} | {stage.name: stage}
    tables = {name: _tables(one) for name, one in stages.items()}
    waiting = list(_samples())
    for _ in range(_ROUNDS):
        records, waiting = waiting, []
        for name, one in stages.items():
            own = [record for record in records if record.topic in one.inputs]
            try:
                waiting.extend(_run(one, own, tables[name], config))
            except Exception as e:  # whatever it is, it is ours: that is the question
                telemetry.SAMPLE_FAILED(e, stage=name)
                if one is stage:
                    return True
        if not waiting:
            break
    return False


def _tables(stage: Stage) -> Tables:
    return {name: Rows({}, ttl) for name, ttl in stage.tables.items()}


def _run(stage: Stage, records: list[Record], tables: Tables, config: Config) -> list[Record]:
    if not records or stage.reduce is None:
        return []
    now, made = datetime.now(UTC), []
    batch = stage.reduce(config)(tables)
    for record in records:
        value = record.topic.decode(ConsumedRecord(record.topic, 0, 0, record.key, record.encoded()))
        for step in stage.inputs[record.topic]:
            value, side_outputs = step.bind(config)(value)
            made.extend(side_outputs)
        batch.apply(value, now)
    return [*made, *batch.run_all(now)]


def _samples() -> Iterator[Record]:
    for name in ("one", "two"):
        yield _article(
            name,
            ReceivedArticle(
                **_about(name), headline="Storm closes the harbour", byline="By A. Reporter", paragraphs=_TEXT
            ),
        )
    patch = {**_about("one"), "fields": {"headline": "Storm closes Lisbon's harbour"}}
    yield _article("one", ReceivedPatch.model_validate(patch), EventType.ARTICLE_UPDATED)
    yield _article("two", Notice(kind="withdrawal", **_about("two"), reason="sample"), EventType.ARTICLE_WITHDRAWN)
    for n in range(2):
        about, name = _about("one"), identity.comment_name(str(n))
        own = identity.comment_id(about["article_id"], name)
        comment = ReceivedComment(
            **about, comment_id=own, name=name, author="A reader", text="Thank you for this report."
        )
        event = RawCommentEvent(
            id=str(own),
            source="/dateline",
            type=EventType.COMMENT_POSTED,
            subject=str(own),
            time=datetime.now(UTC),
            data=comment,
        )
        yield COMMENTS_RAW.record(event)


def _about(name: str) -> dict[str, Any]:
    claims = (Claim(scheme=ClaimScheme.GUID, value=name),)
    return {**_PROVIDER, "claims": claims, "article_id": identity.article_id(_PROVIDER["publisher"], claims)}


def _article(
    name: str, data: ReceivedArticle | ReceivedPatch | Notice, type_: EventType = EventType.ARTICLE_PUBLISHED
) -> Record:
    event = RawArticleEvent(
        id=f"{name}/{type_.value}", source="/dateline", type=type_, subject=name, time=datetime.now(UTC), data=data
    )
    return ARTICLES_RAW.record(event)
