"""An Elasticsearch of documents in memory, for what is made of its answers: queries of words find everything, conditions what
they say; hits are in the order of their ids; aggregations count what they would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import orjson

from pipeline.search.matching import MARK_CLOSE, MARK_OPEN
from tests.support.index import Client, matches

Document = dict[str, Any]


class Searched(Client):
    def __init__(self, documents: Mapping[str, Mapping[str, Document]]) -> None:
        super().__init__(orjson.loads(orjson.dumps(documents, default=str)))

    def search(self, index: str, body: Document | None = None, **parameters: Any) -> Document:
        asked = body or parameters
        every = super().search(index, asked | {"size": 1_000_000})["hits"]["hits"]
        found = sorted(every, key=lambda hit: str(hit["_id"]))
        after = asked.get("search_after")
        page = [hit for hit in found if after is None or hit["_id"] > str(after[-1])]
        page = page[asked.get("from", 0) :][: asked.get("size", 10)]
        hits = [self._hit(hit, asked) for hit in page]
        whole = super().search(index, {"size": 1_000_000})["hits"]["hits"]
        counted = _aggregations(asked.get("aggs", {}), found, whole)
        return {"took": 1, "hits": {"total": {"value": len(found)}, "hits": hits}, "aggregations": counted}

    def _hit(self, hit: Document, asked: Document) -> Document:
        source = hit["_source"]
        wanted = asked.get("_source")
        if isinstance(wanted, list):
            shown = _only(source, wanted)
        else:
            left_out = (wanted or {}).get("excludes", ())
            shown = {name: value for name, value in source.items() if name not in left_out}
        text = str(source.get("headline") or source.get("text") or "")
        marked = {name: [f"{MARK_OPEN}{text}{MARK_CLOSE}"] for name in asked.get("highlight", {}).get("fields", {}) if "*" not in name}  # fmt: skip
        return {"_id": hit["_id"], "_score": 1.0, "_source": shown, "highlight": marked, "sort": ["", hit["_id"]]}


def _only(source: Any, names: list[str]) -> Any:
    if isinstance(source, list):
        return [_only(one, names) for one in source]
    found: Document = {}
    for name in names:
        first, _, rest = name.partition(".")
        if first in source:
            inside = [one.partition(".")[2] for one in names if one.partition(".")[0] == first and "." in one]
            found[first] = _only(source[first], inside) if rest else source[first]
    return found


def _aggregations(specs: Document, found: list[Document], every: list[Document]) -> Document:
    return {name: _one(spec, found, every) for name, spec in specs.items()}


def _one(spec: Document, found: list[Document], every: list[Document]) -> Document:
    inside = spec.get("aggs", {})
    match next(kind for kind in spec if kind != "aggs"):
        case "terms":
            return {"buckets": [{"key": key, **_bucket(inside, hits, every)} for key, hits in _values(spec["terms"], found) if len(hits) >= spec["terms"].get("min_doc_count", 1)]}  # fmt: skip
        case "date_histogram":
            times = _values(spec["date_histogram"], found)
            return {"buckets": [{"key_as_string": str(key), **_bucket(inside, hits, every)} for key, hits in times]}
        case "filters":
            filters = spec["filters"]["filters"]
            return {"buckets": {name: _bucket(inside, found, every) for name in filters}}
        case "filter":
            return _bucket(inside, [hit for hit in found if matches(spec["filter"], hit["_id"], hit["_source"])], every)
        case "global":
            return _bucket(inside, every, every)
        case "top_hits":
            shown = [{"_id": hit["_id"], "_source": _only(hit["_source"], spec["top_hits"]["_source"])} for hit in found[:1]]  # fmt: skip
            return {"hits": {"hits": shown}}
        case "max" | "min" as kind:
            values = [str(key) for key, _ in _values(spec[kind], found)]
            return {"value_as_string": (max if kind == "max" else min)(values)} if values else {}
        case kind:
            raise NotImplementedError(kind)


def _bucket(inside: Document, hits: list[Document], every: list[Document]) -> Document:
    return {"doc_count": len(hits), **_aggregations(inside, hits, every)}


def _values(spec: Document, found: list[Document]) -> list[tuple[Any, list[Document]]]:
    """Each value of a field, with the hits that have it."""
    counted: defaultdict[Any, list[Document]] = defaultdict(list)
    for hit in found:
        value: Any = hit["_source"]
        for step in spec["field"].split("."):
            parts = value if isinstance(value, list) else [value]
            value = [one[step] for one in parts if isinstance(one, dict) and step in one]
            value = [one for part in value for one in (part if isinstance(part, list) else [part])]
        for one in dict.fromkeys(value):
            counted[one].append(hit)
    return sorted(counted.items(), key=lambda one: (-len(one[1]), str(one[0])))[: spec.get("size", 1000)]
