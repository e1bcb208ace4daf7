"""The pages without Elasticsearch: what they say where something is missing, and what all of them have."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest

from pipeline.errors import Fatal, Retry
from tests.support.pages import OneArticle, get

ID = "6c1f2c0e-0000-4000-8000-000000000000"
ARTICLE: dict[str, Any] = {
    "article_id": ID, "story_id": ID, "headline": "Ferries", "publisher": "herald", "body": "They stop.", "status": "public",
    "shown_at": "2026-03-01T12:00:00Z", "revision": {"event_id": "2", "modified": "2026-03-01T12:00:00Z", "received": "2026-03-01T12:00:00Z"},
}  # fmt: skip
PAST = ARTICLE | {"body": "They sail.", "status": "superseded", "withheld": False, "revision_key": "1.0.a", "revision": ARTICLE["revision"] | {"event_id": "1"}}  # fmt: skip
EVERY = ("/", "/search?q=x", f"/articles/{ID}", f"/articles/{ID}/revisions", f"/articles/{ID}/comments", f"/stories/{ID}", "/comments?q=x", "/help", "/nothing")  # fmt: skip


def test_every_page_is_one_document_with_landmarks_and_nothing_inline() -> None:
    for answer in get(OneArticle(ARTICLE, [], [PAST]), *EVERY):
        page: Any = lxml.html.document_fromstring(answer.content)
        assert [len(page.xpath(f"//{tag}")) for tag in ("h1", "main", "header[@class='top']", "footer")] == [1, 1, 1, 1]
        assert page.xpath("//@lang")[0] == "en"
        assert not page.xpath("//@style | //style | //@autofocus | //script[not(@src or @type='application/ld+json')]")
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert page.xpath("//link[@rel='icon']/@href") == ["/favicon.svg"]


@pytest.mark.parametrize(
    ("alias", "words"),
    [("history", "Earlier versions can’t be shown right now"), ("comments", "comments can’t be shown right now")],
)
@pytest.mark.parametrize("error", [Fatal("the credentials for http://10.0.0.5 don't allow this"), Retry("away")])
def test_an_article_is_shown_without_the_part_that_fails(alias: str, words: str, error: Exception) -> None:
    reader = OneArticle(ARTICLE, [], [PAST])
    reader.error, reader.failing = error, {alias}
    (answer,) = get(reader, f"/articles/{ID}")
    assert answer.status_code == 200
    assert words in answer.text
    assert "They stop." in answer.text
    assert "10.0.0.5" not in answer.text


def test_the_front_page_is_shown_without_trends_and_stories() -> None:
    reader = OneArticle(ARTICLE)
    reader.error, reader.failing = Retry("away"), {"trends", "stories"}
    (answer,) = get(reader, "/")
    assert (answer.status_code, "Ferries" in answer.text) == (200, True)


def test_the_first_story_is_shown_with_how_it_begins() -> None:
    for given, shown in (({}, "They stop."), ({"summary": "A strike."}, "A strike.")):
        (answer,) = get(OneArticle(ARTICLE | given), "/")
        assert f'<p class="snippet" dir="auto">{shown}' in answer.text
    reader = OneArticle({name: value for name, value in ARTICLE.items() if name not in ("body", "summary")})
    (answer,) = get(reader, "/")
    assert (answer.status_code, "snippet" in answer.text) == (200, False)


def test_errors_are_words_and_name_no_engine() -> None:
    reader = OneArticle(ARTICLE)
    reader.error = Retry("Elasticsearch at http://10.0.0.5:9200 does not answer; `dateline status` shows the engines")
    for answer in get(reader, "/", "/search?q=x", f"/articles/{ID}", f"/stories/{ID}", f"/comments/{ID}"):
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert "Try again in a moment" in answer.text
        assert "10.0.0.5" not in answer.text
        assert "dateline status" not in answer.text
    gone, long, dated = get(OneArticle(ARTICLE), "/articles/none", f"/search?q={'x' * 3000}", "/search?since=whenever")
    assert (gone.status_code, long.status_code, dated.status_code) == (404, 422, 422)
    assert "String should" not in long.text, "no words of the library's"
    assert "2026-03-14" in dated.text, "what can be written there"


def test_the_front_page_hands_a_search_on_and_others_parameters_are_ignored() -> None:
    front, results = get(OneArticle(ARTICLE), "/?q=ferries", "/search?q=ferries&utm_source=x&section=&page=9")
    assert (front.status_code, front.headers["location"]) == (307, "/search?q=ferries")
    assert results.status_code == 200


def test_a_way_back_leads_to_a_search_only() -> None:
    for back, shown in (("/search?q=x", True), ("https://evil.example/", False), ("//evil.example/search?", False)):
        (answer,) = get(OneArticle(ARTICLE), f"/articles/{ID}?back={back}")
        assert (f'href="{back}"' in answer.text) is shown


def test_where_programs_need_a_key_no_page_leads_readers_to_what_asks_for_one() -> None:
    def leads(**settings: Any) -> set[str]:
        pages: list[Any] = [lxml.html.document_fromstring(one.content) for one in get(OneArticle(ARTICLE, [], [PAST]), *EVERY, **settings)]  # fmt: skip
        return {path for page in pages for path in page.xpath("//@href") if path.startswith("/v1/")}

    assert len(leads()) > 3
    assert leads(search_keys={"website": "a" * 64}) == set()


def test_comments_are_searched_on_a_page_of_their_own() -> None:
    comment = {
        "comment_id": "c1",
        "author": "<b>Ann</b>",
        "text": "Well <i>said</i>.",
        "publisher": "herald",
        "posted": "2026-03-01T12:00:00Z",
    }
    reader = OneArticle(ARTICLE, [comment])
    answer, narrowed, wrong = get(
        reader,
        "/comments?q=said",
        f"/comments?q=said&article={ID}&publisher=herald&utm_source=x",
        "/comments?sort=best",
    )
    page: Any = lxml.html.document_fromstring(answer.content)
    assert page.xpath("//h1")[0].text_content() == "5 comments for “said”"
    assert page.xpath("//mark/text()") == ["Well <i>said</i>."], "marked, and escaped"
    assert page.xpath("//h2/a[@href='/comments/c1']")[0].text_content() == "<b>Ann</b>"
    assert page.xpath(f"//p[@class='meta']/a[@href='/articles/{ID}']")[0].text_content() == "Ferries"
    assert f"/comments?q=said&article={ID}" in page.xpath("//ul[@class='facet']//a/@href"), "narrowed by a story"
    assert page.xpath("//a[@rel='next']/@href") == ["/comments?q=said&cursor=cursor"]
    chips: Any = lxml.html.document_fromstring(narrowed.content).xpath("//ul[@class='chips']//a[bdi]")
    assert [(one.xpath("bdi")[0].text, one.get("href")) for one in chips] == [
        ("Ferries", "/comments?q=said&publisher=herald"), ("herald", f"/comments?q=said&article={ID}"),
    ]  # fmt: skip
    assert wrong.status_code == 422
    (empty,) = get(OneArticle(ARTICLE), "/comments?q=nothing")
    assert "Nothing found" in empty.text


def test_two_places_of_one_name_are_two() -> None:
    def paris(latitude: float, longitude: float) -> dict[str, Any]:
        named = {"name": "Paris", "kind": "place", "count": 1, "latitude": latitude, "longitude": longitude}
        return ARTICLE | {"places": ["Paris"], "entities": [named], "locations": [{"lat": latitude, "lon": longitude}]}

    links: list[str] = []
    for article in (paris(48.85341, 2.3488), paris(33.66094, -95.55551)):
        page: Any = lxml.html.document_fromstring(get(OneArticle(article), f"/articles/{ID}")[0].content)
        found = set(page.xpath("//a[bdi='Paris']/@href"))
        assert len(found) == 1, "the map and the list lead to the same"
        links += found
    assert links == [
        "/search?place=Paris&near=48.85%2C2.35&distance=25km",
        "/search?place=Paris&near=33.66%2C-95.56&distance=25km",
    ]
    both = paris(48.85341, 2.3488)
    both["entities"] = [*both["entities"], *paris(33.66094, -95.55551)["entities"]]
    page = lxml.html.document_fromstring(get(OneArticle(both), f"/articles/{ID}")[0].content)
    assert "/search?place=Paris" in page.xpath("//a[bdi='Paris']/@href"), "it is not known which of the two"


def test_earlier_changes_are_a_page_away() -> None:
    history = [
        PAST
        | {"body": f"Text {n}.", "revision_key": f"{n}.0.r{n}", "revision": PAST["revision"] | {"event_id": f"r{n}"}}
        for n in range(1, 120)
    ]
    reader = OneArticle(ARTICLE, [], history)
    seen: list[str] = []
    path: str | None = f"/articles/{ID}/revisions"
    while path:
        page: Any = lxml.html.document_fromstring(get(reader, path)[0].content)
        seen += page.xpath("//ol[@class='past']/li/@id")
        path = next(iter(page.xpath("//a[@rel='next']/@href")), None)
    assert seen == [f"v{n}" for n in range(120, 1, -1)], "each change once"
