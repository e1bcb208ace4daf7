"""Key phrases by the function words of the text's own language."""

from __future__ import annotations

from pipeline.stages.enrich.keywords import keywords


def test_function_words_of_a_language_are_no_keywords() -> None:
    german = keywords(
        "Die Fährverbindung wird eingestellt",
        ("Die Fährverbindung nach Varnholm wird im Mai eingestellt, weil die Reederei keine Mannschaft mehr hat.",),
        "de",
    )
    assert "fährverbindung" in " ".join(german)
    assert not {"die", "wird", "weil", "keine", "nach"} & set(" ".join(german).split())


def test_an_elided_article_is_no_part_of_a_keyword() -> None:
    french = keywords("L’élection du maire", ("L’élection du maire de Varnholm est reportée à l'automne.",), "fr")
    assert any("élection" in phrase.split() for phrase in french)
    assert not any("'" in phrase for phrase in french)


def test_without_function_words_or_spaces_there_are_none() -> None:
    assert keywords("選挙が延期された", ("市長選挙は秋に延期された。",), "ja") == ()
    assert keywords("Hagi hafta", ("Hagi hafta mahali",), "xx") == ()
