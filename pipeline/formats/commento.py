"""Exports of Commento, and of Comentario, which grew out of it.

Source: https://docs.commento.io and https://docs.comentario.app (export version 1: a comment's page is its host and path; version
3: pages, and comments with their permalink). E-mail addresses and IPs are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import json_values
from pipeline.formats.format import Format
from pipeline.formats.items import CommentState, Discussion, Item, StoryComment
from pipeline.formats.threads import Threads, words

Thing = dict[str, Any]
_STATES = {"approved": CommentState.APPROVED, "unapproved": CommentState.HELD, "flagged": CommentState.HELD}
_NOBODY = frozenset({"anonymous", "0" * 64, "00000000-0000-0000-0000-000000000000"})
_TOMBSTONE = "[deleted]"
"""What Commento puts in the place of a text; its exports never say `deleted`."""


def recognises(item: Item) -> bool:
    """JSON with a version, commenters, and comments."""
    loaded = item.json
    if not isinstance(loaded, dict) or not isinstance(loaded.get("comments"), list) or "commenters" not in loaded:
        return False
    known = {"commentHex", "commenterHex", "pageId", "isApproved", "isDeleted"}
    return "version" in loaded or any(known & one.keys() for one in json_values.objects(loaded["comments"]))


def read(item: Item) -> Iterator[Discussion | Reject]:
    """The comments of each page. Raises Reject where there are none."""
    loaded = item.json
    people = {
        json_values.identifier(one.get("commenterHex") or one.get("id")): json_values.text(one.get("name"))
        for one in json_values.objects(loaded["commenters"])
    }
    pages = {json_values.identifier(one.get("id")): one for one in json_values.objects(loaded.get("pages"))}
    hosts = _hosts(loaded, pages)
    threads = Threads()
    for number, thing in enumerate(loaded["comments"], 1):
        try:
            if not isinstance(thing, dict):
                raise Reject("invalid", f"it has to be an object, not {json_values.kind_of(thing)}")
            comment = _old(thing, people) if "commentHex" in thing else _new(thing, people)
            page = pages.get(json_values.identifier(thing.get("pageId")), {})
            url, guid = _page_of(thing, page, hosts)
            threads.add(comment, url, guid, json_values.text(page.get("title")))
        except Reject as reject:
            yield Reject(reject.reason, f"comment {number}: {reject.detail}")
    if not loaded["comments"]:
        raise Reject("no-story", "this export has no comments")
    yield from threads


def _old(thing: Thing, people: dict[str | None, str | None]) -> StoryComment:
    """A comment of version 1."""
    text = words(thing.get("html"), thing.get("markdown"))
    deleted = json_values.is_true(thing.get("deleted")) or text in ("", _TOMBSTONE)
    parent = json_values.identifier(thing.get("parentHex"))
    return StoryComment(
        author=people.get(_person(thing.get("commenterHex"))),
        posted=json_values.time(thing.get("creationDate")),
        text="" if deleted else text,
        own_id=json_values.identifier(thing.get("commentHex")),
        parent=None if parent == "root" else parent,
        state=CommentState.REMOVED if deleted else _STATES.get(str(thing.get("state")).casefold(), CommentState.HELD),
    )


def _new(thing: Thing, people: dict[str | None, str | None]) -> StoryComment:
    """A comment of version 3. One that is neither approved nor pending was rejected."""
    state = CommentState.REJECTED
    if json_values.is_true(thing.get("isDeleted")) or json_values.time(thing.get("deletedTime")):
        state = CommentState.REMOVED
    elif json_values.is_true(thing.get("isPending")):
        state = CommentState.HELD
    elif json_values.is_true(thing.get("isApproved")):
        state = CommentState.APPROVED
    return StoryComment(
        author=json_values.text(thing.get("authorName")) or people.get(_person(thing.get("userCreated"))),
        posted=json_values.time(thing.get("createdTime")),
        edited=json_values.time(thing.get("editedTime")),
        text=words(thing.get("html"), thing.get("markdown")),
        own_id=json_values.identifier(thing.get("id")),
        parent=_person(thing.get("parentId")),
        state=state,
    )


def _person(value: Any) -> str | None:
    """An id, but not the one of nobody."""
    own = json_values.identifier(value)
    return None if own in _NOBODY else own


def _page_of(thing: Thing, page: Thing, hosts: dict[str | None, str]) -> tuple[str | None, str | None]:
    """Address and id of the comment's page: its own path, on its host; else its permalink without what is after #."""
    path = json_values.text(thing.get("path")) or json_values.text(page.get("path"))
    written = json_values.text(thing.get("url"))
    if addresses.is_link(written) and (not path or _host(thing) is None):
        base = str(written).partition("#")[0]
        url = addresses.joined(path, base) if path and path.startswith("/") else base
        return (url, None) if addresses.is_link(url) else (base, None)
    host = _host(thing) or hosts.get(json_values.identifier(page.get("domainId")))
    path = path or written
    if host and path is not None:
        url = f"https://{host}/{path.lstrip('/')}"
        if addresses.is_link(url):
            return url, None
    return None, json_values.identifier(thing.get("pageId")) or path


def _host(thing: Thing) -> str | None:
    host = json_values.text(thing.get("host")) or json_values.text(thing.get("domain"))
    return host.removeprefix("https://").removeprefix("http://").strip("/") if host else None


def _hosts(loaded: Thing, pages: dict[str | None, Thing]) -> dict[str | None, str]:
    """The host of each domain, which version 3 has only in the permalinks of comments."""
    found: dict[str | None, str] = {}
    for thing in json_values.objects(loaded["comments"]):
        written = json_values.text(thing.get("url"))
        page = pages.get(json_values.identifier(thing.get("pageId")))
        if page is not None and addresses.is_link(written):
            try:
                found.setdefault(json_values.identifier(page.get("domainId")), urlsplit(str(written)).netloc)
            except ValueError:
                continue
    return found


FORMAT = Format("commento", "application/json", recognises, read)
