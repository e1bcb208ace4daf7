"""Questions about consumer groups to a broker that isn't ready for them."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import pytest
from kafka.errors import (
    CoordinatorNotAvailableError,
    GroupAuthorizationFailedError,
    KafkaError,
    NotCoordinatorError,
    RequestTimedOutError,
)

from pipeline.errors import Fatal, Retry
from pipeline.kafka import groups
from pipeline.kafka.groups import NEW_PROTOCOL, Members
from pipeline.settings import Settings, load_settings


class Admin:
    """Answers with an error so many times, then as it should."""

    def __init__(self, error: type[KafkaError], times: float) -> None:
        self.error, self.times, self.asked, self.closed = error, times, 0, False
        self.described: dict[str, Any] = {"members": [{"client_id": "dateline"}]}

    def describe_groups(self, names: Sequence[str]) -> dict[str, Any]:
        self.asked += 1
        if self.asked <= self.times:
            raise self.error
        return dict.fromkeys(names, self.described)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that puts an admin client in its place; a clock that goes by as it is slept."""
    now = [0.0]
    monkeypatch.setattr("pipeline.kafka.groups.time.monotonic", lambda: now[0])
    monkeypatch.setattr("pipeline.kafka.groups.time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))

    def put(error: type[KafkaError], times: float) -> Admin:
        admin = Admin(error, times)
        monkeypatch.setattr(groups, "admin_client", lambda _: admin)
        return admin

    return put


SETTINGS: Settings = load_settings(kafka_servers="127.0.0.1:1")


def test_a_new_broker_without_a_coordinator_is_asked_again_for_as_long_as_it_makes_its_offsets_topic(
    kafka: Any,
) -> None:
    admin = kafka(CoordinatorNotAvailableError, 100)  # 25 seconds
    assert groups.read_members(SETTINGS, ["a"]) == {"a": Members(1)}
    assert admin.asked == 101
    assert admin.closed


@pytest.mark.parametrize(
    ("error", "at_most"),
    [
        (CoordinatorNotAvailableError, 260),
        (NotCoordinatorError, 260),
        (RequestTimedOutError, 30),
        (GroupAuthorizationFailedError, 1),
    ],
)
def test_one_that_stays_without_is_given_up(kafka: Any, error: type[KafkaError], at_most: int) -> None:
    admin = kafka(error, inf)
    with pytest.raises((Retry, Fatal), match="127.0.0.1:1"):
        groups.read_members(SETTINGS, ["a"])
    assert 0 < admin.asked <= at_most
    assert admin.closed


def _consumers(*names: str) -> dict[str, Any]:
    return {"members": [{"client_id": name} for name in names], "error": None}


@pytest.mark.parametrize(
    ("described", "members"),
    [
        (_consumers("faust-0.15.3", "faust-0.15.3"), Members(2)),
        (_consumers("dateline", "kafka-python-3.0.12", "console-consumer"), Members(1, ("console-consumer", "kafka-python-3.0.12"))),
        (_consumers(), Members()),
        # as Kafka 4.1 answers about a group that a member of the new protocol has come into
        ({"members": [], "group_state": "Dead", "error": "[Error 69] GroupIdNotFoundError: Group index is not a classic group."}, Members(0, (NEW_PROTOCOL,))),
        ({"members": [], "group_state": "Dead", "error": "[Error 69] GroupIdNotFoundError: Group index not found."}, Members()),
    ],
)  # fmt: skip
def test_members_that_are_not_ours_are_told_apart(kafka: Any, described: dict[str, Any], members: Members) -> None:
    kafka(KafkaError, 0).described = described
    assert groups.read_members(SETTINGS, ["a"]) == {"a": members}
