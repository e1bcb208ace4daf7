"""Faust's store on disk (RocksDB), as the worker uses it. It has nothing that the changelog hasn't.

Faust's own writes a row when a stage does, and later, one by one, the offset that its changelog record got. A worker that
dies in between has rows that are in no changelog; redoing the batch takes them for saved, and another worker never hears of
them. Here the rows of a batch wait in memory until Kafka has all of them, and are then written at once, with the offset.

Nothing is synced: what a crash of the machine takes, rows and offset together, is read from the changelog.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import rocksdict
from faust.stores import STORES, rocksdb
from faust.streams import current_event
from faust.types import TP

from pipeline.streams import damage

URL = "dateline://"
"""Of this store, for Faust."""
STORES.aliases["dateline"] = f"{__name__}:RocksStore"
CACHE = 64 * 1024 * 1024
"""Bytes of blocks in memory, of all tables and partitions together …"""
WRITE_BUFFERS = 64 * 1024 * 1024
"""… and of rows that are not in a file yet. Faust's own: 2 GiB and 192 MiB for each of some hundred."""
OPEN_FILES = 64
"""Of one partition of a table."""


class RocksStore(rocksdb.Store):
    """Rows of one table, a database for each partition."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rocksdb_options = _Options()
        self.unsaved: dict[int, dict[bytes, bytes | None]] = defaultdict(dict)
        """By partition: rows that Kafka may not have yet; None of those that are deleted."""

    def save(self, acknowledged: Iterable[Any]) -> None:
        """Kafka has every row that waits: write them. `acknowledged`: the metadata of their changelog records."""
        offsets: dict[int, int] = {}
        for one in acknowledged:
            partition = one.topic_partition.partition
            offsets[partition] = max(one.offset, offsets.get(partition, -1))
        unsaved, self.unsaved = self.unsaved, defaultdict(dict)
        for partition, rows in unsaved.items():
            batch = rocksdict.WriteBatch(raw_mode=True)
            for key, value in rows.items():
                batch.delete(key) if value is None else batch.put(key, value)
            if partition in offsets:
                batch.put(self.offset_key, str(offsets[partition]).encode())
            self._db_for_partition(partition).write(batch)

    def scan(self, partition: int, size: int) -> Iterator[list[tuple[bytes, bytes]]]:
        """The rows of a partition that is open, so many at a time. Between two pieces nothing of it is held open: it could not
        be opened again after a rebalance."""
        after: bytes | None = None
        while piece := self._piece(partition, after, size):
            after = piece[-1][0] + b"\0"
            unsaved = self.unsaved.get(partition, {})
            yield [row for row in piece if row[0] != self.offset_key and row[0] not in unsaved]
        yield [(key, row) for key, row in self.unsaved.get(partition, {}).items() if row is not None]

    def estimate(self) -> tuple[int, int]:
        """About how many rows, and how many bytes of files, the partitions have that are open."""
        values = [
            [db.property_int_value(f"rocksdb.{name}") or 0 for name in ("estimate-num-keys", "total-sst-files-size")]
            for db in list(self._dbs.values())
        ]
        return sum(rows for rows, _ in values), sum(size for _, size in values)

    def _piece(self, partition: int, after: bytes | None, size: int) -> list[tuple[bytes, bytes]]:
        db = self._dbs.get(partition)
        return damage.rows_from(db, after, size) if db is not None else []

    def revoke_partitions(self, table: Any, tps: set[TP]) -> None:
        for tp in tps:
            if tp.topic in table.changelog_topic.topics:
                self.unsaved.pop(tp.partition, None)
        super().revoke_partitions(table, tps)

    def _get(self, key: bytes) -> bytes | None:
        partition = _partition()
        unsaved = self.unsaved.get(partition, {})
        if key in unsaved:
            return unsaved[key]
        value: bytes | None = self._db_for_partition(partition).get(key)
        return value

    def _set(self, key: bytes, value: bytes | None) -> None:
        self.unsaved[_partition()][key] = value

    def _del(self, key: bytes) -> None:
        self.unsaved[_partition()][key] = None

    def _contains(self, key: bytes) -> bool:
        return self._get(key) is not None


class _Options(rocksdb.RocksDBOptions):
    def as_options(self) -> Any:
        options = rocksdict.Options(raw_mode=True)
        options.create_if_missing(True)
        options.set_max_open_files(OPEN_FILES)
        options.set_write_buffer_manager(_write_buffers())
        options.set_write_buffer_size(16 * 1024 * 1024)
        options.set_compression_type(rocksdict.DBCompressionType.lz4())
        options.set_bottommost_compression_type(rocksdict.DBCompressionType.zstd())
        options.set_level_compaction_dynamic_level_bytes(True)
        options.set_skip_stats_update_on_db_open(True)
        options.set_stats_dump_period_sec(0)
        options.set_stats_persist_period_sec(0)
        options.set_keep_log_file_num(2)
        options.set_max_log_file_size(1024 * 1024)
        blocks = rocksdict.BlockBasedOptions()
        blocks.set_bloom_filter(10, block_based=False)
        blocks.set_block_cache(_cache())
        blocks.set_cache_index_and_filter_blocks(True)
        blocks.set_pin_l0_filter_and_index_blocks_in_cache(True)
        blocks.set_format_version(5)
        options.set_block_based_table_factory(blocks)
        return options


@lru_cache(maxsize=1)
def _cache() -> Any:
    return rocksdict.Cache(CACHE)


@lru_cache(maxsize=1)
def _write_buffers() -> Any:
    return rocksdict.WriteBufferManager(WRITE_BUFFERS, False)


def _partition() -> int:
    """That of the event for which a stage reads or writes."""
    event = current_event()
    assert event is not None
    partition: int = event.message.partition
    return partition
