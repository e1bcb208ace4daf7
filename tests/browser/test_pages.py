"""Readers and the pages, in a real browser on the real Elasticsearch: every page, its main acts and its states."""

from __future__ import annotations

from typing import Literal
from uuid import UUID, uuid4

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.addresses import GONE, paths
from tests.browser.conftest import Site, Visit, new_page, shoot
from tests.support.newsroom import comment_at
from tests.support.saved import told


def test_every_page_is_whole_on_a_desk_on_a_phone_and_in_the_dark(browser: Browser, site: Site) -> None:
    axe = Axe()
    sizes: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1200), ("dark", 390), ("light", 320))
    for scheme, width in sizes:
        size = {"width": width, "height": 900}
        visit = Visit(new_page(browser, viewport=size, color_scheme=scheme, timezone_id="Europe/Oslo"), site)
        for name, path in paths(site).items():
            page = visit.open(path)
            assert page.locator("h1").count() == 1, path
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, width)
            shoot(page, f"{name}-{width}")
            if width != 320:
                found = axe.run(page).response["violations"]
                said = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
                assert said == [], (path, scheme)
        visit.check()
        visit.page.context.close()


def test_errors_are_words_for_readers(visit: Visit) -> None:
    for path, status, words in (
        ("/nothing-here", 404, "There is no such page"),
        ("/articles/no-such-story", 404, "no such story"),
        ("/articles/00000000-0000-4000-8000-000000000000", 404, "no such story"),
        ("/search?q=" + "x" * 3000, 422, "not what was expected"),
    ):
        page = visit.open(path, status)
        assert words in page.locator("main").inner_text()
        assert page.locator("h1").count() == 1
    shoot(visit.page, "error")
    answer = visit.page.request.post(visit.site.address + "/help")
    assert (answer.status, "can only be read" in answer.text()) == (405, True)
    head = visit.page.request.head(visit.site.address + "/")
    assert (head.status, head.body()) == (200, b"")


def test_the_front_page_has_each_event_once_with_who_else_tells_it(visit: Visit) -> None:
    page = visit.open("/")
    first = page.locator("article.item", has_text="walk out in Bergen")
    assert first.count() == 1
    assert page.locator("article.item", has_text="Ferry crews strike in Bergen").count() == 0
    assert "Also told by" in first.inner_text()
    first.get_by_role("link", name="All 4 tellings").click()
    page.wait_for_url("**/stories/*")
    assert page.locator("article.item").count() == 4
    assert "the same wire text" in page.locator("article.item", has_text="courier.example").inner_text()
    assert "Kari Moe" in page.locator("article.item", has_text="islands.example").locator(".adds").inner_text()


def test_a_search_is_narrowed_widened_and_left_and_found_again(visit: Visit) -> None:
    page = visit.open("/search?q=talk+of+the+town")
    assert page.locator("article.item").count() == 10
    every = int(page.locator("h1").inner_text().split()[0])
    page.locator(".facet a", has_text="Culture").click()
    page.wait_for_url("**section=arts*")
    assert int(page.locator("h1").inner_text().split()[0]) == every // 5
    page.locator(".facet a", has_text="Sport").click()
    page.wait_for_url("**section=sport*")
    assert int(page.locator("h1").inner_text().split()[0]) == 2 * every // 5
    assert page.locator(".chips .chosen").count() == 2
    shoot(page, "results-narrowed")
    page.locator("article.item h2 a").first.click()
    page.wait_for_url("**/articles/*")
    assert page.locator(".text mark").count() > 0
    page.get_by_role("link", name="Back to the results").click()
    page.wait_for_url("**section=sport*")
    page.locator(".chips .chosen", has_text="Sport").click()
    page.wait_for_url(lambda url: "sport" not in url)
    page.locator(".chips .chosen", has_text="Culture").click()
    page.wait_for_url(lambda url: "arts" not in url)
    seen = []
    while True:
        seen += page.locator("article.item h2 a").evaluate_all("all => all.map(one => one.pathname)")
        if not page.get_by_role("link", name="Next →").count():
            break
        with page.expect_navigation():
            page.get_by_role("link", name="Next →").click()
    assert (len(seen), len(set(seen))) == (every, every)
    with page.expect_navigation():
        page.get_by_role("link", name="← First page").click()
    bar = page.locator(".bars a").first
    counted = int((bar.get_attribute("aria-label") or "").rpartition(": ")[2].split()[0])
    bar.click()
    page.wait_for_url("**since=*")
    assert int(page.locator("h1").inner_text().split()[0]) == counted
    shoot(page, "results-range")
    assert "Did you mean" in visit.open("/search?q=orchestrra").locator("main").inner_text()


def test_a_phone_has_the_filters_in_a_drawer(browser: Browser, site: Site) -> None:
    visit = Visit(new_page(browser, viewport={"width": 390, "height": 800}, has_touch=True), site)
    page = visit.open("/search?q=talk")
    assert not page.locator(".facet").first.is_visible()
    page.get_by_text("Narrow this search").click()
    shoot(page, "drawer")
    page.locator(".facet a", has_text="Culture").click()
    page.wait_for_url("**section=arts*")
    visit.check()
    visit.page.context.close()


def test_an_article_has_its_picture_its_voices_its_map_and_its_changes(visit: Visit) -> None:
    page = visit.open(f"{visit.site.article('walk out')}?q=night+shifts")
    assert page.locator("figure.picture a").first.get_attribute("href") == "https://pictures.example/strike.jpg"
    assert "Ann Lee / Herald" in page.locator("figure.picture").inner_text()
    assert "night shifts" in page.locator(".text mark").first.inner_text()
    link = page.locator(".voices a", has_text="In the text").first
    assert "asking for the moon" in page.locator(link.get_attribute("href") or "").inner_text()
    assert page.locator(".map circle").count() == 4
    assert page.locator(".past details").count() == 2
    assert page.locator(".correction").first.inner_text().startswith("Correction")
    assert page.locator(".thread .comment").count() == 20
    assert page.get_by_role("link", name="All 640 comments").count() == 1
    page.get_by_role("link", name="Back to the results").click()
    page.wait_for_url("**/search?q=night*")
    assert page.locator('script[type="application/ld+json"]').count() == 0


def test_changes_are_shown_word_by_word_and_nothing_that_was_never_public(visit: Visit) -> None:
    page = visit.open(f"{visit.site.article('walk out')}/revisions")
    assert any("50" in one for one in page.locator("del").all_inner_texts())
    assert "it is 3,000" in page.locator(".correction").last.inner_text()
    page = visit.open(f"{visit.site.article('withheld')}/revisions")
    assert "once more" in page.locator(".difference ins").inner_text()
    assert "zanzibar" not in page.content()


def test_what_is_hidden_is_on_no_page(visit: Visit) -> None:
    hidden = visit.site.documents["articles-hidden"]
    assert len(hidden) == 2
    for id_ in hidden:
        for path in (f"/articles/{id_}", f"/articles/{id_}/revisions", f"/articles/{id_}/comments", f"/stories/{id_}"):
            assert "zanzibar" not in visit.open(path, 404).content()
    for id_ in visit.site.documents["comments-hidden"]:
        visit.open(f"/comments/{id_}", 404)
    for path in ("/", "/search?q=zanzibar", *paths(visit.site).values()):
        assert "zanzibar" not in visit.open(path).locator("main").inner_text().replace("for “zanzibar”", "")


def test_six_hundred_comments_are_paged_and_each_has_an_address(visit: Visit) -> None:
    page = visit.open(f"{visit.site.article('walk out')}/comments")
    assert page.locator(".comment").count() == 50
    seen = set(page.locator(".comment").evaluate_all("all => all.map(one => one.id)"))
    pages = 1
    while page.get_by_role("link", name="Next →").count():
        with page.expect_navigation():
            page.get_by_role("link", name="Next →").last.click()
        pages += 1
        seen |= set(page.locator(".comment").evaluate_all("all => all.map(one => one.id)"))
    assert (pages, len(seen)) == (13, 640)
    one = comment_at("ferries", 333)
    page.goto(f"{visit.site.address}/comments/{one}")
    assert page.url.endswith(f"#c-{one}")
    assert "number 333" in page.locator(f"[id='c-{one}']").inner_text()
    page = visit.open(f"{visit.site.article('walk out')}/comments?sort=discussed")
    assert "hospital trips" not in page.locator(".comment").first.inner_text(), "others have more answers"
    visit.open(f"{visit.site.article('walk out')}/comments?page=14", 404)


def test_a_reader_needs_no_mouse(visit: Visit) -> None:
    page = visit.open("/")
    page.keyboard.press("Space")
    expect(page.locator("#q")).to_have_value("")  # Space scrolls
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    shoot(page, "keys")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("ferries")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=ferries*")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator("[data-item] h2 a").first
    expect(first).to_be_focused()
    page.keyboard.press("o")
    page.wait_for_url("**/articles/*")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_search_is_saved_and_its_page_hears_of_new_stories_and_of_withdrawals(visit: Visit) -> None:
    site, new = visit.site, str(uuid4())
    page = visit.open("/search?q=whale")
    page.get_by_role("button", name="Save this search").click()
    page.wait_for_url("**/saved/*")
    assert "Nothing new yet" in page.locator("main").inner_text()
    search_id = UUID(page.url.partition("/saved/")[2].partition("?")[0])
    index = site.settings.named("articles")
    source = site.documents["articles"][site.article("Islanders").rpartition("/")[2]]
    site.client.index(index=index, id=new, document=source | {"headline": "A whale in the harbour", "article_id": new}, refresh=True)  # fmt: skip
    first = told(site.saved, search_id, new)
    page.wait_for_selector("article.item:has-text('A whale in the harbour')")
    expect(page.locator("#said")).to_have_text("New: A whale in the harbour")
    assert page.locator(".missing").count() == 0
    shoot(page, "saved-live")
    page.reload()
    assert page.locator("article.item:has-text('whale')").count() == 1
    site.client.delete(index=index, id=new, refresh=True)
    told(site.saved, search_id, new, first)
    page.wait_for_selector("article.item:has-text('A story was withdrawn')")
    assert page.locator("article.item").count() == 1
    assert "whale in the harbour" not in page.locator("[data-alerts]").inner_text()
    page.get_by_text("Delete this saved search").click()
    shoot(page, "saved-delete")
    address = page.url
    page.get_by_role("button", name="Delete it").click()
    page.wait_for_url("**/search?q=whale*")
    visit.open(address.removeprefix(site.address), 404)


def test_the_keys_go_past_what_was_withdrawn(visit: Visit) -> None:
    search, token = visit.site.saved.add("Ferries", {"q": "ferries"})
    first, last = (visit.site.article(words) for words in ("walk out", "Donau"))
    told(visit.site.saved, search.search_id, first.rpartition("/")[2])
    told(visit.site.saved, search.search_id, GONE, told(visit.site.saved, search.search_id, GONE))
    told(visit.site.saved, search.search_id, last.rpartition("/")[2])
    page = visit.open(f"/saved/{search.search_id}?token={token}")
    for _ in range(2):
        page.keyboard.press("j")
    assert page.evaluate("document.activeElement.pathname") == first


def test_without_javascript_everything_is_there(browser: Browser, site: Site) -> None:
    visit = Visit(new_page(browser, java_script_enabled=False), site)
    page = visit.open("/")
    assert page.locator("article.item").count() > 10
    assert not page.locator(".live").is_visible()
    page.fill("input[name=q]", "ferries")
    page.press("input[name=q]", "Enter")
    page.get_by_role("link", name="Every telling").click()
    page.get_by_role("link", name="Ferry crews walk out").click()
    assert "UTC" in page.locator(".story time").first.inner_text()
    page.get_by_role("link", name="All changes, word by word").click()
    expect(page.locator("del").first).to_be_attached()
    shoot(page, "without-javascript")
    visit.check()
    visit.page.context.close()


def test_the_live_list_has_new_stories_at_once_and_loses_those_that_are_withdrawn(visit: Visit) -> None:
    page = visit.open("/")
    page.wait_for_selector(".ticker li")
    path = visit.site.article("Islanders")
    id_ = path.rpartition("/")[2]
    source = visit.site.documents["articles"][id_]
    index = visit.site.settings.named("articles")
    new = source | {"headline": "A whale in the harbour", "shown_at": "2026-03-01T20:00:00Z", "article_id": "whale"}
    visit.site.client.index(index=index, id="whale", document=new, refresh=True)
    page.wait_for_selector(".ticker .new:has-text('A whale in the harbour')")
    expect(page.locator("#said")).to_have_text("New: A whale in the harbour")
    shoot(page, "live")
    visit.site.client.delete(index=index, id="whale", refresh=True)
    page.wait_for_selector(".ticker li:has-text('whale')", state="detached")
