"""The table of formats: documented, named once, and tried in an order that has a meaning."""

from __future__ import annotations

import re

import pytest

from pipeline.errors import Reject
from pipeline.formats.items import Item
from pipeline.formats.table import FORMATS, detect
from tests.conftest import ROOT


def test_every_format_is_documented_under_its_name() -> None:
    table, _, _ = (ROOT / "docs" / "formats.md").read_text().partition("\n## ")
    documented = re.findall(r"^\| `([a-z0-9 -]+)` \|", table, re.MULTILINE)
    names = [format_.name for format_ in FORMATS]
    assert set(documented) == set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'{"specversion": "1.0", "uri": "u", "headline": "h", "data": {}}', "events"),
        (b'<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:wxr_version/></channel></rss>', "wxr"),
        (b"<rss><channel/></rss>", "feed"),
        (b"ZCZC ABC123\n\nHeadline\n\nA paragraph of text.\n\nNNNN", "text wire"),
        (b"Headline\n\nA paragraph of text.\n", "text page"),
    ],
)
def test_what_two_formats_recognise_is_read_as_the_first(content: bytes, name: str) -> None:
    assert detect(Item(content, "test")).name == name


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{}", "this is JSON \\(an empty object\\)"),
        (b"{ not json", "can't be read"),
        (b"<unknown/>", "root element 'unknown'"),
        (b"\x00\x01", "binary"),
        (b"word", "no news page"),
        (b"SQLite format 3\x00\x10\x00", "an SQLite database"),
        (b"PK\x03\x04\x14\x00", "a ZIP file; unpack it"),
    ],
)
def test_what_no_format_recognises_is_described(content: bytes, words: str) -> None:
    with pytest.raises(Reject, match=words) as refused:
        detect(Item(content, "test"))
    assert refused.value.reason == "unknown-format"
