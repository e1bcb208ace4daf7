"""Kills an article for good, with a receipt of every place where its text was."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pipeline.index.client import open_client
from pipeline.index.elastic import Elasticsearch
from pipeline.index.generations import Targets
from pipeline.ingest.events import withdrawal
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import article_key, existing_topics, partition_of
from pipeline.operations import audit, patience
from pipeline.operations.lookup import STATUS_FIELD, canonical_id, merged_ids
from pipeline.operations.receipts import (
    LEFT,
    Line,
    State,
    changelog_line,
    holds_article,
    receiver_lines,
    topic_lines,
    utc_now,
)
from pipeline.operations.removal import delete_matching
from pipeline.operations.snapshots import snapshot_lines
from pipeline.operations.waiting import Waiting, gone_through
from pipeline.settings import Settings
from pipeline.stages.stage import Stage
from pipeline.topology import INDEX, chain

TIMEOUT = patience.KILL
"""Seconds to wait until worker and indexer are through."""
_PAGE = 1000
_KILLED: dict[str, Any] = {"term": {STATUS_FIELD: "killed"}}
_NOTE = "the kill is in Kafka; run it again for a receipt"


@dataclass(frozen=True)
class Kill:
    """What became of a kill, or of its end."""

    article_id: UUID
    behind: Stage | None
    """The stage that had not processed it when the wait was over."""
    known: bool
    """Whether any index has, or had, something of the article. Only sure where no stage is behind."""
    receipt: list[Line]

    @property
    def unknown(self) -> bool:
        """No article has this id."""
        return self.behind is None and not self.known

    @property
    def done(self) -> bool:
        """It has taken effect, on an article that there is."""
        return self.behind is None and self.known and all(line.state not in LEFT for line in self.receipt)

    def as_json(self) -> dict[str, Any]:
        """`{article_id, done, known, behind?, receipt: […]}`."""
        return {
            "article_id": str(self.article_id),
            "done": self.done,
            "known": self.known,
            **({"behind": self.behind.name} if self.behind else {}),
            "receipt": [line.as_json() for line in self.receipt],
        }


def kill_article(
    settings: Settings,
    article_id: UUID,
    reason: str,
    by: str | None,
    *,
    reinstate: bool = False,
    wait: float = TIMEOUT,
    waiting: Waiting = lambda _: None,
) -> Kill:
    """Publish the kill of an article, or with `reinstate` its end, and wait until every stage has processed it.

    After `wait` seconds it says what is not done yet: the kill is in Kafka, and takes effect when worker and indexer run.
    A kill of an id that nothing is known of stays in force: should the article arrive, it is never shown. A
    reinstatement has no receipt, and takes such a kill back too. Raises Retry where an engine doesn't answer.
    """
    who = by or audit.whoami()
    # audit first: an unaudited kill is worse than an audited one that must be retried
    audit.record(settings, [audit.entry("reinstate" if reinstate else "kill", str(article_id), who, reason)])
    with Publisher(settings) as publisher:
        publisher.publish(withdrawal(article_id, "operator", "operator", reason, who, reinstate=reinstate))
    deadline = time.monotonic() + wait
    with open_client(settings, timeout=10, note=_NOTE) as client:
        ids, behind = _follow(client, settings, str(article_id), deadline, waiting)
        if reinstate:
            return Kill(article_id, behind, True, [])
        known = is_known(client, settings, ids)
        lines = index_lines(client, settings, ids, through=behind is None)
        while behind is None and any(line.state == "still there" for line in lines) and time.monotonic() < deadline:
            time.sleep(0.25)
            lines = index_lines(client, settings, ids, through=True)
        removed = delete_matching(client, settings.named("dead-letters"), _letters_of(ids))
        known = known or bool(removed) or any(line.count for line in lines)
        if behind is None and not known:
            return Kill(article_id, None, False, [])
        lines += [_letters_line(removed, through=behind is None), *snapshot_lines(client, settings)]
    now = utc_now()
    lines += [
        *topic_lines(settings, holds_article, now, existing_topics(settings)),
        changelog_line(now),
        *receiver_lines(settings),
    ]
    return Kill(article_id, behind, known, lines)


def _follow(
    client: Elasticsearch, settings: Settings, article_id: str, deadline: float, waiting: Waiting
) -> tuple[list[str], Stage | None]:
    """Every id of the article, and the stage that has not processed the kill in time. Revise sends it on to the id that
    this one was merged into; which one that is, the index knows for certain once it has got as far."""
    followed: set[int] = set()
    while True:
        own = canonical_id(client, settings, article_id)
        ids = list(dict.fromkeys([own, article_id, *merged_ids(client, settings, own)]))
        partitions = {partition_of(article_key(id_), settings.partitions) for id_ in (own, article_id)}
        if partitions <= followed:
            return ids, None
        behind = gone_through(settings, (*chain(settings), INDEX), deadline, partitions, waiting)
        if behind is not None:
            return ids, behind
        followed |= partitions
        client.options(ignore_status=404).indices.refresh(index=settings.named("redirects"))


def remove_killed_letters(client: Elasticsearch, settings: Settings, targets: Targets) -> int:
    """Remove the dead letters of every killed article from indices that were rebuilt from Kafka; returns how many.
    Raises what the client raises, Retry."""
    client.indices.refresh(index=[targets["articles-hidden"]])
    removed, after = 0, None
    while True:
        answer = client.search(
            index=targets["articles-hidden"], query=_KILLED, sort=[{"article_id": "asc"}], size=_PAGE, search_after=after, source=False,
        )  # fmt: skip
        hits = answer["hits"]["hits"]
        if not hits:
            return removed
        removed += delete_matching(client, targets["dead-letters"], _letters_of([hit["_id"] for hit in hits]))
        after = hits[-1]["sort"]


def _letters_of(article_ids: list[str]) -> dict[str, Any]:
    """Finds the dead letters whose key is one of these."""
    return {"terms": {"key": article_ids}}


def is_known(client: Elasticsearch, settings: Settings, ids: list[str]) -> bool:
    """Whether an index has anything of the article. A killed one has its stubs in history, or comments; a killed id
    that nothing ever came of has neither. Raises what the client raises."""
    own: dict[str, Any] = {"terms": {"article_id": ids}}
    return len(ids) > 1 or any(
        _count(client, settings, alias, own) for alias in ("history", "comments", "comments-hidden")
    )


def index_lines(client: Elasticsearch, settings: Settings, ids: list[str], *, through: bool) -> list[Line]:
    """Documents of the article in each index, under all of its ids. Only where the kill is `through` is what isn't there
    removed: else it may still come. Raises what the client raises."""
    own: dict[str, Any] = {"terms": {"article_id": ids}}
    not_killed: dict[str, Any] = {"bool": {"filter": [own], "must_not": [_KILLED]}}
    gone: State = "removed" if through else "not yet"

    def line(alias: str, query: dict[str, Any], note: str = "") -> Line:
        count = _count(client, settings, alias, query)
        return Line(f"index {alias}", "still there" if count else gone, count=count, note=note)

    return [
        line("articles", own),
        line("articles-hidden", not_killed, note="a stub without text stays, as killed"),
        line("history", not_killed, note="stubs stay"),
        line("comments", own, note="hidden, with the article"),
        Line("its story", gone, note="found by what readers can see"),
    ]


def _letters_line(removed: int, *, through: bool) -> Line:
    state: State = "not yet" if not through else "removed" if removed else "nothing there"
    return Line("index dead-letters", state, count=removed, note="their previews")


def _count(client: Elasticsearch, settings: Settings, alias: str, query: dict[str, Any]) -> int:
    name = settings.named(alias)
    tolerant = client.options(ignore_status=404)
    tolerant.indices.refresh(index=name)
    return int(tolerant.count(index=name, query=query).get("count", 0))
