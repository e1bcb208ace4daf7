from __future__ import annotations

from pipeline.stages.enrich.words import readability


def test_readability_rises_with_long_sentences_and_words() -> None:
    easy = "The cat sat on the mat. It was a warm day. The dog came in. They sat and looked at the sun all day long."
    hard = "Notwithstanding considerable administrative complications, intergovernmental representatives subsequently acknowledged that comprehensive environmental legislation necessitates extraordinarily sophisticated institutional arrangements throughout participating jurisdictions."
    assert (readability(easy) or 0) < 25 < 70 < (readability(hard) or 0)
    assert readability("Too short.") is None
