"""Disqus exports: threads and the comments under them. Source: https://docs.disqus.com/developers/export/

E-mail and IP addresses are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import addresses
from pipeline.formats import html_text, xml
from pipeline.formats.format import Format
from pipeline.formats.items import CommentState, Discussion, Item, StoryComment
from pipeline.formats.xml import Element, first_text


def recognises(item: Item) -> bool:
    return xml.looks_like_xml(item.content) and xml.root_name(item.content) == "disqus"


def read(item: Item) -> Iterator[Discussion]:
    """The comments of each thread that has any."""
    root = xml.parse_export(item.content)
    threads: dict[str, Element] = {_id(one): one for one in root.iterfind("thread")}
    posted: dict[str, list[StoryComment]] = {}
    for post in root.iterfind("post"):
        thread = post.find("thread")
        if thread is not None and (comment := _comment(post)) is not None:
            posted.setdefault(_id(thread), []).append(comment)
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


def _comment(post: Element) -> StoryComment | None:
    message = post.find("message")
    text = (
        "\n\n".join(html_text.paragraphs("".join(str(part) for part in message.itertext())))
        if message is not None
        else ""
    )
    deleted, spam = (first_text(post, name) == "true" for name in ("isDeleted", "isSpam"))
    parent = post.find("parent")
    if (not text and not deleted) or post.find("author") is None:
        return None
    return StoryComment(
        author=first_text(post, "author/name") or first_text(post, "author/username"),
        posted=first_text(post, "createdAt"),
        text=text or "…",
        own_id=_id(post) or first_text(post, "id"),
        parent=_id(parent) if parent is not None else None,
        state=CommentState.REMOVED if deleted else CommentState.REJECTED if spam else CommentState.APPROVED,
    )


def _id(element: Element) -> str:
    """`dsq:id`, whose prefix differs between exports."""
    return next((str(value) for name, value in element.attrib.items() if str(name).rpartition("}")[2] == "id"), "")


FORMAT = Format("disqus", "application/xml", recognises, read)
