"""The log of trend: what is in memory of it is what every mention so far makes, whenever it is read again."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zlib import crc32

import pytest

from pipeline.errors import Fatal
from pipeline.outcomes import Outcome
from pipeline.stages import row_log, term_log
from pipeline.stages.declared import TREND_MIN_COUNT, TREND_RETENTION, TREND_WINDOW
from pipeline.stages.rows import Rows
from pipeline.stages.term_log import GONE, HOUR, TermLog
from pipeline.stages.trend import TrendBatch
from schemas.trend import Mention, Trend
from tests.support.builders import NOON
from tests.support.tables import Table

LATER = NOON + timedelta(days=30)
FIRST_HOUR = int(NOON.timestamp()) // HOUR


def key(term: int) -> str:
    return f"{term:032x}"


def mention(term: int, article: int, hour: float, *, gone: bool = False, name: str = "") -> Mention:
    at = datetime.fromtimestamp((FIRST_HOUR + hour) * HOUR, UTC)
    named = None if gone else name or f"Name {term}"
    return Mention(
        term=key(term), kind="topic" if gone else "place", name=named, article_id=UUID(int=article), at=at, gone=gone
    )  # fmt: skip


def run(rows: Rows, some: Iterable[Mention], *, dies: bool = False) -> list[Trend]:
    batch = TrendBatch(rows)
    for one in some:
        batch.apply(one, LATER)
    sent = [record.value for record in batch.before(LATER) if isinstance(record.value, Trend)]
    if not dies:
        batch.checkpoint()
    return sent


@pytest.mark.parametrize("seed", range(6))
def test_windows_are_those_of_all_mentions(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against a list of them, in batches some of which are done twice, read again now and then, sorted in or not."""
    monkeypatch.setattr(term_log, "YOUNG", 7)
    monkeypatch.setattr(row_log, "LARGEST", 300)
    rng, store = random.Random(seed), dict[bytes, bytes]()
    rows = Rows(store, TREND_RETENTION)
    counted: dict[int, dict[int, int]] = {}
    shown: dict[tuple[str, datetime], Trend] = {}
    for _ in range(60):
        some = [
            mention(rng.choice([1, 1, 1, 2, 3, rng.randrange(99)]), rng.randrange(40), rng.randrange(9), gone=rng.random() < 0.3)
            for _ in range(rng.randint(1, 12))
        ]  # fmt: skip
        if rng.random() < 0.3:
            run(rows, some, dies=True)
        for trend in run(rows, some):
            known = shown.get((trend.term, trend.hour))
            assert known is None or trend.change >= known.change, "else the index would not take it"
            shown[trend.term, trend.hour] = trend
        for one in some:
            articles = counted.setdefault(int(one.term, 16), {})
            hour = int(one.at.timestamp()) // HOUR
            if one.gone:
                articles.pop(one.article_id.int, None)
            else:
                articles.setdefault(one.article_id.int, hour)
        if rng.random() < 0.3:
            rows = Rows(store, TREND_RETENTION)
    for (shown_term, start), trend in shown.items():
        end = int(start.timestamp()) // HOUR
        hours = counted[int(shown_term, 16)].values()
        count = sum(end - TREND_WINDOW < one <= end for one in hours)
        assert trend.count == count or max(trend.count, count) < TREND_MIN_COUNT, "what is shown is what is counted"
        assert (trend.name, trend.kind) == (f"Name {int(shown_term, 16)}", "place")
    ends = {(term, end) for term, articles in counted.items() for end in articles.values()}
    for term, end in ends:
        if sum(end - TREND_WINDOW < one <= end for one in counted[term].values()) >= TREND_MIN_COUNT:
            assert (key(term), datetime.fromtimestamp(end * HOUR, UTC)) in shown


def test_a_batch_writes_what_came_and_not_what_is_known() -> None:
    """A term's row had all of its week, and was written anew with each mention: a name of every tenth article cost
    megabytes a batch."""
    table = Table()
    rows = Rows(table, TREND_RETENTION)
    sizes = []
    for n in range(200):
        table.written.clear()
        run(rows, [mention(1, 1000 * n + k, n / 10) for k in range(20)])
        (name,) = table.written
        sizes.append(len(table[name.encode()]))
    assert max(sizes) == min(sizes) < 300
    table.written.clear()
    run(rows, [mention(1, 1000 * 5, 0.5)])
    assert table.written == [], "that was there"


def test_rows_of_the_version_before_are_read_until_they_expire() -> None:
    store: dict[bytes, bytes] = {}
    rows = Rows(store, TREND_RETENTION)
    articles = [crc32(UUID(int=n).bytes) for n in range(3)]
    old = {
        "name": "Bergen",
        "kind": "place",
        "hours": {FIRST_HOUR: articles[:2], FIRST_HOUR + 1: articles[2:]},
        "change": 7,
    }
    rows.put(key(1), json.dumps(old).encode(), NOON)
    assert TrendBatch(rows).apply(mention(1, 1, 0), LATER) is Outcome.DUPLICATE
    sent = run(rows, [mention(1, 9, 1, name="BERGEN"), mention(1, 0, 0, gone=True)])
    assert {(one.name, one.kind, one.hour, one.count, one.change) for one in sent} == {
        ("Bergen", "place", NOON, 1, 9),
        ("Bergen", "place", NOON + timedelta(hours=1), 3, 9),
    }
    again = run(Rows(store, TREND_RETENTION), [mention(1, 10, 1)])
    assert [(one.name, one.count, one.change) for one in again] == [("Bergen", 4, 10)]


def test_terms_are_not_taken_for_their_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of 64 bits, which a float can't tell apart."""
    monkeypatch.setattr(term_log, "YOUNG", 1)
    for start in (1 << 53, (1 << 62) + 1, (1 << 63) - 3, (1 << 64) - 6):
        rows = Rows({}, TREND_RETENTION)
        for n in range(6):
            run(rows, [mention(start + n, 10 * n + k, 0) for k in range(n + 1)])
        log = TermLog.of(rows)
        assert [len(log.mentions(key(start + n))) for n in range(6)] == [1, 2, 3, 4, 5, 6]
        assert log.name(key(start), log.mentions(key(start))) == (f"Name {start}", "place")


def test_what_takes_back_stays_as_long_as_what_it_takes_back() -> None:
    store: dict[bytes, bytes] = {}
    rows = Rows(store, TREND_RETENTION)
    run(rows, [mention(1, 1, 100), mention(1, 2, 3), mention(1, 3, 3)])
    run(rows, [mention(1, 2, 3, gone=True)])
    run(rows, [mention(2, 4, 100 + TREND_RETENTION / timedelta(hours=1))])
    list(rows.expire())
    known = TermLog.of(Rows(store, TREND_RETENTION)).mentions(key(1))
    assert len([hour for hour in known["hour"].tolist() if not hour & GONE]) == 2
    run(rows, [mention(2, 5, 102 + TREND_RETENTION / timedelta(hours=1))])
    list(rows.expire())
    assert len(TermLog.of(rows).mentions(key(1))) == 0, "a partition whose rows went is read again"


def test_a_row_of_a_later_version_is_not_guessed_at() -> None:
    rows = Rows({}, TREND_RETENTION)
    rows.put(f"{key(1)}/v0.00000000", b"\x02", NOON)
    with pytest.raises(Fatal, match="later version"):
        TrendBatch(rows).apply(mention(1, 1, 0), LATER)
