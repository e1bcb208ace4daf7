"""An operator and the page for operators, in a real browser on the real engines: all is well, a stage is down, a record is
refused and followed to its dead letter."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pipeline.kafka.clients import article_key, ensure_topics, partition_of, producer
from pipeline.operations.status import documents
from pipeline.process.ports import free_port
from pipeline.topics import ARTICLES_RAW
from tests.browser.conftest import new_page, shoot
from tests.conftest import Pipeline
from tests.support.builders import id_of, raw_article
from tests.support.operators import PASSWORD
from tests.support.waiting import PATIENCE

USER = ("ann", PASSWORD)
REFUSED = '{"type": "article.published", "headline": "<script>document.title=1</script> Ærø & \\u202e"'
"""No event of ours, and hostile."""
SIZES: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1200), ("dark", 390))


def status(address: str) -> dict[str, Any]:
    with suppress(httpx.HTTPError):
        answer = httpx.get(f"{address}/status.json", auth=USER, timeout=PATIENCE)
        return dict(answer.json()) if answer.status_code == 200 else {}
    return {}


@pytest.fixture
def address(pipeline: Pipeline) -> str:
    """The page, with an article that can be searched and a record that was refused."""
    port = free_port()
    ensure_topics(pipeline.settings)
    pipeline.start("worker", "indexer")
    pipeline.start("status-page", DATELINE_STATUS_PORT=str(port), DATELINE_STATUS_PASSWORD=PASSWORD)
    good, bad = raw_article("kept"), article_key(id_of("refused"))
    sender = producer(pipeline.settings)
    for key, value in ((article_key(good.data.article_id), good.to_json()), (bad, REFUSED.encode())):
        at = partition_of(key, pipeline.settings.partitions)
        sender.send(ARTICLES_RAW.full_name(pipeline.settings), key=key, value=value, partition=at)
    sender.close()
    pipeline.until(lambda: pipeline.count("articles") == 1 and documents(pipeline.settings).get("dead-letters", 0) == 1)
    pipeline.until_quiet()
    address = f"http://127.0.0.1:{port}"
    pipeline.until(lambda: status(address).get("ok"))
    return address


class Desk:
    """An operator's browser that notes what goes wrong in it."""

    def __init__(self, browser: Browser, address: str, scheme: Literal["light", "dark"], width: int) -> None:
        self.page = new_page(
            browser, viewport={"width": width, "height": 900}, color_scheme=scheme,
            http_credentials={"username": USER[0], "password": USER[1]},
        )  # fmt: skip
        self.address, self.width, self.wrong = address, width, list[str]()
        self.page.on(
            "console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda asked: None if asked.url.startswith(address) else self.wrong.append(asked.url))

    def open(self, path: str) -> Page:
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 200, path
        return self.page

    def look(self, name: str) -> None:
        """The page as it is now: whole at this width, and clean for those who don't see it."""
        shoot(self.page, f"operators-{name}-{self.width}")
        assert self.page.locator("h1").count() == 1, name
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, self.width)
        found = Axe().run(self.page).response["violations"]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == [], name

    def close(self) -> None:
        assert [one for one in self.wrong if "Failed to load resource" not in one] == []
        self.page.context.close()


def test_an_operator_sees_what_is_wrong_and_follows_what_was_refused(
    browser: Browser, address: str, pipeline: Pipeline
) -> None:
    assert httpx.get(f"{address}/status", timeout=PATIENCE).status_code == 401
    desks = [Desk(browser, address, scheme, width) for scheme, width in SIZES]
    desk, phone = desks
    desk.page.clock.install()
    for one in desks:
        page = one.open("/status")
        expect(page.locator("#headline")).to_contain_text("All is well")
        one.look("status-well")

    # from the status to the refused record, its original, and its way
    page = desk.page
    page.locator("section[aria-labelledby=refused] th a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/dead-letters?stage=*")
    assert "dateline dead-letters replay --stage" in page.locator("code.command").first.inner_text()
    desk.look("dead-letters")
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/dead-letters/*-*")
    assert "<script>document.title=1</script> Ærø &" in page.locator("pre").inner_text()
    desk.look("dead-letter")
    letter = page.url
    page.get_by_role("link", name="Trace the item").click()
    page.wait_for_url("**/trace?q=*")
    assert page.locator(".steps .refused").count() == 2, "the record, and its dead letter"
    assert "offset" in page.locator(".steps li").first.inner_text()
    assert "read by" in page.locator(".steps li").first.inner_text()
    assert "<script>document.title=1</script>" in page.locator("pre").inner_text()
    desk.look("trace-refused")
    phone.open(letter.removeprefix(address))
    phone.look("dead-letter")

    for one in desks:
        one.open("/trace")
        one.page.get_by_label("Where is my story?").fill(str(id_of("kept")))
        one.page.keyboard.press("Enter")
        one.page.wait_for_url("**/trace?q=*")
        expect(one.page.locator(".facts .badge").first).to_have_text("public")
        assert {"articles.raw", "articles.current"} <= set(one.page.locator(".steps strong").all_inner_texts())
        one.look("trace")
        one.open("/funnel")
        counts = {row.locator("th").inner_text().split()[0]: int(row.locator("td").first.inner_text().split()[0]) for row in one.page.locator("tbody tr").all()}  # fmt: skip
        assert counts == {"received": 2, "refused": 1, "indexed": 1}
        one.look("funnel")
    desk.page.locator("tr.indexed a.id").first.click()
    desk.page.wait_for_url(f"**/trace?q={id_of('kept')}")

    # a stage goes down: the page that is open says so by itself
    desk.open("/status")
    expect(desk.page.locator("#headline")).to_contain_text("All is well")
    pipeline.kill("indexer")
    pipeline.until(lambda: "indexer" in status(address).get("headline", ""))
    desk.page.clock.fast_forward(21_000)
    expect(desk.page.locator("#headline")).to_contain_text("indexer")
    expect(desk.page.locator("#said")).to_contain_text("indexer")
    expect(desk.page.locator(".findings .command").first).to_contain_text("dateline indexer")
    for one in desks:
        one.open("/status?refresh=off")
        one.look("status-down")
        one.close()
