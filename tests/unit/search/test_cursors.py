"""Cursors: come back as they went, and nothing else is one."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.process.problems import Problem
from pipeline.search import cursors
from pipeline.search.cursors import Cursor

NOW = datetime(2026, 3, 14, 12, 0, 0, 123000, tzinfo=UTC)


@given(
    st.lists(
        st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text('aé京"', max_size=5),
        max_size=5,
    )
)
def test_a_cursor_comes_back_as_it_went(values: list[int | float | str]) -> None:
    cursor = Cursor("ab", NOW, tuple(values), ("s1", "s2"))
    text = cursor.encoded()
    assert text.isascii()
    assert "=" not in text
    assert cursors.decoded(text, "ab") == cursor


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_anything_else_is_a_400(text: str) -> None:
    with pytest.raises(Problem) as refused:
        cursors.decoded(text, "ab")
    assert (refused.value.status, refused.value.members) == (400, {"parameter": "cursor"})


@pytest.mark.parametrize(
    "parts",
    [
        ["ab", 10**30, [], []], ["ab", 0, [None], []], ["ab", 0, [[1]], []], ["ab", 0, [{}], []], ["ab", 0, [True], []],
        ["ab", 0, [1], [1]], ["ab", "0", [1], []], ["other", 0, [1], []], ["ab", 0, [10**30], []], ["ab", 0, ["\ud800"], []], {}, [], "ab", 1,
    ],
)  # fmt: skip
def test_a_forged_one_is_a_400_too(parts: object) -> None:
    text = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
    with pytest.raises(Problem, match="cursor"):
        cursors.decoded(text, "ab")


def test_values_of_other_types_are_a_400() -> None:
    text = Cursor("ab", datetime(2026, 3, 14, tzinfo=UTC), (1,)).encoded()
    assert cursors.decoded(text, "ab", (int,)).values == (1,)
    with pytest.raises(Problem, match="cursor"):
        cursors.decoded(text, "ab", (str, str))
