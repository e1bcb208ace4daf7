"""Addresses that name one page."""

from __future__ import annotations

import pytest

from pipeline import identity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Example.com:443/a?utm_source=x#top", "https://example.com/a"),
        ("http://example.com/a?id=3&fbclid=9", "http://example.com/a?id=3"),
        ("https://m.example.com/a", "https://www.example.com/a"),
        ("https://en.m.example.org/wiki/A", "https://en.example.org/wiki/A"),
        ("https://www.example.com/a/amp/", "https://www.example.com/a"),
        ("https://www.example.com/amp/a", "https://www.example.com/a"),
        ("https://www.example.com/a.amp.html", "https://www.example.com/a.html"),
        ("https://www.example.com/a?amp=1&id=2", "https://www.example.com/a?id=2"),
        ("https://www.google.com/amp/s/www.example.com/a", "https://www.example.com/a"),
        (
            "https://example.com/share?to=https://other.example/a",
            "https://example.com/share?to=https%3A%2F%2Fother.example/a",
        ),
        ("https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a/amp", "https://www.example.com/a"),
    ],
)
def test_one_page_has_one_address(one: str, other: str) -> None:
    assert identity.canonical_url(one) == identity.canonical_url(other)


@pytest.mark.parametrize("address", ["https://www.example.com/ampere", "https://amps.example.com/a", "https://www.example.com/lamp", "https://example.com/a?ample=1"])  # fmt: skip
def test_what_only_looks_like_amp(address: str) -> None:
    assert identity.canonical_url(address) == address


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "ftp://x/y", "https://", "http://[", "example.com/a", "https://example.com:99999/"],
)
def test_what_is_no_address(address: str) -> None:
    assert identity.canonical_url(address) is None


@pytest.mark.parametrize(
    ("address", "publisher"),
    [
        ("https://www.bbc.co.uk/news/1", "bbc.co.uk"),
        ("https://edition.cnn.com/1", "cnn.com"),
        ("https://ann.github.io/1", "ann.github.io"),
        ("https://www.ann.blogspot.com/1", "ann.blogspot.com"),
        ("https://ann.blogspot.de/1", "ann.blogspot.de"),
        ("https://ann.substack.com/p/1", "ann.substack.com"),
        ("https://ann.wordpress.com/1", "ann.wordpress.com"),
        ("https://paper.pages.dev/1", "paper.pages.dev"),
        ("https://ann.hypotheses.org/1", "ann.hypotheses.org"),
        ("https://ann.free.fr/1", "ann.free.fr"),
        ("https://ann.weebly.com/1", "ann.weebly.com"),
        ("https://service.instatus.com/1", "service.instatus.com"),
        ("https://www.substack.com/1", "substack.com"),
        ("https://news.paper.uk.com/1", "paper.uk.com"),
        ("http://127.0.0.1:80/1", "127.0.0.1"),
    ],
)
def test_each_site_on_a_shared_host_is_a_publisher(address: str, publisher: str) -> None:
    assert identity.registered_domain(address) == publisher


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "N/A", "n.a.", "0", "000", "-", "--", "?", "None", "NULL", "undefined", "nan", "-1", "guid", "tbd", "https://",
     "00000000-0000-0000-0000-000000000000", "urn:uuid:00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}", "ffffffff-ffff-ffff-ffff-ffffffffffff",
     "xxx", "test", "aucun", "ninguno", "geen", "нет", "无", "なし", "keine ID", "sin guid", "nicht vorhanden"],
)  # fmt: skip
def test_a_placeholder_is_no_id(text: str | None) -> None:
    assert not identity.is_id(text)


@pytest.mark.parametrize("text", ["1", "10", "a", "nope", "none-1", "no 1", "Ж", "新", "N/A-7", "https://w.example/0"])
def test_what_only_looks_like_a_placeholder_is_an_id(text: str) -> None:
    assert identity.is_id(text)


def test_an_id_is_unique_everywhere_or_within_its_feed() -> None:
    everywhere = ["https://w.example/1", "tag:w.example,2026:1", "urn:a:1", "yt:video:x", "550e8400-e29b-41d4-a716-446655440000", "7 at w.example/node"]  # fmt: skip
    assert [identity.is_universal(one) for one in everywhere] == [True] * len(everywhere)
    assert [identity.is_universal(one) for one in ("7", "post-7", "post:7", "news/7")] == [False] * 4
    assert identity.within_feed("7", "https://W.example/feed?utm_source=x") == "https://w.example/feed#7"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/a?copy=2&id=1&notify=3&region=4&section=5", "https://example.com/a?cid=12", "https://example.com/a?uid=0f3c9a1be77d42",
        "https://example.com/a?gallery=4", "https://example.com/a?cidade=rio", "https://example.com/a?reference=A12", "https://example.com/news.php?12345",
        "https://example.com/?/news/1", "https://example.com/?12345", "https://example.com/a?glossary=b", "https://example.com", "https://example.com/?p=12",
        "https://example.com/a?t=12345", "https://example.com/a?from=berlin", "https://example.com/?feed=rss2", "https://example.com/a?sid=200", "https://example.com/a?src=map",
        "https://example.com/a?format=rss",
    ],
)  # fmt: skip
def test_a_parameter_that_names_a_page_stays_as_it_is(address: str) -> None:
    assert identity.canonical_url(address) == address


@pytest.mark.parametrize(
    "query",
    ["cid=rss", "uid=share_x", "ref=tw", "ref_src=twsrc", "source=rss", "gad_source=1", "gclid=3", "xtor=RSS-1", "wt.source=a", "sessionid=4", "fbclid", "1700000000",
     "utm_campaign=a&utm_medium=b", "cmpid=de-rss", "CMP=share", "ito=1490", "wt_zmc=a.b", "smid=tw", "partner=rss", "from=rss", "mod=rss_news", "via=twitter",
     "t=1779184800", "_=1779184800123", "_hsenc=a&_hsmi=1", "__twitter_impression=true", "dicbo=v2", "srsltid=a", "PHPSESSID=ab", "share=facebook", "intcmp=a"],
)  # fmt: skip
def test_a_parameter_that_tells_where_a_reader_comes_from_goes(query: str) -> None:
    assert identity.canonical_url(f"https://example.com/a?{query}") == "https://example.com/a"
    assert identity.canonical_url(f"https://example.com/a?{query}&b=1") == "https://example.com/a?b=1"


def test_a_canonical_address_is_its_own() -> None:
    for address in (
        "https://example.com/?utm_source=x",
        "https://example.com/?",
        "https://example.com/a?x=1&amp;b=%C3%A9+a",
    ):
        canonical = identity.canonical_url(address)
        assert canonical is not None
        assert identity.canonical_url(canonical) == canonical


@pytest.mark.parametrize("text", ["{guid}", "%GUID%", "${id}", "{{ post.id }}", "urn:uuid:", "[object Object]", "n.v.", "keine", "sin-id", "<guid>"])  # fmt: skip
def test_a_template_that_was_not_filled_in_is_no_id(text: str) -> None:
    assert not identity.is_id(text)


@pytest.mark.parametrize("text", ["{6F9619FF-8B86-D011-B42D-00C04FC964FF}", "keiner-1", "nv12", "urn:x", "%7B1", "[12]", "urn:uuid:1b"])  # fmt: skip
def test_an_id_in_brackets_is_one(text: str) -> None:
    assert identity.is_id(text)
