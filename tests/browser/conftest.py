"""Chromium, and the readers' pages with a day of several newsrooms behind them."""

from __future__ import annotations

import os
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from pipeline.index.client import elasticsearch_client
from pipeline.local.engines import Running
from pipeline.process.connections import ConnectionLimits
from pipeline.process.web import server
from pipeline.saved.store import Store
from pipeline.search.api import build_api
from pipeline.search.asking import search_client
from pipeline.search.reader import Reader
from pipeline.settings import Settings, load_settings
from tests.conftest import ROOT
from tests.support.newsroom import Newsroom, a_day
from tests.support.saved import store_of
from tests.support.waiting import PATIENCE, until

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = ROOT / "tests" / "browser" / "screenshots" if os.environ.get("DATELINE_TEST_SHOTS") else None
"""Pictures for people, made where the variable asks for them: each takes its time, and no test looks at one."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "no Chromium: make browser says how to install it"
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=PATIENCE * 1000)
        yield chromium
        chromium.close()


def new_page(browser: Browser, **options: Any) -> Page:
    """In a context of its own, patient with whatever it waits for."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1000)
    return context.new_page()


def shoot(page: Page, name: str) -> None:
    if SHOTS is None:
        return
    SHOTS.mkdir(exist_ok=True)
    try:
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    except Error as e:  # a picture for people; the checks are the assertions
        print(f"no screenshot of {name}: {e}")


@dataclass
class Site:
    address: str
    client: Elasticsearch
    settings: Settings
    day: Newsroom
    saved: Store
    documents: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def article(self, words: str) -> str:
        """The path of the article whose headline has these words."""
        found = (id_ for id_, one in self.documents["articles"].items() if words in one["headline"])
        return f"/articles/{next(found)}"


@pytest.fixture(scope="session")
def day() -> Newsroom:
    return a_day()


@contextmanager
def serving(settings: Settings, saved: Store) -> Iterator[str]:
    """The address of a server with these settings."""
    api = build_api(Reader(search_client(settings), settings), settings, saved)
    api.state.server = running = server(api, "127.0.0.1", 0, ConnectionLimits())
    thread = threading.Thread(target=running.run)
    thread.start()
    until(lambda: running.started or not thread.is_alive())
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(PATIENCE)
    assert not thread.is_alive(), "the server stops, though streams are open"


@pytest.fixture(scope="module")
def site(engines: Running, day: Newsroom) -> Iterator[Site]:
    settings = load_settings(elasticsearch_url=engines.elasticsearch_url, namespace=f"page-{uuid.uuid4().hex[:6]}")
    client = elasticsearch_client(settings)
    day.index(client, settings)
    saved = store_of(settings)
    with serving(settings, saved) as address:
        yield Site(address, client, settings, day, saved, day.documents)
    for name in client.indices.get(index=f"{settings.namespace}-*"):
        client.indices.delete(index=name)
    client.close()


class Visit:
    """A page of the site that notes what goes wrong in the browser."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site
        self.console: list[str] = []
        self.others: list[str] = []
        page.on("console", lambda said: self.console.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(site.address) else self.others.append(asked.url))

    def open(self, path: str, status: int = 200) -> Page:
        answer = self.page.goto(self.site.address + path)
        assert answer is not None
        assert answer.status == status, path
        return self.page

    def check(self) -> None:
        assert [one for one in self.console if "Failed to load resource" not in one] == []
        assert self.others == [], "no request to another host"


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    made = Visit(new_page(browser, viewport={"width": 1200, "height": 900}, timezone_id="Europe/Oslo"), site)
    yield made
    made.check()
    made.page.context.close()
