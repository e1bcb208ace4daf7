"""What match keeps: a log of rows, from which its buckets are made."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pipeline.errors import Fatal
from pipeline.kafka.partitions import partition_of
from pipeline.outcomes import Outcome
from pipeline.stages.clustering import buckets, match
from pipeline.stages.clustering.kept import pack, unpack
from pipeline.stages.clustering.match import MatchBatch
from pipeline.stages.clustering.possible import possible
from pipeline.stages.clustering.relate import relate
from pipeline.stages.declared import STORY_RETENTION
from pipeline.stages.rows import Rows
from pipeline.streams.tables import FaustTables
from schemas.story import Band, Relation, Signature
from tests.support.builders import minutes
from tests.support.signatures import PARTITIONS, bands_of, begun, digest_of, run_batch, signatures
from tests.support.tables import Event, Table

SENT = {
    0: ("62b3213e910afe53", "380d365647f1b1a3"),
    1: ("f97444d436598ea4", "ba0209645a955192"),
    2: ("c92cbb7a8d994860", "3ab1bdbbdc16d4af"),
    3: ("b317fa3891bcc6df", "f9d16e13b86b498d"),
    4: ("949e2fa9ce55b8ee", "41ac24540315882e"),
    5: ("7058468c6479a23e", "ef1350d2cf35e287"),
    6: ("82128fe6b68a9454", "a6638e92fb4a8b1c"),
    7: ("ccafb6f6be498c81", "545c2d7ce0479bc4"),
}
"""Of what the version before sent, which kept JSON of each bucket: as many signatures as ever, and with four at most."""


def again(tables: FaustTables) -> FaustTables:
    return begun(tables._tables["match"])  # type: ignore[arg-type]


def anew(tables: FaustTables) -> FaustTables:
    tables.begin(Event(partition, (tables._generation or 0) + 1) for partition in range(PARTITIONS))
    return tables


def on(tables: FaustTables) -> FaustTables:
    return tables


@pytest.mark.parametrize(
    ("seed", "between"), [*((seed, on) for seed in SENT), *((seed, how) for seed in (0, 3, 6) for how in (again, anew))]
)
def test_the_same_pairs_are_sent_as_by_the_version_before(
    seed: int, between: Callable[[FaustTables], FaustTables], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And by one that is started again or assigned its partitions anew after each batch."""
    rng = random.Random(seed)
    found = signatures(rng, rng.randint(2, 6), 12)
    monkeypatch.setattr(buckets, "YOUNG", 20)
    monkeypatch.setattr(match, "MANY", seed % 2 * 8)
    usual, few = SENT[seed]
    assert digest_of(found, random.Random(seed), between) == usual
    monkeypatch.setattr(buckets, "LIMIT", 4)
    monkeypatch.setattr(buckets, "DROPPED", 2)
    assert digest_of(found, random.Random(seed), between) == few


def test_a_batch_adds_one_row_to_a_partition_and_changes_none() -> None:
    table = Table()
    rows = begun(table).tables["match"]
    found = signatures(random.Random(1), 5, 10)
    size = 0
    for at in range(0, len(found), 10):
        table.written.clear()
        before = dict(table)
        run_batch(rows, [band for one in found[at : at + 10] for band in bands_of(one)])
        assert (
            max(Counter(partition_of(n.encode().partition(b"/")[0], PARTITIONS) for n in table.written).values()) == 1
        )
        assert before.items() <= table.items()
        size = max(size, *(len(table[name.encode()]) for name in table.written))
    assert size < 10 * 600
    table.written.clear()
    run_batch(rows, [band for one in found for band in bands_of(one)])
    assert table.written == [], "all of it was there"


def test_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "LARGEST", 2000)
    table = Table()
    found = signatures(random.Random(1), 5, 10)
    bands = [band for one in found for band in bands_of(one)]
    run_batch(begun(table).tables["match"], bands)
    assert max(map(len, table.values())) <= 2000 + 8
    assert len(table) == len(set(table.written)) > PARTITIONS
    assert run_batch(begun(table).tables["match"], bands) == [], "all of it is read again"


def test_a_batch_that_is_not_saved_leaves_no_trace() -> None:
    found = signatures(random.Random(2), 3, 8)
    bands = [band for one in found for band in bands_of(one)]
    table = Table()
    rows = begun(table).tables["match"]
    first = run_batch(rows, bands, dies=True)
    assert table == {}
    assert run_batch(rows, bands) == first != []


def test_a_batch_of_which_only_some_rows_came_through_is_done_again() -> None:
    """The rows that it adds then stand beside those, over none of them."""
    found = signatures(random.Random(3), 3, 8)
    bands = [band for one in found for band in bands_of(one)]
    whole = Table()
    sent = run_batch(begun(whole).tables["match"], bands)
    for kept in range(len(whole.written)):
        table = Table()
        table.update({name.encode(): whole[name.encode()] for name in whole.written[:kept]})
        there = dict(table)
        left = run_batch(begun(table).tables["match"], bands + bands[:5])
        assert there.items() <= table.items()
        assert {pair.model_dump_json() for pair in left} <= {pair.model_dump_json() for pair in sent}
        assert run_batch(begun(table).tables["match"], bands) == []


def test_a_partition_is_read_once_and_in_pieces() -> None:
    store: dict[bytes, bytes] = {}
    bands = [band for one in signatures(random.Random(3), 3, 8) for band in bands_of(one)]
    for band in bands:
        run_batch(Rows(store, STORY_RETENTION), [band])
    rows = Rows(store, STORY_RETENTION)
    assert len(list(MatchBatch(rows).read(bands))) >= len(store) > 10
    assert list(MatchBatch(rows).read(bands)) == []


def test_what_another_worker_added_meanwhile_counts() -> None:
    """The partitions went to another worker and came back."""
    table = Table()
    mine = begun(table)
    one, other, third = (copy(n) for n in range(3))
    run_batch(mine.tables["match"], bands_of(one))
    run_batch(begun(table).tables["match"], bands_of(other))
    mine.begin(Event(partition, 3) for partition in range(PARTITIONS))
    sent = run_batch(mine.tables["match"], bands_of(third))
    assert {other.article_id, one.article_id} & {pair.other for pair in sent}
    assert run_batch(mine.tables["match"], bands_of(other)) == []
    names = {name.decode() for name in table}
    assert len(names) == len(table.written), "no row was written over another"


def copy(n: int, hours: float = 0) -> Signature:
    one = next(one for one in signatures(random.Random(5), 2, 2) if one.shingles)
    article = one.article_id.__class__(int=n + 1)
    at = minutes(60 * hours + n)
    return one.model_copy(
        update={"article_id": article, "event_id": f"copy {n}", "received": at, "first_published": at}
    )


def test_what_expired_is_forgotten() -> None:
    store: dict[bytes, bytes] = {}
    rows = Rows(store, STORY_RETENTION)
    old, new = copy(0), copy(1, hours=1000)
    run_batch(rows, bands_of(old))
    run_batch(rows, bands_of(new))
    assert len(store) == 2
    list(rows.expire())
    assert len(store) == 1
    batch = MatchBatch(rows)
    (first, *_) = bands_of(old)
    assert batch.apply(first, minutes(0)) is Outcome.FORWARDED
    assert MatchBatch(rows).apply(bands_of(new)[0], minutes(0)) is Outcome.DUPLICATE


def test_a_full_bucket_forgets_the_earliest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "LIMIT", 6)
    monkeypatch.setattr(buckets, "DROPPED", 2)
    rows = Rows({}, STORY_RETENTION)
    for n in range(9):
        run_batch(rows, bands_of(copy(n)))
    for one in (rows, Rows(rows._store, STORY_RETENTION)):
        known = [MatchBatch(one).apply(bands_of(copy(n))[0], minutes(0)) is Outcome.DUPLICATE for n in range(9)]
        assert known == [False] * 4 + [True] * 5


def test_rows_of_the_version_before_are_read_until_they_expire() -> None:
    """A bucket: its last row under its key, after the numbers of its first and last; the others under `key/number`."""
    one, other, third = (copy(n) for n in range(3))
    (band, *_) = bands_of(third)
    key = band.keys[0]
    store: dict[bytes, bytes] = {}
    rows = Rows(store, STORY_RETENTION)
    pairs = f'[["{one.event_id}","{other.event_id}","copy"]]'
    rows.put(f"{key}/3", b"[" + one.model_dump_json().encode() + b"]", one.received)
    last = other.model_dump_json()[:-1] + f',"pairs":{pairs}}}'
    rows.put(key, f"2 4\n[{last}]".encode(), other.received)
    for known in (one, other):
        assert MatchBatch(rows).apply(Band(keys=(key,), signature=known), minutes(0)) is Outcome.DUPLICATE
    sent = run_batch(rows, [Band(keys=(key,), signature=third)])
    assert 0 < len(sent) <= 2, "one of the two connects it: those are connected"
    assert {pair.relation for pair in sent} == {Relation.COPY}
    run_batch(rows, bands_of(copy(4, hours=1000)))
    list(rows.expire())
    assert not {key.encode(), f"{key}/3".encode()} & store.keys()


def test_a_row_of_a_later_version_is_not_guessed_at() -> None:
    (band, *_) = bands_of(copy(0))
    rows = Rows({}, STORY_RETENTION)
    rows.put(f"{band.keys[0]}/v0.00000000", b"\x02", minutes(0))
    with pytest.raises(Fatal, match="later version"):
        MatchBatch(rows).apply(band, minutes(0))


def test_a_signature_is_the_same_after_packing() -> None:
    odd = [
        copy(0).model_copy(update={"publisher": "ü" * 512, "event_id": "語" * 512, "days": 127}),
        copy(0).model_copy(update={"shingles": b"", "features": b"", "received": datetime(1001, 1, 1, tzinfo=UTC)}),
        copy(0).model_copy(update={"received": datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)}),
    ]
    for one in [*odd, *signatures(random.Random(4), 3, 8)]:
        assert Signature(**dict(unpack(pack(one)))) == one


def test_what_is_left_out_at_once_is_not_related() -> None:
    found = signatures(random.Random(8), 4, 12)
    double = found[0].model_copy(update={"event_id": "double", "features": found[0].features[:5] + found[0].features})
    packed = [pack(one) for one in (*found, double)]
    left_out = related = 0
    for one in (*found, double):
        left = set(possible(pack(one), packed))
        left_out += len(set(packed)) - len(left)
        for other in (*found, double):
            if relate(one, other) is not None:
                related += 1
                assert pack(other) in left
    assert left_out > 500 < related
