"""A body as a page shows it: nothing but text, elements of a list and addresses that readers may follow."""

from __future__ import annotations

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.pages.body import body, marker, with_marks
from tests.unit.stages.normalize.test_hostile import HOSTILE


def test_paragraphs_are_text_with_a_place() -> None:
    found = body({"body": "One <b>.\n\nTwo,\nlines."})
    assert found.html == '<p id="p1" dir="auto">One &lt;b&gt;.</p><p id="p2" dir="auto">Two,<br>lines.</p>'
    assert found.place_of("Two, lines") == "p2"
    assert found.place_of("three") is None


def test_markup_stays_where_it_says_what_the_text_says() -> None:
    markup = '<h3>Who</h3><p>The <em>city</em> pays. <a href="https://a.example/x">More</a></p><ul><li>One</li></ul><img src="https://b.example/p.jpg" alt="A port">'
    found = body({"body": "Who\n\nThe city pays. More\n\nOne", "body_html": markup}, ["city"])
    assert found.html.startswith(
        '<h2 id="p1" dir="auto">Who</h2><p id="p2" dir="auto">The <em><mark>city</mark></em> pays.'
    )
    assert '<a href="https://a.example/x" rel="noopener nofollow">More</a>' in found.html
    assert "<img" not in found.html
    assert '<a class="picture" href="https://b.example/p.jpg"' in found.html
    other = body({"body": "Something else entirely, and longer.", "body_html": markup})
    assert other.html == '<p id="p1" dir="auto">Something else entirely, and longer.</p>'


@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_in_it_runs(value: str) -> None:
    _check(str(body({"body": value, "body_html": value}, [value]).html))


@given(st.text(alphabet="<>/\"'= abhrefimgscpt:&;!-", max_size=60))
def test_no_markup_is_more_than_the_list(value: str) -> None:
    _check(str(body({"body": "x", "body_html": f"<p>{value}</p>"}).html))


def _check(made: str) -> None:
    for element in lxml.html.fragment_fromstring(made, create_parent="div").iter():
        assert element.tag not in ("script", "style", "iframe", "img", "svg", "object", "form")
        assert set(element.attrib) <= {
            "id",
            "dir",
            "href",
            "rel",
            "class",
            "title",
            "datetime",
            "colspan",
            "rowspan",
            "role",
            "aria-label",
            "tabindex",
        }
        assert str(element.get("href") or "https://").startswith(("https://", "http://", "mailto:"))


def test_words_are_marked_whole() -> None:
    words = marker(["port", "罢工"])
    assert with_marks("The port’s <port> airport 在罢工中", words) == (
        "The <mark>port</mark>’s &lt;<mark>port</mark>&gt; airport 在<mark>罢工</mark>中"
    )
    assert with_marks("a & b", marker([" "])) == "a &amp; b"
