"""The ways in which Faust would lose records, and what stands in their way. Where a test of the library's own
behaviour fails after an upgrade, the trap may be mended: read pipeline/streams/faust_fixes.py again."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from faust.types import TP
from kafka import TopicPartition

from pipeline.errors import Fatal
from pipeline.kafka.clients import admin_client, consumer, producer
from pipeline.operations.status import documents
from pipeline.process.exit import EXIT_CODE
from pipeline.streams.faust_fixes import DurableTable
from pipeline.streams.gaps import GapReader, OffsetGuard
from pipeline.telemetry import DELETED
from tests.conftest import Pipeline
from tests.contracts import faust_prototype
from tests.faults.faulty import dies_before_it_commits, variable
from tests.support import forking
from tests.support.builders import raw_article, raw_comment
from tests.support.sender import Sender


def make_topic(pipeline: Pipeline) -> str:
    topic = f"trap-{uuid.uuid4().hex[:8]}"
    admin = admin_client(pipeline.settings)
    admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
    admin.wait_for_topics([topic])
    admin.close()
    return topic


def send(pipeline: Pipeline, topic: str, values: Iterable[int], **options: Any) -> None:
    sender = producer(pipeline.settings, **options)
    for n in values:
        sender.send(topic, str(n).encode(), key=b"k")
    sender.flush()
    sender.close()


def start_prototype(pipeline: Pipeline, mode: str, topic: str) -> forking.Forked:
    own = {"DATELINE_NAMESPACE": "", "DATELINE_BATCH_SIZE": "2"} | variable(faust_prototype.instead)
    with (pipeline.folder / f"{topic}.log").open("ab") as log:
        return forking.start([mode, topic], pipeline.environment | own, log)


def seen_by(pipeline: Pipeline, topic: str) -> list[str]:
    # anywhere in a line: Faust writes to it as well
    return re.findall(r"SEEN (\d+)$", (pipeline.folder / f"{topic}.log").read_text(), re.MULTILINE)


def committed_by(pipeline: Pipeline, topic: str, mode: str) -> int | None:
    reader = consumer(pipeline.settings, group=f"{topic}-{mode}")
    committed: int | None = reader.committed(TopicPartition(topic, 0))
    reader.close()
    return committed


def members(pipeline: Pipeline, group: str) -> int:
    """How many processes are in a consumer group."""
    admin = admin_client(pipeline.settings)
    try:
        (described,) = admin.describe_groups([group]).values()
        return len(described["members"])
    finally:
        admin.close()


def run_prototype(pipeline: Pipeline, mode: str) -> tuple[set[str], int | None, int | None]:
    """Eight records, the fifth of which fails, until it ends or has committed all:
    (records seen, offset committed, exit code or None if still running)."""
    topic = make_topic(pipeline)
    send(pipeline, topic, range(8))
    child = start_prototype(pipeline, mode, topic)
    try:
        pipeline.until(lambda: child.poll() is not None or committed_by(pipeline, topic, mode) == 8)
        code = child.poll()
    finally:
        child.kill()
        child.wait()
    return set(seen_by(pipeline, topic)), committed_by(pipeline, topic, mode), code


def test_trap_a_plain_agent_acknowledges_what_it_failed_on(pipeline: Pipeline) -> None:
    seen, committed, _ = run_prototype(pipeline, "plain")
    assert "4" not in seen
    assert committed == 8, "the library commits past the record that failed: it is lost"


def test_our_agent_leaves_instead_and_commits_nothing_past_the_failure(pipeline: Pipeline) -> None:
    seen, committed, code = run_prototype(pipeline, "ours")
    assert code == EXIT_CODE
    assert "7" not in seen
    assert (committed or 0) <= 4


def test_a_worker_that_dies_between_send_and_commit_takes_the_batch_again(pipeline: Pipeline) -> None:
    """Also the trap of the table recovery: what was never committed has to be delivered again after it."""
    sender = Sender(pipeline.settings)
    pipeline.start("indexer")
    pipeline.until(lambda: "dead-letters" in documents(pipeline.settings))
    for n in range(60):
        sender.event(raw_article(f"a{n}"))
        sender.event(raw_comment(f"a{n}", 1))
    sender.close()
    for _ in range(2):
        died = forking.run(["worker"], pipeline.environment | variable(dies_before_it_commits))
        assert died.returncode == 9, died.stderr.decode()[-2000:]
    sender = Sender(pipeline.settings)
    for n in range(60, 90):
        sender.event(raw_article(f"a{n}"))
    sender.close()
    pipeline.start("worker")
    pipeline.until(lambda: pipeline.count("articles") == 90)
    pipeline.until_quiet()
    assert pipeline.count("articles") == 90
    assert pipeline.count("comments") == 60
    assert pipeline.count("history") == 0
    assert pipeline.count("dead-letters") == 0


def test_another_partition_count_is_refused_at_the_start(pipeline: Pipeline) -> None:
    Sender(pipeline.settings).close()
    assert pipeline.command("publish", "samples/pages/northern-post.txt").returncode == 0
    pipeline.settings = pipeline.settings.model_copy(update={"partitions": 5})
    refused = pipeline.command("worker")
    assert refused.returncode == 3
    assert b"has 4 partitions, the settings say 5" in refused.stderr


SLOW_RECORDS = 800
"""At 10 ms each: longer than the client may be without a poll in the prototype's own configuration."""


def test_trap_a_full_buffer_makes_the_client_leave_its_group_for_good(pipeline: Pipeline) -> None:
    topic = make_topic(pipeline)
    send(pipeline, topic, range(SLOW_RECORDS))
    child = start_prototype(pipeline, "slow-plain", topic)
    try:
        pipeline.until(lambda: bool(seen_by(pipeline, topic)))
        pipeline.until(lambda: not members(pipeline, f"{topic}-slow-plain"))
        # what it had fetched is processed still; ten times as long as the client may be without a poll it stays away
        seen: list[int] = []
        for _ in range(15):
            time.sleep(1)
            assert child.poll() is None
            assert not members(pipeline, f"{topic}-slow-plain"), "the library comes back to its group by itself now"
            seen.append(len(set(seen_by(pipeline, topic))))
        assert seen[0] <= seen[-1] < SLOW_RECORDS
    finally:
        child.kill()
        child.wait()


def test_our_consumer_drains_a_backlog_however_slow_the_stage(pipeline: Pipeline) -> None:
    topic = make_topic(pipeline)
    send(pipeline, topic, range(SLOW_RECORDS))
    child = start_prototype(pipeline, "slow-ours", topic)
    try:
        pipeline.until(lambda: committed_by(pipeline, topic, "slow-ours") == SLOW_RECORDS)
        assert child.poll() is None
        assert seen_by(pipeline, topic) == [str(n) for n in range(SLOW_RECORDS)], "each once: it never left"
    finally:
        child.kill()
        child.wait()


@contextmanager
def transactions(pipeline: Pipeline, topic: str) -> Iterator[Callable[[Iterable[int], bool], None]]:
    """A function that sends records in one transaction, and commits or aborts it."""
    sender = producer(pipeline.settings, transactional_id=f"{topic}-{uuid.uuid4().hex[:6]}")
    sender.init_transactions()

    def transaction(values: Iterable[int], commit: bool) -> None:
        sender.begin_transaction()
        for n in values:
            sender.send(topic, str(n).encode(), key=b"k")
        sender.flush()
        if commit:
            sender.commit_transaction()
        else:
            sender.abort_transaction()

    yield transaction
    sender.close()


def test_transactions_are_read_when_committed_and_their_markers_are_no_loss(pipeline: Pipeline) -> None:
    topic, mode = make_topic(pipeline), "gaps"
    child = start_prototype(pipeline, mode, topic)

    def drained() -> bool:
        reader = consumer(pipeline.settings)
        end = reader.end_offsets([TopicPartition(topic, 0)])[TopicPartition(topic, 0)]
        reader.close()
        return bool(committed_by(pipeline, topic, mode) == end)

    try:
        with transactions(pipeline, topic) as transaction:
            transaction(range(0, 3), True)
            pipeline.until(drained)  # up to the marker behind the last record
            for n in range(10, 20):
                transaction([n], True)
            transaction(range(100, 105), False)
            transaction(range(20, 23), True)
            transaction(range(105, 110), False)
        send(pipeline, topic, [23])
        with transactions(pipeline, topic) as transaction:
            transaction(range(110, 115), False)
        pipeline.until(drained)
        assert seen_by(pipeline, topic) == [str(n) for n in (*range(3), *range(10, 24))]
        assert child.poll() is None, "a gap was taken for a loss"
    finally:
        child.kill()
        child.wait()
    child = start_prototype(pipeline, mode, topic)  # goes on from a position that is a marker's
    try:
        with transactions(pipeline, topic) as transaction:
            transaction(range(115, 120), False)
            transaction([24], True)
        pipeline.until(drained)
        assert seen_by(pipeline, topic)[-1] == "24"
        assert child.poll() is None
    finally:
        child.kill()
        child.wait()


def test_the_broker_says_what_is_in_a_gap(pipeline: Pipeline) -> None:
    topic = make_topic(pipeline)
    tp = TP(topic, 0)
    send(pipeline, topic, range(4))
    with transactions(pipeline, topic) as transaction:
        transaction(range(4, 6), False)
        transaction([7], True)

    async def guarded(start: int, offsets: Iterable[int]) -> None:
        reader = GapReader(pipeline.settings)
        guard = OffsetGuard(reader.find)
        guard.expect({tp: start})
        try:
            await guard.check((tp, offset) for offset in offsets)
        finally:
            await reader.stop()

    asyncio.run(guarded(0, [0, 1, 2, 3, 7]))
    with pytest.raises(Fatal, match="skipped 2 records from offset 1 on"):
        asyncio.run(guarded(0, [0, 2, 7]))
    with pytest.raises(Fatal, match="skipped 1 records from offset 3"):
        asyncio.run(guarded(0, [0, 1, 2, 7]))
    admin = admin_client(pipeline.settings)
    admin.delete_records({TopicPartition(topic, 0): 3})
    admin.close()
    before = DELETED.labels(topic)._value.get()
    asyncio.run(guarded(0, [0, 3, 7]))
    assert DELETED.labels(topic)._value.get() - before == 2, "1 and 2: gone before they were read"


def test_a_changelog_record_that_fails_is_not_forgotten() -> None:
    async def scenario() -> None:
        table: Any = DurableTable.__new__(DurableTable)
        table._data = {}
        loop = asyncio.get_running_loop()
        sent, failed, never = loop.create_future(), loop.create_future(), loop.create_future()
        sent.set_result(None)
        failed.set_exception(OSError("the broker is away"))
        table.unacknowledged = [sent]
        await DurableTable.acknowledged(table, 1)
        table.unacknowledged = [sent, failed]
        with pytest.raises(OSError, match="away"):
            await DurableTable.acknowledged(table, 1)
        table.unacknowledged = [never]
        with pytest.raises(TimeoutError):
            await DurableTable.acknowledged(table, 0.05)

    asyncio.run(scenario())
