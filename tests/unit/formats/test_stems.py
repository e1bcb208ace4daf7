from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats.desk_words import STEMS as DESK
from pipeline.formats.stems import Stems

_DESK = Stems(DESK)


@given(st.lists(st.sampled_from((*DESK, " ", "\n", "e", "Z", "–", "\ud800", "😀", "publ", "掲"))).map("".join))
def test_it_finds_what_looking_for_each_finds(text: str) -> None:
    assert sorted(_DESK.among(text)) == sorted({stem for stem in DESK if stem in text})


@given(st.lists(st.text("abc", min_size=1, max_size=5), max_size=20), st.text("abcd", max_size=40))
def test_of_any_stems(stems: list[str], text: str) -> None:
    assert sorted(Stems(stems).among(text)) == sorted({stem for stem in stems if stem in text})
