from __future__ import annotations

import pytest

from pipeline.kafka.compacted import CompactedTable
from pipeline.settings import Settings
from pipeline.topics import KEYS
from schemas.provider_key import ProviderKey

SETTINGS = Settings(_env_file=None, kafka_servers="broker:9092")


def test_the_last_value_of_a_key_wins_and_null_is_a_tombstone(caplog: pytest.LogCaptureFixture) -> None:
    table = CompactedTable(SETTINGS, KEYS, ProviderKey)
    first, second = (key(provider) for provider in ("herald", "gazette"))
    table._apply(b"b", first.model_dump_json().encode())
    table._apply(b"a", first.model_dump_json().encode())
    table._apply(b"b", second.model_dump_json().encode())
    assert table.all() == [first, second]
    table._apply(b"a", None)
    table._apply(b"never", None)
    table._apply(b"b", b"{}")
    assert (table.get("a"), table.get("b")) == (None, second), "what can't be read changes nothing"
    assert "state_unreadable topic=keys key=b faults=" in caplog.text


def key(provider: str) -> ProviderKey:
    return ProviderKey.model_validate(
        {"key_id": "a" * 12, "provider": provider, "sha256": "b" * 64, "created": "2026-01-01T00:00:00Z"}
    )
