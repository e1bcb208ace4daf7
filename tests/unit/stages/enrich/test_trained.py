"""A trained pipeline instead of the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import Fatal
from pipeline.stages.enrich import Choices, enrich_article, load
from schemas.enriched import EnrichedArticle
from tests.support.memory import normalized


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


def test_what_a_trained_pipeline_finds_and_what_the_rules_find_is_put_together(spacy_pipeline: str) -> None:
    event = normalized(
        "Mayor Quill Ostrander of Oslo, Norway, met the Lantern on Monday. Ostrander was tired, said Ann Lee."
    )
    chosen = Choices(model=spacy_pipeline)
    made = enrich_article(event, chosen).data
    assert isinstance(made, EnrichedArticle)
    found = {
        (e.name, e.kind.value, e.count, e.country, e.role, e.latitude is not None)
        for e in made.enrichment.entities
        if e.sure
    }
    assert found == {
        ("Quill Ostrander", "person", 2, None, "Mayor", False), ("Oslo", "place", 1, "NO", None, True),
        ("Norway", "place", 1, "NO", None, False),
        ("Ann Lee", "person", 1, None, None, False),
    }  # fmt: skip
    assert [e.name for e in made.enrichment.entities if not e.sure] == ["Lantern"]  # the model alone
    load(chosen)


def test_a_pipeline_that_is_not_there_is_named() -> None:
    with pytest.raises(Fatal, match="DATELINE_SPACY_MODEL is 'nowhere'"):
        load(Choices(model="nowhere"))
