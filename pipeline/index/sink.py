"""Elasticsearch's sink: current topics to the indices, and the indexer process that runs it."""

from __future__ import annotations

from elasticsearch import Elasticsearch

from pipeline.index.batch import write_batch
from pipeline.index.bulk import Bulk
from pipeline.index.client import elasticsearch_client
from pipeline.index.templates import install
from pipeline.settings import Settings
from pipeline.sinks.loop import SinkLoop, run_process
from pipeline.sinks.sink import Records, Wait, WriteOutcome
from pipeline.topology import INDEX


class ElasticsearchSink:
    """Writes to the aliases; with `targets` to those physical indices instead, which have to be there."""

    def __init__(self, settings: Settings, targets: dict[str, str] | None = None) -> None:
        self._settings, self._targets = settings, targets
        self._client: Elasticsearch | None = None
        self._bulk: Bulk | None = None

    def open(self, wait: Wait) -> None:
        """Install templates, indices and aliases. Raises Retry where Elasticsearch is away, Fatal where it refuses."""
        if self._client is None:
            self._client = elasticsearch_client(self._settings)
        if self._targets is None:
            install(self._client, self._settings)
        named = self._targets.__getitem__ if self._targets else self._settings.named
        self._bulk = Bulk(self._client, named, self._settings.bulk_size, wait, alias=self._targets is None)

    def write(self, records: Records) -> WriteOutcome:
        """Return when each record is indexed, found to be stale, or rejected, however long Elasticsearch is away."""
        assert self._bulk is not None, "open comes before write"
        return write_batch(records, self._bulk)

    def close(self) -> None:
        if self._bulk is not None:
            self._bulk.close()
        if self._client is not None:
            self._client.close()
        self._client = self._bulk = None


class Indexer(SinkLoop):
    """Reads what INDEX reads and writes it to Elasticsearch until `stop` is called.

    With `targets` it writes to those physical indices instead of the aliases, under a consumer group of its own.
    """

    def __init__(self, settings: Settings, targets: dict[str, str] | None = None, group: str | None = None) -> None:
        super().__init__(settings, INDEX, ElasticsearchSink(settings, targets), group)


def run_indexer(settings: Settings) -> None:
    """The indexer until SIGTERM or SIGINT. Raises Fatal where waiting does not help."""
    run_process(Indexer(settings), settings, settings.indexer_port, "DATELINE_INDEXER_PORT")
