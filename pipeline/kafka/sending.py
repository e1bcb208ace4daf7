"""Sends records and waits until Kafka has acknowledged them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from kafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from pipeline.errors import Retry
from pipeline.kafka.clients import kafka_servers, partition_of
from pipeline.settings import Settings

TIMEOUT = 20.0
"""Seconds to wait for acknowledgements."""


class Deliveries:
    """Records on their way to Kafka by one producer; `wait` returns when Kafka has all of them.

    The producer stays its owner's. For one thread; several may share a producer. Every failure is a Retry: Kafka may
    have some of the records, and sending all of them again has to be safe.
    """

    def __init__(self, settings: Settings, producer: Any, timeout: float = TIMEOUT) -> None:
        self._settings, self._producer, self._timeout = settings, producer, timeout
        self._pending: list[Any] = []
        self.stored: list[Any] = []
        """The client's metadata of each record that the last `wait` waited for: partition and offset."""

    def __len__(self) -> int:
        """How many were sent since the last `wait`."""
        return len(self._pending)

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        *,
        partition: int | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Hand one record to the producer; by default it goes to its key's partition. Raises Retry."""
        if partition is None and key:
            partition = partition_of(key, self._settings.partitions)
        try:
            sent = self._producer.send(topic, value=value, key=key, partition=partition, headers=list(headers))
        except KafkaError as e:
            raise self._failed(e) from e
        self._pending.append(sent)

    def wait(self) -> None:
        """Wait for every acknowledgement. Raises Retry where one doesn't come within the timeout."""
        too_large = next((error for error in self.wait_for_each() if error is not None), None)
        if too_large is not None:
            raise self._failed(too_large) from too_large

    def wait_for_each(self) -> list[KafkaError | None]:
        """Like `wait`, but for a record that is too large for its topic: in the order of `send`, its error, or None. The
        client has sent it alone by then."""
        pending, self._pending = self._pending, []
        self.stored = []
        deadline = time.monotonic() + self._timeout
        errors: list[KafkaError | None] = []
        for sent in pending:
            try:
                self.stored.append(sent.get(timeout=max(0.001, deadline - time.monotonic())))
                errors.append(None)
            except (MessageSizeTooLargeError, RecordListTooLargeError) as e:
                errors.append(e)
            except KafkaError as e:
                raise self._failed(e) from e
        return errors

    def _failed(self, error: KafkaError) -> Retry:
        return Retry(
            f"Kafka at {kafka_servers(self._settings)} did not acknowledge every record ({type(error).__name__}); "
            "sending them again is safe"
        )
