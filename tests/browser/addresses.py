"""Every kind of page by its address."""

from __future__ import annotations

from tests.browser.conftest import Site
from tests.support.saved import told

GONE = "00000000-0000-4000-8000-000000000001"


def paths(site: Site) -> dict[str, str]:
    """Every kind of page, by the name of its picture."""
    ferries = site.article("walk out")
    story = site.documents["articles"][ferries.rpartition("/")[2]]["story_id"]
    return {
        "front": "/",
        "results": "/search?q=ferries",
        "results-none": "/search?q=zzzyx",
        "article": ferries,
        "article-marked": f"{ferries}?q=night+shifts",
        "article-rtl": site.article("إضراب"),
        "article-long": site.article("Donau"),
        "article-cjk": site.article("フェリー"),
        "article-markup": site.article("What a"),
        "article-hostile": site.article("alert(1)"),
        "revisions": f"{ferries}/revisions",
        "comments": f"{ferries}/comments",
        "comments-last": f"{ferries}/comments?page=13",
        "story": f"/stories/{story}",
        "help": "/help",
        "comment-results": "/comments?q=number",
        "comment-results-none": "/comments?q=zzzyx",
        "comment-results-narrowed": f"/comments?q=number&article={ferries.rpartition('/')[2]}",
        "saved": saved_page(site, ferries, site.article("إضراب"), site.article("Donau")),
        "saved-empty": saved_page(site),
    }


def saved_page(site: Site, *articles: str) -> str:
    """The page of a search that was told of these, and of one that was withdrawn."""
    search, token = site.saved.add("Ferries Donaudampfschifffahrtsgesellschaftskapitän إضراب", {"q": "ferries"})
    for path in articles:
        told(site.saved, search.search_id, path.rpartition("/")[2])
    if articles:
        told(site.saved, search.search_id, GONE, told(site.saved, search.search_id, GONE))
    return f"/saved/{search.search_id}?token={token}"
