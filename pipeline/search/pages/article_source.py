"""What the page of an article needs from the index: the article, its story, its thread, its revisions."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from pipeline.errors import Reject
from pipeline.search import coverage, highlights, matching, queries, revisions, threads
from pipeline.search.matching import MARK_CLOSE, MARK_OPEN
from pipeline.search.queries import Search
from pipeline.search.reader import Reader
from pipeline.search.revisions import Revision
from pipeline.search.threads import Place, Sort

_MARKED = re.compile(f"{MARK_OPEN}([^{MARK_OPEN}{MARK_CLOSE}]+){MARK_CLOSE}")


def marked_words(reader: Reader, article_id: str, text: str) -> list[str]:
    """The words of the article that a search for `text` finds, as they are written there."""
    body = queries.article_search(Search(text, facets=())).body
    if "highlight" not in body:
        return []
    whole = highlights.settings(dict.fromkeys(matching.HIGHLIGHT, {"number_of_fragments": 0}))
    body = {
        "query": {"bool": {"filter": [{"ids": {"values": [article_id]}}], "should": [body["query"]]}},
        "highlight": whole,
        "_source": False,
        "size": 1,
    }
    try:
        hits = reader.ask("articles", body)["hits"]["hits"]
    except Reject:  # no search that can be read finds it; the article is shown without marks
        return []
    texts = (text for hit in hits for field in hit.get("highlight", {}).values() for text in field)
    return list(dict.fromkeys(word for text in texts for word in _MARKED.findall(text)))


def members(reader: Reader, story_id: str) -> tuple[str, int, list[dict[str, Any]]]:
    """A story's own id, how many articles of it readers may see, and these, earliest first, with what each adds."""
    ids = reader.names_of("stories", story_id)
    answer = reader.ask("articles", coverage.members_query(ids))
    found = [hit["_source"] for hit in answer["hits"]["hits"]]
    return ids[0], answer["hits"]["total"]["value"], coverage.with_added(found)


def thread(reader: Reader, article_id: str, sort: Sort = "oldest") -> tuple[list[Place], int]:
    """The article's comments in order, and how many there are of them that can be seen."""
    known: list[tuple[str, str | None]] = []
    after, total = None, 0
    while len(known) < threads.MAX_COMMENTS:
        answer = reader.ask("comments", threads.chunk_query(article_id, after))
        hits = answer["hits"]["hits"]
        total = total or answer["hits"]["total"]["value"]
        known += [(hit["_id"], next(iter(hit.get("fields", {}).get("parent_id", [])), None)) for hit in hits]
        if len(hits) < threads.CHUNK:
            break
        after = hits[-1]["sort"]
    return threads.thread(known, sort), total


def comments(reader: Reader, places: list[Place]) -> list[dict[str, Any]]:
    """The comments at these places, in this order, each with its `place`; without one that was hidden meanwhile."""
    if not places:
        return []
    parents = {one.parent for one in places if one.parent}
    ids = list(dict.fromkeys([*(one.id for one in places), *parents]))
    hits = reader.ask("comments", threads.texts_query(ids))["hits"]["hits"]
    texts = {hit["_id"]: hit["_source"] for hit in hits}
    return [
        texts[one.id] | {"id": one.id, "place": one, "answers_to": (texts.get(one.parent or "") or {}).get("author")}
        for one in places
        if one.id in texts
    ]


def history(reader: Reader, article: dict[str, Any], most: int, now: datetime | None = None) -> list[Revision]:
    """The revisions that readers may see of the latest `most`, the current one last. `article` has just been found public."""
    ids = reader.names_of("redirects", article["article_id"])
    body = {
        "query": {"terms": {"article_id": ids}},
        "sort": [{"revision_key": "desc"}],
        "size": most,
        "_source": {"excludes": ["entities", "body_html", "pictures", "quotations", "figures", "changes", "keywords"]},
    }
    past = sorted(reader.sources("history", body), key=revisions.order)
    return revisions.readable(revisions.timeline(past, [article]), now or datetime.now(UTC))
