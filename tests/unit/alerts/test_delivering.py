"""What a webhook gets, whatever happens in between."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from pipeline.alerts import delivering
from pipeline.alerts.delivering import may_post
from pipeline.ingest.fetching import Unfetchable
from pipeline.saved import deciding
from schemas.saved_search import DeliveryState
from tests.unit.alerts.memory import SETTINGS, Died, Topics, deliveries, hook, match, save, search
from tests.unit.alerts.receiver import World, deliver
from tests.unit.alerts.receiver import world as world

A, B = UUID(int=0xA), UUID(int=0xB)
ONE = UUID(int=1)


def states(topics: Topics) -> list[str]:
    return [one.state.value for one in deliveries(topics)]


def test_what_is_found_is_posted_once_signed(world: World) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"), index.put(B, 1, "Another ferry"))
    deliver(*world)
    deliver(*world)
    assert receiver.types == ["story.matched"] * 2
    assert {article for *_, article in receiver.got} == {str(A), str(B)}
    assert states(topics) == ["sending", "delivered"] * 2


def test_a_kill_before_the_delivery_tells_nothing(world: World) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"))
    match(topics, index, index.kill(A, 2))
    deliver(*world)
    assert (receiver.got, states(topics)) == ([], ["skipped"])


def test_a_kill_that_is_still_to_be_heard_of_tells_nothing_either(world: World) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"), index.put(B, 1, "Another ferry"))
    kill = index.kill(A, 2)
    assert deliver(*world) is not None, "it is looked at again"
    assert [article for *_, article in receiver.got] == [str(B)], "and keeps the next one not waiting"
    match(topics, index, kill)
    deliver(*world)
    assert receiver.types == ["story.matched"]


def test_a_kill_after_the_delivery_is_told_once(world: World) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"))
    deliver(*world)
    match(topics, index, index.kill(A, 2))
    deliver(*world)
    deliver(*world)
    assert receiver.types == ["story.matched", "story.withdrawn"]
    match(topics, index, index.put(A, 3, "A ferry"))
    match(topics, index, index.kill(A, 4))
    deliver(*world)
    assert receiver.types == ["story.matched", "story.withdrawn"], "the receiver never heard that it came back"


def test_what_may_have_arrived_is_withdrawn(world: World) -> None:
    """The receiver got it, and its answer was lost."""
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"))
    receiver.answers = [502]
    assert deliver(*world) is not None
    match(topics, index, index.kill(A, 2))
    deliver(*world)
    assert receiver.types == ["story.matched", "story.withdrawn"]


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("at", range(1, 9))
def test_a_process_that_dies_loses_nothing_and_repeats_under_the_same_id(world: World, at: int, before: bool) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"), index.put(B, 1, "Another ferry"))
    topics.left, topics.before = at, before
    with suppress(Died):
        deliver(*world)
    topics.left = float("inf")
    killed = index.kill(A, 2)
    match(topics, index, killed)
    had = {article for _, kind, article in receiver.got if kind == "story.matched"}
    deliver(*world)
    matched = [one for one in receiver.got if one[1] == "story.matched"]
    assert {article for *_, article in matched} == had | {str(B)}, "A is not told any more where it wasn't"
    assert len({(id_, article) for id_, _, article in matched}) == len({article for *_, article in matched})
    withdrawn = [article for _, kind, article in receiver.got if kind == "story.withdrawn"]
    assert withdrawn in ([], [str(A)])
    assert (str(A) in had) <= (withdrawn == [str(A)])


def test_a_failing_receiver_is_asked_later_each_time_and_then_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"))
    now = datetime.now(UTC)

    class Clock:
        @staticmethod
        def now(_: Any) -> Any:
            return now

    monkeypatch.setattr(delivering, "datetime", Clock)
    waits = []
    receiver.answers = [Unfetchable("away")] * 1000
    while (again := deliver(*world)) is not None:
        waits.append(again)
        now += timedelta(seconds=again)
    assert waits[:3] == [5, 10, 20]
    assert max(waits) == 3600
    assert states(topics)[-1] == "failed"
    assert deliveries(topics)[-1].at - deliveries(topics)[0].first >= deciding.GIVEN_UP
    assert "webhook_given_up" in caplog.text
    receiver.answers = []
    match(topics, index, index.put(B, 1, "Another ferry"))
    deliver(*world)
    assert receiver.got == [], "nothing is posted any more"
    save(topics, search(1, "ferry", webhook=hook().model_copy(update={"renewed": now + timedelta(seconds=1)})))
    deliver(*world)
    assert {article for *_, article in receiver.got} == {str(A), str(B)}, "until its owner sets it again"


def test_what_a_receiver_refuses_for_its_content_does_not_hold_up_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"))
    monkeypatch.setattr(deciding, "_FIRST", 0.0)
    receiver.answers = [400] * 5
    for _ in range(5):
        deliver(*world)
    match(topics, index, index.put(B, 1, "Another ferry"))
    deliver(*world)
    assert states(topics).count("failed") == 1
    assert states(topics)[-1] == "delivered"


def test_one_that_is_gone_is_given_up_at_once(world: World) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"))
    receiver.answers = [410]
    assert deliver(*world) is None
    assert states(topics)[-1] == DeliveryState.FAILED


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (httpx.ReadTimeout("read"), "in time"),
        (httpx.ConnectError("secret.example is in a private network (10.1.2.3)"), "no connection"),
        (httpx.RemoteProtocolError("x"), "no HTTP"),
        (None, "no HTTP"),
    ],
)
def test_what_went_wrong_is_said_without_addresses(world: World, cause: Exception | None, said: str) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"))
    failure = Unfetchable(f"can't post to https://desk.example/?token=s3cret: {cause}")
    failure.__cause__ = cause
    receiver.answers = [failure]
    deliver(*world)
    problem = deliveries(topics)[-1].problem or ""
    assert said in problem
    for secret in ("s3cret", "desk.example", "10.1.2.3"):
        assert secret not in str(deliveries(topics))


def test_a_revision_that_the_search_does_not_find_is_not_told(world: World) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"), index.put(B, 1, "Another ferry"))
    index.put(A, 2, "A train")
    assert deliver(*world) == delivering._LOOK_LATER
    assert [article for *_, article in receiver.got] == [str(B)]
    index.put(A, 3, "A ferry after all")
    deliver(*world)
    assert [article for *_, article in receiver.got] == [str(B), str(A)], "with a text that it finds"


def test_who_may_have_no_webhook_any_more_is_told_nothing() -> None:
    keyed = search(1, "x", owner="desk", webhook=hook())
    anonymous = search(1, "x", webhook=hook())
    keys = {"desk": "a" * 64}
    assert may_post(keyed, SETTINGS.model_copy(update={"search_keys": keys}))
    assert may_post(keyed, SETTINGS), "this process doesn't know the keys"
    assert not may_post(keyed, SETTINGS.model_copy(update={"search_keys": {"other": "a" * 64}}))
    assert may_post(anonymous, SETTINGS)
    assert not may_post(anonymous, SETTINGS.model_copy(update={"open_webhooks": False}))
    assert not may_post(search(1, "x"), SETTINGS)
