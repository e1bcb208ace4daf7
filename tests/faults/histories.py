"""Random histories of articles and comments, as several providers send them, and their events."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pipeline.identity import comment_name
from schemas.article import Notice, ReceivedArticle
from schemas.comment import CommentNotice, ReceivedComment
from schemas.event import EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from schemas.identity import Claim, ClaimScheme
from schemas.patch import ReceivedPatch
from tests.faults.model import Sent, canonical_ids
from tests.support.builders import RawEvent

PROVIDERS = ("herald", "courier", "agency")
FATES = {
    "plain": 34, "kill": 14, "delete": 5, "operator": 2, "reinstated": 1, "withheld": 8, "withholding": 5, "released": 5,
    "embargo": 14, "far": 3, "lifted": 4, "expired": 3, "pending": 3, "refused": 5, "unknown": 2,
}  # fmt: skip
"""What becomes of an article, by weight."""
FAR = timedelta(days=365 * 20)
_SYLLABLES = [
    "ba",
    "co",
    "de",
    "fi",
    "go",
    "ha",
    "ki",
    "lo",
    "mu",
    "ne",
    "po",
    "qua",
    "ri",
    "sa",
    "tu",
    "ve",
    "wi",
    "yo",
    "za",
    "che",
]


@dataclass
class History:
    """`sent` in no order that matters, and what operators do besides."""

    sent: list[Sent]
    killed_by_operators: list[Sent]
    """Kills to be made by command: by the id of the article."""
    killed_by_delete: list[Sent]
    """Kills to be made by the ingest API, which names the article by its provider's id alone."""
    reinstated: list[Sent]
    """A revision of each article whose kill an operator ends once everything else is through."""


class Writer:
    """Makes the items of one history. Everything comes from `rng` and `now`."""

    def __init__(self, rng: random.Random, now: datetime, lifts: datetime) -> None:
        self._rng, self._now, self._lifts = rng, now, lifts
        self._number = 0

    def history(self, articles: int) -> History:
        made = History([], [], [], [])
        for n in range(articles):
            self._article(n, made)
        made.sent = _with_first_known(made.sent)
        return made

    def _article(self, n: int, made: History) -> None:
        rng, publisher = self._rng, self._rng.choice(PROVIDERS)
        (fate,) = rng.choices(list(FATES), list(FATES.values()))
        names, items = self._names(n), list[Sent]()

        def add(kind: str, **more: Any) -> None:
            items.append(self._item(kind, publisher, rng.choice(names), len(items), **more))

        if fate not in ("pending", "unknown"):
            for _ in range(rng.randint(1, 3)):
                add("whole", fields={"embargo_until": self._lifts} if fate == "embargo" and rng.random() < 0.7 else {})
        if fate != "unknown":
            for _ in range(rng.choice([0, 0, 1, 2]) or int(fate == "pending")):
                add("part")
        for kind, fields in self._ending(fate):
            add(kind, fields=fields)
        if fate == "refused":
            add("whole", refused="bad-date", fields={"embargo_until": "next Tuesday"})
            add("garbage", refused="not-json")
        if items and rng.random() < 0.3:
            add("part")
        items = [*self._odd_times(items), *self._comments(publisher, names)]
        made.sent += items
        late = self._now + timedelta(hours=1)
        if fate == "operator":
            made.killed_by_operators.append(replace(self._item("kill", publisher, items[0].claims, 99), received=late))
        elif fate == "delete":
            own = tuple(claim for claim in names[0] if claim.scheme is ClaimScheme.GUID)
            made.killed_by_delete.append(replace(self._item("kill", publisher, own, 99), received=late))
        elif fate == "reinstated":
            made.reinstated.append(self._item("whole", publisher, items[0].claims, 200))

    def _ending(self, fate: str) -> list[tuple[str, dict[str, Any]]]:
        """What an article of this fate is sent with at its end."""
        far = self._now + FAR
        endings: dict[str, list[tuple[str, dict[str, Any]]]] = {
            "kill": [("kill", {})],
            "reinstated": [("kill", {})],
            "withheld": [("whole", {"withheld": True})],
            "withholding": [("part", {"withheld": True})],
            "released": [("whole", {"withheld": True}), ("part", {"withheld": False})],
            "embargo": [("whole", {"embargo_until": self._lifts})],
            "far": [("whole", {"embargo_until": far})],
            "lifted": [("whole", {"embargo_until": far}), ("part", {"embargo_until": None})],
            "expired": [("whole", {"expires": self._now - timedelta(hours=5)})],
        }
        return endings.get(fate, [])

    def _odd_times(self, items: list[Sent]) -> list[Sent]:
        """Sometimes the order is decided by version, receipt or the clamp of a clock that is ahead."""
        wholes, rng = [one for one in items if one.kind == "whole" and not one.refused], self._rng
        if len(wholes) > 1 and rng.random() < 0.3:
            one, two = rng.sample(wholes, 2)
            changed = rng.choice(
                [{"modified": one.modified, "version": 3}, {"modified": one.modified}, {"modified": None},
                 {"modified": self._now + timedelta(days=1)}]
            )  # fmt: skip
            odd = replace(two, exact=True, **changed)  # type: ignore[arg-type]
            items = [odd if item is two else replace(one, exact=True) if item is one else item for item in items]
        return items

    def _names(self, n: int) -> list[tuple[Claim, ...]]:
        """The lists of names under which an article is sent; one list that has two of them joins them."""
        unique = f"{n}-{self._rng.randrange(10**9)}"
        guid = Claim(scheme=ClaimScheme.GUID, value=f"urn:story:{unique}")
        old, new = (
            Claim(scheme=ClaimScheme.URL, value=f"https://news.example/{part}/{unique}") for part in ("old", "new")
        )
        ways: list[list[tuple[Claim, ...]]] = [
            [(guid,)],
            [(guid, old)],
            [(guid, old), (guid, new)],
            [(guid,), (guid, old)],
            [(guid, old), (old,), (guid,)],
        ]
        return self._rng.choices(ways, [5, 3, 1, 1, 1])[0]

    def _item(self, kind: str, publisher: str, claims: tuple[Claim, ...], n: int, **more: Any) -> Sent:
        self._number += 1
        rng, marker = self._rng, _marker(self._number)
        text = " ".join(self._word() for _ in range(rng.randint(6, 14)))
        own = dict(more.pop("fields", {}))
        fields: dict[str, Any] = {}
        if kind == "whole":
            fields = {"headline": f"{text[:30].strip()} {marker}".capitalize(), "paragraphs": [f"{text} {marker}."]}
            if rng.random() < 0.3:
                fields["summary"] = f"Short {marker}."
        elif kind == "part":
            fields = rng.choice(
                [{"headline": f"Changed {marker}"}, {"paragraphs": [f"{text} {marker}."]}, {"summary": f"Now {marker}."},
                 {"section": "Sport", "summary": None}]
            )  # fmt: skip
        elif kind == "comment":
            fields = {"text": f"I think the {text} {marker}."}
        minute = timedelta(minutes=n, milliseconds=self._number % 1000)
        return Sent(
            kind,
            rng.choice(
                [f"wire/2026/{self._number}", f"urn:uuid:00000000-{self._number}", f"§ {self._number} \U0001f600"]
            ),
            publisher,
            claims,
            self._received(),
            self._now - timedelta(hours=20) + minute,
            fields=fields | own,
            marker=marker,
            exact=bool(more.get("refused")),
            **more,
        )

    def _word(self) -> str:
        """One of thousands: texts of few words would all be alike, and one story."""
        return "".join(self._rng.choices(_SYLLABLES, k=self._rng.randint(2, 4)))

    def _received(self) -> datetime:
        return self._now - timedelta(hours=1) + timedelta(milliseconds=self._number * 7 + self._rng.randrange(7))

    def _comments(self, publisher: str, names: list[tuple[Claim, ...]]) -> Iterator[Sent]:
        rng = self._rng
        for n in range(rng.choice([0, 0, 1, 1, 2, 4])):
            claims, name, kinds = rng.choice(names), f"c{n}", ["comment"]
            kinds += rng.choice([[], [], ["comment"], ["removal"], ["decision"], ["decision", "decision"]])
            for at, kind in enumerate(kinds):
                decision = rng.choice(["approved", "held", "rejected"]) if kind == "decision" else ""
                yield self._item(kind, publisher, claims, 30 + at, name=name, decision=decision)


def _marker(number: int) -> str:
    """A word that no other text has, of letters alone."""
    return "zq" + "".join("bdfgklmnpr"[int(digit)] + "a" for digit in f"{number:05}") + "x"


MARKER = re.compile(r"zq(?:[bdfgklmnpr]a){5}x", re.IGNORECASE)


def _with_first_known(sent: list[Sent]) -> list[Sent]:
    """What was received first of an article keeps its time of receipt, by which its id is chosen."""
    canonical = canonical_ids(one for one in sent if not one.refused)
    first: dict[UUID, Sent] = {}
    for one in sorted(sent, key=lambda one: one.received):
        if one.kind in ("whole", "part", "kill") and not one.refused:
            first.setdefault(canonical[one.article], one)
    return [replace(one, exact=True) if one in first.values() else one for one in sent]


def event_of(one: Sent) -> RawEvent:
    """The event, as it is on the raw topics."""
    ids = {"article_id": one.article, "provider": one.publisher, "publisher": one.publisher, "claims": one.claims}
    types = {
        "whole": EventType.ARTICLE_PUBLISHED,
        "part": EventType.ARTICLE_UPDATED,
        "kill": EventType.ARTICLE_WITHDRAWN,
        "comment": EventType.COMMENT_POSTED,
        "removal": EventType.COMMENT_REMOVED,
        "decision": EventType.COMMENT_MODERATED,
    }
    written = one.modified.isoformat() if one.modified else None
    fields = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in one.fields.items()}
    about = {"comment_id": one.comment, "name": comment_name(one.name)} if one.name else {}
    data: Any
    if one.kind == "whole":
        data = ReceivedArticle.model_validate({**ids, **fields, "modified": written, "version": one.version or None})
    elif one.kind == "part":
        data = ReceivedPatch.model_validate({**ids, "fields": fields, "modified": written})
    elif one.kind == "kill":
        data = Notice(kind="withdrawal", **ids, at=one.time, reason="libel")
    elif one.kind == "comment":
        data = ReceivedComment(**ids, **about, **fields, author=f"Reader {one.marker}", posted=written)
    else:
        kind = "comment-removal" if one.kind == "removal" else "comment-moderation"
        data = CommentNotice.model_validate(
            {**ids, **about, "kind": kind, "decision": one.decision or None, "at": one.time}
        )
    event = RawCommentEvent if one.name else RawArticleEvent
    return event(id=one.id, source="/test", type=types[one.kind], subject="s", time=one.received, data=data)
