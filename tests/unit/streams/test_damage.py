"""Tables in RocksDB whose files are damaged, gone or can't be written: no record's fault, and never taken for empty."""

from __future__ import annotations

import gc
import random
import shutil
from pathlib import Path
from typing import Any

import faust
import pytest
from faust.types import TP

from pipeline.errors import Fatal
from pipeline.kafka.partitions import partition_of
from pipeline.settings import Settings, load_settings
from pipeline.stages.rows import Rows
from pipeline.streams import state_folder
from pipeline.streams.faust_fixes import DurableTable
from pipeline.streams.state_folder import open_state_folder
from tests.unit.streams.test_tables import OnDisk, store_of

FULL = "IO error: No space left on device: While appending to file: /x/1.db/4.log: No space left on device"
NAMES = [name for name in (f"key{n}" for n in range(4000)) if partition_of(name.encode(), 4) == 1]


def filled(folder: Path) -> OnDisk:
    """A table with rows of partition 1 in a file."""
    table = OnDisk(folder)
    db = table.data._db_for_partition(1)
    for name in NAMES:
        db.put(name.encode(), random.Random(name).randbytes(200))
    db.flush()
    return table


def damage(table: Any, at: int | None = None) -> None:
    """Bytes in the middle of its file, or at its beginning, are overwritten while nobody has it open."""
    table.data._dbs.clear()
    gc.collect()
    largest = max(table.data.partition_path(1).glob("*.sst"), key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    first, count = (len(content) // 2, 2000) if at is None else (at, 10)
    content[first : first + count] = b"\x55" * count
    largest.write_bytes(content)


def opened(settings: Settings) -> None:
    """By a worker that ends again."""
    open_state_folder(settings).close()


@pytest.mark.parametrize("read", ["row by row", "all"])
def test_a_damaged_table_ends_the_process_and_is_removed(tmp_path: Path, read: str) -> None:
    """RocksDB's own iterator ends at the damage without a word: rows would be missing, as those of embargoes that end."""
    settings = load_settings(local_dir=tmp_path, state_store="rocksdb")
    table = filled(state_folder.state_folder(settings))
    damage(table)
    opened(settings)
    path: Path = table.data.partition_path(1)
    assert path.exists(), "opening it shows nothing"
    whole, other = (path.with_name(f"{name}-1.db") for name in ("whole", "other"))
    shutil.copytree(path, other)
    intact = filled(tmp_path / "intact").data
    intact._dbs.clear()
    gc.collect()
    shutil.copytree(intact.partition_path(1), whole)
    rows = Rows(store_of(table, [1]))  # type: ignore[arg-type]
    with pytest.raises(Fatal, match=r"t-1\.db is damaged .*rebuilt from Kafka"):
        list(rows.scan([1]) if read == "all" else map(rows.get, NAMES))
    table.data._dbs.clear()
    gc.collect()
    opened(settings)
    assert not path.exists()
    assert not other.exists(), "what damaged one may have hit others: each would cost a start of its own"
    assert whole.exists()
    assert not list(path.parent.glob("*.damaged"))


def test_all_rows_of_a_whole_table_are_read(tmp_path: Path) -> None:
    table = filled(tmp_path)
    rows = Rows(store_of(table, [1]))  # type: ignore[arg-type]
    assert [name for piece in rows.scan([1]) for name, _ in piece] == sorted(NAMES)


class Full(OnDisk):
    def __setitem__(self, key: bytes, value: bytes) -> None:
        raise Exception(FULL)


def test_a_full_disk_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(local_dir=tmp_path, state_store="rocksdb")
    table = Full(state_folder.state_folder(settings))
    rows = Rows(store_of(table, [1]))  # type: ignore[arg-type]
    with pytest.raises(Fatal, match=r"t-1\.db.*No space left on device.*make room"):
        rows.put(NAMES[0], b"value")
    OnDisk.__setitem__(table, NAMES[0].encode(), b"value")
    table.data._dbs.clear()
    gc.collect()

    def full(path: str) -> None:
        raise Exception(FULL)

    with monkeypatch.context() as patch:
        patch.setattr("rocksdict.Rdict", full)
        with pytest.raises(Fatal, match="make room"):
            opened(settings)
    assert table.data.partition_path(1).exists()
    assert table.get(NAMES[0].encode()) == b"value"


def test_other_errors_stay_as_they_are(tmp_path: Path) -> None:
    class Odd(OnDisk):
        def get(self, key: bytes, default: object = None) -> bytes:
            raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        Rows(store_of(Odd(tmp_path), [1])).get(NAMES[0])  # type: ignore[arg-type]


def test_damage_that_faust_meets_ends_the_process_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads the table's offset when partitions are assigned: the worker crashed with a traceback, at every start."""
    exits: list[str] = []
    monkeypatch.setattr("pipeline.streams.faust_fixes.exit_process", exits.append)
    app = faust.App("tables", store="rocksdb://", datadir=str(tmp_path), topic_partitions=4, Table=DurableTable)
    table: Any = app.Table("t", key_type=bytes, value_type=bytes, partitions=4)
    changelog = TP("changelog", 1)
    table.data.set_persisted_offset(changelog, 7)
    assert table.persisted_offset(changelog) == 7
    table.data._db_for_partition(1).flush()
    damage(table, at=0)
    with pytest.raises(Exception, match="Corruption"):  # in production there is nobody left
        table.persisted_offset(changelog)
    (reason,) = exits
    assert "t-1.db is damaged" in reason
    assert [mark.name for mark in tmp_path.rglob("*.damaged")] == ["t-1.db.damaged"]
