"""Partitions and disks, as brokers describe them."""

from __future__ import annotations

from typing import Any

from pipeline.operations.watch.kafka_health import disks, faults


def partition(number: int, leader: int, in_sync: list[int], replicas: list[int]) -> dict[str, Any]:
    return {"partition_index": number, "leader_id": leader, "isr_nodes": in_sync, "replica_nodes": replicas}


def test_each_partition_has_its_worst_fault() -> None:
    described = [
        {
            "name": "articles.raw",
            "partitions": [
                partition(0, 1, [1, 2, 3], [1, 2, 3]),
                partition(1, 1, [1, 2], [1, 2, 3]),
                partition(2, 1, [1], [1, 2, 3]),
                partition(3, -1, [], [1, 2, 3]),
            ],
        },
        {"name": "__consumer_offsets", "partitions": [partition(0, -1, [3], [3]), partition(1, 1, [1], [1, 3])]},
    ]
    found = faults(described, {"articles.raw": 2})
    assert found.leaderless == ("articles.raw-3", "__consumer_offsets-0")
    assert found.unwritable == ("articles.raw-2",)
    assert found.thin == ("articles.raw-1", "__consumer_offsets-1")


def test_a_disk_is_known_where_the_broker_tells_how_large_it_is() -> None:
    def folder(**sizes: int) -> dict[str, Any]:
        return {"error_code": 0, "log_dir": "/logs", "topics": [], **sizes}

    described = [
        {"broker": 1, "log_dirs": [folder(total_bytes=100, usable_bytes=7)]},
        {"broker": 2, "log_dirs": [folder(total_bytes=-1, usable_bytes=-1)]},
        {"broker": 3, "log_dirs": []},
        {"broker": 4, "log_dirs": [folder()]},
    ]
    assert [(one.place, one.free, one.total) for one in disks(described)] == [("kafka 1 /logs", 7, 100)]
