"""Finds tables whose rows are gone: a changelog in which nothing was ever written, of a stage that has processed records.

Kafka's data was lost, or somebody deleted the topic. Without its rows a stage takes what it knows for new: comments of a
story that is killed later are not found, stories are parted. Nothing can bring the rows back but the records themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kafka import TopicPartition
from kafka.errors import KafkaError

from pipeline import telemetry
from pipeline.kafka.clients import kafka_servers, unreachable
from pipeline.kafka.groups import committed_offsets
from pipeline.kafka.reading import open_reader
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.streams.faust_app import changelog
from pipeline.topology import group, worker_stages

Offsets = Mapping[TopicPartition, int]


def report_lost_tables(settings: Settings) -> None:
    """Log `table_empty` for each. Raises Retry where Kafka is away."""
    stages = [stage for stage in worker_stages(settings) if stage.tables]
    committed = committed_offsets(settings, {group(stage, settings) for stage in stages})
    partitions = [
        TopicPartition(changelog(stage, table, settings), partition)
        for stage in stages
        for table in stage.tables
        for partition in range(settings.partitions)
    ]
    with open_reader(settings) as reader:
        try:
            ends = reader.end_offsets(partitions)
        except KafkaError as e:
            raise unreachable(kafka_servers(settings), e) from e
    of_all = {tp: offset for offsets in committed.values() for tp, offset in offsets.items()}
    for topic, records in lost_tables(settings, stages, of_all, ends):
        telemetry.TABLE_EMPTY(topic=topic, records=records)


def lost_tables(
    settings: Settings, stages: Iterable[Stage], committed: Offsets, ends: Offsets
) -> Iterable[tuple[str, int]]:
    """The changelogs that never had a record, and how many offsets their stages have committed. Pure."""
    written = {tp.topic for tp, end in ends.items() if end}
    for stage in stages:
        reads = {topic.full_name(settings) for topic in stage.reads}
        records = sum(offset for tp, offset in committed.items() if tp.topic in reads)
        for table in stage.tables:
            topic = changelog(stage, table, settings)
            if records and topic not in written:
                yield topic, records
