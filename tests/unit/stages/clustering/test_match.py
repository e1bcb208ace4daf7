from __future__ import annotations

import pytest

from pipeline.stages.clustering import match
from pipeline.stages.clustering.match import MatchBatch
from pipeline.stages.clustering.sign import bands as all_bands
from pipeline.stages.rows import Rows
from pipeline.topics import (
    Record,
)
from schemas.events import EnrichedArticleEvent
from tests.labelled.stories import Telling, tellings, told
from tests.support.builders import minutes
from tests.support.memory import config, key_of

TELLINGS = tellings()


def bands(event: EnrichedArticleEvent) -> list[Record]:
    return all_bands(event, config().partition_of)


def telling(name: str, hours: float) -> Telling:
    """One wire text, told again under another name so many hours after noon."""
    text = next(one for one in TELLINGS if one.event == "poopo")
    return text._replace(event=name, publisher=f"{name}.example", at=minutes(60 * hours))


def test_a_full_bucket_forgets_the_earliest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match, "ROW", 2)
    monkeypatch.setattr(match, "ROWS", 3)
    store: dict[bytes, bytes] = {}
    rows = Rows(store, match.RETENTION)
    key = key_of(bands(told(telling("x0", 0)))[0])
    for n in range(2 * (3 + 2)):
        batch = MatchBatch(rows)
        for sent in bands(told(telling(f"x{n}", n / 100)))[:1]:
            batch.apply(sent.value, minutes(0))  # type: ignore[arg-type]
        batch.checkpoint()
    first, last = map(int, (rows.get(key) or b"").partition(b"\n")[0].split())
    assert (first, last) == (2, 4)
    assert {name.decode() for name in store if name.startswith(key.encode() + b"/")} == {f"{key}/2", f"{key}/3"}
