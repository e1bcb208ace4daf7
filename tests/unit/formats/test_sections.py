"""What sections and tags of newsrooms mean, and the facet in which they meet."""

from __future__ import annotations

from importlib.resources import files

import pytest

from pipeline.formats.mediatopics import TOP_LEVEL, code_of, facet_names, media_topics
from pipeline.formats.sections import DESKS, facets, folded, of_section, of_tag


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("01", ["Kultur", "Arts & Culture", "CULTURE", "cultura", "Kultura", "芸能", "Film", "book_reviews"]),
        ("04", ["Business", "business-news", "Wirtschaft", "Wirtschaft & Finanzen", "Économie", "economie", "Economía", "International-Business", "Экономика", "财经", "Talous"]),
        ("06", ["Medio ambiente", "Natur & Umwelt", "Climate and Environment"]),
        ("07", ["Santé", "Salud", "Zdraví", "COVID-19"]),
        ("11", ["Politik", "Política", "World Politics", "US politics", "/news/politics/", "Elections 2026", "News & Politics", "Polityka", "राजनीति"]),
        ("13", ["Tech", "Tech News", "Sci-Tech", "Wissenschaft", "Science/Technology", "Наука и техника", "科技", "Ciencia y tecnología"]),
        ("15", ["Sport", "Sports", "SPORTS", "Mehr Sport", "Deportes", "Fußball", "Fussball", "Calcio", "Sport > Tennis", "Section: Sport:Football", "スポーツ", "spor", "खेल"]),
        ("17", ["Météo", "Wetter", "weather", "El tiempo"]),
    ],
)  # fmt: skip
def test_sections_of_many_newsrooms_are_one_subject(code: str, names: list[str]) -> None:
    assert {name: of_section(name).topics for name in names} == dict.fromkeys(names, (code,))


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("02", ["Nota roja", "Police-justice", "Segurança Pública", "Kronika policyjna", "Rättegång", "Criminaliteit"]),
        ("04", ["Energy", "Oil and Gas", "Landwirtschaft", "Agronegócio", "Verbraucherschutz", "Consommation", "Rolnictwo", "Olje og gass", "business-business"]),
        ("08", ["Obituaries", "Nachrufe", "Nécrologie", "Obituarios", "Necrologi", "Nekrologi", "Некрологи", "Dödsannonser", "Mindeord"]),
        ("10", ["Video games", "Crosswords", "Jeux vidéo", "Pasatiempos", "Puzzels"]),
        ("11", ["Defence", "Defense & National Security", "Verteidigung", "Défense", "Defensa", "Difesa", "Defensie", "Obronność", "Оборона", "Försvar", "Forsvar"]),
        ("14", ["Human rights", "Menschenrechte", "Derechos humanos", "Eltern"]),
    ],
)  # fmt: skip
def test_what_newspapers_in_other_languages_call_it_is_the_same_subject(code: str, names: list[str]) -> None:
    assert {name: of_section(name).topics for name in names} == dict.fromkeys(names, (code,))


def test_a_section_of_two_subjects_is_both() -> None:
    assert of_section("Science & Health").topics == ("13", "07")
    assert of_section("Politik und Wirtschaft").topics == ("11", "04")


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["News", "news", "NEWS", "Nachrichten", "Top News", "Latest news", "Noticias", "ニュース", "Новости", "Cronaca"], ("news",)),
        (["International", "international", "World", "World News", "Monde", "Internacional", "国際", "/ausland/"], ("news", "international")),
        (["National", "Inland", "Innenriks", "UK news", "Interni"], ("news", "national")),
        (["Local", "Local news", "Lokales"], ("news", "local")),
        (["Opinion", "Opinión", "Comment & Analysis", "Meinung", "columnists", "Leserbriefe", "Felietony", "Insändare", "Nuomonės"], ("opinion",)),
        (["Harbour Life", "harbour-life", "HARBOUR_LIFE", " harbour  life "], ("harbour life",)),
        (["Uncategorized", "undefined", "NULL", "—", "a, b, c", "x" * 61], ()),
    ],
)  # fmt: skip
def test_desks_and_other_sections_are_one_spelling_each(names: list[str], shown: tuple[str, ...]) -> None:
    assert {name: facets(name) for name in names} == dict.fromkeys(names, shown)


def test_no_word_inside_a_longer_name_decides() -> None:
    tags = [
        "trade winds", "Superior Court of Arvenia", "Varn Electronic Arts", "Northern Media Group", "Ukraine government", "Labour", "Golf",
        "Washington", "Crime and Punishment", "War and Peace", "The Police", "Science of Sleep", "Business, Trade, Airlines", "Nature", "People",
    ]  # fmt: skip
    assert {tag: of_tag(tag).topics for tag in tags} == dict.fromkeys(tags, ())
    sections = [
        "Company Town",
        "The control of nature",
        "Sportswear reviews",
        "Panorama",
        "Cronaca",
        "Fashion Week Diary",
        "Security",
        "Sucesos",
        "Essen",
        "Money Heist",
    ]
    assert {name: of_section(name).topics for name in sections} == dict.fromkeys(sections, ())


def test_a_tag_counts_as_a_whole() -> None:
    assert [of_tag(tag).topics for tag in ("Crime and Justice", "climate change", "UK politics", "Category: Economy")] == [
        ("02",), ("06",), ("11",), ("04",),
    ]  # fmt: skip
    assert [one.name for one in media_topics("Desporto", ["Politica", "Labour", "Trade winds"], [])] == [
        "sport",
        "politics and government",
    ]


def test_a_name_of_the_list_has_one_meaning_and_what_it_means_exists() -> None:
    seen: dict[str, str] = {}
    for line in files("pipeline.formats").joinpath("data/sections.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        meaning, _, names = line.partition("\t")
        assert meaning in {*TOP_LEVEL, *DESKS}
        for name in names.split(","):
            key = folded(name.removesuffix("*"))
            assert key
            assert seen.setdefault(key, meaning) == meaning, name
    assert len(seen) > 1500


def test_a_reader_filters_by_the_topic_its_code_or_any_word_for_it() -> None:
    assert facet_names("sport") == facet_names("medtop:15000000") == facet_names("Deportes") == ("sport",)
    assert code_of("sport") == "medtop:15000000"
    assert code_of("news") is None
    assert facet_names("International") == ("international",)
    assert facet_names("Uncategorized") == ()
