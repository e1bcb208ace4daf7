"""What was refused: found by who refused it and why, read again from the topic, sent again once its cause is mended."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaError
from pydantic import ValidationError

from pipeline.connections import kafka_servers
from pipeline.errors import Fatal, Reject, Retry
from pipeline.formats.addresses import is_link
from pipeline.formats.items import Item
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import Read, read_item
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import consumer, producer, unreachable
from pipeline.kafka.dead_letters import from_headers
from pipeline.operations import audit
from pipeline.operations.lookup import search
from pipeline.push.reading import read_push
from pipeline.records import ConsumedRecord, decode
from pipeline.settings import Settings
from pipeline.topology import DEAD_LETTERS, TOPICS, Cleanup
from schemas.dead_letter import DeadLetter

_PATIENCE = 20.0
_DONE = {
    "dead-letter-replay": "replayed",
    "dead-letter-edit": "edited and replayed",
    "dead-letter-discard": "discarded",
}
_TOGETHER = 200
"""Letters held in memory at once."""


@dataclass(frozen=True)
class Kept:
    """A dead letter with the record as it came."""

    id: str
    """Partition and offset in `dead-letters`, as `0-17`."""
    header: DeadLetter
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True)
class Filter:
    """Which dead letters; None is any."""

    stage: str | None = None
    reason: str | None = None
    provider: str | None = None
    since: datetime | None = None


def find(settings: Settings, wanted: Filter, size: int, *, handled: bool = False) -> dict[str, Any]:
    """`{total, reasons: {reason: count}, letters: [{id, stage, reason, detail, at, handled?, …}]}`, the newest first.
    Those that somebody replayed, edited or discarded are left out, or with `handled` shown with what was done.

    Raises Retry where Elasticsearch doesn't answer, Fatal where the index isn't there yet.
    """
    terms = {"stage": wanted.stage, "reason": wanted.reason, "provider": wanted.provider}
    filters: list[dict[str, Any]] = [{"term": {name: value}} for name, value in terms.items() if value]
    if wanted.since:
        filters.append({"range": {"at": {"gte": wanted.since.isoformat()}}})
    done = deeds(settings)
    answer = search(
        settings,
        "dead-letters",
        query={"bool": {"filter": filters, "must_not": [] if handled else [{"ids": {"values": list(done)}}]}},
        sort=[{"at": "desc"}, {"letter_offset": "desc"}],
        size=size,
        aggs={"reasons": {"terms": {"field": "reason", "size": 100}}},
    )
    return {
        "total": answer["hits"]["total"]["value"],
        "reasons": {one["key"]: one["doc_count"] for one in answer["aggregations"]["reasons"]["buckets"]},
        "letters": [
            {"id": hit["_id"], **hit["_source"], **({"handled": done[hit["_id"]]} if hit["_id"] in done else {})}
            for hit in answer["hits"]["hits"]
        ],
    }


def deeds(settings: Settings) -> dict[str, str]:
    """Letter to what was done with it last: `replayed by ann at 2026-03-14T10:41:00+00:00`. The latest 10,000."""
    answer = search(
        settings,
        "audit",
        query={"terms": {"action": list(_DONE)}},
        sort=[{"at": "desc"}],
        size=10_000,
        source_includes=["action", "subject", "by", "at"],
    )
    found: dict[str, str] = {}
    for hit in answer["hits"]["hits"]:
        one = hit["_source"]
        found.setdefault(one["subject"], f"{_DONE[one['action']]} by {one['by']} at {one['at'][:19]}")
    return found


def discard(settings: Settings, ids: list[str], reason: str, by: str | None) -> int:
    """Say of these letters that nothing will be done about them; their bytes stay in the topic for its retention. Says of
    how many. Raises Fatal where one is no id, Retry."""
    for name in ids:
        _place(name, settings)
    audit.record(settings, [audit.deed("dead-letter-discard", name, by, reason) for name in dict.fromkeys(ids)])
    return len(dict.fromkeys(ids))


def edit(settings: Settings, letter: str, value: bytes, by: str | None) -> dict[str, Any]:
    """Send a letter again with other bytes, where it came from. As `replay`; also refused (`invalid`) where a record still
    isn't one that its topic takes. The audit record has the hashes of both. Raises Reject, Fatal, Retry."""
    one = read(settings, letter)
    if value == one.value:
        raise Reject("unchanged", "the text is as it was; `replay` sends it again as it is")
    topic = next((topic for topic in TOPICS if topic.full_name(settings) == one.header.topic), None)
    if topic is not None:
        decode(topic.schema, ConsumedRecord(topic, 0, 0, one.key, value))
    hashes = {"was": hashlib.sha256(one.value or b"").hexdigest(), "is": hashlib.sha256(value).hexdigest()}
    done = _send(settings, [(letter, replace(one, value=value))])
    if not done["refused"]:
        audit.record(settings, [audit.deed("dead-letter-edit", letter, by, None, **hashes)])
    return done


def read(settings: Settings, letter: str) -> Kept:
    """One letter with its original bytes, from the topic. Raises Fatal where that is no id, Reject where it is no longer
    there, Retry where Kafka doesn't answer."""
    found = _read(settings, [letter]).get(letter)
    if found is None:
        raise _gone(letter)
    return found


def replay(settings: Settings, ids: list[str], by: str | None = None) -> dict[str, Any]:
    """Send each again: a record to the topic that it was refused from, an item through its door. Twice is as good as once,
    as the stages know what they have. `{replayed, events, refused: [{id, reason, detail}]}`; what is refused at the door
    once more makes no second letter. Returns when Kafka has all of it. Raises Fatal where one is no id, Retry."""
    done = _send(settings, _some_at_a_time(settings, list(dict.fromkeys(ids))))
    refused = {one["id"] for one in done["refused"]}
    again = [name for name in dict.fromkeys(ids) if name not in refused]
    audit.record(settings, [audit.deed("dead-letter-replay", name, by) for name in again])
    return done


def _send(settings: Settings, letters: Iterable[tuple[str, Kept | None]]) -> dict[str, Any]:
    events = 0
    refused: list[dict[str, str]] = []
    tally: Counter[str] = Counter()
    with Publisher(settings) as publisher:
        records = producer(settings)
        try:
            waiting = []
            for name, one in letters:
                problems: tuple[Reject, ...]
                if one is None:
                    problems = (_gone(name),)
                elif reject := _replayable(one.header, settings):
                    problems = (reject,)
                elif one.header.topic is not None:
                    topic, partition = one.header.topic, one.header.partition
                    waiting.append(records.send(topic, one.value, key=one.key, partition=partition))
                    tally["replayed"] += 1
                    continue
                else:
                    again = _read_again(one, settings)
                    for event in again.events:
                        publisher.publish(event, again.item.source)
                    events += len(again.events)
                    problems = again.rejects
                tally["replayed"] += not problems
                refused.extend({"id": name, "reason": problem.reason, "detail": problem.detail} for problem in problems)
            for future in waiting:
                future.get(timeout=_PATIENCE)
        except KafkaError as e:
            raise Retry(f"Kafka did not take everything ({type(e).__name__}); replaying again is safe") from e
        finally:
            records.close(timeout=10)
    return {"replayed": tally["replayed"], "events": events, "refused": refused}


def _read(settings: Settings, ids: list[str]) -> dict[str, Kept]:
    """Those of the letters that are still there."""
    wanted: dict[TopicPartition, set[int]] = {}
    for name in ids:
        tp, offset = _place(name, settings)
        wanted.setdefault(tp, set()).add(offset)
    found: dict[str, Kept] = {}
    reader = consumer(settings)
    try:
        for tp, offsets in wanted.items():
            found |= _read_partition(reader, tp, offsets)
    except KafkaError as e:
        raise unreachable(kafka_servers(settings), e) from e
    finally:
        reader.close(autocommit=False)
    return found


def _some_at_a_time(settings: Settings, ids: list[str]) -> Iterator[tuple[str, Kept | None]]:
    for start in range(0, len(ids), _TOGETHER):
        some = ids[start : start + _TOGETHER]
        found = _read(settings, some)
        yield from ((name, found.get(name)) for name in some)


def _gone(letter: str) -> Reject:
    return Reject("gone", f"dead letter {letter} is not in the topic (any more); letters are kept for 30 days")


def _read_again(one: Kept, settings: Settings) -> Read:
    header, content = one.header, one.value or b""
    if header.provider and header.source == f"push by {header.provider}":
        return read_push(content, None, header.provider, None, settings)  # as itself, and for nobody else
    source = header.source or f"dead letter {one.id}"
    item = Item(content, source, None, source if is_link(source) else None)
    return read_item(item, Hints(provider=header.provider), settings, datetime.now(UTC))


def _replayable(header: DeadLetter, settings: Settings) -> Reject | None:
    if header.truncated:
        return Reject("truncated", "only its first bytes were kept; publish the original again")
    if header.topic is None:
        return None
    topic = next((topic for topic in TOPICS if topic.full_name(settings) == header.topic), None)
    if topic is None:
        return Reject("unknown-topic", f"it was refused from {header.topic!r}, which is no topic of this namespace")
    if topic.cleanup is Cleanup.COMPACT:
        # as the last record of its key it would stand for what has been corrected or killed since
        return Reject("stood-then", f"it is what stood then in {topic.name}; publish the story again instead")
    return None


def _place(name: str, settings: Settings) -> tuple[TopicPartition, int]:
    partition, _, offset = name.partition("-")
    if not (partition.isdigit() and offset.isdigit() and int(partition) < settings.partitions):
        raise Fatal(f"{name!r} is no dead letter's id; `dateline dead-letters list` shows them (like 0-17)")
    return TopicPartition(DEAD_LETTERS.full_name(settings), int(partition)), int(offset)


def _read_partition(reader: Any, tp: TopicPartition, offsets: set[int]) -> dict[str, Kept]:
    reader.assign([tp])
    first, end = reader.beginning_offsets([tp])[tp], reader.end_offsets([tp])[tp]
    offsets = {offset for offset in offsets if first <= offset < end}
    if not offsets:
        return {}
    found: dict[str, Kept] = {}
    last = max(offsets)
    reader.seek(tp, min(offsets))
    until = time.monotonic() + _PATIENCE
    while reader.position(tp) <= last:
        for record in reader.poll(timeout_ms=500).get(tp, []):
            until = time.monotonic() + _PATIENCE
            if record.offset in offsets:
                name = f"{tp.partition}-{record.offset}"
                try:
                    found[name] = Kept(name, from_headers(record.headers), record.key, record.value)
                except ValidationError as e:
                    raise Reject("no-headers", f"{name} is no dead letter of ours: {e.error_count()} faults") from None
        if time.monotonic() > until:
            raise Retry(f"Kafka gave nothing of {tp.topic}[{tp.partition}] for {_PATIENCE:.0f} s")
    return found
