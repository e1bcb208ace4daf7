"""The indexer process: current topics to Elasticsearch, until it is told to stop."""

from __future__ import annotations

import signal

from pipeline.index.indexer import Indexer
from pipeline.process.health import serve_health
from pipeline.settings import Settings

__all__ = ["Indexer", "run_indexer"]


def run_indexer(settings: Settings) -> None:
    """The indexer until SIGTERM or SIGINT. Raises Fatal for what waiting won't mend."""
    indexer = Indexer(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, indexer.stop)
    serve_health(settings.bind, settings.indexer_port, lambda: indexer.ready, "DATELINE_INDEXER_PORT")
    indexer.run()
