"""Elasticsearch with TLS and a user for each: what a front-end's credentials can see by every API there is."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from elasticsearch import ApiError, AuthenticationException, Elasticsearch, NotFoundError

from pipeline.broker import ensure_topics
from pipeline.connections import elasticsearch_client
from pipeline.local.downloads import Downloads
from pipeline.local.engines import LocalEngines
from pipeline.local.java import find_java
from pipeline.local.processes import free_port, spawn, unprivileged_user
from pipeline.search.roles import as_yaml, roles
from pipeline.settings import load_settings
from tests.build import id_of, minutes
from tests.conftest import Pipeline
from tests.integration.test_secure_kafka import certificates
from tests.send import Sender, raw_article, raw_comment, raw_kill

CONFIG = """\
cluster.name: dateline-secure
discovery.type: single-node
http.host: 127.0.0.1
http.port: {port}
transport.host: 127.0.0.1
transport.port: {transport}
path.data: {folder}/data
path.logs: {folder}/logs
xpack.security.enabled: true
xpack.security.autoconfiguration.enabled: false
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.certificate: {folder}/config/chain.pem
xpack.security.http.ssl.key: {folder}/config/key.pem
xpack.security.authc.realms.file.file1.order: 0
action.auto_create_index: false
cluster.routing.allocation.disk.threshold_enabled: false
"""
PASSWORD = "correct horse battery"
NAMESPACE = "secure"


@pytest.fixture
def server() -> Iterator[tuple[str, Path]]:
    """(address, certificate authority) of a node with the roles of `dateline grant roles` and a user for each."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-secure-es-", dir="/var/tmp"))
    folder.chmod(0o755)
    settings = load_settings(namespace=NAMESPACE)
    downloads = Downloads(LocalEngines(settings).downloads.folder)
    downloads.fetch(lambda *_: None)
    home, user = downloads.elasticsearch_home(), unprivileged_user(settings)
    port, config = free_port(), folder / "config"
    shutil.copytree(home / "config", config)
    certificates(folder)
    key, _, chain = (folder / "broker.pem").read_text().partition("-----END PRIVATE KEY-----\n")
    (config / "key.pem").write_text(key + "-----END PRIVATE KEY-----\n")
    (config / "chain.pem").write_text(chain)
    (config / "elasticsearch.yml").write_text(CONFIG.format(folder=folder, port=port, transport=free_port()))
    (config / "roles.yml").write_text(as_yaml(roles(settings)))
    for sub in ("data", "logs", "tmp"):
        (folder / sub).mkdir()
    java = find_java(downloads.folder)
    env = {"PATH": os.environ["PATH"], "ES_JAVA_HOME": str(java), "ES_PATH_CONF": str(config), "ES_TMPDIR": str(folder / "tmp"), "ES_JAVA_OPTS": "-Xms512m -Xmx512m", "HOME": str(folder / "tmp")}  # fmt: skip
    for name in ("search", "index", "operate"):
        command = [
            "bash",
            str(home / "bin" / "elasticsearch-users"),
            "useradd",
            name,
            "-p",
            PASSWORD,
            "-r",
            f"dateline_{name}",
        ]
        subprocess.run(command, check=True, capture_output=True, env=env, timeout=60)
    if user is not None:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, user)
    node = spawn(["bash", str(home / "bin" / "elasticsearch")], log=folder / "log.txt", env=env, user=user, cwd=folder)
    try:
        yield f"https://127.0.0.1:{port}", folder / "ca.pem"
    finally:
        node.kill()
        node.wait()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_front_end_sees_what_readers_may_see_and_nothing_else(
    server: tuple[str, Path], make_pipeline: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, authority = server
    for setting, value in {"CA_CERTS": str(authority), "USERNAME": "operate", "PASSWORD": PASSWORD}.items():
        monkeypatch.setenv(f"DATELINE_ELASTICSEARCH_{setting}", value)
    pipeline = make_pipeline(elasticsearch_url=url, namespace=NAMESPACE)
    deadline = time.monotonic() + 90
    while True:
        try:
            with pipeline.client() as client:
                client.cluster.health()
            break
        except Exception:
            assert time.monotonic() < deadline, "Elasticsearch did not come up"
            time.sleep(0.5)
    ensure_topics(pipeline.settings)
    pipeline.start("worker")
    pipeline.start("indexer", DATELINE_ELASTICSEARCH_USERNAME="index")
    sender = Sender(pipeline.settings)
    sender.event(raw_article("open", text="Ferries sail."))
    sender.event(raw_article("later", text="Under embargo: zanzibar.", embargo=minutes(60 * 24 * 365 * 50)))
    sender.event(raw_article("gone", text="Libel: zanzibar."))
    sender.event(raw_comment("later", 1, text="I know about zanzibar."))
    sender.event(raw_kill("gone", at=10))
    sender.close()
    pipeline.until(lambda: pipeline.count("articles") == 1 and pipeline.count("articles-hidden") == 2)
    pipeline.until_quiet()
    assert PASSWORD not in pipeline.log("worker") + pipeline.log("indexer")

    monkeypatch.setenv("DATELINE_ELASTICSEARCH_USERNAME", "search")
    client = elasticsearch_client(load_settings(elasticsearch_url=url, namespace=NAMESPACE))
    name = pipeline.settings.named
    try:
        assert client.search(index=name("articles"))["hits"]["total"]["value"] == 1
        assert client.count(index=name("articles"))["count"] == 1
        assert client.search(index=name("articles"), query={"match": {"body": "zanzibar"}})["hits"]["hits"] == []
        found = client.msearch(searches=[{"index": name("articles")}, {"query": {"match_all": {}}}])
        assert found["responses"][0]["hits"]["total"]["value"] == 1
        aggregated = client.search(
            index=name("articles"),
            size=0,
            aggs={"all": {"global": {}, "aggs": {"texts": {"terms": {"field": "article_id"}}}}},
        )
        assert [one["key"] for one in aggregated["aggregations"]["all"]["texts"]["buckets"]] == [str(id_of("open"))]
        suggested = client.search(
            index=name("articles"), suggest={"s": {"text": "zanzibat", "term": {"field": "body"}}}
        )
        assert suggested["suggest"]["s"][0]["options"] == []
        for attempt in _attempts(client, name):
            with pytest.raises((ApiError, NotFoundError)) as refused:
                attempt()
            assert refused.value.status_code in (403, 404), attempt
        assert _visible(client, f"{NAMESPACE}-*") <= {str(id_of("open"))}
        assert _visible(client, "*") <= {str(id_of("open"))}
    finally:
        client.close()
    stranger = elasticsearch_client(load_settings(elasticsearch_url=url, elasticsearch_password="guessed"))
    with pytest.raises(AuthenticationException):
        stranger.search(index=name("articles"))
    stranger.close()
    granted = pipeline.command("grant", "search", "website")
    assert granted.returncode == 3, "this server can't make API keys"
    assert b"dateline grant roles" in granted.stderr


def _attempts(client: Elasticsearch, name: Callable[[str], str]) -> list[Callable[[], object]]:
    """Every other way to a document that we know, with ids and index names that an attacker would guess."""
    later, gone, public = str(id_of("later")), str(id_of("gone")), str(id_of("open"))
    hidden = [name(alias) for alias in ("articles-hidden", "comments-hidden", "history", "dead-letters", "audit")]
    physical = [f"{name(alias)}-1" for alias in ("articles", "articles-hidden", "comments-hidden")]
    attempts: list[Callable[[], object]] = []
    for index in (*hidden, *physical):
        attempts.append(lambda index=index: client.search(index=index))  # type: ignore[misc]
        attempts.append(lambda index=index: client.count(index=index))  # type: ignore[misc]
        attempts.append(lambda index=index: client.open_point_in_time(index=index, keep_alive="1m"))  # type: ignore[misc]
    for index, one in (
        (name("articles"), public),
        (name("articles"), later),
        (name("articles-hidden"), later),
        (name("articles-hidden"), gone),
    ):
        attempts += [
            lambda index=index, one=one: client.get(index=index, id=one),  # type: ignore[misc]
            lambda index=index, one=one: client.get_source(index=index, id=one),  # type: ignore[misc]
            lambda index=index, one=one: client.termvectors(index=index, id=one),  # type: ignore[misc]
            lambda index=index, one=one: client.explain(index=index, id=one, query={"match_all": {}}),  # type: ignore[misc]
            lambda index=index, one=one: client.update(index=index, id=one, doc={}),  # type: ignore[misc]
            lambda index=index, one=one: client.delete(index=index, id=one),  # type: ignore[misc]
            lambda index=index, one=one: client.index(index=index, id=one, document={}),  # type: ignore[misc]
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


def _visible(client: Elasticsearch, pattern: str) -> set[str]:
    hits = client.search(index=pattern, size=100, query={"exists": {"field": "article_id"}})["hits"]["hits"]
    return {hit["_source"]["article_id"] for hit in hits}
