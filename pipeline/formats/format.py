"""A format: how it is recognised and read. Each format's file ends with its own `FORMAT`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.errors import Reject
from pipeline.formats.items import Discussion, Item, Story
from schemas.events import RawArticleEvent, RawCommentEvent

Reading = Story | Discussion | RawArticleEvent | RawCommentEvent | Reject


class LeftOut(Reject):
    """What isn't news by its publisher's own decision, of which one line says how many: it isn't refused."""

    def __init__(self, detail: str) -> None:
        super().__init__("left-out", detail)


@dataclass(frozen=True)
class Format:
    """`recognises` decides by content. `read` yields stories, discussions or events, and a Reject for each part that can't
    be read (LeftOut for what isn't to be read); it raises Reject for the whole. A `page` is identified by the address that it was fetched from."""

    name: str
    media_type: str
    recognises: Callable[[Item], bool]
    read: Callable[[Item], Iterable[Reading]]
    page: bool = False


def single(read: Callable[[Item], Story]) -> Callable[[Item], Iterable[Reading]]:
    """The `read` of a format whose items are one story each."""
    return lambda item: [read(item)]
