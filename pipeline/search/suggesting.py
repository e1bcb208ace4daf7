"""What a reader may want to type: people, places, organisations, topics and headlines with words that begin so. Pure.

Names are found by their own text fields, and chosen here of those that the articles found have. (Not by a regular expression
over all names of the index: it would cost the same for one article as for all.)
"""

from __future__ import annotations

from typing import Any
from unicodedata import category, normalize

from pipeline.search.costs import MAX_PARTS, Budget, runs, selective
from pipeline.search.filters import ARTICLE_FILTERS

KINDS = {
    "person": "people.text",
    "place": "places.text",
    "organisation": "organisations.text",
    "topic": "topics.text",
}
"""Kinds of names, the most wanted first, and their text fields."""
_LOOKED_AT = 100
"""Names that are looked at of each kind: those of the articles found, which name others too."""
_OWN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
"""Letters that have no accents to take away, as the analysis folds them."""


def request(text: str, size: int, shown: dict[str, Any]) -> dict[str, Any]:
    """Headlines with words that begin like the text's last, and names, of articles that are `shown`: names are counted
    whatever the headlines are, so that no query is above them."""
    text = Budget().fit(text)
    begun = selective(text)  # else too many words begin so: only whole ones are looked for
    kind = "match_bool_prefix" if begun else "match"
    wanted = {"query": text, "operator": "and"}
    body: dict[str, Any] = {
        "query": {kind: {"headline": wanted}},
        "size": size * 3,  # the same headline may be there several times
        "sort": ["_score", {"shown_at": {"order": "desc", "missing": "_last"}}],
        "_source": ["article_id", "headline"],
        "timeout": "2s",
    }
    # a single letter behind a whole word: names with that word, of which those that go on so are chosen
    before = text.rstrip().rpartition(" ")[0].strip()
    named = wanted if begun else wanted | {"query": before}
    if begun or selective(before):
        names = {
            name: {
                "filter": {"bool": {"filter": [shown, {kind: {field: named}}]}},
                "aggs": {"names": {"terms": {"field": ARTICLE_FILTERS[name], "size": _LOOKED_AT}}},
            }
            for name, field in KINDS.items()
        }
        body["aggs"] = {"all": {"global": {}, "aggs": names}}
    return body


def suggestions(answer: Any, text: str, size: int) -> list[dict[str, Any]]:
    """`[{kind, text, count | id}]` of the answer to `request`: names first, then headlines."""
    typed = words(Budget().fit(text))
    found: list[dict[str, Any]] = []
    for kind in KINDS:
        buckets = answer.get("aggregations", {}).get("all", {}).get(kind, {}).get("names", {}).get("buckets", [])
        names = [one for one in buckets if begins(words(one["key"]), typed)]
        found += [{"kind": kind, "text": one["key"], "count": one["doc_count"]} for one in names[:size]]
    titles: dict[str, dict[str, Any]] = {}
    for hit in answer["hits"]["hits"]:
        headline = hit["_source"]["headline"]
        titles.setdefault(headline.casefold(), {"kind": "article", "text": headline, "id": hit["_id"]})
    return [*found, *list(titles.values())[:size]]


def begins(name: list[str], typed: list[str]) -> bool:
    """Whether the words typed are in the name one after the other, the last one perhaps not to its end."""
    if not typed:
        return False
    starts = range(len(name) - len(typed) + 1)
    return any(name[at : at + len(typed) - 1] == typed[:-1] and name[at + len(typed) - 1].startswith(typed[-1]) for at in starts)  # fmt: skip


def words(text: str) -> list[str]:
    """Words in any case and without accents."""
    bare = "".join(one for one in normalize("NFKD", text.casefold()) if category(one)[0] != "M").translate(_OWN)
    return runs(bare)[:MAX_PARTS]
