"""A reader in a real browser: searches, opens the story, reads a comment."""

from __future__ import annotations

from contextlib import suppress

import httpx
import pytest
from playwright.sync_api import Browser

from pipeline.process.ports import free_port
from tests.browser.conftest import new_page, shoot
from tests.conftest import Pipeline
from tests.support.waiting import PATIENCE


@pytest.fixture
def address(pipeline: Pipeline) -> str:
    """The page's address, with our samples behind it."""
    port = free_port()
    pipeline.start("worker", "indexer")
    pipeline.start("search-api", DATELINE_SEARCH_PORT=str(port))
    assert pipeline.command("publish", "samples").returncode == 0
    pipeline.until(lambda: pipeline.count("articles") >= 6 and pipeline.count("comments") >= 10)

    def answers() -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{port}/", timeout=PATIENCE).status_code == 200
        return False

    pipeline.until(answers)
    return f"http://127.0.0.1:{port}"


def test_a_reader_searches_opens_the_story_and_reads_a_comment(browser: Browser, address: str) -> None:
    page = new_page(browser, viewport={"width": 1200, "height": 900})
    others: list[str] = []
    page.on(
        "request", lambda request: None if request.url.startswith((address, "data:")) else others.append(request.url)
    )
    page.goto(address)
    assert page.locator("article.item").count() > 0
    shoot(page, "latest")
    page.goto(f"{address}/search?every=1")
    assert page.locator("article.item").count() == 6
    page.fill("input[name=q]", "ferries night shifts")
    page.press("input[name=q]", "Enter")
    page.wait_for_url("**/search?q=*")
    assert page.locator("mark").count() > 0
    shoot(page, "results")
    page.goto(f"{address}/search?q=ferries+night+shifts&every=1")
    page.get_by_role("link", name="Ferry Crews Walk Out").click()
    page.wait_for_url("**/articles/*")
    assert page.locator("h1").inner_text().startswith("Ferry Crews Walk Out at Varnholm")
    assert page.locator(".about details").count() == 3
    assert page.locator(".comment").count() == 3
    assert "tired captain in that fog" in page.locator(".comment").nth(1).inner_text()
    assert page.locator(".about").get_by_role("link", name="Elise Brandt").count() == 1
    shoot(page, "story")
    page.goto(f"{address}/search?q=zzzyx&section=Economy")
    assert page.locator(".empty").inner_text().startswith("Nothing found for “zzzyx”")
    shoot(page, "empty")
    response = page.goto(f"{address}/articles/no-such-story")
    assert response is not None
    assert response.status == 404
    shoot(page, "not-found")
    phone = new_page(browser, viewport={"width": 390, "height": 800})
    phone.goto(address)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shoot(phone, "phone")
    page.goto(f"{address}/search?section=Economy&q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert(1)" not in page.content()
    assert others == [], "no request to another host"
