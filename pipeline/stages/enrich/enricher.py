"""How an enricher is declared: the field that it makes, and the function that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schemas.article import Article
from schemas.enrichment import EntityKind

Made = dict[str, Any]
"""Fields of the enrichment so far: a later enricher may read what an earlier one made."""
Words = frozenset[str]


@dataclass(frozen=True)
class Choices:
    """What an operator chose for enrich."""

    off: frozenset[str] = frozenset()
    """Enrichers that don't run; their fields stay empty."""
    model: str | None = None
    """A spaCy pipeline for entities."""
    words: Callable[[str], tuple[Words, Words]] = lambda provider: (frozenset(), frozenset())
    """A provider's own banned and suspect words."""


@dataclass(frozen=True)
class Enricher:
    """One field of an enrichment. An enricher that fails costs its own field only, which is named in `missing`."""

    name: str
    """The field's name in schemas/enrichment.py, and the enricher's in the settings."""
    run: Callable[[Any, Made, Choices], Any]
    """Makes the field of an article or a comment, from the fields made before it."""
    whole: bool = False
    """Reads a text of any length. The others read its beginning, READ characters."""
    load: Callable[[], object] = lambda: None
    """Loads models and lists, once, when the worker starts."""

    def __call__(self, item: Any, made: Made, chosen: Choices) -> Any:
        return self.run(item, made, chosen)


READ_BY_ENRICH = frozenset({"headline", "paragraphs", "dateline", "language", "published"})
"""Fields that a partial update may name, and that an enricher or the signature for stories reads: after a partial update
without any of them the enrichment stays as it is."""
READ = 200_000
"""Characters: some 35,000 words. A larger record than any article must not hold up those after it."""


def beginning(article: Article, characters: int = READ) -> Article:
    """The article with as many paragraphs as these characters hold, the last of them cut."""
    if sum(map(len, article.paragraphs)) <= characters:
        return article
    kept: list[str] = []
    for paragraph in article.paragraphs:
        kept.append(paragraph[:characters])
        characters -= len(paragraph)
        if characters <= 0:
            break
    return article.model_copy(update={"paragraphs": tuple(kept)})


def text_of(article: Article) -> str:
    """Headline and body in one."""
    return "\n".join((article.headline, *article.paragraphs))


def people(made: Made) -> tuple[str, ...]:
    """Names of the people that were found for sure."""
    return tuple(one.name for one in made.get("entities", ()) if one.kind is EntityKind.PERSON and one.sure)
