"""Comments of Coral (and Talk, its older version), as JSON: an export, or the answer of its API.

Source: https://docs.coralproject.net (GraphQL schema: Story, Comment, COMMENT_STATUS). Authors' e-mails are not read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.errors import Reject
from pipeline.formats import html_text, media
from pipeline.formats.items import CommentState, Discussion, Item, StoryComment

_STATES = {
    "APPROVED": CommentState.APPROVED,
    "ACCEPTED": CommentState.APPROVED,
    "NONE": CommentState.APPROVED,
    "PREMOD": CommentState.HELD,
    "SYSTEM_WITHHELD": CommentState.HELD,
    "REJECTED": CommentState.REJECTED,
}
Thing = dict[str, Any]


def recognises(item: Item) -> bool:
    """JSON with comments that have a body and name their story."""
    return any(_is_comment(one) for one, _ in _comments(item.json))


def read(item: Item) -> Iterator[Discussion | Reject]:
    """The comments of each story. A comment that names none is refused by itself."""
    loaded = item.json
    stories = {str(one.get("id")): one for one in _stories(loaded)}
    threads: dict[tuple[str | None, str | None], Discussion] = {}
    for number, (thing, within) in enumerate(_comments(loaded), 1):
        if not _is_comment(thing):
            yield Reject("invalid", f"comment {number}: body is missing")
            continue
        own = (
            within
            or thing.get("story")
            or stories.get(str(_first(thing, "storyID", "story_id", "asset_id", "assetID")))
            or {}
        )
        url = own.get("url") or _first(thing, "storyURL", "story_url", "asset_url")
        guid = str(own.get("id") or _first(thing, "storyID", "story_id", "asset_id", "assetID") or "") or None
        if not media.is_link(url) and not guid:
            yield Reject("no-id", f"comment {number}: it names no story (storyID, or story.url)")
            continue
        key = (url if media.is_link(url) else None, guid)
        thread = threads.setdefault(key, Discussion(url=key[0], guid=guid, headline=_title(own), comments=[]))
        thread.comments.append(_comment(thing))
    yield from threads.values()


def _comment(thing: Thing) -> StoryComment:
    author = media.as_dict(thing.get("author"))
    body = thing.get("body") or (thing.get("revision") or {}).get("body") or ""
    if isinstance(body, dict):
        body = body.get("text") or ""
    parent = thing.get("parent")
    deleted = _first(thing, "deletedAt", "deleted_at")
    state = _STATES.get(str(thing.get("status") or "NONE").upper(), CommentState.HELD)
    return StoryComment(
        author=_text(author.get("username")) or _text(author.get("displayName")) or _text(thing.get("username")),
        posted=_text(_first(thing, "createdAt", "created_at")),
        edited=_edited(thing),
        text="\n\n".join(html_text.paragraphs(str(body))) or "…",
        own_id=str(thing.get("id")) if thing.get("id") else None,
        parent=str(parent.get("id"))
        if isinstance(parent, dict) and parent.get("id")
        else _text(_first(thing, "parentID", "parent_id")),
        state=CommentState.REMOVED if deleted else state,
    )


def _edited(thing: Thing) -> str | None:
    editing = thing.get("editing")
    if isinstance(editing, dict) and editing.get("edited"):
        return _text(editing.get("editedAt")) or _text(_first(thing, "updatedAt", "updated_at"))
    return _text(_first(thing, "editedAt", "edited_at"))


def _is_comment(thing: Thing) -> bool:
    has_body = isinstance(thing.get("body"), str | dict) or isinstance((thing.get("revision") or {}).get("body"), str)
    known = {
        "storyID",
        "story",
        "story_id",
        "asset_id",
        "assetID",
        "author",
        "author_id",
        "authorID",
        "createdAt",
        "created_at",
    }
    return has_body and bool(known & thing.keys())


def _stories(loaded: Any) -> Iterable[Thing]:
    loaded = loaded.get("data", loaded) if isinstance(loaded, dict) else loaded
    if not isinstance(loaded, dict):
        return []
    return [*media.values(_nodes(loaded.get("stories"))), *media.values(_nodes(loaded.get("assets")))]


def _comments(loaded: Any) -> Iterator[tuple[Thing, Thing | None]]:
    """(comment, the story that it stands in) of a list, an envelope, or stories with their comments; replies too."""
    loaded = loaded.get("data", loaded) if isinstance(loaded, dict) else loaded
    waiting: deque[tuple[Any, Thing | None]] = deque()
    if isinstance(loaded, list):
        waiting.extend((one, None) for one in loaded)
    elif isinstance(loaded, dict):
        if isinstance(loaded.get("body"), str):
            waiting.append((loaded, None))
        waiting.extend((one, None) for one in _nodes(loaded.get("comments")))
        story = loaded.get("story") or loaded.get("asset")
        for parent in [*([story] if isinstance(story, dict) else []), *_stories(loaded)]:
            waiting.extend((one, parent) for one in _nodes(parent.get("comments")))
    while waiting:
        thing, own = waiting.popleft()
        if isinstance(thing, dict):
            if "body" in thing or "revision" in thing:
                yield thing, own
            waiting.extend((reply, own) for reply in _nodes(thing.get("replies")))


def _nodes(several: Any) -> list[Any]:
    """A list, or GraphQL's `edges` or `nodes` of one."""
    if isinstance(several, dict):
        edges = several.get("edges")
        if isinstance(edges, list):
            return [edge.get("node") for edge in edges if isinstance(edge, dict)]
        several = several.get("nodes")
    return several if isinstance(several, list) else []


def _title(own: Thing) -> str | None:
    metadata = media.as_dict(own.get("metadata"))
    return _text(metadata.get("title")) or _text(own.get("title"))


def _first(thing: Thing, *names: str) -> Any:
    return next((thing[name] for name in names if thing.get(name)), None)


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
