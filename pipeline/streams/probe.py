"""Finds the records that a process dies of, by giving them to another process, one after the other.

A record may exhaust the memory, crash a native library or keep an expression busy for hours: no `except` catches that. A
worker that died twice with a batch in progress asks here before it takes the batch again. `python -m pipeline.streams.probe
STAGE` is the other process.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from pipeline import telemetry
from pipeline.bundles import unbundle
from pipeline.kafka.partitions import partition_of
from pipeline.process.children import die_with_parent
from pipeline.settings import Settings, load_settings
from pipeline.stages import enrich
from pipeline.stages.rows import Rows
from pipeline.stages.stage import Config, Stage
from pipeline.topics import ConsumedRecord, Topic
from pipeline.topology import worker_stages

STARTING = 120.0
"""Seconds until the other process has loaded its models."""
SECONDS = 30.0
"""Seconds for one record: half of what makes a worker exit (watch.BLOCKED)."""
_READY, _DONE = b"ready\n", b"done\n"


async def deadly(stage: Stage, records: Sequence[ConsumedRecord]) -> set[int]:
    """Places of the records of which a process dies, or with which it doesn't end in time. None where the other process
    can't even start: then it isn't the records' fault."""
    found: set[int] = set()
    at = 0
    while at < len(records):
        died_at = await _try_from(stage, records, at)
        if died_at is None:
            break
        found.add(died_at)
        telemetry.DEADLY_RECORD(stage=stage.name, topic=records[died_at].topic.name, offset=records[died_at].offset)
        at = died_at + 1
    return found


async def _try_from(stage: Stage, records: Sequence[ConsumedRecord], at: int) -> int | None:
    """The place of the first record from `at` on of which the other process dies; None where it survives all."""
    child = await asyncio.create_subprocess_exec(  # not to outlive this process: it may never end by itself
        sys.executable,
        "-m",
        "pipeline.streams.probe",
        stage.name,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=die_with_parent(),
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        if await asyncio.wait_for(child.stdout.readline(), STARTING) != _READY:
            return None
        for place in range(at, len(records)):
            try:
                child.stdin.write(_line(records[place]))
                await child.stdin.drain()
                answer = await asyncio.wait_for(child.stdout.readline(), SECONDS)
            except (TimeoutError, ConnectionError):
                return place
            if answer != _DONE:
                return place
        return None
    except TimeoutError:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _line(record: ConsumedRecord) -> bytes:
    def text(value: bytes | None) -> str | None:
        return None if value is None else base64.b64encode(value).decode()

    whole = [record.topic.name, record.partition, record.offset, text(record.key), text(record.value)]
    return json.dumps(whole).encode() + b"\n"


def _record(line: bytes, topics: dict[str, Topic]) -> ConsumedRecord:
    name, partition, offset, key, value = json.loads(line)
    return ConsumedRecord(topics[name], partition, offset, _bytes(key), _bytes(value))


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def _try(stage: Stage, record: ConsumedRecord, config: Config) -> None:
    """All that the stage does with a record, on empty tables. What it raises is no death."""
    assert stage.reduce is not None
    for part in unbundle(record):
        with contextlib.suppress(Exception):
            value = part.topic.decode(part)
            for step in {**stage.inputs, **stage.drains}[part.topic]:
                value, _ = step.bind(config)(value)
            now = datetime.now(UTC)
            batch = stage.reduce(config)({name: Rows({}, ttl) for name, ttl in stage.tables.items()})
            batch.apply(value, now)
            batch.run_all(now)


def main(name: str, settings: Settings) -> None:
    """Records from standard input, an answer for each that this process survives."""
    stage = next(one for one in worker_stages(settings) if one.name == name)
    config = Config(settings, partial(_partition, settings.partitions))
    enrich.load(enrich.choices(settings))
    topics = {topic.name: topic for topic in (*stage.inputs, *stage.drains)}
    answers = sys.stdout.buffer
    answers.write(_READY)
    answers.flush()
    for line in sys.stdin.buffer:
        _try(stage, _record(line, topics), config)
        answers.write(_DONE)
        answers.flush()


def _partition(partitions: int, key: str) -> int:
    return partition_of(key.encode(), partitions)


if __name__ == "__main__":
    main(sys.argv[1], load_settings())
