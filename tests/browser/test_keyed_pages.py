"""The readers' pages of a search API that asks programs for a key."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from playwright.sync_api import Browser

from tests.browser.addresses import paths
from tests.browser.conftest import Site, Visit, new_page, serving
from tests.support.saved import told


def test_where_programs_need_keys_readers_need_none(browser: Browser, site: Site) -> None:
    settings = site.settings.model_copy(update={"search_keys": {"website": "0" * 64}})
    with serving(settings, site.saved) as address:
        keyed = replace(site, address=address)
        visit = Visit(new_page(browser, viewport={"width": 1200, "height": 900}), keyed)
        refused: list[str] = []
        visit.page.on("response", lambda one: refused.append(one.url) if one.status in (401, 403, 429) else None)
        for path in paths(keyed).values():
            links = visit.open(path).locator("a, link").evaluate_all("all => all.map(one => one.href)")
            asking = [one for one in links if one.startswith(f"{address}/v1/") and "token=" not in one]
            assert asking == [], "no link that asks a reader for a key"
        page = visit.open("/")
        page.wait_for_selector(".ticker li")
        page = visit.open("/search?q=ferries")
        page.get_by_role("button", name="Save this search").click()
        page.wait_for_url("**/saved/*")
        search_id = UUID(page.url.partition("/saved/")[2].partition("?")[0])
        told(site.saved, search_id, site.article("walk out").rpartition("/")[2])
        page.wait_for_selector("article.item:has-text('walk out')")
        feed = page.locator("a[type='application/atom+xml']").evaluate("one => one.href")
        assert page.request.get(feed).status == 200
        assert page.request.get(f"{address}/v1/articles").status == 401
        visit.check()
        assert refused == []
        page.context.close()
