"""The stage itself: raw events to normalized ones."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from pipeline import identity
from pipeline.addresses import public, public_code
from pipeline.dates import not_in_future
from pipeline.errors import Reject
from pipeline.formats.cutting import without_ending, without_texts
from pipeline.formats.datelines import place_and_agency, split
from pipeline.formats.desk_notes import parted
from pipeline.formats.html_text import paragraphs as blocks
from pipeline.formats.html_text import sanitised
from pipeline.formats.mediatopics import media_topics
from pipeline.stages.normalize.boilerplate import without_boilerplate, without_sign_off
from pipeline.stages.normalize.bylines import authors
from pipeline.stages.normalize.changes import Changes
from pipeline.stages.normalize.cleaning import cleaned
from pipeline.stages.normalize.embargoes import embargo_words, first_lines
from pipeline.stages.normalize.headlines import without_site
from pipeline.stages.normalize.patches import normalize_patch
from pipeline.stages.normalize.personal import pseudonym, without_personal_data
from pipeline.stages.normalize.text import clean, line, repaired
from pipeline.stages.normalize.times import read_comment_times, read_times
from schemas.article import Article, Named, Notice, ReceivedArticle
from schemas.comment import Comment, CommentNotice, ReceivedComment
from schemas.event import Event
from schemas.events import NormalizedArticleEvent, NormalizedCommentEvent, RawArticleEvent, RawCommentEvent
from schemas.identity import ClaimScheme, Moment, Original, OriginalRef, Revision
from schemas.patch import ReceivedPatch

OPERATOR = "/operator"
"""Source of events that an operator makes, who may name an article by its id alone."""

Decision = TypeVar("Decision", Notice, CommentNotice)

MAX_NOTE = 100_000
_PERHAPS_PRIVATE = (
    "@", "publication", "publicaci", "publicaç", "pubblicazione", "publicer", "publiser", "publicatie", "veröffentlich", "offentlig",
    "julkais",
)  # fmt: skip
"""Without one of these markup has nothing that isn't for publication and that the text, which is the same, doesn't have."""
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*")


def normalize_article(event: RawArticleEvent) -> NormalizedArticleEvent:
    """A received article, clean. Raises Reject where its id isn't derived from its claims, where it has no headline, or
    where its embargo or expiry can't be read: such a story must not be shown on a guess."""
    received = event.data
    _check_publisher(event)
    data: Any = received
    if isinstance(received, Notice):
        data = _dated(received, event)
    elif isinstance(received, ReceivedPatch):
        data = normalize_patch(received, partial(_article, event=event))
    elif isinstance(received, ReceivedArticle):
        data = _article(received, event)
    return NormalizedArticleEvent(**_envelope(event), normalizedtime=datetime.now(UTC), data=data)


def normalize_comment(event: RawCommentEvent, pseudonym_key: bytes | None = None) -> NormalizedCommentEvent:
    """A received comment, clean, without e-mail addresses, phone numbers and IPs; with a key its author is a pseudonym.
    Raises Reject where its ids aren't derived from its article's claims and its name, or where no text is left."""
    received = event.data
    _check_publisher(event)
    if event.source != OPERATOR and not _is_id_of(received.comment_id, received.article_id, received.name):
        raise Reject(
            "identity", "data.comment_id is not the id that data.article_id and data.name make (docs/events.md)"
        )
    if isinstance(received, CommentNotice):
        notice = _dated(received, event).model_copy(update={"claims": (), "name": None})
        return NormalizedCommentEvent(**_envelope(event), normalizedtime=datetime.now(UTC), data=notice)
    data = _comment(received, event, pseudonym_key)
    return NormalizedCommentEvent(**_envelope(event), normalizedtime=datetime.now(UTC), data=data)


def _check_publisher(event: RawArticleEvent | RawCommentEvent) -> None:
    """Raises Reject where nothing shows that the article is its publisher's."""
    received = event.data
    if received.claims and identity.article_id(received.publisher, received.claims) != received.article_id:
        raise Reject("identity", "data.article_id is not the id that its publisher and claims make (docs/events.md)")
    if any(one.scheme is ClaimScheme.URL and identity.canonical_url(one.value) is None for one in received.claims):
        raise Reject("identity", "data.claims has a url that is no http(s) address")
    if not received.claims and event.source != OPERATOR:
        raise Reject("identity", "data.claims is empty, so nothing shows whose article it is; name its address or id")


def _is_id_of(comment_id: UUID, article_id: UUID, name: str | None) -> bool:
    return name is not None and identity.comment_id(article_id, name) == comment_id


def _article(received: ReceivedArticle, event: RawArticleEvent) -> Article:
    values, changes = cleaned(received), Changes()
    url = _address(received.url)
    headline = _headline(received, url, changes)
    text = _text(received, changes)
    body_html = _body_html(received, text, url or _named_url(received))
    if body_html != received.body_html:
        changes.add("body_html", "sanitised")
    for field in ("links", "pictures"):
        if len(values[field]) < len(getattr(received, field)):
            changes.add(field, "unsafe-address")
    if url and url != received.url:
        changes.add("url", "canonical", received.url if public(received.url or "") else None)
    byline, section = values["byline"], values["section"]
    people = authors(byline)
    if people:
        changes.add("authors", "byline", byline)
    found = media_topics(section, values["topics"], values["subjects"])
    if found:
        changes.add("media_topics", "mapped")
    times = read_times(received, event.time, changes)
    if text.notes:
        values["editor_note"] = "\n".join(filter(None, (values["editor_note"], *text.notes)))[:MAX_NOTE]
    if values["correction_note"]:
        values["correction_note"] = line(" ".join(parted((received.correction_note or "").split("\n")).story))
    # nothing of its text is for publication
    withheld = received.withheld or bool(text.notes and not text.paragraphs)
    notes = (values[name] for name in ("slug", "take", "editor_note", "usage_terms"))
    openings = (
        line(received.headline),
        values["summary"],
        *first_lines(received.paragraphs, text.paragraphs, body_html),
    )
    if times.embargo_until is None and (words := embargo_words(openings, notes)):
        withheld = True
        changes.add("withheld", "embargo-words", words)
    elif times.embargo_until is None and received.embargo_until and received.embargo_until.strip():
        withheld = True
        changes.add("withheld", "no-embargo-end", received.embargo_until)
    return Article(
        **values,
        paragraphs=text.paragraphs,
        dateline=text.dateline,
        agency=text.agency,
        **times._asdict(),
        headline=headline,
        body_html=body_html,
        withheld=withheld,
        url=url,
        language=received.language if received.language and _LANGUAGE_TAG.fullmatch(received.language) else None,
        authors=tuple(author.name for author in people),
        written_by=people,
        media_topics=found,
        named=_named(received.named),
        changes=tuple(changes.made),
        revision=_revision(times.modified, received.version, event),
        original=_ref(received.original),
    )


def _address(received: str | None) -> str | None:
    """The canonical address of the article's page, as readers may get it."""
    canonical = identity.canonical_url(received) if received else None
    return public(canonical) if canonical else None


def _named_url(received: ReceivedArticle) -> str | None:
    """An address that it claims, for relative ones in a partial update's markup."""
    return next((one.value for one in received.claims if one.scheme is ClaimScheme.URL), None)


def _body_html(received: ReceivedArticle, text: _Body, base: str | None) -> str | None:
    """The markup as readers may get it, without what is not for publication; none where the two can't be parted."""
    markup, notes = sanitised(repaired(received.body_html), base) if received.body_html else None, text.notes
    if not markup:
        return None
    lower = markup.lower()
    if not notes and any(word in lower for word in _PERHAPS_PRIVATE):
        notes = tuple(parted(blocks(markup)).notes)
    if notes:
        markup = without_texts(markup, notes)
    if markup and text.sign_off:
        markup = without_ending(markup, text.sign_off) or markup
    return (without_texts(markup, text.tail) or markup) if markup and text.tail else markup


def _headline(received: ReceivedArticle, url: str | None, changes: Changes) -> str:
    headline = line(received.headline)
    if not headline:
        raise Reject("no-headline", "data.headline is empty once white space is removed")
    bare = without_site(headline, received.site, received.publisher, url)
    if bare != headline:
        changes.add("headline", "site-suffix", headline)
    return bare


class _Body(NamedTuple):
    """The text without what isn't part of the story, and the dateline from the text or its own field."""

    paragraphs: tuple[str, ...]
    dateline: str | None
    agency: str | None
    notes: tuple[str, ...]
    """What is not for publication."""
    tail: tuple[str, ...]
    """Sign-offs, keyword lists and routing, which markup is without too."""
    sign_off: str | None
    """One at the end of the last paragraph."""


def _text(received: ReceivedArticle, changes: Changes) -> _Body:
    story, notes = parted([p for p in map(clean, received.paragraphs) if p])
    if notes:
        changes.add("paragraphs", "not-for-publication")  # and not what it was: readers see the changes
    paragraphs, gone = without_boilerplate(tuple(story))
    for rule, paragraph in gone:
        changes.add("paragraphs", rule, paragraph)
    paragraphs, sign_off = without_sign_off(paragraphs)
    if sign_off:
        changes.add("paragraphs", "agency-tail", sign_off)
    written = line(received.dateline)
    dateline, agency = place_and_agency(written or "")
    if paragraphs and (opening := split(paragraphs[0])) is not None:
        changes.add("paragraphs", "dateline", paragraphs[0][: len(paragraphs[0]) - len(opening.rest)])
        dateline, agency = dateline or opening.place, agency or opening.agency
        paragraphs = (opening.rest, *paragraphs[1:])
    if dateline != written:
        changes.add("dateline", "split", received.dateline)
    tail = tuple(paragraph for rule, paragraph in gone if rule in ("agency-tail", "keyword-list", "routing"))
    return _Body(paragraphs, dateline, agency, tuple(notes), tail, sign_off)


def _author(received: str | None, pseudonym_key: bytes | None) -> str | None:
    name = line(without_personal_data(received)) if received else None
    return pseudonym(name, pseudonym_key) if name and pseudonym_key else name


def _comment(received: ReceivedComment, event: RawCommentEvent, pseudonym_key: bytes | None) -> Comment:
    text = without_personal_data(clean(received.text))
    if not text:
        raise Reject("no-text", "data.text is empty once white space is removed")
    posted, edited = read_comment_times(received, event.time)
    # an answer to a comment of the same article, or to none
    parent = received.parent_id
    if parent is not None and not _is_id_of(parent, received.article_id, received.parent_name):
        parent = None
    return Comment(
        article_id=received.article_id,
        comment_id=received.comment_id,
        provider=received.provider,
        publisher=received.publisher,
        author=_author(received.author, pseudonym_key),
        text=text,
        parent_id=parent,
        url=public(received.url) if received.url else None,
        revision=_revision(edited or posted, None, event),
        posted=posted,
        edited=edited,
        original=_ref(received.original),
    )


def _dated(notice: Decision, event: Event[Any]) -> Decision:
    """The notice, decided no later than a revision could be: a wrong clock must not outrank later decisions."""
    return notice.model_copy(update={"at": not_in_future(notice.at, event.time)}) if notice.at else notice


def _revision(modified: Moment | None, version: int | None, event: Event[Any]) -> Revision:
    at = not_in_future(modified.utc, event.time) if modified else event.time
    return Revision(modified=at, version=version or 0, received=event.time, event_id=event.id)


def _ref(original: Original | None) -> OriginalRef | None:
    if original is None:
        return None
    return OriginalRef(sha256=original.sha256, media_type=original.media_type, size=original.size)


def _named(received: tuple[Named, ...]) -> tuple[Named, ...]:
    """Names on one line, each once per kind."""
    found: dict[tuple[str, str], Named] = {}
    for one in received:
        if name := line(one.name):
            code = public_code(line(one.code) or "") or None if one.code else None
            found.setdefault((one.kind, name), one.model_copy(update={"name": name, "code": code}))
    return tuple(found.values())


def _envelope(event: Event[Any]) -> dict[str, Any]:
    return {
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": str(event.data.article_id),  # whatever the sender wrote there
        "time": event.time,
        "traceparent": event.traceparent,
    }
