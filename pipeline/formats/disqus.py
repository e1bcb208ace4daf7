"""Disqus exports: threads and the comments under them. Source: https://docs.disqus.com/developers/export/

E-mail and IP addresses are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import addresses
from pipeline.errors import Reject
from pipeline.formats import html_text, xml
from pipeline.formats.format import Format
from pipeline.formats.items import CommentState, Discussion, Item, StoryComment
from pipeline.formats.xml import Element, first_text


def recognises(item: Item) -> bool:
    return xml.looks_like_xml(item.content) and xml.root_name(item.content) == "disqus"


def read(item: Item) -> Iterator[Discussion | Reject]:
    """The comments of each thread that has any. Those of a thread that was deleted are removed with it. Raises Reject where
    there are none."""
    root, rest = xml.parse_export(item.content, "post")
    threads: dict[str, Element] = {_id(one): one for one in root.iterfind("thread")}
    posted: dict[str, list[StoryComment]] = {}
    number = 0
    for number, post in enumerate(root.iterfind("post"), 1):
        thread = post.find("thread")
        try:
            if thread is None:
                raise Reject("no-id", "it names no thread")
            comment = _comment(post, deleted=_is(threads.get(_id(thread)), "isDeleted"))
        except Reject as reject:
            yield Reject(reject.reason, f"post {number}: {reject.detail}")
            continue
        posted.setdefault(_id(thread), []).append(comment)
    if rest is not None:
        yield rest
    elif not number:
        raise Reject("no-story", f"this export has no comments ({len(threads)} threads)")
    for own, comments in posted.items():
        element = threads.get(own)
        link = first_text(element, "link")
        name = first_text(element, "id")
        yield Discussion(
            url=link if addresses.is_link(link) else (name if addresses.is_link(name) else None),
            guid=name or own,
            headline=first_text(element, "title"),
            comments=comments,
        )


def _comment(post: Element, *, deleted: bool) -> StoryComment:
    message = post.find("message")
    text = (
        "\n\n".join(html_text.paragraphs("".join(str(part) for part in message.itertext())))
        if message is not None
        else ""
    )
    deleted = deleted or _is(post, "isDeleted")
    state = CommentState.REMOVED if deleted else CommentState.REJECTED if _is(post, "isSpam") else CommentState.APPROVED
    if state is CommentState.APPROVED and (first_text(post, "isApproved") or "").casefold() in ("false", "0"):
        state = CommentState.HELD
    parent = post.find("parent")
    if not text and not deleted:
        raise Reject("no-text", "it has no message")
    return StoryComment(
        author=first_text(post, "author/name") or first_text(post, "author/username"),
        posted=first_text(post, "createdAt"),
        text=text or "…",
        own_id=_id(post) or first_text(post, "id"),
        parent=_id(parent) if parent is not None else None,
        state=state,
    )


def _is(element: Element | None, name: str) -> bool:
    return (first_text(element, name) or "").casefold() in ("true", "1", "yes")


def _id(element: Element) -> str:
    """`dsq:id`, whose prefix differs between exports."""
    return next((str(value) for name, value in element.attrib.items() if str(name).rpartition("}")[2] == "id"), "")


FORMAT = Format("disqus", "application/xml", recognises, read)
