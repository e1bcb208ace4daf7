"""Which records that will come hide their item: what comes before them is not to be shown any more. Pure."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

from pipeline.topics import ARTICLES_CURRENT, COMMENTS_CURRENT, ConsumedRecord, Topic
from schemas.current import Status

FORESEEN = frozenset({ARTICLES_CURRENT, COMMENTS_CURRENT})
_AS_WRITTEN = b'"visibility":{"standing":"public"'
"""In a public record, as revise writes it; in no text, where quotation marks are escaped. Reading a record takes 45 µs."""
MOST = 500_000
"""Keys that are remembered, of all partitions: some 100 MB."""


class HiddenVersions:
    """The highest hidden version of each key among the records that were read ahead.

    A record of that key with a lower version is superseded for sure: its successor is in Kafka, and is whole. Where more
    than `most` keys are hidden the rest is read ahead later, when some of them have come.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._versions: dict[tuple[Topic, int], dict[bytes, int]] = {}

    @property
    def full(self) -> bool:
        return len(self) >= self._most

    def __len__(self) -> int:
        return sum(map(len, self._versions.values()))

    def note(self, record: ConsumedRecord) -> bool:
        """Whether the record hides its item, and is the highest version so far that does."""
        version = _hidden_version(record)
        if version is None or record.key is None:
            return False
        versions = self._versions.setdefault((record.topic, record.partition), {})
        if versions.get(record.key, -1) >= version:
            return False
        versions[record.key] = version
        return True

    def supersedes(self, record: ConsumedRecord, version: int | None) -> bool:
        """Whether a hidden record with a higher version will come."""
        versions = self._versions.get((record.topic, record.partition))
        return versions is not None and versions.get(record.key or b"", -1) > (version or 0)

    def forget(self, topic: Topic, partition: int) -> None:
        """Everything of the partition that was noted has come."""
        self._versions.pop((topic, partition), None)


def _hidden_version(record: ConsumedRecord) -> int | None:
    """The version of a record that hides its item; None for any other, also for one that can't be read: it is refused when
    it comes."""
    value = record.value or b""
    if _AS_WRITTEN in value:
        return None
    try:
        data: Any = from_json(value)["data"]
        return None if data["visibility"]["standing"] == Status.PUBLIC.value else int(data["version"])
    except (ValueError, KeyError, TypeError):
        return None
