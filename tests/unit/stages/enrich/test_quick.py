"""What is looked for in a quick way is what its plain pattern finds."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.stages.clustering import sign
from pipeline.stages.enrich.words import WORD, words_in

_PIECES = (
    "a", "Word", "don’t", "o'", "'", "’", "-", "--", "mother-in-law", "ſ", "K", "ﬁ", "²", "½", "Ⅳ", "ª", "٣", "𝟗", "𝖙𝖗", "日本", "ж", "e\u0301", "_", "x_y", "3rd",
    "1,234", "12.5", "1.234.567", "2019", "7", "$5", "12a", ".", ",", ";", "“", "”", "–", "—", " ", "  ", "\n", "\u00a0", "\t", "\x1c", "(", ")", "\ud800",
    "Éire", "éire", "Kyiv", "Harbour", "Monday", "FRİDAY", "frıday", "thurſday", "Mondays", "xMonday", "miércoles", "MIE\u0301RCOLES", "SAMSTAG", "Sonnabend", "segunda-feira",
)  # fmt: skip
_TEXTS = st.one_of(st.lists(st.sampled_from(_PIECES)).map("".join), st.text(st.characters(exclude_categories=())))


@given(_TEXTS)
@example("workers' union, 'tis – rock-'n'-roll a--b")
def test_words(text: str) -> None:
    assert words_in(text) == WORD.findall(text)


@given(_TEXTS)
def test_numbers(text: str) -> None:
    assert sign._numbers(text) == set(sign._NUMBER.findall(text))


@given(_TEXTS)
def test_proper_names(text: str) -> None:
    plain = r"(?<=[\w,;’'\-–] )[^\W\d_a-z][^\W\d_]{3,}(?:[-’'][^\W\d_]+)*"
    assert sign._PROPER.findall(text) == re.findall(plain, text)


@given(_TEXTS, st.sampled_from([*sign._WEEKDAYS, None, "sw"]))
def test_days(text: str, language: str | None) -> None:
    names = sign._WEEKDAYS.get(language or "en", ())
    assert sign._days((text,), language) == sum(
        1 << n for n, name in enumerate(names) if re.search(rf"\b(?:{name})\b", text, re.IGNORECASE)
    )
