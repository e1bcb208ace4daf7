from __future__ import annotations

import json
from pathlib import Path

from pipeline.stages.enrich import language
from pipeline.stages.enrich.language import detect, direction

LABELLED = json.loads((Path(__file__).parents[3] / "labelled" / "languages.json").read_text())


def test_direction() -> None:
    assert direction("قرر المجلس البلدي") == "rtl"
    assert direction("The council decided") == "ltr"
    assert direction("2026") == "ltr"


def test_english_by_its_words_is_english_by_the_model() -> None:
    told = [text for _, text in LABELLED if language._is_english(text)]
    assert all(language._identifier().classify(text)[0] == "en" for text in told)
    assert language._is_english(
        "The mayor said that they would wait until the rain had stopped, because it was not safe."
    )


def test_an_english_quotation_in_another_language() -> None:
    assert detect(
        "La maire a déclaré devant le conseil municipal que les travaux du port commenceraient au mois de mars, malgré les réserves"
        " des riverains. « That is what they said, and it is who we are », a ajouté le ministre britannique, en visite dans la ville"
        " pour la première fois depuis son élection, avant de partir pour Paris avec ses conseillers."
    ) == "fr"  # fmt: skip
    assert detect("Hij was er, had het over de wet en is of was in Londen met Her Majesty") == "nl"
