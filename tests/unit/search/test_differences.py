from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.differences import difference, tokens, words


def test_a_change_is_shown_by_its_words() -> None:
    assert words("Some 5,000 passengers are ashore.", "Some 3,000 passengers wait ashore.") == (
        ("same", "Some "), ("out", "5,000"), ("in", "3,000"), ("same", " passengers "), ("out", "are"), ("in", "wait"), ("same", " ashore."),
    )  # fmt: skip
    assert words("船员在卑尔根罢工", "船员在奥斯陆罢工") == (
        ("same", "船员在"), ("out", "卑尔根"), ("in", "奥斯陆"), ("same", "罢工"),
    )  # fmt: skip
    assert words("Nothing of this.", "Entirely other words!") == (
        ("out", "Nothing of this."), ("in", "Entirely other words!"),
    )  # fmt: skip


def test_unchanged_paragraphs_are_counted_and_new_ones_stand_by_themselves() -> None:
    older = {"headline": "A", "body": "One stays here.\n\nTwo is changed a bit.\n\nThree goes away."}
    newer = {"headline": "A", "body": "One stays here.\n\nA wholly new thought.\n\nTwo was changed a bit."}
    found = difference(older, newer)
    assert not found.fields
    assert found.body[0] == 1
    assert (("in", "A wholly new thought."),) in found.body
    assert (("out", "Three goes away."),) in found.body
    assert difference(older, older).body == (3,)
    assert not difference(older, older)
    long = {"headline": "A", "body": "\n\n".join(map(str, range(3000)))}
    assert difference(older, long).too_long


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_can_be_read_from_their_difference(before: str, after: str) -> None:
    parts = words(before, after)
    assert "".join(text for kind, text in parts if kind != "in") == before
    assert "".join(text for kind, text in parts if kind != "out") == after
    assert "".join(tokens(before)) == before
