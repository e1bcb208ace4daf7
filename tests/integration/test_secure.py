"""Secured engines as `dateline local up --secure` makes them: TLS, a password and the least rights for each process.

What a front-end's credentials can see by every API there is, and what each process can do in Kafka beside its work.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import psutil
import pytest
from elasticsearch import ApiError, AuthenticationException, NotFoundError
from kafka.errors import KafkaError

from pipeline.alerts.index import AlertIndex
from pipeline.commands.shared import Exit
from pipeline.errors import DatelineError
from pipeline.index.client import elasticsearch_client
from pipeline.kafka.clients import producer
from pipeline.local.engines import LocalEngines
from pipeline.operations.dead_letters import Filter
from pipeline.process.ports import free_port
from pipeline.settings import Settings, load_settings
from pipeline.status_page.source import Operations
from pipeline.topics import ALERTS, ARTICLES_CURRENT, ARTICLES_RAW, AUDIT, KEYS, SAVED_SEARCHES, Topic
from schemas.report import Kind
from tests.support import forking
from tests.support.builders import id_of
from tests.support.secured import NAMESPACE, SecurePipeline, as_process, attempts, every_route_answers, visible
from tests.support.secured import filled as filled
from tests.support.secured import secured as secured
from tests.support.waiting import PATIENCE


def test_processes_find_their_own_way_in_and_no_password_is_seen(filled: SecurePipeline) -> None:
    door, page = free_port(), free_port()
    filled.start("ingest-api", DATELINE_INGEST_PORT=str(door))
    digest = hashlib.sha256(b"a reader's program").hexdigest()
    filled.start(
        "search-api", DATELINE_SEARCH_PORT=str(page), DATELINE_SAVED_SEARCHES="10",
        DATELINE_SEARCH_KEYS=json.dumps({"website": digest}),
    )  # fmt: skip
    program = httpx.Client(base_url=f"http://127.0.0.1:{page}", headers={"Authorization": "Bearer a reader's program"}, timeout=PATIENCE)  # fmt: skip
    key = json.loads(filled.command("keys", "new", "wire", "--json").stdout)["key"]
    story = {"uri": "urn:x:1", "headline": "Hello wire", "body_text": "One."}
    desk = httpx.Client(
        base_url=f"http://127.0.0.1:{door}", headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE
    )

    def pushed() -> bool:
        try:
            return desk.post("/v1/items", json=story).status_code == 202
        except httpx.HTTPError:
            return False

    filled.until(pushed)
    filled.until(lambda: desk.get("/v1/items/urn:x:1").json().get("searchable"))
    filled.until(lambda: program.get("/v1/articles").status_code == 200)
    found = program.get("/v1/articles", params={"q": "hello"}).json()
    assert [one["headline"] for one in found["hits"]] == ["Hello wire"]
    shown = httpx.get(f"http://127.0.0.1:{page}/articles/{found['hits'][0]['id']}", timeout=PATIENCE)
    assert shown.status_code == 200, "the page asks for no more than its credentials allow"
    for path in (
        "/",
        "/search?q=hello",
        "/help",
        "/comments?q=hello",
        *(f"{shown.url.path}{part}" for part in ("", "/revisions", "/comments")),
    ):
        answer = httpx.get(f"http://127.0.0.1:{page}{path}", timeout=PATIENCE)
        assert answer.status_code == 200, path
        assert "can’t be shown" not in answer.text, path
    every_route_answers(f"http://127.0.0.1:{page}", found["hits"][0], "a reader's program")
    assert filled.command("trace", str(id_of("later"))).returncode == 0
    filled.until(lambda: filled.command("status").returncode == 0)
    assert (
        filled.command("kill", found["hits"][0]["id"], "--reason", "test", "--wait", f"{PATIENCE:.0f}").returncode == 0
    )
    status = json.loads(filled.command("local", "status", "--json").stdout)
    assert status["secure"]

    running = LocalEngines(filled.settings).running()
    assert running
    secrets = running.secrets
    assert secrets
    assert oct(secrets.folder.stat().st_mode)[-3:] == "700"
    seen = " ".join(" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))
    logs = [path for path in filled.folder.rglob("*.log") if path.is_file()]
    assert len(logs) >= 6, "of both engines and each process"
    told = seen + "".join(path.read_text(errors="replace") for path in logs)
    assert not any(password in told for password in secrets.passwords.values())


@pytest.mark.parametrize(
    ("process", "topic"),
    [
        ("worker", ARTICLES_RAW), ("worker", KEYS), ("indexer", ARTICLES_CURRENT), ("indexer", ARTICLES_RAW),
        ("ingest-api", ARTICLES_CURRENT), ("ingest-api", KEYS), ("search-api", ARTICLES_RAW),
        ("search-api", ALERTS), ("alerts", SAVED_SEARCHES), ("ingest-api", SAVED_SEARCHES),
        ("status-page", ARTICLES_RAW), ("status-page", AUDIT),
    ],
)  # fmt: skip
def test_a_process_writes_where_its_stages_do_and_nowhere_else(
    filled: SecurePipeline, process: str, topic: Topic
) -> None:
    with pytest.raises((KafkaError, DatelineError)):
        _write(as_process(filled, process), topic)


def _write(settings: Settings, topic: Topic) -> None:
    kafka = producer(settings, enable_idempotence=False, max_block_ms=4000)
    try:
        kafka.send(topic.full_name(settings), b"{}", key=b"x").get(timeout=10)
    finally:
        kafka.close(timeout=1)


def test_a_wrong_password_a_strange_authority_or_none_gets_nowhere(filled: SecurePipeline) -> None:
    inside = filled.settings
    running = LocalEngines(filled.settings).running()
    assert running
    assert inside.kafka_password
    right = {
        "DATELINE_KAFKA_SERVERS": running.kafka_servers,
        "DATELINE_ELASTICSEARCH_URL": running.elasticsearch_url,
        "DATELINE_KAFKA_SECURITY": "SASL_SSL",
        "DATELINE_KAFKA_USERNAME": "operator",
        "DATELINE_KAFKA_PASSWORD": inside.kafka_password.get_secret_value(),
        "DATELINE_KAFKA_CA_CERTS": str(inside.kafka_ca_certs),
    }

    def listed(change: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
        """In a process of its own, as kafka-python leaves the sockets of handshakes that failed open."""
        variables = {name: value for name, value in (right | change).items() if value}
        return forking.run(["keys", "list", "--json"], filled.environment | variables)

    wrong = [
        {"DATELINE_KAFKA_PASSWORD": "guessed"},
        {"DATELINE_KAFKA_SECURITY": "PLAINTEXT"},
        {"DATELINE_KAFKA_CA_CERTS": ""},
        {"DATELINE_KAFKA_PASSWORD": ""},
    ]
    with ThreadPoolExecutor() as several:
        good, *refused, nothing_said = several.map(listed, [{}, *wrong])
    assert good.returncode == 0, good.stderr
    assert {one.returncode for one in refused} == {Exit.AWAY}
    assert all(b"Traceback" not in one.stderr and b"guessed" not in one.stderr for one in refused)
    assert nothing_said.returncode == Exit.FAILED
    assert b"needs DATELINE_KAFKA_USERNAME and DATELINE_KAFKA_PASSWORD" in nothing_said.stderr
    guessed = load_settings(elasticsearch_password="guessed").elasticsearch_password
    stranger = elasticsearch_client(
        inside.model_copy(
            update={
                "kafka_servers": running.kafka_servers,
                "elasticsearch_url": running.elasticsearch_url,
                "elasticsearch_password": guessed,
            }
        )
    )
    with pytest.raises(AuthenticationException):
        stranger.search(index=filled.settings.named("articles"))
    stranger.close()
    assert filled.command("local", "up").returncode == 0, "those that are up are found"


def test_a_front_end_sees_what_readers_may_see_and_nothing_else(filled: SecurePipeline) -> None:
    client = elasticsearch_client(as_process(filled, "front-end"))
    name = filled.settings.named
    try:
        assert (
            client.search(index=name("articles"), query={"match": {"body": "ferries"}})["hits"]["total"]["value"] == 1
        )
        assert client.count(index=name("articles"))["count"] >= 1
        assert client.search(index=name("articles"), query={"match": {"body": "zanzibar"}})["hits"]["hits"] == []
        found = client.msearch(searches=[{"index": name("articles")}, {"query": {"match_all": {}}}])
        assert found["responses"][0]["hits"]["total"]["value"] >= 1
        aggregated = client.search(
            index=name("articles"),
            size=0,
            aggs={"all": {"global": {}, "aggs": {"texts": {"terms": {"field": "article_id"}}}}},
        )
        public = {str(id_of("open"))} | set(filled.documents("articles"))
        assert {one["key"] for one in aggregated["aggregations"]["all"]["texts"]["buckets"]} <= public
        suggested = client.search(
            index=name("articles"), suggest={"s": {"text": "zanzibat", "term": {"field": "body"}}}
        )
        assert suggested["suggest"]["s"][0]["options"] == []
        for attempt in attempts(client, name):
            with pytest.raises((ApiError, NotFoundError)) as refused:
                attempt()
            assert refused.value.status_code in (403, 404), attempt
        assert visible(client, f"{NAMESPACE}-*") <= public
        assert visible(client, "*") <= public
    finally:
        client.close()


def test_other_processes_reach_no_further_than_their_work(filled: SecurePipeline) -> None:
    name = filled.settings.named
    door = elasticsearch_client(as_process(filled, "ingest-api"))
    sink = elasticsearch_client(as_process(filled, "indexer"))
    api = elasticsearch_client(as_process(filled, "search-api"))
    try:
        assert door.search(index=name("articles-hidden"))["hits"]["total"]["value"] >= 2, "it tells a desk of its own"
        attempts: list[Callable[[], object]] = [
            lambda: door.search(index=name("audit")),
            lambda: door.index(index=name("articles"), id="x", document={}),
            lambda: door.get(index=name("articles-hidden"), id=str(id_of("gone"))),
            lambda: sink.index(index="elsewhere-1", id="x", document={}),
            lambda: sink.snapshot.get_repository(),
            lambda: sink.search(index=name("articles")),
            lambda: api.search(index=name("articles-hidden")),
            lambda: api.search(index=name("comments-hidden")),
            lambda: api.get(index=name("history"), id="x"),
        ]
        for attempt in attempts:
            with pytest.raises(ApiError) as refused:
                attempt()
            assert refused.value.status_code == 403
    finally:
        door.close()
        sink.close()
        api.close()


def test_saved_searches_see_public_articles_only(filled: SecurePipeline) -> None:
    name, (public, hidden) = filled.settings.named, (id_of("open"), id_of("later"))
    client = elasticsearch_client(as_process(filled, "alerts"))
    try:
        index = AlertIndex(client, filled.settings)
        assert index.tokens("", ["Ferries"]) == {"Ferries": (("ferries",),)}
        assert index.terms([public, hidden]).keys() == index.visible([public, hidden]).keys() == {public}
        answer = index.confirmed({public: ({"match_all": {}}, [public, hidden])})
        assert (answer.found, answer.refused, answer.failed) == ({public: [public]}, {}, {})
        assert index.name.endswith("articles-1"), "a reindex can be seen"
        for alias in ("articles-hidden", "history", "comments-hidden"):
            for attempt in (
                partial(client.termvectors, index=name(alias), id=str(hidden)),
                partial(client.search, index=name(alias)),
                partial(client.get, index=name("articles"), id=str(public)),
            ):
                with pytest.raises(ApiError) as refusal:
                    attempt()
                assert refusal.value.status_code == 403
    finally:
        client.close()


def test_the_operators_page_sees_everything_and_changes_nothing(filled: SecurePipeline) -> None:
    """With its own rights, on the operations that it is a door to."""
    settings = as_process(filled, "status-page")
    source = Operations(settings)

    report = source.status()
    assert report.kafka.up, report.kafka.error
    assert report.elasticsearch.up, report.elasticsearch.error
    assert [one.what for one in report.findings if one.kind is Kind.UNSEEN and one.subject != "machine"] == []
    assert set(report.stages) >= {"index"}
    assert report.documents["articles-hidden"] >= 2
    found = source.trace(str(id_of("gone")))
    assert (found["status"], found["complete"]) == ("killed", True)
    assert {"articles.raw", "articles.current"} <= {step["topic"] for step in found["steps"]}
    assert any(step["worker"] for step in found["steps"])
    now = datetime.now(UTC)
    fates = {one.fate for one in source.funnel(None, now - timedelta(hours=1), now + timedelta(hours=1)).fates}
    assert {"received", "indexed", "hidden"} <= fates
    assert source.letters(Filter(), 10, handled=True)["total"] >= 0
    client = elasticsearch_client(settings)
    try:
        for attempt in (
            partial(client.index, index=settings.named("articles"), id="x", document={}),
            partial(client.delete, index=settings.named("articles"), id=str(id_of("open"))),
            partial(client.indices.delete, index=f"{settings.named('articles')}-1"),
            partial(client.indices.put_settings, index=f"{settings.named('articles')}-1", settings={"index.blocks.write": True}),
            partial(client.search, index="elsewhere"),
        ):  # fmt: skip
            with pytest.raises(ApiError) as refusal:
                attempt()
            assert refusal.value.status_code == 403
    finally:
        client.close()


def test_grants_are_told_where_they_cannot_be_made(filled: SecurePipeline) -> None:
    granted = filled.command("grant", "search", "website")
    assert granted.returncode == 3, "this server can't make API keys"
    assert b"dateline grant roles" in granted.stderr
    rights = filled.command("grant", "rights").stdout.decode()
    assert f"--add --allow-principal User:indexer --operation Read --topic '{NAMESPACE}-articles.current'" in rights
    page = [line for line in rights.splitlines() if "User:search-api" in line and "Write" in line]
    assert len(page) == 1, "the page writes saved searches, and nothing else"
    assert f"--topic '{NAMESPACE}-searches.saved'" in page[0]
