"""The comments of a post in a WordPress export."""

from __future__ import annotations

from pipeline.errors import Reject
from pipeline.formats import html_text
from pipeline.formats.items import CommentState, StoryComment
from pipeline.formats.wxr_fields import every, markup, raw, text, time
from pipeline.formats.xml import Element

_READERS = frozenset({"", "comment", "review"})
NOT_COMMENTS = frozenset(
    {"pingback", "trackback", "note", "editorial-comment", "order_note", "action_log", "webhook_delivery", "wp_log"}
)
"""Links from elsewhere, and what editors and plugins note for themselves."""
STATES = {"1": CommentState.APPROVED, "approve": CommentState.APPROVED, "approved": CommentState.APPROVED, "": CommentState.APPROVED,
           "0": CommentState.HELD, "hold": CommentState.HELD, "spam": CommentState.REJECTED, "trash": CommentState.REMOVED,
           "post-trashed": CommentState.REMOVED}  # fmt: skip


def read(element: Element) -> tuple[list[StoryComment], list[Reject]]:
    """The comments, and why others were refused. One of an unknown kind is held: it may not be for readers."""
    found: list[StoryComment] = []
    refused: list[Reject] = []
    for number, one in enumerate(every(element, "wp:comment"), 1):
        kind = (text(one, "wp:comment_type") or "").casefold()
        if kind in NOT_COMMENTS:
            continue
        state = STATES.get((text(one, "wp:comment_approved") or "").casefold(), CommentState.HELD)
        if kind not in _READERS and state is CommentState.APPROVED:
            state = CommentState.HELD
        words = "\n\n".join(html_text.paragraphs(markup(raw(one, "wp:comment_content"))))
        if not words and state is not CommentState.REMOVED:
            refused.append(Reject("no-text", f"comment {number} has no text"))
            continue
        parent = text(one, "wp:comment_parent")
        found.append(
            StoryComment(
                author=html_text.plain(text(one, "wp:comment_author")),
                posted=time(one, "wp:comment_date"),
                text=words or "…",
                own_id=text(one, "wp:comment_id"),
                parent=parent if parent and parent != "0" else None,
                state=state,
            )
        )
    return found, refused
