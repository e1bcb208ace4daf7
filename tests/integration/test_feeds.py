"""Feeds from a server of the test's own, through the real commands and a real broker; WebSub with a hub of its own."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from pipeline.process.ports import free_port
from tests.conftest import Pipeline
from tests.integration.test_push import _answers
from tests.support.waiting import PATIENCE

PAGE = "<html><head><title>{0}</title></head><body><article><h1>{0}</h1>{1}</article></body></html>"
SENTENCE = (
    "<p>Ferry crews at the port of Varnholm walked out on Saturday after talks about night shifts failed again.</p>"
)


def rss(items: str, more: str = "") -> bytes:
    return f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Wire</title><link>https://w.example/</link>{more}{items}</channel></rss>".encode()


def item(number: int, text: str = "Short.", link: str | None = None) -> str:
    return f"<item><title>Story {number}</title><guid isPermaLink='false'>g{number}</guid><link>{link or f'https://w.example/{number}'}</link><description>{text}</description></item>"


@dataclass
class Site:
    """Answers by path: (status, headers, body), or a function of the request's headers."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    posted: list[dict[str, str]] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append((self.path, headers))
            answer = site.answers.get(self.path, (404, {}, b""))
            status, more, body = answer(headers) if callable(answer) else answer
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            site.posted.append({name: values[0] for name, values in parse_qs(body).items()})
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        site.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield site
        server.shutdown()


@pytest.fixture
def followed(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    monkeypatch.setenv("DATELINE_PRIVATE_NETWORKS", "true")
    return pipeline


def poll(pipeline: Pipeline, *arguments: str) -> dict[str, dict[str, Any]]:
    """By path of the feed."""
    run = pipeline.command("feeds", "poll", *(arguments or ("--all",)), "--json")
    assert run.stdout, run.stderr
    return {urlsplit(row["url"]).path: row for row in json.loads(run.stdout)}


def listed(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    return {urlsplit(row["url"]).path: row for row in json.loads(pipeline.command("feeds", "list", "--json").stdout)}


def test_the_poller_does_the_right_thing_each_time(followed: Pipeline, site: Site, tmp_path: Path) -> None:
    def conditional(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if headers.get("if-none-match") == '"v1"':
            return 304, {}, b""
        return 200, {"ETag": '"v1"', "Last-Modified": "Sat, 14 Mar 2026 08:00:00 GMT"}, rss(item(1) + item(2))

    site.answers = {
        "/ok": conditional,
        "/old": (301, {"Location": "/ok2"}, b""),
        "/ok2": (200, {}, rss(item(3))),
        "/missing": (404, {}, b""),
        "/gone": (410, {}, b""),
        "/limit": (429, {"Retry-After": "7200"}, b""),
        "/broken": (500, {}, b""),
        "/latin": (200, {"Content-Type": "text/xml; charset=us-ascii"}, rss("<item><title>Café</title><link>https://w.example/9</link></item>").decode().encode("cp1252")),
        "/bomb": (200, {}, b"<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><rss><channel><item><title>&b;</title></item></channel></rss>"),
        "/page": (200, {"Content-Type": "text/html"}, PAGE.format("No feed but a page", SENTENCE * 3).encode()),
    }  # fmt: skip
    opml = "".join(f"<outline text='x' xmlUrl='{site.url}{path}'/>" for path in site.answers if path != "/ok2")
    (tmp_path / "feeds.opml").write_text(f"<opml><body><outline text='News'>{opml}</outline></body></opml>")
    imported = json.loads(followed.command("feeds", "import", str(tmp_path / "feeds.opml"), "--json").stdout)
    assert imported == {"listed": 9, "added": 9}
    assert json.loads(followed.command("feeds", "import", str(tmp_path / "feeds.opml"), "--json").stdout)["added"] == 0

    first = poll(followed)
    assert {path: (row["outcome"], row["events"]) for path, row in first.items()} == {
        "/ok": ("new", 2), "/ok2": ("new", 1), "/latin": ("new", 1), "/missing": ("failed", 0), "/gone": ("disabled", 0),
        "/limit": ("failed", 0), "/broken": ("failed", 0), "/bomb": ("failed", 0), "/page": ("failed", 0),
    }  # fmt: skip
    known = listed(followed)
    assert "/old" not in known, "a permanent redirect is remembered"
    assert known["/gone"]["how"] == "disabled"
    assert "gone for good" in known["/gone"]["problem"]
    assert "entities" in known["/bomb"]["problem"]
    assert "HTML page" in known["/page"]["problem"]
    assert "DATELINE_PUBLIC_URL is not set" in known["/ok"]["how"]

    # unchanged: nothing is published; what has to be left alone is
    site.asked.clear()
    assert poll(followed, f"{site.url}/ok")["/ok"] | {"url": ""} == {
        "url": "",
        "outcome": "unchanged",
        "events": 0,
        "refused": 0,
        "problem": None,
    }
    assert site.asked[0][1]["if-none-match"] == '"v1"'
    assert site.asked[0][1]["if-modified-since"] == "Sat, 14 Mar 2026 08:00:00 GMT"
    assert followed.command("feeds", "poll").stdout.decode().startswith("0 feeds polled"), "none is due"

    # changed without a date: a new revision; a new one: a new story; one that can't be read: refused, the others taken
    site.answers["/ok"] = (200, {}, rss(item(1, "Changed.") + item(2) + item(4) + "<item/>"))
    assert poll(followed, f"{site.url}/ok")["/ok"] | {"url": ""} == {
        "url": "",
        "outcome": "new",
        "events": 2,
        "refused": 1,
        "problem": None,
    }
    assert poll(followed, f"{site.url}/ok")["/ok"]["events"] == 0

    followed.start("worker", "indexer")
    followed.until(lambda: followed.count("articles") == 5)
    followed.until_quiet()
    texts = {one["headline"]: one.get("body", "") for one in followed.documents("articles").values()}
    assert texts == {"Story 1": "Changed.", "Story 2": "Short.", "Story 3": "Short.", "Story 4": "Short.", "Café": ""}
    assert followed.count("history") == 1
    assert followed.count("dead-letters") >= 3

    removed = followed.command("feeds", "remove", f"{site.url}/ok")
    assert removed.returncode == 0
    assert "/ok" not in listed(followed)
    assert followed.command("feeds", "remove", f"{site.url}/ok").returncode == 3


def test_full_text_is_fetched_where_robots_allow_it(followed: Pipeline, site: Site) -> None:
    site.answers = {
        "/feed": (200, {}, rss(item(1, link=f"{site.url}/open") + item(2, link=f"{site.url}/closed/2"))),
        "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /closed/\n"),
        "/open": (200, {"Content-Type": "text/html"}, PAGE.format("Story 1", SENTENCE * 4).encode()),
        "/closed/2": (200, {"Content-Type": "text/html"}, PAGE.format("Story 2", SENTENCE * 4).encode()),
    }
    assert followed.command("feeds", "add", f"{site.url}/feed", "--full-text").returncode == 0
    assert poll(followed)["/feed"]["events"] == 2
    assert "/open" in site.paths()
    assert "/closed/2" not in site.paths()
    followed.start("worker", "indexer")
    followed.until(lambda: followed.count("articles") == 2)
    texts = {one["headline"]: one.get("body", "") for one in followed.documents("articles").values()}
    assert texts["Story 1"].count("walked out on Saturday") >= 1
    assert texts["Story 2"] == "Short."


def test_a_hub_delivers_what_is_new(followed: Pipeline, site: Site) -> None:
    port = free_port()
    public = f"http://127.0.0.1:{port}"
    followed.start("ingest-api", "worker", "indexer", DATELINE_INGEST_PORT=str(port))
    followed.until(lambda: _answers(port))
    links = f"<atom:link rel='hub' href='{site.url}/hub'/><atom:link rel='self' href='{site.url}/feed'/>"
    site.answers = {"/feed": (200, {}, rss(item(1), links))}
    assert followed.command("feeds", "add", f"{site.url}/feed").returncode == 0
    with pytest.MonkeyPatch.context() as patch, httpx.Client(timeout=PATIENCE) as hub:
        patch.setenv("DATELINE_PUBLIC_URL", public)
        assert poll(followed)["/feed"]["events"] == 1
        (asked,) = site.posted
        assert asked["hub.mode"] == "subscribe"
        assert asked["hub.topic"] == f"{site.url}/feed"
        assert asked["hub.callback"].startswith(f"{public}/websub/")
        assert listed(followed)["/feed"]["how"] == "polled (hub asked)"

        # the hub asks whether we meant it, also about what we did not ask for
        verify = {
            "hub.mode": "subscribe",
            "hub.topic": asked["hub.topic"],
            "hub.challenge": "abc",
            "hub.lease_seconds": "864000",
        }
        assert (
            hub.get(asked["hub.callback"], params=verify | {"hub.topic": "https://other.example/"}).status_code == 404
        )
        assert hub.get(asked["hub.callback"] + "x", params=verify).status_code == 404
        answered = hub.get(asked["hub.callback"], params=verify)
        assert (answered.status_code, answered.text) == (200, "abc")
        assert listed(followed)["/feed"]["how"].startswith("WebSub until")

        # a delivery, signed; one that is not signed is dropped without a word
        def deliver(body: bytes, secret: str) -> int:
            digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            headers = {"X-Hub-Signature": f"sha256={digest}", "Content-Type": "application/rss+xml"}
            return hub.post(asked["hub.callback"], content=body, headers=headers).status_code

        assert deliver(rss(item(2)), "not the secret") == 202
        assert deliver(rss(item(3)), asked["hub.secret"]) == 202
        assert deliver(rss(item(3)), asked["hub.secret"]) == 202
        followed.until(lambda: followed.count("articles") == 2)
        followed.until_quiet()
        assert {one["headline"] for one in followed.documents("articles").values()} == {"Story 1", "Story 3"}
        # polled again: what the hub brought is known, and the hub is not asked anew
        site.answers["/feed"] = (200, {}, rss(item(1) + item(3), links))
        assert poll(followed)["/feed"]["events"] == 0
        assert len(site.posted) == 1
        denied = {"hub.mode": "denied", "hub.topic": asked["hub.topic"], "hub.reason": "no"}
        assert hub.get(asked["hub.callback"], params=denied).status_code == 200
        assert "hub refused: denied: no" in listed(followed)["/feed"]["how"]


def test_time_is_bounded_for_a_slow_feed(site: Site) -> None:
    from datetime import UTC, datetime

    from pipeline.feeds.full_text import Pages
    from pipeline.feeds.polling import poll as poll_one
    from pipeline.feeds.subscriptions import subscription
    from pipeline.ingest.fetching import Fetcher
    from pipeline.settings import Settings

    over = threading.Event()

    def slowly(_: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        over.wait(PATIENCE)
        return 200, {}, rss(item(1))

    site.answers = {"/slow": slowly}
    now = datetime.now(UTC)
    feed = subscription(f"{site.url}/slow", now)
    with Fetcher(1_000_000, private_networks=True, seconds=1) as fetcher:
        polled = poll_one(feed, fetcher, Pages(fetcher), Settings(_env_file=None), now)
    over.set()
    assert polled.outcome == "failed"
    assert "took longer" in (polled.feed.problem or "")
