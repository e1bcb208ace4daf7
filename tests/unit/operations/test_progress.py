"""What became of articles that a run published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from pipeline.operations import progress
from pipeline.settings import Settings
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_RAW, COMMENTS_RAW, TRANSFERS, Topic

SETTINGS = Settings(_env_file=None, namespace="news")


def refused(monkeypatch: pytest.MonkeyPatch, *letters: tuple[Topic | None, int]) -> list[progress.Refusal]:
    """The refusals of article `a`, by the topics that its letters were refused from, and the letters' offsets."""
    documents = [
        {
            "key": "a", "stage": "normalize", "reason": "no-text", "detail": "nothing to read", "letter_partition": 0,
            "letter_offset": offset, **({"topic": topic.full_name(SETTINGS)} if topic else {}),
        }
        for topic, offset in letters
    ]  # fmt: skip

    def scan(client: Any, index: str, **_: Any) -> Iterator[dict[str, Any]]:
        return iter([{"_source": document} for document in documents])

    monkeypatch.setattr(progress, "scan", scan)
    return progress.refused_since(cast(Any, None), SETTINGS, ["a"], {0: 3})


@pytest.mark.parametrize("topic", [ARTICLES_RAW, ARTICLES_CURRENT])
def test_an_article_that_was_refused_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, topic: Topic) -> None:
    (found,) = refused(monkeypatch, (topic, 5))
    assert progress.settled({}, [found]) == {"a"}
    assert str(found) == "normalize refused it: no-text: nothing to read"


@pytest.mark.parametrize("topic", [COMMENTS_RAW, TRANSFERS, None])
def test_an_article_of_which_something_else_was_refused_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, topic: Topic | None
) -> None:
    found = refused(monkeypatch, (topic, 5))
    assert progress.settled({"articles": set()}, found) == set()
    assert progress.settled({"articles": {"a"}}, found) == {"a"}
    assert len(found) == 1, "it is named in the report"


def test_each_refused_comment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = refused(monkeypatch, (COMMENTS_RAW, 2), (COMMENTS_RAW, 5), (COMMENTS_RAW, 6), (ARTICLES_RAW, 7))
    assert [one.of_article for one in found] == [False, False, True], "what was refused before isn't"
