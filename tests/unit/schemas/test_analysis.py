"""The analysis as data: what it names is there, and each article goes to one language."""

from __future__ import annotations

import re

import pytest

from pipeline.local import plugin
from schemas import analysis
from schemas.analysis import LANGUAGES, STEMMED_FIELDS, languages_in, stemmed_as

SOURCE = "".join(path.read_text() for path in plugin.FOLDER.rglob("*.java"))
OF_THE_SERVER = {"standard", "lowercase"}
"""What every Elasticsearch has."""


def test_every_filter_that_is_named_is_defined_or_the_plugins_own() -> None:
    found = analysis.full()
    own = set(re.findall(r'"([a-z_]+)"', SOURCE)) | OF_THE_SERVER
    for analyzer in found["analyzer"].values():
        for name in analyzer["filter"]:
            assert found["filter"].get(name, {"type": name})["type"] in own
        for name in analyzer.get("char_filter", []):
            assert found["char_filter"][name]["type"] in own
        assert analyzer["tokenizer"] in own
    stemmers = {one["language"] for one in found["filter"].values() if one["type"] == "stemmer"}
    assert stemmers <= own


def test_every_language_has_its_texts_and_its_analyzer() -> None:
    analyzers = analysis.full()["analyzer"]
    for code, mapped in analysis.stemmed_properties().items():
        assert tuple(mapped["properties"]) == STEMMED_FIELDS
        assert {field["analyzer"] for field in mapped["properties"].values()} <= set(analyzers)
        assert code in LANGUAGES


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("EN", "en"),
        ("no", "nb"),
        ("pt-BR", "pt"),
        ("ja", None),
        ("pl", None),
        (None, None),
        ("", None),
    ],
)
def test_the_language_of_the_twins(tag: str | None, code: str | None) -> None:
    assert stemmed_as(tag) == code


def test_languages_by_script() -> None:
    assert set(languages_in(["cyrillic"])) == {"bg", "ru", "sr"}
    assert set(languages_in(["arabic"])) == {"ar", "ckb", "fa"}
    assert languages_in([]) == ()
    assert {"en", "de", "sr", "tr"} <= set(languages_in(["latin"]))
