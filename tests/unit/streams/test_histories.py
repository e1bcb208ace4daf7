"""Histories of every kind against an independent model, over the real runner and the sink's decisions, in memory."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from pipeline.ingest.events import withdrawal
from pipeline.kafka.dead_letters import from_headers
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_RAW, COMMENTS_CURRENT, COMMENTS_RAW, DEAD_LETTERS, Record
from pipeline.topology import worker_stages
from schemas.events import RawArticleEvent
from tests.faults import LONG
from tests.faults.compare import differences, found_in
from tests.faults.histories import FAR, MARKER, Writer, event_of
from tests.faults.model import Sent, expected, seen_from
from tests.support.broker import Broker, Died, Worker
from tests.support.streams import broker_with, documents


def record_of(one: Sent) -> Record:
    if one.kind == "garbage":
        return Record(ARTICLES_RAW, str(one.article).encode(), b"{" + one.marker.encode())
    event = event_of(one)
    return (ARTICLES_RAW if isinstance(event, RawArticleEvent) else COMMENTS_RAW).record(event)


def shown_by(broker: Broker) -> set[str]:
    """Markers of every public record that was ever sent."""
    records = [*broker.records(ARTICLES_CURRENT), *broker.records(COMMENTS_CURRENT)]
    public = [one.value or b"" for one in records if one.topic.decode(one).data.visibility.public]
    return set(MARKER.findall(b"".join(public).decode().lower()))


@pytest.mark.parametrize("form", ["chained", "apart"])
@pytest.mark.parametrize("seed", range(60 if LONG else 2))
def test_the_end_is_that_of_the_model(seed: int, form: str) -> None:
    rng, now = random.Random(seed), datetime.now(UTC).replace(microsecond=0)
    made = Writer(rng, now, now + FAR).history(16)
    records = [record_of(one) for one in (*made.sent, *made.killed_by_delete)]
    records += rng.choices(records, k=len(records) // 4)
    for one in made.killed_by_operators:
        records.append(ARTICLES_RAW.record(withdrawal(one.article, "operator", "operator", "libel", "operator")))
    rng.shuffle(records)
    broker = broker_with(form, [])
    stages = worker_stages(broker.settings)
    while records:
        size = rng.randint(1, 60)
        for record in records[:size]:
            broker.append(record)
        records = records[size:]
        try:
            Worker(broker, stages, dies_at=rng.randrange(1500)).run(batch=rng.randint(1, 20))
        except Died:
            continue
    Worker(broker, stages).run()
    letters = {((one.key or b"").decode(), from_headers(one.headers).reason) for one in broker.records(DEAD_LETTERS)}
    wanted = expected([*made.sent, *made.killed_by_delete, *made.killed_by_operators], now)
    wrong = differences(found_in(documents(broker), letters), wanted)
    assert not wrong, wrong
    too_early = {marker for marker, at in seen_from(made.sent).items() if at > now} & shown_by(broker)
    assert not too_early, "no record has ever shown what is embargoed or withheld"
