"""Remark42: a backup (a line on the site, then a comment on each line), or the answer of its API.

Source: https://remark42.com/docs/backup/migration/ and https://remark42.com/docs/contributing/api/. A comment of a user who is
blocked is shown to nobody. Addresses of users' devices are not read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import json_values
from pipeline.formats.format import Format
from pipeline.formats.items import CommentState, Discussion, Item, StoryComment
from pipeline.formats.threads import Threads, words

Thing = dict[str, Any]


def recognises(item: Item) -> bool:
    """JSON with comments that have a `locator`, or what stands before them in a backup."""
    return any(_is_comment(one) for one in _things(item.json)) or _is_head(item.json)


def read(item: Item) -> Iterator[Discussion | Reject]:
    """The comments of each page. Raises Reject where there are none."""
    blocked: set[str | None] = set()
    threads = Threads()
    number = 0
    for number, thing in enumerate(_things(item.json), 1):
        if _is_head(thing):
            users = json_values.objects(thing.get("users"))
            blocked = {json_values.identifier(one.get("id")) for one in users if _is_blocked(one)}
            number -= 1
            continue
        try:
            _add(thing, blocked, threads)
        except Reject as reject:
            yield Reject(reject.reason, f"comment {number}: {reject.detail}")
    if not number:
        raise Reject("no-story", "this backup has no comments")
    yield from threads


def _add(thing: Any, blocked: set[str | None], threads: Threads) -> None:
    if not isinstance(thing, dict):
        raise Reject("invalid", f"it has to be an object, not {json_values.kind_of(thing)}")
    user = json_values.as_dict(thing.get("user"))
    state = CommentState.APPROVED
    if json_values.is_true(thing.get("delete")):
        state = CommentState.REMOVED
    elif json_values.identifier(user.get("id")) in blocked - {None} or json_values.is_true(user.get("block")):
        state = CommentState.REJECTED
    comment = StoryComment(
        author=json_values.text(user.get("name")),
        posted=json_values.time(thing.get("time")),
        edited=json_values.time(json_values.as_dict(thing.get("edit")).get("time")),
        text=words(thing.get("text"), thing.get("orig")),
        own_id=json_values.identifier(thing.get("id")),
        parent=json_values.identifier(thing.get("pid")),
        state=state,
    )
    address = json_values.text(json_values.as_dict(thing.get("locator")).get("url"))
    url = address if addresses.is_link(address) else None
    threads.add(comment, url, None if url else address, json_values.text(thing.get("title")))


def _is_comment(thing: Any) -> bool:
    return (
        isinstance(thing, dict)
        and isinstance(thing.get("locator"), dict)
        and bool({"text", "orig", "delete"} & thing.keys())
    )


def _is_head(thing: Any) -> bool:
    return isinstance(thing, dict) and "version" in thing and "users" in thing and "posts" in thing


def _is_blocked(user: Thing) -> bool:
    status = user.get("blocked")
    return json_values.is_true(status.get("status") if isinstance(status, dict) else status)


def _things(loaded: Any) -> Iterator[Any]:
    """What may be a comment of a list, of an envelope, or of a tree, with its replies after it."""
    if isinstance(loaded, dict):
        inner = loaded.get("comments")
        loaded = inner if isinstance(inner, list) else [loaded]
    waiting = deque(json_values.as_list(loaded))
    while waiting:
        thing = waiting.popleft()
        if isinstance(thing, dict) and isinstance(thing.get("comment"), dict):
            waiting.extendleft(reversed([thing["comment"], *json_values.as_list(thing.get("replies"))]))
        else:
            yield thing


FORMAT = Format("remark42", "application/json", recognises, read)
