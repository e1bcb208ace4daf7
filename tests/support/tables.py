"""Doubles of what is below a stage's tables in Faust."""

from __future__ import annotations


class Message:
    def __init__(self, partition: int, generation: int) -> None:
        self.partition, self.generation_id = partition, generation


class Event:
    """Of one partition, handed out in this generation of the consumer group."""

    def __init__(self, partition: int, generation: int = 1) -> None:
        self.message = Message(partition, generation)


class Table(dict[bytes, bytes]):
    """A Faust table in memory, which notes the names of what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def __setitem__(self, key: bytes, value: bytes) -> None:
        super().__setitem__(key, value)
        self.written.append(key.decode())

    @property
    def data(self) -> dict[bytes, bytes]:
        return self
