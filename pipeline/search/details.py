"""What goes with one article, and overviews of many, for readers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pipeline.index.elastic import ApiError
from pipeline.search import (
    answers,
    cursors,
    detail_queries,
    expiry,
    intervals,
    past,
    queries,
    redirects,
    revisions,
    suggesting,
)
from pipeline.search.asking import Asking
from pipeline.search.cursors import Cursor
from pipeline.search.intervals import Interval
from pipeline.search.past import Past
from pipeline.search.queries import Search
from pipeline.search.syntax import Note
from pipeline.search.threads import MAX_COMMENTS, Bone, Order, Place, Tree

_NOT_FOR_US = frozenset({403, 404})


class Details(Asking):
    _first: tuple[datetime, datetime] | None = None
    """When the first article was looked for, and its time."""

    def story(self, story_id: str) -> dict[str, Any] | None:
        """`{story_id, total, articles: […]}` of what readers can see of a story, the first published first; None where
        they can see none of it. The id of a story that was merged into another finds that one."""
        with self._errors():
            own = redirects.canonical_id(self._hits, "stories", story_id)
            ids = list(dict.fromkeys([own, story_id, *redirects.merged_ids(self._hits, "stories", own)]))
            answer = self._search("articles", queries.story_query(ids))
        found = answers.coverage(answer)
        return {"story_id": own, "total": answer["hits"]["total"]["value"], "articles": found} if found else None

    def past(self, document: dict[str, Any], now: datetime, most: int, until: int | None = None) -> Past | None:
        """The last `most` revisions of a public article that readers may see, the current one among them, up to the one with
        the number `until`; None where they are not shown: by a setting, or as the credentials don't allow it."""
        if not self._settings.search_history:
            return None
        own = document["article_id"]
        with self._errors():
            ids = [own, *redirects.merged_ids(self._hits, "redirects", own)]
            try:
                outlines = revisions.in_order(hit["_source"] for hit in self._hits("history", past.outlines_query(ids)))
                wanted = past.window(outlines, document, now, most, until)
                keys = past.keys_of(wanted, outlines, document)
                texts = self._hits("history", past.texts_query(ids, keys)) if keys else []
            except ApiError as e:
                if e.status_code not in _NOT_FOR_US:
                    raise
                return None
            # killed meanwhile: its text has just been read
            if self._article(own) is None:
                return None
        return past.past(wanted, (hit["_source"] for hit in texts), document)

    def reading(self, article_id: str, order: Order) -> tuple[list[Place], int]:
        """All comments of an article in the order to read them, without their texts, and how many readers can see."""
        with self._errors():
            tree, total = self._tree(article_id)
        return tree.reading(order), total

    def comments_at(self, places: list[Place]) -> list[dict[str, Any]]:
        """The comments at these places, each with its `place` and the author that it `answers_to`; without those that were
        hidden meanwhile."""
        ids = dict.fromkeys([*(one.id for one in places), *(one.parent for one in places if one.parent)])
        with self._errors():
            texts = self._comments(list(ids))
        return [
            texts[one.id] | {"place": one, "answers_to": texts.get(one.parent or "", {}).get("author")}
            for one in places
            if one.id in texts
        ]

    def thread(self, article_id: str, parent: str | None, order: Order, size: int, cursor: str | None, now: datetime) -> dict[str, Any] | None:  # fmt: skip
        """A page of the comments right below `parent` (without one: below the article), each with its first `replies`;
        `reply_count` has all of them, and `more_replies` says that `parent` finds more. None where there is no such parent."""
        digest = cursors.digest([("thread", article_id), ("parent", parent or ""), ("sort", order)])
        kinds = (int, str, str) if order == "discussed" else (str, str)
        after = cursors.decoded(cursor, digest, kinds).values if cursor is not None else None
        with self._errors():
            tree, total = self._tree(article_id)
            if parent is not None and parent not in tree:
                return None
            page, last = tree.page(parent, order, size, after)
            branches = {one.id: tree.branch(one.id) for one in page}
            texts = self._comments([one.id for root in page for one in (root, *branches[root.id])])
        return {
            "total": total,
            "comments": [_nested(root, branches[root.id], tree, texts) for root in page if root.id in texts],
            "notes": [] if total <= len(tree) else [{"kind": "too-many", "text": f"Of {total} comments the oldest {MAX_COMMENTS} are here; view=flat has all."}],
            "next": Cursor(digest, now, last).encoded() if last else None,
        }  # fmt: skip

    def related(self, document: dict[str, Any], size: int, now: datetime) -> list[dict[str, Any]]:
        with self._errors():
            hits = self._hits("articles", detail_queries.related(document, size, now))
        return [{"id": hit["_id"], **hit["_source"]} for hit in hits]

    def suggestions(self, text: str, size: int) -> list[dict[str, Any]]:
        """`[{kind, text, count | id}]`: names first, then headlines."""
        with self._errors():
            request = suggesting.request(text, size, expiry.unexpired(self._clock()))
            return suggesting.suggestions(self._search("articles", request), text, size)

    def timeline(self, search: Search, interval: Interval) -> dict[str, Any]:
        """`{total, interval, times: [{from, count, article}], notes}` of a search, the earliest first; `interval` is a longer
        one where there would be too many."""
        matched = self._matched(search)
        with self._errors():
            used = self._fitting(interval, search, matched.body["query"])
            answer = self._search("articles", detail_queries.timeline(matched.body["query"], used, str(search.zone)))
        times = [
            {"from": one["key_as_string"], "count": one["doc_count"], "article": _top(one["best"])}
            for one in answer["aggregations"]["times"]["buckets"]
        ]
        return {
            "total": answer["hits"]["total"]["value"],
            "interval": used,
            "times": times,
            "notes": [vars(note) for note in (*matched.notes, *_said(interval, used))],
        }

    def stories(self, search: Search) -> dict[str, Any]:
        """`{stories: [{story_id, articles, publishers, latest, first, last}], notes}` of the articles that a search finds."""
        matched = self._matched(search)
        with self._errors():
            found = self._search("articles", detail_queries.told_again(matched.body["query"], search.size))
            ids = [one["key"] for one in found["aggregations"]["stories"]["buckets"]]
            if not ids:
                return {"stories": [], "notes": [vars(note) for note in matched.notes]}
            answer = self._search("articles", detail_queries.latest_stories(matched.body["query"], ids, search.size))
        stories = [
            {
                "story_id": one["key"],
                "articles": one["doc_count"],
                "publishers": [publisher["key"] for publisher in one["publishers"]["buckets"]],
                "latest": one["latest"].get("value_as_string"),
                "first": _top(one["first"]),
                "last": _top(one["last"]),
            }
            for one in answer["aggregations"]["stories"]["buckets"]
        ]
        return {"stories": stories, "notes": [vars(note) for note in matched.notes]}

    def _fitting(self, interval: Interval, search: Search, query: dict[str, Any]) -> Interval:
        """The interval by which a search can be counted: by its dates, else by those of the articles that it finds."""
        start, end = search.conditions.since, search.conditions.before or search.now + timedelta(days=1)
        used = intervals.fitting(interval, start or self._earliest(search.now), end)
        if used == interval:
            return used
        found = intervals.bounds(self._search("articles", intervals.bounds_query(query)))
        return intervals.fitting(interval, *found) if found else interval

    def _earliest(self, now: datetime) -> datetime:
        """When the first article was shown, as it was known within the last hour."""
        if self._first is None or not timedelta(0) <= now - self._first[0] < timedelta(hours=1):
            found = [hit["_source"].get("shown_at") for hit in self._hits("articles", intervals.earliest_query())]
            self._first = (now, datetime.fromisoformat(found[0]) if found and found[0] else now)
        return self._first[1]

    def _matched(self, search: Search) -> queries.Body:
        with self._errors():
            return queries.article_search(search, self._discussed(search))

    def _discussed(self, search: Search) -> dict[str, int]:
        if not queries.needs_comments(search):
            return {}
        return answers.counts(self._search("comments", queries.discussed_articles()), "articles")

    def _tree(self, article_id: str) -> tuple[Tree, int]:
        found: list[Bone] = []
        after: Any = None
        total = 0
        while len(found) < MAX_COMMENTS:
            answer = self._search("comments", detail_queries.bones(article_id, after))
            hits = answer["hits"]["hits"]
            total = total or answer["hits"].get("total", {}).get("value", 0)
            found += [_bone(hit["_source"]) for hit in hits]
            if len(hits) < detail_queries.BATCH:
                break
            after = hits[-1]["sort"]
        return Tree(found), max(total, len(found))

    def _comments(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        if not ids:
            return {}
        return {
            hit["_id"]: {"id": hit["_id"], **hit["_source"]}
            for hit in self._hits("comments", detail_queries.comments(ids))
        }


def _bone(source: dict[str, Any]) -> Bone:
    at = source.get("posted") or source.get("processed", {}).get("received") or ""
    return Bone(source["comment_id"], source.get("parent_id"), at)


def _nested(root: Bone, branch: list[Bone], tree: Tree, texts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, dict[str, Any]] = {root.id: {**texts[root.id], "replies": []}}
    for one in branch:
        if one.id in texts and one.parent in made:  # hidden meanwhile: its replies are not shown either
            made[one.id] = {**texts[one.id], "replies": []}
            made[one.parent]["replies"].append(made[one.id])
    for id_, comment in made.items():
        comment["reply_count"] = tree.below(id_)
    made[root.id]["more_replies"] = tree.below(root.id) > len(branch)
    return made[root.id]


def _said(asked: Interval, used: Interval) -> list[Note]:
    return [] if used == asked else [intervals.note(asked, used)]


def _top(answer: Any) -> dict[str, Any] | None:
    hits = answer["hits"]["hits"]
    return {"id": hits[0]["_id"], **hits[0]["_source"]} if hits else None
