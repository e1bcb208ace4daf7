"""What a field means besides its type, as `Annotated` metadata where it is declared.

`headline: Annotated[str, Cleaned(Text.LINE), Patchable(), Compared(), Indexed("text", exact=True)]`. Normalize, partial
updates, `dateline history --diff`, the mappings and the documents of Elasticsearch all derive from these. They are
not part of the JSON Schemas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypeVar

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Kind = Literal[
    "keyword", "text", "date", "boolean", "byte", "integer", "long", "float", "double", "geo_point", "properties", "stored"
]  # fmt: skip
"""A field type of Elasticsearch; `properties` is a nested model's own fields, `stored` an object that no search reads."""


class Text(StrEnum):
    """How normalize cleans a text."""

    LINE = "line"  # repaired, on one line; of a list each, without empty ones and repetitions
    PARAGRAPH = "paragraph"  # repaired; line breaks stay
    PARTS = (
        "parts"  # each part's texts by the annotations of its own model; a part without one that it needs is left out
    )
    ADDRESS = "address"  # an absolute http(s) address without a user's name or password; else nothing
    CODE = "code"  # an opaque code or id, on one line; one that a browser would run as an address is nothing
    AS_IS = "as is"
    OWN_RULES = "own rules"  # by rules of the field's own, in pipeline/stages/normalize


@dataclass(frozen=True)
class Cleaned:
    """Normalize carries the field over from the received article, cleaned like this."""

    how: Text


@dataclass(frozen=True)
class Patchable:
    """A partial update may name the field."""


@dataclass(frozen=True)
class Compared:
    """`dateline history --diff` shows how the field changed; `lead` fields first."""

    lead: bool = False


@dataclass(frozen=True)
class Indexed:
    """The field is in the index, for everybody who may read it."""

    kind: Kind | None = None
    """Found from the field's type where absent."""
    name: str | None = None
    """In the document, where it is another than in the record."""
    limit: int | None = None
    """Longest keyword that is searched, in characters; the model's own limit where absent, 0 for none."""
    exact: bool = False
    """A text has a subfield `exact` (keyword) as well."""
    words: bool = False
    """A keyword has a subfield `text` as well."""
    searched: bool = True
    """Otherwise it is only shown."""
    also: str | None = None
    """An older name under which the document has the same value."""
    properties: Mapping[str, Any] | None = None
    """Of an object without a model: the mapping of its fields."""
    convert: Callable[[Any], Any] | None = None
    """Makes the document's value of the field's; by default it stays, in plain types."""


@dataclass(frozen=True)
class Internal:
    """Never in an index: for editors or for the pipeline only, or the document has it from elsewhere."""


@dataclass(frozen=True)
class Inlined:
    """The indexed fields of this model are the document's own. Each of its fields is either Indexed or Internal."""


Mark = TypeVar("Mark", Cleaned, Patchable, Compared, Indexed, Internal, Inlined)


def mark(info: FieldInfo, kind: type[Mark]) -> Mark | None:
    """The field's metadata of this kind."""
    return next((one for one in info.metadata if isinstance(one, kind)), None)


def marked(model: type[BaseModel], kind: type[Mark]) -> Iterator[tuple[str, Mark]]:
    """Fields of `model` with metadata of this kind, as declared."""
    for name, info in model.model_fields.items():
        if (found := mark(info, kind)) is not None:
            yield name, found
