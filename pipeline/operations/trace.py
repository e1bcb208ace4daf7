"""Where is my story? An item's way through the stages, from its records in Kafka and its documents in the indices."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kafka import TopicPartition

from pipeline import identity
from pipeline.errors import Fatal
from pipeline.index.client import open_client
from pipeline.index.elastic import Elasticsearch
from pipeline.index.families import FOLLOWED
from pipeline.kafka.clients import article_key, partition_of
from pipeline.kafka.reading import open_reader, partitions_of, read_to_end
from pipeline.operations import told_of_event as told
from pipeline.operations.lookup import STATUS_FIELD, status_of
from pipeline.operations.patience import TimeIsUp, end_after
from pipeline.operations.receipts import ARTICLE_EVENTS
from pipeline.settings import Settings
from pipeline.topics import (
    ARTICLES_CURRENT,
    COMMENTS_CURRENT,
    DEAD_LETTERS,
    TRANSFERS,
    VISIBILITY_TIMERS,
    Cleanup,
    Topic,
)
from pipeline.topology import drained, topics

Step = dict[str, Any]


class Unknown(Fatal):
    """No item is known by what was asked for. `letters`: ids of dead letters that name it, the newest first."""

    def __init__(self, text: str, letters: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.letters = letters


def trace_item(settings: Settings, wanted: str, *, seconds: float | None = None, quick: bool = True) -> dict[str, Any]:
    """`{article_id, comment_id?, status, documents: […], steps: [{topic, at, type, partition, offset, event_id, made_of?, times?,
    publisher?, claims?}], complete}`.

    `times` says when normalize, enrich and revise were done with the event: `{normalized, enriched, revised}`.

    `wanted` is an article's or comment's id, or an article's address. `waiting` is True where only partial updates of
    the article have come. `standing` is `status` under its former name. Raises Unknown where `wanted` is neither an id
    nor an address, Retry.

    With `seconds` it is a quick look: where the index has the item its document stands for the records of the compacted
    topics, and `complete` is False where more than so many seconds would have had to be read. Where it isn't `quick`
    these topics are read too, after the others, and the document stands for them only where there was no time for that.
    """
    article_id, comment_id, documents = find_item(settings, wanted)
    steps, complete = _steps(settings, article_id, comment_id, documents, seconds, quick=quick)
    status = documents[0]["status"] if documents else None
    return {
        "article_id": str(article_id),
        "comment_id": str(comment_id) if comment_id else None,
        "status": status,
        "standing": status,
        "documents": documents,
        "waiting": not documents and bool(steps) and {step["kind"] for step in steps if step["kind"]} == {"patch"},
        "steps": steps,
        "complete": complete,
    }


def find_item(settings: Settings, wanted: str) -> tuple[UUID, UUID | None, list[dict[str, Any]]]:
    """(article id, comment id, documents) of what the index has of an item. Raises as `trace_item`."""
    with open_client(settings, timeout=10) as client:
        return _find(client, settings, wanted)


def _find(client: Elasticsearch, settings: Settings, wanted: str) -> tuple[UUID, UUID | None, list[dict[str, Any]]]:
    try:
        query: dict[str, Any] = {"ids": {"values": [str(UUID(wanted))]}}
    except ValueError:
        query = {"bool": {"should": _names(wanted)}}
    indices = [settings.named(place) for place in FOLLOWED]
    answer = client.options(ignore_status=404).search(
        index=indices,
        query=query,
        version=True,
        source_includes=[
            "article_id",
            "comment_id",
            STATUS_FIELD,
            "until",
            "headline",
            "publisher",
            "claims",
            "processed",
            "merged_into",
        ],
    )
    documents = [_document(hit) for hit in answer.get("hits", {}).get("hits", [])]
    if documents:
        first = documents[0]
        if "merged_into" in first:  # the trace of the article that it was merged into
            article_id, comment_id, there = _find(client, settings, first["merged_into"])
            merged = {"status": "merged", "standing": "merged", "article_id": first["id"]}
            return article_id, comment_id, [*there, first | merged]
        return UUID(first["article_id"]), UUID(first["comment_id"]) if first.get("comment_id") else None, documents
    try:
        return UUID(wanted), None, []
    except ValueError:
        raise _not_found(client, settings, wanted) from None


def _names(wanted: str) -> list[dict[str, Any]]:
    """What finds an article by its address, or by its provider's own id. Raises Unknown where it can be neither."""
    claim = identity.url_claim(wanted)
    if claim is not None:
        found: list[dict[str, Any]] = [{"term": {"url": claim.value}}, {"term": {"claims": f"url:{claim.value}"}}]
    elif (
        len(wanted) > 3
        and not wanted.isalpha()
        and any(character.isdigit() or character in ":/" for character in wanted)
    ):
        found = []
    else:
        raise Unknown(f"{wanted!r} is neither an id nor an address")
    return [*found, *({"term": {"claims": f"{scheme}:{wanted.strip()}"}} for scheme in ("guid", "alias"))]


def _not_found(client: Elasticsearch, settings: Settings, wanted: str) -> Unknown:
    """What to say of an address or a provider's id that no document has: where it was refused, the dead letters."""
    text = f"no article with the address or id {wanted} has been indexed"
    answer = client.options(ignore_status=[404, 503]).search(
        index=settings.named("dead-letters"),
        query={"bool": {"should": [{"term": {"source": wanted}}, {"match_phrase": {"preview": wanted}}]}},
        sort=[{"at": "desc"}],
        size=5,
    )
    hits = answer.get("hits", {}).get("hits", [])
    if not hits:
        return Unknown(f"{text}, and no dead letter names it; `dateline status` shows whether a stage is behind")
    one, letters = hits[0]["_source"], tuple(hit["_id"] for hit in hits)
    refused = f"{one['stage']} refused it ({one['reason']}: {one['detail']})"
    return Unknown(f"{text}; {refused}: `dateline dead-letters show {letters[0]}`", letters)


def _document(hit: dict[str, Any]) -> dict[str, Any]:
    source, status = dict(hit["_source"]), status_of(hit["_source"])
    where = {"index": hit["_index"], "id": hit["_id"], "version": hit.get("_version")}
    return {**where, **source, "status": status, "standing": status}


def followed(topic: Topic, *, comment: bool) -> bool:
    """Whether a topic has steps of an article, or of a comment."""
    if topic in (DEAD_LETTERS, VISIBILITY_TIMERS, TRANSFERS):
        return True
    return topic.by_article and topic.holds_text and (topic.schema not in ARTICLE_EVENTS) is comment


def _steps(
    settings: Settings,
    article_id: UUID,
    comment_id: UUID | None,
    documents: list[dict[str, Any]],
    seconds: float | None,
    *,
    quick: bool,
) -> tuple[list[Step], bool]:
    """Every record of the item, read from its own partition only, from shortly before it was received; and whether all of
    that was read."""
    key = article_key(article_id)
    own = partition_of(key, settings.partitions)
    received = min(
        (d["processed"]["received"] for d in documents if d.get("processed", {}).get("received")), default=None
    )
    quick = quick and seconds is not None and bool(documents)
    instead = [_indexed_step(documents[0], comment_id)] if documents and documents[0].get("processed") else []
    steps = [*instead] if quick else []
    progress = end_after(seconds)
    with open_reader(settings) as reader:
        wanted = [
            topic
            for topic in (*topics(settings), *drained(settings))
            if followed(topic, comment=comment_id is not None) and not (quick and topic.cleanup is Cleanup.COMPACT)
        ]
        tps = {tp: topic for tp, topic in partitions_of(reader, settings, wanted).items() if tp.partition == own}
        starts = dict.fromkeys(tps, 0)
        # a compacted topic is read whole: its records may be older than the item's last reception
        timed = [tp for tp, topic in tps.items() if topic.cleanup is Cleanup.DELETE]
        if received and timed:
            since = int((datetime.fromisoformat(received) - timedelta(minutes=1)).timestamp() * 1000)
            found = reader.offsets_for_times(dict.fromkeys(timed, since))
            starts |= {tp: at.offset for tp, at in found.items() if at is not None}
        complete = True
        compacted = [tp for tp in tps if tp not in timed]
        try:
            for some in filter(None, (timed, compacted)):
                for record in read_to_end(reader, {tp: starts[tp] for tp in some}, progress=progress):
                    if _belongs(record, key, comment_id):
                        steps.append(_step(tps[TopicPartition(record.topic, record.partition)].name, record, settings))
        except TimeIsUp:
            complete = False
            if instead and not any(step["topic"] == instead[0]["topic"] for step in steps):
                steps += instead
    return sorted(steps, key=lambda step: str(step["at"])), complete


def _indexed_step(document: dict[str, Any], comment_id: UUID | None) -> Step:
    """The step of the current record that a document was made from."""
    processed = document["processed"]
    step: Step = {
        "topic": (ARTICLES_CURRENT if comment_id is None else COMMENTS_CURRENT).name,
        "at": _milliseconds(datetime.fromisoformat(processed.get("revised") or processed["indexed"])),
        "type": None,
        "kind": None,
        "made_of": document.get("revision", {}).get("event_id"),
    }
    times = {name: processed[name] for name in told.TIMES if processed.get(name)}
    return step | ({"times": times} if times else {})


def _belongs(record: Any, key: bytes, comment_id: UUID | None) -> bool:
    if record.key is None or not record.key.startswith(key):
        return False
    return comment_id is None or str(comment_id).encode() in record.key + (record.value or b"")


def _place(headers: dict[str, str], settings: Settings) -> list[Any] | None:
    """Topic, partition and offset of the record that was refused, as steps have them."""
    name, partition, offset = (headers.get(f"dateline-{part}", "") for part in ("topic", "partition", "offset"))
    topic = next((one for one in (*topics(settings), *drained(settings)) if one.full_name(settings) == name), None)
    return [topic.name, int(partition), int(offset)] if topic and partition.isdigit() and offset.isdigit() else None


def _step(topic: str, record: Any, settings: Settings) -> Step:
    try:
        event = json.loads(record.value)
    except (TypeError, ValueError):
        event = {}
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    step: Step = {
        "topic": topic,
        "at": _milliseconds(datetime.fromtimestamp(record.timestamp / 1000, UTC)),
        "type": event.get("type") if isinstance(event, dict) else None,
        "kind": told.kind(event),
        "event_id": event.get("id") if isinstance(event, dict) else None,
        "partition": record.partition,
        "offset": record.offset,
        "bytes": len(record.value or b""),
    } | told.sender(event)
    if of := told.made_of(event):
        step["made_of"] = of
    if done := told.times(event):
        step["times"] = done
    if topic == DEAD_LETTERS.name:
        if "dateline-offset" in headers:
            step["refused_from"] = _place(headers, settings)
        step["refused"] = (
            f"{headers.get('dateline-stage')}: {headers.get('dateline-reason')}: {headers.get('dateline-detail')}"
        )
    return step


def _milliseconds(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
