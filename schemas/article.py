"""An article: as received, and as normalized."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Instant, Line, Model, Word
from schemas.identity import Claim, Moment, Original, OriginalRef, Revision

Paragraph = Annotated[str, Field(max_length=200_000)]


class Faq(Model):
    """A question and its answer, as the page's own FAQ has them."""

    question: Annotated[str, Field(min_length=1, max_length=4096)]
    answer: Annotated[str, Field(max_length=100_000)] = ""


class Subject(Model):
    """A subject code, for instance an IPTC Media Topic (`medtop:16000000`)."""

    code: Word
    name: Line | None = None


class Picture(Model):
    """A picture that goes with the story: only a link; Dateline keeps no pictures."""

    url: Annotated[str, Field(min_length=1, max_length=2048)]
    caption: Line | None = None
    credit: Line | None = None


class Named(Model):
    """Somebody or something that the publisher says the story is about."""

    kind: Literal["person", "place", "organisation"]
    name: Word
    code: Word | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    """Degrees (WGS 84), of a place."""


class Link(Model):
    """Something that belongs with the story: an address, or the id of another item."""

    url: Annotated[str, Field(min_length=1, max_length=2048)]
    title: Line | None = None
    rel: Word = "related"


class Hop(Model):
    """One pair of hands that the item went through before it came here (NewsML-G2 hopHistory)."""

    party: Word
    action: Word | None = None
    target: Line | None = None
    at: Line | None = None
    """As it was written."""


class Author(Model):
    """Somebody that the byline names."""

    name: Word
    role: Line | None = None
    """As written: `Staff Writer`."""
    affiliation: Line | None = None
    """The paper or agency that they wrote for."""
    place: Line | None = None
    """Where they wrote from."""


class Change(Model):
    """Something that normalize did to a field, and by which rule."""

    field: Word
    rule: Word
    was: Annotated[str, Field(max_length=500)] | None = None
    """What stood there before, or what was taken out; its beginning where it is long."""


class _ArticleText(Model):
    article_id: UUID
    provider: Word
    """Who sent it."""
    publisher: Word
    """For whom the provider speaks; part of the article's identity."""
    claims: Annotated[tuple[Claim, ...], Field(min_length=1, max_length=50)]
    headline: Annotated[str, Field(min_length=1, max_length=4096)]
    byline: Line | None = None
    dateline: Line | None = None
    slug: Line | None = None
    summary: Annotated[str, Field(max_length=100_000)] | None = None
    section: Line | None = None
    topics: Annotated[tuple[Line, ...], Field(max_length=500)] = ()
    subjects: Annotated[tuple[Subject, ...], Field(max_length=500)] = ()
    paragraphs: Annotated[tuple[Paragraph, ...], Field(max_length=20_000)] = ()
    faq: Annotated[tuple[Faq, ...], Field(max_length=500)] = ()
    body_html: Annotated[str, Field(max_length=4_000_000)] | None = None
    """The body as sanitised HTML, where the item has markup; `paragraphs` has the same text."""
    take: Line | None = None
    """Which part or version of a running wire story: `1st Ld`, `2nd Add`."""
    named: Annotated[tuple[Named, ...], Field(max_length=500)] = ()
    links: Annotated[tuple[Link, ...], Field(max_length=500)] = ()
    hops: Annotated[tuple[Hop, ...], Field(max_length=100)] = ()
    site: Line | None = None
    genre: Line | None = None
    urgency: Annotated[int, Field(ge=1, le=9)] | None = None
    """1 most urgent … 9; IPTC's scale."""
    pictures: Annotated[tuple[Picture, ...], Field(max_length=500)] = ()
    rights: Line | None = None
    rights_holder: Line | None = None
    usage_terms: Line | None = None
    credit: Line | None = None
    editor_note: Annotated[str, Field(max_length=100_000)] | None = None
    """For editors, not for readers."""
    withheld: bool = False
    """Its provider holds it back until a later revision lets it go."""
    correction_note: Annotated[str, Field(max_length=100_000)] | None = None


class ReceivedArticle(_ArticleText):
    """What a producer read from an item: text and times as the publisher wrote them. Data of `articles.raw`."""

    kind: Literal["article"] = "article"
    url: Annotated[str, Field(max_length=2048)] | None = None
    language: Annotated[str, Field(max_length=35)] | None = None
    """BCP 47 tag as declared by the publisher."""
    published: Line | None = None
    modified: Line | None = None
    version: Annotated[int, Field(ge=0)] | None = None
    embargo_until: Line | None = None
    expires: Line | None = None
    timezone: Word = "UTC"
    """IANA zone for times that name none."""
    original: Original | None = None


class Article(_ArticleText):
    """A clean article: Unicode NFC, no stray white space, times in UTC. Data of `articles.normalized`."""

    kind: Literal["article"] = "article"
    revision: Revision
    authors: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    """Names of those in the byline."""
    written_by: Annotated[tuple[Author, ...], Field(max_length=200)] = ()
    """The same with what else the byline says of them."""
    agency: Line | None = None
    """The agency that the dateline names."""
    media_topics: Annotated[tuple[Subject, ...], Field(max_length=500)] = ()
    """IPTC Media Topics: those received, and the top terms that section, topics and older codes mean."""
    changes: Annotated[tuple[Change, ...], Field(max_length=200)] = ()
    """What normalize changed beyond white space and Unicode form. A field that isn't named here is as received."""
    url: Annotated[str, Field(max_length=2048)] | None = None
    language: Annotated[str, Field(max_length=35)] | None = None
    published: Moment | None = None
    modified: Moment | None = None
    embargo_until: Moment | None = None
    expires: Moment | None = None
    original: OriginalRef | None = None
    merged: Word | None = None
    """Only on `articles.merged` and its way back: which merge of revise's this is."""


class Notice(Model):
    """A kill of an article, or the end of one. Data of `article.withdrawn` and `article.reinstated` on every topic.

    A kill may come from the publisher or an operator and outranks every revision; only an operator reinstates.
    """

    kind: Literal["withdrawal", "reinstatement"]
    article_id: UUID
    provider: Word
    publisher: Word
    claims: Annotated[tuple[Claim, ...], Field(max_length=50)] = ()
    at: Instant | None = None
    """When it was decided; the time of receipt where it isn't said."""
    by: Line | None = None
    reason: Annotated[str, Field(max_length=10_000)] | None = None
