from __future__ import annotations

import pytest

from pipeline.stages.clustering import match
from pipeline.stages.clustering.match import MatchBatch
from pipeline.stages.rows import Rows
from tests.labelled.stories import told
from tests.support.builders import minutes
from tests.support.memory import key_of
from tests.support.stories import bands, telling


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
