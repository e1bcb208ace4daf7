"""The documents that should be in the indices, read from the compacted topics, the only source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kafka import TopicPartition

from pipeline.errors import Reject
from pipeline.index.families import COMPACTED
from pipeline.index.projections import index_request
from pipeline.index.requests import Document, IndexRequest, encoded
from pipeline.kafka.reading import open_reader, partitions_of, read_offsets, read_to_end
from pipeline.settings import Settings
from pipeline.topics import ConsumedRecord, Topic

Progress = Callable[[int, int], None]
"""(records read, records in all)"""


@dataclass(frozen=True)
class ExpectedDocument:
    """What one document should be, and the record that it is made from."""

    index: str
    """Alias that has it."""
    version: int
    digest: bytes
    public: bool
    source: tuple[str, int, int]
    """Topic, partition and offset of the record."""


Key = tuple[str, str]
"""Family (`articles`, `comments`, `history`, `stories`) and document id."""


class ExpectedDocuments:
    """Every document that should be there, by the latest records of the compacted topics; `catch_up` reads new ones."""

    def __init__(self, settings: Settings, progress: Progress = lambda *_: None) -> None:
        """Reads all of the topics. Raises Retry."""
        self._settings = settings
        self._progress = progress
        self.positions: dict[TopicPartition, int] = {}
        """Next offset of each partition."""
        self.documents: dict[Key, ExpectedDocument] = {}
        self.catch_up()

    def catch_up(self) -> set[Key]:
        """Read to the topics' present ends. Returns the keys of the documents that were written meanwhile."""
        written: set[Key] = set()
        for record, request in self._read():
            key, version = request.key, request.version or 0
            written.add(key)
            known = self.documents.get(key)
            if known is None or version >= known.version:
                source = (record.topic.name, record.partition, record.offset)
                self.documents[key] = ExpectedDocument(
                    request.index, version, digest(request.document), request.public, source
                )
        return written

    def _read(self) -> Iterator[tuple[ConsumedRecord, IndexRequest]]:
        with open_reader(self._settings, max_poll_records=2000) as reader:
            topics = partitions_of(reader, self._settings, COMPACTED)
            starts = {tp: self.positions.get(tp, 0) for tp in topics}
            for raw in read_to_end(reader, starts, progress=self._progress):
                record = _consumed(topics[TopicPartition(raw.topic, raw.partition)], raw)
                try:
                    yield record, index_request(record, raw.headers, datetime.now(UTC))
                except Reject:
                    continue  # the indexer refused it too, and made a dead letter of it
            self.positions = {tp: reader.position(tp) for tp in topics}


def index_requests(settings: Settings, documents: Iterable[ExpectedDocument]) -> Iterator[IndexRequest]:
    """The documents themselves, read again from their records. One whose record was compacted away meanwhile is left
    out: a later record has its place. Raises Retry."""
    by_name = {topic.name: topic for topic in COMPACTED}
    wanted: dict[TopicPartition, set[int]] = {}
    for one in documents:
        name, partition, offset = one.source
        wanted.setdefault(TopicPartition(by_name[name].full_name(settings), partition), set()).add(offset)
    topics = {topic.full_name(settings): topic for topic in COMPACTED}
    with open_reader(settings) as reader:
        for raw in read_offsets(reader, wanted):
            yield index_request(_consumed(topics[raw.topic], raw), raw.headers, datetime.now(UTC))


def _consumed(topic: Topic, raw: Any) -> ConsumedRecord:
    return ConsumedRecord(topic, raw.partition, raw.offset, raw.key, raw.value)


def digest(document: Document) -> bytes:
    """Hash of a document's content, the same for a document and Elasticsearch's copy of it. `processed` is left out: a
    version may be sent twice, at two times."""
    content = json.loads(encoded(document))
    content.pop("processed", None)
    return hashlib.blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=12).digest()
