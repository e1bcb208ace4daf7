"""Marks around found words: in pairs, whatever Elasticsearch cut off."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.highlights import balanced, marked, settings
from pipeline.search.matching import MARK_CLOSE, MARK_OPEN


@given(st.text(st.sampled_from([MARK_OPEN, MARK_CLOSE, "a", " ", "\n", "é"]), max_size=40))
def test_every_fragment_has_equal_marks_and_its_whole_text(fragment: str) -> None:
    found = balanced(fragment)
    assert re.fullmatch(f"([^{MARK_OPEN}{MARK_CLOSE}]|{MARK_OPEN}[^{MARK_OPEN}{MARK_CLOSE}]*{MARK_CLOSE})*", found)
    bare = f"[{MARK_OPEN}{MARK_CLOSE}]"
    assert re.sub(bare, "", found) == re.sub(bare, "", fragment)


def test_a_mark_that_was_lost_at_the_edge_marks_no_more_than_its_fragment() -> None:
    assert balanced(f"ferry{MARK_CLOSE} crews {MARK_OPEN}walk") == f"ferry crews {MARK_OPEN}walk{MARK_CLOSE}"
    twins = {"headline": ["ferry"], "stemmed.en.headline": [f"{MARK_OPEN}ferry"]}
    assert marked(twins) == {"headline": [f"{MARK_OPEN}ferry{MARK_CLOSE}"]}


def test_the_marks_are_none_that_java_trims() -> None:
    asked = settings({})
    assert all(ord(tag) > 0x20 for tag in (*asked["pre_tags"], *asked["post_tags"]))
