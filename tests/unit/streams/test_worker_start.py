"""A worker whose Kafka goes away between its own questions and Faust's."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

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


def test_it_leaves_as_one_that_can_be_started_again(tmp_path: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    ended = forking.run(
        ["worker"],
        os.environ
        | {
            "DATELINE_KAFKA_SERVERS": nobody,
            "DATELINE_LOCAL_DIR": str(tmp_path),
            "DATELINE_WORKER_PORT": str(free_port()),
            forking.FAULT: f"{__name__}:{no_questions.__name__}",
        },
    )
    said = (ended.stdout + ended.stderr).decode()
    assert ended.returncode == Exit.AWAY, said
    assert f"dateline: Kafka at {nobody} does not answer" in said
    assert "Traceback" not in said
