"""What match costs for each article: `python -m benchmarks.stories [ARTICLES]`.

Signatures of invented articles in twelve partitions, a third of them copies or rewrites of one of the last 300: CPU, rows and
bytes written, what is in memory, and how long it takes to read all of it after a start.
"""

from __future__ import annotations

import random
import struct
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from pipeline.streams.tables import FaustTables
from pipeline.topics import STORY_BANDS
from schemas.story import Band, Signature
from tests.support import signatures
from tests.support.builders import minutes
from tests.support.tables import Table

PARTITIONS = 12
BATCH = 100
PER_DAY = 10_000
WORDS = 200_000
"""Features, the nth of which is as frequent as 1/n."""


def main(count: int) -> None:
    signatures.PARTITIONS = PARTITIONS
    arriving = [[STORY_BANDS.record(band).encoded() or b"" for band in signatures.bands_of(s)] for s in _stream(count)]
    print(
        "| articles | ms of CPU per article | pairs | rows per article | bytes of rows per article |\n|---:|---:|---:|---:|---:|"
    )
    table, _ = _run(arriving, report=True)
    began = time.process_time()
    rows = signatures.begun(table).tables["match"]
    signatures.run_batch(rows, [Band.model_validate_json(band) for band in arriving[0]])
    print(f"\nread after a start (the partitions of one article): {time.process_time() - began:.2f} s of CPU")
    tracemalloc.start()
    rows_only = sum(sys.getsizeof(name) + sys.getsizeof(row) for name, row in table.items())
    _there = _run(arriving)
    everything, _ = tracemalloc.get_traced_memory()
    print(f"memory: rows {rows_only / count:,.0f} bytes per article, all {everything / count:,.0f}")


def _run(arriving: list[list[bytes]], *, report: bool = False) -> tuple[Table, FaustTables]:
    table = Table()
    tables = signatures.begun(table)
    spent, sent, written = 0.0, 0, 0
    for at in range(0, len(arriving), BATCH):
        bands = [Band.model_validate_json(band) for one in arriving[at : at + BATCH] for band in one]
        began = time.process_time()
        sent += len(signatures.run_batch(tables.tables["match"], bands))
        spent += time.process_time() - began
        written += len(table.written)
        table.written.clear()
        done = at + BATCH
        if report and done % 5000 == 0:
            size = sum(len(name) + len(row) for name, row in table.items())
            print(
                f"| {done:,} | {spent * 1e3 / done:.2f} | {sent} | {written / done:.2f} | {size / done:,.0f} |",
                flush=True,
            )
    return table, tables


def _stream(count: int, per_day: int = PER_DAY) -> Iterator[Signature]:
    rng = random.Random(7)
    words = [rng.getrandbits(32) for _ in range(WORDS)]
    recent: list[tuple[list[int], list[int]]] = []
    for n in range(count):
        if recent and rng.random() < 0.3:
            names, text = rng.choice(recent)
            names = rng.sample(names, 40) + [words[int(WORDS ** rng.random())] for _ in range(8)]
            text = [one if rng.random() < 0.85 else rng.getrandbits(16) for one in text]
        else:
            names = [rng.choice(words), rng.choice(words), *(words[int(WORDS ** rng.random())] for _ in range(60))]
            names = list(dict.fromkeys(names))[:48]
            text = [rng.getrandbits(16) for _ in range(40)]
            recent = [*recent[-299:], (names, text)] if len(names) == 48 else recent
        article = UUID(int=rng.getrandbits(128))
        at = minutes(0) + timedelta(days=n / per_day)
        yield Signature(
            article_id=article,
            event_id=f"{article}/{rng.getrandbits(64):x}",
            publisher=f"p{rng.randrange(500)}.example",
            received=at,
            first_published=at,
            shingles=struct.pack("<40H", *text),
            features=b"".join(struct.pack("<IB", name, max(1, 60 - n)) for n, name in enumerate(names)),
            days=rng.choice([0, 0, 0, 1, 2, 4]),
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
