"""What stages remember: rows that carry their time, and go by the records' own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.stages.rows import Rows


def test_rows_without_an_end_are_stored_as_they_are() -> None:
    table: dict[bytes, bytes] = {}
    rows = Rows(table)
    rows.put("key", b"value")
    list(rows.expire())
    assert table == {b"key": b"value"}
    assert list(rows.scan([0])) == [[("key", b"value")]]


def test_a_time_of_the_future_makes_nobody_elses_row_expire() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    table: dict[bytes, bytes] = {}
    rows = Rows(table, timedelta(days=2), lambda: now)
    rows.put("ann", b"1", now - timedelta(days=1))
    rows.put("old", b"2", now - timedelta(days=3))
    rows.put("odd", b"3", datetime(2099, 1, 1, tzinfo=UTC))
    list(rows.expire())
    assert table.keys() == {b"ann", b"odd"}
    now += timedelta(days=3)
    rows.put("ann", b"1", now)
    list(rows.expire())
    assert table.keys() == {b"ann"}


def test_rows_from_before_1970_are_the_oldest() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    table: dict[bytes, bytes] = {}
    rows = Rows(table, timedelta(days=2), lambda: now)
    rows.put("import", b"1", datetime(1950, 1, 1, tzinfo=UTC))
    rows.put("new", b"2", now)
    list(rows.expire())
    assert table.keys() == {b"new"}
    again = Rows(table, timedelta(days=2), lambda: now)  # after a restart
    again.put("import", b"1", datetime(1950, 1, 1, tzinfo=UTC))
    list(again.expire())
    assert table.keys() == {b"new", b"import"}, "nothing newer was seen yet"
