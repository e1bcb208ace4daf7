"""Parts of a page, each by itself: JSON in scripts, who wrote it, what is hidden, furniture."""

from __future__ import annotations

import json
from typing import Any

import lxml.html
import pytest

from pipeline.formats import furniture, hidden, html_page, page_headline, page_source, wrapped_json
from pipeline.formats.items import Item, Story

TEXT = (
    "<p>The council of Port Alder voted on Tuesday to close the old swing bridge for repairs that last until the autumn.</p>"
    "<p>Engineers had found cracks in two of the four bearings during the yearly inspection, the harbour master said.</p>"
    "<p>Shopkeepers on the east bank fear for their summer; the mayor promised a ferry for people on foot.</p>"
)


def read(body: str, head: str = "", url: str | None = None) -> Story:
    html = f"<html lang='en'><head><title>Bridge closes</title>{head}</head><body>{body}</body></html>"
    return html_page.read(Item(html.encode(), "test", None, url))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('// <![CDATA[\n{"a": "https://x//y"};\n// ]]>', [{"a": "https://x//y"}]),
        ('// <![CDATA[ {"a": 1}; // ]]>', [{"a": 1}]),
        ('/*<![CDATA[*/{"a": [1, 2,],}/*]]>*/', [{"a": [1, 2]}]),
        ('<!--\n{"a": "<!-- kept --> // too"}\n-->', [{"a": "<!-- kept --> // too"}]),
        ('<!--//--><![CDATA[//><!--\n[{"a": 1}]\n//--><!]]>', [[{"a": 1}]]),
        ('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}]),
        ('{"a": 1};\n{"b": 2,};', [{"a": 1}, {"b": 2}]),
        ("{&quot;a&quot;: &quot;b &amp;amp; c&quot;}", [{"a": "b &amp; c"}]),
        ('{"a": "it\\\'s \\d"}', [{"a": "it's \\d"}]),
        ('<p>{<br />\n"a": 1,<br />"b": 2}</p>', [{"a": 1, "b": 2}]),
        ('window.data = {"a": "line\nbreak"};', [{"a": "line\nbreak"}]),
        ('{"a": 1} and [some more', [{"a": 1}]),
        ('{"a": "says "no", and goes", "b": "x"}', [{"a": 'says "no", and goes', "b": "x"}]),
        ('{"a": ["the "old" one", "b"], "c": true}', [{"a": ['the "old" one', "b"], "c": True}]),
        ("no JSON", []),
        ('{"a":', []),
        ("", []),
        ("[" * 100_000, []),
    ],
)
def test_json_in_a_script(text: str, values: list[Any]) -> None:
    assert wrapped_json.values(text) == values


def test_an_opinion_piece_in_a_section_called_comment_is_a_story() -> None:
    story = read(f"<div class='comment' id='comment-12'><h1>Why the bridge must close</h1>{TEXT}</div>")
    assert len(story.paragraphs) == 3
    assert story.comments == []


@pytest.mark.parametrize(
    ("selector", "ids"),
    [
        (".wall", ["a", "b"]), ("#a", ["a"]), ("div.wall", ["a"]), ("article .wall", ["b"]), ("article > .wall", ["b"]),
        ("main > .wall", []), ("[data-paid='1']", ["b"]), ("[data-paid]", ["b"]), ("#a, .other", ["a"]), ("p:first-child", []), ("", []),
    ],
)  # fmt: skip
def test_selectors_of_what_is_not_free(selector: str, ids: list[str]) -> None:
    tree = lxml.html.fromstring(
        "<main><div><div id='a' class='x wall'>1</div></div><article><p id='b' class='wall' data-paid='1'>2</p></article></main>"
    )
    assert [one.get("id") for one in hidden.selected(tree, selector)] == ids


def test_a_page_that_is_hidden_until_a_script_shows_it_is_read() -> None:
    story = read(f"<main style='display:none'><h1>Swing bridge closes for the summer</h1>{TEXT}</main><p>Loading</p>")
    assert len(story.paragraphs) == 3


def test_an_initial_that_is_only_hidden_from_being_read_aloud_stays() -> None:
    story = read(
        f"<article><h1>Swing bridge closes for the summer</h1>{TEXT.replace('The council', '<span aria-hidden=true>T</span>he council')}</article>"
    )
    assert story.paragraphs[0].startswith("The council")


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("Bridge closes | The Echo", "Bridge closes"), ("The Echo - Bridge closes", "Bridge closes"), ("Bridge closes – News – The Echo", "Bridge closes – News"),
        ("Bridge closes", "Bridge closes"), ("The Echo", "The Echo"), ("Well-known bridge closes", "Well-known bridge closes"),
        ("Swing bridge closes for good | Sport", "Swing bridge closes for good"), ("Echo of the past - a story", "Echo of the past - a story"),
    ],
)  # fmt: skip
def test_a_headline_without_the_site(text: str, headline: str) -> None:
    assert page_headline.without_site(text, {"echo"}, ["Swing bridge closes for good"]) == headline


@pytest.mark.parametrize(
    ("content", "at"),
    [
        (b"<!DOCTYPE html><html><head>", 0),
        (b"Warning: x in y\n<html><head>", 16),
        (b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n<!doctype html><html><body>", 25),
        (b"This story is about the tag <html> and others", 0),
        (b'{"text": "<html><body>"}', 0),
        (b"<rss><item><description><html><body>", 0),
    ],
)
def test_where_a_page_begins(content: bytes, at: int) -> None:
    assert page_source.beginning(content) == at


_PAGE = "<!doctype html><html><head><title>x</title></head><body><div><p>The bridge closes"


@pytest.mark.parametrize(
    ("page", "is_cut_off"),
    [
        (_PAGE + ".</p></div></body></html>", False), (_PAGE + ".</p></div></body>", False), (_PAGE + ".</p></div></body>\n<scr", False),
        (_PAGE + " <a href=", True), (_PAGE + " in summ", True), (_PAGE + "</p></div><!-- end", True), (_PAGE + "</p></div><script>var a = '<", True),
        (_PAGE + "</p></div><script>if (a < b) {}</script>", False), (_PAGE + ".</p>", False), (_PAGE + "<div><div><p>.</p>", True),
        ("<!doctype html><title>x</title><p>One, 3 < 4.<p>Two", False), ("<div><p>A part of a page", False), ("", False),
        ("<!doctype html><html><body><p>One<p>Two", False),
    ],
)  # fmt: skip
def test_a_page_whose_end_is_missing(page: str, is_cut_off: bool) -> None:
    assert page_source.is_cut_off(page.encode()) is is_cut_off


def test_looking_for_the_end_of_a_page_takes_no_longer_where_it_has_many_beginnings() -> None:
    assert page_source.is_cut_off(b"<html><body>" + b"<!--" * 500_000)
    assert page_source.is_cut_off(b"<html><body>" + b"<script>" * 500_000)


def test_rows_that_are_no_part_of_the_story() -> None:
    story = ["The bridge closed on Tuesday.", "Who built it? A firm of the town, it is said.", "It opens in autumn."]
    notice = "External content is not available, as your settings prevent it."
    rows = ["Bridge closes", "Ann Lee", "3 May 2026, 10:22", story[0], notice, "Lire aussi : Les harengs sont de retour", story[1], notice, notice, story[2], "Already a subscriber? Log in to your account."]  # fmt: skip
    assert furniture.without(rows, "Bridge closes", "Ann Lee") == story


@pytest.mark.parametrize(
    "row",
    [
        "Updated · Published", "Source: Northwire", "Источник: Гавань", "来源：榛港日报", "Comments are closed.",
        "Note: we are temporarily moderating all comments.", "Les commentaires sont fermés.",
    ],
)  # fmt: skip
def test_a_row_at_the_end_that_is_no_part_of_the_story(row: str) -> None:
    story = ["The bridge closed on Tuesday.", "Sources said: it opens in autumn.", "Comments on the ferry were kinder."]
    assert furniture.without([*story, row], "Bridge closes", None) == story


def test_questions_of_an_interview_are_asked_again() -> None:
    rows = ["What is it that you like best about the town?", "The bridge."] * 3
    assert furniture.without(rows, None, None) == rows


def test_a_section_with_an_id_of_a_headings_words_is_text() -> None:
    sections = "".join(
        f"<section id='sharing-with-{n}-others'>{TEXT.replace('the ', f'the {n} ')}</section>" for n in range(4)
    )
    assert len(read(f"<article><h1>How we share the swing bridge</h1>{sections}</article>").paragraphs) == 12


def test_facts_of_one_article_that_are_declared_in_two_places() -> None:
    first = {
        "@type": "NewsArticle",
        "headline": "Swing bridge closes for the summer",
        "url": "https://p.example/bridge",
    }
    second = {
        "@type": "Article",
        "mainEntityOfPage": {"@id": "https://p.example/bridge/"},
        "author": {"name": "Ann Lee"},
        "datePublished": "2026-05-03",
    }
    head = f"<script type='application/LD+JSON; charset=utf-8'>{json.dumps([first, second])}</script>"
    story = read(
        f"<article><h1>Swing bridge closes for the summer</h1>{TEXT}</article>", head, "https://p.example/bridge"
    )
    assert (story.headline, story.byline, story.published) == (
        "Swing bridge closes for the summer",
        "Ann Lee",
        "2026-05-03",
    )


@pytest.mark.parametrize(
    ("head", "byline"),
    [
        ("<meta name='author' content='admin'>", None),
        ("<meta name='author' content='Ann Lee; Tom Gruber'>", "Ann Lee, Tom Gruber"),
        (
            "<meta name='twitter:label1' content='Verfasst von'><meta name='twitter:data1' content='Karoline Herr'>",
            "Karoline Herr",
        ),
        ("<meta property='og:site_name' content='The Echo'><meta name='author' content='Echo'>", None),
        ("<meta name='author' content='@echo_news'>", None),
    ],
)
def test_authors_in_meta_elements(head: str, byline: str | None) -> None:
    assert read(f"<article><h1>Swing bridge closes for the summer</h1>{TEXT}</article>", head).byline == byline


@pytest.mark.parametrize(
    "lines",
    [
        "<p>By Ann Lee</p>",
        "<p>Par&nbsp;Ann Lee le 3 mai 2026</p>",
        "<small>04.02.2026 | 13:10 Uhr | Ann Lee</small>",
        "<div class='post-author'>Von Ann Lee</div>",
    ],
)
def test_a_byline_beside_the_headline(lines: str) -> None:
    assert read(f"<div><h1>Swing bridge closes for the summer</h1>{lines}{TEXT}</div>").byline == "Ann Lee"


_DECLARED: dict[str, Any] = {
    "@type": "NewsArticle", "@id": "#a", "headline": "Bridge closes", "url": "https://p.example/1", "mainEntityOfPage": {"@id": "https://p.example/1"},
    "author": [{"@type": "Person", "name": "Ann Lee", "url": "https://p.example/ann"}], "publisher": {"@type": "Organization", "name": "Echo"},
    "datePublished": "2026-05-03", "dateModified": "2026-05-04", "keywords": ["bridge"], "description": "Short.", "inLanguage": "en",
    "image": [{"url": "https://p.example/1.jpg", "caption": "The bridge", "creditText": "Ann"}], "articleSection": ["News"],
    "hasPart": [{"isAccessibleForFree": False, "cssSelector": ".wall"}], "about": [{"@type": "Place", "name": "Oslo", "geo": {"latitude": 1}}],
    "comment": [{"@id": "c1", "text": "Yes.", "author": {"name": "Gus"}, "dateCreated": "2026-05-03", "comment": [{"text": "No."}], "parentItem": {"@id": "c0"}}],
    "liveBlogUpdate": [{"headline": "One", "articleBody": "Two."}], "mainEntity": [{"@type": "Question", "name": "Why?", "acceptedAnswer": {"text": "So."}}],
}  # fmt: skip
_ODD: list[Any] = [7, {"name": [{"a": None}]}, [["https://["]]]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inside for found in _paths(one, (*path, key)))]


@pytest.mark.parametrize("path", _paths(_DECLARED), ids=lambda path: "/".join(map(str, path)) or "all")
def test_a_declared_value_of_any_type_costs_no_more_than_that_value(path: tuple[Any, ...]) -> None:
    for odd in _ODD:
        declared = json.loads(json.dumps(_DECLARED)) if path else odd
        inside = declared
        for key in path[:-1]:
            inside = inside[key]
        if path:
            inside[path[-1]] = odd
        script = f"<script type='application/ld+json'>{json.dumps(declared)}</script>"
        story = read(f"<article><h1>Bridge closes</h1>{TEXT}</article>", script, "https://p.example/1")
        assert story.headline
        assert len(story.paragraphs) >= 2


@pytest.mark.parametrize(
    ("addresses", "number"),
    [
        (["p/bridge-1x1.jpg", "p/bridge-4x3.jpg", "p/bridge-16x9.jpg?w=1200"], 1), (["1x1/bridge.jpg", "16x9/bridge.jpg"], 1), (["id/77/image.jpg", "id/78/image.jpg"], 2),
        (["img?url=a.jpg&w=3", "img?url=b.jpg&w=3"], 2), (["crop/3x2/80/?url=https%3A%2F%2Fx.example%2Fa.jpg", "crop/1x1/80/?url=https%3A%2F%2Fx.example%2Fa.jpg"], 1), (["im-12?size=1", "im-12?size=1.33"], 1), (["w_1200,h_675/77/1.jpg", "w_800,h_800/77/1.jpg"], 1), (["a/1.jpg", "b/1.jpg"], 2), (["q-1200x675-1.jpg", "q-800x800-1.jpg"], 1),
        (["bridge_square.jpg", "bridge_wide.jpg"], 1), (["77/master/4-3/f.jpg", "78/master/4-3/f.jpg"], 2), (["bridge.jpg", "ferry.jpg"], 2),
    ],
)  # fmt: skip
def test_a_picture_in_several_ratios_is_one_and_two_with_a_common_name_are_two(
    addresses: list[str], number: int
) -> None:
    images = [f"https://img.example/{one}" for one in addresses]
    declared = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Swing bridge closes",
        "image": images,
    }
    page = read(
        f"<article><h1>Swing bridge closes</h1>{TEXT}</article>",
        f"<script type='application/ld+json'>{json.dumps(declared)}</script>",
    )
    assert len(page.pictures) == number
