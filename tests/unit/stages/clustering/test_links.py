"""Not every pair is sent; what join makes of those that are is what it would make of all."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

import pytest

from pipeline.stages.clustering import kept, match
from pipeline.stages.clustering.join import JoinBatch
from pipeline.stages.clustering.links import Links
from pipeline.stages.clustering.match import MatchBatch
from pipeline.stages.clustering.nodes import Graph
from pipeline.stages.declared import JOIN, MATCH
from pipeline.topics import STORY_LABELS
from schemas.story import Band, Label, Pair, Relation, Root, Signature
from tests.support.builders import minutes
from tests.support.memory import of, tables_of

KEY = "e0123456789abcdef"
NOW = minutes(60 * 24 * 365)
Related = dict[frozenset[str], Relation]
RELATIONS = [Relation.REWRITE, Relation.UPDATE, Relation.COPY]


def signature(article: int, hours: float, revision: int = 0, published: float | None = None) -> Signature:
    return Signature(
        article_id=UUID(int=article),
        event_id=f"{article}.{revision}",
        publisher="p",
        received=minutes(60 * hours),
        first_published=minutes(60 * (hours if published is None else published)),
    )


def related(rng: random.Random, signatures: Sequence[Signature], share: float, window: float) -> Related:
    """A relation for some of the pairs, of articles received within so many hours of each other."""
    found = {}
    for a, b in combinations(signatures, 2):
        near = abs(a.received - b.received) <= timedelta(hours=window)
        if a.article_id != b.article_id and near and rng.random() < share:
            found[frozenset((a.event_id, b.event_id))] = rng.choice(RELATIONS)
    return found


@pytest.fixture
def matched(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Pair]]:
    """The pairs that match sends of signatures in one bucket, when they come in a random order, in batches some of which
    are done twice."""

    def run(signatures: Sequence[Signature], relations: Related, rng: random.Random) -> list[Pair]:
        monkeypatch.setattr(match, "relate", lambda a, b: relations.get(frozenset((a.event_id, b.event_id))))
        monkeypatch.setattr(kept, "keys", lambda one: (KEY,))
        rows, sent, waiting = tables_of(MATCH)["match"], [], list(signatures)
        rng.shuffle(waiting)
        while waiting:
            taken, waiting = waiting[: (size := rng.randint(1, 4))], waiting[size:]
            for dies in [True] * rng.randint(0, 1) + [False]:
                batch = MatchBatch(rows)
                for one in taken:
                    batch.apply(Band(keys=(KEY,), signature=one), NOW)
                sent += [record.value for record in batch.before(NOW) if isinstance(record.value, Pair)]
                if not dies:
                    batch.checkpoint()
        return sent

    return run


def every_pair(signatures: Sequence[Signature], relations: Related) -> list[Pair]:
    """The plain model: a pair of each two that are related, for each of the two."""
    here = {one.event_id: one for one in signatures}
    return [
        Pair(
            article_id=a.article_id,
            received=a.received,
            first_published=a.first_published,
            other=b.article_id,
            other_first_published=b.first_published,
            relation=relation,
        )
        for both, relation in relations.items()
        for a, b in ((here[x], here[y]) for x in both for y in both if x != y)
    ]


def joined(pairs: Iterable[Pair], rng: random.Random) -> dict[UUID, tuple[Root | None, datetime | None, Relation]]:
    """What join says of each article: its root, its earliest publication, its relation."""
    rows, waiting, seen = tables_of(JOIN)["join"], list(pairs), set()
    values: list[Pair | Label] = list(waiting)
    while values:
        rng.shuffle(values)
        taken, values = values[: (size := rng.randint(1, 20))], values[size:]
        batch = JoinBatch(rows)
        for value in taken:
            batch.apply(value, NOW)
            seen.add(value.article_id)
        values += [record.value for record in of(list(batch.before(NOW)), STORY_LABELS)]  # type: ignore[misc]
        batch.checkpoint()
    found = {}
    for article_id in seen:
        node = Graph.of(rows).get(article_id)
        assert node is not None
        found[article_id] = node.facts()
    return found


@pytest.mark.parametrize("seed", range(60))
def test_stories_and_relations_are_those_of_all_pairs(matched: Callable[..., list[Pair]], seed: int) -> None:
    """Within a window, with revisions of an article that were received at other times."""
    rng = random.Random(seed)
    signatures = []
    for article in range(rng.randint(2, 10)):
        published = rng.uniform(-3, 71)
        for revision in range(rng.choice([1, 1, 1, 2, 3])):
            signatures.append(signature(article, rng.uniform(0, 71), revision, published))
    relations = related(rng, signatures, rng.choice([0.1, 0.3, 0.7, 1.0]), 72)
    expected = joined(every_pair(signatures, relations), rng)
    for order in range(4):
        sent = matched(signatures, relations, random.Random(order))
        assert joined(sent, random.Random(order)) == expected


def bottlenecks(signatures: Sequence[Signature], pairs: Iterable[Pair]) -> dict[tuple[UUID, UUID], datetime]:
    """For each two connected articles the receipt up to which articles are needed to connect them (Floyd and Warshall)."""
    received = {one.article_id: one.received for one in signatures}
    latest = {(pair.article_id, pair.other): max(received[pair.article_id], received[pair.other]) for pair in pairs}
    for via in received:
        for a in received:
            for b in received:
                if (a, via) in latest and (via, b) in latest and a != b:
                    there = max(latest[a, via], latest[via, b])
                    latest[a, b] = min(latest.get((a, b), there), there)
    return latest


@pytest.mark.parametrize("seed", range(40))
def test_what_connects_two_articles_is_received_no_later_than_among_all_pairs(
    matched: Callable[..., list[Pair]], seed: int
) -> None:
    """So that a story's window, which counts from its root, ends where it would among all pairs."""
    rng = random.Random(seed)
    signatures = [signature(n, rng.choice([rng.uniform(0, 200), 72.0 * rng.randint(0, 3)])) for n in range(14)]
    relations = related(rng, signatures, rng.choice([0.2, 0.5, 1.0]), 72)
    expected = bottlenecks(signatures, every_pair(signatures, relations))
    for order in range(3):
        assert bottlenecks(signatures, matched(signatures, relations, random.Random(order))) == expected


@pytest.mark.parametrize("order", ["as received", "backwards", "shuffled"])
def test_pairs_grow_with_the_articles_and_not_with_their_square(matched: Callable[..., list[Pair]], order: str) -> None:
    counts = []
    for n in (60, 120, 240):
        signatures = [signature(article, article / 100) for article in range(n)]
        relations = {
            frozenset((a.event_id, b.event_id)): RELATIONS[(a.article_id.int + b.article_id.int) % 3]
            for a, b in combinations(signatures, 2)
        }
        links = Links()
        sent: list[tuple[Signature, Signature]] = []
        arriving = {"as received": signatures, "backwards": signatures[::-1]}.get(order, list(signatures))
        if order == "shuffled":
            random.Random(n).shuffle(arriving)
        for place, one in enumerate(arriving):
            links.link(
                one,
                arriving[:place],
                lambda a, b, known=relations: known[frozenset((a.event_id, b.event_id))],  # type: ignore[misc]
                lambda a, b, relation, to=sent: to.append((a, b)),  # type: ignore[misc]
            )
        counts.append(len(sent))
        assert len(sent) <= 4 * n
    assert counts[2] < 2.5 * counts[1]
