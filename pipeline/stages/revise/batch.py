"""One batch of revise: applies events to the states of articles and comments, then makes their records.

Processing a batch twice has the effect of processing it once. `before` decides everything; `checkpoint` saves what was decided;
`after` has the current records; `confirm` notes that the comments of articles whose visibility changed are delivered too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from pipeline.outcomes import Outcome
from pipeline.settings import MIB
from pipeline.stages.revise import articles, transfers
from pipeline.stages.revise.applying import Applied
from pipeline.stages.revise.current import article_event, comment_record
from pipeline.stages.revise.history import MAX_REVISIONS
from pipeline.stages.revise.state import ArticleState
from pipeline.stages.revise.states import BatchStates, States
from pipeline.stages.stage import Batch
from pipeline.topics import ARTICLES_CURRENT, VISIBILITY_TIMERS, Record
from schemas.visibility_timer import VisibilityTimer

EnrichMerged = Callable[[ArticleState], list[Record]]
"""Enriches the current article with its partial updates, puts the result into the state, and returns what other stages
need of it."""
MAX_COMMENTS = 1000
"""Comments of articles whose visibility changed that one batch sends: about a second's work."""


class ReviseBatch(Batch):
    """Values of one batch, applied in order."""

    def __init__(self, states: States, enrich_merged: EnrichMerged, largest: int = 64 * MIB) -> None:
        """`largest` is the largest record, in bytes: an article is not merged with partial updates beyond that."""
        self._states, self._enrich_merged = BatchStates(states), enrich_merged
        self._applied = Applied(self._states, largest)
        self._rows_done: dict[UUID, int | None] = {}
        """Articles whose comments are sent again: how many rows of the thread are done with this batch; None: all."""
        self._current: list[Record] = []
        self._hiding: list[Record] = []
        """Comments that readers may not see: they go before their article does."""
        self._mentions: list[Record] = []
        self._now: datetime | None = None

    def apply(self, value: Any, now: datetime) -> Outcome:
        """Apply one event. Raises Reject for one that the article has no room for."""
        return self._applied.apply(value)

    def prepare(self, now: datetime) -> Iterator[None]:
        """Takes the text out of history, and enriches merged texts, an article after the other: a history may be long, and a
        trained model may take its time."""
        for state in self._states.articles.values():
            if state.stubs or len(state.history) > MAX_REVISIONS:
                self._applied.add_stubs(state)
                yield
            if self._has_record(state) and articles.needs_merged_enrichment(state):
                self._applied.side_outputs.extend(self._enrich_merged(state))
                yield

    def before(self, now: datetime) -> Iterable[Record]:
        """Decides everything. Superseded revisions for history, and records for other stages."""
        self._now = now
        for _ in self.prepare(now):
            pass
        for article_id, state in self._states.articles.items():
            if self._has_record(state):
                self._decide(article_id, state, now)
        self._send_comments(now)
        for comment in self._states.comments.values():
            article = self._states.articles[comment.article_id]
            if article.canonical_id is not None:
                continue  # they were transferred with the article
            record = comment_record(comment, bool(article.emitted and article.emitted.public), now)
            if record is not None:
                public = comment.emitted is not None and comment.emitted.public
                (self._current if public else self._hiding).append(record)
        return [*self._applied.history.values(), *self._applied.side_outputs]

    def checkpoint(self) -> None:
        if self._now is None:
            raise RuntimeError("before comes before checkpoint")
        for article_id, state in self._states.articles.items():
            if not self._has_record(state):
                if (state.membership or state.root or state.history) and article_id in self._applied.touched:
                    self._states.save_article(state)  # known by other stages before its first revision arrived
                continue
            self._states.save_article(state)
            self._states.save_due(article_id, articles.visibility(state, self._now).until)
        self._states.save_comments()

    def hiding(self) -> list[Record]:
        return self._hiding

    def after(self) -> list[Record]:
        """Current records and new mentions, to be delivered after history and after the states are saved."""
        return [*self._current, *self._mentions]

    def confirm(self) -> bool:
        for article_id, rows in self._rows_done.items():
            state = self._states.articles[article_id]
            state.comments_pending, state.comments_done = rows is not None, rows or 0
            self._states.save_article(state)
        return bool(self._rows_done)

    def _decide(self, article_id: UUID, state: ArticleState, now: datetime) -> None:
        """The current record of one article, and its mentions. Where its visibility changed, its comments follow."""
        was_public = bool(state.emitted and state.emitted.public)
        event = article_event(state, self._applied.last_events.get(article_id), now)
        self._current.append(ARTICLES_CURRENT.record(event))
        is_public = bool(state.emitted and state.emitted.public)
        before, after = articles.count_mentions(state, now, event.data if is_public else None)
        self._applied.side_outputs.extend(before)
        self._mentions.extend(after)
        if was_public != is_public and state.canonical_id is None:
            state.comments_pending, state.comments_done = True, 0

    def _send_comments(self, now: datetime) -> None:
        """The comments of articles whose visibility changed, or that were merged: of all of them MAX_COMMENTS in one batch.
        A timer's record continues with what is left, so a thread of any length ends in batches that each end in time."""
        budget = MAX_COMMENTS
        for article_id, state in list(self._states.articles.items()):
            if not state.comments_pending or not (self._has_record(state) or state.canonical_id):
                continue
            found, rows, last = self._states.next_comments(state, budget)
            budget -= len(found)
            for comment_id in found:
                self._states.comment(article_id, comment_id)
            if (to := state.redirects_to) is not None:
                for comment in self._states.comments_of(article_id):
                    self._applied.side_outputs.extend(transfers.transfer_comment(comment, to))
            if last and not rows and article_id in self._applied.touched:
                # nobody had commented on it before this batch: the state need not be saved a second time
                state.comments_pending = False
                continue
            self._rows_done[article_id] = None if last else rows
            if not last:
                self._applied.side_outputs.append(
                    VISIBILITY_TIMERS.record(VisibilityTimer(article_id=article_id, due=now))
                )

    def _has_record(self, state: ArticleState) -> bool:
        """Whether the batch had more than comments for this article, and there is a record to make of it."""
        # nothing was ever shown or asked for under an id that is only a name of the article
        shown = bool(state.claims) or state.emitted is not None
        redirected = state.canonical_id is not None and shown and not state.is_next
        known = redirected or (state.canonical_id is None and (state.current is not None or bool(state.notices)))
        return known and (state.article_id in self._applied.touched or state.comments_pending)
