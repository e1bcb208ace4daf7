"""The ways in which Faust would lose records, and what stands in their way. Where a test of the library's own
behaviour fails after an upgrade, the trap may be mended: read pipeline/streams/faust_fixes.py again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import uuid
from typing import Any

import pytest
from faust.types import TP
from kafka import TopicPartition

from pipeline.errors import Fatal
from pipeline.kafka.clients import admin_client, consumer, producer
from pipeline.operations.status import documents
from pipeline.process.exit import EXIT_CODE
from pipeline.streams.faust_fixes import DurableTable, OffsetGuard
from tests.conftest import ROOT, Pipeline
from tests.support.builders import raw_article, raw_comment
from tests.support.sender import Sender


def run_prototype(pipeline: Pipeline, mode: str, seconds: float) -> tuple[set[str], int | None, int | None]:
    """Eight records, the fifth of which fails: (records seen, offset committed, exit code or None if still running)."""
    topic = f"trap-{uuid.uuid4().hex[:8]}"
    admin = admin_client(pipeline.settings)
    admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
    admin.wait_for_topics([topic])
    admin.close()
    sender = producer(pipeline.settings)
    for n in range(8):
        sender.send(topic, str(n).encode(), key=b"k")
    sender.flush()
    sender.close()
    environment = pipeline.environment | {"DATELINE_NAMESPACE": "", "DATELINE_BATCH_SIZE": "2"}
    command = [sys.executable, "-m", "tests.contracts.faust_prototype", mode, topic]
    child = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.2)
    code = child.poll()
    child.kill()
    output = child.communicate()[0].decode()
    reader = consumer(pipeline.settings, group=f"{topic}-{mode}")
    committed = reader.committed(TopicPartition(topic, 0))
    reader.close()
    return {row.removeprefix("SEEN ") for row in output.splitlines() if row.startswith("SEEN ")}, committed, code


def test_trap_a_plain_agent_acknowledges_what_it_failed_on(pipeline: Pipeline) -> None:
    seen, committed, _ = run_prototype(pipeline, "plain", 20)
    assert "4" not in seen
    assert committed == 8, "the library commits past the record that failed: it is lost"


def test_our_agent_leaves_instead_and_commits_nothing_past_the_failure(pipeline: Pipeline) -> None:
    seen, committed, code = run_prototype(pipeline, "ours", 30)
    assert code == EXIT_CODE
    assert "7" not in seen
    assert (committed or 0) <= 4


_DIES_BETWEEN = """
import os
from pipeline.streams.runner import Runner
from pipeline.cli import main
import sys
whole = Runner.run_batch
async def run_batch(self, records):
    await whole(self, records)
    if self.stage.name == "revise":
        os._exit(9)
Runner.run_batch = run_batch
sys.argv = ["dateline", "worker"]
main()
"""


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
        died = subprocess.run(
            [sys.executable, "-c", _DIES_BETWEEN],
            env=pipeline.environment,
            cwd=ROOT,
            capture_output=True,
            check=False,
            timeout=90,
        )
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


def test_a_jump_in_offsets_is_noticed_and_a_redelivery_is_not() -> None:
    guard = OffsetGuard()
    tp, other = TP("t", 0), TP("t", 1)
    guard.expect({tp: 5})
    guard.check([(tp, 5), (tp, 6), (other, 100), (tp, 4), (tp, 5)])
    with pytest.raises(Fatal, match="jumped from offset 5 to 7"):
        guard.check([(tp, 7)])
    guard.expect({tp: 0})
    with pytest.raises(Fatal, match="jumped"):
        guard.check([(tp, 1)])
    guard.forget()
    guard.check([(tp, 99)])


def test_a_changelog_record_that_fails_is_not_forgotten() -> None:
    async def scenario() -> None:
        table: Any = DurableTable.__new__(DurableTable)
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
