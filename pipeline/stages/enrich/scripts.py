"""Which languages a text can be in, by its letters. Pure.

Source: the blocks of Unicode, and which languages are written in which script (CLDR's likely subtags). A script of one language tells it
at once, however short the text is.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

_LETTER = re.compile(r"[^\W\d_]")
_NOT_LATIN = re.compile(
    r"[\u0370-\u1cff\u1f00-\u1fff\u2c00-\u2dff\u2e80-\ud7ff\uf900-\ufdff\ufe70-\uffff\U00010000-\U0010ffff]"
)
"""A letter of another script, or a mark that is taken for one."""
_SCRIPTS = (
    ("Latin", "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0250-\u02af\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a", ""),
    ("Cyrillic", "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f", "ru uk be bg sr mk kk ky mn tg tt ba cv ce os sah uz az bs sh cnr tk rue ab av bua kv mhr udm"),
    ("Greek", "\u0370-\u03ff\u1f00-\u1fff", "el"),
    ("Armenian", "\u0530-\u058f", "hy"),
    ("Hebrew", "\u0590-\u05ff\ufb1d-\ufb4f", "he yi lad"),
    ("Arabic", "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff", "ar fa ur ps ckb ku ug sd ks arz az bal pnb ary apc ms dv kk"),
    ("Thaana", "\u0780-\u07bf", "dv"),
    ("Devanagari", "\u0900-\u097f", "hi mr ne sa bho mai kok doi sd ks awa new"),
    ("Bengali", "\u0980-\u09ff", "bn as"),
    ("Gurmukhi", "\u0a00-\u0a7f", "pa"),
    ("Gujarati", "\u0a80-\u0aff", "gu"),
    ("Oriya", "\u0b00-\u0b7f", "or"),
    ("Tamil", "\u0b80-\u0bff", "ta"),
    ("Telugu", "\u0c00-\u0c7f", "te"),
    ("Kannada", "\u0c80-\u0cff", "kn"),
    ("Malayalam", "\u0d00-\u0d7f", "ml"),
    ("Sinhala", "\u0d80-\u0dff", "si"),
    ("Thai", "\u0e00-\u0e7f", "th"),
    ("Lao", "\u0e80-\u0eff", "lo"),
    ("Tibetan", "\u0f00-\u0fff", "bo dz"),
    ("Burmese", "\u1000-\u109f", "my shn mnw"),
    ("Georgian", "\u10a0-\u10ff\u1c90-\u1cbf", "ka"),
    ("Ethiopic", "\u1200-\u139f", "am ti"),
    ("Khmer", "\u1780-\u17ff", "km"),
    ("Kana", "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f", "ja"),
    ("Han", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ebef", "zh ja yue ko"),
    ("Hangul", "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af", "ko"),
)  # fmt: skip
"""Script, its letters, and the languages written in it, the most likely first; Latin has too many."""
_OF = re.compile("|".join(f"(?P<{name}>[{letters}]+)" for name, letters, _ in _SCRIPTS))
_LANGUAGES = {name: tuple(languages.split()) for name, _, languages in _SCRIPTS}
_OF_MANY = frozenset(["Cyrillic", "Arabic", "Devanagari"])
"""Scripts of several languages that much news is in; of the others the first is meant where nothing else is declared."""
_ELSEWHERE = frozenset(language for languages in _LANGUAGES.values() for language in languages)
_ALSO_LATIN = frozenset(["sr", "az", "uz", "kk", "ku", "tk", "tt", "bs", "sh", "cnr", "ms", "ug", "mn", "lad"])
_KANA_SHARE = 12
"""One letter in so many is Kana in every longer Japanese text, and in no Chinese one."""
_ENOUGH_HAN = 24
"""Letters: a shorter text of ideographs alone may also be a Japanese headline."""


class Script(NamedTuple):
    """What the letters of a text say of its language."""

    language: str | None = None
    """The one that it is in, where they tell."""
    languages: tuple[str, ...] = ()
    """Those that it can be in; empty where there are too many, as for Latin."""
    latin: bool = False
    letters: bool = True

    def allows(self, language: str) -> bool:
        """Whether a text of these letters can be in `language`."""
        if self.latin:
            return language not in _ELSEWHERE or language in _ALSO_LATIN
        return not self.languages or language in self.languages


_LATIN = Script(latin=True)


def script_of(text: str) -> Script:
    """By the script that most letters are of."""
    if not _NOT_LATIN.search(text):
        return _LATIN if _LETTER.search(text) else Script(letters=False)
    counts: Counter[str] = Counter()
    for match in _OF.finditer(text):
        counts[match.lastgroup or ""] += match.end() - match.start()
    if not counts:
        return Script(letters=bool(_LETTER.search(text)))
    east = counts["Kana"] + counts["Han"]
    if east > counts.total() // 2:
        if counts["Kana"] * _KANA_SHARE >= east:
            return Script("ja", ("ja",))
        return Script("zh" if east >= _ENOUGH_HAN else None, _LANGUAGES["Han"])
    name, most = counts.most_common(1)[0]
    if name == "Latin":
        return _LATIN
    languages = _LANGUAGES[name]
    return Script(None if name in _OF_MANY or most * 2 <= counts.total() else languages[0], languages)
