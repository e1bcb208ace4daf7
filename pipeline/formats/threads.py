"""Comments of several threads, in the order in which the threads begin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import Reject
from pipeline.formats import html_text, plain_text
from pipeline.formats.items import CommentState, Discussion, StoryComment


class Threads:
    """Discussions by their address or id."""

    def __init__(self) -> None:
        self._found: dict[tuple[str | None, str | None], Discussion] = {}

    def add(self, comment: StoryComment, url: str | None, guid: str | None, headline: str | None = None) -> None:
        """A comment of the thread. Raises Reject where it names none, or where there is nothing of it to show or to remove."""
        if not url and not guid:
            raise Reject("no-id", "it names no thread")
        if not comment.text:
            if comment.state is not CommentState.REMOVED:
                raise Reject("no-text", "it has no text")
            if not comment.own_id:
                raise Reject("no-id", "it was deleted, and nothing says which one it was")
            comment.text = "…"
        thread = self._found.setdefault((url, guid), Discussion(url=url, guid=guid, comments=[]))
        thread.headline = thread.headline or headline
        thread.comments.append(comment)

    def __iter__(self) -> Iterator[Discussion]:
        return iter(self._found.values())


def words(markup: Any, source: Any = None) -> str:
    """The text of a comment: of its HTML, or else of the Markdown or plain text that it was made from."""
    if isinstance(markup, str) and markup.strip():
        return "\n\n".join(html_text.paragraphs(markup))
    return "\n\n".join(plain_text.paragraphs(source)) if isinstance(source, str) else ""
