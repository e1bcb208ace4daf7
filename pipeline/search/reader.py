"""Searches for readers: it uses only the readers' aliases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.errors import Retry
from pipeline.search import answers, cursors, intervals, matching, queries
from pipeline.search.details import Details
from pipeline.search.queries import Body, Search

_FEW = 3
"""Below so many hits another spelling is looked for."""
_ROUNDS = 5
"""Requests for a page of stories, where many articles tell the same ones."""


class Reader(Details):
    """Finds articles, comments, stories and trends that readers may see. Raises what Asking does."""

    def articles(self, search: Search) -> dict[str, Any]:
        """Results as `answers.results` describes, with `sort`, `histogram_interval` (a longer one than was asked for, where
        there would be too many) and `did_you_mean`; each hit has `comment_count`, and with
        `collapse` its `story`: `{id, articles, publishers}`."""
        with self._errors():
            search, request = self._counted(search, self._discussed(search))
            found = self._stories(search, request) if search.collapse else self._page(search, request)
            found["sort"] = request.sort
            if search.histogram:
                found["histogram_interval"] = search.histogram
            found["did_you_mean"] = self._spelling(search) if found["total"] < _FEW and not search.after else None
            self._count(found["hits"], search.collapse)
        return found

    def every(self, search: Search, size: int = 500) -> Iterator[dict[str, Any]]:
        """The documents of all hits, however many, in the search's order."""
        search = replace(search, size=size, start=0, facets=(), histogram=None, collapse=False)
        with self._errors():
            discussed = self._discussed(search)
        while True:
            with self._errors():
                found = self._page(search, queries.article_search(search, discussed))
            if any(note["kind"] == "timed-out" for note in found["notes"]):
                raise Retry("a page of the whole result took too long")  # what came looks whole otherwise
            for hit in found["hits"]:
                yield {name: value for name, value in hit.items() if name not in ("score", "highlights")}
            if found["next"] is None:
                return
            search = replace(search, after=cursors.decoded(found["next"], search.digest))

    def comments(self, search: Search) -> dict[str, Any]:
        """Results as `answers.results` describes, with `sort`."""
        request = queries.comment_search(search)
        with self._errors():
            answer = self._comment_search(request.body)
        return {**answers.results(answer, request.notes, search), "sort": request.sort}

    def article(self, article_id: str) -> dict[str, Any] | None:
        """One article's document with its `comments`, and the other articles of its story as `coverage`; None where
        readers can see none. The id of an article that was merged into another finds that one."""
        document = self.document(article_id)
        if document is None:
            return None
        own = document["article_id"]
        with self._errors():
            document["comments"] = answers.results(self._search("comments", queries.comments_of(own)))["hits"]
        story = self.story(document["story_id"]) if document.get("story_id") else None
        document["coverage"] = [one for one in (story["articles"] if story else []) if one["article_id"] != own]
        document["tellings"] = document["coverage"]  # the former name, for one version
        return document

    def trends(self, now: datetime, kind: str | None = None, size: int = 10) -> list[dict[str, Any]]:
        """`[{kind, name, hour, count, expected, score}]`: names and topics in more articles than is usual for them, the
        highest score first."""
        with self._errors():
            return [hit["_source"] for hit in self._hits("trends", queries.trend_query(now, kind, size))]

    def _counted(self, search: Search, discussed: dict[str, int]) -> tuple[Search, Body]:
        """The search and its request, with a histogram that has few enough parts."""
        request = queries.article_search(search, discussed)
        if search.histogram is None:
            return search, request
        used = self._fitting(search.histogram, search, request.body["query"])
        if used == search.histogram:
            return search, request
        note = intervals.note(search.histogram, used)
        search = replace(search, histogram=used)
        request = queries.article_search(search, discussed)
        return search, replace(request, notes=(*request.notes, note))

    def _page(self, search: Search, request: Body) -> dict[str, Any]:
        return answers.results(self._search("articles", request.body), request.notes, search)

    def _stories(self, search: Search, request: Body) -> dict[str, Any]:
        """A page on which each story is once, also of the pages before."""
        seen = search.after.seen if search.after else ()
        after: Sequence[Any] | None = search.after.values if search.after else None
        found: dict[str, Any] | None = None
        hits: list[Any] = []
        following: str | None = None
        for _ in range(_ROUNDS):
            size = min(100, 2 * search.size)
            body = request.body | {"size": size} | ({"search_after": list(after)} if after else {})
            if found is not None:
                body = {name: value for name, value in body.items() if name not in ("aggs", "track_total_hits")}
            answer = self._search("articles", body)
            if found is None:
                found = answers.results({**answer, "hits": {**answer["hits"], "hits": []}}, request.notes, search)
            raw = answer["hits"]["hits"]
            more, seen, looked = answers.first_of_stories(raw, seen, search.size - len(hits))
            hits += more
            if not raw or (looked == len(raw) and len(raw) < size):
                following = None
                break
            after = raw[looked - 1]["sort"]
            following = answers.next_cursor(search, raw[looked - 1], seen)
            if len(hits) >= search.size:
                break
        return {**(found or {}), "hits": [answers.hit_of(hit) for hit in hits], "next": following}

    def _spelling(self, search: Search) -> str | None:
        body = queries.suggestion(search)
        if body is None:
            return None
        similar = matching.similar_words(search.text, self._search("articles", body).get("suggest", {}))
        if not similar:
            return None
        # the index has words of deleted documents for a while: a killed story's are not to be suggested
        counts = self._search("articles", queries.counts_of_words(similar))["aggregations"]["words"]["buckets"]
        better = matching.better_words(similar, {word: one["doc_count"] for word, one in counts.items()})
        return matching.corrected(search.text, better) if better else None

    def _count(self, hits: list[dict[str, Any]], stories: bool) -> None:
        """How many comments each has, and with `stories` how many articles its story has."""
        if not hits:
            return
        ids = [hit["id"] for hit in hits]
        story_ids = sorted({hit["story_id"] for hit in hits if hit.get("story_id")}) if stories else []
        counts = answers.counts(self._search("comments", queries.comment_counts(ids)), "articles")
        groups = {}
        if story_ids:
            answer = self._search("articles", queries.story_counts(story_ids))
            groups = {one["key"]: one for one in answer["aggregations"]["stories"]["buckets"]}
        for hit in hits:
            hit["comment_count"] = counts.get(hit["id"], 0)
            if group := groups.get(hit.get("story_id")):
                publishers = [one["key"] for one in group["publishers"]["buckets"]]
                hit["story"] = {"id": hit["story_id"], "articles": group["doc_count"], "publishers": publishers}
