"""The Faust app: all wiring of the worker. Pure stages elsewhere, agents here as thin as they can be."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import faust
from faust.transport.producer import ProducerBuffer
from faust.types import TP

from pipeline.kafka.clients import kafka_servers
from pipeline.kafka.security import faust_credentials
from pipeline.process.folders import data_folder
from pipeline.settings import Settings
from pipeline.stages import enrich, flooding, identify, normalize, trend
from pipeline.stages.clustering import join, match
from pipeline.stages.clustering.join import JoinBatch
from pipeline.stages.clustering.match import MatchBatch
from pipeline.stages.clustering.sign import bands
from pipeline.streams.faust_fixes import DurableTable, OffsetGuard, SafeTableManager, SuspendDetector, exit_on_error
from pipeline.streams.producer import Sender
from pipeline.streams.revise_carrier import ReviseCarrier
from pipeline.streams.revise_tables import TABLES, TableStates
from pipeline.streams.stateful import Stateful, StatefulCarrier, TableRows
from pipeline.streams.stateless import Route, carry
from pipeline.topology import (
    ARTICLES_ENRICHED,
    ARTICLES_MERGED,
    ARTICLES_NORMALIZED,
    ARTICLES_RAW,
    COMMENTS_ENRICHED,
    COMMENTS_NORMALIZED,
    COMMENTS_RAW,
    DAY_MS,
    ENRICH,
    FLOODING,
    HEADROOM,
    IDENTIFY,
    JOIN,
    MATCH,
    NORMALIZE,
    REVISE,
    TREND,
    Stage,
)

log = logging.getLogger("dateline.worker")

STATEFUL = (
    Stateful(MATCH, MatchBatch, key=lambda record: record.keys[0], kept=match.KEPT),
    Stateful(JOIN, JoinBatch, key=lambda record: str(record.article_id), kept=join.KEPT),
    Stateful(FLOODING, flooding.FloodingBatch, key=lambda record: record.author, kept=flooding.KEPT),
    Stateful(IDENTIFY, identify.IdentifyBatch, key=lambda record: record.claim, kept=identify.KEPT),
    Stateful(TREND, trend.TrendBatch, key=lambda record: record.term, kept=trend.KEPT),
)
RELEASE_INTERVAL = 0.5
SESSION_TIMEOUT = 6.0
"""Seconds after which a worker that says nothing has lost its partitions."""
CHANGELOG_BUFFER = 10_000
"""Changelog records that Faust lets wait: with its own 100 a batch of many rows waits for Kafka again and again."""


def build_app(settings: Settings) -> faust.App:
    """The app with its agents, tables and timer. Nothing connects before it is started."""
    ProducerBuffer.max_messages = CHANGELOG_BUFFER
    servers = kafka_servers(settings)
    app = faust.App(
        id=REVISE.group(settings),
        broker=[f"kafka://{server.strip()}" for server in servers.split(",")],
        broker_credentials=faust_credentials(settings),
        Table=DurableTable,
        TableManager=SafeTableManager,
        store="memory://" if settings.state_store == "memory" else "rocksdb://",
        datadir=str(state_folder(settings)),
        web_enabled=False,
        topic_disable_leader=True,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=15_000,
        consumer_max_fetch_size=settings.largest_record + 2 * HEADROOM,
        producer_max_request_size=settings.largest_record + 2 * HEADROOM,
        producer_acks=-1,
        broker_session_timeout=SESSION_TIMEOUT,
        broker_heartbeat_interval=2.0,
        broker_rebalance_timeout=10.0,
        broker_max_poll_interval=60.0,
        broker_request_timeout=15.0,
        broker_commit_interval=1.0,
        stream_wait_empty=False,
        stream_buffer_maxsize=4096,
        stream_recovery_delay=0.0,
        key_serializer="raw",
        value_serializer="raw",
    )
    guard = OffsetGuard()
    app.offset_guard = guard  # type: ignore[attr-defined]
    pulse = SuspendDetector(SESSION_TIMEOUT)
    app.pulse = pulse  # type: ignore[attr-defined]
    app.task(pulse.beat)
    app.on_partitions_assigned.connect(guard.forget)
    app.on_partitions_revoked.connect(guard.forget)

    def sender(stage: Stage) -> Sender:
        return Sender(settings, servers, stage.name, pulse.check)

    _stateless_agent(app, settings, NORMALIZE, normalize_routes(settings), sender(NORMALIZE), guard)
    _stateless_agent(app, settings, ENRICH, enrich_routes(settings), sender(ENRICH), guard)
    for kind in STATEFUL:
        _stateful_agent(app, settings, kind, sender(kind.stage), guard)
    _revise_agent(app, settings, sender(REVISE), guard)
    return app


def enrich_routes(settings: Settings) -> tuple[Route, ...]:
    """Enrich with what the settings choose, and what the stages that remember have to hear. Raises Fatal."""
    chosen = enrich.choices(settings)
    signed = partial(bands, partitions=settings.partitions)
    return (
        *(
            Route(source, partial(enrich.enrich_article, chosen=chosen), ARTICLES_ENRICHED, beside=signed)
            for source in (ARTICLES_NORMALIZED, ARTICLES_MERGED)
        ),
        Route(
            COMMENTS_NORMALIZED, partial(enrich.enrich_comment, chosen=chosen), COMMENTS_ENRICHED, beside=flooding.posts
        ),
    )


def normalize_routes(settings: Settings) -> tuple[Route, ...]:
    """Normalize with what the settings say of commenters' names."""
    key = settings.pseudonym_key.get_secret_value().encode() if settings.pseudonym_key else None
    return (
        Route(ARTICLES_RAW, normalize.normalize_article, ARTICLES_NORMALIZED),
        Route(COMMENTS_RAW, partial(normalize.normalize_comment, pseudonym_key=key), COMMENTS_NORMALIZED),
    )


def _agent(
    app: faust.App, settings: Settings, stage: Stage, guard: OffsetGuard, take: Callable[[list[Any]], Any]
) -> None:
    """An agent that takes a batch, has it delivered, and only then acknowledges; on any failure the process leaves."""
    source = app.topic(
        *[topic.full_name(settings) for topic in stage.reads],
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
    )

    async def once(events: list[Any]) -> None:
        guard.check((TP(e.message.topic, e.message.partition), e.message.offset) for e in events)
        await take(events)
        for event in events:
            event.ack()

    async def agent(stream: Any) -> None:
        async for events in stream.noack_take(settings.batch_size, within=settings.batch_wait):
            await exit_on_error(once(events))

    app.agent(source, name=stage.name)(agent)


def _stateless_agent(
    app: faust.App, settings: Settings, stage: Stage, routes: tuple[Route, ...], sender: Sender, guard: OffsetGuard
) -> None:
    by_topic = {route.source.full_name(settings): route for route in routes}

    async def take(events: list[Any]) -> None:
        await carry(stage, by_topic, events, settings, sender.deliver)

    _agent(app, settings, stage, guard, take)


def _stateful_agent(app: faust.App, settings: Settings, kind: Stateful, sender: Sender, guard: OffsetGuard) -> None:
    rows = TableRows(_table(app, settings, kind.stage.name), settings.partitions)
    carrier = StatefulCarrier(kind, settings, rows, sender)
    _agent(app, settings, kind.stage, guard, carrier.take)


def _table(app: faust.App, settings: Settings, name: str) -> Any:
    return app.Table(
        name,
        key_type=bytes,
        value_type=bytes,
        partitions=settings.partitions,
        extra_topic_configs={"max.message.bytes": str(settings.largest_record + 2 * HEADROOM)},
    )


def _revise_agent(app: faust.App, settings: Settings, sender: Sender, guard: OffsetGuard) -> None:
    tables: list[Any] = [_table(app, settings, f"{REVISE.name}-{name}") for name in TABLES]
    states = TableStates(*tables)
    states.writing_for([], settings.partitions)
    carrier = ReviseCarrier(settings, states, sender)
    _agent(app, settings, REVISE, guard, carrier.take)
    source = ARTICLES_ENRICHED.full_name(settings)

    async def release_due() -> None:
        any_app: Any = app
        if any_app.tables.actives_ready and not any_app.rebalancing:
            mine = {tp.partition for tp in any_app.consumer.assignment() if tp.topic == source}
            await exit_on_error(carrier.release_due(mine))

    app.timer(RELEASE_INTERVAL)(release_due)


def changelog_topics(settings: Settings) -> dict[str, dict[str, str]]:
    """The tables' changelog topics with their configuration. Made before the worker starts: Faust would make them
    too, but may look for them before the broker knows them."""
    config = {
        "cleanup.policy": "compact",
        "max.message.bytes": str(settings.largest_record + 2 * HEADROOM),
        "segment.ms": str(DAY_MS),
        "max.compaction.lag.ms": str(DAY_MS),
    }
    names = [*(f"{REVISE.name}-{name}" for name in TABLES), *(kind.stage.name for kind in STATEFUL)]
    return {f"{REVISE.group(settings)}-{name}-changelog": config for name in names}


def state_folder(settings: Settings) -> Path:
    """Where this worker keeps what can be rebuilt from Kafka."""
    return data_folder(settings) / "worker" / (settings.namespace or "default") / settings.worker_id


def is_ready(app: Any) -> bool:
    """Whether the worker has its partitions and tables."""
    return bool(app.tables.actives_ready and not app.rebalancing and app.consumer.assignment())


def event_loop_policy() -> asyncio.AbstractEventLoopPolicy | None:
    """uvloop's, where it is installed: a third more records per second."""
    try:
        import uvloop
    except ImportError:
        return None
    policy: asyncio.AbstractEventLoopPolicy = uvloop.EventLoopPolicy()
    return policy
