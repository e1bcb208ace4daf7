"""The events of an invented day, and what has to be found when all are processed.

New articles, each about a story that others report too, mostly the latest and the large ones: as a verbatim copy of an
agency's text, an edited copy, or in other words; revisions, the same event once more, kills; comments, most of them on a few
articles.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from benchmarks.corpus.language import LANGUAGES, Subject, language
from pipeline.identity import article_id, comment_id, comment_name, event_id
from pipeline.ingest.events import RawEvent
from schemas.article import Notice, ReceivedArticle
from schemas.comment import ReceivedComment
from schemas.event import EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from schemas.identity import Claim, ClaimScheme

PLACES = (
    "London", "Berlin", "Paris", "Madrid", "Rome", "Lisbon", "Vienna", "Warsaw", "Prague", "Athens", "Dublin", "Oslo",
    "Stockholm", "Helsinki", "Copenhagen", "Brussels", "Amsterdam", "Zurich", "Milan", "Barcelona", "Porto", "Lyon",
    "Munich", "Hamburg", "New York", "Chicago", "Boston", "Houston", "Toronto", "Mexico City", "São Paulo", "Buenos Aires",
    "Lima", "Bogotá", "Cairo", "Nairobi", "Lagos", "Cape Town", "Istanbul", "Tehran", "Mumbai", "Delhi", "Beijing", "Tokyo",
    "Seoul", "Jakarta", "Sydney", "Auckland",
)  # fmt: skip
_SECTIONS = ("Politics", "Business", "Sport", "Culture", "Science", "World", "Local")
UPDATE, AGAIN, KILL, COMMENT = 0.10, 0.03, 0.004, 0.16
"""Shares of revisions, of events that are sent twice, of kills and of comments among the events."""
KNOWN_STORY = 0.45
"""Share of new articles about a story that was reported before."""
_LATEST = 400
"""Stories, and articles, that something may still happen to."""
_SAFE = 100
"""The latest articles, none of which is killed: what is measured of them needs some seconds."""


@dataclass
class Expected:
    """What is in the indices when everything is processed."""

    versions: dict[UUID, int] = field(default_factory=dict)
    """Of each article its latest version."""
    killed: set[UUID] = field(default_factory=set)
    comments: set[UUID] = field(default_factory=set)
    superseded: int = 0

    @property
    def public(self) -> int:
        return len(self.versions) - len(self.killed)


@dataclass
class _Story:
    code: str
    subject: Subject
    told: list[ReceivedArticle] = field(default_factory=list)


class Day:
    """An endless stream of events, always the same for one seed but for the times. `prefix` makes the articles of one run
    others than those of another."""

    def __init__(self, seed: int = 7, *, prefix: str = "", comments: bool = True, publishers: int = 300) -> None:
        self._rng = random.Random(seed)
        self._prefix, self._comments, self._publishers = prefix, comments, publishers
        self._stories: list[_Story] = []
        self._latest: list[RawArticleEvent] = []
        self._numbers: dict[UUID, str] = {}
        self._began = datetime.now(UTC) - timedelta(days=1)
        self._count = 0
        self.expected = Expected()
        self.articles = 0
        """Events so far that are new articles or revisions of one."""

    def articles_until(self, count: int) -> list[RawEvent]:
        """The next events, with `count` articles and revisions in them."""
        made, end = [], self.articles + count
        while self.articles < end:
            made.append(self.next())
        return made

    def next(self) -> RawEvent:
        self._count += 1
        kind, alive = self._rng.random(), self._latest
        if not alive:
            return self._new()
        if kind < UPDATE:
            return self._revision(self._rng.choice(alive))
        if kind < UPDATE + AGAIN:
            return self._rng.choice(alive)
        if kind < UPDATE + AGAIN + KILL:
            return self._kill(alive.pop(self._rng.randrange(max(1, len(alive) - _SAFE))))
        if kind < UPDATE + AGAIN + KILL + COMMENT and self._comments:
            return self._comment()
        return self._new()

    def article(self, *, urgency: int | None = None) -> RawArticleEvent:
        """A new article."""
        return self._new(urgency)

    def _new(self, urgency: int | None = None) -> RawArticleEvent:
        rng = self._rng
        number = f"{self._prefix}{self._count}-{self.articles}"
        publisher = f"paper{int(self._publishers ** rng.random())}.example"
        story = self._known_story() if self._stories and rng.random() < KNOWN_STORY else self._new_story()
        headline, paragraphs = self._telling(story)
        claim = Claim(scheme=ClaimScheme.GUID, value=f"urn:paper:{number}")
        identity = article_id(publisher, [claim])
        at = self._now()
        data = ReceivedArticle(
            article_id=identity, provider=publisher, publisher=publisher, claims=(claim,), headline=headline,
            paragraphs=paragraphs, byline=f"By {rng.choice(story.subject.people)}" if rng.random() < 0.5 else None,
            section=rng.choice(_SECTIONS) if rng.random() < 0.6 else None,
            urgency=urgency or (rng.choice((1, 2)) if rng.random() < 0.01 else rng.randint(3, 6)),
            published=at.isoformat(), modified=at.isoformat(), version=1,
        )  # fmt: skip
        story.told = [*story.told[-20:], data]
        self._numbers[identity] = number
        event = self._event(data, EventType.ARTICLE_PUBLISHED)
        self._latest = [*self._latest[-_LATEST:], event]
        return event

    def _telling(self, story: _Story) -> tuple[str, tuple[str, ...]]:
        rng, known = self._rng, language(story.code)
        kind = rng.random()
        if story.told and kind < 0.5:
            source = rng.choice(story.told)
            if kind < 0.25:
                return source.headline, source.paragraphs
            kept = [p for p in source.paragraphs if rng.random() < 0.8] or [source.paragraphs[0]]
            return known.headline(rng, story.subject), (*kept, known.paragraph(rng, story.subject))
        return known.headline(rng, story.subject), known.paragraphs(rng, story.subject)

    def _known_story(self) -> _Story:
        """The more articles, and the later, the likelier."""
        among = self._rng.choices(self._stories[-_LATEST:], k=3)
        return max(among, key=lambda story: len(story.told))

    def _new_story(self) -> _Story:
        (code,) = self._rng.choices(list(LANGUAGES), list(LANGUAGES.values()))
        story = _Story(code, language(code).subject(self._rng, PLACES))
        self._stories = [*self._stories[-_LATEST:], story]
        return story

    def _revision(self, event: RawArticleEvent) -> RawArticleEvent:
        assert isinstance(event.data, ReceivedArticle)
        before, story = event.data, self._rng.choice(self._stories)
        added = language(story.code).paragraph(self._rng, story.subject)
        data = before.model_copy(
            update={
                "paragraphs": (*before.paragraphs, added),
                "modified": self._now().isoformat(),
                "version": (before.version or 0) + 1,
            }
        )
        revised = self._event(data, EventType.ARTICLE_UPDATED)
        self._latest[self._latest.index(event)] = revised
        self.expected.superseded += 1
        return revised

    def _kill(self, event: RawArticleEvent) -> RawArticleEvent:
        identity = event.data.article_id
        notice = Notice(
            kind="withdrawal", article_id=identity, provider=event.data.provider, publisher=event.data.publisher,
            claims=event.data.claims, at=self._now(), reason="withdrawn by its desk",
        )  # fmt: skip
        self.expected.killed.add(identity)
        return RawArticleEvent(
            id=event_id(identity, "kill", "", ""), source="/benchmark", type=EventType.ARTICLE_WITHDRAWN,
            subject=str(identity), time=datetime.now(UTC), data=notice,
        )  # fmt: skip

    def _comment(self) -> RawCommentEvent:
        rng = self._rng
        event = self._latest[-int(len(self._latest) ** rng.random())]
        story = rng.choice(self._stories)
        identity, name = event.data.article_id, comment_name(f"{self._prefix}{self._count}")
        own, at = comment_id(identity, name), self._now()
        data = ReceivedComment(
            article_id=identity, comment_id=own, claims=event.data.claims, name=name, provider=event.data.provider,
            publisher=event.data.publisher, author=f"Reader {rng.randrange(5_000)}",
            text=language(story.code).paragraph(rng, story.subject), posted=at.isoformat(),
        )  # fmt: skip
        self.expected.comments.add(own)
        return RawCommentEvent(
            id=event_id(own, "comment", name, ""), source="/benchmark", type=EventType.COMMENT_POSTED,
            subject=str(identity), time=datetime.now(UTC), data=data,
        )  # fmt: skip

    def _event(self, data: ReceivedArticle, type_: EventType) -> RawArticleEvent:
        self.articles += 1
        self.expected.versions[data.article_id] = data.version or 0
        return RawArticleEvent(
            id=event_id(data.article_id, "article", str(data.version), ""), source="/benchmark", type=type_,
            subject=str(data.article_id), time=datetime.now(UTC), data=data,
        )  # fmt: skip

    def _now(self) -> datetime:
        return self._began + timedelta(milliseconds=40 * self._count)


def sizes(events: Sequence[RawEvent]) -> tuple[int, int]:
    """(bytes of all, bytes of an article on average)."""
    lengths = [len(event.to_json()) for event in events]
    of_articles = [n for n, e in zip(lengths, events, strict=True) if isinstance(e.data, ReceivedArticle)]
    return sum(lengths), sum(of_articles) // max(1, len(of_articles))
