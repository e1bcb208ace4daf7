"""Bundles: several values in one record, each as if it had come by itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from pipeline.bundles import LARGEST, MOST, bundle, count, unbundle
from pipeline.errors import Reject
from pipeline.kafka.partitions import partition_of
from pipeline.outcomes import Outcome
from pipeline.stages.declared import TREND
from pipeline.stages.trend import no_mention
from pipeline.streams.runner import Runner
from pipeline.topics import ARTICLES_RAW, DEAD_LETTERS, MENTIONS, TRENDS, ConsumedRecord, Record
from schemas.trend import Mention
from tests.support.broker import Broker, Worker
from tests.support.builders import id_of, raw_article
from tests.support.memory import config

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def partition(key: str) -> int:
    return partition_of(key.encode(), 4)


def mention(n: int, article: str = "a", name: str = "Lisbon") -> Record:
    found = Mention(term=f"{n:032x}", kind="place", name=name, article_id=id_of(article), at=NOW)
    return MENTIONS.record(found)


def consumed(record: Record, at: int = 0) -> ConsumedRecord:
    where = partition((record.key or b"").decode())
    return ConsumedRecord(record.topic, where, at, record.key, record.encoded())


def test_a_batch_sends_one_record_for_each_partition_and_every_value_comes_back_in_order() -> None:
    sent = [mention(n) for n in range(60)]
    other = ARTICLES_RAW.record(raw_article("a"))
    made = list(bundle([*sent[:30], other, *sent[30:]], partition))
    assert sum(record.topic is MENTIONS for record in made) == 4
    assert other in made, "what is not bundled stays as it is"
    back: list[Mention] = []
    for record in made:
        if record.topic is MENTIONS:
            parts = list(unbundle(consumed(record)))
            assert len(parts) == count(MENTIONS, record.encoded())
            back.extend(MENTIONS.decode(part) for part in parts)
    by_partition = sorted((one.value for one in sent), key=lambda value: partition(value.term))  # type: ignore[union-attr]
    assert sorted(back, key=lambda value: partition(value.term)) == by_partition


def test_a_bundle_has_a_limit() -> None:
    many = list(bundle([mention(0) for _ in range(MOST + 1)], partition))
    assert [count(MENTIONS, record.encoded()) for record in many] == [MOST, 1]
    large = list(bundle([mention(0, name="x" * 500) for _ in range(LARGEST // 500)], partition))
    assert all(len(record.encoded() or b"") <= LARGEST + 1000 for record in large)
    alone = Record(MENTIONS, b"0" * 32, b"x" * (LARGEST + 1))
    assert list(bundle([alone, alone], partition)) == [alone, alone], "what is larger goes by itself"


def test_a_record_of_one_value_is_as_it_was() -> None:
    (made,) = bundle([mention(7)], partition)
    assert (made.key, made.encoded()) == (mention(7).key, mention(7).encoded())
    assert list(unbundle(consumed(made))) == [consumed(made)]


def test_a_value_that_is_not_believed_costs_itself_alone() -> None:
    """Its dead letter has the value alone, under its own key: it can be replayed."""
    own = partition(mention(0).key.decode())  # type: ignore[union-attr]
    same = [n for n in range(100) if partition(f"{n:032x}") == own]
    stranger = next(n for n in range(100) if partition(f"{n:032x}") != own)
    lines = [mention(same[0]).encoded(), b"{", mention(stranger).encoded(), mention(same[1]).encoded()]
    record = ConsumedRecord(MENTIONS, own, 3, mention(same[0]).key, b"\n".join(line or b"" for line in lines))
    broker = Broker(config().settings.model_copy(update={"partitions": 4}))
    worker = Worker(broker, [TREND])
    (runner,) = worker._runners
    assert isinstance(runner, Runner)
    tally = asyncio.run(runner.run_batch([record]))
    assert tally == {Outcome.APPLIED: 2, Outcome.DEAD_LETTERED: 2}
    letters = broker.records(DEAD_LETTERS)
    assert [(letter.key, letter.value) for letter in letters] == [
        (record.key, b"{"),
        (mention(stranger).key, mention(stranger).encoded()),
    ]


def test_only_the_first_value_has_to_be_under_the_key() -> None:
    two = ConsumedRecord(MENTIONS, 0, 0, mention(1).key, b"\n".join(mention(n).encoded() or b"" for n in (2, 1)))
    first, second = unbundle(two)
    with pytest.raises(Reject, match="wrong-key"):
        MENTIONS.decode(first)
    assert MENTIONS.decode(second).term == f"{1:032x}"


def test_what_the_stages_send_one_another_is_bundled() -> None:
    broker = Broker(config().settings.model_copy(update={"partitions": 4}))
    for n in range(5):
        for record in (mention(n, "a"), mention(n, "b")):
            broker.append(record)
    broker.append(MENTIONS.record(no_mention(f"{0:032x}", id_of("a"), NOW).value))  # type: ignore[arg-type]
    Worker(broker, [TREND]).run(batch=50)
    assert len(broker.records(TRENDS)) >= 5
