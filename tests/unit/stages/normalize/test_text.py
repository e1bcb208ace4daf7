from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import Any

import pytest
from ftfy import TextFixerConfig, fix_text
from ftfy.badness import BADNESS_RE
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.stages.normalize import text as module
from pipeline.stages.normalize.text import ALONE, CAPITALS, LONGEST_SIGN, ODD, QUOTES, clean, repaired

_CONFIG = TextFixerConfig(
    unescape_html=False, uncurl_quotes=False, fix_latin_ligatures=False, fix_character_width=False, normalization="NFC"
)
_REPAIRS = (
    "It\u00e2\u0080\u0099s", "sÃ³", "voilÃ le travail", "Ã la", "Ã la", "l’humanitÃ©", "â€œquotedâ€\x9d", "â€œ lost â€�", "Ð¿ÑÐ¸Ð²ÐµÑ",
    "РїСЂРёРІРµС‚", "вЂњ", "ГўВЂВ a", "ΟΗ", "β€™", "ā€", "В“В", "Β‘Γ", "caf\u0065\u0301", "\u212b", "n\u0303a", "a\u0338\u0301", "\n\u0301", "œ.", "Œ", "Â»", "a Â b", "a Ã ",
    "\x85", "\x93quoted\x94", "\x80", "\r\n", "\r", "\u2028", "\u2029", "\ud83d\ude00", "\ude00", "\x1b[31m", "\x1b", "\x07", "\x7f", "\u206a",
    "\ufeff", "\ufff9", "\ufffc", "\ufffd", "\u00ad", "\u200b", "\u2060", "\u00a0", "\u3000", "\u2009", "\f", "\v", "\x1c", "\t", "  ", " \n ", "\n\n\n",
    "\ufdd0", "\ufdef", "\uffff", "e\u200b\u0301", "\u0915\u00ad\u093c",
    "ﬁ", "Ｗｉｄｅ", "&amp;", "<b>", "“", "”", "‘", "’", "–", "—", "…", "«", "»", "é", "ß", "Ö", "°", "№", "€5", "×²", "à²", "‚Ä¶", "√±", "|", "日本", "ж", "В°С", "א", "😀", "\u200d", "\u202e",
)  # fmt: skip
"""Each needs a repair, by itself or beside others."""
_NEEDS_NONE = (
    "The council voted on Tuesday – by 9 to 7 – to close the “old” bridge… “We’re tired,” said Ms O’Neill.",
    "Der Bürgermeister von Köln sagte, die Straße sei gesperrt. Für über 40 Menschen",
    "Le préfet a déclaré l’été terminé : « ça suffit »",
    "Мэр города сообщил во вторник об отмене рейсов",
    "Ο δήμαρχος ανακοίνωσε",
    "市議会は火曜日、橋の閉鎖を決めた。",
    "قرر المجلس إغلاق الجسر",
    "Two lines\nof one paragraph",
    "20\u00a0km",
)


def _slowly(text: str) -> str:
    """The whole repair, whatever the text is."""
    fixed = re.sub("[\u00ad\u200b\u2060\ufdd0-\ufdef\ufeff\ufffe\uffff]", "", fix_text(text, _CONFIG))
    fixed = unicodedata.normalize("NFC", fixed)
    fixed = re.sub(r" ?\n ?", "\n", re.sub(r"[^\S\n]+", " ", fixed))
    return re.sub(r"\n{3,}", "\n\n", fixed).strip()


def test_text_is_repaired_and_tidied() -> None:
    assert clean("It\u00e2\u0080\u0099s  a\u00a0 test\u200b \r\n\r\n\r\n\r\nof  text ") == "It’s a test\n\nof text"
    assert clean("“Quotes” stay") == "“Quotes” stay"


@given(st.lists(st.sampled_from((*_REPAIRS, "e", "\u0301", "\u1100", "\u1161", "\u3099", "か"))).map("".join))
@example("e\u200b\u0301")
def test_text_is_composed_whatever_is_taken_out_of_it(text: str) -> None:
    assert unicodedata.is_normalized("NFC", clean(text))


@given(st.lists(st.sampled_from((*_REPAIRS, *_NEEDS_NONE, " ", "\n", "a", "Z", "7", "."))).map("".join))
@example("\n".join(_REPAIRS))
@example("a\fÃ b")
def test_the_quick_look_misses_no_repair(text: str) -> None:
    assert clean(text) == _slowly(text)


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_nor_in_any_characters(text: str) -> None:
    assert clean(text) == _slowly(text)


@given(st.text(st.characters(max_codepoint=0x24FF, exclude_categories=["Cc", "Cs"]), max_size=30))
def test_nor_in_text_of_a_wrong_encoding(text: str) -> None:
    for encoding in ("cp1252", "latin-1", "cp1251", "cp1253", "cp1257", "macroman"):
        wrong = text.encode().decode(encoding, "replace")
        assert clean(wrong) == _slowly(wrong)


@pytest.mark.parametrize("one", _REPAIRS)
def test_each_repair_is_made(one: str) -> None:
    for text in (one, f"a{one}b", f"“{one}” – {one}", f"x\n{one} y", unicodedata.normalize("NFD", f"é{one}")):
        assert clean(text) == _slowly(text)


def test_no_sign_of_a_wrong_encoding_is_overlooked() -> None:
    """Read in ftfy's own pattern: each of its alternatives needs what the quick look stops at."""
    parser: Any = re._parser
    ((_, (_, alternatives)),) = parser.parse(BADNESS_RE.pattern, BADNESS_RE.flags)
    odd, alone, capitals, quotes = (_characters(parser.parse(some)[0]) for some in (ODD, ALONE, CAPITALS, QUOTES))
    assert len(alternatives) > 20
    assert parser.parse(BADNESS_RE.pattern, BADNESS_RE.flags).getwidth()[1] <= LONGEST_SIGN
    for alternative in alternatives:
        parts = [_characters(part) for part in alternative]
        pairs = pairwise(parts)
        assert any(part and part <= alone for part in parts) or any(
            one
            and other
            and min(one | other) > 0x7F
            and (one <= odd or other <= odd or (one <= capitals and other <= odd | quotes))
            for one, other in pairs
        ), alternative


def _characters(part: tuple[Any, Any]) -> set[int]:
    """The characters that part of a pattern stands for; none where that may be any."""
    kind, value = str(part[0]), part[1]
    if kind == "LITERAL":
        return {value}
    if kind == "RANGE":
        return set(range(value[0], value[1] + 1))
    if kind != "IN" or any(str(one[0]) in ("NEGATE", "CATEGORY") for one in value):
        return set()
    return set().union(*map(_characters, value))


@pytest.mark.parametrize("text", _NEEDS_NONE)
def test_ordinary_text_is_only_looked_at(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "fix_text", None)
    clean(text)


def test_markup_is_repaired_where_half_of_a_letter_became_a_space() -> None:
    assert repaired("<p>Le pont fermÃ© Ã&nbsp; l'Ã©tÃ©&nbsp;!</p>") == "<p>Le pont fermé à l'été&nbsp;!</p>"
    assert repaired("<p>3&nbsp;000 à l'été</p>") == "<p>3&nbsp;000 à l'été</p>"
