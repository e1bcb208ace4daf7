"""Comments of Coral (and Talk, its older version), as JSON: an export, or the answer of its API.

Sources: https://docs.coralproject.net (GraphQL schema: Story, Comment, COMMENT_STATUS), and for what `mongoexport` writes of its
database (all `revisions` of a comment, times as `{"$date": …}`) https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/.
Authors' e-mails are not read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import html_text, json_values
from pipeline.formats.format import Format
from pipeline.formats.items import CommentState, Discussion, Item, StoryComment

_STATES = {
    "APPROVED": CommentState.APPROVED,
    "ACCEPTED": CommentState.APPROVED,
    "NONE": CommentState.APPROVED,
    "PREMOD": CommentState.HELD,
    "SYSTEM_WITHHELD": CommentState.HELD,
    "REJECTED": CommentState.REJECTED,
}
_STORY = frozenset({"storyID", "story", "story_id", "asset_id", "assetID", "storyURL", "story_url", "asset_url"})
"""What names a comment's story."""
_OF_A_COMMENT = frozenset({"body", "revision", "revisions", "deleted", "deletedAt", "deleted_at"})
Thing = dict[str, Any]


def recognises(item: Item) -> bool:
    """JSON with comments that have a body, or had one, and name their story."""
    return any(_is_comment(found.thing) for found in _comments(item.json))


def read(item: Item) -> Iterator[Discussion | Reject]:
    """The comments of each story. A comment that has no body or names no story is refused by itself."""
    loaded = item.json
    told = (json_values.as_dict(found.thing.get("story")) for found in _comments(loaded))
    known = [*(one for one in told if addresses.is_link(json_values.text(one.get("url")))), *_stories(loaded)]
    stories = {own: one for one in known if (own := json_values.identifier(one.get("id")))}
    threads: dict[tuple[str | None, str | None], Discussion] = {}
    for number, found in enumerate(_comments(loaded), 1):
        thing = found.thing
        if not _is_comment(thing):
            yield Reject("invalid", f"comment {number}: body is missing")
            continue
        url, guid, headline = _story_of(thing, found.story, stories)
        if not url and not guid:
            yield Reject("no-id", f"comment {number}: it names no story (storyID, or story.url)")
            continue
        try:
            comment = _comment(thing, found.answers)
        except Reject as reject:
            yield Reject(reject.reason, f"comment {number}: {reject.detail}")
            continue
        thread = threads.setdefault((url, guid), Discussion(url=url, guid=guid, headline=headline, comments=[]))
        thread.comments.append(comment)
    yield from threads.values()


def _story_of(
    thing: Thing, within: Thing | None, stories: dict[str, Thing]
) -> tuple[str | None, str | None, str | None]:
    """Address, id and headline of a comment's story. `story` may be an object, or only the story's address or id."""
    named = json_values.identifier(_first(thing, "storyID", "story_id", "asset_id", "assetID"))
    reference = json_values.identifier(thing.get("story"))
    own = within or json_values.as_dict(thing.get("story")) or stories.get(named or reference or "") or {}
    candidates = (own.get("url"), reference, _first(thing, "storyURL", "story_url", "asset_url"))
    url = next((text for one in candidates if addresses.is_link(text := json_values.text(one))), None)
    guid = json_values.identifier(own.get("id")) or named or (None if addresses.is_link(reference) else reference)
    return url, guid, _title(own)


def _comment(thing: Thing, around: str | None) -> StoryComment:
    """Raises Reject where nothing of it is left, and nothing says which one it was."""
    author = json_values.as_dict(thing.get("author"))
    parent = json_values.as_dict(thing.get("parent"))
    state = _STATES.get(str(thing.get("status") or "NONE").upper(), CommentState.HELD)
    own = json_values.identifier(thing.get("id"))
    text = "\n\n".join(html_text.paragraphs(_body(thing) or ""))
    if _is_deleted(thing):
        state = CommentState.REMOVED
    if not text and (state is not CommentState.REMOVED or own is None):
        raise Reject("no-text", "its body is empty")
    return StoryComment(
        author=json_values.text(author.get("username"))
        or json_values.text(author.get("displayName"))
        or json_values.text(thing.get("username")),
        posted=_time(_first(thing, "createdAt", "created_at")),
        edited=_edited(thing),
        text=text or "…",
        own_id=own,
        parent=json_values.identifier(parent.get("id"))
        or json_values.identifier(_first(thing, "parentID", "parent_id"))
        or around,
        state=state,
    )


def _is_deleted(thing: Thing) -> bool:
    """Whether only a tombstone is left of it: Coral deletes the text, and leaves its place in the thread."""
    if json_values.is_true(thing.get("deleted")) or _first(thing, "deletedAt", "deleted_at"):
        return True
    empty = any(name in thing and thing[name] is None for name in ("body", "revision")) or thing.get("revisions") == []
    return _body(thing) is None and empty


def _body(thing: Thing) -> str | None:
    """The comment's text, which may be empty; None where it has none."""
    body = thing.get("body")
    texts = (
        body.get("text") if isinstance(body, dict) else body,
        json_values.as_dict(thing.get("revision")).get("body"),
        *(one.get("body") for one in _revisions(thing)[-1:]),
    )
    found = [text for text in texts if isinstance(text, str)]
    return next(filter(None, found), "") if found else None


def _revisions(thing: Thing) -> list[Thing]:
    """All revisions of a comment, as its database has them: the last one counts."""
    return json_values.objects(json_values.as_list(thing.get("revisions")))


def _edited(thing: Thing) -> str | None:
    editing = json_values.as_dict(thing.get("editing"))
    if editing.get("edited"):
        return _time(editing.get("editedAt")) or _time(_first(thing, "updatedAt", "updated_at"))
    revisions = _revisions(thing)
    return _time(_first(thing, "editedAt", "edited_at")) or (
        _time(revisions[-1].get("createdAt")) if len(revisions) > 1 else None
    )


def _time(value: Any) -> str | None:
    """A time, also as MongoDB writes it: `{"$date": …}`, in words or `{"$numberLong": MILLISECONDS}`."""
    if isinstance(value, dict):
        value = value.get("$date")
        if isinstance(value, dict):
            digits = str(value.get("$numberLong") or "")
            value = int(digits) if digits.isdecimal() and len(digits) < 16 else None
    return json_values.time(value)


def _is_comment(thing: Thing) -> bool:
    known = _STORY | {"author", "author_id", "authorID", "createdAt", "created_at"}
    return (_body(thing) is not None or _is_deleted(thing)) and bool(known & thing.keys())


def _stories(loaded: Any) -> Iterable[Thing]:
    loaded = loaded.get("data", loaded) if isinstance(loaded, dict) else loaded
    if not isinstance(loaded, dict):
        return []
    return [*json_values.objects(_nodes(loaded.get("stories"))), *json_values.objects(_nodes(loaded.get("assets")))]


class _Found(NamedTuple):
    """A comment, the story around it, and the id of the comment that it was found under."""

    thing: Thing
    story: Thing | None
    answers: str | None


def _comments(loaded: Any) -> Iterator[_Found]:
    """The comments of a list, an envelope, or stories with their comments, each with its replies after it."""
    loaded = loaded.get("data", loaded) if isinstance(loaded, dict) else loaded
    waiting: deque[tuple[Any, Thing | None, str | None]] = deque()
    if isinstance(loaded, list):
        waiting.extend((one, None, None) for one in loaded)
    elif isinstance(loaded, dict):
        if isinstance(loaded.get("body"), str):
            waiting.append((loaded, None, None))
        waiting.extend((one, None, None) for one in _nodes(loaded.get("comments")))
        story = loaded.get("story") or loaded.get("asset")
        for around in [*([story] if isinstance(story, dict) else []), *_stories(loaded)]:
            waiting.extend((one, around, None) for one in _nodes(around.get("comments")))
    while waiting:
        thing, own, answers = waiting.popleft()
        if isinstance(thing, dict):
            if _OF_A_COMMENT & thing.keys():
                yield _Found(thing, own, answers)
            under = json_values.identifier(thing.get("id"))
            same = {name: thing[name] for name in _STORY & thing.keys()}
            waiting.extendleft((_of(same, reply), own, under) for reply in reversed(_nodes(thing.get("replies"))))


def _of(story: Thing, reply: Any) -> Any:
    """A reply, of the same story as the comment that it was found under, where it names none."""
    return story | reply if isinstance(reply, dict) and not _STORY & reply.keys() else reply


def _nodes(several: Any) -> list[Any]:
    """A list, or GraphQL's `edges` or `nodes` of one."""
    if isinstance(several, dict):
        edges = several.get("edges")
        if isinstance(edges, list):
            return [edge.get("node") for edge in edges if isinstance(edge, dict)]
        several = several.get("nodes")
    return json_values.as_list(several)


def _title(own: Thing) -> str | None:
    metadata = json_values.as_dict(own.get("metadata"))
    return json_values.text(metadata.get("title")) or json_values.text(own.get("title"))


def _first(thing: Thing, *names: str) -> Any:
    return next((thing[name] for name in names if thing.get(name)), None)


FORMAT = Format("coral", "application/json", recognises, read)
