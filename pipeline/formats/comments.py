"""Dateline's own JSON for comments: `{"article": {"url" | "id": …}, "comments": [{"author", "text", "posted", …}]}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import html_text, json_values
from pipeline.formats.format import Format
from pipeline.formats.items import CommentState, Discussion, Item, StoryComment


def recognises(item: Item) -> bool:
    loaded = item.json
    return isinstance(loaded, dict) and isinstance(loaded.get("article"), dict) and "comments" in loaded


def read(item: Item) -> Iterator[Discussion | Reject]:
    """The comments; one that can't be read is refused by itself."""
    article, comments = item.json["article"], item.json["comments"]
    url, own = article.get("url"), article.get("id")
    if not isinstance(comments, list):
        raise Reject("invalid", f"comments has to be a list, not {json_values.kind_of(comments)}")
    if not addresses.is_link(url) and not (isinstance(own, str) and own.strip()):
        raise Reject(
            "no-id", "article has to have a url (http or https) or an id: which article are these comments of?"
        )
    accepted: list[StoryComment] = []
    for number, thing in enumerate(comments, 1):
        try:
            accepted.append(_comment(thing))
        except Reject as reject:
            yield Reject(reject.reason, f"comments[{number - 1}]: {reject.detail}")
    if accepted:
        yield Discussion(
            url=url if addresses.is_link(url) else None, guid=own if isinstance(own, str) else None, comments=accepted
        )


def _comment(thing: Any) -> StoryComment:
    if not isinstance(thing, dict):
        raise Reject("invalid", f"it has to be an object, not {json_values.kind_of(thing)}")
    for name in ("id", "author", "posted", "edited", "text", "parent", "status"):
        if thing.get(name) is not None and not isinstance(thing[name], str):
            raise Reject("invalid", f"{name} has to be a string, not {json_values.kind_of(thing[name])}")
    text = thing.get("text") or ""
    text = "\n\n".join(html_text.paragraphs(text)) if "<" in text else text.strip()
    status = "removed" if json_values.is_true(thing.get("deleted")) else thing.get("status") or "approved"
    if status not in {state.value for state in CommentState}:
        raise Reject("invalid", f"status is {status!r}; approved, held, rejected and removed are known")
    if not text and status != "removed":
        raise Reject("no-text", "text is missing")
    return StoryComment(
        author=thing.get("author"),
        posted=thing.get("posted"),
        edited=thing.get("edited"),
        text=text or "…",
        own_id=thing.get("id"),
        parent=thing.get("parent"),
        state=CommentState(status),
    )


FORMAT = Format("comments", "application/json", recognises, read)
