"""Applies the values of one batch to the states of articles and comments, in order. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from pipeline import telemetry
from pipeline.outcomes import Outcome
from pipeline.stages.revise import articles, comments, transfers
from pipeline.stages.revise.history import check_revisions, into_history, stubs
from pipeline.stages.revise.patches import only_visibility
from pipeline.stages.revise.state import ArticleState, Emitted
from pipeline.stages.revise.states import BatchStates
from pipeline.topics import ARTICLES_HISTORY, TRANSFERS, Record
from schemas.article import Article, Notice
from schemas.comment import CommentNotice
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent, SupersededArticleEvent
from schemas.flooding import FloodVerdict
from schemas.patch import ArticlePatch, Patched
from schemas.story import Membership, Root
from schemas.transfer import Identity, Transfer
from schemas.visibility_timer import VisibilityTimer


class Applied:
    """Values that were applied: the states that they changed, and what other stages and history have to get of it."""

    def __init__(self, states: BatchStates, largest: int) -> None:
        self.states, self._largest = states, largest
        self.last_events: dict[UUID, EnrichedArticleEvent] = {}
        self.touched: set[UUID] = set()
        """Articles that got more than comments."""
        self.history: dict[str, Record] = {}
        self.side_outputs: list[Record] = []
        self._apply: dict[type, Callable[[Any], Outcome]] = {
            EnrichedArticleEvent: self._apply_article,
            EnrichedCommentEvent: self._apply_comment,
            VisibilityTimer: self._apply_timer,
            Membership: self._apply_membership,
            FloodVerdict: self._apply_verdict,
            Identity: self._apply_identity,
            Transfer: self._apply_transfer,
        }

    def apply(self, value: Any) -> Outcome:
        """Apply one event. Raises Reject for one that the article has no room for."""
        return self._apply[type(value)](value)

    def add_stubs(self, state: ArticleState) -> None:
        """What lost its text in this batch, in history."""
        self._supersede(stubs(state))

    # articles

    def _apply_article(self, event: EnrichedArticleEvent, *, transferred: bool = False, here: bool = False) -> Outcome:
        """`transferred`: from another id. `here`: although its own redirects."""
        data = event.data
        article = data.article if isinstance(data, EnrichedArticle) else data
        state = self.states.article(article.article_id)
        self.touched.add(state.article_id)
        if isinstance(article, Article) and article.merged:
            # an answer that a worker of the version before asked for: it is made anew here
            state.enriched = None
            return Outcome.SUPERSEDED
        received = event.time if isinstance(article, Notice) else article.revision.received
        own = Root(received=received, article_id=state.article_id) if not transferred else None
        self.side_outputs.extend(transfers.register_claims(state, article, own))
        if (to := state.redirects_to) is not None and not here:
            self.side_outputs.append(transfers.transfer_article(event, to))
            return Outcome.REDIRECTED
        current, patched = state.current, state.patched
        superseded: list[SupersededArticleEvent] = []
        if isinstance(data, EnrichedArticle):
            check_revisions(state, event)
            outcome, superseded = articles.apply_article(state, event)
            self._drop_oversized_patches(state)
        elif isinstance(data, ArticlePatch):
            outcome, superseded = articles.apply_patch(state, event, data, self._largest)
        else:
            assert isinstance(data, Notice)
            outcome = articles.apply_notice(state, event, data)
        if state.current is not current or state.patched != patched:
            state.enriched = None
        self._supersede(superseded)
        self.last_events[state.article_id] = event
        return outcome

    def _apply_timer(self, timer: VisibilityTimer) -> Outcome:
        self.states.article(timer.article_id)
        self.touched.add(timer.article_id)
        return Outcome.RELEASED

    def _apply_membership(self, membership: Membership) -> Outcome:
        self.touched.add(membership.article_id)
        return articles.apply_membership(self.states.article(membership.article_id), membership)

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
        are in history. What they say of its visibility stays."""
        if state.patched is not None and not articles.fits(state, self._largest):
            telemetry.PATCHES_DROPPED(article_id=state.article_id)
            state.patched, state.enriched = only_visibility(state.patched), None

    def _supersede(self, superseded: Iterable[SupersededArticleEvent]) -> None:
        for event in superseded:
            record = ARTICLES_HISTORY.record(event)
            self.history[ARTICLES_HISTORY.key(event)] = record

    # two ids of one article

    def _apply_identity(self, identity: Identity) -> Outcome:
        """Two ids share a claim. The id received first is canonical; the other transfers its state to it."""
        state = self.states.article(identity.article_id)
        if state.root is not None and identity.root.order() >= state.root.order():
            return Outcome.DUPLICATE
        was_canonical = state.canonical_id is None
        state.root = identity.root
        self.side_outputs.extend(transfers.claim_events(state, state.claims, identity.root))
        if state.canonical_id is None:
            return Outcome.APPLIED
        self.side_outputs.extend(transfers.transfer(state, last=was_canonical))
        state.comments_pending, state.comments_done = True, 0
        self.touched.add(state.article_id)
        return Outcome.REDIRECTED

    def _apply_transfer(self, transfer: Transfer) -> Outcome:
        """Apply a part of the state of an id that this one is, or is about to be, canonical for."""
        state = self.states.article(transfer.article_id)
        here = transfers.is_for(transfer, state)
        elsewhere = state.redirects_to if not here else None
        if transfer.article is not None:
            return self._apply_article(transfer.article, transferred=True, here=here)
        if transfer.comment is not None:
            if elsewhere is None:
                self._was_emitted(transfer.article_id, transfer.comment.data.comment_id, transfer.after)
            return self._apply_comment(transfer.comment, transfer.after, here=here)
        if transfer.verdict is not None:
            if elsewhere is None:
                self._was_emitted(transfer.article_id, transfer.verdict.comment_id, transfer.after)
            return self._apply_verdict(transfer.verdict, transfer.after, here=here)
        self.touched.add(state.article_id)
        if elsewhere is not None:
            changed = {"article_id": elsewhere.article_id, "root": elsewhere}
            self.side_outputs.append(TRANSFERS.record(transfer.model_copy(update=changed)))
            return Outcome.REDIRECTED
        if transfer.patched is not None:
            return self._apply_patched(state, transfer.patched)
        if transfer.last:
            if not here:
                return Outcome.DUPLICATE
            state.root = transfer.root
            state.comments_pending, state.comments_done = True, 0
            return Outcome.APPLIED
        articles.apply_history(state, transfer.history)
        return Outcome.APPLIED

    def _was_emitted(self, article_id: UUID, comment_id: UUID, version: int) -> None:
        """A comment's document exists from when it belonged to another id: its next version has to be above that one's, and
        it may have to go from the other index."""
        comment = self.states.comment(article_id, comment_id)
        if version and (comment.emitted is None or comment.emitted.version <= version):
            comment.emitted = Emitted(version=version, digest="", public=False, moved=True)

    # comments

    def _apply_comment(self, event: EnrichedCommentEvent, after: int = 0, *, here: bool = False) -> Outcome:
        data = event.data
        if (to := self.states.article(data.article_id).redirects_to) is not None and not here:
            self.side_outputs.append(transfers.transfer_comment_event(event, to, after))
            return Outcome.REDIRECTED
        state = self.states.joined_comment(data.article_id, data.comment_id)
        if isinstance(data, EnrichedComment):
            return comments.apply_comment(state, event)
        assert isinstance(data, CommentNotice)
        return comments.apply_notice(state, event, data)

    def _apply_verdict(self, verdict: FloodVerdict, after: int = 0, *, here: bool = False) -> Outcome:
        if (to := self.states.article(verdict.article_id).redirects_to) is not None and not here:
            self.side_outputs.append(transfers.transfer_verdict(verdict, to, after))
            return Outcome.REDIRECTED
        return comments.apply_verdict(self.states.joined_comment(verdict.article_id, verdict.comment_id), verdict)
