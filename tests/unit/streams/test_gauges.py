"""What the worker shows of itself: arithmetic of offsets, and sizes of tables."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY
from rocksdict import Options, Rdict

from pipeline.streams.gauges import Progress, show_progress, show_tables
from pipeline.streams.rocks import RocksStore


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


@pytest.mark.parametrize(
    ("end", "position", "taken", "finished", "committed", "lag", "in_progress"),
    [
        (100, 100, 99, 99, 90, 0, 0),
        (100, 100, None, None, None, 0, 0),  # assigned, and nothing to do
        (100, 60, None, None, 60, 40, 0),  # assigned, nothing fetched yet
        (100, 80, 79, 59, 40, 40, 20),
        (100, 80, 79, None, 60, 40, 20),  # the first batch since the partition was assigned
        (100, 80, 79, None, None, 21, 1),  # nothing was ever committed: at least what is known
        (103, 103, 99, 99, 90, 0, 0),  # markers of transactions at the end
        (50, 100, 99, 99, 90, 0, 0),  # the topic was made again
        (None, None, None, None, None, 0, 0),
    ],
)
def test_lag_is_what_is_not_fetched_and_what_is_in_progress(
    end: int | None, position: int | None, taken: int | None, finished: int | None, committed: int | None,
    lag: int, in_progress: int,
) -> None:  # fmt: skip
    one = Progress("articles.raw", end, position, taken, finished, committed)
    assert (one.lag, one.in_progress) == (lag, in_progress)


def test_partitions_of_a_topic_add_up_and_those_that_are_gone_count_nothing() -> None:
    topics: set[str] = set()
    show_progress([Progress("t1", 10, 4, None, None, 4), Progress("t1", 10, 9, 8, 5, 0), Progress("t2", 3, 3, None, None, 3)], topics)  # fmt: skip
    assert value("dateline_lag", topic="t1") == 6 + 1 + 3
    assert value("dateline_records_in_progress", topic="t1") == 3
    assert (value("dateline_partitions", topic="t1"), value("dateline_partitions", topic="t2")) == (2, 1)
    show_progress([], topics)
    assert (value("dateline_lag", topic="t1"), value("dateline_partitions", topic="t1")) == (0, 0)


def test_tables_in_memory_and_on_disk_have_sizes(tmp_path: Path) -> None:
    db = Rdict(str(tmp_path / "0"), Options(raw_mode=True))
    for n in range(1000):
        db[b"%d" % n] = b"value" * 20
    db.flush()
    store: Any = RocksStore.__new__(RocksStore)
    store._dbs = {0: db}
    show_tables({"small": SimpleNamespace(data={b"a": b"1", b"b": b"2"}), "large": SimpleNamespace(data=store)})
    assert value("dateline_table_rows", table="small") == 2
    assert value("dateline_table_bytes", table="small") is None
    assert value("dateline_table_rows", table="large") == pytest.approx(1000, rel=0.1)
    assert (value("dateline_table_bytes", table="large") or 0) > 1000
    db.close()
