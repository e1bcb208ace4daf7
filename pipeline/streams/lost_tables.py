"""Finds tables whose rows are gone: a changelog in which nothing was ever written, of a stage that has processed records.

Only tables that surely had rows are looked at: a site without comments never writes those of comments and threads, and
one without embargoes none that are due. Kafka's data was lost, or somebody deleted the topic. Without its rows a stage takes what it knows for new: comments of a
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
from pipeline.stages.revise.tables import ARTICLES, COMMENTS
from pipeline.stages.stage import Stage
from pipeline.streams.faust_app import changelog
from pipeline.topics import ARTICLES_CURRENT, COMMENTS_CURRENT, STORY_BANDS, Topic
from pipeline.topology import group, worker_stages

Offsets = Mapping[TopicPartition, int]
_SURE: dict[str, Topic] = {ARTICLES: ARTICLES_CURRENT, COMMENTS: COMMENTS_CURRENT, "match": STORY_BANDS}
"""A topic for each such table: its stage adds a row with each record that it writes there, or finishes from there. A raw
record tells nothing: it may have been refused."""


def report_lost_tables(settings: Settings) -> None:
    """Log `table_empty` for each. Raises Retry where Kafka is away."""
    stages = [stage for stage in worker_stages(settings) if stage.tables]
    committed = committed_offsets(settings, {group(stage, settings) for stage in stages})
    partitions = [
        TopicPartition(changelog(stage, table, settings), partition)
        for stage in stages
        for table in stage.tables
        if table in _SURE
        for partition in range(settings.partitions)
    ]
    partitions += [
        TopicPartition(topic.full_name(settings), partition)
        for topic in _SURE.values()
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
    """The changelogs that never had a record though they surely had rows, and of how many records. Pure."""
    written = {tp.topic for tp, end in ends.items() if end}
    for stage in stages:
        for table in stage.tables:
            if (sure := _SURE.get(table)) is None:
                continue
            done = committed if sure in stage.reads else ends
            records = sum(offset for tp, offset in done.items() if tp.topic == sure.full_name(settings))
            topic = changelog(stage, table, settings)
            if records and topic not in written:
                yield topic, records
