"""The process `alerts`: compares what becomes visible with the saved searches, and tells their webhooks."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

from pipeline.alerts.delivering import THREADS, Deliverer
from pipeline.alerts.index import AlertIndex
from pipeline.alerts.matcher import Matcher
from pipeline.index.client import elasticsearch_client
from pipeline.ingest.fetching import Fetcher
from pipeline.saved.tables import Alerts, Deliveries, SavedSearches
from pipeline.saved.telling import documents_of
from pipeline.search.asking import Asking
from pipeline.settings import Settings
from pipeline.sinks.loop import SinkLoop, run_process
from pipeline.topology import ALERT

_ANSWER_SECONDS = 10.0
_LARGEST_ANSWER = 64 * 1024


class AlertLoop(SinkLoop):
    """Reads the indexer's events until `stop`. What is told in which process goes by the partitions that it has."""

    def __init__(self, settings: Settings) -> None:
        self._client = elasticsearch_client(settings, connections=THREADS + 2)
        searches, alerts = SavedSearches(settings), Alerts(settings)
        self._deliveries = Deliveries(settings)
        super().__init__(settings, ALERT, Matcher(searches, alerts, AlertIndex(self._client, settings)))
        self._asking, self._threads = Asking(self._client, settings), threading.local()
        self._deliverer = Deliverer(
            settings, searches, alerts, self._deliveries, self._document, self._post, lambda: self.partitions
        )

    @property
    def partitions(self) -> frozenset[int]:
        """Those that the group has given to this process."""
        return frozenset(tp.partition for tp in self._assigned) if self._assignment.ready else frozenset()

    def run(self) -> None:
        telling = threading.Thread(target=self._deliverer.run, name="deliverer", daemon=True)
        telling.start()
        try:
            super().run()
        finally:
            self._deliverer.stop()
            telling.join(_ANSWER_SECONDS + 5)
            self._deliveries.close()
            self._client.close()

    def _document(self, article_id: UUID) -> dict[str, Any] | None:
        found = self._asking.sources("articles", documents_of([str(article_id)]))
        return found[0] if found else None

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        fetcher: Fetcher | None = getattr(self._threads, "fetcher", None)
        if fetcher is None:  # one for each thread: it limits the time of one request
            fetcher = Fetcher(
                _LARGEST_ANSWER, private_networks=self._settings.private_networks, seconds=_ANSWER_SECONDS
            )
            self._threads.fetcher = fetcher
        return fetcher.post(url, content=body, headers=headers)


def run_alerts(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. Raises Fatal where waiting does not help."""
    run_process(AlertLoop(settings), settings, settings.alerts_port, "DATELINE_ALERTS_PORT")
