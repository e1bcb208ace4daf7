"""Which of the addresses that a page declares is its own."""

from __future__ import annotations

import pytest

from pipeline.formats.page_address import is_section, own_address

PAGE = "https://www.w.example/news/2026/bridge"


@pytest.mark.parametrize(
    ("declared", "fetched_from", "own"),
    [
        ([PAGE], f"{PAGE}?utm_source=x", PAGE),
        ([PAGE], "https://m.w.example/news/2026/bridge", PAGE),
        ([PAGE], f"{PAGE}/amp", PAGE),
        ([PAGE], f"{PAGE}/2", PAGE),
        ([PAGE], "https://www.w.example/?p=12", PAGE),
        (["/news/2026/bridge"], "https://www.w.example/n/12", PAGE),
        # the home page, a section, another host, less than the page
        (["https://www.w.example/"], PAGE, PAGE),
        (["https://www.w.example/news/"], PAGE, PAGE),
        (["https://www.w.example", PAGE], f"{PAGE}?s=1", PAGE),
        (["https://other.example/news/2026/bridge"], PAGE, PAGE),
        (["https://bea.github.io/a"], "https://ann.github.io/a", "https://ann.github.io/a"),
        (["https://w.example/story.php"], "https://w.example/story.php?id=7", "https://w.example/story.php?id=7"),
        (["https://w.example/story.php?id=7"], "https://w.example/story.php?id=7&page=2", "https://w.example/story.php?id=7"),
        (["javascript:void(0)", ""], PAGE, PAGE),
        # what a template left, the safe page's other scheme, an edition, a login
        (["{{canonical}}"], PAGE, PAGE),
        (["undefined", "null"], PAGE, PAGE),
        (["https://www.w.example/news/undefined"], PAGE, PAGE),
        (["https://www.w.example/%7B%7Burl%7D%7D"], PAGE, PAGE),
        ([PAGE.replace("https:", "http:")], PAGE, PAGE),
        (["https://www.w.example/en/"], PAGE, PAGE),
        (["https://www.w.example/en/"], "https://www.w.example/en/", "https://www.w.example/en/"),
        (["https://www.w.example/login"], PAGE, PAGE),
        (["undefined", PAGE], None, PAGE),
        # where no publisher is: a copy
        ([PAGE], "http://127.0.0.1:8000/bridge.html", PAGE),
        ([PAGE], "http://localhost/bridge.html", PAGE),
        ([PAGE], f"https://web.archive.org/web/2026/{PAGE}", PAGE),
        ([PAGE], f"https://evil.example/?from={PAGE}", f"https://evil.example/?from={PAGE}"),
        # of a file
        ([PAGE], None, PAGE),
        (["https://www.w.example/", PAGE], None, PAGE),
        (["https://www.w.example/news/", PAGE], None, PAGE),
        (["https://www.w.example/"], None, "https://www.w.example/"),
        ([None], None, None),
    ],
)  # fmt: skip
def test_the_address_that_can_be_the_pages_own(declared: list[str | None], fetched_from: str | None, own: str) -> None:
    assert own_address(declared, fetched_from) == own


@pytest.mark.parametrize(
    ("url", "section", "is_one"),
    [
        ("https://w.example/news/", None, True), ("https://w.example/Politik", None, True), ("https://w.example/stadt", "Stadt", True),
        ("https://w.example/bridge", None, False), ("https://w.example/news/bridge", "News", False), ("https://w.example/news?id=1", None, False),
        ("https://w.example/", "News", False),
    ],
)  # fmt: skip
def test_a_section_is_known_by_its_name(url: str, section: str | None, is_one: bool) -> None:
    assert is_section(url, section) is is_one
