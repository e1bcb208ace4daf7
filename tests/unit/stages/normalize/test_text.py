from __future__ import annotations

from pipeline.stages.normalize.text import clean


def test_text_is_repaired_and_tidied() -> None:
    assert clean("It\u00e2\u0080\u0099s  a\u00a0 test\u200b \r\n\r\n\r\n\r\nof  text ") == "It’s a test\n\nof text"
    assert clean("“Quotes” stay") == "“Quotes” stay"
