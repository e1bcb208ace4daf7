"""Addresses for readers, of any text at all."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

import lxml.html
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.addresses import public, public_code
from pipeline.formats.html_text import sanitised
from pipeline.identity import canonical_url

PARTS = st.sampled_from(
    ["http", "https", "javascript", "data", "://", ":", "//", "/", "\\", "@", "?", "#", "user", "h.example", "[", "]", "::1", ":80",
     " ", "\n", "\x01", '"', "'", "<", ">", "%0a", "é", "amp", "m.", "a=b&", "..", "\u202e", "\ud7ff"]
)  # fmt: skip
ADDRESSES = st.one_of(st.text(max_size=60), st.lists(PARTS, max_size=12).map("".join))


@given(ADDRESSES, st.none() | st.just("https://base.example/a/b"))
@example("https:\\\\evil.example", "https://base.example/")
def test_an_address_is_whole_and_stays_as_it_is(text: str, base: str | None) -> None:
    found = public(text, base)
    if found is not None:
        parts = urlsplit(found)
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        assert "@" not in parts.netloc
        assert not set(found) & set(" \"'<>\\\n\r\t\x00\x01")
        assert public(found) == found


@given(ADDRESSES)
def test_a_code_stays_as_it_is(text: str) -> None:
    found = public_code(text)
    assert found is None or public_code(found) == found


@given(ADDRESSES)
def test_a_canonical_address_is_one_for_readers_too(text: str) -> None:
    found = canonical_url(text)
    if found is not None:
        assert public(found)
        assert canonical_url(found)


@given(st.lists(st.one_of(ADDRESSES, st.sampled_from(["<p>", "<a href='", "'>", "<img src=", "</a>", "<script>", "<svg><style>", "<!--", "<p title=\""])), max_size=12).map("".join))  # fmt: skip
def test_sanitising_twice_changes_nothing_more(markup: str) -> None:
    once = sanitised(markup, "https://base.example/")
    assert once is None or sanitised(once, "https://base.example/") == once
    linked = sanitised(f'<p>x<a href="{escape(markup)}">y</a></p>')
    assert linked
    for href in lxml.html.fragment_fromstring(linked).xpath("//@href"):
        assert str(href).strip().casefold().startswith(("http://", "https://", "mailto:"))
