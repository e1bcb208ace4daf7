from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.kafka import compacted
from pipeline.kafka.compacted import CompactedTable
from pipeline.settings import Settings
from pipeline.topics import KEYS
from schemas.provider_key import ProviderKey

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092")


def test_the_last_value_of_a_key_wins_and_null_is_a_tombstone(caplog: pytest.LogCaptureFixture) -> None:
    table = CompactedTable(SETTINGS, KEYS, ProviderKey)
    first, second = (key(provider) for provider in ("herald", "gazette"))
    table._apply(b"b", first.model_dump_json().encode())
    table._apply(b"a", first.model_dump_json().encode())
    table._apply(b"b", second.model_dump_json().encode())
    assert table.all() == [first, second]
    table._apply(b"a", None)
    table._apply(b"never", None)
    table._apply(b"b", b"{}")
    assert (table.get("a"), table.get("b")) == (None, second), "what can't be read changes nothing"
    assert "state_unreadable topic=keys key=b faults=" in caplog.text


def key(provider: str) -> ProviderKey:
    return ProviderKey.model_validate(
        {"key_id": "a" * 12, "provider": provider, "sha256": "b" * 64, "created": "2026-01-01T00:00:00Z"}
    )


class Log:
    """One partition of a topic, a producer for it, and a reader."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.records: list[Any] = []
        self.at = 0
        self.before_acknowledged: Callable[[], Any] = lambda: None
        monkeypatch.setattr(compacted, "read_to_end", self.read)
        self.table = CompactedTable(SETTINGS, KEYS, ProviderKey)
        self.table._producer = self

    def send(self, topic: str, value: bytes | None, key: bytes, **_: Any) -> Any:
        stored = SimpleNamespace(partition=0, offset=len(self.records), key=key, value=value)
        self.records.append(stored)

        def get(timeout: float) -> Any:
            self.before_acknowledged()
            return stored

        return SimpleNamespace(get=get)

    def read(self, reader: Any, timeout: float) -> Iterator[Any]:
        while self.at < len(self.records):
            self.at += 1
            yield self.records[self.at - 1]


def test_a_key_that_another_process_revoked_stays_revoked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its record came after ours, and was read before ours was acknowledged: ours made the key valid again."""
    log = Log(monkeypatch)

    def revoked() -> None:
        log.send("keys", None, b"a")
        log.table.refresh()

    log.before_acknowledged = revoked
    log.table.put([("a", key("herald"))])
    assert log.table.get("a") is None
    assert log.table.all() == []


def test_what_was_put_is_known_at_once_and_what_is_read_later_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(monkeypatch)
    log.send("keys", key("before").model_dump_json().encode(), b"a")
    log.table.put([("a", key("herald"))])
    assert log.table.all() == [key("herald")]
    log.send("keys", key("gazette").model_dump_json().encode(), b"a")
    log.table.refresh()
    assert log.table.all() == [key("gazette")]
    log.table.put([("a", None)])
    assert log.table.all() == []


def test_of_two_threads_the_later_record_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(monkeypatch)

    def another() -> None:
        log.before_acknowledged = lambda: None
        log.table.put([("a", key("later"))])

    log.before_acknowledged = another
    log.table.put([("a", key("earlier"))])
    assert log.table.get("a") == key("later")
    log.table.refresh()
    assert log.table.get("a") == key("later")


def test_all_can_be_asked_for_while_others_write() -> None:
    table = CompactedTable(SETTINGS, KEYS, ProviderKey)
    value = key("herald")
    for n in range(2000):
        table._set(f"k{n}", value)
    over = threading.Event()

    def write() -> None:
        n = 0
        while not over.is_set():
            n = (n + 1) % 2000
            table._set(f"k{n}", None)
            table._set(f"k{n}", value)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(500):
            assert len(table.all()) >= 1999
    finally:
        over.set()
        thread.join()
