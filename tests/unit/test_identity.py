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
