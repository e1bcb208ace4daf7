"""A topic read from one offset to its end, on a real broker: with gaps, with a transaction's markers, and without an answer."""

from __future__ import annotations

import pytest
from kafka import TopicPartition

from pipeline.errors import Retry
from pipeline.kafka.clients import ensure_topics, producer
from pipeline.kafka.compacted import CompactedTable
from pipeline.kafka.reading import open_reader, partitions_of, read_offsets, read_to_end
from pipeline.topics import ARTICLES_RAW, KEYS
from schemas.provider_key import ProviderKey
from tests.conftest import Pipeline
from tests.support.waiting import PATIENCE


def test_a_topic_is_read_to_an_end_that_is_a_marker(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    ensure_topics(settings)
    tp = TopicPartition(ARTICLES_RAW.full_name(settings), 0)
    kafka = producer(settings, transactional_id=settings.named("markers"))
    kafka.init_transactions()
    for aborted, values in ((False, (b"0", b"1")), (True, (b"3",)), (False, (b"5",))):
        kafka.begin_transaction()
        sent = [kafka.send(tp.topic, value, key=b"k", partition=0) for value in values]
        assert all(one.get(timeout=PATIENCE).offset >= 0 for one in sent)
        kafka.abort_transaction() if aborted else kafka.commit_transaction()
    kafka.close()
    with open_reader(settings, isolation_level="read_uncommitted") as reader:
        # the coordinator writes the last marker after it has answered
        pipeline.until(lambda: reader.end_offsets([tp])[tp] == 7)
        assert set(partitions_of(reader, settings, [ARTICLES_RAW])) == {
            TopicPartition(tp.topic, n) for n in range(settings.partitions)
        }
        # 2, 4 and 6 are markers; the last of them is the end
        assert [one.offset for one in read_to_end(reader, {tp: 0}, timeout=PATIENCE)] == [0, 1, 3, 5]
        assert reader.position(tp) == 7
        assert list(read_to_end(reader, timeout=PATIENCE)) == []
        assert [one.offset for one in read_offsets(reader, {tp: {0, 2, 5, 6, 7, 99}}, timeout=PATIENCE)] == [0, 5]
    with open_reader(settings) as reader:
        assert [one.offset for one in read_to_end(reader, {tp: 0}, timeout=PATIENCE)] == [0, 1, 5]
    plain = producer(settings)
    for n in range(1000):
        plain.send(tp.topic, b"%d" % n, key=b"k", partition=0)
    plain.close()
    with open_reader(settings, max_poll_records=100) as reader:
        seen: list[tuple[int, int]] = []
        found = list(read_to_end(reader, {tp: 5}, timeout=PATIENCE, progress=lambda *pair: seen.append(pair)))
        assert [one.offset for one in found] == [5, *range(7, 1007)]
        assert seen[-1] == (1002, 1002)
        wanted = {7, 8, 600, 1006}
        assert {one.offset for one in read_offsets(reader, {tp: wanted}, timeout=PATIENCE)} == wanted


def test_a_compacted_table_is_what_was_written_last(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    ensure_topics(settings)
    with (
        CompactedTable(settings, KEYS, ProviderKey) as writer,
        CompactedTable(settings, KEYS, ProviderKey) as reader,
    ):
        assert reader.all() == []
        key = ProviderKey.model_validate(
            {"key_id": "a" * 12, "provider": "w", "sha256": "b" * 64, "created": "2026-01-01T00:00:00Z"}
        )
        writer.put([(key.key_id, key), ("other", key)])
        reader.refresh()
        assert len(reader.all()) == 2
        writer.put([("other", None)])
        reader.refresh()
        assert reader.all() == [key] == writer.all()


def test_a_broker_that_is_away_is_a_retry(pipeline: Pipeline) -> None:
    away = pipeline.settings.model_copy(update={"kafka_servers": "127.0.0.1:9"})
    with pytest.raises(Retry, match="does not answer"), open_reader(away):
        pass
