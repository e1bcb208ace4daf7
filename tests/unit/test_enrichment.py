"""Enrichers by their labelled sets, and what becomes of comments that the machine or a moderator decided about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.enrichment import scores
from pipeline.errors import Fatal
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_items
from pipeline.operations.preview import preview_item
from pipeline.settings import Settings, load_settings
from pipeline.stages.enrich import Choices, choices, enrich_article, load
from pipeline.stages.enrich.entities import entities
from pipeline.stages.enrich.events import ARTICLE_ENRICHERS
from pipeline.stages.enrich.language import direction
from pipeline.stages.enrich.moderation import MODERATION, make_lexicon, moderate, plain_words
from pipeline.stages.enrich.words import readability
from pipeline.stages.normalize import normalize_article
from pipeline.stages.normalize.personal import pseudonym, without_personal_data
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.enrichment import CommentEnrichment, Moderation
from schemas.events import NormalizedArticleEvent
from tests.build import article_event, comment_event, comment_notice, minutes
from tests.conftest import SHARED
from tests.memory import revise, revise_tables
from tests.send import raw_article

SETTINGS = Settings(_env_file=None)
PAGE = SHARED / "page" / "nagorno-karabakh.txt"
LEAST = {"language": 0.95, "people": 0.9, "places": 0.9, "quotations": 0.95, "speakers": 0.9, "figures": 0.9, "claimants": 0.85, "unverified": 0.9, "moderation": 0.95, "stories": 0.8}  # fmt: skip


def test_no_enricher_is_worse_on_its_labelled_set_than_the_docs_say() -> None:
    found = {name: round(score.f1, 2) for name, score in scores().items()}
    assert {name: f1 for name, f1 in found.items() if f1 < LEAST[name]} == {}


@pytest.mark.skipif(not PAGE.is_file(), reason="the reference page is not beside this checkout")
def test_the_reference_page() -> None:
    (read,) = read_items(str(PAGE), Hints(), SETTINGS)
    article, *comments = preview_item(read, SETTINGS)
    made = article["enriched"]["enrichment"]
    assert (made["language"], made["direction"]) == ("en", "ltr")
    on_the_map = {one["name"] for one in made["entities"] if one.get("latitude") is not None}
    assert {"Stepanakert", "Yerevan", "Baku", "Shusha", "Yevlakh"} <= on_the_map
    roles = {one["name"]: one.get("role") for one in made["entities"] if one["kind"] == "person"}
    assert roles["Nikol Pashinyan"] == "Armenian Prime Minister"
    assert roles["John Kirby"] == "U.S. national security spokesman"
    for name, office in {
        "Ilham Aliyev": "President",
        "Emmanuel Macron": "President",
        "Hikmet Hajiyev": "aide",
        "Gegham Stepanyan": "ombudsman",
    }.items():
        assert office in (roles[name] or "")
    killed = next(one for one in made["figures"] if one["value"] == 200)
    assert (killed["qualifier"], killed["what"], killed["claimed_by"], killed["unverified"]) == (
        "at least", "individuals perished", "Gegham Stepanyan", True,
    )  # fmt: skip
    assert ("deep concern", "John Kirby") in {(one["text"], one.get("speaker")) for one in made["quotations"]}
    assert len(comments) == 10
    assert {one["enriched"]["enrichment"]["moderation"]["decision"] for one in comments} == {"approved"}
    assert len(article["document"]["body"]["locations"]) >= 5


def test_hidden_words_are_read() -> None:
    for text in ("s t u p i d", "s.t.u.p.i.d", "stuuuupid", "stup1d", "STÚPID"):
        assert "stupid" in plain_words(text), text
    assert moderate("Scunthorpe is a town").decision == "approved"
    assert moderate("Bad luck", banned=make_lexicon(["luck"])).matched == ("luck",)


def test_direction() -> None:
    assert direction("قرر المجلس البلدي") == "rtl"
    assert direction("The council decided") == "ltr"
    assert direction("2026") == "ltr"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Write to ann.lee+x@mail.example now", "Write to [e-mail address] now"),
        ("ann (at) mail (dot) example", "[e-mail address]"),
        ("Call +44 7700 900123 or (555) 123-4567", "Call [phone number] or [phone number]"),
        ("From 198.51.100.7 and 2001:db8:0:0:0:0:0:1", "From [IP address] and [IP address]"),
        (
            "In 2026, 1,200 of 3.5 million on 14.03.2026 at 10:41",
            "In 2026, 1,200 of 3.5 million on 14.03.2026 at 10:41",
        ),
        ("See https://news.example/2026/03/14/1234567890", "See https://news.example/2026/03/14/1234567890"),
        ("Version 1.2.3.4.5", "Version 1.2.3.4.5"),
    ],
)
def test_personal_data(text: str, kept: str) -> None:
    assert without_personal_data(text) == kept


def test_a_pseudonym_is_the_same_everywhere_and_tells_nothing() -> None:
    assert pseudonym("Ann Lee", b"k") == pseudonym(" ann lee ", b"k")
    assert pseudonym("Ann Lee", b"k") != pseudonym("Ann Lee", b"other")
    assert "Ann" not in pseudonym("Ann Lee", b"k")


@pytest.mark.parametrize(
    ("machine", "moderator", "standing"),
    [
        ("approved", None, "public"), ("held", None, "held"), ("rejected", None, "rejected"),
        ("held", "approved", "public"), ("rejected", "approved", "public"), ("approved", "rejected", "rejected"), (None, None, "public"),
    ],
)  # fmt: skip
def test_a_moderator_wins_over_the_machine(machine: str | None, moderator: str | None, standing: str) -> None:
    event = comment_event()
    moderation = Moderation(decision=machine, phase="test") if machine else None
    event = event.model_copy(
        update={"data": event.data.model_copy(update={"enrichment": CommentEnrichment(moderation=moderation)})}
    )
    batch = revise(revise_tables())
    records: list[Any] = [article_event(), event, *([comment_notice(decision=moderator)] if moderator else [])]
    for record in records:
        batch.apply(record, minutes(1))
    emitted = json.loads(batch.run_all(minutes(1))[-1].encoded() or b"")
    assert emitted["data"]["visibility"]["standing"] == standing


def normalized(text: str, headline: str = "Council meets") -> NormalizedArticleEvent:
    event = raw_article("mine", text=text)
    return normalize_article(event.model_copy(update={"data": event.data.model_copy(update={"headline": headline})}))


def test_an_enricher_that_is_switched_off_leaves_its_field_empty_and_the_others_alone() -> None:
    event = normalized("The council of Oslo, Norway, was very happy on Monday, said Ann Lee, the mayor of the town.")
    every, some = (
        enrich_article(event, Choices(off=off)).data for off in (frozenset[str](), frozenset({"sentiment", "entities"}))
    )
    assert isinstance(every, EnrichedArticle)
    assert isinstance(some, EnrichedArticle)
    assert every.enrichment.sentiment is not None
    assert every.enrichment.entities
    assert (some.enrichment.sentiment, some.enrichment.entities, some.enrichment.missing) == (None, (), ())
    assert some.enrichment.keywords == every.enrichment.keywords


def test_an_enricher_that_there_is_none_of_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_ENRICHERS_OFF", '["sentiments"]')
    with pytest.raises(Fatal, match="DATELINE_ENRICHERS_OFF names sentiments; there are .*sentiment"):
        choices(load_settings())


def test_one_that_fails_is_named_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ValueError("on purpose")

    monkeypatch.setitem(ARTICLE_ENRICHERS, "keywords", fails)
    made = enrich_article(normalized("The council met in Oslo.")).data
    assert isinstance(made, EnrichedArticle)
    assert made.enrichment.missing == ("keywords",)
    assert made.enrichment.language == "en"


def test_a_providers_own_words_in_any_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_PROVIDERS", '{"herald": {"banned_words": ["Ferrygate"], "suspect_words": ["quay"]}}')
    chosen = choices(load_settings())

    def moderated(text: str, provider: str) -> Moderation:
        event = comment_event(text=text)
        assert isinstance(event.data, EnrichedComment)
        comment = event.data.comment.model_copy(update={"provider": provider})
        made: Moderation = MODERATION(comment, {}, chosen)
        return made

    assert moderated("It is F e r r y g a t e again!", "herald").matched == ("ferrygate",)
    assert moderated("See you on the QU4Y tonight", "herald").decision == "held"
    assert moderated("It is Ferrygate again!", "another").decision == "approved"


def test_entities_say_where_they_are_named() -> None:
    paragraphs = ("Ann Lee met the council’s head in Oslo.", "“No,” said Lee.")
    made = enrich_article(normalized("x")).data
    assert isinstance(made, EnrichedArticle)
    for entity in entities(paragraphs, "en"):
        shown = [paragraphs[n][start:end] for n, start, end in entity.mentions]
        assert len(shown) == entity.count
        assert all(text in (entity.name, entity.name.split()[-1]) for text in shown), (entity.name, shown)


def test_readability_rises_with_long_sentences_and_words() -> None:
    easy = "The cat sat on the mat. It was a warm day. The dog came in. They sat and looked at the sun all day long."
    hard = "Notwithstanding considerable administrative complications, intergovernmental representatives subsequently acknowledged that comprehensive environmental legislation necessitates extraordinarily sophisticated institutional arrangements throughout participating jurisdictions."
    assert (readability(easy) or 0) < 25 < 70 < (readability(hard) or 0)
    assert readability("Too short.") is None


@pytest.fixture
def spacy_pipeline(tmp_path: Path) -> str:
    """A real pipeline on disk: no trained one can be had here, so what it finds is written down."""
    spacy = pytest.importorskip("spacy")
    made = spacy.blank("en")
    made.add_pipe("entity_ruler").add_patterns(
        [
            {"label": "PERSON", "pattern": "Quill Ostrander"}, {"label": "PERSON", "pattern": "Ostrander"}, {"label": "GPE", "pattern": "Oslo"},
            {"label": "GPE", "pattern": "Norway"}, {"label": "ORG", "pattern": "the Lantern"}, {"label": "DATE", "pattern": "Monday"},
        ]
    )  # fmt: skip
    made.to_disk(tmp_path / "model")
    return str(tmp_path / "model")


def test_a_trained_pipeline_takes_the_place_of_the_rules(spacy_pipeline: str) -> None:
    event = normalized(
        "Mayor Quill Ostrander of Oslo, Norway, met the Lantern on Monday. Ostrander was tired, said Ann Lee."
    )
    chosen = Choices(model=spacy_pipeline)
    made = enrich_article(event, chosen).data
    assert isinstance(made, EnrichedArticle)
    found = {
        (e.name, e.kind.value, e.count, e.country, e.role, e.latitude is not None) for e in made.enrichment.entities
    }
    assert found == {
        ("Quill Ostrander", "person", 2, None, "Mayor", False), ("Oslo", "place", 1, "NO", None, True),
        ("Norway", "place", 1, "NO", None, False), ("Lantern", "organisation", 1, None, None, False),
    }  # fmt: skip
    load(chosen)


def test_a_pipeline_that_is_not_there_is_named() -> None:
    with pytest.raises(Fatal, match="DATELINE_SPACY_MODEL is 'nowhere'"):
        load(Choices(model="nowhere"))
