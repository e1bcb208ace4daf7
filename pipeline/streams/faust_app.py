"""The Faust app of the worker: an agent for each stage, which passes batches to the stage's runner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import faust
from faust.transport.producer import ProducerBuffer

from pipeline import bundles
from pipeline.kafka.client_ids import client_id
from pipeline.kafka.clients import kafka_servers
from pipeline.kafka.partitions import partition_of
from pipeline.kafka.security import faust_credentials
from pipeline.process.exit import exit_process
from pipeline.settings import Settings
from pipeline.stages.stage import Config, Stage
from pipeline.streams import isolation, rocks
from pipeline.streams.agents import add_agent, batches, brokers_time, consumed
from pipeline.streams.clock import Clock
from pipeline.streams.faust_consumer import CONSUMER_OPTIONS, SESSION_TIMEOUT, SafeConsumer
from pipeline.streams.faust_fixes import DurableTable, SafeTableManager, exit_on_error
from pipeline.streams.gaps import GapReader, OffsetGuard
from pipeline.streams.isolation import Turns
from pipeline.streams.journal import Journal
from pipeline.streams.made_again import TopicIds, topic_ids
from pipeline.streams.producer import Connection, Producer
from pipeline.streams.runner import Runner
from pipeline.streams.state_folder import state_folder
from pipeline.streams.suspension import SuspendDetector
from pipeline.streams.tables import FaustTables
from pipeline.streams.timer import Timer
from pipeline.streams.watch import Watch
from pipeline.topics import DAY_MS, STATE_ROOM, Topic
from pipeline.topology import group, worker_stages

TIMER_INTERVAL = 0.5
CHANGELOG_BUFFER = 10_000
"""Changelog records that Faust buffers: with its default of 100 a batch of many rows waits for Kafka again and again."""


def build_app(settings: Settings, existing: frozenset[str] = frozenset(), clock: Clock | None = None) -> faust.App:
    """The app with its agents, tables and timers. Nothing connects before it is started. `existing`: the topics that the broker
    has; of topics that are only drained, only those are read. `clock` decides what readers may see."""
    ProducerBuffer.max_messages = CHANGELOG_BUFFER
    stages = worker_stages(settings)
    app = faust.App(
        id=group(stages[0], settings),
        broker_client_id=client_id(settings),
        broker=[f"kafka://{server.strip()}" for server in kafka_servers(settings).split(",")],
        broker_credentials=faust_credentials(settings),
        Table=DurableTable,
        TableManager=SafeTableManager,
        store="memory://" if settings.state_store == "memory" else rocks.URL,
        datadir=str(state_folder(settings)),
        web_enabled=False,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        table_standby_replicas=0,
        consumer_metadata_max_age_ms=15_000,
        consumer_max_fetch_size=settings.largest_record + STATE_ROOM,
        producer_max_request_size=settings.largest_record + STATE_ROOM,
        producer_acks=-1,
        producer_compression_type=settings.codec,
        key_serializer="raw",
        value_serializer="raw",
        **CONSUMER_OPTIONS,
    )
    turns, clock = Turns(), clock or Clock()
    watch = watched(app, turns)
    guard = OffsetGuard(GapReader(settings).find)
    app.offset_guard = guard  # type: ignore[attr-defined]  # for our consumer, which gets nothing but the app
    detector = SuspendDetector(SESSION_TIMEOUT)
    app.suspend_detector = detector  # type: ignore[attr-defined]  # likewise
    detector.start()
    app.on_partitions_assigned.connect(guard.forget)
    app.on_partitions_revoked.connect(guard.forget)

    config = Config(settings, lambda key: partition_of(key.encode(), settings.partitions))
    connection = Connection(settings)
    for stage in stages:
        tables = FaustTables(stage, _tables(app, settings, stage, connection), settings.partitions)
        delivery = Producer(settings, connection, _checks(stage, detector, watch))
        runner = Runner(stage, config, tables, delivery, clock.now)
        _stage_agent(app, settings, runner, tables, guard, watch, existing, turns, clock)
        if stage.due is not None:
            _stage_timer(app, settings, stage, Timer(stage, tables.tables, delivery, tables.partition), turns)
    _watch_topics(app, settings, stages, turns)
    return app


def _watch_topics(app: faust.App, settings: Settings, stages: Iterable[Stage], turns: Turns) -> None:
    any_app: Any = app
    changelogs = set(changelog_topics(settings))
    names = {topic.full_name(settings) for stage in stages for topic in stage.reads} | changelogs
    watch = TopicIds(
        lambda: topic_ids(settings, names), lambda topics: any_app.consumer.start_again(topics), changelogs
    )

    async def run() -> None:
        await exit_on_error(turns.sparing(watch.run()))

    app.task(run)


def watched(app: faust.App, turns: Turns) -> Watch:
    """Have the app use SafeConsumer, which has the watch look at it as soon as it is started."""
    any_app: Any = app
    any_app.transport.Consumer = SafeConsumer
    watch = Watch(exit_process, spare=turns.spare)
    any_app.watch = watch
    app.on_partitions_revoked.connect(watch.finish_batches)
    app.on_partitions_assigned.connect(watch.reassigned)
    return watch


def _checks(stage: Stage, detector: SuspendDetector, watch: Watch) -> Callable[[], None]:
    def check() -> None:
        detector.check()
        watch.check(stage.name)

    return check


def _stage_agent(
    app: faust.App,
    settings: Settings,
    runner: Runner,
    tables: FaustTables,
    guard: OffsetGuard,
    watch: Watch,
    existing: frozenset[str],
    turns: Turns,
    clock: Clock,
) -> None:
    stage = runner.stage
    drains = [topic for topic in stage.drains if topic.full_name(settings) in existing]
    topics: dict[str, Topic] = {topic.full_name(settings): topic for topic in (*stage.reads, *drains)}

    journal = Journal(state_folder(settings) / f"{stage.name}.in-progress")
    turns.journals.append(journal)

    def split(events: list[Any]) -> Iterator[list[Any]]:
        for part in isolation.parts(journal, [consumed(event.message, topics) for event in events]):
            yield from batches([events[n] for n in part], settings.batch_size, weight)

    def weight(message: Any) -> int:
        return bundles.count(topics[message.topic], message.value)

    async def run(events: list[Any]) -> None:
        tables.begin(events)
        if (latest := brokers_time(event.message for event in events)) is not None:
            clock.seen(latest)
        await isolation.run_batch(runner, journal, [consumed(event.message, topics) for event in events])
        tables.expire()

    add_agent(
        app,
        settings,
        stage.name,
        tuple(topics),
        guard,
        watch,
        run,
        split=split,
        seconds=lambda: isolation.seconds(journal),
        turns=turns,
        pause=stage.pause,
    )


def _tables(app: faust.App, settings: Settings, stage: Stage, connection: Connection) -> dict[str, DurableTable]:
    made: dict[str, Any] = {}
    for name in stage.tables:
        made[name] = app.Table(
            name,
            key_type=bytes,
            value_type=bytes,
            partitions=settings.partitions,
            extra_topic_configs={"max.message.bytes": str(settings.largest_record + STATE_ROOM)},
        )
        made[name].connection = connection
    return made


def _stage_timer(app: faust.App, settings: Settings, stage: Stage, timer: Timer, turns: Turns) -> None:
    source = stage.reads[0].full_name(settings)

    async def tick() -> None:
        any_app: Any = app
        if any_app.tables.actives_ready and not any_app.rebalancing:
            mine = {tp.partition for tp in any_app.consumer.assignment() if tp.topic == source}
            await exit_on_error(turns.sparing(timer.tick(mine, any_app.consumer_generation_id)))

    app.timer(TIMER_INTERVAL)(tick)


def changelog_topics(settings: Settings) -> dict[str, dict[str, str]]:
    """The tables' changelog topics with their configuration. Made before the worker starts: Faust would make them
    too, but may look for them before the broker knows them."""
    config = {
        "cleanup.policy": "compact",
        "max.message.bytes": str(settings.largest_record + STATE_ROOM),
        "segment.ms": str(DAY_MS),
        "max.compaction.lag.ms": str(DAY_MS),
    }
    return {changelog(stage, name, settings): config for stage in worker_stages(settings) for name in stage.tables}


def changelog(stage: Stage, table: str, settings: Settings) -> str:
    """The full name of the topic that has the rows of a stage's table."""
    return f"{group(stage, settings)}-{table}-changelog"


def is_ready(app: Any) -> bool:
    """Whether the worker has its partitions and tables. Raises NotReady with what is wrong otherwise."""
    app.watch.require_ready()
    return bool(app.tables.actives_ready and not app.rebalancing and app.consumer.assignment())


def event_loop_policy() -> asyncio.AbstractEventLoopPolicy | None:
    """uvloop's, where it is installed: a third more records per second."""
    try:
        import uvloop
    except ImportError:
        return None
    policy: asyncio.AbstractEventLoopPolicy = uvloop.EventLoopPolicy()
    return policy
