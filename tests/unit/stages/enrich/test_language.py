from __future__ import annotations

import json
from pathlib import Path

import pytest

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


GERMAN = (
    "Der Gemeinderat hat am Dienstag beschlossen, die alte Brücke am Hafen bis zum Ende des Jahres zu sperren. Die Arbeiten sollen im Frühjahr"
    " beginnen und werden voraussichtlich zwei Jahre dauern. Anwohner befürchten, dass der Verkehr in den engen Straßen der Altstadt weiter"
    " zunimmt. Die Stadt will deshalb eine Umleitung einrichten und mehr Busse fahren lassen, sagte eine Sprecherin der Verwaltung. "
)
ENGLISH = (
    "The council has decided that the old bridge will be closed until the end of the year, because its piers were found to be unsafe after"
    " the storms of the winter. Repairs should begin in the spring, and they are expected to take two years to finish, the council said. "
)


def test_a_beginning_in_another_language_does_not_decide() -> None:
    assert detect(ENGLISH + GERMAN * 3) == "de"
    assert detect(ENGLISH + GERMAN * 3, "en") == "de"
    assert detect(GERMAN + ENGLISH * 4) == "en"


def test_of_a_text_in_two_languages_it_is_the_declared_one() -> None:
    both = GERMAN * 2 + ENGLISH * 3
    assert (detect(both, "de"), detect(both, "en-GB")) == ("de", "en")
    assert detect(GERMAN * 3, "en") == "de", "a template's declaration"


@pytest.mark.parametrize(
    ("text", "declared", "shown"),
    [
        # a script of one language tells it, however short the text is and whatever is declared
        ("港の橋を閉鎖へ", "en", "ja"),
        ("항구 다리 폐쇄", None, "ko"),
        ("Κλείνει η γέφυρα", "en", "el"),
        ("สะพานปิด", None, "th"),
        ("הגשר נסגר", "en-US", "he"),
        ("Կամուրջը փակ է", None, "hy"),
        # one of several: the declared one where it is one of them, else nobody knows
        ("港口大橋封閉", "zh-Hant-TW", "zh"),
        ("港湾橋閉鎖", "ja", "ja"),
        ("港口大桥", None, None),
        ("Мост закрыт", "uk", "uk"),
        ("Мост закрыт", "de", None),
        ("पुल बंद", "mr", "mr"),
        ("پل بسته شد", "fa", "fa"),
        ("Most zamknięty", "ru", None),
        ("Most zatvoren", "sr", "sr"),
        ("Bridge closed", "en", "en"),
        ("Bridge closed", None, None),
        # nothing to read
        ("2026 – 17:30", "fi", "fi"),
        ("2026 – 17:30", None, None),
        ("Brua er stengt", "nb-NO", "no"),
        ("Brücke zu", "ger", "de"),
        ("Brücke zu", "xx123", None),
    ],
)
def test_short_texts_are_in_the_declared_language_or_one_that_their_letters_tell(
    text: str, declared: str | None, shown: str | None
) -> None:
    assert detect(text, declared) == shown


def test_a_short_title_is_in_the_declared_language_where_it_may_be() -> None:
    assert detect("Stortinget vedtar ny lov om havner", "nb") == "no"
    assert detect("Rådet stenger broen over havna", "da") == "da", "either, by its words"
    assert detect("Gemeinderat sperrt die alte Brücke am Hafen wegen Mängeln", "en") == "de"
