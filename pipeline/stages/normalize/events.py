"""The stage itself: raw events to normalized ones."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from pipeline import identity
from pipeline.dates import not_in_future, parse
from pipeline.errors import Reject
from pipeline.formats.mediatopics import media_topics
from pipeline.stages.normalize.boilerplate import without_boilerplate
from pipeline.stages.normalize.bylines import authors
from pipeline.stages.normalize.datelines import place_and_agency, split
from pipeline.stages.normalize.headlines import without_site
from pipeline.stages.normalize.patches import normalize_patch
from pipeline.stages.normalize.personal import pseudonym, without_personal_data
from pipeline.stages.normalize.text import clean, line
from schemas.article import Article, Change, Faq, Named, Notice, ReceivedArticle, Subject
from schemas.comment import Comment, CommentNotice, ReceivedComment
from schemas.event import Event
from schemas.events import NormalizedArticleEvent, NormalizedCommentEvent, RawArticleEvent, RawCommentEvent
from schemas.identity import Moment, Original, OriginalRef, Revision
from schemas.patch import ReceivedPatch

OPERATOR = "/operator"
"""Source of events that an operator makes, who may name an article by its id alone."""

_MOST_CHANGES = 100


def normalize_article(event: RawArticleEvent) -> NormalizedArticleEvent:
    """A received article, clean. Raises Reject where it isn't who it says it is, has no headline, or names an embargo
    or expiry that can't be read: such a story must not be shown on a guess."""
    received = event.data
    if received.claims and identity.article_id(received.publisher, received.claims) != received.article_id:
        raise Reject("identity", "data.article_id is not the id that its publisher and claims make (docs/events.md)")
    if isinstance(received, Notice) and not received.claims and event.source != OPERATOR:
        raise Reject("identity", "data.claims is empty: whose article it is can't be told; name its address or id")
    data: Any = received
    if isinstance(received, ReceivedPatch):
        data = normalize_patch(received, partial(_article, event=event))
    elif isinstance(received, ReceivedArticle):
        data = _article(received, event)
    return NormalizedArticleEvent(**_envelope(event), normalizedtime=datetime.now(UTC), data=data)


def normalize_comment(event: RawCommentEvent, pseudonym_key: bytes | None = None) -> NormalizedCommentEvent:
    """A received comment, clean, without e-mail addresses, phone numbers and IPs; with a key its author is a pseudonym.
    Raises Reject where no text is left."""
    received = event.data
    data = received if isinstance(received, CommentNotice) else _comment(received, event, pseudonym_key)
    return NormalizedCommentEvent(**_envelope(event), normalizedtime=datetime.now(UTC), data=data)


def _article(received: ReceivedArticle, event: RawArticleEvent) -> Article:
    headline = line(received.headline)
    if not headline:
        raise Reject("no-headline", "data.headline is empty once white space is removed")

    def at(field: str) -> Moment | None:
        written: str | None = getattr(received, field)
        return parse(written, received.timezone, event.time, _short(received.language)) if written else None

    def must_parse(field: str) -> Moment | None:
        moment = at(field)
        written: str | None = getattr(received, field)
        if written and written.strip() and moment is None:
            raise Reject("bad-date", f"data.{field} is {written!r}, which can't be read as a time")
        return moment

    modified = at("modified")
    byline = line(received.byline)
    url = identity.canonical_url(received.url) if received.url else None
    changes: list[Change] = []

    def changed(field: str, rule: str, was: str | None = None) -> None:
        if len(changes) < _MOST_CHANGES:
            changes.append(Change(field=field, rule=rule, was=was[:500] if was else None))

    bare = without_site(headline, received.site, received.publisher, url)
    if bare != headline:
        changed("headline", "site-suffix", headline)
    paragraphs, gone = without_boilerplate(tuple(p for p in (clean(p) for p in received.paragraphs) if p))
    for rule, paragraph in gone:
        changed("paragraphs", rule, paragraph)
    dateline, agency = place_and_agency(line(received.dateline) or "")
    if paragraphs and (opening := split(paragraphs[0])) is not None:
        changed("paragraphs", "dateline", paragraphs[0][: len(paragraphs[0]) - len(opening.rest)])
        dateline, agency = dateline or opening.place, agency or opening.agency
        paragraphs = (opening.rest, *paragraphs[1:])
    if dateline != line(received.dateline):
        changed("dateline", "split", received.dateline)
    if url and url != received.url:
        changed("url", "canonical", received.url)
    people = authors(byline)
    if people:
        changed("authors", "byline", byline)
    topics = _unique(line(topic) for topic in received.topics)
    subjects = tuple(Subject(code=s.code, name=line(s.name)) for s in received.subjects)
    section = line(received.section)
    medtops = media_topics(section, topics, subjects)
    if medtops:
        changed("media_topics", "mapped", None)
    for field, moment in (("published", at("published")), ("modified", modified)):
        if moment is not None and moment.assumed_zone:
            changed(field, f"zone:{moment.assumed_zone}", moment.original)
    return Article(
        article_id=received.article_id,
        provider=received.provider,
        publisher=received.publisher,
        claims=received.claims,
        headline=bare,
        byline=byline,
        dateline=dateline,
        agency=agency,
        slug=line(received.slug),
        take=line(received.take),
        summary=line(received.summary),
        section=section,
        topics=topics,
        subjects=subjects,
        media_topics=medtops,
        changes=tuple(changes),
        paragraphs=paragraphs,
        body_html=received.body_html,
        faq=tuple(Faq(question=clean(f.question), answer=clean(f.answer)) for f in received.faq if clean(f.question)),
        site=line(received.site),
        genre=line(received.genre),
        urgency=received.urgency,
        pictures=received.pictures,
        links=received.links,
        named=_named(received.named),
        hops=received.hops,
        rights=line(received.rights),
        rights_holder=line(received.rights_holder),
        usage_terms=line(received.usage_terms),
        credit=line(received.credit),
        editor_note=clean(received.editor_note) if received.editor_note else None,
        withheld=received.withheld,
        correction_note=line(received.correction_note),
        revision=_revision(modified, received.version, event),
        authors=tuple(author.name for author in people),
        written_by=people,
        url=url,
        language=received.language,
        published=at("published"),
        modified=modified,
        embargo_until=must_parse("embargo_until"),
        expires=must_parse("expires"),
        original=_ref(received.original),
    )


def _author(received: str | None, pseudonym_key: bytes | None) -> str | None:
    name = line(without_personal_data(received)) if received else None
    return pseudonym(name, pseudonym_key) if name and pseudonym_key else name


def _comment(received: ReceivedComment, event: RawCommentEvent, pseudonym_key: bytes | None) -> Comment:
    text = without_personal_data(clean(received.text))
    if not text:
        raise Reject("no-text", "data.text is empty once white space is removed")
    posted = parse(received.posted, received.timezone, event.time) if received.posted else None
    edited = parse(received.edited, received.timezone, event.time) if received.edited else None
    return Comment(
        article_id=received.article_id,
        comment_id=received.comment_id,
        provider=received.provider,
        publisher=received.publisher,
        author=_author(received.author, pseudonym_key),
        text=text,
        parent_id=received.parent_id,
        url=received.url,
        revision=_revision(edited or posted, None, event),
        posted=posted,
        edited=edited,
        original=_ref(received.original),
    )


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
            found.setdefault((one.kind, name), one.model_copy(update={"name": name}))
    return tuple(found.values())


def _unique(items: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for item in items if item))


def _short(language: str | None) -> str | None:
    return language.split("-")[0].lower() if language else None


def _envelope(event: Event[Any]) -> dict[str, Any]:
    return {
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": event.time,
        "traceparent": event.traceparent,
    }
