"""Stories to events: ids from claims, the original as received, one article event and one event per comment
(comment_events.py)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from uuid import UUID

from pydantic import ValidationError

from pipeline import identity
from pipeline.dates import day_first, not_in_future
from pipeline.errors import Reject, explain
from pipeline.formats.items import Discussion, Item, State, Story
from pipeline.ingest.claims import claims_of, guid_claim
from pipeline.ingest.comment_events import comment_events
from pipeline.ingest.origin import Origin, original
from pipeline.settings import Settings
from schemas.article import Notice, ReceivedArticle
from schemas.event import EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from schemas.identity import Claim

DEFAULT_PROVIDER = "local"
RawEvent = RawArticleEvent | RawCommentEvent


@dataclass(frozen=True)
class Hints:
    """What the sender gives with an item. It outranks what the item says itself."""

    provider: str | None = None
    timezone: str | None = None
    url: str | None = None
    guid: str | None = None
    day_first: bool | None = None  # how all dates of the document are read
    only_itself: bool = False
    """The sender is authenticated: it may publish only for the publisher that it is configured for, by default itself."""

    def address(self, own: str | None) -> str | None:
        """The address that was given; not that of a whole site, which the item's own was resolved against."""
        is_base = own and identity.is_home_page(self.url) and not identity.is_home_page(own)
        return None if is_base else self.url


def story_events(
    story: Story, item: Item, hints: Hints, settings: Settings, received: datetime
) -> list[RawEvent | Reject]:
    """The article's event, or its withdrawal, then its comments' in their order; a comment that the contract can't hold
    is refused by itself, and so is an article with comments. Raises Reject where it can't hold the story."""
    given = hints.address(story.url)
    url = given or story.url or item.url
    named = replace(story, url=url, own_url=story.own_url or bool(given), guid=hints.guid or story.guid)
    if hints.guid or hints.only_itself:
        named.feed_url = None  # what the sender gives, or a provider sends itself, is its own in all feeds
    origin = _origin(url, claims_of(named), story.headline, story.sender, hints, settings)
    language = story.language or origin.language
    order = day_first(story.times(), language, origin.zone) if hints.day_first is None else hints.day_first
    origin = replace(origin, language=language, day_first=order)
    try:
        if story.state is State.KILLED:
            return [_kill(story, origin, received)]
        article: RawEvent | Reject = _article(story, item, origin, settings, received)
    except ValidationError as e:
        article = Reject("invalid", explain(e))
        if not story.comments:
            raise article from None
    return [article, *comment_events(story.comments, origin, received)]


def discussion_events(
    discussion: Discussion, item: Item, hints: Hints, settings: Settings, received: datetime
) -> list[RawEvent | Reject]:
    """The events of comments whose article is somewhere else; a comment that the contract can't hold is refused by itself.
    Raises Reject where they name no article."""
    url = hints.address(discussion.url) or discussion.url
    guid = hints.guid or (discussion.guid if identity.is_id(discussion.guid) else None)
    names = [identity.url_claim(url) if url else None, guid_claim(guid)]
    if not any(names):
        raise Reject("no-id", "these comments name no article (by its address, or an id)")
    origin = _origin(url, names, discussion.headline or "", None, hints, settings)
    origin = replace(origin, day_first=day_first(discussion.times(), origin.language, origin.zone))
    return list(comment_events(discussion.comments, origin, received))


def withdrawal(
    article_id: UUID, provider: str, publisher: str, reason: str, by: str, *, reinstate: bool = False
) -> RawArticleEvent:
    """A kill by an operator or a publisher, or its end by an operator."""
    now = datetime.now(UTC)
    type_ = EventType.ARTICLE_REINSTATED if reinstate else EventType.ARTICLE_WITHDRAWN
    return RawArticleEvent(
        id=identity.event_id(article_id, type_.value, reason, now.isoformat()),
        source="/operator" if by == "operator" else f"/{provider}",
        type=type_,
        subject=str(article_id),
        time=now,
        data=Notice(
            kind="reinstatement" if reinstate else "withdrawal",
            article_id=article_id,
            provider=provider,
            publisher=publisher,
            at=now,
            by=by,
            reason=reason,
        ),
    )


def _origin(
    url: str | None, names: Sequence[Claim | None], headline: str, sender: str | None, hints: Hints, settings: Settings
) -> Origin:  # fmt: skip
    domain = identity.registered_domain(url) if url else None
    provider = hints.provider or domain or _as_provider(sender) or DEFAULT_PROVIDER
    options = settings.provider(provider)
    publisher = options.publisher or (None if hints.only_itself else domain) or provider
    claims = tuple(claim for claim in names if claim is not None)[:50] or (identity.headline_claim(headline),)
    own = identity.article_id(publisher, claims)
    return Origin(provider, publisher, claims, own, url, hints.timezone or options.timezone, options.language)


def _as_provider(sender: str | None) -> str | None:
    """A provider's name from an item, in the form that settings use: `AFP` becomes `afp`."""
    name = re.sub(r"[^\w.]+", "-", sender.casefold()).strip("-")[:100] if sender else ""
    return name if name not in ("", "operator") else None  # an operator's events are believed more


_DECIDED = frozenset(
    {"kind", "article_id", "provider", "publisher", "claims", "url", "language", "withheld", "timezone", "day_first",
     "original"}
)  # fmt: skip
"""Fields of an article that are not what its story says, or not only."""
_CARRIED = tuple(name for name in ReceivedArticle.model_fields if name not in _DECIDED)
if missing := set(_CARRIED) - {field.name for field in fields(Story)}:
    raise TypeError(f"formats.items.Story has no {', '.join(sorted(missing))}")


def _article(story: Story, item: Item, who: Origin, settings: Settings, received: datetime) -> RawArticleEvent:
    kept = original(
        story.original if story.original is not None else item.content,
        story.original_type or item.media_type or "application/octet-stream",
    )
    article = ReceivedArticle(
        **{name: getattr(story, name) for name in _CARRIED},
        **who.ids,
        claims=who.claims,
        url=who.url,
        language=who.language,
        withheld=story.state is State.WITHHELD or (story.state is State.EMBARGOED and not story.embargo_until),
        timezone=who.zone,
        day_first=who.day_first,
        original=kept,
    )
    return RawArticleEvent(
        id=identity.event_id(who.article_id, "article", kept.sha256, story.modified or ""),
        source=who.source,
        type=EventType.ARTICLE_CORRECTED if story.corrected else EventType.ARTICLE_PUBLISHED,
        subject=str(who.article_id),
        time=received,
        data=article,
    )


def _kill(story: Story, origin: Origin, received: datetime) -> RawArticleEvent:
    modified = origin.time(story.modified, received)
    reason = story.editor_note or story.correction_note or f"withdrawn by {origin.provider}"
    notice = Notice(
        kind="withdrawal",
        **origin.ids,
        claims=origin.claims,
        at=not_in_future(modified.utc, received) if modified else received,
        by=origin.provider,
        reason=reason[:10_000],
    )
    return RawArticleEvent(
        id=identity.event_id(origin.article_id, EventType.ARTICLE_WITHDRAWN.value, reason, story.modified or ""),
        source=origin.source,
        type=EventType.ARTICLE_WITHDRAWN,
        subject=str(origin.article_id),
        time=received,
        data=notice,
    )
