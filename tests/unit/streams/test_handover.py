"""An id that redirects turns out to be the earliest one: the canonical article is handed over to it, whole, wherever the
process dies. Until then, and after, what was hidden stays hidden."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from pipeline.identity import article_id, comment_id
from pipeline.topics import ARTICLES_CURRENT, ARTICLES_RAW, COMMENTS_CURRENT, COMMENTS_RAW
from pipeline.topology import worker_stages
from schemas.events import RawArticleEvent
from schemas.identity import Claim, ClaimScheme
from tests.support.broker import Broker, Died, Worker
from tests.support.builders import PUBLISHER, minutes, raw_article, raw_comment, raw_kill, raw_patch
from tests.support.streams import broker_with, documents

URL = Claim(scheme=ClaimScheme.URL, value="https://herald.example/a")
GUID = Claim(scheme=ClaimScheme.GUID, value="g")
NUMBER = Claim(scheme=ClaimScheme.GUID, value="h")
BOTH, ALONE, OTHER = (URL, GUID, NUMBER), (GUID,), (NUMBER,)
STEP = 2
"""Moments between two at which the worker dies."""


def under(claims: tuple[Claim, ...], event: Any, received: float | None = None) -> Any:
    """The event for the id that these claims make."""
    identity = article_id(PUBLISHER, claims)
    data = event.data.model_copy(update={"article_id": identity, "claims": claims})
    time = event.time if received is None else minutes(received)
    return event.model_copy(update={"data": data, "subject": str(identity), "time": time})


FIRST = under(BOTH, raw_article("x", at=0, text="The libel."))
HIDES = {
    "killed": under(BOTH, raw_kill("x", at=5)),
    "withheld": under(BOTH, raw_patch("x", at=5, withheld=True)),
    "embargoed": under(BOTH, raw_patch("x", at=5, embargo_until="2999-01-01T00:00:00Z")),
}
LATE = under(ALONE, raw_article("x", at=-10, text="The libel, first."))
LATER = under(OTHER, raw_article("x", at=-20, text="The libel, draft."))


@lru_cache
def hidden(how: str) -> Broker:
    broker = broker_with("chained", [FIRST])
    Worker(broker, worker_stages(broker.settings)).run()
    return then(broker, HIDES[how])


def then(broker: Broker, *events: Any) -> Broker:
    """The broker after these events."""
    return next(whenever_it_dies(broker, *events))


def whenever_it_dies(broker: Broker, *events: Any) -> Iterator[Broker]:
    """The broker after these events, of a worker that doesn't die, and of those that die at each moment that there is."""
    before = broker.copy()
    for event in events:
        before.append((ARTICLES_RAW if isinstance(event, RawArticleEvent) else COMMENTS_RAW).record(event))
    stages = worker_stages(before.settings)
    after = before.copy()
    straight = Worker(after, stages)
    straight.run()
    yield after
    for moment in range(0, len(straight.moments), STEP):
        after = before.copy()
        with pytest.raises(Died):
            Worker(after, stages, dies_at=moment).run()
        Worker(after, stages).run()
        yield after


def shown_since(before: Broker, after: Broker) -> list[bytes | None]:
    """Public records that are new."""
    return [
        one.value
        for topic in (ARTICLES_CURRENT, COMMENTS_CURRENT)
        for one in after.records(topic)
        if one not in before.records(topic) and topic.decode(one).data.visibility.public
    ]


@pytest.mark.parametrize("how", HIDES)
@pytest.mark.parametrize("late", [(LATE,), (LATE, LATER), (LATER, LATE)])
def test_a_hidden_story_is_not_shown_under_its_other_name(how: str, late: tuple[Any, ...]) -> None:
    before = hidden(how)
    for after in whenever_it_dies(before, *late):
        assert shown_since(before, after) == []
    earliest = min(late, key=lambda event: event.time)
    (story,) = documents(after)["articles-hidden"].values()
    assert (story["article_id"], story["status"]) == (str(earliest.data.article_id), how)


def test_a_story_that_readers_see_is_handed_over_with_its_comments() -> None:
    comment = under(BOTH, raw_comment("x", 1))
    named = comment.data.model_copy(update={"comment_id": comment_of(comment)})
    broker = broker_with("chained", [FIRST, comment.model_copy(update={"data": named})])
    Worker(broker, worker_stages(broker.settings)).run()
    own = str(article_id(PUBLISHER, ALONE))
    for after in whenever_it_dies(broker, LATE):
        found = documents(after)
        assert [(one["article_id"], one["body"]) for one in found["articles"].values()] == [(own, "The libel.")]
        assert [one["article_id"] for one in found["comments"].values()] == [own]
        assert [one["merged_into"] for one in found["redirects"].values()] == [own]


def comment_of(event: Any) -> Any:

    return comment_id(event.data.article_id, event.data.name)
