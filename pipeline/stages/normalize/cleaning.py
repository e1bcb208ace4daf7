"""Fields of a received article that need no rules of their own: carried over, cleaned as their annotation says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, get_args

from pydantic import BaseModel

from pipeline.stages.normalize.text import clean, line
from schemas.article import Article, ReceivedArticle
from schemas.fields import Cleaned, Text, marked

Clean: TypeAlias = Callable[[Any], Any]


def cleaned(received: ReceivedArticle) -> dict[str, Any]:
    """The fields of a normalized article that are its received ones, cleaned. Not among them: those with own rules."""
    return {name: getattr(received, name) if clean is None else clean(getattr(received, name)) for name, clean in _CARRIED}


def _paragraph(text: str | None) -> str | None:
    return clean(text) if text else None


_TEXTS: dict[Text, Callable[[str | None], str | None]] = {Text.LINE: line, Text.PARAGRAPH: _paragraph}


def _cleaner(field: str, how: Text) -> Clean | None:
    """What cleans the field; None where it is carried over as it is."""
    if how is Text.AS_IS:
        return None
    annotation = Article.model_fields[field].annotation
    one = next(iter(get_args(annotation)), annotation)
    if isinstance(one, type) and issubclass(one, BaseModel):
        return _each_model(one)
    text = _TEXTS[how]
    if getattr(annotation, "__origin__", None) is tuple:
        return lambda texts: unique(text(one) for one in texts)
    return text


def _each_model(model: type[BaseModel]) -> Clean:
    """Cleans the texts of each; one without what it can't be without is left out."""
    texts = tuple((name, _TEXTS[says.how], model.model_fields[name].is_required()) for name, says in marked(model, Cleaned))

    def clean_each(parts: Iterable[BaseModel]) -> tuple[BaseModel, ...]:
        kept = []
        for part in parts:
            update = {name: text(getattr(part, name)) for name, text, _ in texts}
            if all(update[name] for name, _, required in texts if required):
                kept.append(part.model_copy(update=update))
        return tuple(kept)

    return clean_each


def unique(items: Iterable[str | None]) -> tuple[str, ...]:
    """Each once, without empty ones."""
    return tuple(dict.fromkeys(item for item in items if item))


_CARRIED = tuple(
    (name, _cleaner(name, says.how)) for name, says in marked(Article, Cleaned) if says.how is not Text.OWN_RULES
)
if unsaid := ReceivedArticle.model_fields.keys() & Article.model_fields.keys() - dict(marked(Article, Cleaned)).keys():
    print(sorted(unsaid))
