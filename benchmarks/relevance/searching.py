"""Two indices of the same articles, Dateline's own and a plain one, and what each finds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from benchmarks.quality.pages import contents
from benchmarks.relevance.measure import DEPTH, FOLDER, Query
from pipeline.formats.items import Item
from pipeline.index.families import FAMILIES
from pipeline.index.templates import install
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_item
from pipeline.operations.preview import preview_item
from pipeline.search import matching
from pipeline.settings import Settings

Documents = dict[str, dict[str, Any]]
PLAIN = "plain-articles"
_QUIET = Settings(_env_file=None)
_TIME = re.compile(r'"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d[^"\s]*)"')


def own_articles() -> Documents:
    """Those of corpus.json, as the pipeline makes them of ninjs."""
    found: Documents = {}
    for key, language, author, headline, body in json.loads((FOLDER / "corpus.json").read_text()):
        item = {
            "uri": f"urn:relevance:{key}",
            "type": "text",
            "language": language,
            "byline": author,
            "headline": headline,
            "body_text": body,
            "versioncreated": "2027-03-14T08:00:00Z",
        }
        found |= _documents(key, Item(json.dumps(item).encode(), f"{key}.json", "application/json"))
    return found


def pages(folder: Path) -> Documents:
    """Of others' pages, by file name."""
    found: Documents = {}
    for name, content in contents(folder):
        found |= _documents(name.partition(".")[0], Item(content, name, "text/html", f"https://page.example/{name}"))
    return found


def _documents(key: str, item: Item) -> Documents:
    rows = [row for row in preview_item(read_item(item, Hints(), _QUIET), _QUIET) if row.get("kind") == "article"]
    made = [row["document"]["body"] for row in rows if row.get("document")]
    if not made:
        raise ValueError(f"{key} is refused: {rows}")
    # a preview's times are for people
    return {key: json.loads(_TIME.sub(r'"\1T\2"', json.dumps(made[0], ensure_ascii=False)))}


def index(client: Elasticsearch, settings: Settings, documents: Documents) -> None:
    """Both indices, with the documents under their keys."""
    install(client, settings)
    client.indices.create(
        index=settings.named(PLAIN),
        settings={"number_of_replicas": 0},
        mappings={"properties": {name: {"type": "text", "analyzer": "standard"} for name in ("headline", "body")}},
    )
    own, plain = settings.named(FAMILIES[0].name), settings.named(PLAIN)
    actions = [{"_index": own, "_id": key, "_source": document} for key, document in documents.items()]
    actions += [
        {"_index": plain, "_id": key, "_source": {name: document.get(name) for name in ("headline", "body")}}
        for key, document in documents.items()
    ]
    bulk(client, actions, refresh=True)


def ours(text: str) -> dict[str, Any]:
    """As the search API asks; a text between quotes is a phrase."""
    return matching.phrase(text[1:-1]) if text[:1] == text[-1:] == '"' else matching.words(text)


def plainly(text: str) -> dict[str, Any]:
    """BM25 over title and body, without anything else."""
    return {"multi_match": {"query": text, "fields": ["headline", "body"]}}


def answers(
    client: Elasticsearch, name: str, ask: Callable[[str], dict[str, Any]], queries: Sequence[Query]
) -> Iterator[tuple[Query, list[str]]]:
    """Each query with the keys of the first ten that it finds."""
    searches: list[dict[str, Any]] = []
    for query in queries:
        searches += [{"index": name}, {"query": ask(query.text), "size": DEPTH, "_source": False}]
    if not searches:
        return
    found: Iterable[Any] = client.msearch(searches=searches)["responses"]
    for query, answer in zip(queries, found, strict=True):
        yield query, [hit["_id"] for hit in answer["hits"]["hits"]]
