"""Elasticsearch's sink: current topics to the indices, and the indexer process that runs it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline import telemetry, tracing
from pipeline.errors import Fatal, Retry
from pipeline.index.batch import remove_hidden, write_batch
from pipeline.index.bulk import Bulk
from pipeline.index.client import elasticsearch_client, elasticsearch_errors
from pipeline.index.elastic import Elasticsearch
from pipeline.index.hidden import FORESEEN, HiddenVersions
from pipeline.index.refresh import Refresher
from pipeline.index.templates import faults, install
from pipeline.settings import Settings
from pipeline.sinks.loop import SinkLoop
from pipeline.sinks.process import run_process
from pipeline.sinks.sink import Records, Wait, WriteOutcome
from pipeline.topics import ARTICLES_CURRENT, Topic
from pipeline.topology import INDEX


class ElasticsearchSink:
    """Writes to the aliases; with `targets` to those physical indices instead, which have to be there."""

    foreseen = FORESEEN

    def __init__(self, settings: Settings, targets: dict[str, str] | None = None) -> None:
        self._settings, self._targets = settings, targets
        self._client: Elasticsearch | None = None
        self._bulk: Bulk | None = None
        self._refresher: Refresher | None = None
        self._hidden = HiddenVersions()
        self.new = False
        """Whether `open` made all the indices."""
        self.announces = targets is None and settings.saved_searches > 0
        """Whether it tells what it writes. Nobody searches an index that is being built."""

    def open(self, wait: Wait) -> None:
        """Install templates, indices and aliases. Raises Retry where Elasticsearch is away, Fatal where it refuses."""
        if self._client is None:
            self._client = elasticsearch_client(self._settings)
        if self._targets is None:
            self.new = install(self._client, self._settings)
        named = self._targets.__getitem__ if self._targets else self._settings.named
        self._bulk = Bulk(
            self._client, named, self._settings.bulk_size, wait, alias=self._targets is None, doubt=self._fault,
            tracer=tracing.tracer(self._settings) if self._targets is None else None,
        )  # fmt: skip
        # nobody searches an index that is being built
        self._refresher = Refresher(self._client, named) if self._targets is None else None

    def write(self, records: Records) -> WriteOutcome:
        """Return when each record is indexed, found to be stale, or rejected, however long Elasticsearch is away."""
        assert self._bulk is not None, "open comes before write"
        telemetry.FORESEEN.set(len(self._hidden))
        refresh: Callable[[Collection[str]], object] = (
            self._refresher.ask if self._refresher is not None else lambda _: None
        )
        return write_batch(records, self._bulk, self._hidden, refresh, self.announces)

    def foresee(self, records: Records) -> bool:
        """Note what hides an item, and hide it now."""
        assert self._bulk is not None, "open comes before foresee"
        removed = remove_hidden(records, self._bulk, self._hidden)
        if self._refresher is not None:
            self._refresher.ask(removed)
        return not self._hidden.full

    @property
    def rebuilds(self) -> bool:
        """Whether it writes to indices that are to replace the live ones."""
        return self._targets is not None

    def forget(self, topic: Topic, partition: int) -> None:
        self._hidden.forget(topic, partition)

    def articles(self) -> int:
        """How many public articles are in the index. Raises Retry, Fatal."""
        assert self._client is not None, "open comes before articles"
        with elasticsearch_errors(self._settings):
            # not a count: the indexer's role may not search
            found = self._client.indices.stats(index=self._settings.named("articles"), metric="docs")
            return int(found["_all"]["primaries"]["docs"]["count"])

    def _fault(self) -> str | None:
        """What is wrong with the indices; what can be repaired is. Raises Fatal for `targets`: their maker is told."""
        assert self._client is not None
        try:
            listed = faults(self._client, self._settings, self._targets)
            if listed and self._targets is None:
                install(self._client, self._settings)
        except (Retry, Fatal) as e:
            return str(e)
        if listed and self._targets is not None:
            raise Fatal("; ".join(listed))
        return "; ".join(listed) or None

    def close(self) -> None:
        if self._refresher is not None:
            self._refresher.close()
        if self._bulk is not None:
            self._bulk.close()
        if self._client is not None:
            self._client.close()
        self._client = self._bulk = self._refresher = None


class Indexer(SinkLoop):
    """Reads what INDEX reads and writes it to Elasticsearch until `stop` is called.

    With `targets` it writes to those physical indices instead of the aliases, under a consumer group of its own. No reader
    sees those yet, so nothing is read ahead.
    """

    def __init__(self, settings: Settings, targets: dict[str, str] | None = None, group: str | None = None) -> None:
        self._elasticsearch = ElasticsearchSink(settings, targets)
        foresight = self._elasticsearch if targets is None else None
        super().__init__(settings, INDEX, self._elasticsearch, group, foresight)

    def is_live(self) -> None:
        """The aliases are moved to `targets`: what is written from now on is told to who follows the index."""
        self._elasticsearch.announces = self._settings.saved_searches > 0

    def resumed(self, offsets: dict[TopicPartition, int]) -> None:
        """Say so where Kafka and Elasticsearch don't belong together: one of them is new, or lost its data. Raises Fatal
        where a reindex would empty the index."""
        if self._elasticsearch.new and any(offsets.values()):
            telemetry.INDICES_EMPTY(records=sum(offsets.values()))
        mine = [tp for tp in offsets if tp.topic == ARTICLES_CURRENT.full_name(self._settings)]
        if any(offsets[tp] for tp in mine) or len(mine) < self._settings.partitions:
            return
        try:
            empty = not any(self._consumer.end_offsets(mine).values())
            documents = self._elasticsearch.articles() if empty else 0
        except (Retry, Fatal, KafkaError):
            return
        if documents:
            telemetry.KAFKA_EMPTY(documents=documents)
            if self._elasticsearch.rebuilds:
                raise Fatal(f"the index has {documents} articles, and Kafka none of their records: it would be emptied")


def run_indexer(settings: Settings) -> None:
    """The indexer until SIGTERM or SIGINT. Raises Fatal where waiting does not help."""
    run_process(Indexer(settings), settings, settings.indexer_port, "DATELINE_INDEXER_PORT")
