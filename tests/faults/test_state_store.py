"""A worker with its tables in RocksDB: damaged, deleted, on a full disk; and rows that expire while it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import TopicPartition
from rocksdict import Options, Rdict

from pipeline.kafka.clients import consumer
from pipeline.streams.state_folder import state_folder
from pipeline.topics import DEAD_LETTERS
from pipeline.topology import group, worker_stages
from tests.conftest import Pipeline
from tests.faults import faulty
from tests.support.builders import raw_article, raw_comment, raw_patch
from tests.support.sender import Sender

NAMES = [f"a{n}" for n in range(30)]
MONTHS = 60 * 24 * 200
"""Minutes."""


def tables_of(pipeline: Pipeline) -> Path:
    return state_folder(pipeline.settings.model_copy(update={"local_dir": pipeline.folder}))


def send_patches(pipeline: Pipeline, at: int) -> None:
    sender = Sender(pipeline.settings)
    for name in NAMES:
        sender.event(raw_patch(name, at=at, summary=f"Summary {at}."))
    sender.close()


def arrived(pipeline: Pipeline, at: int) -> bool:
    """Every article has its text and this summary: the row that the summary is merged with was there."""
    if pipeline.count("articles") < len(NAMES):
        return False
    found = pipeline.documents("articles").values()
    return len(found) == len(NAMES) and {(one["body"], one.get("summary")) for one in found} == {("Text.", f"Summary {at}.")}  # fmt: skip


def overwrite(table: Path) -> bool:
    """Bytes in the middle of the table's largest file. Whether it has one."""
    db = Rdict(str(table), Options(raw_mode=True))
    db.flush()
    db.close()
    files = sorted(table.glob("*.sst"), key=lambda file: file.stat().st_size)
    if not files:
        return False
    content = bytearray(files[-1].read_bytes())
    middle = len(content) // 3
    content[middle : middle + 500] = b"\x55" * 500
    files[-1].write_bytes(content)
    return True


def test_a_state_that_is_deleted_or_damaged_is_rebuilt(make_pipeline: Callable[..., Pipeline]) -> None:
    pipeline = make_pipeline(partitions=1, state_store="rocksdb")
    pipeline.start("worker", "indexer", **faulty.variable(faulty.expires_often))
    sender = Sender(pipeline.settings)
    for name in NAMES:
        sender.event(raw_article(name))
        sender.event(raw_comment(name, 1))
    sender.close()
    send_patches(pipeline, 1)
    pipeline.until(lambda: arrived(pipeline, 1))
    pipeline.until_quiet()  # or a row and what makes it old come in one batch, and it is never written

    # rows that are older than the newest of all by more than they are kept go, while the worker runs
    sender = Sender(pipeline.settings)
    sender.event(raw_comment(NAMES[0], MONTHS))
    sender.close()
    pipeline.until(lambda: tombstones(pipeline, "flooding") > 0)

    # the folder is deleted under the worker
    shutil.rmtree(tables_of(pipeline))
    send_patches(pipeline, 2)
    pipeline.until(lambda: arrived(pipeline, 2))
    pipeline.kill("worker")
    pipeline.start("worker")
    send_patches(pipeline, 3)
    pipeline.until(lambda: arrived(pipeline, 3))

    # bytes are overwritten in its files
    pipeline.kill("worker")
    assert sum(overwrite(table) for table in tables_of(pipeline).rglob("*.db")) > 3
    pipeline.start("worker")
    send_patches(pipeline, 4)
    pipeline.until(lambda: arrived(pipeline, 4))
    pipeline.until_quiet()
    log = (pipeline.folder / "worker.log").read_text()
    assert "state_removed" in log
    assert "rebuilt from Kafka" in log
    assert pipeline.count(DEAD_LETTERS.name) == 0
    assert pipeline.count("comments") == len(NAMES) + 1


def tombstones(pipeline: Pipeline, table: str) -> int:
    """How many rows were deleted, by the table's changelog."""
    (stage,) = (stage for stage in worker_stages(pipeline.settings) if table in stage.tables)
    partition = TopicPartition(f"{group(stage, pipeline.settings)}-{table}-changelog", 0)
    reader = consumer(pipeline.settings)
    try:
        reader.assign([partition])
        reader.seek_to_beginning(partition)
        end, found = reader.end_offsets([partition])[partition], 0
        while reader.position(partition) < end:
            found += sum(one.value is None for records in reader.poll(timeout_ms=500).values() for one in records)
        return found
    finally:
        reader.close()


@pytest.fixture
def small(make_pipeline: Callable[..., Pipeline]) -> Iterator[Pipeline]:
    """A pipeline whose worker has a small disk of its own."""
    pipeline = make_pipeline(partitions=1, state_store="rocksdb")
    place = pipeline.folder / "worker"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield pipeline
    finally:
        pipeline.end()
        subprocess.run(["umount", str(place)], check=True)


def fill(path: Path) -> None:
    with path.open("wb") as file:
        while True:
            file.write(os.urandom(1 << 16))
            file.flush()


def test_a_full_disk_is_waited_for(small: Pipeline) -> None:
    small.started_again.add(3)
    small.start("worker", "indexer")
    sender = Sender(small.settings)
    for name in NAMES:
        sender.event(raw_article(name))
    sender.close()
    send_patches(small, 1)
    small.until(lambda: arrived(small, 1))
    filler = small.folder / "worker" / "filler"
    with pytest.raises(OSError, match="No space"):
        fill(filler)
    send_patches(small, 2)
    small.until(lambda: "make room" in small.log("worker"))
    filler.unlink()
    small.until(lambda: arrived(small, 2))
    assert "is damaged" not in (small.folder / "worker.log").read_text()
    assert small.count(DEAD_LETTERS.name) == 0
