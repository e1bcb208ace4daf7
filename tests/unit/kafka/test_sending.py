from __future__ import annotations

from typing import Any

import pytest
from kafka.errors import KafkaTimeoutError

from pipeline.errors import Retry
from pipeline.kafka.clients import partition_of
from pipeline.kafka.sending import Deliveries
from pipeline.settings import Settings

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092")


class Producer:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.sent: list[dict[str, Any]] = []

    def send(self, topic: str, **record: Any) -> Any:
        self.sent.append({"topic": topic, **record})
        return self

    def get(self, timeout: float) -> None:
        if self.error:
            raise self.error


def test_deliveries_go_to_their_keys_partition_and_a_failure_is_a_retry() -> None:
    kafka = Producer()
    deliveries = Deliveries(SETTINGS, kafka)
    deliveries.send("t", b"key", b"value")
    deliveries.send("t", None, b"value", headers=[("a", b"b")])
    deliveries.send("t", b"key", b"value", partition=3)
    assert len(deliveries) == 3
    deliveries.wait()
    assert len(deliveries) == 0
    assert [one["partition"] for one in kafka.sent] == [partition_of(b"key", SETTINGS.partitions), None, 3]
    failing = Deliveries(SETTINGS, Producer(KafkaTimeoutError()))
    failing.send("t", b"key", b"value")
    with pytest.raises(Retry, match="broker:9092 did not acknowledge every record"):
        failing.wait()
    failing.wait()
