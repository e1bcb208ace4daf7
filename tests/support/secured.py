"""Secured engines of a test's own, a pipeline that finds its own way in, and what an attacker would try there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from elasticsearch import Elasticsearch

from pipeline.local.engines import LocalEngines
from pipeline.local.resolve import resolved
from pipeline.settings import Settings, load_settings
from tests.conftest import PARTITIONS, Pipeline
from tests.support.builders import id_of, minutes, raw_article, raw_comment, raw_kill
from tests.support.engines import kill_engines
from tests.support.sender import Sender
from tests.support.waiting import PATIENCE

NAMESPACE = "secure"


class SecurePipeline(Pipeline):
    """Its processes are told of nothing but the folder of the engines."""

    @property
    def environment(self) -> dict[str, str]:
        left = {n: v for n, v in os.environ.items() if not n.startswith(("DATELINE_KAFKA", "DATELINE_ELASTIC"))}
        return left | {
            "DATELINE_LOCAL_DIR": str(self.settings.local_dir),
            "DATELINE_NAMESPACE": NAMESPACE,
            "DATELINE_PARTITIONS": str(PARTITIONS),
            "DATELINE_ELASTICSEARCH_HEAP": "512m",
        }


@pytest.fixture(scope="module")
def secured() -> Iterator[SecurePipeline]:
    folder = Path(tempfile.mkdtemp(prefix="dateline-secure-", dir="/var/tmp"))
    folder.chmod(0o755)
    settings = load_settings(local_dir=folder / "local", namespace=NAMESPACE, partitions=PARTITIONS)
    engines = LocalEngines(settings)
    pipeline = SecurePipeline(settings, None, folder)  # type: ignore[arg-type]
    engines.downloads.fetch(lambda *_: None)
    try:
        up = pipeline.command("local", "up", "--secure")
        assert up.returncode == 0, up.stderr.decode()
        assert b"https://" in up.stdout
        pipeline.settings = resolved(settings)
        yield pipeline
    finally:
        pipeline.end()
        kill_engines(engines)
        shutil.rmtree(folder, ignore_errors=True)


def as_process(secured: SecurePipeline, process: str) -> Settings:
    unresolved = {"process": process, "kafka_servers": None, "elasticsearch_url": None}
    return resolved(secured.settings.model_copy(update=unresolved))


def attempts(client: Elasticsearch, name: Callable[[str], str]) -> list[Callable[[], object]]:
    """Every other way to a document that we know, with ids and index names that an attacker would guess."""
    later, gone, public = str(id_of("later")), str(id_of("gone")), str(id_of("open"))
    hidden = [name(alias) for alias in ("articles-hidden", "comments-hidden", "history", "dead-letters", "audit")]
    physical = [f"{name(alias)}-1" for alias in ("articles", "articles-hidden", "comments-hidden")]
    attempts: list[Callable[[], object]] = []
    for index in (*hidden, *physical):
        attempts.append(partial(client.search, index=index))
        attempts.append(partial(client.count, index=index))
        attempts.append(partial(client.open_point_in_time, index=index, keep_alive="1m"))
    for index, one in (
        (name("articles"), public),
        (name("articles"), later),
        (name("articles-hidden"), later),
        (name("articles-hidden"), gone),
    ):
        attempts += [
            partial(client.get, index=index, id=one),
            partial(client.get_source, index=index, id=one),
            partial(client.termvectors, index=index, id=one),
            partial(client.explain, index=index, id=one, query={"match_all": {}}),
            partial(client.update, index=index, id=one, doc={}),
            partial(client.delete, index=index, id=one),
            partial(client.index, index=index, id=one, document={}),
        ]
    attempts += [
        lambda: client.terms_enum(index=name("articles-hidden"), field="headline.exact"),
        lambda: client.indices.get_mapping(index=name("articles-hidden")),
        lambda: client.indices.get_alias(name=name("articles")),
        lambda: client.indices.delete(index=physical[0]),
        lambda: client.indices.update_aliases(actions=[{"add": {"index": physical[1], "alias": name("articles")}}]),
        lambda: client.cluster.put_component_template(name="x", template={}),
        lambda: client.snapshot.get_repository(),
        lambda: client.cat.indices(),
    ]
    return attempts


def visible(client: Elasticsearch, pattern: str) -> set[str]:
    hits = client.search(index=pattern, size=100, query={"exists": {"field": "article_id"}})["hits"]["hits"]
    return {hit["_source"]["article_id"] for hit in hits}


@pytest.fixture(scope="module")
def filled(secured: SecurePipeline) -> SecurePipeline:
    """With a story that all may see, and some that nobody may."""
    secured.start("worker", "indexer")
    sender = Sender(secured.settings)
    sender.event(raw_article("open", text="Ferries sail."))
    sender.event(raw_article("later", text="Under embargo: zanzibar.", embargo=minutes(60 * 24 * 365 * 50)))
    sender.event(raw_article("gone", text="Libel: zanzibar."))
    sender.event(raw_comment("later", 1, text="I know about zanzibar."))
    sender.event(raw_kill("gone", at=10))
    sender.close()
    secured.until(lambda: secured.count("articles") == 1 and secured.count("articles-hidden") == 2)
    secured.until_quiet()
    return secured


def every_route_answers(address: str, hit: dict[str, str], key: str) -> None:
    """With no more than the search API's own role, to whom has the key."""
    program = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE)
    routes = program.get("/openapi.json").json()["paths"]
    assert len(routes) >= 10
    asked = {"name": "Hello", "query": {"q": "hello"}}
    saved = program.post("/v1/searches", json=asked).json()
    by_token = {"token": saved["token"]}
    assert httpx.get(f"{address}/saved/{saved['id']}", params=by_token, timeout=PATIENCE).status_code == 200
    for route in routes:
        path = route.format(article_id=hit["id"], story_id=hit.get("story_id", "x"), search_id=saved["id"])
        params = by_token if "{search_id}" in route else {"q": "hello"} if route == "/v1/suggest" else {}
        method = "HEAD" if route.endswith("/live") else "GET"  # which has no end
        answer = program.request(method, path, params=params)
        assert answer.status_code in ((200, 422) if path.endswith("/x") else (200,)), (path, answer.text)
        asked_by_nobody = httpx.request(method, f"{address}{path}", timeout=PATIENCE)
        assert asked_by_nobody.status_code == 401, path
    history = program.get(f"/v1/articles/{hit['id']}").json()["history"]
    assert [one["number"] for one in history] == [1], "its role may read earlier revisions"
