"""Signatures of invented events, and what match sends of them."""

from __future__ import annotations

import hashlib
import random
import struct
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from pipeline.kafka.partitions import partition_of
from pipeline.stages.clustering.match import MatchBatch
from pipeline.stages.clustering.sign import keys
from pipeline.stages.declared import MATCH
from pipeline.stages.rows import Rows
from pipeline.streams.tables import FaustTables
from schemas.story import Band, Pair, Signature
from tests.support.builders import minutes
from tests.support.tables import Event, Table

PARTITIONS = 4


def signatures(rng: random.Random, events: int, most: int) -> list[Signature]:
    """Copies, rewrites and later revisions of some events that have names in common, up to so many articles each; some of
    them come twice."""
    found: list[Signature] = []
    everywhere = [rng.getrandbits(32) for _ in range(6)]
    for _ in range(events):
        names = [rng.getrandbits(32) for _ in range(12)]
        text = [rng.getrandbits(16) for _ in range(40)]
        start = rng.uniform(0, 100)
        for _ in range(rng.randint(1, most)):
            article = UUID(int=rng.getrandbits(128))
            hours = start + rng.uniform(0, 90) * rng.random()
            for revision in range(rng.choice([1, 1, 1, 2, 3])):
                chosen = rng.sample(names, rng.randint(5, 12)) + rng.sample(everywhere, rng.randint(0, 4))
                shingles = [n if rng.random() < 0.8 else rng.getrandbits(16) for n in text]
                received = minutes(60 * (hours + revision * rng.uniform(0, 5)))
                one = Signature(
                    article_id=article,
                    event_id=f"{article}.{revision}",
                    publisher=rng.choice(["a.example", "b.example", "ç.example"]),
                    received=received,
                    first_published=received - timedelta(hours=rng.choice([0, 0, 1, 20])),
                    shingles=struct.pack("<40H", *shingles) if rng.random() < 0.6 else b"",
                    features=b"".join(struct.pack("<IB", n, 40 - place) for place, n in enumerate(chosen)),
                    days=rng.choice([0, 0, 1, 3]),
                )
                found.append(one)
    found += rng.sample(found, len(found) // 4)
    rng.shuffle(found)
    return found


def bands_of(one: Signature) -> list[Band]:
    """As `sign` sends them."""
    together: dict[int, list[str]] = {}
    for key in keys(one):
        together.setdefault(partition_of(key.encode(), PARTITIONS), []).append(key)
    return [Band(keys=tuple(some), signature=one) for some in together.values()]


def begun(table: Table, generation: int = 1) -> FaustTables:
    """A worker's tables, in a batch of every partition."""
    tables = FaustTables(MATCH, {"match": table}, PARTITIONS)  # type: ignore[dict-item]
    tables.begin(Event(partition, generation) for partition in range(PARTITIONS))
    return tables


def run_batch(rows: Rows, bands: Sequence[Band], *, dies: bool = False) -> list[Pair]:
    """Where it `dies`, nothing is saved."""
    batch = MatchBatch(rows)
    for band in bands:
        batch.apply(band, minutes(0))
    sent = [record.value for record in batch.before(minutes(0)) if isinstance(record.value, Pair)]
    if not dies:
        batch.checkpoint()
    return sent


def digest_of(
    found: Sequence[Signature],
    rng: random.Random,
    between: Callable[[FaustTables], FaustTables] = lambda tables: tables,
    table: Table | None = None,
) -> str:
    """Of the pairs that are sent when the signatures come in batches, some of which are done twice."""
    digest, tables = hashlib.sha256(), begun(table if table is not None else Table())
    waiting = [band for one in found for band in bands_of(one)]
    while waiting:
        taken, waiting = waiting[: (size := rng.randint(1, 12))], waiting[size:]
        for dies in [True] * rng.randint(0, 1) + [False]:
            sent = run_batch(tables.tables["match"], taken, dies=dies)
            digest.update("\n".join(sorted(pair.model_dump_json(exclude={"other_received"}) for pair in sent)).encode())
        tables = between(tables)
    return digest.hexdigest()[:16]
