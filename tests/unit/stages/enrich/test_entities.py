"""People, places and organisations in a text, by the rules."""

from __future__ import annotations

from pipeline.stages.enrich import enrich_article
from pipeline.stages.enrich.entities import entities
from schemas.enriched import EnrichedArticle
from tests.support.memory import normalized


def test_entities_say_where_they_are_named() -> None:
    paragraphs = ("Ann Lee met the council’s head in Oslo.", "“No,” said Lee.")
    made = enrich_article(normalized("x")).data
    assert isinstance(made, EnrichedArticle)
    for entity in entities(paragraphs, "en"):
        shown = [paragraphs[n][start:end] for n, start, end in entity.mentions]
        assert len(shown) == entity.count
        assert all(text in (entity.name, entity.name.split()[-1]) for text in shown), (entity.name, shown)


def test_entities_of_a_sentence() -> None:
    text = (
        "Martin Aaberg of the Harbour Workers’ Union and the Varnholm Port Authority met in Hamburg. Aaberg was tired."
    )
    found = {(entity.name, entity.kind.value, entity.count) for entity in entities((text,), "en")}
    assert found == {
        ("Martin Aaberg", "person", 2),
        ("Harbour Workers' Union", "organisation", 1),
        ("Varnholm Port Authority", "organisation", 1),
        ("Hamburg", "place", 1),
    }
