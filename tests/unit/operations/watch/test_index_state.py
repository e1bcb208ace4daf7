"""What Elasticsearch is asked for, by an Elasticsearch in memory that has no more on a page than it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.operations.watch import index_state
from pipeline.operations.watch.index_state import item_slots, last_items
from pipeline.operations.watch.rhythm import SLOT
from pipeline.settings import Settings

SETTINGS = Settings(_env_file=None)
NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)


class Index:
    """Items of many providers: of each one, and of each later one an older one."""

    def __init__(self, providers: int) -> None:
        self.rows = [(f"p{n:04}", NOON - timedelta(minutes=n)) for n in range(providers)]

    def options(self, **_: Any) -> Index:
        return self

    def search(self, *, index: list[str], aggs: dict[str, Any], **_: Any) -> dict[str, Any]:
        asked = aggs["found"]["composite"]
        names = [next(iter(source)) for source in asked["sources"]]
        rows = self.rows if index[0] == "articles" else []
        buckets: list[dict[str, Any]] = []
        for provider, at in rows:
            slot = at.timestamp() // SLOT.total_seconds() * SLOT.total_seconds() * 1000
            key = {"provider": provider, "slot": slot}
            last = {"last": {"value": at.timestamp() * 1000}} if "aggs" in aggs["found"] else {}
            buckets.append({"key": {name: key[name] for name in names}, "doc_count": 1, **last})
        after = asked.get("after", {}).get("provider", "")
        page = [one for one in buckets if one["key"]["provider"] > after][: asked["size"]]
        found = {"buckets": page} | ({"after_key": page[-1]["key"]} if page else {})
        return {"aggregations": {"found": found}}


def test_each_provider_is_watched_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_state, "_PAGE", 1000)
    index: Any = Index(2500)
    last = last_items(index, SETTINGS)
    assert len(last) == 2500
    assert last["articles/p2499"] == NOON - timedelta(minutes=2499)
    slots = item_slots(index, SETTINGS)
    assert slots.keys() == last.keys()
    assert sum(sum(one.values()) for one in slots.values()) == 2500
