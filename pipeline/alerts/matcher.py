"""Which saved searches find what became visible: a sink of the indexer's events."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from pydantic import ValidationError

from pipeline import telemetry
from pipeline.alerts.index import Confirmed, Found
from pipeline.alerts.prefilter import Prefilter
from pipeline.bundles import unbundle
from pipeline.errors import Reject, Retry
from pipeline.outcomes import Outcome
from pipeline.process.problems import Problem
from pipeline.saved.conditions import Atoms, Tokens, condition, texts_of
from pipeline.saved.deciding import is_too_broad, matched, withdrawn
from pipeline.saved.tables import Alerts, Deleted, SavedSearches
from pipeline.search.saved import query_of
from pipeline.sinks.delays import delay
from pipeline.sinks.sink import Records, Wait, WriteOutcome
from pipeline.tracing.context import context
from schemas.saved_search import Alert, IndexEvent, SavedSearch

_AT_ONCE = 500
"""Articles of one question to the index: below the 10,000 hits that it gives."""
_REFRESHED = 0.3
"""Seconds between two looks at whether a written article can be searched: the index refreshes once a second."""
_TRIES = 3
"""After which a search that isn't answered is asked alone, and then left out."""


class Index(Protocol):
    """As alerts.index.AlertIndex."""

    name: str

    def forget(self) -> None: ...
    def tokens(self, group: str, texts: Any) -> dict[str, Tokens]: ...
    def terms(self, article_ids: Any) -> dict[UUID, tuple[int, Atoms]]: ...
    def visible(self, article_ids: Any) -> dict[UUID, Found]: ...
    def confirmed(self, queries: Any) -> Confirmed: ...


class Matcher:
    """Stores alerts. A batch is finished when they are in Kafka; one that is taken again finds them there."""

    def __init__(self, searches: SavedSearches, alerts: Alerts, index: Index) -> None:
        self._searches, self._alerts, self._index = searches, alerts, index
        self._prefilter = Prefilter()
        self._tokens: dict[tuple[str, str], Tokens] = {}
        self._changed, self._unlearnt = searches.changes.follow(), set[UUID]()
        self._deleted = Deleted(searches, alerts)
        self._learnt_from = ""
        """The index by whose analysis searches are known."""
        self._refused: dict[UUID, SavedSearch] = {}
        self._wait: Wait = _no_wait

    def open(self, wait: Wait) -> None:
        """Read everything that is saved. Raises Retry, Fatal."""
        self._wait = wait
        self._searches.load()
        self._alerts.load()

    def write(self, records: Records) -> WriteOutcome:
        """Return when what is to be told of each article is stored, however long a neighbour is away."""
        outcome = WriteOutcome()
        events: dict[UUID, IndexEvent] = {}
        contexts: dict[UUID, str | None] = {}
        for record in (part for bundled, own in records for part in unbundle(replace(bundled, headers=own))):
            try:
                event: IndexEvent = record.topic.decode(record)
            except Reject as reject:
                outcome.rejected.append((record, reject))
                continue
            events[event.article_id] = _later(events.get(event.article_id), event)
            if events[event.article_id] is event:
                contexts[event.article_id] = context(record.headers)
            outcome.tally[Outcome.FORWARDED] += 1
        rest = list(events.items())
        for at in range(0, len(rest), _AT_ONCE):
            if at:
                self._wait(0)  # the consumer keeps its place
            self._tell_with_retry(dict(rest[at : at + _AT_ONCE]), contexts)
        return outcome

    def close(self) -> None:
        self._searches.close()
        self._alerts.close()

    def _tell_with_retry(self, events: Mapping[UUID, IndexEvent], contexts: Mapping[UUID, str | None]) -> None:
        attempt = 0
        while True:
            try:
                return self._tell(events, contexts)
            except Retry as e:
                attempt += 1
                telemetry.ALERTS_WAIT(problem=e)
                self._wait(delay(attempt), "a neighbour is away")

    def _tell(self, events: Mapping[UUID, IndexEvent], contexts: Mapping[UUID, str | None]) -> None:
        self._deleted.refresh()
        self._learn()
        now = datetime.now(UTC)
        told = [
            alert
            for event in events.values()
            if not event.public
            for before in self._alerts.of_article(event.article_id)
            if (alert := withdrawn(event, before, now)) is not None
        ]
        if len(self._prefilter):
            told += self._within_bounds(
                self._matches({key: event for key, event in events.items() if event.public}), now
            )
        told = [
            one.model_copy(update={"traceparent": found}) if (found := contexts.get(one.article_id)) else one
            for one in told
        ]
        self._alerts.put((f"{one.search_id}/{one.article_id}", one) for one in told)
        for alert in told:
            telemetry.ALERTS_STORED.labels(alert.kind.value).inc()

    def _within_bounds(self, told: list[Alert], now: datetime) -> list[Alert]:
        """Without those of searches that find too much."""
        kept: list[Alert] = []
        by_search: dict[UUID, list[Alert]] = {}
        for alert in told:
            by_search.setdefault(alert.search_id, []).append(alert)
        for search_id, mine in by_search.items():
            known = list(self._alerts.of_search(search_id))
            for alert in mine:
                if is_too_broad(known, now):
                    telemetry.ALERTS_STORED.labels("too_broad").inc()
                else:
                    known.append(alert)
                    kept.append(alert)
        return kept

    def _learn(self) -> None:
        """Know what was saved, changed or deleted since the last time."""
        self._unlearnt |= self._changed()
        queries = {one: query for one in self._unlearnt if (query := self._query(self._searches.find(one))) is not None}
        self._analyse(queries.values())
        for search_id in self._unlearnt:
            if search_id in queries:
                self._prefilter.put(search_id, condition(queries[search_id], self._read))
            else:
                self._prefilter.remove(search_id)
                if self._searches.find(search_id) is None:
                    self._refused.pop(search_id, None)
        self._unlearnt = set()
        telemetry.SAVED_SEARCHES.set(len(self._prefilter))

    def _analyse(self, queries: Any) -> None:
        wanted: dict[str, dict[str, None]] = {}
        for query in queries:
            for group, text in texts_of(query):
                if (group, text) not in self._tokens:
                    wanted.setdefault(group, {})[text] = None
        for group, texts in wanted.items():
            self._tokens |= {(group, text): found for text, found in self._index.tokens(group, texts).items()}

    def _read(self, group: str, text: str) -> Tokens:
        return self._tokens.get((group, text), ())

    def _matches(self, events: Mapping[UUID, IndexEvent]) -> list[Alert]:
        with _timed("articles"):
            articles, found = self._articles(events)
            while self._index.name != self._learnt_from:
                # a reindex: what searches are filed under and what articles have are to be of one analysis
                self._learn_anew()
                articles, found = self._articles(events)
        with _timed("prefilter"):
            candidates = self._prefilter.candidates(articles)
        # by words that are relative to now, as `24h`, a search means something else each time
        searches = {one: search for one in candidates if (search := self._searches.find(one)) is not None}
        queries = {one: query for one, search in searches.items() if (query := self._query(search)) is not None}
        with _timed("confirm"):
            confirmed = self._confirmed({one: (query, candidates[one]) for one, query in queries.items()})
        now = datetime.now(UTC)
        return [
            alert
            for search_id, article_ids in confirmed.items()
            for article_id in article_ids
            if (alert := self._decide(searches[search_id], events[article_id], found[article_id], now)) is not None
        ]

    def _learn_anew(self) -> None:
        self._learnt_from = self._index.name
        self._index.forget()
        self._tokens.clear()
        self._unlearnt |= {one.search_id for one in self._searches.all()}
        self._learn()

    def _confirmed(self, asked: Mapping[UUID, Any]) -> dict[UUID, list[UUID]]:
        """What each search finds. One that isn't answered stops no other: it is asked again, then alone, and left out where
        the index answers everything else."""
        answer = self._index.confirmed(asked)
        found, refused, failed = dict(answer.found), dict(answer.refused), answer.failed
        for attempt in range(1, _TRIES):
            if not failed:
                break
            self._wait(delay(attempt), "saved searches are not answered")
            answer = self._index.confirmed({one: asked[one] for one in failed})
            found, refused, failed = found | answer.found, refused | answer.refused, answer.failed
        for search_id in failed:
            self._wait(0)  # each may take seconds
            answer = self._index.confirmed({search_id: asked[search_id]})
            if answer.failed:
                self._index.visible(asked[search_id][1])  # raises Retry where it isn't the search's fault
            found, refused = found | answer.found, refused | answer.refused | answer.failed
        for search_id, why in refused.items():
            self._refuse(self._searches.find(search_id), why)
        return found

    def _refuse(self, search: SavedSearch | None, why: object) -> None:
        """Say so once of each version of a search."""
        if search is not None and self._refused.get(search.search_id) != search:
            self._refused[search.search_id] = search
            telemetry.SAVED_SEARCH_REFUSED(search=search.search_id, problem=why)

    def _decide(self, search: SavedSearch, event: IndexEvent, found: Found, now: datetime) -> Alert | None:
        before = self._alerts.find(search.search_id, event.article_id)
        times = [one for one in (event.since, found.since) if one is not None]
        return matched(search, event, min(now, max(times, default=now)), found.received, before, now)

    def _articles(self, events: Mapping[UUID, IndexEvent]) -> tuple[dict[UUID, Atoms], dict[UUID, Found]]:
        """What the articles have, once they can be searched as they were written. Who isn't in the index any more has an event
        of its own to come."""
        terms = self._index.terms(events) if events else {}
        while True:
            found = self._index.visible(list(terms)) if terms else {}
            late = [
                one for one in terms if one not in found or found[one].version < min(terms[one][0], events[one].version)
            ]
            if not late:
                break
            self._wait(_REFRESHED)
            terms |= (again := self._index.terms(late))
            for gone in set(late) - again.keys():
                del terms[gone]
        return {one: terms[one][1] | found[one].atoms for one in terms if one in found}, found

    def _query(self, search: SavedSearch | None) -> dict[str, Any] | None:
        if search is None:
            return None
        try:
            return query_of(search.query, datetime.now(UTC))
        except (ValidationError, ValueError, Problem) as e:
            self._refuse(search, e)
            return None


def _later(known: IndexEvent | None, event: IndexEvent) -> IndexEvent:
    """The last that is known of an article; what became visible and was changed at once is new all the same."""
    if known is None:
        return event
    if event.version < known.version:
        return known
    if event.public and known.public and event.since is None:
        return event.model_copy(update={"since": known.since})
    return event


@contextmanager
def _timed(step: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    telemetry.ALERT_SECONDS.labels(step).observe(time.monotonic() - began)


def _no_wait(seconds: float, why: str = "") -> None:
    time.sleep(seconds)
