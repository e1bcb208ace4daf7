"""What the pages of an article and a story need from the index beside the article itself."""

from __future__ import annotations

import re
from typing import Any

from pipeline.errors import Reject
from pipeline.search import coverage, highlights, matching, queries
from pipeline.search.matching import MARK_CLOSE, MARK_OPEN
from pipeline.search.queries import Search
from pipeline.search.reader import Reader

_MARKED = re.compile(f"{MARK_OPEN}([^{MARK_OPEN}{MARK_CLOSE}]+){MARK_CLOSE}")


def marked_words(reader: Reader, article_id: str, text: str) -> list[str]:
    """The words of the article that a search for `text` finds, as they are written there."""
    body = queries.article_search(Search(text, facets=())).body
    if "highlight" not in body:
        return []
    whole = highlights.settings({name: {"number_of_fragments": 0} for name in matching.HIGHLIGHT})
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
