"""The ingest API in memory: its real application and service, with a producer that stores what it is given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
from kafka.errors import KafkaTimeoutError

from pipeline.push import auth
from pipeline.push.access import Access
from pipeline.push.api import build_push_api
from pipeline.push.idempotency import Idempotency
from pipeline.push.service import IngestService
from pipeline.settings import Settings
from schemas.push_answer import PushAnswer


class Sent:
    """A record on its way. `get` waits until Kafka has decided."""

    def __init__(self, decided: threading.Event, error: Exception | None = None) -> None:
        self._decided, self._error = decided, error

    def get(self, timeout: float | None = None) -> None:
        if not self._decided.wait(timeout):
            raise KafkaTimeoutError("not decided in time")
        if self._error is not None:
            raise self._error


class MemoryProducer:
    """`refuses` returns the error of a record that Kafka refuses; records of `slow` providers wait for `release`."""

    def __init__(self) -> None:
        self.records: list[tuple[str, bytes]] = []
        self.refuses: Callable[[str, bytes], Exception | None] = lambda topic, value: None
        self.slow = b""
        self.release, self._at_once = threading.Event(), threading.Event()
        self._at_once.set()

    def send(self, topic: str, *, value: bytes, **_: Any) -> Sent:
        error = self.refuses(topic, value)
        if error is None:
            self.records.append((topic, value))
        return Sent(self.release if self.slow and self.slow in value else self._at_once, error)

    def close(self, timeout: float = 0) -> None:
        pass

    def values(self, topic: str) -> list[bytes]:
        return [value for of, value in self.records if of == topic]


class Answers(dict[str, PushAnswer]):
    def put(self, changes: list[tuple[str, PushAnswer | None]]) -> None:
        self.update({name: answer for name, answer in changes if answer is not None})


class Door:
    """Requests to the application, as a provider."""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(_env_file=None, kafka_servers="kafka.example:9092", **settings)
        self.service = IngestService(self.settings)
        self.producer = MemoryProducer()
        self.service._producer = self.producer
        self._keys: dict[str, Any] = {}
        self.service.access = Access(self.settings, self._keys.get)
        self.service.idempotency = Idempotency(Answers())

    def key(self, provider: str) -> str:
        made = auth.make(provider, datetime.now(UTC))
        self._keys[made.record.key_id] = made.record
        return made.text

    def desk(self, provider: str = "wire") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.key(provider)}"}
        # an exception of the application fails the test
        transport = httpx.ASGITransport(build_push_api(self.service))
        return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)
