"""The parameters of the search routes, typed and described, and the searches that they mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from pipeline.process.problems import Problem
from pipeline.search import cursors, matching
from pipeline.search.filters import ARTICLE_FILTERS, COMMENT_FILTERS, Box, Conditions, Has, Near, Values
from pipeline.search.intervals import Interval
from pipeline.search.moments import FORMS, span
from pipeline.search.queries import FACETS, MAX_RESULTS, Search
from schemas.documents import ArticleDocument

MAX_QUERY = 2000
MAX_SIZE = 100
Names = Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=50)]
_NOT_OF_THE_SEARCH = frozenset({"cursor", "size", "fields", "facets", "histogram", "format", "start"})
"""Parameters that don't change which hits there are, and in which order."""


class Parameters(BaseModel):
    """The parameters of a route: any other is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoParameters(Parameters):
    """A route without parameters."""


class _Query(Parameters):
    q: Annotated[str, Field(max_length=MAX_QUERY, description="Words, in the readers' query language (docs/search.md): `\"a phrase\"`, `-without`, `a OR b`, `( )`, `author:solberg`, `ferr*`.", examples=['ferry "night shifts" -strike'])] = ""  # fmt: skip
    since: Annotated[str | None, Field(max_length=60, description=f"From then on: {FORMS}. A day, month or year begins with it.", examples=["2026-03-14", "24h"])] = None  # fmt: skip
    until: Annotated[str | None, Field(max_length=60, description="Until then, in the same forms. A day, month or year is in it as a whole.", examples=["2026-03-15"])] = None  # fmt: skip
    timezone: Annotated[str, Field(max_length=60, description="IANA zone of days, and of times that name none.", examples=["Europe/Berlin"])] = "UTC"  # fmt: skip


class _Paged(_Query):
    size: Annotated[int, Field(ge=1, le=MAX_SIZE, description="Hits on a page.")] = 10
    start: Annotated[int, Field(ge=0, le=MAX_RESULTS - MAX_SIZE, description="Hits to leave out. `cursor` reaches further, and stays right while stories arrive.")] = 0  # fmt: skip
    cursor: Annotated[str | None, Field(max_length=10_000, description="`next` of the page before, with the same search.")] = None  # fmt: skip


class _Filtered(Parameters):
    section: Annotated[Names, Field(description="One of these; repeat it for several.", examples=[["Business"]])] = []  # fmt: skip
    publisher: Names = []
    language: Annotated[Names, Field(description="ISO 639-1.", examples=[["en"]])] = []
    author: Names = []
    person: Names = []
    place: Names = []
    country: Annotated[Names, Field(description="ISO 3166-1 alpha-2.", examples=[["NO"]])] = []
    organisation: Names = []
    topic: Names = []
    media_topic: Annotated[Names, Field(description="Code of an IPTC Media Topic.", examples=[["medtop:20000533"]])] = []  # fmt: skip
    story: Names = []
    not_section: Annotated[Names, Field(description="None of these.")] = []
    not_publisher: Names = []
    not_language: Names = []
    not_author: Names = []
    not_person: Names = []
    not_place: Names = []
    not_country: Names = []
    not_organisation: Names = []
    not_topic: Names = []
    not_media_topic: Names = []
    not_story: Names = []
    near: Annotated[str | None, Field(max_length=60, description="`latitude,longitude` in degrees: articles that name a place within `distance`.", examples=["59.91,10.75"])] = None  # fmt: skip
    distance: Annotated[str, Field(max_length=20, description="Kilometres (`50km`) or miles (`30mi`).", examples=["50km"])] = "50km"  # fmt: skip
    box: Annotated[str | None, Field(max_length=100, description="`west,south,east,north` in degrees.", examples=["4,57,32,72"])] = None  # fmt: skip
    has: Annotated[list[Has], Field(description="Only articles with all of these.")] = []


class ArticleParameters(_Paged, _Filtered):
    sort: Annotated[Literal["relevance", "newest", "oldest", "discussed"] | None, Field(description="Default: relevance where there are words, else newest.")] = None  # fmt: skip
    facets: Annotated[list[str], Field(max_length=20, description="Which facets to count (`section,place`), or `none`.", examples=[["section,place"]])] = []  # fmt: skip
    histogram: Annotated[
        Interval | None,
        Field(
            description="Count the hits by this interval of `shown_at`, or by a longer one where there would be more than 1,000 (`histogram_interval`)."
        ),
    ] = None
    fields: Annotated[list[str], Field(max_length=50, description="Fields of the document to send, by name (`headline,url`; inside of others `entities.name`). No patterns.", examples=[["headline,url"]])] = []  # fmt: skip
    collapse: Annotated[Literal["story"] | None, Field(description="One article of each story, with how many tell it.")] = None  # fmt: skip
    format: Annotated[Literal["json", "atom", "jsonfeed", "csv", "ndjson"], Field(description="`csv` and `ndjson` are the whole result, `atom` and `jsonfeed` its first page.")] = "json"  # fmt: skip


class SelectionParameters(_Query, _Filtered):
    """Which articles an overview is made of."""

    def as_search(self, **more: Any) -> ArticleParameters:
        own = {name: getattr(self, name) for name in ArticleParameters.model_fields if name in type(self).model_fields}
        return ArticleParameters(**own | {"facets": ["none"]} | more)


class CommentParameters(_Paged):
    article: Names = []
    author: Names = []
    publisher: Names = []
    language: Names = []
    not_article: Names = []
    not_author: Names = []
    not_publisher: Names = []
    not_language: Names = []
    sort: Literal["relevance", "newest", "oldest"] | None = None
    facets: Annotated[list[str], Field(max_length=20, description="Which facets to count (`publisher,article`).", examples=[["publisher,article"]])] = []  # fmt: skip


def article_search(asked: ArticleParameters, now: datetime | None = None) -> Search:
    """The search that is asked for. Raises Problem: 422 for a value that can't be one, 400 for a cursor of another search."""
    facets = _facets(asked.facets, ARTICLE_FILTERS)
    fields = _listed(asked.fields)
    for name in fields:
        if name.partition(".")[0] not in _DOCUMENT or "*" in name:
            wrong = "a pattern; name the fields" if "*" in name else "no field of an article"
            raise invalid("fields", f"{name[:60]!r} is {wrong}. There are {', '.join(sorted(_DOCUMENT))}; and what is inside of them, as entities.name")  # fmt: skip
    if asked.collapse and asked.start:
        raise invalid("start", "stories are paged by `cursor`")
    found = _search(asked, ARTICLE_FILTERS, now)
    return Search(
        **found,
        sort=asked.sort,
        facets=FACETS if not facets else () if "none" in facets else facets,
        fields=fields,
        histogram=asked.histogram,
        collapse=asked.collapse is not None,
    )


def comment_search(asked: CommentParameters, now: datetime | None = None) -> Search:
    """The same for comments."""
    facets = _facets(asked.facets, COMMENT_FILTERS)
    return Search(**_search(asked, COMMENT_FILTERS, now), sort=asked.sort, facets=facets)


def typed(text: str) -> str:
    """What somebody has typed so far, on one line."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def invalid(parameter: str, why: str) -> Problem:
    """A parameter whose value can't be one."""
    errors = [{"pointer": f"query/{parameter}", "detail": why}]
    return Problem(422, "invalid-request", f"{parameter}: {why}", parameter=parameter, errors=errors)


def _search(asked: Any, filters: Mapping[str, str], now: datetime | None) -> dict[str, Any]:
    digest = cursors.digest(
        (name, str(value))
        for name, value in vars(asked).items()  # plain values: dumping the model costs five times as much
        if name not in _NOT_OF_THE_SEARCH and value not in (None, [], "")
    )
    after = cursors.decoded(asked.cursor, digest) if asked.cursor is not None else None
    if after and asked.start:
        raise invalid("start", "a cursor says where to begin; leave one of the two out")
    if after:
        now = after.now
    now = now or datetime.now(UTC)
    zone = _zone(asked.timezone)
    values = {
        name: Values.of(name, getattr(asked, name), getattr(asked, f"not_{name}"))
        for name in filters
        if getattr(asked, name) or getattr(asked, f"not_{name}")
    }
    since, before = _times(asked, now, zone)
    where = _where(asked) if isinstance(asked, ArticleParameters) else None
    has = frozenset(getattr(asked, "has", ()))
    return {
        "text": asked.q,
        "conditions": Conditions(values, where, since, before, has),
        "size": asked.size,
        "start": asked.start,
        "after": after,
        "now": now,
        "zone": zone,
        "digest": digest,
    }


def _times(asked: _Paged, now: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    found: dict[str, Any] = {}
    for name, text in (("since", asked.since), ("until", asked.until)):
        if text:
            try:
                found[name] = span(text, now, zone)
            except ValueError as wrong:
                raise invalid(name, str(wrong)) from None
    until = found.get("until")
    if until is not None and until.moment:
        try:
            before = until.end + timedelta(milliseconds=1)  # the moment itself is in it
        except OverflowError:
            before = None
    else:
        before = until.end if until else None
    return (found["since"].start if "since" in found else None), before


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise invalid("timezone", f"{name[:60]!r} is no IANA zone, such as Europe/Berlin") from None


def _where(asked: ArticleParameters) -> Box | Near | None:
    if asked.box and asked.near:
        raise invalid("box", "either a box or a distance, not both")
    if asked.box:
        west, south, east, north = _numbers("box", asked.box, 4)
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
            raise invalid("box", "write west,south,east,north in degrees, such as 4,57,32,72")
        return Box(west, south, east, north)
    if asked.near:
        latitude, longitude = _numbers("near", asked.near, 2)
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise invalid("near", "write latitude,longitude in degrees, such as 59.91,10.75")
        return Near(latitude, longitude, _kilometres(asked.distance))
    return None


def _numbers(name: str, text: str, count: int) -> list[float]:
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if len(found) != count or not all(abs(one) <= 360 for one in found):
        raise invalid(name, f"{count} numbers with commas between them")
    return found


def _kilometres(text: str) -> float:
    text = text.strip().casefold()
    number, unit = (text[:-2], text[-2:]) if text.endswith(("km", "mi")) else (text, "km")
    try:
        found = float(number) * (1.609344 if unit == "mi" else 1)
    except ValueError:
        found = 0
    if not 0 < found <= 20_038:
        raise invalid("distance", "a length such as 50km or 30mi")
    return found


def _facets(asked: list[str], filters: Mapping[str, str]) -> tuple[str, ...]:
    facets = _listed(asked)
    for name in facets:
        if name not in filters and name != "none":
            raise invalid("facets", f"{name[:60]!r} is no facet; there are {', '.join(filters)}, or none")
    return facets


def _listed(values: list[str]) -> tuple[str, ...]:
    """Names, repeated or with commas between them."""
    return tuple(dict.fromkeys(name for value in values for part in value.split(",") if (name := part.strip())))


_DOCUMENT = ArticleDocument.names() - {*matching.SOURCE_EXCLUDES}
