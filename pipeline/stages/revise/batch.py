"""One batch of revise: take records, then say what to send and what to remember, once per article and comment.

Doing a batch twice is the same as doing it once; that is what makes it safe to stop anywhere (see carrier.py for the
order in which the results are delivered).
"""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from pipeline.errors import Reject
from pipeline.outcomes import Outcome
from pipeline.records import Sent
from pipeline.settings import MIB
from pipeline.stages.revise import articles, comments, moving
from pipeline.stages.revise.emissions import Emission, emit_article, emit_comment
from pipeline.stages.revise.history import into_history
from pipeline.stages.revise.state import ArticleState, CommentState, Emitted, States
from pipeline.topology import ARTICLES_HISTORY, ARTICLES_MERGED, TRANSFERS
from schemas.article import Article, Notice
from schemas.comment import CommentNotice
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.events import (
    EnrichedArticleEvent,
    EnrichedCommentEvent,
    SupersededArticleEvent,
)
from schemas.flooding import FloodVerdict
from schemas.patch import ArticlePatch, Patched
from schemas.story import Membership
from schemas.transfer import Identity, Transfer
from schemas.visibility_timer import VisibilityTimer

log = logging.getLogger("dateline.revise")

Record = EnrichedArticleEvent | EnrichedCommentEvent | VisibilityTimer | Membership | FloodVerdict | Identity | Transfer


class ReviseBatch:
    """Records of one batch, applied in order. Not to be used again after `finish` or `settle`."""

    def __init__(self, states: States, largest: int = 64 * MIB) -> None:
        """`largest` is the largest record, in bytes: more than that isn't merged."""
        self._states, self._largest = states, largest
        self._articles: dict[UUID, ArticleState] = {}
        self._comments: dict[tuple[UUID, UUID], CommentState] = {}
        self._times: dict[UUID, EnrichedArticleEvent] = {}
        self._joined: dict[UUID, list[UUID]] = {}
        self._threads: dict[UUID, set[UUID]] = {}
        self._history: dict[str, Emission] = {}
        self._touched: set[UUID] = set()
        self._asking: set[UUID] = set()
        self._flipped: list[UUID] = []
        self._now: datetime | None = None
        self.beside: list[Sent] = []
        """What other stages have to hear, and what moves to another id; to be delivered before `save`."""

    def apply(self, record: Record, now: datetime) -> Outcome:
        """Take one record. `now` is when; it only matters to times in the record that lie in the future. Raises Reject for a
        partial update that makes an article too large."""
        if isinstance(record, VisibilityTimer):
            self._article(record.article_id)
            self._touched.add(record.article_id)
            return Outcome.RELEASED
        if isinstance(record, Membership):
            self._touched.add(record.article_id)
            return articles.apply_membership(self._article(record.article_id), record)
        if isinstance(record, FloodVerdict):
            return self._apply_verdict(record)
        if isinstance(record, Identity):
            return self._apply_identity(record)
        if isinstance(record, Transfer):
            return self._apply_moved(record)
        if isinstance(record, EnrichedArticleEvent):
            return self._apply_article(record)
        return self._apply_comment(record)

    def decide(self, now: datetime) -> list[Emission]:
        """What stands after the batch, to be sent after history was delivered and `save` was."""
        self._now = now
        emissions: list[Emission] = []
        for article_id, state in self._articles.items():
            if not self._concerns(state):
                continue
            was_public = bool(state.emitted and state.emitted.public)
            emissions.append(emit_article(state, self._times.get(article_id), now))
            if article_id in self._asking and (asked := articles.question(state)) is not None:
                self.beside.append(Sent(ARTICLES_MERGED, str(article_id), asked))
            if state.emitted and state.emitted.public and not state.shown and articles.is_enriched(state):
                state.shown = True
                self.beside.extend(articles.mentions_of(state))
            changed = was_public != bool(state.emitted and state.emitted.public) or state.comments_pending
            if changed and state.merged_into is None:
                state.comments_pending = True
                self._flipped.append(article_id)
                for comment_id in [*self._states.thread(article_id), *self._joined.get(article_id, [])]:
                    self._comment(article_id, comment_id)
        for comment in self._comments.values():
            article = self._articles[comment.article_id]
            if article.merged_into is not None:
                continue  # they went with the article
            emission_or_none = emit_comment(comment, bool(article.emitted and article.emitted.public), now)
            if emission_or_none:
                emissions.append(emission_or_none)
        return emissions

    @property
    def history(self) -> list[Emission]:
        """Superseded revisions, to be delivered first."""
        return list(self._history.values())

    def save(self) -> None:
        """Remember what `decide` decided."""
        if self._now is None:
            raise RuntimeError("decide comes before save")
        for article_id, state in self._articles.items():
            if not self._concerns(state):
                if (state.membership or state.root or state.history) and article_id in self._touched:
                    self._states.put_article(state)  # told of before a whole revision of it came
                continue
            self._states.put_article(state)
            seen = articles.visibility(state, self._now)
            self._states.put_due(article_id, seen.until)
        for comment in self._comments.values():
            self._states.put_comment(comment)
        for article_id, comment_ids in self._joined.items():
            self._states.extend_thread(article_id, comment_ids)

    def settle(self) -> bool:
        """After everything was delivered: forget that comments were pending. Says whether anything was written."""
        for article_id in self._flipped:
            state = self._articles[article_id]
            state.comments_pending = False
            self._states.put_article(state)
        return bool(self._flipped)

    def finish(self, now: datetime) -> list[Emission]:
        """All steps at once, for callers without delivery to wait for."""
        current = self.decide(now)
        self.save()
        self.settle()
        return [*self.history, *current]

    def _apply_identity(self, identity: Identity) -> Outcome:
        """Another id goes by a name of this article's: the one received first stands, the other hands over what it has."""
        state = self._article(identity.article_id)
        if state.root is None or identity.root.order() >= state.root.order():
            return Outcome.DUPLICATE
        state.root = identity.root
        self.beside.extend(moving.said(state, state.claims))
        to = state.merged_into
        if to is None:
            return Outcome.APPLIED
        self.beside.extend(moving.hand_over(state))
        for comment_id in [*self._states.thread(state.article_id), *self._joined.get(state.article_id, [])]:
            self.beside.extend(moving.hand_over_comment(self._comment(state.article_id, comment_id), to))
        self._touched.add(state.article_id)
        return Outcome.REDIRECTED

    def _apply_moved(self, moved: Transfer) -> Outcome:
        if moved.article is not None:
            return self._apply_article(moved.article)
        if moved.comment is not None:
            data = moved.comment.data
            own = data.comment.comment_id if isinstance(data, EnrichedComment) else data.comment_id
            self._stands_already(moved.article_id, own, moved.after)
            return self._apply_comment(moved.comment, moved.after)
        if moved.patched is not None:
            return self._apply_patched(moved.article_id, moved.patched)
        if moved.verdict is not None:
            self._stands_already(moved.article_id, moved.verdict.comment_id, moved.after)
            return self._apply_verdict(moved.verdict, moved.after)
        state = self._article(moved.article_id)
        if state.merged_into is not None:
            self.beside.append(
                Sent(TRANSFERS, str(state.merged_into), moved.model_copy(update={"article_id": state.merged_into}))
            )
            return Outcome.REDIRECTED
        self._supersede(articles.apply_history(state, moved.history))
        self._touched.add(state.article_id)
        return Outcome.APPLIED

    def _apply_patched(self, article_id: UUID, patched: Patched) -> Outcome:
        state = self._article(article_id)
        self._touched.add(article_id)
        if (to := state.merged_into) is not None:
            self.beside.append(Sent(TRANSFERS, str(to), Transfer(article_id=to, patched=patched)))
            return Outcome.REDIRECTED
        outcome = articles.join_patched(state, patched)
        self._without_what_is_too_much(state)
        self._supersede(into_history(state, []))
        self._asking.add(article_id)
        return outcome

    def _without_what_is_too_much(self, state: ArticleState) -> None:
        """A whole article that came after its partial updates, and is too large with them, stands alone: they are in history."""
        if not articles.fits(state, self._largest):
            log.warning("%s is too large with its partial updates; they stay in history only", state.article_id)
            state.patched = state.enriched = None

    def _stands_already(self, article_id: UUID, comment_id: UUID, version: int) -> None:
        """The comment's document is there from when it belonged to another id: what is sent now has to be above it, and may
        have to go from the other index."""
        if self._article(article_id).merged_into is not None:
            return
        comment = self._comment(article_id, comment_id)
        if version and (comment.emitted is None or comment.emitted.version <= version):
            comment.emitted = Emitted(version=version, digest="", public=False, moved=True)

    def _apply_verdict(self, verdict: FloodVerdict, after: int = 0) -> Outcome:
        to = self._article(verdict.article_id).merged_into
        if to is not None:
            moved = Transfer(article_id=to, verdict=verdict.model_copy(update={"article_id": to}), after=after)
            self.beside.append(Sent(TRANSFERS, str(to), moved))
            return Outcome.REDIRECTED
        return comments.apply_verdict(self._posted(verdict.article_id, verdict.comment_id), verdict)

    def _supersede(self, superseded: list[SupersededArticleEvent]) -> None:
        for loser in superseded:
            key = f"{loser.data.article_id}/{loser.data.revision_key}"
            self._history[key] = Emission(ARTICLES_HISTORY, key, loser.data.article_id, loser)

    def _apply_article(self, event: EnrichedArticleEvent) -> Outcome:
        data = event.data
        article = data.article if isinstance(data, EnrichedArticle) else data
        state = self._article(article.article_id)
        if isinstance(article, Article) and article.merged:
            self._touched.add(state.article_id)
            outcome = articles.apply_answer(state, event)
            if not articles.fits(state, self._largest):
                state.enriched = None  # its text is shown without
            return outcome
        if not isinstance(article, Notice):
            self.beside.extend(moving.announce(state, article))
        if state.merged_into is not None:
            self.beside.append(moving.move_article(event, state.merged_into))
            self._touched.add(state.article_id)
            return Outcome.REDIRECTED
        if isinstance(data, EnrichedArticle):
            outcome, superseded = articles.apply_article(state, event)
            self._without_what_is_too_much(state)
        elif isinstance(data, ArticlePatch):
            known, history = state.patched, list(state.history)
            outcome, superseded = articles.apply_patch(state, event, data)
            if not articles.fits(state, self._largest):
                state.patched, state.history = known, history
                raise Reject(
                    "too-large", "merged with what stands it is more than one record holds; send the whole article"
                )
        else:
            assert isinstance(data, Notice)
            outcome, superseded = articles.apply_notice(state, event, data)
        self._supersede(superseded)
        self._times[state.article_id] = event
        self._asking.add(state.article_id)
        self._touched.add(state.article_id)
        return outcome

    def _apply_comment(self, event: EnrichedCommentEvent, after: int = 0) -> Outcome:
        data = event.data
        article_id = data.comment.article_id if isinstance(data, EnrichedComment) else data.article_id
        if (to := self._article(article_id).merged_into) is not None:
            self.beside.append(moving.move_comment(event, to, after))
            return Outcome.REDIRECTED
        if isinstance(data, EnrichedComment):
            state = self._posted(data.comment.article_id, data.comment.comment_id)
            return comments.apply_comment(state, event)
        assert isinstance(data, CommentNotice)
        state = self._posted(data.article_id, data.comment_id)
        return comments.apply_notice(state, event, data)

    def _concerns(self, state: ArticleState) -> bool:
        """Whether the batch had more than comments for this article, and there is something to say of it."""
        known = state.current is not None or bool(state.notices) or state.merged_into is not None
        return known and (state.article_id in self._touched or state.comments_pending)

    def _article(self, article_id: UUID) -> ArticleState:
        state = self._articles.get(article_id)
        if state is None:
            state = self._states.article(article_id) or ArticleState(article_id=article_id)
            self._articles[article_id] = state
        return state

    def _posted(self, article_id: UUID, comment_id: UUID) -> CommentState:
        """The comment that a record is about, which is in its article's thread from now on.

        A comment's row and its thread's are two changelog records: a crash may leave the first without the second. The
        records are taken again then, so whoever is taken again is looked for in the thread itself.
        """
        state = self._comment(article_id, comment_id)
        if comment_id not in self._joined.get(article_id, ()):
            if article_id not in self._threads:
                self._threads[article_id] = set(self._states.thread(article_id))
            if comment_id not in self._threads[article_id]:
                self._joined.setdefault(article_id, []).append(comment_id)
        return state

    def _comment(self, article_id: UUID, comment_id: UUID) -> CommentState:
        self._article(article_id)
        state = self._comments.get((article_id, comment_id))
        if state is None:
            state_or_none = self._states.comment(article_id, comment_id)
            if state_or_none is None:
                state_or_none = CommentState(article_id=article_id, comment_id=comment_id)
                self._joined.setdefault(article_id, []).append(comment_id)
            state = state_or_none
            self._comments[(article_id, comment_id)] = state
        return state
