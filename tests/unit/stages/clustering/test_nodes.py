"""The log of join: what is read of it is what was there, and a batch writes what it changed."""

from __future__ import annotations

import json
import random
from uuid import UUID

import pytest

from pipeline.errors import Fatal
from pipeline.outcomes import Outcome
from pipeline.stages import row_log
from pipeline.stages.clustering.join import JoinBatch
from pipeline.stages.clustering.nodes import Graph, Node
from pipeline.stages.declared import STORY_RETENTION
from pipeline.stages.rows import Rows
from pipeline.topics import STORY_LABELS, STORY_MEMBERS, Record
from schemas.story import Label, Membership, Pair, Relation, Root
from tests.support.builders import minutes
from tests.support.tables import Table

ARTICLES = [UUID(int=n + 1) for n in range(12)]


def pair(one: int, other: int, relation: Relation = Relation.REWRITE, *, hours: float = 1) -> Pair:
    return Pair(
        article_id=ARTICLES[one],
        received=minutes(60 * hours * one),
        first_published=minutes(60 * hours * one - 5),
        other=ARTICLES[other],
        other_first_published=minutes(60 * hours * other - 5),
        relation=relation,
    )


def run(rows: Rows, values: list[Pair | Label], *, dies: bool = False) -> list[Record]:
    batch = JoinBatch(rows)
    for value in values:
        batch.apply(value, minutes(0))
    sent = list(batch.before(minutes(0)))
    if not dies:
        batch.checkpoint()
    return sent


def nodes(rows: Rows) -> dict[UUID, Node | None]:
    return {article_id: Graph.of(rows).get(article_id) for article_id in ARTICLES}


@pytest.mark.parametrize("seed", range(8))
def test_what_is_read_again_is_what_was_there(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In batches some of which are done twice: each node, and the stories that come of it."""
    monkeypatch.setattr(row_log, "LARGEST", 400)
    rng, store = random.Random(seed), dict[bytes, bytes]()
    live, members = Rows(store, STORY_RETENTION), dict[UUID, UUID]()
    both = [(a, b) for a in range(12) for b in range(12) if a != b and a % 3 == b % 3 and rng.random() < 0.4]
    waiting: list[Pair | Label] = [
        pair(one, other, rng.choice(list(Relation)[1:])) for a, b in both for one, other in ((a, b), (b, a))
    ]
    while waiting:
        rng.shuffle(waiting)
        taken, waiting = waiting[: (size := rng.randint(1, 6))], waiting[size:]
        if rng.random() < 0.2:
            run(live, taken, dies=True)
        for record in run(live, taken):
            if record.topic is STORY_LABELS:
                waiting.append(record.value)  # type: ignore[arg-type]
            elif record.topic is STORY_MEMBERS and isinstance(record.value, Membership):
                members[record.value.article_id] = record.value.root.article_id
        fresh = Rows(store, STORY_RETENTION)
        assert nodes(fresh) == nodes(live)
        live = fresh if rng.random() < 0.3 else live
        assert run(live, taken) == [] or all(one.topic is STORY_LABELS for one in run(live, taken))
    for article_id, node in nodes(live).items():
        if node is not None and node.root is not None:
            assert node.root.article_id == members.get(article_id, article_id)


def test_a_batch_writes_what_it_changed_of_a_story_and_not_all_of_it() -> None:
    """The first article of a large story had a row with all of its neighbours, which each of them wrote anew."""
    table = Table()
    rows = Rows(table, STORY_RETENTION)
    sizes = []
    for n in range(300):
        table.written.clear()
        other = pair(0, 1).model_copy(update={"other": UUID(int=1000 + n)})
        run(rows, [other])
        (name,) = table.written
        sizes.append(len(table[name.encode()]))
    assert max(sizes) == min(sizes) < 200
    known = Graph.of(rows).get(ARTICLES[0])
    assert known is not None
    assert len(known.neighbours) == 300
    table.written.clear()
    run(rows, [other])
    assert table.written == [], "that was there"


def test_rows_of_the_version_before_are_read_until_they_expire() -> None:
    store: dict[bytes, bytes] = {}
    rows = Rows(store, STORY_RETENTION)
    near = {str(ARTICLES[2]): {"told": minutes(5).isoformat(), "relation": "copy"}}
    root = {"received": minutes(60).isoformat(), "article_id": str(ARTICLES[1])}
    at = {"received": minutes(180).isoformat(), "told": minutes(175).isoformat()}
    old = {"article_id": str(ARTICLES[3]), **at, "root": root, "neighbours": near, "waiting": []}
    rows.put(str(ARTICLES[3]), json.dumps(old).encode(), minutes(180))
    waits = {"article_id": str(ARTICLES[4]), "neighbours": {}, "waiting": [root]}
    rows.put(str(ARTICLES[4]), json.dumps(waits).encode(), minutes(60))
    root_now = Root(received=minutes(60), article_id=ARTICLES[1])
    assert JoinBatch(rows).apply(Label(article_id=ARTICLES[3], root=root_now), minutes(0)) is Outcome.DUPLICATE
    earlier = Root(received=minutes(0), article_id=ARTICLES[0])
    sent = run(rows, [Label(article_id=ARTICLES[3], root=earlier), pair(4, 3)])
    members = {one.value.article_id: one.value for one in sent if isinstance(one.value, Membership)}
    assert (members[ARTICLES[3]].root, members[ARTICLES[3]].relation) == (earlier, Relation.COPY)
    assert members[ARTICLES[4]].root == root_now
    (label,) = [one.value for one in sent if isinstance(one.value, Label) and one.value.article_id == ARTICLES[2]]
    assert label.root == earlier
    assert nodes(Rows(store, STORY_RETENTION)) == nodes(rows)


def test_what_expired_is_forgotten() -> None:
    store: dict[bytes, bytes] = {}
    rows = Rows(store, STORY_RETENTION)
    run(rows, [pair(0, 1)])
    later = pair(1, 0).model_copy(update={"article_id": ARTICLES[5], "received": minutes(60 * 1000)})
    run(rows, [later])
    list(rows.expire())
    assert len(store) == 1
    assert Graph.of(rows).get(ARTICLES[0]) is None
    assert Graph.of(rows).get(ARTICLES[5]) is not None


def test_a_row_of_a_later_version_is_not_guessed_at() -> None:
    rows = Rows({}, STORY_RETENTION)
    rows.put(f"{ARTICLES[0]}/v0.00000000", b"\x02", minutes(0))
    with pytest.raises(Fatal, match="later version"):
        JoinBatch(rows).apply(pair(0, 1), minutes(0))
