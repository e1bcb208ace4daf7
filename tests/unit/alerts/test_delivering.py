"""What a webhook gets, whatever happens in between."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from pipeline.alerts import delivering
from pipeline.alerts.delivering import Deliverer, may_post
from pipeline.alerts.process import AlertLoop
from pipeline.ingest.fetching import Unfetchable
from pipeline.process.health import NotReady
from pipeline.saved import deciding
from pipeline.saved.signing import signature
from pipeline.saved.tables import Alerts, Deliveries, SavedSearches
from schemas.saved_search import DeliveryState
from tests.support.waiting import PATIENCE
from tests.unit.alerts.memory import SETTINGS, Died, Index, Topics, deliveries, hook, match, save, search

A, B = UUID(int=0xA), UUID(int=0xB)
ONE = UUID(int=1)


class Receiver:
    def __init__(self, topics: Topics) -> None:
        self.got: list[tuple[str, str, str]] = []
        """Id, type and article of each."""
        self.answers: list[int | Exception] = []
        self.topics = topics

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.topics.step()
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Unfetchable):
            raise answer
        told = json.loads(body)
        wanted = signature(hook().secret, told["id"], int(headers["webhook-timestamp"]), body)
        assert (headers["webhook-signature"], headers["webhook-id"]) == (wanted, told["id"])
        self.got.append((told["id"], told["type"], told["article"]["article_id"]))
        self.topics.step()
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def types(self) -> list[str]:
        return [kind for _, kind, _ in self.got]


def process(topics: Topics, index: Index, receiver: Receiver, mine: frozenset[int] = frozenset(range(12))) -> Deliverer:
    """A new one."""
    searches, alerts, told = topics.table(SavedSearches), topics.table(Alerts), topics.table(Deliveries)
    return Deliverer(SETTINGS, searches, alerts, told, index.look, receiver.post, lambda: mine)


def deliver(topics: Topics, index: Index, receiver: Receiver) -> float | None:
    one = process(topics, index, receiver)
    waits = []
    for search_id in one.due():
        waits.append(one.deliver(search_id))
        one.finished(search_id, waits[-1])
    return max((wait for wait in waits if wait is not None), default=None)


@pytest.fixture
def world() -> tuple[Topics, Index, Receiver]:
    topics = Topics()
    save(topics, search(1, "ferry", webhook=hook()), search(2, "ferry"))
    return topics, Index(), Receiver(topics)


World = tuple[Topics, Index, Receiver]


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


def test_each_process_tells_those_that_it_has(world: World) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"))
    own = {n for n in range(12) if process(topics, index, receiver, frozenset({n})).due().count(ONE)}
    assert len(own) == 1
    assert process(topics, index, receiver, frozenset()).due() == []
    moved: list[frozenset[int]] = [frozenset(set(range(12)) - own)]
    one = process(topics, index, receiver)
    one._partitions = lambda: moved[0]
    assert ONE not in one.due()
    moved[0] = frozenset(range(12))
    assert ONE in one.due(), "it was given to this process"


def test_a_search_has_a_turn_and_then_others_have_theirs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "_TURN", 2)
    topics, index, receiver = world
    match(topics, index, *(index.put(UUID(int=100 + n), 1, "A ferry") for n in range(5)))
    assert [deliver(*world) for _ in range(4)] == [0.0, 0.0, None, None]
    assert len({article for *_, article in receiver.got}) == len(receiver.got) == 5


def test_slow_receivers_of_one_leave_threads_to_others() -> None:
    topics, index = Topics(), Index()
    slow = [search(n, "ferry", owner="slow", webhook=hook(f"https://h{n}.example")) for n in range(10, 15)]
    same = [search(n, "ferry", owner=f"owner {n}", webhook=hook("https://same.example/x")) for n in range(20, 25)]
    others = [search(n, "ferry", owner=f"owner {n}", webhook=hook(f"https://h{n}.example")) for n in range(30, 33)]
    save(topics, *slow, *same, *others)
    match(topics, index, index.put(A, 1, "A ferry"))
    one = process(topics, index, Receiver(topics))
    first = [search_id.int // 10 for search_id in one.due()]
    assert sorted(first) == [1, 1, 2, 2, 3, 3, 3]
    assert one.due() == []
    one.finished(next(iter(one._busy)), None)
    assert len(one.due()) == 1, "the next of them"


def test_a_partition_that_is_gone_is_told_by_another(world: World) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"), index.put(B, 1, "Another ferry"))
    one = process(topics, index, receiver)
    every: list[frozenset[int]] = [frozenset(range(12))]
    one._partitions = lambda: every[0]
    post = one._post

    def lost(url: str, body: bytes, headers: dict[str, str]) -> int:
        every[0] = frozenset()
        return post(url, body, headers)

    one._post = lost
    assert one.due() == [ONE]
    again = one.deliver(ONE)
    assert len(receiver.got) == 1
    assert again == delivering._LOOK_AGAIN, "it may be back before anybody asked what is due"
    one.finished(ONE, again)
    assert one.due() == []
    one._post, every[0] = post, frozenset(range(12))
    assert one.due() == [ONE], "it came back"
    one.deliver(ONE)
    assert len(receiver.got) == 2


def test_the_thread_survives_what_nobody_foresaw(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    topics, index, receiver = world
    match(topics, index, index.put(A, 1, "A ferry"))
    monkeypatch.setattr(delivering, "_EVERY", 0.001)
    monkeypatch.setattr(delivering, "_AFTER_FAILURE", 0.001)
    one = process(topics, index, receiver)
    due, failures = one.due, [RuntimeError("odd")]

    def sometimes() -> list[UUID]:
        if failures:
            raise failures.pop()
        return due()

    told = threading.Event()

    def post(*_: object) -> int:
        told.set()
        return 200

    one.due = sometimes  # type: ignore[method-assign]
    one._post = post
    thread = threading.Thread(target=one.run)
    thread.start()
    assert told.wait(PATIENCE)
    one.stop()
    thread.join(PATIENCE)
    assert "webhook_failed" in caplog.text


def test_ready_says_that_the_thread_has_ended() -> None:
    loop = AlertLoop(SETTINGS.model_copy(update={"elasticsearch_url": "http://127.0.0.1:1"}))
    loop._deliverer.stop()
    with pytest.raises(NotReady, match="starting"):
        assert loop.ready
    loop._telling.start()
    loop._telling.join(PATIENCE)
    with pytest.raises(NotReady, match="webhooks"):
        assert loop.ready


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
