"""Join: pairs become stories. Each article adopts the earliest root that it receives, and sends it to its neighbours. Pure.

The name of a story spreads from neighbour to neighbour until all have the earliest (label propagation for connected
components; the least name wins, so the order of the messages doesn't matter). A root is only adopted by an article that was
received within 72 hours of it: a story doesn't grow for longer, and two that were separate for that long stay separate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID, uuid5

from pipeline.outcomes import Outcome
from pipeline.stages.clustering.nodes import Graph, Neighbour, Node
from pipeline.stages.declared import STORY_WINDOW
from pipeline.stages.rows import Rows
from pipeline.stages.stage import Batch
from pipeline.topics import STORIES, STORY_LABELS, STORY_MEMBERS, Record
from schemas.story import RANK, Label, Membership, Pair, Relation, Root, StoryRedirect

_NAMESPACE = UUID("0b0d9b1e-5d2e-5a3c-8c55-6f4b1a2f7e10")


def story_id(root: UUID) -> UUID:
    """The id of the story that is named after this article. It doesn't reveal which article that is."""
    return uuid5(_NAMESPACE, str(root))


class JoinBatch(Batch):
    """Pairs and labels of one batch."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self._graph = rows, Graph.of(rows)
        self._nodes: dict[UUID, Node] = {}
        self._known: dict[UUID, tuple[Root | None, datetime | None, Relation]] = {}
        self._labels: dict[tuple[UUID, UUID], Root] = {}
        """By receiver and sender: the last label of each."""
        self._changed: dict[UUID, set[UUID]] = {}
        """Each with the neighbours that changed."""

    def read(self, values: Iterable[Pair | Label]) -> Iterator[None]:
        return self._graph.read({self._rows.partition(str(value.article_id)) for value in values})

    def apply(self, record: Pair | Label, now: datetime) -> Outcome:
        node = self._node(record.article_id)
        return self._pair(node, record) if isinstance(record, Pair) else self._label(node, record.root)

    def before(self, now: datetime) -> Iterator[Record]:
        for (to, _), root in self._labels.items():
            yield STORY_LABELS.record(Label(article_id=to, root=root))
        for article_id in self._changed:
            node = self._nodes[article_id]
            if node.root is None or node.first_published is None or node.facts() == self._known[article_id]:
                continue
            if self._known[article_id][0] is None and node.is_alone():
                continue  # revise takes it for that as long as it hears nothing else
            membership = Membership(
                article_id=article_id, root=node.root, first_published=node.first_published, relation=node.relation()
            )
            yield STORY_MEMBERS.record(membership)
            if node.root.article_id != article_id and node.root != self._known[article_id][0]:
                own, into = story_id(article_id), story_id(node.root.article_id)
                yield STORIES.record(StoryRedirect(story_id=own, merged_into=into, root=node.root))

    def checkpoint(self) -> None:
        self._graph.add((self._nodes[article_id], near) for article_id, near in self._changed.items())

    def _pair(self, node: Node, pair: Pair) -> Outcome:
        self._changed.setdefault(node.article_id, set()).add(pair.other)
        node.received = min(node.received or pair.received, pair.received)
        node.first_published = min(node.first_published or pair.first_published, pair.first_published)
        known = node.neighbours.get(pair.other)
        node.neighbours[pair.other] = Neighbour(
            first_published=min(known.first_published, pair.other_first_published)
            if known
            else pair.other_first_published,
            relation=max(known.relation, pair.relation, key=RANK.__getitem__) if known else pair.relation,
        )
        roots = [Root(received=node.received, article_id=node.article_id), *node.waiting]
        if pair.other_received is not None:  # as its label would say, which is on its way
            roots.append(Root(received=pair.other_received, article_id=pair.other))
        node.waiting = []
        for root in roots:
            self._adopt(node, root)
        if node.root is not None:
            self._labels[(pair.other, node.article_id)] = node.root
        return Outcome.DUPLICATE if known else Outcome.APPLIED

    def _label(self, node: Node, root: Root) -> Outcome:
        if node.received is None:
            if root not in node.waiting:
                node.waiting.append(root)
            self._changed.setdefault(node.article_id, set())
            return Outcome.APPLIED
        return Outcome.APPLIED if self._adopt(node, root) else Outcome.DUPLICATE

    def _adopt(self, node: Node, root: Root) -> bool:
        """Adopt a root that is earlier than the one it has, and send it to every neighbour."""
        assert node.received is not None
        if node.root is not None and root.order() >= node.root.order():
            return False
        if node.received - root.received > STORY_WINDOW:
            return False
        node.root = root
        self._changed.setdefault(node.article_id, set())
        for other in node.neighbours:
            self._labels[(other, node.article_id)] = root
        return True

    def _node(self, article_id: UUID) -> Node:
        if article_id not in self._nodes:
            node = self._graph.get(article_id) or Node(article_id)
            self._nodes[article_id] = node
            self._known[article_id] = node.facts()
        return self._nodes[article_id]
