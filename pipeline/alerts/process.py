"""The process `alerts`: compares what becomes visible with the saved searches, and tells their webhooks."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from pipeline.alerts.delivering import THREADS, Deliverer, Seen
from pipeline.alerts.index import AlertIndex
from pipeline.alerts.matcher import Matcher
from pipeline.errors import Fatal, Reject
from pipeline.index.client import elasticsearch_client
from pipeline.ingest.fetching import Fetcher
from pipeline.process.health import NotReady
from pipeline.process.problems import Problem
from pipeline.saved.tables import Alerts, Deliveries, SavedSearches
from pipeline.saved.telling import documents_of
from pipeline.search.asking import Asking
from pipeline.search.saved import query_of
from pipeline.settings import Settings
from pipeline.sinks.loop import SinkLoop
from pipeline.sinks.process import run_process
from pipeline.topology import ALERT
from schemas.saved_search import Alert, SavedSearch

_ANSWER_SECONDS = 10.0
_LARGEST_ANSWER = 64 * 1024
_FOUND = "search"
"""Name of the saved search in a query: a hit says whether it meets it."""


class AlertLoop(SinkLoop):
    """Reads the indexer's events until `stop`. What is told in which process goes by the partitions that it has."""

    def __init__(self, settings: Settings) -> None:
        self._client = elasticsearch_client(settings, connections=THREADS + 2)
        searches, alerts = SavedSearches(settings), Alerts(settings)
        self._deliveries = Deliveries(settings)
        super().__init__(settings, ALERT, Matcher(searches, alerts, AlertIndex(self._client, settings)))
        self._asking, self._threads = Asking(self._client, settings), threading.local()
        self._deliverer = Deliverer(
            settings, searches, alerts, self._deliveries, self._look, self._post, lambda: self.partitions
        )
        self._telling = threading.Thread(target=self._deliverer.run, name="deliverer", daemon=True)

    @property
    def partitions(self) -> frozenset[int]:
        """Those that the group has given to this process, as of now: also while a batch is written."""
        return frozenset(tp.partition for tp in self._assignment.mine) if self._assignment.ready else frozenset()

    @property
    def ready(self) -> bool:
        if self._telling.ident is not None and not self._telling.is_alive():
            raise NotReady("webhooks are not told: the thread that does it has ended")
        return super().ready

    def run(self) -> None:
        self._telling.start()
        try:
            super().run()
        finally:
            self._deliverer.stop()
            self._telling.join(_ANSWER_SECONDS + 5)
            self._deliveries.close()
            self._client.close()

    def _look(self, search: SavedSearch, alert: Alert) -> Seen:
        """By the search as it was meant when the alert was made: `24h` has gone on since."""
        body = documents_of([str(alert.article_id)])
        with suppress(Reject, ValidationError, ValueError, Problem):  # it can't be asked (any more): it was found then
            named = {"bool": {"filter": [query_of(search.query, alert.at)], "_name": _FOUND}}
            both = body | {"query": {"bool": {"filter": [body["query"]], "should": [named]}}}
            return _seen(self._asking.ask("articles", both))
        return Seen(document=_seen(self._asking.ask("articles", body)).document)

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        fetcher: Fetcher | None = getattr(self._threads, "fetcher", None)
        if fetcher is None:  # one for each thread: it limits the time of one request
            fetcher = Fetcher(
                _LARGEST_ANSWER, private_networks=self._settings.private_webhooks, seconds=_ANSWER_SECONDS
            )
            self._threads.fetcher = fetcher
        return fetcher.post(url, content=body, headers=headers)


def _seen(answer: dict[str, Any]) -> Seen:
    for hit in answer["hits"]["hits"]:
        return Seen(hit["_source"], _FOUND in hit.get("matched_queries", ()))
    return Seen(None)


def run_alerts(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. Raises Fatal where waiting does not help, or no search can be saved."""
    if not settings.saved_searches:
        raise Fatal("saved searches are off: set DATELINE_SAVED_SEARCHES to how many there may be")
    run_process(AlertLoop(settings), settings, settings.alerts_port, "DATELINE_ALERTS_PORT")
