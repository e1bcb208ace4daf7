"""Brings a history to the pipeline by every door, patiently: by Kafka, by files, by push."""

from __future__ import annotations

import json
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx
from kafka.errors import KafkaError

from pipeline.commands.shared import Exit
from pipeline.errors import DatelineError
from pipeline.kafka.clients import article_key, partition_of, producer
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW
from schemas.events import RawArticleEvent
from tests.conftest import Pipeline
from tests.faults.histories import PROVIDERS, event_of
from tests.faults.model import Sent
from tests.faults.watcher import Watcher
from tests.support.waiting import PATIENCE

CHUNK = 12


class Couriers:
    """Each door has a thread, which spreads its deliveries over the time that there is. An error ends in `failed`."""

    def __init__(self, pipeline: Pipeline, watcher: Watcher, port: int, keys: dict[str, str], seconds: float) -> None:
        self._pipeline, self._watcher, self._port, self._keys = pipeline, watcher, port, keys
        self._until = time.monotonic() + seconds
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()
        self.failed: list[BaseException] = []

    def start(
        self, deliver: Callable[[Sequence[Sent]], Sequence[Sent] | None], items: Sequence[Sent], size: int
    ) -> None:
        """Deliver the items in chunks. What `deliver` returns is not done yet, and delivered again when all chunks are through."""

        def run() -> None:
            try:
                rest: list[Sent] = []
                chunks = [items[n : n + size] for n in range(0, len(items), size)]
                for n, chunk in enumerate(chunks):
                    rest += deliver(chunk) or ()
                    self._stopped.wait(max(0.0, (self._until - time.monotonic()) / (len(chunks) - n)))
                while rest:
                    # patience with one that stays, not with all of them together
                    for _ in self._patiently(f"{len(rest)} by {deliver.__name__}, as {rest[0]}"):
                        before, rest = rest, list(deliver(rest) or ())
                        if len(rest) < len(before):
                            break
            except BaseException as e:
                traceback.print_exc()
                self.failed.append(e)

        thread = threading.Thread(target=run)
        thread.start()
        self._threads.append(thread)

    @property
    def busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def kafka(self, items: Sequence[Sent]) -> None:
        settings = self._pipeline.settings
        for _ in self._patiently():
            with suppress(KafkaError, DatelineError):
                made: Any = producer(settings)
                try:
                    waiting = []
                    for one in items:
                        event = b"{" + one.marker.encode() if one.kind == "garbage" else event_of(one)
                        value = event if isinstance(event, bytes) else event.to_json()
                        topic = ARTICLES_RAW if isinstance(event, bytes | RawArticleEvent) else COMMENTS_RAW
                        key = article_key(one.article)
                        at = partition_of(key, settings.partitions)
                        waiting.append(made.send(topic.full_name(settings), value, key=key, partition=at))
                    for future in waiting:
                        future.get(PATIENCE)
                finally:
                    made.close()
                return self._watcher.delivered(items)
        return None

    def files(self, items: Sequence[Sent]) -> None:
        file = self._pipeline.folder / f"{uuid4()}.jsonl"
        file.write_bytes(_lines(items))
        for _ in self._patiently():
            done = self._pipeline.command("publish", str(file), "--json")
            if done.returncode == 0:
                return self._watcher.delivered(items)
            assert done.returncode == Exit.AWAY, done.stderr.decode()
        return None

    def push(self, items: Sequence[Sent]) -> None:
        for provider in PROVIDERS:
            if own := [one for one in items if one.publisher == provider]:
                headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": str(uuid4())}
                answer = self._request(provider, "POST", "items", headers, _lines(own))
                assert answer["refused"] == 0, answer
                self._watcher.delivered(own)

    def delete(self, items: Sequence[Sent]) -> None:
        for one in items:
            self._request(one.publisher, "DELETE", f"items/{one.claims[0].value}", {}, b"")
            self._watcher.delivered([one])

    def kill(self, items: Sequence[Sent]) -> Sequence[Sent]:
        """By an operator. Those whose receipt doesn't say done are returned: the article may come later than its kill."""
        rest = []
        for one in items:
            done = self._pipeline.command("kill", str(one.article), "--reason", "libel", "--wait", "5", "--json")
            assert done.returncode in (Exit.OK, Exit.REFUSED, Exit.AWAY), done.stderr.decode()
            if done.returncode == Exit.OK:
                assert json.loads(done.stdout)["done"]
                self._watcher.receipt(one)
                self._watcher.delivered([one])
            else:
                rest.append(one)
        return rest

    def stop(self) -> None:
        """What isn't delivered yet is given up."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _patiently(self, what: str = "") -> Iterator[None]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not self._stopped.is_set():
            yield
            self._stopped.wait(0.3)
        raise AssertionError(f"not delivered: {what}")

    def _request(self, provider: str, method: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        headers |= {"Authorization": f"Bearer {self._keys[provider]}"}
        url = f"http://127.0.0.1:{self._port}/v1/{path}"
        for _ in self._patiently():
            with suppress(httpx.HTTPError):
                answer = httpx.request(method, url, headers=headers, content=body, timeout=PATIENCE)
                if answer.status_code == 202:
                    return answer.json()
                # 401: it has not read its keys yet; 409: the request before is still processed
                assert answer.status_code in (401, 409, 429, 503), answer.text
        return None


def _lines(items: Iterable[Sent]) -> bytes:
    return b"\n".join(event_of(one).to_json() for one in items)
