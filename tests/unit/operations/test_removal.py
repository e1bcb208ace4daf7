"""Removal against an index in memory."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.errors import Retry
from pipeline.operations.removal import delete_matching
from tests.support.index import Client


def test_all_that_match_are_removed_however_many() -> None:
    letters = {str(n): {"preview": "Ann Lee" if n % 2 else "Bob"} for n in range(5000)}
    client: Any = Client({"dead-letters": letters})
    assert delete_matching(client, "dead-letters", {"match_phrase": {"preview": "Ann Lee"}}) == 2500
    assert len(letters) == 2500
    assert client.bulks == 3
    assert delete_matching(client, "dead-letters", {"match_phrase": {"preview": "Ann Lee"}}) == 0


def test_what_cannot_be_removed_ends_the_removal() -> None:
    client: Any = Client({"dead-letters": {"a": {"x": 1}, "b": {"x": 1}}}, refuses="b")
    with pytest.raises(Retry, match="1 documents of dead-letters could not be removed \\(index is read-only\\)"):
        delete_matching(client, "dead-letters", {"term": {"x": 1}})


def test_each_document_is_removed_from_its_own_index() -> None:
    """While indices are made again an alias may have two; a removal by the alias reaches only the one that is written."""
    old, new = {"a": {"x": 1}}, {"b": {"x": 1}}
    client: Any = Client({"dead-letters-1": old, "dead-letters-2": new}, namespace="news")
    client.bulk = _a_few_times(client.bulk)
    assert delete_matching(client, "news-dead-letters", {"term": {"x": 1}}) == 2
    assert (old, new) == ({}, {})


def _a_few_times(call: Any) -> Any:
    left = iter(range(5))

    def limited(**arguments: Any) -> Any:
        assert next(left, None) is not None, "it goes on for ever"
        return call(**arguments)

    return limited
