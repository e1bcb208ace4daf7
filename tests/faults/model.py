"""What has to be there in the end, and what may be seen before: a plain fold over what was sent.

Independent of the pipeline's own decisions: of its code only the functions that make ids are used.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pipeline.identity import article_id, comment_id, comment_name
from schemas.identity import Claim

CLAMP = timedelta(minutes=5)
ALWAYS, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
SHOWN = ("headline", "body", "summary", "section")
"""Fields of documents that are compared."""
Document = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Sent:
    """One item that was sent, however often. Kinds: whole, part, kill, reinstatement, comment, removal, decision, garbage."""

    kind: str
    id: str
    publisher: str
    claims: tuple[Claim, ...]
    received: datetime
    modified: datetime | None = None
    version: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    """Of a comment."""
    decision: str = ""
    marker: str = ""
    """A word that only its text has."""
    refused: str = ""
    """The reason for which a stage has to refuse it."""
    exact: bool = False
    """Its time of receipt counts: it can't come by push, where the door sets that."""

    @property
    def article(self) -> UUID:
        return article_id(self.publisher, self.claims)

    @property
    def comment(self) -> UUID:
        return comment_id(self.article, comment_name(self.name))

    @property
    def time(self) -> datetime:
        return min(self.modified, self.received + CLAMP) if self.modified else self.received

    @property
    def order(self) -> tuple[datetime, int, datetime, str]:
        return (self.time, self.version, self.received, self.id)


@dataclass
class Expected:
    """By id. History: how often (id it came under, time in ms, version, status, text)."""

    articles: dict[str, Document] = field(default_factory=dict)
    articles_hidden: dict[str, Document] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    history: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    comments: dict[str, Document] = field(default_factory=dict)
    comments_hidden: dict[str, Document] = field(default_factory=dict)
    letters: set[tuple[str, str]] = field(default_factory=set)
    """Key and reason."""


def expected(sent: Sequence[Sent], now: datetime) -> Expected:
    """The end of a history, in the order in which it was sent, as far as that matters: only for reinstatements."""
    end, good = Expected(), [one for one in sent if not one.refused]
    end.letters = {(str(one.article), one.refused) for one in sent if one.refused}
    canonical = canonical_ids(good)
    groups: dict[UUID, list[Sent]] = defaultdict(list)
    for one in good:
        groups[canonical[one.article]].append(one)
    for own, events in groups.items():
        document = _article(events, now, end.history)
        public = document is not None and document["status"] == "public"
        end.redirects |= {str(one.article): str(own) for one in events if _names(one) and one.article != own}
        if document is not None:
            (end.articles if public else end.articles_hidden)[str(own)] = document
        for comment in {one.comment for one in events if one.name}:
            told = _comment([one for one in events if one.name and one.comment == comment], own, public)
            if told is not None:
                (end.comments if told["status"] == "public" else end.comments_hidden)[str(comment)] = told
    return end


def canonical_ids(sent: Iterable[Sent]) -> dict[UUID, UUID]:
    """Each id to that of its article: ids that one event's names join are one article; the one received first is its id."""
    leader: dict[UUID, UUID] = {}

    def top(one: UUID) -> UUID:
        while leader.setdefault(one, one) != one:
            one = leader[one]
        return one

    first: dict[UUID, tuple[datetime, UUID]] = {}
    for one in sent:
        top(one.article)
        if _names(one):
            first[one.article] = min(first.get(one.article, (NEVER, one.article)), (one.received, one.article))
            for claim in one.claims:
                leader[top(article_id(one.publisher, [claim]))] = top(one.article)
    best: dict[UUID, tuple[datetime, UUID]] = {}
    for own in leader:
        best[top(own)] = min(best.get(top(own), (NEVER, own)), first.get(own, (NEVER, own)))
    return {own: best[top(own)][1] for own in leader}


def _names(one: Sent) -> bool:
    """Whether it is an article's own event, whose names join; a comment only finds its article by them."""
    return one.kind in ("whole", "part", "kill")


def _article(events: list[Sent], now: datetime, history: Counter[tuple[Any, ...]]) -> Document | None:
    ended = max((n for n, one in enumerate(events) if one.kind == "reinstatement"), default=-1)
    before, since = events[: ended + 1], events[ended + 1 :]
    killed = any(one.kind == "kill" for one in since)
    for one in events if killed else before:
        if one.kind in ("whole", "part"):
            history[_past(one, "killed", {})] += 1
    if killed:
        return {"status": "killed"}
    wholes = sorted((one for one in since if one.kind == "whole"), key=lambda one: one.order)
    parts = sorted((one for one in since if one.kind == "part"), key=lambda one: one.order)
    above = [one for one in parts if wholes and one.order > wholes[-1].order]
    for one in (*(wholes if above else wholes[:-1]), *parts):
        history[_past(one, "superseded" if one.kind == "whole" else "partial", one.fields)] += 1
    if not wholes:
        return {"status": "reinstated"} if before else None
    merged = dict(wholes[-1].fields)
    for one in above:
        merged |= one.fields
    return {"status": _status(merged, now)} | shown(merged)


def _status(merged: Mapping[str, Any], now: datetime) -> str:
    if (expires := merged.get("expires")) and expires <= now:
        return "expired"
    if merged.get("withheld"):
        return "withheld"
    return "embargoed" if (until := merged.get("embargo_until")) and until > now else "public"


def _comment(events: list[Sent], article: UUID, public: bool) -> Document | None:
    if any(one.kind == "removal" for one in events):
        return {"article_id": str(article), "status": "removed"}
    texts, decisions = ([one for one in events if one.kind == kind] for kind in ("comment", "decision"))
    if not texts:
        return None
    latest = max(texts, key=lambda one: one.order)
    decided = max(decisions, key=lambda one: one.time).decision if decisions else "approved"
    status = decided if decided != "approved" else "public" if public else "article-hidden"
    return {"article_id": str(article), "status": status, "text": latest.fields["text"]}


def shown(fields: Mapping[str, Any]) -> Document:
    """A document's fields of an article's."""
    values = {**fields, "body": "\n\n".join(fields["paragraphs"]) if fields.get("paragraphs") else None}
    return {name: values[name] for name in SHOWN if values.get(name)}


def _past(one: Sent, status: str, fields: Mapping[str, Any]) -> tuple[Any, ...]:
    return (str(one.article), int(one.time.timestamp() * 1000), one.version, status, tuple(shown(fields).items()))


def seen_from(sent: Sequence[Sent]) -> dict[str, datetime]:
    """By marker, the moment before which no reader may see its text, in whichever order all of it arrives."""
    canonical = canonical_ids(sent)
    groups: dict[UUID, list[Sent]] = defaultdict(list)
    for one in sent:
        groups[canonical[one.article]].append(one)
    found: dict[str, datetime] = {}
    for events in groups.values():
        wholes = {one: _held(one, events) for one in events if one.kind == "whole"}
        for one in events:
            if one.kind == "whole":
                found[one.marker] = wholes[one]
            elif one.kind == "part":
                below = [at for whole, at in wholes.items() if whole.order < one.order]
                found[one.marker] = max(_held(one, events), min(below, default=NEVER))
            elif one.kind == "comment":
                found[one.marker] = min(wholes.values(), default=NEVER)
            elif one.kind == "garbage":
                found[one.marker] = NEVER
    return found


def _held(one: Sent, events: list[Sent]) -> datetime:
    """How long it is held back by its own words, unless a later partial update takes them back."""
    later = [other for other in events if other.kind == "part" and other.order > one.order]
    if one.refused or one.fields.get("expires"):
        return NEVER
    if one.fields.get("withheld") and not any("withheld" in other.fields for other in later):
        return NEVER
    if any("embargo_until" in other.fields for other in later):
        return ALWAYS
    return one.fields.get("embargo_until") or ALWAYS
