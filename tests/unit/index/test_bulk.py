"""Bulk requests, with a server that answers as it is told: cut to size, tried again, and one bad item costs one item."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elasticsearch import ApiError, ConnectionTimeout
from prometheus_client import REGISTRY

from pipeline.index.bulk import Bulk, Pace
from pipeline.index.requests import Operation


class Server:
    """Answers each request with the next of `answers`; after the last everything is indexed."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[int] = []
        self.written: list[str] = []
        """Ids of documents that are indexed."""

    def bulk(self, operations: list[bytes], pipeline: str) -> Any:
        assert pipeline == "_none"
        count = sum(row.startswith((b'{"index"', b'{"delete"')) for row in operations)
        self.requests.append(count)
        answer = self.answers.pop(0) if self.answers else 201
        if isinstance(answer, Exception):
            raise answer
        statuses = answer if isinstance(answer, list) else [answer] * count
        actions = [
            next(iter(json.loads(row).items())) for row in operations if row.startswith((b'{"index"', b'{"delete"'))
        ]
        self.written += [target["_id"] for kind, target in actions if kind == "index"]
        return {
            "items": [
                {kind: {"_id": target["_id"], "status": status} | _error(status)}
                for (kind, target), status in zip(actions, statuses, strict=True)
            ]
        }


def _error(status: int) -> dict[str, Any]:
    return {"error": {"type": "some_exception", "reason": "because"}} if status >= 400 else {}


def failure(status: int) -> ApiError:
    meta = ApiResponseMeta(status, "1.1", HttpHeaders(), 0.0, NodeConfig("http", "index", 9200))
    return ApiError("no", meta, {})


def write(server: Server, count: int, size: int = 1000, *faults: str) -> tuple[Any, list[float]]:
    waits: list[float] = []
    left = iter(faults)
    bulk = Bulk(
        cast(Any, server),
        lambda name: name,
        size,
        lambda seconds, why="": waits.append(seconds),
        doubt=lambda: next(left, None),
    )
    try:
        return bulk.write([Operation("articles", str(n), 1, {"n": n}) for n in range(count)]), waits
    finally:
        bulk.close()


def test_requests_are_cut_to_size() -> None:
    server = Server()
    settled, waits = write(server, 25, size=10)
    assert (settled.done, sorted(server.requests), waits) == (25, [5, 10, 10], [])


def test_each_item_is_judged_by_itself() -> None:
    settled, waits = write(Server([201, 409, 400, 429], [400]), 4)
    assert (settled.done, settled.stale) == (2, 1), "the one that was told to wait is sent again"
    assert [(op.id, why) for op, why in settled.refused] == [("2", "because")]
    assert len(waits) == 1


@pytest.mark.parametrize("away", [ConnectionTimeout("slow"), failure(503), failure(401)])
def test_a_server_that_is_away_is_waited_for(away: Exception) -> None:
    server = Server(away, away)
    settled, waits = write(server, 3)
    assert (settled.done, len(waits), server.requests) == (3, 2, [3, 3, 3])


def test_a_request_that_is_too_large_is_halved_until_it_fits() -> None:
    server = Server(failure(413), failure(413))
    settled, waits = write(server, 8, size=8)
    assert (settled.done, settled.refused, waits) == (8, [], [])
    assert server.requests[0] == 8
    assert max(server.requests[2:]) <= 4


class Proxy:
    """Lets no request through that is larger than `limit` bytes. Documents in `bad` are refused."""

    def __init__(self, limit: int, bad: set[str]) -> None:
        self._limit, self._bad = limit, bad
        self.requests = 0

    def bulk(self, operations: list[bytes], pipeline: str) -> Any:
        self.requests += 1
        if self.requests > 200:
            raise AssertionError("it goes round for ever")
        if sum(map(len, operations)) > self._limit:
            raise failure(413)
        ids = [json.loads(row)["index"]["_id"] for row in operations if row.startswith(b'{"index"')]
        statuses = {id_: 400 if id_ in self._bad else 201 for id_ in ids}
        return {"items": [{"index": {"_id": id_, "status": of} | _error(of)} for id_, of in statuses.items()]}


@pytest.mark.parametrize(
    ("large", "bad", "limit"),
    [({"0", "3"}, set(), 1000), ({"0"}, {"1"}, 1000), (set(), {"1", "2"}, 180), ({"0", "2"}, {"1", "3"}, 180)],
)
def test_documents_that_are_refused_end_where_a_proxy_lets_only_small_requests_through(
    large: set[str], bad: set[str], limit: int
) -> None:
    text = {True: "x" * 2000, False: "x" * 60}
    operations = [Operation("articles", str(n), 1, {"text": text[str(n) in large]}) for n in range(5)]
    bulk = Bulk(cast(Any, Proxy(limit, bad)), lambda name: name, 500, lambda seconds, why="": None)
    try:
        settled = bulk.write(operations)
    finally:
        bulk.close()
    assert {op.id for op, _ in settled.refused} == large | bad
    assert settled.done == 5 - len(large | bad)


def test_one_operation_that_spoils_a_request_is_found() -> None:
    class Picky(Server):
        def bulk(self, operations: list[bytes], pipeline: str) -> Any:
            if any(b'"_id":"2"' in row for row in operations):
                self.requests.append(-1)
                raise failure(400)
            return super().bulk(operations, pipeline)

    settled, _ = write(Picky(), 5)
    assert settled.done == 4
    assert [op.id for op, _ in settled.refused] == ["2"]


@pytest.mark.parametrize("status", [400, 404])
def test_where_the_index_is_at_fault_nothing_is_refused(status: int) -> None:
    settled, waits = write(Server(status, status), 50, 1000, "no write index", "no write index")
    assert (settled.done, settled.refused, len(waits)) == (50, [], 2)


def test_where_the_index_is_not_at_fault_the_documents_are() -> None:
    settled, waits = write(Server(400, 400), 50)
    assert (settled.done, len(settled.refused), waits) == (0, 50, [])


def test_an_index_that_is_repaired_between_the_refusal_and_the_question_costs_nothing() -> None:
    settled, _ = write(Server(400), 50)
    assert (settled.done, settled.refused) == (50, [])
    settled, waits = write(Server(400, 400), 50, 1000, "broken", "broken")
    assert (settled.done, settled.refused, len(waits)) == (50, [], 2)


def test_a_batch_is_divided_among_the_requests_in_flight() -> None:
    pace = Pace(1000)
    assert [pace.part(count) for count in (1, 150, 801, 2000, 9000)] == [1000, 1000, 401, 1000, 1000]


def test_a_busy_server_gets_smaller_requests_and_a_quick_one_larger_again() -> None:
    pace = Pace(1000)
    pace.answered(1000, 0.2, busy=True)
    assert pace.size == 500
    pace.answered(500, 9.0)
    assert pace.size == 250
    pace.answered(3, 9.0)
    assert pace.size == 50, "a few documents more or less aren't why it takes long"
    pace.answered(3, 0.1)
    assert pace.size == 50, "a small request says nothing of a large one"
    for _ in range(9):
        pace.answered(pace.size, 0.1)
    assert pace.size == 1000


def test_refused_for_now_is_sent_again_in_smaller_requests() -> None:
    server = Server([429] * 200, [429] * 100, [429] * 100)
    settled, _ = write(server, 200)
    assert settled.done == 200
    assert server.requests == [200, 100, 100, 50, 50, 50, 50]


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_requests_are_counted_by_what_became_of_them() -> None:
    names = ("answered", "busy", "refused", "away")
    before = [counted("dateline_bulk_seconds_count", outcome=name) for name in names]
    documents = counted("dateline_bulk_documents_sum")
    write(Server(failure(503), failure(429), ConnectionTimeout("slow")), 10)
    assert [counted("dateline_bulk_seconds_count", outcome=name) for name in names] == [n + 1 for n in before]
    assert counted("dateline_bulk_documents_sum") == documents + 10


class Creating(Server):
    """Says of each document whether it was new."""

    def __init__(self, result: str) -> None:
        super().__init__()
        self.result = result

    def bulk(self, operations: list[bytes], pipeline: str) -> Any:
        answer = super().bulk(operations, pipeline)
        for item in answer["items"]:
            next(iter(item.values()))["result"] = self.result
        return answer


@pytest.mark.parametrize(
    ("index", "result", "embargo", "seconds"),
    [
        ("articles", "created", None, 20),
        ("articles", "created", 5, 5),  # readers wait since the end of the embargo
        ("articles", "created", -300, 0),  # its date is ahead
        ("articles", "updated", None, None),  # it was there: a story it belongs to was found, or it was corrected
        ("articles-hidden", "created", None, None),  # no reader waits for it
    ],
)
def test_how_long_readers_waited_is_measured_when_it_is_new_to_them(
    monkeypatch: pytest.MonkeyPatch, index: str, result: str, embargo: int | None, seconds: int | None
) -> None:
    from tests.unit.index.test_shown_at import made_document

    now = datetime.now(UTC)

    class Kind(type):
        def __instancecheck__(cls, one: object) -> bool:
            return isinstance(one, datetime)

    class Stopped(metaclass=Kind):
        @staticmethod
        def now(_: Any) -> datetime:
            return now

    monkeypatch.setattr("pipeline.index.bulk.datetime", Stopped)
    document = made_document(now - timedelta(seconds=20)) | (
        {"shown_at": now - timedelta(seconds=embargo)} if embargo is not None else {}
    )
    before = (
        counted("dateline_indexed_seconds_sum", index=index),
        counted("dateline_indexed_seconds_count", index=index),
    )
    bulk = Bulk(cast(Any, Creating(result)), lambda name: name, 10, lambda seconds, why="": None)
    assert bulk.write([Operation(index, "1", 1, document)]).done == 1
    bulk.close()
    after = counted("dateline_indexed_seconds_sum", index=index), counted("dateline_indexed_seconds_count", index=index)
    if seconds is None:
        assert after == before
    else:
        assert after[0] - before[0] == pytest.approx(seconds, abs=1e-3)
        assert after[1] - before[1] == 1
