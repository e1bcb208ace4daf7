"""Entities by a trained spaCy pipeline, where one is installed and named by DATELINE_SPACY_MODEL.

What the model finds is joined, ranked and put on the map as what the rules find is. It reads one language; texts in
others are left to the rules.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from pipeline.errors import Fatal
from pipeline.stages.enrich.enricher import Choices, Enricher, Made
from pipeline.stages.enrich.entities import entities, names, ranked
from pipeline.stages.enrich.known_names import (
    common_words,
    first_names_of_women_and_men,
    known_names,
    organisations,
    words_of_things,
)
from pipeline.stages.enrich.people import role_of
from pipeline.stages.enrich.places import gazetteer
from pipeline.stages.enrich.vocabulary import kind_of
from schemas.article import Article
from schemas.enrichment import Entity, EntityKind

_KINDS = {
    "PERSON": EntityKind.PERSON, "PER": EntityKind.PERSON, "GPE": EntityKind.PLACE, "LOC": EntityKind.PLACE,
    "FAC": EntityKind.PLACE, "ORG": EntityKind.ORGANISATION,
}  # fmt: skip
"""spaCy's labels: OntoNotes and WikiNER."""
_AGREED = {EntityKind.PERSON: 0.25}
"""Added to the confidence in a name that the model finds too: measured, for other kinds its agreement says too little."""
_BY_MODEL_ALONE = 0.5
"""Kept, and not shown: of what only the model finds too much is wrong."""
_WRITTEN_AS_NAME = re.compile(r"[A-ZÀ-Þ][^\W\d_A-Z]*(?:[ '-]+[A-ZÀ-Þ]?[^\W\d_A-Z]*\.?)*")
"""No line in capitals, and no figure."""
_NOT_NEEDED = ("lemmatizer", "textcat", "attribute_ruler", "parser", "tagger", "morphologizer")


@lru_cache(maxsize=1)
def model(name: str) -> Any:
    """The pipeline of this name or path, loaded once. Raises Fatal where spaCy or the model isn't installed, or the
    pipeline finds no entities."""
    try:
        import spacy
    except ImportError as e:
        raise Fatal(
            f"DATELINE_SPACY_MODEL is {name!r}, but spaCy isn't installed: pip install 'dateline[model]'"
        ) from e
    try:
        loaded = spacy.load(name, exclude=list(_NOT_NEEDED))
    except (OSError, ValueError) as e:
        raise Fatal(f"DATELINE_SPACY_MODEL is {name!r}, which spaCy can't load: {str(e).splitlines()[0]}") from e
    if not {"ner", "entity_ruler"} & set(loaded.pipe_names):
        raise Fatal(f"DATELINE_SPACY_MODEL is {name!r}, which has no component that finds entities")
    return loaded


def entities_by_model(name: str, paragraphs: tuple[str, ...], dateline: str | None = None) -> tuple[Entity, ...]:
    """As `entities.entities`, with the model's answers weighed in: a person that both find is surer, and a name that only the
    model finds is kept and not shown."""
    found = names(paragraphs, model(name).lang, every=True)
    for n, document in enumerate(model(name).pipe(paragraphs)):
        for entity in document.ents:
            kind = _KINDS.get(entity.label_)
            text = " ".join(entity.text.replace("’", "'").removesuffix("'s").split()).removeprefix("the ")
            if kind is None or not text:
                continue
            one = found[text]
            if kind in one.best and _WRITTEN_AS_NAME.fullmatch(text):
                one.best[kind] += _AGREED.get(kind, 0.0)
            elif not one.best:
                one.best[kind] = _BY_MODEL_ALONE
            if not one.spans:
                one.spans.append((n, entity.start_char, entity.end_char))
                one.role = role_of(paragraphs[n], entity.start_char, entity.end_char)
    return ranked(found, dateline)


def _entities(article: Article, made: Made, chosen: Choices) -> tuple[Entity, ...]:
    """By the model where one is chosen and it is of the article's language, else by the rules."""
    language = made.get("language")
    if chosen.model and language in (None, model(chosen.model).lang):
        return entities_by_model(chosen.model, article.paragraphs, article.dateline)
    return entities(article.paragraphs, language, article.dateline)


def _load() -> None:
    gazetteer()
    known_names()
    common_words()
    organisations()
    words_of_things()
    first_names_of_women_and_men()
    kind_of("")


ENTITIES = Enricher("entities", _entities, load=_load)
