"""What an engine has lost: aliases or documents that Kafka's records tell of, or records that the documents tell of. Pure.

Elasticsearch is a function of the compacted topics, and nothing takes an article or comment out of both of its indices
for good: a killed or erased one stays as a stub, a merged one as a redirect. So there are never fewer of them than
before, and never none where their topic has records that the indexer finished.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.index.families import FAMILIES, ITEMS
from pipeline.operations.watch.facts import Facts
from pipeline.operations.watch.memory import Memory, counted
from pipeline.topology import INDEX
from schemas.report import Finding, Kind, Severity

LOSSES = frozenset({Kind.INDEX_LOST, Kind.KAFKA_LOST})
"""What differs for a moment also where nothing is lost."""
_SHARE, _LEAST = 0.10, 10
"""So many have to be away before a count tells of a loss."""
_REINDEX = "dateline reindex"

_READ = {family.name: family.topic.name for family in FAMILIES if family.readers}
"""The topic of each alias that readers search."""


def of_losses(facts: Facts, memory: Memory) -> Iterator[Finding]:
    """Only where both engines answer: an engine that is away has lost nothing."""
    if not (facts.kafka_engine.up and facts.elasticsearch_engine.up):
        return
    yield from _of_aliases(facts)
    yield from _of_documents(facts, memory)
    yield from _of_records(facts)


def _records(facts: Facts, topic: str) -> int:
    state = facts.kafka.topics.get(topic)
    return state.records if state else 0


def _indexed_before(facts: Facts) -> bool:
    """Whether the indexer ever finished a record: then it had made the aliases."""
    stage = facts.stages.get(INDEX.name)
    return stage is not None and stage.started and stage.finished > 0


def _of_aliases(facts: Facts) -> Iterator[Finding]:
    missing = [one for one in facts.aliases if one not in facts.index.documents and one not in facts.index.uncounted]
    lost = [one for one in missing if one in _READ and _records(facts, _READ[one])] if _indexed_before(facts) else []
    if lost:
        count = _records(facts, _READ[lost[0]])
        named = ", ".join(lost[:3]) + (", …" if len(lost) > 3 else "")
        yield Finding(
            kind=Kind.INDEX_MISSING,
            subject=lost[0],
            severity=Severity.CRITICAL,
            what=f"the index {named} is gone, and Kafka has {count:,} records for it: it was deleted, or Elasticsearch lost its data",
            command=_REINDEX,
        )
    elif missing and facts.index.documents:  # where there is none at all, and never was one, nothing has begun
        yield Finding(
            kind=Kind.INDEX_MISSING,
            subject=missing[0],
            severity=Severity.WARNING,
            what=f"the index {missing[0]} is missing",
            command="dateline indexer makes it; dateline reindex fills it",
        )


def _of_documents(facts: Facts, memory: Memory) -> Iterator[Finding]:
    stage = facts.stages.get(INDEX.name)
    for topic, aliases in ITEMS.items():
        count, records = counted(facts.index.documents, topic), _records(facts, topic)
        if count is None or not records:
            continue
        before = memory.items.get(topic, 0)
        if not count and stage is not None and stage.started and not stage.lag:
            what = f"the index has no {aliases[0]}, and Kafka has {records:,} records of them, all indexed once"
        elif records >= before and before - count >= max(_LEAST, _SHARE * before):
            # the topic still has a record of each: it is the index that lost them
            what = f"the index has {count:,} {aliases[0]}, and had {before:,}"
        else:
            continue
        yield Finding(
            kind=Kind.INDEX_LOST,
            subject=aliases[0],
            severity=Severity.CRITICAL,
            what=f"{what}: Elasticsearch lost its data, or was replaced",
            command=_REINDEX,
        )


def _of_records(facts: Facts) -> Iterator[Finding]:
    for topic, aliases in ITEMS.items():
        state, count = facts.kafka.topics.get(topic), counted(facts.index.documents, topic)
        if count and state is not None and not state.records:
            yield Finding(
                kind=Kind.KAFKA_LOST,
                subject=topic,
                severity=Severity.CRITICAL,
                what=f"the index has {count:,} {aliases[0]}, and {topic} no record of them: Kafka lost its data, or was replaced",
                command="stop workers and indexers; docs/runbook.md, An index or a topic is new and empty",
            )
