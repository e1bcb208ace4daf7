"""Pages by their layout: ours, and real ones where they are beside the checkout."""

from __future__ import annotations

import json

import pytest

from benchmarks.extraction import ours, score
from pipeline.errors import Reject
from pipeline.formats import html_page, text_page
from pipeline.formats.items import Item, Story
from pipeline.formats.table import detect
from tests.conftest import ROOT, SHARED

PAGES = ROOT / "samples" / "pages"
BENCHMARK = SHARED / "article-extraction-benchmark"


def read(name: str) -> Story:
    item = Item((PAGES / name).read_bytes(), name)
    (page,) = detect(item).read(item)
    assert isinstance(page, Story)
    return page


def test_questions_marked_q_and_a_tags_on_one_line_and_comments_with_labels() -> None:
    page = read("harbour-times.txt")
    assert page.headline.startswith("Ferry Crews Walk Out at Varnholm")
    assert page.byline == "By Ingrid Solberg and Tomas Reyes"
    assert page.section == "Varnholm Port Strike"
    assert page.published == "14 March 2026, 08:20"
    assert len(page.paragraphs) == 6
    assert [faq.question for faq in page.faq] == [
        "Why did the crews stop work?",
        "Which ferries still sail?",
        "Can I get my money back?",
    ]
    assert page.faq[1].answer.startswith("Three of nine")
    assert page.topics == ["Varnholm", "ferry strike", "Harbour Workers’ Union", "night shifts"]
    assert [(c.author, c.posted) for c in page.comments] == [
        ("Lena Fisk", "14 March 2026 at 09:05"),
        ("Oskar B.", "14 March 2026 at 10:41"),
        ("Hanne Dahl", "15 March 2026 at 07:12"),
    ]
    assert "Storm warning" not in str(page.paragraphs)


def test_comments_before_the_text() -> None:
    page = read("coast-courier.txt")
    assert page.headline == "Islanders left waiting as Varnholm ferries stop"
    assert len(page.paragraphs) == 4
    assert page.paragraphs[0].startswith("Varnholm, 14 March.")
    assert [(c.author, c.posted) for c in page.comments] == [
        ("Arne Holt", "2026-03-14 11:02"),
        ("Mette Krogh", "2026-03-14 13:37"),
        ("Paul Iversen", "2026-03-14 19:55"),
    ]
    assert "since 1911" not in str(page)


def test_comments_before_the_text_without_a_heading_between() -> None:
    text = (PAGES / "coast-courier.txt").read_text().replace("The story\n\n", "")
    page = text_page.read(Item(text.encode(), "test"))
    assert len(page.comments) == 3
    assert page.comments[-1].text == "Solidarity. Three winters on those boats taught me what tired means."
    assert len(page.paragraphs) == 4


def test_no_faq_and_dates_with_dots() -> None:
    page = read("northern-post.txt")
    assert page.section == "Economy"
    assert page.modified == "15.03.2026 18:40"
    assert (page.faq, page.topics) == ([], [])
    assert len(page.paragraphs) == 4
    assert [(c.author, c.posted) for c in page.comments] == [
        ("Jens Thorsen", "15.03.2026 19:02"),
        ("Ida Winther", "15.03.2026 21:30"),
    ]
    assert "Who is Greta Lund?" not in str(page.paragraphs)


def test_an_html_page_with_declared_facts_faq_and_threaded_comments() -> None:
    page = read("meridian-news.html")
    assert page.headline == "Varnholm ferries to sail again after overnight deal"
    assert page.byline == "Samir Haddad, Ingrid Solberg"
    assert page.url == "https://www.meridian-news.example/economy/varnholm-ferries-deal"
    assert (page.published, page.modified) == ("2026-03-17T05:45:00+01:00", "2026-03-17T07:10:00+01:00")
    assert len(page.paragraphs) == 5
    assert [faq.question for faq in page.faq] == ["When do the ferries sail again?", "Is the strike over for good?"]
    assert [(c.author, c.text) for c in page.comments] == [
        ("Kirsten Moe", "My suitcase and I are delighted."),
        ("Arne Holt", "See you on the noon boat, then."),
    ]
    assert "garden" not in str(page)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"   \n\n ", "empty"),
        (b"\x00\x01\x02\xff" * 50, "unknown-format"),
        (b"one line only", "unknown-format"),
        (b"<html><body><p>Hi</p></body></html>", "no-headline"),
        (b"<html><title>A title</title><body></body></html>", "no-body"),
        (b"<html><body>" + b"<b><i>" * 5000, "too-deep"),
        (b"Headline of a page with no text\n\nby Someone", "no-body"),
    ],
)
def test_what_is_no_page_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    item = Item(content, "test")
    with pytest.raises(Reject) as refused:
        detect(item).read(item)
    assert refused.value.reason == reason
    assert refused.value.detail


@pytest.mark.skipif(not BENCHMARK.is_dir(), reason="the benchmark pages are not beside this checkout")
def test_real_pages_come_out_better_than_by_the_best_library_alone() -> None:
    f1 = score(BENCHMARK, ours)["F1"]
    assert isinstance(f1, float)
    assert f1 >= 0.975, "trafilatura alone 0.960, the best published 0.974"


@pytest.mark.skipif(not (SHARED / "trafilatura-eval").is_dir(), reason="the pages are not beside this checkout")
def test_comments_of_real_pages_are_found_with_names_and_are_not_in_the_text() -> None:
    found = score(SHARED / "trafilatura-eval", ours)
    assert found["comments"] == "36/62", "the other 26 are not in the pages"
    assert found["bodies without comments"] == "25/25"
    assert str(found["authors that are no name"]).startswith("0/")


def test_microdata_says_what_the_page_is() -> None:
    text = (
        "<p>Ferry crews at the port of Varnholm walked out on Saturday after talks about night shifts failed again.</p>"
        * 4
    )
    page = html_page.read(
        Item(
            f"""<html><body><div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Crews walk out at the port</h1>
            <span itemprop="author" itemscope itemtype="https://schema.org/Person"><b itemprop="name">Ann Lee</b></span>
            <time itemprop="datePublished" datetime="2026-03-14T08:20:00+01:00">today</time><meta itemprop="articleSection" content="Economy">
            <div itemprop="articleBody">{text}</div></div></body></html>""".encode(),
            "test",
        )
    )
    assert (page.headline, page.byline, page.section) == ("Crews walk out at the port", "Ann Lee", "Economy")
    assert page.published == "2026-03-14T08:20:00+01:00"


def test_a_live_page_has_all_the_posts_that_it_declares() -> None:
    posts = [
        {"@type": "BlogPosting", "headline": f"Post {n}", "articleBody": f"What happened at {n} o'clock was this."}
        for n in range(9)
    ]
    declared = json.dumps({"@type": "LiveBlogPosting", "headline": "Port strike, live", "liveBlogUpdate": posts})
    page = html_page.read(
        Item(
            f"<html><body><h1>Port strike, live</h1><script type='application/ld+json'>{declared}</script><p>Loading</p></body></html>".encode(),
            "test",
        )
    )
    assert page.headline == "Port strike, live"
    assert page.paragraphs.count("Post 3") == 1
    assert "What happened at 8 o'clock was this." in page.paragraphs


def test_json_ld_that_names_its_parts_elsewhere() -> None:
    graph = {
        "@graph": [
            {"@type": "Person", "@id": "#p", "name": "Eva Klein"},
            {
                "@type": "https://schema.org/NewsArticle", "headline": "Ferries sail again after a deal", "dateline": "VARNHOLM",
                "author": [{"@id": "#p"}, {"@type": "Person", "name": "Tom Gruber"}],
                "about": [
                    {"@type": "City", "name": "Varnholm", "geo": {"latitude": "59.9", "longitude": 10.7}},
                    {"@type": "Person", "name": "Elise Brandt"}, {"@type": "Thing", "name": "Ferries"},
                ],
                "comment": [
                    {"identifier": 7, "text": "At last.", "author": "Leo", "comment": [{"text": "Yes.", "author": "Mia"}, "odd"]}
                ],
            },
        ]
    }  # fmt: skip
    page = (
        f'<html><head><link rel="canonical" href="/ferries/1"><script type="application/ld+json">{json.dumps(graph)}</script></head>'
        "<body><article><h1>Ferries sail again</h1><p>Ferries sailed again on Monday after an overnight deal between the crews and the port, a union said.</p>"
        "<p>Six of nine ferries left in the morning, and the others will follow on Tuesday, the port authority said.</p></article></body></html>"
    )
    found = html_page.read(Item(page.encode(), "test", None, "https://p.example/ferries/1?from=feed"))
    assert (found.byline, found.dateline, found.url) == (
        "Eva Klein, Tom Gruber", "VARNHOLM", "https://p.example/ferries/1",
    )  # fmt: skip
    assert [(one.kind, one.name, one.latitude) for one in found.named] == [
        ("place", "Varnholm", 59.9), ("person", "Elise Brandt", None),
    ]  # fmt: skip
    assert [(one.own_id, one.parent, one.author) for one in found.comments] == [("7", None, "Leo"), (None, "7", "Mia")]
    assert found.paragraphs[0].startswith("Ferries sailed again on Monday"), "the heading is no part of the text"
