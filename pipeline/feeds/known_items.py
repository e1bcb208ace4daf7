"""What is known of a feed's items from one poll to the next: an item that didn't change publishes nothing, also where its id
or its address changes at each poll."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline import identity
from pipeline.formats.items import Story
from schemas.subscription import Subscription

_TRACKING = re.compile(r"\b(?:utm_\w+|fbclid|gclid)=[^&\s\"]*")
_LONG = 80
"""Characters of a text that doesn't come again by chance."""


@dataclass(frozen=True)
class KnownItem:
    """An item by its key, its content, and what else it is known by: first its address, then its content."""

    key: str
    content: str
    names: tuple[str, ...] = ()
    revision: str = ""
    """What tells it from others of the feed with the same key."""


class KnownItems:
    """What a subscription knows, and what a poll finds. A digest stands for each text."""

    def __init__(self, feed: Subscription) -> None:
        self._feed = feed
        self._seen: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._keys: set[str] = set()

    def has(self, item: KnownItem) -> bool:
        """Whether the item is known and didn't change, or was in the feed before; then it is remembered."""
        content = digest(item.content)
        if self._seen.get(digest(item.key)) == content:
            return True
        known = self._feed.seen.get(self._key(item))
        if known is None:
            known = next((found for name in item.names if (found := self._feed.names.get(digest(name)))), None)
        if known != content:
            return False
        self.add(item)
        return True

    def add(self, item: KnownItem, refusal: str | None = None) -> bool:
        """Remember the item, or how it was refused; whether that is known already."""
        key, value = self._key(item), digest(refusal or item.content)
        self._keys.add(digest(item.key))
        self._seen[key] = value
        if refusal is None:
            self._names |= dict.fromkeys(map(digest, item.names), value)
        return self._feed.seen.get(key) == value

    def _key(self, item: KnownItem) -> str:
        """The item's key in `seen`: of several revisions of one item in a feed each has its own."""
        key = digest(item.key)
        return digest(f"{item.key}\n{item.revision}") if key in self._keys else key

    def seen(self, most: int) -> dict[str, str]:
        return _last(self._feed.seen, self._seen, most)

    def names(self, most: int) -> dict[str, str]:
        return _last(self._feed.names, self._names, most)


def of_story(story: Story, full_text: bool = False) -> KnownItem:
    """What a story is known by: its own id, else its own address, else its headline. Its time of modification is new by
    itself only where it tells of a page whose text is to be fetched (`full_text`): many feeds have the time of asking."""
    content = _content(story) + (f"\n{story.modified}" if full_text and story.partial else "")
    address = identity.canonical_url(story.url) if story.own_url and story.url else None
    text = " ".join((*story.paragraphs, story.summary or ""))
    told = story.published or ("" if len(text) >= _LONG else urlsplit(story.url or "").path)
    names = (*([f"address {address}"] if address else []), f"content {told} {content}")
    revision = story.modified or story.published or story.headline
    return KnownItem(story.guid or address or story.headline, content, names, revision)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _content(story: Story) -> str:
    """What makes an item new when it changes: its text, without tracking parameters; pictures don't count."""
    parts = (
        story.headline,
        story.summary or "",
        *story.paragraphs,
        story.byline or "",
        story.state,
    )
    return _TRACKING.sub("", "\n".join(parts))


def _last(old: dict[str, str], fresh: dict[str, str], most: int) -> dict[str, str]:
    """Up to `most` entries, and all of the fresh ones, which come last: what the feed has now is forgotten last."""
    both = {key: value for key, value in old.items() if key not in fresh} | fresh
    return dict(list(both.items())[-max(most, len(fresh)) :])
