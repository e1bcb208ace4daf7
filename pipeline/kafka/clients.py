"""Kafka clients, made from the settings; the topics of the topology; keys and their partitions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import kafka.codec
from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError, TopicAlreadyExistsError

from pipeline.errors import Fatal, Retry
from pipeline.kafka.client_ids import client_id
from pipeline.kafka.consumer import Consumer
from pipeline.kafka.partitions import partition_of as partition_of
from pipeline.kafka.security import client_options
from pipeline.kafka.topic_limits import correct_limits
from pipeline.settings import Settings
from pipeline.topics import HEADROOM, STATE_TOPICS, Topic

_LARGEST_BATCH = 64 * 1024 * 1024
"""Bytes of a decompressed batch. kafka-python takes 1 MiB where a zstd frame doesn't say its size, as those of Java don't."""


def kafka_servers(settings: Settings) -> str:
    """host:port of the brokers, comma-separated. Raises Fatal where there are none."""
    if not settings.kafka_servers:
        raise Fatal("no Kafka configured: set DATELINE_KAFKA_SERVERS, or start local engines with `dateline local up`")
    return settings.kafka_servers


def article_key(article_id: UUID | str) -> bytes:
    """Key of an article's records, as bytes on the wire."""
    return str(article_id).encode()


def admin_client(settings: Settings) -> KafkaAdminClient:
    """An admin client. Raises Retry where no broker answers."""
    servers = kafka_servers(settings)
    try:
        return KafkaAdminClient(
            bootstrap_servers=servers, bootstrap_timeout_ms=8000, request_timeout_ms=10000, **client_options(settings)
        )
    except (KafkaError, ValueError, OSError) as e:
        raise unreachable(servers, e) from e


def unreachable(servers: str, error: Exception) -> Retry:
    """The error of a broker that doesn't answer."""
    return Retry(
        f"Kafka at {servers} does not answer ({type(error).__name__}); is it up? `dateline status` shows the engines"
    )


def wrong_count(name: str, count: int, settings: Settings) -> Fatal:
    """The error of a topic with another number of partitions than the settings say."""
    return Fatal(
        f"topic {name} has {count} partitions, the settings say {settings.partitions}. A topic's partition "
        f"count is fixed for its life: set DATELINE_PARTITIONS={count}, or move to new topics under "
        "another DATELINE_NAMESPACE and replay (docs/operations.md)"
    )


def ensure_topics(
    settings: Settings,
    topics: Iterable[Topic] | None = None,
    more: dict[str, dict[str, str]] | None = None,
) -> None:
    """Make the topics that aren't there, all of them by default, and `more` by name and configuration; alter limits of
    those that are there. Raises Fatal where one has another number of partitions, or can't be altered."""
    if topics is None:
        from pipeline.topology import topics as flow_topics  # with all stages: most clients need none of them

        topics = (*flow_topics(settings), *STATE_TOPICS)
    admin = admin_client(settings)
    try:
        wanted = {topic.full_name(settings): topic.config(settings) for topic in topics} | (more or {})
        existing = {
            t["name"]: len(t["partitions"])
            for t in admin.describe_topics(sorted(wanted.keys() & set(admin.list_topics())))
        }
        for name, count in existing.items():
            if count != settings.partitions:
                raise wrong_count(name, count, settings)
        correct_limits(admin, {name: wanted[name] for name in existing})
        missing = {
            name: {
                "num_partitions": settings.partitions,
                "replication_factor": settings.replication,
                "configs": config,
            }
            for name, config in wanted.items()
            if name not in existing
        }
        if missing:
            # another process may be as quick; its counts are checked by its own settings
            with contextlib.suppress(TopicAlreadyExistsError):
                admin.create_topics(missing)
            admin.wait_for_topics(list(missing))
    except KafkaError as e:
        raise unreachable(kafka_servers(settings), e) from e
    finally:
        admin.close()


def existing_topics(settings: Settings) -> frozenset[str]:
    """The full names of the topics that the broker has. Raises Retry where no broker answers."""
    admin = admin_client(settings)
    try:
        return frozenset(admin.list_topics())
    except KafkaError as e:
        raise unreachable(kafka_servers(settings), e) from e
    finally:
        admin.close()


def producer(settings: Settings, **options: Any) -> KafkaProducer:
    """An idempotent producer that waits for all replicas. Raises Retry where no broker answers."""
    servers = kafka_servers(settings)
    config: dict[str, Any] = {
        "bootstrap_servers": servers,
        "enable_idempotence": True,
        "acks": "all",
        "compression_type": settings.codec,
        "linger_ms": 5,
        # the broker's limit is on a batch, not on a record
        "batch_size": min(256 * 1024, settings.largest_record // 2),
        "max_request_size": settings.largest_record + 2 * HEADROOM,
        "max_block_ms": 20_000,
        "bootstrap_timeout_ms": 8000,
        "allow_auto_create_topics": False,
        **client_options(settings),
    }
    try:
        made = KafkaProducer(**(config | options))
    except RuntimeError as e:  # kafka-python's, of a codec
        raise Fatal(f"{e}: install them, or set DATELINE_KAFKA_COMPRESSION to another codec or to none") from e
    except (KafkaError, ValueError, OSError) as e:
        raise unreachable(servers, e) from e
    _survive_refusals(made._transaction_manager)
    return made


def consumer(settings: Settings, *, group: str | None = None, **options: Any) -> Consumer:
    """A consumer of raw bytes of committed transactions, without automatic commits. Raises Retry where no broker answers."""
    servers = kafka_servers(settings)
    config: dict[str, Any] = {
        "bootstrap_servers": servers,
        "group_id": group,
        "client_id": client_id(settings),
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
        "max_partition_fetch_bytes": settings.largest_record + 2 * HEADROOM,
        "fetch_max_bytes": max(50 * 1024 * 1024, settings.largest_record + 2 * HEADROOM),
        "fetch_max_wait_ms": 100,
        "bootstrap_timeout_ms": 8000,
        "allow_auto_create_topics": False,
        **client_options(settings),
    }
    try:
        kafka.codec.ZSTD_MAX_OUTPUT_SIZE = _LARGEST_BATCH
        return Consumer(**(config | options))
    except (KafkaError, ValueError, OSError) as e:
        raise unreachable(servers, e) from e


def _survive_refusals(manager: Any) -> None:
    """Have an idempotent producer go on after a batch that the broker refuses.

    kafka-python 3.0.12 takes every error that is not retriable for the end of the producer, as a record that is larger than
    its topic allows: all that is sent later fails with the same error. A new epoch is enough, as for a lost sequence.
    tests/contracts/test_kafka_traps.py fails once the library is fixed.
    """
    if manager is None or manager.is_transactional():
        return
    classify = manager.classify_batch_error

    def classified(error: Any, batch: Any, log_start_offset: int = -1) -> Any:
        found = classify(error, batch, log_start_offset=log_start_offset)
        kind = error if isinstance(error, type) else type(error)
        if found != manager.ERROR_CLASS_FATAL or kind in manager._FATAL_ERRORS:
            return found
        bump = manager._supports_epoch_bump()
        return manager.ERROR_CLASS_NEEDS_EPOCH_BUMP if bump else manager.ERROR_CLASS_NEEDS_PRODUCER_ID_RESET

    manager.classify_batch_error = classified
