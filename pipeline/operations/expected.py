"""What should be in the indices, read from the compacted topics: they alone decide."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline.errors import Reject, Retry
from pipeline.index.documents import index_request
from pipeline.index.families import COMPACTED
from pipeline.index.requests import Document, IndexRequest
from pipeline.kafka.clients import consumer, kafka_servers, unreachable
from pipeline.settings import Settings
from pipeline.topics import ConsumedRecord

_PATIENCE = 30.0
Progress = Callable[[int, int], None]
"""(records read, records there are)"""


@dataclass(frozen=True)
class ExpectedDocument:
    """What one document should be, and where the record that says so is."""

    index: str
    """Alias that has it."""
    version: int
    digest: bytes
    public: bool
    at: tuple[str, int, int]
    """Topic, partition, offset."""


Key = tuple[str, str]
"""Family (`articles`, `comments`, `history`, `stories`) and document id."""


class ExpectedDocuments:
    """Every document that should be there, by the last word of the compacted topics; `catch_up` reads what came since."""

    def __init__(self, settings: Settings, progress: Progress = lambda *_: None) -> None:
        """Reads all of the topics. Raises Retry."""
        self._settings = settings
        self._progress = progress
        self.positions: dict[TopicPartition, int] = {}
        """How far the topics are read: topic and partition to the next offset."""
        self.documents: dict[Key, ExpectedDocument] = {}
        self.catch_up()

    def catch_up(self) -> set[Key]:
        """Read on to the topics' present ends. Says of which documents they spoke."""
        spoken: set[Key] = set()
        for record, one in self._read():
            key = one.key
            spoken.add(key)
            known = self.documents.get(key)
            if known is None or (one.version or 0) >= known.version:
                at = (record.topic.name, record.partition, record.offset)
                self.documents[key] = ExpectedDocument(
                    one.index, one.version or 0, digest(one.document), one.public, at
                )
        return spoken

    def _read(self) -> Iterator[tuple[ConsumedRecord, IndexRequest]]:
        names = {topic.full_name(self._settings): topic for topic in COMPACTED}
        reader = consumer(self._settings, max_poll_records=2000)
        try:
            tps = [
                TopicPartition(name, n)
                for name in names
                if reader.partitions_for_topic(name)
                for n in range(self._settings.partitions)
            ]
            reader.assign(tps)
            starts, ends = reader.beginning_offsets(tps), reader.end_offsets(tps)
            for tp in tps:
                reader.seek(tp, max(self.positions.get(tp, 0), starts[tp]))
            total, seen = sum(ends[tp] - reader.position(tp) for tp in tps), 0
            until = time.monotonic() + _PATIENCE
            while any(reader.position(tp) < ends[tp] for tp in tps):
                for tp, records in reader.poll(timeout_ms=500).items():
                    until = time.monotonic() + _PATIENCE
                    for raw in records:
                        if raw.offset >= ends[tp]:
                            continue
                        seen += 1
                        record = ConsumedRecord(names[tp.topic], tp.partition, raw.offset, raw.key, raw.value)
                        try:
                            yield record, index_request(record, raw.headers, datetime.now(UTC))
                        except Reject:
                            continue  # the indexer refused it too, and made a dead letter of it
                self._progress(seen, total)
                if time.monotonic() > until:
                    raise Retry(f"Kafka gave nothing for {_PATIENCE:.0f} s")
            self.positions = dict(ends)
        except KafkaError as e:
            raise unreachable(kafka_servers(self._settings), e) from e
        finally:
            reader.close(autocommit=False)


def places(settings: Settings, of: Iterable[ExpectedDocument]) -> Iterator[IndexRequest]:
    """The documents themselves, read again from their records."""
    by_name = {topic.name: topic for topic in COMPACTED}
    offsets: dict[tuple[str, int], set[int]] = {}
    for one in of:
        topic, partition, offset = one.at
        offsets.setdefault((topic, partition), set()).add(offset)
    reader = consumer(settings)
    try:
        for (topic, partition), some in offsets.items():
            tp = TopicPartition(by_name[topic].full_name(settings), partition)
            reader.assign([tp])
            for offset in sorted(some):
                if reader.position(tp) != offset:
                    reader.seek(tp, offset)
                polled = _poll(reader, tp, offset)
                if polled is not None:
                    record = ConsumedRecord(by_name[topic], partition, polled.offset, polled.key, polled.value)
                    yield index_request(record, polled.headers, datetime.now(UTC))
    except KafkaError as e:
        raise unreachable(kafka_servers(settings), e) from e
    finally:
        reader.close(autocommit=False)


def digest(document: Document) -> bytes:
    """Hash of what a document says, without when each stage let it go (a version may be sent twice): the same for a
    document and what Elasticsearch has of it."""
    said = json.loads(json.dumps(document, default=_plain))
    said.pop("processed", None)
    return hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=12).digest()


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _poll(reader: Any, tp: TopicPartition, offset: int) -> Any:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        for record in reader.poll(timeout_ms=500, max_records=1).get(tp, []):
            return record if record.offset == offset else None  # compacted away meanwhile: a later record says more
    raise Retry(f"Kafka gave nothing of {tp.topic}[{tp.partition}] for {_PATIENCE:.0f} s")
