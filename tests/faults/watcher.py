"""A reader who asks the aliases and the search API the whole time, and notes what nobody may see at that moment."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import httpx
from elasticsearch import ApiError, TransportError

from pipeline.errors import DatelineError
from pipeline.index.families import READERS
from pipeline.operations.waiting import gone_through
from pipeline.stages.identify import IDENTIFY
from pipeline.topology import INDEX, chain
from tests.conftest import Pipeline
from tests.faults.histories import MARKER
from tests.faults.model import Sent, canonical_ids, expected, seen_from


def now() -> datetime:
    return datetime.now(UTC)


class Watcher:
    """What was acknowledged, and what was seen. A receipt acknowledges a kill; what was delivered is acknowledged once every
    stage has gone through it, and the index was refreshed.

    Wrong is what is seen before its moment; of a killed article (with one id) once its kill is acknowledged; and of any
    article, once all that was sent of it is acknowledged, whatever the model doesn't show.
    """

    def __init__(self, pipeline: Pipeline, port: int, sent: Sequence[Sent], deliveries: Iterable[Sent]) -> None:
        """`sent` is the whole history; `deliveries` is what will be noted as delivered, each as often as it is sent."""
        self._pipeline, self._port = pipeline, port
        canonical = canonical_ids(sent)
        self._group = {one.marker: canonical[one.article] for one in sent}
        self._from = seen_from(sent)
        end = expected(sent, now().replace(year=2040))
        self._shown = set(MARKER.findall(json.dumps([end.articles, end.comments])))
        ids: dict[UUID, set[UUID]] = defaultdict(set)
        self._left: dict[UUID, int] = defaultdict(int)
        for one in sent:
            ids[canonical[one.article]].add(one.article)
        for one in deliveries:
            self._left[canonical[one.article]] += 1
        self._alone = {group for group, own in ids.items() if len(own) == 1}
        self._delivered: list[Sent] = []
        self._killed: dict[UUID, datetime] = {}
        self._through: dict[UUID, datetime] = {}
        self.reinstating = False
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._guarded, args=(one,))
            for one in (self._acknowledge, self._watch_index, self._watch_api)
        ]
        self.wrong: list[str] = []
        self.asked = {"index": 0, "api": 0}
        self.seen: set[str] = set()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def delivered(self, items: Iterable[Sent]) -> None:
        self._delivered.extend(items)

    def receipt(self, kill: Sent) -> None:
        """A command has said that the kill is done."""
        self._killed.setdefault(self._group[kill.marker], now())

    @property
    def everything_through(self) -> bool:
        return not any(self._left.values())

    def _guarded(self, watch: Callable[[], None]) -> None:
        """Nobody has looked since a thread that ended early."""
        try:
            watch()
        except Exception as e:
            self.wrong.append(f"{watch.__name__} ended at {now()}: {type(e).__name__}: {e}")

    def _acknowledge(self) -> None:
        (revise, *_) = chain(self._pipeline.settings)[::-1]
        rounds = (*chain(self._pipeline.settings), IDENTIFY, revise, IDENTIFY, revise, INDEX)
        done = 0
        while not self._stop.wait(0.5):
            known = len(self._delivered)
            try:
                if gone_through(self._pipeline.settings, rounds, time.monotonic() + 60) is not None:
                    continue
                with self._pipeline.client() as client:
                    client.indices.refresh(index=f"{self._pipeline.settings.namespace}-*")
            except (DatelineError, ApiError, TransportError):
                continue
            at = now()
            for one in self._delivered[done:known]:
                group = self._group[one.marker]
                self._left[group] -= 1
                if self._left[group] == 0:
                    self._through[group] = at
                if one.kind == "kill" and group in self._alone:
                    self._killed.setdefault(group, at)
            done = known

    def _watch_index(self) -> None:
        settings = self._pipeline.settings
        with self._pipeline.client() as client:
            while not self._stop.wait(0.4):
                for alias in READERS:
                    began = now()
                    with suppress(ApiError, TransportError):
                        answer = client.search(index=settings.named(alias), size=10_000, source_excludes=["entities"])
                        self._look(f"alias {alias}", json.dumps(answer["hits"]["hits"]), began)
                        self.asked["index"] += 1

    def _watch_api(self) -> None:
        rng, markers = random.Random(0), sorted(self._from)
        with httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=10) as http:
            while not self._stop.wait(0.4):
                for path in ("articles", "comments"):
                    for query in ("", " ".join(rng.sample(markers, min(20, len(markers))))):
                        began = now()
                        with suppress(httpx.HTTPError):
                            answer = http.get(f"/v1/{path}", params={"q": query, "size": 100})
                            if answer.status_code == 200:
                                self._look(f"search API {path}", json.dumps(answer.json()["hits"]), began)
                                self.asked["api"] += 1

    def _look(self, where: str, text: str, began: datetime) -> None:
        ended = now()
        for marker in {found.lower() for found in MARKER.findall(text)}:
            self.seen.add(marker)
            group, again = self._group[marker], self.reinstating and marker in self._shown
            if ended < self._from.get(marker, began):
                self.wrong.append(f"{where}: {marker} of {group} at {ended}, not before {self._from[marker]}")
            elif not again and self._killed.get(group, ended) < began:
                self.wrong.append(f"{where}: {marker} of {group} at {began}, killed at {self._killed[group]}")
            elif marker not in self._shown and self._through.get(group, ended) < began:
                self.wrong.append(f"{where}: {marker} of {group} at {began}, hidden at {self._through[group]}")
