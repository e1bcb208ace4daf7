"""Generations of indices, over a client in memory."""

from __future__ import annotations

from typing import Any, cast
from uuid import uuid4

from pipeline.index.generations import build_name, create
from pipeline.settings import Settings

SETTINGS = Settings(_env_file=None, namespace="news")


class Indices:
    """Each index that is made gets an id of its own."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    @property
    def indices(self) -> Indices:
        return self

    def create(self, index: str) -> None:
        self._ids.setdefault(index, str(uuid4()))

    def delete(self, index: str) -> None:
        del self._ids[index]

    def get_settings(self, index: list[str], name: str) -> dict[str, Any]:
        assert name == "index.uuid"
        return {one: {"settings": {"index": {"uuid": self._ids[one]}}} for one in index}


def test_indices_that_are_made_again_under_their_number_are_built_from_the_start() -> None:
    client = Indices()

    def build() -> str:
        return build_name(cast(Any, client), create(cast(Any, client), SETTINGS, 2))

    first = build()
    assert build() == first, "it goes on where it was"
    client.delete("news-articles-hidden-2")
    assert build() != first, "the group's offsets say that an index is written that is empty"
