"""Carries revise: the order of deliveries that makes a batch safe to do twice, and the timer for releases.

history and what other stages hear delivered → states saved, their changelogs delivered → current delivered → settled → only then acknowledged.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from faust.types import EventT

from pipeline import outcomes
from pipeline.errors import Reject
from pipeline.kafka.clients import article_key, partition_of
from pipeline.outcomes import Outcome
from pipeline.records import ConsumedRecord, Outgoing, Sent, check_key, decode
from pipeline.settings import Settings
from pipeline.stages.revise.batch import Record, ReviseBatch
from pipeline.stages.revise.emissions import Emission
from pipeline.streams.producer import Sender
from pipeline.streams.revise_tables import TableStates
from pipeline.streams.stateless import BREATH, incoming, refuse
from pipeline.topology import REVISE, VISIBILITY_TIMERS, Topic
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.flooding import FloodVerdict
from schemas.story import Membership
from schemas.transfer import Identity, Transfer
from schemas.visibility_timer import VisibilityTimer

PATIENCE = 30.0
"""Seconds to wait for a changelog before leaving."""
SEND_AGAIN = 10.0
"""Seconds after which a release that had no effect is sent again."""


class ReviseCarrier:
    """One worker's revise stage."""

    def __init__(self, settings: Settings, states: TableStates, sender: Sender) -> None:
        self._settings, self._states, self._sender = settings, states, sender
        self._topics: dict[str, Topic] = {t.full_name(settings): t for t in REVISE.reads}
        self._sent: dict[UUID, float] = {}

    async def take(self, events: Sequence[EventT[Any]]) -> None:
        """Do one batch; when this returns, everything that came from it is delivered."""
        started = breath = time.monotonic()
        tally: Counter[Outcome] = Counter()
        self._states.writing_for(list(events), self._settings.partitions)
        batch = ReviseBatch(self._states, self._settings.largest_record)
        refused: list[Outgoing] = []
        for event in events:
            incoming_record = incoming(event, self._topics)
            try:
                record = _decode(incoming_record)
                outcome = batch.apply(record, datetime.now(UTC))
            except Reject as reject:
                refused.append(refuse(REVISE, incoming_record, reject, self._settings))
                outcome = Outcome.DEAD_LETTERED
            tally[outcome] += 1
            if time.monotonic() - breath > BREATH:
                await asyncio.sleep(0)
                breath = time.monotonic()
        current = batch.decide(datetime.now(UTC))
        before: list[Emission | Sent] = [*batch.history, *batch.beside]
        await self._sender.deliver([*refused, *(self._outgoing(emission) for emission in before)])
        self._sender.may_send()
        batch.save()
        await self._states.acknowledged(PATIENCE)
        await self._sender.deliver(self._outgoing(emission) for emission in current)
        if batch.settle():
            await self._states.acknowledged(PATIENCE)
        outcomes.record(REVISE.name, tally, time.monotonic() - started)

    async def release_due(self, mine: set[int]) -> None:
        """Send a release for every article whose visibility changes by now. Late is possible, early is not."""
        now, clock = datetime.now(UTC), time.monotonic()
        self._sent = {article: at for article, at in self._sent.items() if clock - at < SEND_AGAIN}
        releases = [
            Outgoing(VISIBILITY_TIMERS, partition, article_key(release.article_id), release.model_dump_json().encode())
            for partition, release in self._states.due(now, mine)
            if release.article_id not in self._sent
        ]
        await self._sender.deliver(releases)
        for release in releases:
            self._sent[UUID((release.key or b"").decode())] = clock

    def _outgoing(self, emission: Emission | Sent) -> Outgoing:
        if isinstance(emission, Sent):
            return emission.outgoing(self._settings)
        partition = partition_of(article_key(emission.article_id), self._settings.partitions)
        return Outgoing(emission.topic, partition, emission.key.encode(), emission.event.to_json())


def _decode(record: ConsumedRecord) -> Record:
    event: Any = decode(record.topic.schema, record)
    if isinstance(event, VisibilityTimer | Membership | FloodVerdict | Identity | Transfer):
        check_key(record, event.article_id)
        return event
    data = event.data
    if isinstance(data, EnrichedArticle):
        check_key(record, data.article.article_id)
    elif isinstance(data, EnrichedComment):
        check_key(record, data.comment.article_id)
    else:
        check_key(record, data.article_id)
    return event  # type: ignore[no-any-return]
