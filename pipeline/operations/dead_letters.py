"""Dead letters: found by stage and reason, read from the topic, replayed, edited or discarded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kafka import TopicPartition
from pydantic import ValidationError

from pipeline.addresses import is_link
from pipeline.errors import Fatal, Reject
from pipeline.index.client import open_client
from pipeline.ingest.publisher import Publisher
from pipeline.kafka.clients import producer
from pipeline.kafka.dead_letters import from_headers
from pipeline.kafka.reading import open_reader, read_offsets
from pipeline.kafka.sending import Deliveries
from pipeline.operations import audit
from pipeline.operations.lookup import scan, search
from pipeline.settings import Settings
from pipeline.topics import DEAD_LETTERS, Cleanup, ConsumedRecord
from pipeline.topology import drained, topics
from schemas.dead_letter import DeadLetter

if TYPE_CHECKING:
    from pipeline.ingest.intake import Read

_HANDLED = {
    "dead-letter-replay": "replayed",
    "dead-letter-edit": "edited and replayed",
    "dead-letter-discard": "discarded",
}
_BATCH = 200
"""Letters held in memory at once."""
MAX_FOUND = 10_000
"""Letters that one search finds; the index's max_result_window."""
FORMER_REASONS = {"superseded-topic": "stood-then"}
"""Reasons of a replay's refusals that had another name before."""


@dataclass(frozen=True)
class StoredDeadLetter:
    """A dead letter with the record as received."""

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
    Letters that were replayed, edited or discarded are left out; with `handled` they are shown with the action and its author.

    Raises Retry where Elasticsearch doesn't answer, Fatal where the index isn't there yet.
    """
    terms = {"stage": wanted.stage, "reason": wanted.reason, "provider": wanted.provider}
    filters: list[dict[str, Any]] = [{"term": {name: value}} for name, value in terms.items() if value]
    if wanted.since:
        filters.append({"range": {"at": {"gte": wanted.since.isoformat()}}})
    done = handled_letters(settings)
    answer = search(
        settings,
        "dead-letters",
        query={"bool": {"filter": filters, "must_not": [] if handled else _ids(list(done))}},
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


def choose(
    settings: Settings, ids: list[str], wanted: Filter, *, handled: bool = False, most: int = MAX_FOUND
) -> tuple[list[str], int]:
    """The letters to act on, and how many there are: these ids, or the newest `most` that the filter finds. Raises Fatal
    where neither or both are given, and as `find` does."""
    if bool(ids) == (wanted != Filter()):
        raise Fatal("give either ids, or a stage, reason, provider or time (--stage, --reason, --provider, --since)")
    if ids:
        return ids, len(ids)
    found = find(settings, wanted, most, handled=handled)
    return [one["id"] for one in found["letters"]], found["total"]


def _ids(values: list[str]) -> list[dict[str, Any]]:
    """Queries that find these documents: one takes 65,536 ids (`index.max_terms_count`)."""
    return [{"terms": {"_id": values[n : n + 50_000]}} for n in range(0, len(values), 50_000)]


def handled_letters(settings: Settings) -> dict[str, str]:
    """A letter's id to what was last done with it: `replayed by ann at 2026-03-14T10:41:00`. Raises as `lookup.search`
    does."""
    latest: dict[str, dict[str, Any]] = {}
    with open_client(settings, timeout=10, missing=Fatal) as client:
        wanted = {"terms": {"action": list(_HANDLED)}}
        for hit in scan(
            client, settings.named("audit"), query=wanted, source_includes=["action", "subject", "by", "at"]
        ):
            one = hit["_source"]
            if one["subject"] not in latest or latest[one["subject"]]["at"] < one["at"]:
                latest[one["subject"]] = one
    return {name: f"{_HANDLED[one['action']]} by {one['by']} at {one['at'][:19]}" for name, one in latest.items()}


def discard(settings: Settings, ids: list[str], reason: str, by: str | None) -> int:
    """Mark these letters as handled without a replay; returns how many. Their bytes stay in the topic for its retention.
    Raises Fatal where one is no id, Retry."""
    for name in ids:
        _location(name, settings)
    audit.record(settings, [audit.entry("dead-letter-discard", name, by, reason) for name in dict.fromkeys(ids)])
    return len(dict.fromkeys(ids))


def edit(settings: Settings, letter: str, value: bytes, by: str | None) -> dict[str, Any]:
    """Replay a letter with other bytes. Returns what `replay` does; also refuses (`invalid`) a record that its topic's
    schema still refuses. The audit entry has the hashes of both texts. Raises Reject, Fatal, Retry."""
    one = read(settings, letter)
    if value == one.value:
        raise Reject("unchanged", "the text is unchanged; `replay` sends it again as it is")
    topic = next(
        (topic for topic in (*topics(settings), *drained(settings)) if topic.full_name(settings) == one.header.topic),
        None,
    )
    if topic is not None:
        topic.decode(ConsumedRecord(topic, 0, 0, one.key, value))
    hashes = {"was": hashlib.sha256(one.value or b"").hexdigest(), "is": hashlib.sha256(value).hexdigest()}
    done = _send(settings, [(letter, replace(one, value=value))])
    if not done["refused"]:
        audit.record(settings, [audit.entry("dead-letter-edit", letter, by, None, **hashes)])
    return done


def read(settings: Settings, letter: str) -> StoredDeadLetter:
    """One letter with its original bytes, from the topic. Raises Fatal where that is no id, Reject where it is no longer
    there, Retry where Kafka doesn't answer."""
    found = _read(settings, [letter]).get(letter)
    if found is None:
        raise _gone(letter)
    return found


def replay(settings: Settings, ids: list[str], by: str | None = None) -> dict[str, Any]:
    """Send each letter again: a record to the topic it was refused from, an item through intake or push. Repeating a
    replay changes nothing, as the stages recognise what they have.

    `{replayed, events, refused: [{id, reason, detail}]}`; an item that intake refuses again makes no second letter.
    Returns when Kafka has all of it. Raises Fatal where one is no id, Retry.
    """
    chosen = list(dict.fromkeys(ids))
    done = _send(settings, _in_batches(settings, chosen))
    refused = {one["id"] for one in done["refused"]}
    sent = [name for name in chosen if name not in refused]
    audit.record(settings, [audit.entry("dead-letter-replay", name, by) for name in sent])
    return done


def _send(settings: Settings, letters: Iterable[tuple[str, StoredDeadLetter | None]]) -> dict[str, Any]:
    events = replayed = 0
    refused: list[dict[str, str]] = []
    with Publisher(settings) as publisher:
        sender = producer(settings)
        try:
            deliveries = Deliveries(settings, sender)
            for name, one in letters:
                problems: tuple[Reject, ...] = ()
                if one is None:
                    problems = (_gone(name),)
                elif reject := replayable(one.header, settings):
                    problems = (reject,)
                elif one.header.topic is not None:
                    deliveries.send(one.header.topic, one.key, one.value, partition=one.header.partition)
                else:
                    again = _read_again(one, settings)
                    for event in again.events:
                        publisher.publish(event, again.item.source)
                    events += len(again.events)
                    problems = again.rejects
                replayed += not problems
                refused.extend(_refusal(name, problem) for problem in problems)
            deliveries.wait()
        finally:
            sender.close(timeout=10)
    return {"replayed": replayed, "events": events, "refused": refused}


def _refusal(letter: str, problem: Reject) -> dict[str, str]:
    former = FORMER_REASONS.get(problem.reason)
    refusal = {"id": letter, "reason": problem.reason, "detail": problem.detail}
    return refusal | ({"former_reason": former} if former else {})


def _read(settings: Settings, ids: list[str]) -> dict[str, StoredDeadLetter]:
    """Those of the letters that are still there."""
    wanted: dict[TopicPartition, set[int]] = {}
    for name in ids:
        tp, offset = _location(name, settings)
        wanted.setdefault(tp, set()).add(offset)
    with open_reader(settings) as reader:
        found = [_stored(record) for record in read_offsets(reader, wanted)]
    return {one.id: one for one in found}


def _stored(record: Any) -> StoredDeadLetter:
    name = f"{record.partition}-{record.offset}"
    try:
        return StoredDeadLetter(name, from_headers(record.headers), record.key, record.value)
    except ValidationError as e:
        raise Reject("no-headers", f"{name} is not one of our dead letters: {e.error_count()} faults") from None


def _in_batches(settings: Settings, ids: list[str]) -> Iterator[tuple[str, StoredDeadLetter | None]]:
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        found = _read(settings, some)
        yield from ((name, found.get(name)) for name in some)


def _gone(letter: str) -> Reject:
    return Reject("gone", f"dead letter {letter} is not in the topic (any more); the topic stores them for 30 days")


def _read_again(one: StoredDeadLetter, settings: Settings) -> Read:
    # with all formats: a list of dead letters needs none of them
    from pipeline.formats.items import Item
    from pipeline.ingest.events import Hints
    from pipeline.ingest.intake import read_item
    from pipeline.ingest.submissions import read_push

    header, content = one.header, one.value or b""
    if header.provider and header.source == f"push by {header.provider}":
        return read_push(content, None, header.provider, None, settings)  # as itself, and for nobody else
    source = header.source or f"dead letter {one.id}"
    item = Item(content, source, None, source if is_link(source) else None)
    return read_item(item, Hints(provider=header.provider), settings, datetime.now(UTC))


def replayable(header: DeadLetter, settings: Settings) -> Reject | None:
    """Why a replay would refuse this letter; None where it would not."""
    if header.truncated:
        return Reject("truncated", "only its first bytes were stored; publish the original again")
    if header.topic is None:
        return None
    topic = next(
        (topic for topic in (*topics(settings), *drained(settings)) if topic.full_name(settings) == header.topic), None
    )
    if topic is None:
        return Reject("unknown-topic", f"it was refused from {header.topic!r}, which is not a topic of this namespace")
    if topic.cleanup is Cleanup.COMPACT:
        # as the latest record of its key it would undo every correction and kill since
        return Reject(
            "superseded-topic",
            f"replaying a record of {topic.name} could overwrite newer state; publish the story again",
        )
    return None


def _location(name: str, settings: Settings) -> tuple[TopicPartition, int]:
    partition, _, offset = name.partition("-")
    if not (partition.isdigit() and offset.isdigit() and int(partition) < settings.partitions):
        raise Fatal(f"{name!r} is not a dead letter's id; `dateline dead-letters list` shows them (like 0-17)")
    return TopicPartition(DEAD_LETTERS.full_name(settings), int(partition)), int(offset)
