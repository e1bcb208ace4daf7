"""Secured engines of a test's own, a pipeline that finds its own way in, and what an attacker would try there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from pipeline.local.engines import LocalEngines
from pipeline.local.resolve import resolved
from pipeline.settings import Settings, load_settings
from tests.conftest import PARTITIONS, Pipeline
from tests.support.builders import id_of
from tests.support.engines import kill_engines

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
