"""A worker whose starting ends early: Kafka goes away between its own questions and Faust's, or it is told to leave."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import faust
import pytest

from pipeline.commands.shared import Exit
from pipeline.process.ports import free_port
from pipeline.streams import worker
from tests.support import forking


def no_questions() -> None:
    """Kafka answered whatever is asked before Faust begins."""
    answers = {
        "ensure_topics": None,
        "report_lost_tables": None,
        "existing_topics": frozenset[str](),
        "kafka_time": datetime.now(UTC),
    }
    for name, answer in answers.items():
        setattr(worker, name, lambda *_, _answer=answer, **__: _answer)


def run(folder: Path, fault: Callable[[], None], kafka: str = "127.0.0.1:1") -> subprocess.CompletedProcess[bytes]:
    """A worker with this fault, until it ends."""
    return forking.run(
        ["worker"],
        os.environ
        | {
            "DATELINE_KAFKA_SERVERS": kafka,
            "DATELINE_LOCAL_DIR": str(folder),
            "DATELINE_WORKER_PORT": str(free_port()),
            forking.FAULT: f"{__name__}:{fault.__name__}",
        },
    )


def told_to_leave() -> None:
    """SIGTERM comes while Faust starts, and what was waited for is cancelled."""

    async def on_start(_: faust.App) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.2)
        raise asyncio.InvalidStateError

    starts_by(on_start)


def breaks() -> None:
    """The same error, and nobody told it to leave."""

    async def on_start(_: faust.App) -> None:
        raise asyncio.InvalidStateError

    starts_by(on_start)


def starts_by(on_start: Callable[[faust.App], Awaitable[None]]) -> None:
    no_questions()
    faust.App.on_start = on_start  # type: ignore[method-assign,assignment]  # the fault, in a process of its own


@pytest.mark.parametrize(("fault", "code"), [(told_to_leave, 0), (breaks, 1)])
def test_one_that_is_told_to_leave_while_it_starts_leaves_in_order(
    tmp_path: Path, fault: Callable[[], None], code: int
) -> None:
    ended = run(tmp_path, fault)
    said = (ended.stdout + ended.stderr).decode()
    assert ended.returncode == code, said
    assert ("Traceback" in said) == bool(code)


def test_it_leaves_as_one_that_can_be_started_again(tmp_path: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    ended = run(tmp_path, no_questions, nobody)
    said = (ended.stdout + ended.stderr).decode()
    assert ended.returncode == Exit.AWAY, said
    assert f"dateline: Kafka at {nobody} does not answer" in said
    assert "Traceback" not in said
