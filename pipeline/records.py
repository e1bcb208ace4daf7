"""What a topic is, and a record of it: that is to be sent (`Record`), or that was read (`ConsumedRecord`). Pure: no Kafka client
is imported. The topics themselves are in topics.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError

from pipeline.errors import Reject, explain
from pipeline.settings import Settings
from pipeline.written_once import as_json
from schemas.dead_letter import DeadLetter

DAY_MS = 24 * 3600 * 1000
HEADROOM = 64 * 1024
"""Bytes that a current record may be larger than the raw record it comes from, and a dead letter (by its headers) than the
record that it holds. Topics and clients allow both."""
STATE_ROOM = 2 * 1024 * 1024
"""Bytes that a row of a stage's tables may be larger than a record: it has the names, the kills and the keys of all
revisions of an article (pipeline/stages/revise) beside its text."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""How far after the broker's time a sender's time of receipt is believed; else it is the broker's."""
ENVELOPE = 2048
"""Bytes below the largest record that are left for a record's key and headers."""

Headers = Sequence[tuple[str, bytes]]


class Cleanup(StrEnum):
    DELETE = "delete"
    COMPACT = "compact"


@dataclass(frozen=True)
class Topic:
    """One topic. `name` is without the namespace: see `full_name`."""

    name: str
    schema: type[BaseModel]
    key: Callable[[Any], str]
    """The key of a value of this topic. Several topics of one article have one partition by it."""
    keyed_by: str = "article id"
    """The key in words, for errors and reports."""
    cleanup: Cleanup = Cleanup.DELETE
    retention_ms: int = 7 * DAY_MS
    holds_text: bool = False
    """Whether its records hold text of articles or comments: a kill and an erasure have to wait for it."""
    by_article: bool = False
    """Whether `trace` shows its records: the key is, or begins with, an article id."""
    contract: str = ""
    """The name of its JSON Schema in schemas/json, with the version; by default the topic's name in the singular."""
    from_senders: bool = False
    """Whether others write it: its records have the broker's times, and an event's own `time` isn't far after that."""
    brokers_time: bool = False
    """Whether we write it, and its records have the broker's times: by them the worker sees Kafka's clock."""
    bundled: bool = False
    """Whether a record may hold several values of its partition (pipeline/bundles.py)."""
    composite: bool = False
    """Whether the key has two parts, `first/second`. The partition is that of the first part."""

    def __post_init__(self) -> None:
        if not self.contract:
            first, dot, rest = self.name.partition(".")
            object.__setattr__(self, "contract", f"{first.removesuffix('s')}{dot}{rest}.v1")

    def __repr__(self) -> str:
        return f"Topic({self.name!r})"

    def __hash__(self) -> int:
        return hash(self.name)

    def full_name(self, settings: Settings) -> str:
        """The topic's name on the broker."""
        return settings.named(self.name)

    def config(self, settings: Settings) -> dict[str, str]:
        """Topic configuration for the broker."""
        # what a stage adds must never make a record too large to be sent: the worker would never get past it
        growth = 2 * HEADROOM if self.schema is DeadLetter else HEADROOM if self.cleanup is Cleanup.COMPACT else 0
        largest = settings.largest_record + growth
        common = {"max.message.bytes": str(largest), "cleanup.policy": self.cleanup.value}
        if settings.replication > 2:
            # an acknowledged record is on two machines, and one of three may be lost
            common["min.insync.replicas"] = "2"
        if self.from_senders or self.brokers_time:
            common["message.timestamp.type"] = "LogAppendTime"
        if self.cleanup is Cleanup.DELETE:
            return common | {"retention.ms": str(self.retention_ms)}
        # a kill reaches the log's last copy of a text when compaction has run: bound that moment
        return common | {"segment.ms": str(DAY_MS), "max.compaction.lag.ms": str(DAY_MS)}

    def record(self, value: BaseModel) -> Record:
        """A record of this topic, under the value's own key."""
        return Record(self, self.key(value).encode(), value)

    def partition_key(self, key: bytes) -> bytes:
        """The part of the key that decides the partition."""
        return key.partition(b"/")[0] if self.composite else key

    def decode(self, record: ConsumedRecord) -> Any:
        """The record's value. Raises Reject with what is wrong and where, also for a record under another key:
        its order among the records of its own key would be lost."""
        if record.value is None:
            raise Reject("empty", "the record has no value; to withdraw an article send an article.withdrawn event")
        try:
            value: Any = self.schema.model_validate_json(record.value)
        except ValidationError as e:
            fault = e.errors(include_url=False, include_context=False, include_input=False)[0]
            if fault["type"] == "json_invalid":
                raise Reject("not-json", fault["msg"]) from None
            raise Reject("invalid", explain(e)) from None
        except UnicodeDecodeError as e:
            raise Reject("not-json", f"not UTF-8: {e}") from None
        expected = self.key(value)
        if record.key != expected.encode() and not record.further:
            shown = record.key.decode("utf-8", "replace")[:100] if record.key is not None else None
            raise Reject("wrong-key", f"the record's key is {shown!r}, it has to be the {self.keyed_by} {expected}")
        if self.from_senders and record.timestamp is not None:
            wrong = value.time > record.timestamp + CLOCKS_DIFFER
            return value.model_copy(update={"time": record.timestamp}) if wrong else value
        return value


@dataclass(frozen=True)
class Record:
    """A record to send."""

    topic: Topic
    key: bytes | None
    value: BaseModel | bytes | None
    """A model, or bytes that are sent as they are."""
    headers: Headers = ()
    partition: int | None = None
    """Where it goes, if that isn't the partition of its key."""

    def encoded(self) -> bytes | None:
        """The value on the wire: UTF-8 JSON without empty fields."""
        return encode(self.value) if isinstance(self.value, BaseModel) else self.value


@dataclass(frozen=True)
class ConsumedRecord:
    """A record as it was read, undecoded."""

    topic: Topic
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = field(default=(), compare=False)
    timestamp: datetime | None = field(default=None, compare=False)
    """When the broker got it."""
    further: bool = False
    """Whether it is one of a bundle's values after the first, whose key is the bundle's."""

    def value_of(self, key: bytes | None, value: bytes, *, further: bool) -> ConsumedRecord:
        """One of a bundle's values as a record of its own. There are many: `replace` takes twice as long."""
        return ConsumedRecord(
            self.topic, self.partition, self.offset, key, value, self.headers, self.timestamp, further
        )


def encode(value: BaseModel) -> bytes:
    """A value on the wire."""
    return as_json(value)


def check_size(value: bytes, settings: Settings) -> bytes:
    """The value. Raises Reject where it is too large for the next topic."""
    if len(value) > settings.largest_record - ENVELOPE:
        raise Reject("too-large", f"{len(value)} bytes; the largest record is {settings.largest_record}")
    return value
