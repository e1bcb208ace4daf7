"""Partial updates, clean: what is named goes through the same rules as in a whole article."""

from __future__ import annotations

from collections.abc import Callable

from schemas.article import Article, ReceivedArticle
from schemas.patch import ArticlePatch, NormalizedFields, ReceivedPatch

_ABSENT = "-"
"""Placeholder of a headline that isn't named, while the rules of a whole article run."""
_MAKES = {
    "byline": ("byline", "authors", "written_by"),
    "dateline": ("dateline", "agency"),
    "paragraphs": ("paragraphs", "body_html"),
}
"""What else changes with a field."""


def normalize_patch(received: ReceivedPatch, clean: Callable[[ReceivedArticle], Article]) -> ArticlePatch:
    """`clean` normalizes a whole article. Raises Reject where that does."""
    named = received.fields.model_fields_set
    article = clean(_as_article(received))
    touched = [made for field in (*named, *received.cleared) for made in _MAKES.get(field, (field,))]
    if article.dateline and "paragraphs" in named and "dateline" not in named:
        touched += _MAKES["dateline"]  # the new text begins with one
    if article.withheld and "withheld" not in received.cleared:
        touched.append("withheld")  # by words in its texts
    if article.modified is not None:
        touched.append("modified")
    values = {field: getattr(article, field) for field in dict.fromkeys(touched)}
    empty = [field for field, value in values.items() if value is None]
    cleared = sorted({*empty, *(made for field in received.cleared for made in _MAKES.get(field, (field,)))})
    fields = {field: value for field, value in values.items() if field not in cleared}
    return ArticlePatch(
        article_id=received.article_id,
        provider=received.provider,
        publisher=received.publisher,
        claims=received.claims,
        fields=NormalizedFields.model_validate(fields),
        cleared=tuple(cleared),
        changes=tuple(change for change in article.changes if change.field in values),
        revision=article.revision,
        original=article.original,
    )


def _as_article(received: ReceivedPatch) -> ReceivedArticle:
    """A whole article of the named fields alone."""
    return ReceivedArticle(
        **{"headline": _ABSENT, **received.fields.set_fields()},
        article_id=received.article_id,
        provider=received.provider,
        publisher=received.publisher,
        claims=received.claims,
        modified=received.modified,
        version=received.version,
        timezone=received.timezone,
        original=received.original,
    )
