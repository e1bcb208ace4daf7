"""Comments to events: names that stay the same however often a site is read, answers under what they answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from pydantic import ValidationError

from pipeline import identity
from pipeline.dates import not_in_future
from pipeline.errors import Reject, explain
from pipeline.formats.items import CommentState, StoryComment
from pipeline.formats.tombstones import is_tombstone
from pipeline.ingest.origin import Origin, original
from schemas.comment import CommentNotice, ReceivedComment
from schemas.event import EventType
from schemas.events import RawCommentEvent


def comment_events(
    comments: Iterable[StoryComment], origin: Origin, received: datetime
) -> Iterator[RawCommentEvent | Reject]:
    """One event for each comment, and one for the site's decision about it, in their order; a Reject for one that the contract
    can't hold."""
    nth: Counter[tuple[str | None, str | None]] = Counter()
    named: list[tuple[StoryComment, str]] = []
    for comment in comments:
        if is_tombstone(comment.text):
            comment.state = CommentState.REMOVED  # also where its system doesn't say so
        key = (comment.own_id, None) if comment.own_id else (comment.author, comment.posted)
        again = nth[key]
        nth[key] += 1
        site_id = (
            f"{comment.own_id}#{again}" if comment.own_id and again else comment.own_id
        )  # ids that a site gave twice
        named.append((comment, identity.comment_name(site_id, comment.author, comment.posted, again)))
    names = {comment.own_id: name for comment, name in reversed(named) if comment.own_id}
    of = {id(comment): name for comment, name in named}
    for number, (comment, name) in enumerate(named, 1):
        parent = names.get(comment.parent) or identity.comment_name(comment.parent) if comment.parent else None
        parent = parent or of.get(id(comment.answers))
        try:
            yield from [
                *(
                    [_posted(comment, name, parent, origin, received)]
                    if comment.state is not CommentState.REMOVED
                    else []
                ),
                *([_moderated(comment, name, origin, received)] if comment.state is not CommentState.APPROVED else []),
            ]
        except ValidationError as e:
            yield Reject("invalid", f"comment {number}: {explain(e)}")


def _posted(
    comment: StoryComment, name: str, parent: str | None, origin: Origin, received: datetime
) -> RawCommentEvent:
    kept = original(comment.text.encode(), "text/plain")
    own = identity.comment_id(origin.article_id, name)
    data = ReceivedComment(
        **origin.ids,
        claims=origin.claims,
        comment_id=own,
        name=name,
        author=comment.author,
        text=comment.text,
        parent_id=identity.comment_id(origin.article_id, parent) if parent else None,
        parent_name=parent,
        url=comment.url or origin.url,
        posted=comment.posted,
        edited=comment.edited,
        timezone=origin.zone,
        day_first=origin.day_first,
        original=kept,
    )
    return RawCommentEvent(
        id=identity.event_id(own, "comment", kept.sha256, comment.edited or comment.posted or ""),
        source=origin.source,
        type=EventType.COMMENT_EDITED if comment.edited else EventType.COMMENT_POSTED,
        subject=str(origin.article_id),
        time=received,
        data=data,
    )


def _moderated(comment: StoryComment, name: str, origin: Origin, received: datetime) -> RawCommentEvent:
    """The site's decision about the comment: removed, held or rejected."""
    own = identity.comment_id(origin.article_id, name)
    removed = comment.state is CommentState.REMOVED
    written = origin.time(comment.edited or comment.posted, received)
    notice = CommentNotice.model_validate(
        {
            "kind": "comment-removal" if removed else "comment-moderation",
            **origin.ids,
            "claims": origin.claims,
            "comment_id": own,
            "name": name,
            "decision": None if removed else comment.state.value,
            # an export has no time for it: it was not before the comment was written
            "at": not_in_future(written.utc, received) if written else received,
            "by": origin.provider,
        }
    )
    type_ = EventType.COMMENT_REMOVED if removed else EventType.COMMENT_MODERATED
    return RawCommentEvent(
        id=identity.event_id(own, type_.value, comment.state.value, comment.posted or ""),
        source=origin.source,
        type=type_,
        subject=str(origin.article_id),
        time=received,
        data=notice,
    )
