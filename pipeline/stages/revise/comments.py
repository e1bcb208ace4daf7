"""Which revision of a comment is current, and whether readers may see it: pure decisions over its state."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.outcomes import Outcome
from pipeline.stages.revise.state import CommentState
from pipeline.stages.revise.version import pack
from schemas.comment import CommentNotice
from schemas.current import CurrentComment, Status, Visibility
from schemas.enriched import EnrichedComment
from schemas.enrichment import CommentEnrichment, Moderation
from schemas.events import EnrichedCommentEvent
from schemas.flooding import FloodVerdict
from schemas.identity import Revision

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DECIDED = {"held": Status.HELD, "rejected": Status.REJECTED}


def apply_comment(state: CommentState, event: EnrichedCommentEvent) -> Outcome:
    """Apply a posted or edited comment: the highest revision is current. One that was removed stays removed."""
    if state.removal is not None:
        return Outcome.SUPPRESSED
    if state.current is None:
        state.current = event
        return Outcome.APPLIED
    known, arriving = _revision(state.current), _revision(event)
    if arriving.event_id == known.event_id:
        if arriving.order() >= known.order():
            state.current = event
        return Outcome.DUPLICATE
    if arriving.order() > known.order():
        state.current = event
        return Outcome.APPLIED
    return Outcome.SUPERSEDED


def apply_notice(state: CommentState, event: EnrichedCommentEvent, notice: CommentNotice) -> Outcome:
    """Apply a removal (final; its text is dropped) or a moderator's decision (the latest counts)."""
    dated = notice.model_copy(update={"at": notice.at or event.time})
    if notice.kind == "comment-removal":
        if state.removal is not None and _order(dated) <= _order(state.removal):
            return Outcome.DUPLICATE
        state.removal, state.current, state.moderation = dated, None, None
        return Outcome.APPLIED
    if state.removal is not None:
        return Outcome.SUPPRESSED
    if state.moderation is not None and _order(dated) <= _order(state.moderation):
        return Outcome.DUPLICATE if dated == state.moderation else Outcome.SUPERSEDED
    state.moderation = dated
    return Outcome.APPLIED


def apply_verdict(state: CommentState, verdict: FloodVerdict) -> Outcome:
    """Apply a verdict of the flood detector; of two phases the first by name counts, in whichever order they arrive."""
    known = state.verdict
    state.verdict = verdict if known is None else min(known, verdict, key=lambda one: one.phase)
    return Outcome.DUPLICATE if state.verdict == known else Outcome.APPLIED


def current(state: CommentState, article_public: bool) -> CurrentComment | None:
    """The current record; None while only a moderator's decision has arrived and the comment itself hasn't."""
    if state.removal is not None:
        return CurrentComment(
            article_id=state.article_id,
            comment_id=state.comment_id,
            version=pack(1, state.removal.at or _EPOCH, 0, 0),
            visibility=Visibility(status=Status.REMOVED),
            notice=state.removal,
        )
    if state.current is None:
        return None
    enriched = _enriched(state.current)
    enrichment = _with_verdict(enriched.enrichment, state.verdict)
    machine = enrichment.moderation
    decision = state.moderation.decision if state.moderation else machine.decision if machine else None
    decided = _DECIDED.get(decision or "")  # a moderator wins over the machine
    status = decided or (Status.PUBLIC if article_public else Status.ARTICLE_HIDDEN)
    return CurrentComment(
        article_id=state.article_id,
        comment_id=state.comment_id,
        version=pack(0, enriched.comment.revision.modified, enriched.comment.revision.version, 0),
        visibility=Visibility(status=status),
        comment=enriched.comment,
        enrichment=enrichment,
        notice=state.moderation,
    )


def _with_verdict(enrichment: CommentEnrichment, verdict: FloodVerdict | None) -> CommentEnrichment:
    """A comment that passed alone, but is one of too many, is held."""
    machine = enrichment.moderation or Moderation(decision="approved", phase="passed")
    if verdict is None or machine.decision != "approved":
        return enrichment
    held = machine.model_copy(update={"decision": "held", "phase": verdict.phase, "matched": ()})
    return enrichment.model_copy(update={"moderation": held})


def _enriched(event: EnrichedCommentEvent) -> EnrichedComment:
    if not isinstance(event.data, EnrichedComment):
        raise TypeError("only a comment can be current; notices are stored separately")
    return event.data


def _revision(event: EnrichedCommentEvent) -> Revision:
    return _enriched(event).comment.revision


def _order(notice: CommentNotice) -> tuple[datetime, str]:
    return (notice.at or datetime.min.replace(tzinfo=UTC), notice.model_dump_json())
