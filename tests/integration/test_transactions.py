"""Producers that use Kafka's transactions: their markers, what they aborted, and what is gone, are nothing to wait for."""

from __future__ import annotations

from typing import Any

from kafka import OffsetAndMetadata, TopicPartition

from pipeline.kafka.clients import admin_client, consumer, ensure_topics, producer
from pipeline.kafka.reading import open_reader, read_to_end
from pipeline.operations.status import lags
from pipeline.operations.waiting import passed
from pipeline.operations.watch.measure import measure
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_RAW
from pipeline.topology import chain, group
from schemas.report import Refusals
from tests.conftest import Pipeline
from tests.support.waiting import until


class Transactions:
    """A producer whose every batch of values is one transaction."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._settings = pipeline.settings
        self._producer: Any = producer(pipeline.settings, transactional_id=pipeline.settings.named("desk"))
        self._producer.init_transactions()

    def send(self, tp: TopicPartition, *values: bytes, commit: bool = True) -> None:
        before = self._end(tp)
        self._producer.begin_transaction()
        for value in values:
            self._producer.send(tp.topic, value, key=b"k", partition=tp.partition)
        self._producer.flush()
        (self._producer.commit_transaction if commit else self._producer.abort_transaction)()
        # the coordinator writes the marker after it has answered
        until(lambda: self._end(tp) == before + len(values) + 1)

    def _end(self, tp: TopicPartition) -> int:
        with open_reader(self._settings, isolation_level="read_uncommitted") as reader:
            end: int = reader.end_offsets([tp])[tp]
            return end

    def close(self) -> None:
        self._producer.close()


def test_markers_aborted_and_deleted_records_are_no_lag(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    ensure_topics(settings)
    revise = chain(settings)[-1]
    tp, other = (TopicPartition(ARTICLES_RAW.full_name(settings), n) for n in (0, 1))
    desk = Transactions(pipeline)
    desk.send(tp, b"1", b"2")
    desk.send(tp, b"3", commit=False)
    with open_reader(settings) as reader:
        found = list(read_to_end(reader, {tp: 0}))
        assert [record.value for record in found] == [b"1", b"2"], "what was aborted is nobody's"
        end = reader.end_offsets([tp])[tp]
    committed = found[-1].offset + 1
    assert (committed, end) == (2, 5), "a marker, an aborted record and its marker"
    assert lags(settings)["revise"] == 5
    _commit(pipeline, {tp: committed})
    assert lags(settings)["revise"] == 0
    assert passed(settings, revise, {tp: end})
    desk.send(tp, b"4")
    assert lags(settings)["revise"] > 0
    assert passed(settings, revise, {tp: end})
    assert not passed(settings, revise, {tp: end + 1})

    # records that retention removed before anybody read them
    desk.send(other, b"5", b"6")
    _commit(pipeline, {tp: end + 1, other: 0})
    assert lags(settings)["revise"] > 0
    admin = admin_client(settings)
    admin.delete_records({other: 3})
    admin.close()
    assert lags(settings)["revise"] == 0
    assert passed(settings, revise, {other: 3})
    desk.close()


def test_reconcile_does_not_wait_for_a_marker(pipeline: Pipeline) -> None:
    ensure_topics(pipeline.settings)
    desk = Transactions(pipeline)
    desk.send(TopicPartition(ARTICLES_CURRENT.full_name(pipeline.settings), 0), b"garbage", b"garbage")
    desk.close()
    pipeline.start("indexer")
    pipeline.until(lambda: pipeline.count("dead-letters") == 2)
    pipeline.until_quiet()
    done = pipeline.command("reconcile", "--json")
    assert done.returncode == 0, done.stderr.decode()
    found = measure(pipeline.settings)
    assert (found.stages["index"].members, found.stages["revise"].members) == (1, 0)
    assert found.refusals == {"index": Refusals(refused=2, failed_last_hour=0)}


def _commit(pipeline: Pipeline, offsets: dict[TopicPartition, int]) -> None:
    """As a consumer does: the last record's offset and one."""
    own: Any = consumer(pipeline.settings, group=group(chain(pipeline.settings)[-1], pipeline.settings))
    own.assign(list(offsets))
    own.commit({tp: OffsetAndMetadata(offset, "", -1) for tp, offset in offsets.items()})
    own.close(autocommit=False)
