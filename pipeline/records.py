"""Records as stages pass them on: raw bytes in, typed events inside, raw bytes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from pipeline.errors import Reject, explain
from pipeline.kafka.clients import partition_of
from pipeline.settings import Settings
from pipeline.topology import Topic

E = TypeVar("E", bound=BaseModel)


@dataclass(frozen=True)
class ConsumedRecord:
    """A record as it was read, undecoded."""

    topic: Topic
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True)
class Outgoing:
    """A record to send. `partition` is that of the article it belongs to."""

    topic: Topic
    partition: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """A record to send under a key that also says its partition."""

    topic: Topic
    key: str
    record: BaseModel

    def outgoing(self, settings: Settings) -> Outgoing:
        """As it goes on the wire."""
        key = self.key.encode()
        value = self.record.model_dump_json(exclude_none=True).encode()
        return Outgoing(self.topic, partition_of(key, settings.partitions), key, value)


Transform = Callable[[Any], BaseModel]
"""A stage's pure function: event in, event out; raises Reject."""


def decode(schema: type[E], record: ConsumedRecord) -> E:
    """Parse a record's value. Raises Reject saying what is wrong with it and where."""
    if record.value is None:
        raise Reject("empty", "the record has no value; to withdraw an article send an article.withdrawn event")
    try:
        return schema.model_validate_json(record.value)
    except ValidationError as e:
        fault = e.errors(include_url=False, include_context=False, include_input=False)[0]
        if fault["type"] == "json_invalid":
            raise Reject("not-json", fault["msg"]) from None
        raise Reject("invalid", explain(e)) from None
    except UnicodeDecodeError as e:
        raise Reject("not-json", f"not UTF-8: {e}") from None


def check_key(record: ConsumedRecord, article_id: UUID) -> None:
    """Refuse a record that lies in another article's partition: its order among its own revisions would be lost."""
    if record.key != str(article_id).encode():
        shown = record.key.decode("utf-8", "replace")[:100] if record.key is not None else None
        raise Reject("wrong-key", f"the record's key is {shown!r}, it has to be the article id {article_id}")


def check_size(value: bytes, largest: int) -> bytes:
    """Refuse what the next topic wouldn't take."""
    if len(value) > largest - 2048:
        raise Reject("too-large", f"{len(value)} bytes; the largest record is {largest}")
    return value
