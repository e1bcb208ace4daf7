"""The states of articles and comments, the threads of comments and the timers, in rows of four tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from pipeline.stages.revise.state import ArticleState, CommentState
from pipeline.stages.revise.tables import ARTICLES, COMMENTS, DUE, THREADS
from pipeline.stages.rows import Tables
from pipeline.written_once import as_json

_TEXT = frozenset({"current"})
CHUNK = 500
"""Comment ids in one row of the threads: a long thread is not rewritten with each comment."""


class States:
    """Reads and writes the rows of revise. The next batch reads what a batch has put."""

    def __init__(self, tables: Tables) -> None:
        self._articles, self._comments = tables[ARTICLES], tables[COMMENTS]
        self._threads, self._due = tables[THREADS], tables[DUE]

    def article(self, article_id: UUID) -> ArticleState | None:
        stored = self._articles.get(str(article_id))
        return ArticleState.model_validate_json(stored) if stored else None

    def comment(self, article_id: UUID, comment_id: UUID) -> CommentState | None:
        stored = self._comments.get(f"{article_id}/{comment_id}")
        return CommentState.model_validate_json(stored) if stored else None

    def thread(self, article_id: UUID) -> Iterator[list[UUID]]:
        """Ids of all comments of an article, in order of arrival, a row of at most CHUNK after the other."""
        for n in range(self.thread_rows(article_id)):
            yield self.thread_row(article_id, n)

    def thread_rows(self, article_id: UUID) -> int:
        stored = self._threads.get(str(article_id))
        return int(stored) if stored else 0

    def thread_row(self, article_id: UUID, n: int) -> list[UUID]:
        return [UUID(known) for known in self._chunk(article_id, n)]

    def put_article(self, state: ArticleState) -> None:
        self._articles.put(str(state.article_id), as_json(state, parts=_TEXT))

    def put_comment(self, state: CommentState) -> None:
        name = f"{state.article_id}/{state.comment_id}"
        self._comments.put(name, state.model_dump_json(exclude_none=True).encode())

    def extend_thread(self, article_id: UUID, comment_ids: list[UUID]) -> None:
        chunks = self.thread_rows(article_id)
        last = self._chunk(article_id, chunks - 1) if chunks else []
        known = set(last)
        # a batch that is processed twice may have written its ids already
        arriving = [str(comment_id) for comment_id in comment_ids if str(comment_id) not in known]
        at = max(0, chunks - 1)
        row = [*last, *arriving]
        while row:
            self._threads.put(f"{article_id}/{at}", json.dumps(row[:CHUNK]).encode())
            row, at = row[CHUNK:], at + 1
        if at > chunks:
            self._threads.put(str(article_id), str(at).encode())

    def put_due(self, article_id: UUID, due: datetime | None) -> None:
        """Set when the article's visibility changes by itself; None deletes it."""
        if due is None:
            self._due.delete(str(article_id))
        else:
            self._due.put(str(article_id), due.astimezone(UTC).isoformat().encode())

    def _chunk(self, article_id: UUID, chunk: int) -> list[str]:
        stored = self._threads.get(f"{article_id}/{chunk}")
        ids: list[str] = json.loads(stored) if stored else []
        return ids


class BatchStates:
    """The states that one batch works on: each is loaded once, and written only when it is saved."""

    def __init__(self, states: States) -> None:
        self._states = states
        self.articles: dict[UUID, ArticleState] = {}
        self.comments: dict[tuple[UUID, UUID], CommentState] = {}
        self._joined: dict[UUID, list[UUID]] = {}
        """Comments that are new in their article's thread."""
        self._threads: dict[UUID, set[UUID]] = {}

    def article(self, article_id: UUID) -> ArticleState:
        state = self.articles.get(article_id)
        if state is None:
            state = self._states.article(article_id) or ArticleState(article_id=article_id)
            self.articles[article_id] = state
        return state

    def comment(self, article_id: UUID, comment_id: UUID) -> CommentState:
        """The state of a comment; its article's is loaded with it."""
        self.article(article_id)
        state = self.comments.get((article_id, comment_id))
        if state is None:
            stored = self._states.comment(article_id, comment_id)
            if stored is None:
                self._joined.setdefault(article_id, []).append(comment_id)
            state = stored or CommentState(article_id=article_id, comment_id=comment_id)
            self.comments[(article_id, comment_id)] = state
        return state

    def joined_comment(self, article_id: UUID, comment_id: UUID) -> CommentState:
        """The state of a comment, which is in its article's thread from now on.

        A comment's row and its thread's are two changelog records: a crash may leave the first without the second. The
        batch is processed again then, so a comment whose row is there is looked up in the thread too.
        """
        state = self.comment(article_id, comment_id)
        if comment_id not in self._joined.get(article_id, ()):
            if article_id not in self._threads:
                self._threads[article_id] = {known for row in self._states.thread(article_id) for known in row}
            if comment_id not in self._threads[article_id]:
                self._joined.setdefault(article_id, []).append(comment_id)
        return state

    def comments_of(self, article_id: UUID) -> list[CommentState]:
        """The comments of an article that this batch works on."""
        return [comment for (of, _), comment in self.comments.items() if of == article_id]

    def next_comments(self, state: ArticleState, most: int) -> tuple[list[UUID], int, bool]:
        """The next comments of its thread that have to be sent again, `most` or a row more; how many rows of the thread are
        done with them; and whether those are all. Comments of this batch are not among them."""
        rows, done = self._states.thread_rows(state.article_id), state.comments_done
        found: list[UUID] = []
        while done < rows and len(found) < most:
            found.extend(self._states.thread_row(state.article_id, done))
            done += 1
        return found, done, done >= rows

    def save_article(self, state: ArticleState) -> None:
        self._states.put_article(state)

    def save_due(self, article_id: UUID, due: datetime | None) -> None:
        self._states.put_due(article_id, due)

    def save_comments(self) -> None:
        """Every comment of the batch, and the threads of those that are new."""
        for comment in self.comments.values():
            self._states.put_comment(comment)
        for article_id, comment_ids in self._joined.items():
            self._states.extend_thread(article_id, comment_ids)
