"""One batch of revise: applies events to the states of articles and comments, then makes their records.

Processing a batch twice has the effect of processing it once. `before` decides everything; `checkpoint` saves what was decided;
`after` has the current records; `confirm` notes that the comments of articles whose visibility changed are delivered too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from pipeline import telemetry
from pipeline.errors import Reject
from pipeline.outcomes import Outcome
from pipeline.settings import MIB
from pipeline.stages.revise import articles, comments, transfers
from pipeline.stages.revise.current import article_record, comment_record
from pipeline.stages.revise.history import check_revisions, into_history
from pipeline.stages.revise.state import ArticleState, Emitted
from pipeline.stages.revise.states import BatchStates, States
from pipeline.stages.stage import Batch
from pipeline.topics import ARTICLES_HISTORY, TRANSFERS, VISIBILITY_TIMERS, Record
from schemas.article import Article, Notice
from schemas.comment import CommentNotice
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent, SupersededArticleEvent
from schemas.flooding import FloodVerdict
from schemas.patch import ArticlePatch, Patched
from schemas.story import Membership
from schemas.transfer import Identity, Transfer
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
        self._states, self._enrich_merged, self._largest = BatchStates(states), enrich_merged, largest
        self._last_events: dict[UUID, EnrichedArticleEvent] = {}
        self._touched: set[UUID] = set()
        """Articles that got more than comments."""
        self._rows_done: dict[UUID, int | None] = {}
        """Articles whose comments are sent again: how many rows of the thread are done with this batch; None: all."""
        self._history: dict[str, Record] = {}
        self._side_outputs: list[Record] = []
        self._current: list[Record] = []
        self._hiding: list[Record] = []
        """Comments that readers may not see: they go before their article does."""
        self._now: datetime | None = None
        self._apply: dict[type, Callable[[Any], Outcome]] = {
            EnrichedArticleEvent: self._apply_article,
            EnrichedCommentEvent: self._apply_comment,
            VisibilityTimer: self._apply_timer,
            Membership: self._apply_membership,
            FloodVerdict: self._apply_verdict,
            Identity: self._apply_identity,
            Transfer: self._apply_transfer,
        }

    def apply(self, value: Any, now: datetime) -> Outcome:
        """Apply one event. Raises Reject for a partial update that makes an article too large."""
        return self._apply[type(value)](value)

    def prepare(self, now: datetime) -> Iterator[None]:
        """Enriches merged texts, one after the other: a trained model may take its time for each."""
        for state in self._states.articles.values():
            if self._has_record(state) and articles.needs_merged_enrichment(state):
                self._side_outputs.extend(self._enrich_merged(state))
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
        return [*self._history.values(), *self._side_outputs]

    def checkpoint(self) -> None:
        if self._now is None:
            raise RuntimeError("before comes before checkpoint")
        for article_id, state in self._states.articles.items():
            if not self._has_record(state):
                if (state.membership or state.root or state.history) and article_id in self._touched:
                    self._states.save_article(state)  # known by other stages before its first revision arrived
                continue
            self._states.save_article(state)
            self._states.save_due(article_id, articles.visibility(state, self._now).until)
        self._states.save_comments()

    def hiding(self) -> list[Record]:
        return self._hiding

    def after(self) -> list[Record]:
        """Current records, to be delivered after history and after the states are saved."""
        return self._current

    def confirm(self) -> bool:
        for article_id, rows in self._rows_done.items():
            state = self._states.articles[article_id]
            state.comments_pending, state.comments_done = rows is not None, rows or 0
            self._states.save_article(state)
        return bool(self._rows_done)

    def _decide(self, article_id: UUID, state: ArticleState, now: datetime) -> None:
        """The current record of one article, and its mentions. Where its visibility changed, its comments follow."""
        was_public = bool(state.emitted and state.emitted.public)
        self._current.append(article_record(state, self._last_events.get(article_id), now))
        is_public = bool(state.emitted and state.emitted.public)
        self._side_outputs.extend(articles.count_mentions(state, now, public=is_public))
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
                    self._side_outputs.extend(transfers.transfer_comment(comment, to))
            self._rows_done[article_id] = None if last else rows
            if not last:
                self._side_outputs.append(VISIBILITY_TIMERS.record(VisibilityTimer(article_id=article_id, due=now)))

    # articles

    def _apply_article(self, event: EnrichedArticleEvent, *, here: bool = False) -> Outcome:
        """`here`: although its id redirects."""
        data = event.data
        article = data.article if isinstance(data, EnrichedArticle) else data
        state = self._states.article(article.article_id)
        self._touched.add(state.article_id)
        if isinstance(article, Article) and article.merged:
            # an answer that a worker of the version before asked for: it is made anew here
            state.enriched = None
            return Outcome.SUPERSEDED
        self._side_outputs.extend(transfers.register_claims(state, article, transfers.own_root(state, event)))
        if (to := state.redirects_to) is not None and not here:
            self._side_outputs.append(transfers.transfer_article(event, to))
            return Outcome.REDIRECTED
        if not isinstance(article, Notice):
            check_revisions(state, event)
        current, patched, history = state.current, state.patched, list(state.history)
        if isinstance(data, EnrichedArticle):
            outcome, superseded = articles.apply_article(state, event)
            self._drop_oversized_patches(state)
        elif isinstance(data, ArticlePatch):
            outcome, superseded = articles.apply_patch(state, event, data)
            if not articles.fits(state, self._largest):
                state.patched, state.history = patched, history
                raise Reject(
                    "too-large", "merged with the current revision it is over one record; send the whole article"
                )
        else:
            assert isinstance(data, Notice)
            outcome, superseded = articles.apply_notice(state, event, data)
        if state.current is not current or state.patched != patched:
            state.enriched = None
        self._supersede(superseded)
        self._last_events[state.article_id] = event
        return outcome

    def _apply_timer(self, timer: VisibilityTimer) -> Outcome:
        self._states.article(timer.article_id)
        self._touched.add(timer.article_id)
        return Outcome.RELEASED

    def _apply_membership(self, membership: Membership) -> Outcome:
        self._touched.add(membership.article_id)
        return articles.apply_membership(self._states.article(membership.article_id), membership)

    def _apply_patched(self, state: ArticleState, patched: Patched) -> Outcome:
        known = state.patched
        outcome = articles.join_patched(state, patched)
        self._drop_oversized_patches(state)
        if state.patched != known:
            state.enriched = None
        self._supersede(into_history(state, []))
        return outcome

    def _drop_oversized_patches(self, state: ArticleState) -> None:
        """A whole article that arrived after its partial updates, and is too large with them, is current without them: they
        are in history."""
        if not articles.fits(state, self._largest):
            telemetry.PATCHES_DROPPED(article_id=state.article_id)
            state.patched = state.enriched = None

    def _supersede(self, superseded: list[SupersededArticleEvent]) -> None:
        for event in superseded:
            record = ARTICLES_HISTORY.record(event)
            self._history[ARTICLES_HISTORY.key(event)] = record

    # two ids of one article

    def _apply_identity(self, identity: Identity) -> Outcome:
        """Two ids share a claim. The id received first is canonical; the other transfers its state to it."""
        state = self._states.article(identity.article_id)
        if state.root is not None and identity.root.order() >= state.root.order():
            return Outcome.DUPLICATE
        was_canonical = state.canonical_id is None
        state.root = identity.root
        self._side_outputs.extend(transfers.claim_events(state, state.claims, identity.root))
        if state.canonical_id is None:
            return Outcome.APPLIED
        self._side_outputs.extend(transfers.transfer(state, last=was_canonical))
        state.comments_pending, state.comments_done = True, 0
        self._touched.add(state.article_id)
        return Outcome.REDIRECTED

    def _apply_transfer(self, transfer: Transfer) -> Outcome:
        """Apply a part of the state of an id that this one is, or is about to be, canonical for."""
        state = self._states.article(transfer.article_id)
        here = transfers.is_for(transfer, state)
        elsewhere = state.redirects_to if not here else None
        if transfer.article is not None:
            return self._apply_article(transfer.article, here=here)
        if transfer.comment is not None:
            if elsewhere is None:
                self._was_emitted(transfer.article_id, transfer.comment.data.comment_id, transfer.after)
            return self._apply_comment(transfer.comment, transfer.after, here=here)
        if transfer.verdict is not None:
            if elsewhere is None:
                self._was_emitted(transfer.article_id, transfer.verdict.comment_id, transfer.after)
            return self._apply_verdict(transfer.verdict, transfer.after, here=here)
        self._touched.add(state.article_id)
        if elsewhere is not None:
            changed = {"article_id": elsewhere.article_id, "root": elsewhere}
            self._side_outputs.append(TRANSFERS.record(transfer.model_copy(update=changed)))
            return Outcome.REDIRECTED
        if transfer.patched is not None:
            return self._apply_patched(state, transfer.patched)
        if transfer.last:
            if not here:
                return Outcome.DUPLICATE
            state.root = transfer.root
            state.comments_pending, state.comments_done = True, 0
            return Outcome.APPLIED
        self._supersede(articles.apply_history(state, transfer.history))
        return Outcome.APPLIED

    def _was_emitted(self, article_id: UUID, comment_id: UUID, version: int) -> None:
        """A comment's document exists from when it belonged to another id: its next version has to be above that one's, and
        it may have to go from the other index."""
        comment = self._states.comment(article_id, comment_id)
        if version and (comment.emitted is None or comment.emitted.version <= version):
            comment.emitted = Emitted(version=version, digest="", public=False, moved=True)

    # comments

    def _apply_comment(self, event: EnrichedCommentEvent, after: int = 0, *, here: bool = False) -> Outcome:
        data = event.data
        if (to := self._states.article(data.article_id).redirects_to) is not None and not here:
            self._side_outputs.append(transfers.transfer_comment_event(event, to, after))
            return Outcome.REDIRECTED
        state = self._states.joined_comment(data.article_id, data.comment_id)
        if isinstance(data, EnrichedComment):
            return comments.apply_comment(state, event)
        assert isinstance(data, CommentNotice)
        return comments.apply_notice(state, event, data)

    def _apply_verdict(self, verdict: FloodVerdict, after: int = 0, *, here: bool = False) -> Outcome:
        if (to := self._states.article(verdict.article_id).redirects_to) is not None and not here:
            self._side_outputs.append(transfers.transfer_verdict(verdict, to, after))
            return Outcome.REDIRECTED
        return comments.apply_verdict(self._states.joined_comment(verdict.article_id, verdict.comment_id), verdict)

    def _has_record(self, state: ArticleState) -> bool:
        """Whether the batch had more than comments for this article, and there is a record to make of it."""
        # nothing was ever shown or asked for under an id that is only a name of the article
        shown = bool(state.claims) or state.emitted is not None
        redirected = state.canonical_id is not None and shown and not state.is_next
        known = redirected or (state.canonical_id is None and (state.current is not None or bool(state.notices)))
        return known and (state.article_id in self._touched or state.comments_pending)
