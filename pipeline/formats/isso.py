"""Isso: what its importer reads (threads with their comments), its tables as JSON, or the answer of its API.

Source: https://isso-comments.de/docs/ (`isso import -t generic`; threads and comments of its database; API: mode 1 accepted,
2 pending, 4 deleted). A thread is known by the path of its page: it is an address where the site's is given with the export.
E-mail addresses and IPs are not read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import json_values
from pipeline.formats.format import Format
from pipeline.formats.items import CommentState, Discussion, Item, StoryComment
from pipeline.formats.threads import Threads, words

Thing = dict[str, Any]
_STATES = {"1": CommentState.APPROVED, "2": CommentState.HELD, "4": CommentState.REMOVED}
_OF_A_COMMENT = frozenset({"mode", "hash", "remote_addr", "created", "website"})


def recognises(item: Item) -> bool:
    """JSON of threads with comments, of both tables, or of replies."""
    loaded = item.json
    if isinstance(loaded, list):
        return any(
            isinstance(one.get("comments"), list)
            and isinstance(one.get("id") or one.get("uri"), str)
            and (not one["comments"] or any(_is_comment(each) for each in json_values.objects(one["comments"])))
            for one in json_values.objects(loaded)
        ) or any(_is_comment(one) and isinstance(one.get("uri"), str) for one in json_values.objects(loaded))
    if not isinstance(loaded, dict):
        return False
    if isinstance(loaded.get("threads"), list) and isinstance(loaded.get("comments"), list):
        return any("tid" in one for one in json_values.objects(loaded["comments"])) or not loaded["comments"]
    return isinstance(loaded.get("replies"), list) and "total_replies" in loaded


def read(item: Item) -> Iterator[Discussion | Reject]:
    """The comments of each thread, replies after what they answer. Raises Reject where there are none."""
    threads = Threads()
    number = 0
    for number, (thing, thread, around) in enumerate(_comments(item), 1):
        try:
            if not isinstance(thing, dict):
                raise Reject("invalid", f"it has to be an object, not {json_values.kind_of(thing)}")
            url, guid = _address(thread, item.url)
            title = json_values.text(thread.get("title"))
            threads.add(_comment(thing, around), url, guid, unquote_plus(title) if title else None)
        except Reject as reject:
            yield Reject(reject.reason, f"comment {number}: {reject.detail}")
    if not number:
        raise Reject("no-story", "this export has no comments")
    yield from threads


def _comment(thing: Thing, around: str | None) -> StoryComment:
    text = thing.get("text")
    marked_up = isinstance(text, str) and "<" in text
    mode = json_values.identifier(thing.get("mode"))
    return StoryComment(
        author=json_values.text(thing.get("author")),
        posted=json_values.time(thing.get("created_epoch")) or json_values.time(thing.get("created")),
        edited=json_values.time(thing.get("modified_epoch")) or json_values.time(thing.get("modified")),
        text=words(text if marked_up else None, text),
        own_id=_own(thing),
        parent=_own(thing, "parent") or around,
        state=_STATES.get(mode.removesuffix(".0"), CommentState.HELD) if mode else CommentState.APPROVED,
    )


def _own(thing: Thing, name: str = "id") -> str | None:
    """An id; other systems' exports for Isso have 0 in each comment."""
    own = json_values.identifier(thing.get(name))
    return None if own == "0" else own


def _address(thread: Thing, site: str | None) -> tuple[str | None, str | None]:
    """Address of the thread's page, or its path."""
    path = json_values.text(thread.get("uri")) or json_values.text(thread.get("id"))
    if path is None:
        return None, None
    url = addresses.joined(path, site) if site or addresses.is_link(path) else None
    return (url, None) if addresses.is_link(url) else (None, path)


def _comments(item: Item) -> Iterator[tuple[Any, Thing, str | None]]:
    """(comment, its thread, the comment that it was found under)."""
    loaded = item.json
    waiting: deque[tuple[Any, Thing, str | None]] = deque()
    if isinstance(loaded, list):
        for one in loaded:
            if isinstance(one, dict) and "comments" in one:
                waiting.extend((each, one, None) for each in json_values.as_list(one["comments"]))
            else:
                waiting.append((one, {"uri": one.get("uri")} if isinstance(one, dict) else {}, None))
    elif "threads" in loaded:
        threads = {json_values.identifier(one.get("id")): one for one in json_values.objects(loaded["threads"])}
        for one in json_values.as_list(loaded["comments"]):
            tid = json_values.identifier(one.get("tid")) if isinstance(one, dict) else None
            thread = threads.get(tid, {})
            waiting.append((one, {"uri": thread.get("uri"), "title": thread.get("title")}, None))
    else:
        try:
            asked = parse_qs(urlsplit(item.url or "").query).get("uri", [])
        except ValueError:
            asked = []
        waiting.extend((one, {"uri": asked[0] if asked else item.url}, None) for one in loaded["replies"])
    while waiting:
        thing, thread, around = waiting.popleft()
        yield thing, thread, around
        if isinstance(thing, dict):
            under = _own(thing)
            replies = json_values.as_list(thing.get("replies"))
            waiting.extendleft((one, thread, under) for one in reversed(replies))


def _is_comment(thing: Thing) -> bool:
    return "text" in thing and bool(_OF_A_COMMENT & thing.keys())


FORMAT = Format("isso", "application/json", recognises, read)
