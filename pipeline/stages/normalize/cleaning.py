"""Fields of a received article that need no rules of their own: carried over, cleaned by their annotation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, get_args, get_origin

from pydantic import BaseModel

from pipeline.addresses import public, public_code
from pipeline.stages.normalize.text import clean, line
from schemas.article import Article, ReceivedArticle
from schemas.fields import Cleaned, Text, marked

Clean: TypeAlias = Callable[[Any], Any]


def cleaned(received: ReceivedArticle) -> dict[str, Any]:
    """Values of a normalized article's fields, but for those that have rules of their own."""
    values = {name: getattr(received, name) for name in _AS_IS}
    for name, cleans in _CLEANED:
        values[name] = cleans(getattr(received, name))
    return values


def unique(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Each once, without empty ones."""
    return tuple(dict.fromkeys(text for text in texts if text))


def _paragraph(text: str | None) -> str | None:
    return clean(text) if text else None


def _address(text: str | None) -> str | None:
    return public(text) if text else None


def _code(text: str | None) -> str | None:
    one = line(text)
    return public_code(one) if one else None


_TEXTS: dict[Text, Callable[[str | None], str | None]] = {
    Text.LINE: line,
    Text.PARAGRAPH: _paragraph,
    Text.ADDRESS: _address,
    Text.CODE: _code,
}


def _cleaner(annotation: Any, how: Text) -> Clean:
    if how is Text.PARTS:
        return _parts(get_args(annotation)[0])
    one = _TEXTS[how]
    if get_origin(annotation) is tuple:
        return lambda texts: unique(map(one, texts))
    return one


def _parts(model: type[BaseModel]) -> Clean:
    texts = [(name, _TEXTS[says.how], model.model_fields[name]) for name, says in marked(model, Cleaned)]
    needed = [name for name, _, info in texts if info.is_required()]

    def clean_each(parts: Iterable[BaseModel]) -> tuple[BaseModel, ...]:
        kept = []
        for part in parts:
            update = {name: one(getattr(part, name)) or info.default for name, one, info in texts}
            if all(isinstance(update[name], str) for name in needed):
                kept.append(part.model_copy(update=update))
        return tuple(kept)

    return clean_each


_HOW = {name: says.how for name, says in marked(Article, Cleaned)}
_AS_IS = tuple(name for name, how in _HOW.items() if how is Text.AS_IS)
_CLEANED = tuple(
    (name, _cleaner(Article.model_fields[name].annotation, how))
    for name, how in _HOW.items()
    if how not in (Text.AS_IS, Text.OWN_RULES)
)
if unsaid := (ReceivedArticle.model_fields.keys() & Article.model_fields.keys()) - _HOW.keys() - {"kind"}:
    raise TypeError(f"schemas.article doesn't declare how normalize cleans {', '.join(sorted(unsaid))}")
