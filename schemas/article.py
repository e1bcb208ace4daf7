"""An article: as received, and as normalized."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Instant, Line, Model, VersionNumber, Word, Zone
from schemas.fields import Cleaned, Compared, Indexed, Internal, Patchable, Text
from schemas.identity import Claim, Moment, Original, OriginalRef, Revision

Paragraph = Annotated[str, Field(max_length=200_000)]
Note = Annotated[str, Field(max_length=100_000)]
"""Text of a few paragraphs at most."""
Address = Annotated[str, Field(max_length=2048)]
LanguageTag = Annotated[str, Field(max_length=35)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Faq(Model):
    """A question and its answer, as the page's own FAQ has them."""

    question: Annotated[str, Field(min_length=1, max_length=4096), Cleaned(Text.PARAGRAPH), Indexed("text")]
    answer: Annotated[str, Field(max_length=100_000), Cleaned(Text.PARAGRAPH), Indexed("text")] = ""


class Subject(Model):
    """A subject code, for instance an IPTC Media Topic (`medtop:16000000`)."""

    code: Annotated[Word, Cleaned(Text.CODE)]
    name: Annotated[Line | None, Cleaned(Text.LINE)] = None


class Picture(Model):
    """A picture that goes with the story: only a link; Dateline stores no pictures."""

    url: Annotated[str, Field(min_length=1, max_length=2048), Cleaned(Text.ADDRESS)]
    caption: Annotated[Line | None, Cleaned(Text.LINE)] = None
    credit: Annotated[Line | None, Cleaned(Text.LINE)] = None


class Named(Model):
    """Somebody or something that the story is about, as the publisher declares it."""

    kind: Annotated[Literal["person", "place", "organisation"], Indexed("keyword", limit=0)]
    name: Word
    code: Word | None = None
    latitude: Annotated[Latitude | None, Internal()] = None
    longitude: Annotated[Longitude | None, Internal()] = None
    """Degrees (WGS 84), of a place."""


class Link(Model):
    """Something that belongs with the story: an address, or the id of another item."""

    url: Annotated[str, Field(min_length=1, max_length=2048), Cleaned(Text.CODE), Indexed(limit=2048)]
    title: Annotated[Line | None, Cleaned(Text.LINE), Indexed("text", searched=False)] = None
    rel: Annotated[Word, Cleaned(Text.LINE), Indexed(limit=512)] = "related"


class Hop(Model):
    """A party that handled the item before it was received (NewsML-G2 hopHistory)."""

    party: Annotated[Word, Cleaned(Text.LINE)]
    action: Annotated[Word | None, Cleaned(Text.LINE)] = None
    target: Annotated[Line | None, Cleaned(Text.LINE)] = None
    at: Annotated[Line | None, Cleaned(Text.LINE), Indexed(limit=512)] = None
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
    """The previous text, or what was removed; only its beginning where it is long."""


class _ArticleText(Model):
    """Each field has a Cleaned, and is either Indexed or Internal. Their order is part of the digests in revise's state:
    add a field at the end."""

    article_id: Annotated[UUID, Cleaned(Text.AS_IS), Internal()]
    provider: Annotated[Word, Cleaned(Text.AS_IS), Indexed()]
    """Who sent it."""
    publisher: Annotated[Word, Cleaned(Text.AS_IS), Indexed()]
    """The publisher that the provider sends for; part of the article's identity."""
    claims: Annotated[tuple[Claim, ...], Field(min_length=1, max_length=50), Cleaned(Text.AS_IS), Indexed()]
    headline: Annotated[
        str,
        Field(min_length=1, max_length=4096),
        Cleaned(Text.OWN_RULES),
        Patchable(),
        Compared(lead=True),
        Indexed("text", exact=True),
    ]
    byline: Annotated[Line | None, Cleaned(Text.LINE), Patchable(), Compared(), Indexed()] = None
    dateline: Annotated[Line | None, Cleaned(Text.OWN_RULES), Patchable(), Compared(), Indexed()] = None
    slug: Annotated[Line | None, Cleaned(Text.LINE), Patchable(), Indexed()] = None
    summary: Annotated[
        Note | None,
        Cleaned(Text.LINE),
        Patchable(),
        Compared(lead=True),
        Indexed("text"),
    ] = None
    section: Annotated[Line | None, Cleaned(Text.LINE), Patchable(), Compared(), Indexed(words=True)] = None
    topics: Annotated[
        tuple[Line, ...], Field(max_length=500), Cleaned(Text.LINE), Patchable(), Compared(), Indexed(words=True)
    ] = ()
    subjects: Annotated[tuple[Subject, ...], Field(max_length=500), Cleaned(Text.PARTS), Patchable(), Indexed()] = ()
    paragraphs: Annotated[
        tuple[Paragraph, ...],
        Field(max_length=20_000),
        Cleaned(Text.OWN_RULES),
        Patchable(),
        Indexed("text", name="body", convert="\n\n".join),
    ] = ()
    faq: Annotated[tuple[Faq, ...], Field(max_length=500), Cleaned(Text.PARTS), Patchable(), Indexed()] = ()
    body_html: Annotated[
        Annotated[str, Field(max_length=4_000_000)] | None,
        Cleaned(Text.OWN_RULES),
        Patchable(),
        Indexed("text", searched=False),
    ] = None
    """The body as HTML, where the item has markup; `paragraphs` has the same text. Normalize sanitises it: the only field
    that a front-end may put into a page without escaping."""
    take: Annotated[Line | None, Cleaned(Text.LINE), Patchable(), Indexed(limit=1024)] = None
    """Which part or version of a running wire story: `1st Ld`, `2nd Add`."""
    named: Annotated[
        tuple[Named, ...], Field(max_length=500), Cleaned(Text.OWN_RULES), Patchable(), Indexed(limit=512)
    ] = ()
    links: Annotated[tuple[Link, ...], Field(max_length=500), Cleaned(Text.PARTS), Patchable(), Indexed()] = ()
    hops: Annotated[tuple[Hop, ...], Field(max_length=100), Cleaned(Text.PARTS), Indexed(limit=1024)] = ()
    site: Annotated[Line | None, Cleaned(Text.LINE), Patchable(), Indexed()] = None
    genre: Annotated[Line | None, Cleaned(Text.LINE), Patchable(), Indexed()] = None
    urgency: Annotated[Annotated[int, Field(ge=1, le=9)] | None, Cleaned(Text.AS_IS), Patchable(), Indexed("byte")] = (
        None
    )
    """1 most urgent … 9; IPTC's scale."""
    pictures: Annotated[
        tuple[Picture, ...], Field(max_length=500), Cleaned(Text.PARTS), Patchable(), Indexed("stored")
    ] = ()
    rights: Annotated[Line | None, Cleaned(Text.LINE), Patchable(), Indexed(searched=False)] = None
    rights_holder: Annotated[Line | None, Cleaned(Text.LINE), Patchable(), Indexed(limit=1024)] = None
    usage_terms: Annotated[
        Line | None, Cleaned(Text.LINE), Patchable(), Compared(), Indexed("text", searched=False)
    ] = None
    credit: Annotated[Line | None, Cleaned(Text.LINE), Patchable(), Indexed(limit=1024)] = None
    editor_note: Annotated[Note | None, Cleaned(Text.PARAGRAPH), Patchable(), Internal()] = None
    """For editors, not for readers."""
    withheld: Annotated[bool, Cleaned(Text.OWN_RULES), Patchable(), Internal()] = False
    """Its provider withholds it until a later revision releases it."""
    correction_note: Annotated[
        Note | None,
        Cleaned(Text.LINE),
        Patchable(),
        Compared(),
        Indexed("text"),
    ] = None


class ReceivedArticle(_ArticleText):
    """What a producer read from an item: text and times as the publisher wrote them. Data of `articles.raw`."""

    kind: Literal["article"] = "article"
    url: Address | None = None
    language: Annotated[LanguageTag | None, Patchable()] = None
    """BCP 47 tag as declared by the publisher."""
    published: Annotated[Line | None, Patchable()] = None
    modified: Line | None = None
    version: VersionNumber | None = None
    embargo_until: Annotated[Line | None, Patchable()] = None
    expires: Annotated[Line | None, Patchable()] = None
    timezone: Zone = "UTC"
    """IANA zone for times that name none."""
    day_first: bool | None = None
    """How dates like `05/04` are read, as the other times of the item show it; absent where nothing does."""
    original: Original | None = None


class Article(_ArticleText):
    """A clean article: Unicode NFC, no stray white space, times in UTC. Data of `articles.normalized`."""

    kind: Annotated[Literal["article"], Internal()] = "article"
    revision: Annotated[Revision, Indexed()]
    authors: Annotated[tuple[Line, ...], Field(max_length=200), Indexed(words=True)] = ()
    """Names of those in the byline."""
    written_by: Annotated[tuple[Author, ...], Field(max_length=200), Indexed(limit=1024)] = ()
    """The same, with role, affiliation and place from the byline."""
    agency: Annotated[Line | None, Compared(), Indexed(limit=1024)] = None
    """The agency that the dateline names."""
    media_topics: Annotated[tuple[Subject, ...], Field(max_length=500), Indexed(limit=1024)] = ()
    """IPTC Media Topics: those received, and the top terms that section, topics and older codes mean."""
    changes: Annotated[tuple[Change, ...], Field(max_length=200), Indexed("stored")] = ()
    """What normalize changed beyond white space and Unicode form. A field that isn't named here is as received."""
    url: Annotated[Address | None, Cleaned(Text.OWN_RULES), Compared(), Indexed()] = None
    language: Annotated[LanguageTag | None, Cleaned(Text.OWN_RULES), Internal()] = None
    """As declared; a document has the one that enrich detected."""
    published: Annotated[Moment | None, Cleaned(Text.OWN_RULES), Compared(), Indexed()] = None
    modified: Annotated[Moment | None, Cleaned(Text.OWN_RULES), Compared(), Indexed()] = None
    embargo_until: Annotated[Moment | None, Cleaned(Text.OWN_RULES), Compared(), Indexed()] = None
    expires: Annotated[Moment | None, Cleaned(Text.OWN_RULES), Compared(), Indexed()] = None
    original: Annotated[OriginalRef | None, Cleaned(Text.OWN_RULES), Indexed()] = None
    merged: Annotated[Word | None, Internal()] = None
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
    """When it was decided; the time of receipt where absent."""
    by: Line | None = None
    reason: Annotated[str, Field(max_length=10_000)] | None = None
