"""Marks around found words: in pairs, whatever Elasticsearch cut off."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.highlights import CLOSE_TAG, MARK_CLOSE, MARK_OPEN, OPEN_TAG, balanced, marked, settings


@given(st.text(st.sampled_from([OPEN_TAG, CLOSE_TAG, MARK_OPEN, MARK_CLOSE, "a", " ", "\n", "é"]), max_size=40))
def test_every_fragment_has_equal_marks_and_its_whole_text(fragment: str) -> None:
    found = balanced(fragment)
    assert re.fullmatch(f"([^{MARK_OPEN}{MARK_CLOSE}]|{MARK_OPEN}[^{MARK_OPEN}{MARK_CLOSE}]*{MARK_CLOSE})*", found)
    bare = f"[{MARK_OPEN}{MARK_CLOSE}{OPEN_TAG}{CLOSE_TAG}]"
    assert re.sub(bare, "", found) == re.sub(bare, "", fragment)


def test_a_mark_that_was_lost_at_the_edge_marks_no_more_than_its_fragment() -> None:
    assert balanced(f"ferry{CLOSE_TAG} crews {OPEN_TAG}walk") == f"ferry crews {MARK_OPEN}walk{MARK_CLOSE}"


def test_the_tags_are_none_that_java_trims() -> None:
    asked = settings({})
    assert all(ord(tag) > 0x20 for tag in (*asked["pre_tags"], *asked["post_tags"]))


def test_of_several_analyses_of_a_field_the_one_that_found_most_is_shown() -> None:
    found = marked(
        {
            "headline": ["ferry crews"],
            "stemmed.en.headline": [f"{OPEN_TAG}ferry{CLOSE_TAG} {OPEN_TAG}crews{CLOSE_TAG}"],
            "headline.folded": [f"{OPEN_TAG}ferry{CLOSE_TAG} crews"],
            "faq.answer": ["no"],
        }
    )
    assert found == {"headline": [f"{MARK_OPEN}ferry{MARK_CLOSE} {MARK_OPEN}crews{MARK_CLOSE}"], "faq.answer": ["no"]}
