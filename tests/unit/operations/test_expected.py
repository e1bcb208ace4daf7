from __future__ import annotations

from datetime import UTC, datetime

from pipeline.operations.expected import digest


def test_a_digest_is_of_the_content_in_any_order_and_not_of_the_times_of_processing() -> None:
    at = datetime(2026, 3, 14, 12, tzinfo=UTC)
    one = digest({"a": 1, "at": at, "processed": {"indexed": at}})
    assert one == digest({"at": "2026-03-14T12:00:00+00:00", "a": 1})
    assert one != digest({"at": at, "a": 2})
