"""What the search API answers on a real index is what it says that it answers: every route, and every format of the samples."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import feedparser
import pytest
from elasticsearch.helpers import bulk

from pipeline.formats import newsml_g2, ninjs, nitf
from pipeline.formats.items import Item
from pipeline.index import templates
from pipeline.index.client import elasticsearch_client
from pipeline.local.engines import Running
from pipeline.search import pages
from pipeline.search.filters import ARTICLE_FILTERS
from schemas.documents import ArticleDocument
from tests.support.many import SECRET
from tests.support.search_site import KEY, Site, documents, search_site, settings_of
from tests.support.waiting import PATIENCE

ARTICLE = "/v1/articles/{article_id}"
SEARCHES: list[dict[str, Any]] = [
    {}, {"q": "ferry"}, {"q": '"night shifts" OR strike -museum author:solberg'}, {"q": "إضراب"}, {"q": "ferrry crwes"}, {"q": "ferry\" (x"},
    {"facets": ",".join(ARTICLE_FILTERS)}, {"section": ["sport", "Business"], "not_language": "de", "facets": "section,language"},
    {"histogram": "hour"}, {"q": "ferry", "histogram": "month"}, {"collapse": "story", "q": "ferry"}, {"collapse": "story"},
    {"sort": "oldest"}, {"sort": "discussed"}, {"q": "ferry", "sort": "relevance", "has": "comments"}, {"has": ["pictures", "correction"]},
    {"near": "59.9,10.7"}, {"box": "4,50,32,72"}, {"since": "2026-01", "until": "today"}, {"q": "nothingatall"}, {"start": 5, "size": 2},
    {"fields": "headline"}, {"fields": "entities.name,pictures.url,faq.question,sections.name,processed.indexed"},
]  # fmt: skip

_PARENT = re.compile(r'"parent_id": ?"[^"]*"')
"""A reply says whose it is, also where that comment was removed."""
FORMATS = ("ninjs", "jsonld", "newsml-g2", "nitf")
QUERIES = ["", "zanzi*", "headline:zanzi*", "author:zanzi* OR place:zanzi*", "-ferry", "zanzibra", "ferry", "bergen"]
FACETED: list[dict[str, Any]] = [
    {"facets": ",".join(ARTICLE_FILTERS), "histogram": "day", "sort": "discussed", "size": 100}, {"collapse": "story", "size": 50},
    {"has": "comments"}, {"fields": "headline,entities,pictures,changes,claims,correction_note"},
    *({"format": one} for one in ("atom", "jsonfeed", "csv", "ndjson")),
]  # fmt: skip


@pytest.fixture(scope="module")
def site(engines: Running) -> Iterator[Site]:
    settings = settings_of(elasticsearch_url=engines.elasticsearch_url, namespace=f"answers-{uuid.uuid4().hex[:6]}")
    client = elasticsearch_client(settings, timeout=PATIENCE)
    templates.install(client, settings)
    shown = documents()
    actions = [{"_index": settings.named(alias), "_id": id_, "_source": one} for alias, those in shown.items() for id_, one in those.items()]  # fmt: skip
    bulk(client, actions, refresh=True)
    with search_site(client, settings, shown) as made:
        yield made
    for name in client.indices.get(index=f"{settings.namespace}-*"):
        client.indices.delete(index=name)
    client.close()


def test_every_answer_is_as_described(site: Site) -> None:
    shown: set[str] = set()
    for fields in ("", ",".join(sorted(ArticleDocument.names() - {"stemmed"}))):
        cursor: str | None = None
        while True:
            page = site.get("/v1/articles", size=100, fields=fields, **({"cursor": cursor} if cursor else {})).json()
            shown |= {one["id"] for one in page["hits"]}
            if (cursor := page["next"]) is None:
                break
    assert shown == site.articles.keys()
    for asked in SEARCHES:
        site.get("/v1/articles", **asked)
        overview = {name: value for name, value in asked.items() if name in ("q", "section", "near", "box", "until")}
        site.get("/v1/stories", **overview | {"since": "1000y"})
        site.get("/v1/timeline", **overview, interval="day")
    assert site.get("/v1/stories", since="1000y").json()["stories"]
    for id_ in shown:
        site.get(ARTICLE, article_id=id_)
    for id_ in (
        sorted(shown)[::10]
        + [one["article_id"] for one in site.documents["comments"].values() if one["article_id"] in shown][::100]
    ):
        for asked in ({"include": "none"}, {"include": "history", "revisions": 1}):
            site.get(ARTICLE, article_id=id_, **asked)
        for asked in ({}, {"view": "flat"}, {"sort": "discussed", "size": 1}):
            site.get(f"{ARTICLE}/comments", article_id=id_, **asked)
        site.get(f"{ARTICLE}/related", article_id=id_, size=50)
    for story in {one["story_id"] for one in site.articles.values() if one.get("story_id")}:
        site.get("/v1/stories/{story_id}", story_id=story)
    for asked in ({}, {"q": "port"}, {"facets": "article,publisher,author,language"}, {"sort": "oldest", "size": 100}):
        site.get("/v1/comments", **asked)
    for typed in ("b", "be", "ann l", "ferry crews s", "إض", "フェ"):
        site.get("/v1/suggest", q=typed, size=20)
    for kind in (None, "person", "topic"):
        assert site.get("/v1/trends", **({"kind": kind} if kind else {})).json()
    own = "/v1/searches/{search_id}"
    site.get("/v1/searches")
    for path in (own, f"{own}/alerts", f"{own}/deliveries", f"{own}.atom"):
        site.get(path, search_id=site.saved)
    kinds = {one["type"] for one in site.get(f"{own}/alerts", search_id=site.saved).json()}
    assert kinds == {"story.matched", "story.withdrawn"}
    for path in (ARTICLE, f"{ARTICLE}/comments", f"{ARTICLE}/related"):
        site.get(path, 404, article_id=uuid.uuid4())
    site.get("/v1/stories/{story_id}", 404, story_id=uuid.uuid4())
    assert site.description.paths.keys() - site.walked == {f"{own}/live"}, "every route"


def test_every_article_is_itself_in_every_format(site: Site) -> None:
    every = [one for one in site.articles.values() if "<" not in one["headline"]]  # which readers may take for markup
    read: dict[str, Callable[[bytes], str]] = {
        "ninjs": lambda body: next(iter(ninjs.read(Item(body, "x")))).headline,  # type: ignore[union-attr]
        "nitf": lambda body: nitf.read(Item(body, "x")).headline,
        "newsml-g2": lambda body: next(iter(newsml_g2.read(Item(body, "x")))).headline,  # type: ignore[union-attr]
        "jsonld": lambda body: str(json.loads(body)["headline"]),
    }
    for n, document in enumerate(every):
        for format_ in (list(read)[n % 4], list(read)[(n + 1) % 4]):
            answer = site.get(ARTICLE, article_id=document["article_id"], format=format_)
            assert read[format_](answer.content).split() == document["headline"].split(), format_
    ids = site.articles.keys()
    rows = list(csv.reader(io.StringIO(site.get("/v1/articles", format="csv").text)))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert {row[rows[0].index("article_id")] for row in rows[1:]} == ids
    lines = site.get("/v1/articles", format="ndjson").text.splitlines()
    assert {json.loads(line)["article_id"] for line in lines} == ids
    feed = feedparser.parse(site.get("/v1/articles", format="atom", size=100).content)
    assert (feed.bozo, len(feed.entries)) == (False, 100)
    items = site.get("/v1/articles", format="jsonfeed", size=100).json()["items"]
    assert len({one["id"] for one in items}) == 100


def test_nothing_hidden_is_in_any_answer(site: Site) -> None:
    """Every route that is described and every page, so a new one too."""
    hidden = {site.expired, *site.documents["articles-hidden"]}
    comments = [id_ for id_, one in site.documents["comments"].items() if one["article_id"] == site.expired]
    hidden_comments = {*comments, *site.documents["comments-hidden"]}
    statuses = {
        one["status"]
        for one in (*site.documents["articles-hidden"].values(), *site.documents["comments-hidden"].values())
    }
    assert statuses >= {"killed", "embargoed", "withheld", "expired", "rejected", "held", "article-hidden"}
    names = ("Ferry crews walk out", "Ferry crews strike in", "A withheld story", "Islanders")
    beside = [id_ for id_, one in site.articles.items() if one["headline"].startswith(names)]
    story = site.articles[beside[0]]["story_id"]

    def look(path: str, status: int = 200, /, **asked: Any) -> None:
        answer = site.client.get(path, params=asked)
        assert answer.status_code == status, f"{path} {asked} {answer.text[:500]}"
        assert SECRET.casefold() not in answer.text.casefold(), f"{path} {asked}"
        text = _PARENT.sub("", answer.text.replace(path, ""))
        shown = {one for one in hidden | hidden_comments if one in text}
        assert not shown, f"{path} {asked}"

    looked = set()
    for path in sorted({*(path for path, methods in site.description.paths.items() if "get" in methods), *_pages()}):
        looked.add(path)
        if path.endswith("/live"):
            continue
        if "{article_id}" in path:
            formats = (
                [{"format": one} for one in FORMATS]
                if path == ARTICLE
                else [{}, {"view": "flat"}]
                if path.endswith("/comments") and path.startswith("/v1")
                else []
            )
            for asked in ({}, *formats):
                for id_ in hidden:
                    look(path.format(article_id=id_), 404, **asked)
                for id_ in beside:
                    look(path.format(article_id=id_), **asked)
        elif "{comment_id}" in path:
            for id_ in hidden_comments:
                look(path.format(comment_id=id_), 404)
        elif "{story_id}" in path:
            look(path.format(story_id=story))
        elif "{search_id}" in path:
            look(path.format(search_id=site.saved), token=site.token)
        else:
            described = site.description.paths.get(path, {}).get("get", {}).get("parameters", [])
            known = {one["name"] for one in described} or ({"q"} if path in ("/search", "/comments") else set())
            for text in QUERIES if "q" in known else [""]:
                asked = {"q": text} if "q" in known else {}
                if path.endswith("/suggest"):
                    asked = {"q": text.replace("*", "") or "z"}
                look(path, **asked)
                if path == "/v1/articles":
                    for more in FACETED:
                        look(path, **asked | more)
                if path == "/v1/comments":
                    look(path, **asked, facets="article,author,publisher,language")
    for path, events, more in (
        ("/live", 1, {}),
        (f"/v1/searches/{site.saved}/live", 4, {"last": "0-", "token": site.token}),
    ):
        heard = _heard(site, path, events, more)
        assert SECRET.casefold() not in heard.casefold()
        assert not [one for one in hidden if one in heard]
    assert looked >= {ARTICLE, "/live", "/saved/{search_id}", "/comments/{comment_id}", "/"}


def _pages() -> set[str]:
    """The routes that readers' browsers ask."""
    modules = [one for one in vars(pages).values() if isinstance(one, ModuleType) and hasattr(one, "router")]
    routes = [route for module in modules for route in module.router.routes]
    return {route.path for route in routes if "GET" in route.methods} - pages.FILES


def _heard(site: Site, path: str, events: int, asked: dict[str, str]) -> str:
    """The first events of a stream."""
    heard = ""
    with site.client.stream("GET", path, params=asked) as answer:
        for line in answer.iter_lines():
            heard += f"{line}\n"
            if heard.count("\ndata: ") >= events and not line:
                return heard
    return heard


def test_whatever_is_asked_is_answered_as_described(site: Site, tmp_path: Path) -> None:
    """schemathesis: requests of all kinds, right and wrong, about what is there."""
    stories = sorted({one["story_id"] for one in site.articles.values() if one.get("story_id")})
    lines = [
        f'dictionaries.articles = {{ values = {json.dumps(sorted(site.articles)[:30])} }}',
        f'dictionaries.stories = {{ values = {json.dumps(stories)} }}',
        f'dictionaries.searches = {{ values = ["{site.saved}"] }}',
        "checks.negative_data_rejection.expected-statuses = [400, 401, 403, 404, 422, 429, 431]",
        "[parameters]",
        *(f'"path.{name}" = {{ dictionary = "{of}", probability = 0.8 }}' for name, of in (("article_id", "articles"), ("story_id", "stories"), ("search_id", "searches"))),
    ]  # fmt: skip
    (tmp_path / "schemathesis.toml").write_text("\n".join(lines))
    checks = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance", "response_schema_conformance", "negative_data_rejection", "ignored_auth")  # fmt: skip
    run = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(tmp_path / "schemathesis.toml"), "run",
            str(site.client.base_url.join("/openapi.json")), "--checks", ",".join(checks), "--phases", "examples,fuzzing", "--max-examples", "10",
            "-H", f"Authorization: Bearer {KEY}", "--exclude-path-regex", "/live$", "--no-color", "--continue-on-failure", "--generation-deterministic",
        ],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-1000:]
