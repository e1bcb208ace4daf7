"""What stages remember: rows that carry their time, and go by the records' own time."""

from __future__ import annotations

from pipeline.stages.rows import Rows


def test_rows_without_an_end_are_stored_as_they_are() -> None:
    table: dict[bytes, bytes] = {}
    rows = Rows(table)
    rows.put("key", b"value")
    rows.expire()
    assert table == {b"key": b"value"}
    assert list(rows.items()) == [("key", b"value")]
