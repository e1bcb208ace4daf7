"""Whatever a provider sends: a clear answer, and nothing accepted that the stages can't read."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError

from pipeline.push import limits, service
from schemas.events import RawArticleEvent, RawCommentEvent
from tests.support.ingest import Door
from tests.support.samples import ninjs
from tests.support.waiting import PATIENCE

FAST = {"providers": {"wire": {"burst": 10_000, "requests_per_minute": 100_000}}}
STORY = json.dumps(ninjs("1")).encode()
COMMENTS = b'{"article": {"id": "1"}, "comments": [{"id": "1", "text": %s}]}'

BODIES: dict[str, bytes] = {
    "empty": b"",
    "blanks": b" \r\n ",
    "nul": b"\0",
    "bom": b"\xef\xbb\xbf",
    "deep list": b"[" * 100_000,
    "deep object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep headline": b'{"headline": ' + b"[" * 900 + b"]" * 900 + b"}",
    "nan": STORY[:-1] + b', "urgency": NaN}',
    "infinity": STORY[:-1] + b', "versioncreated": Infinity, "version": -Infinity}',
    "huge int": STORY[:-1] + b', "urgency": ' + b"9" * 5000 + b"}",
    "big int": STORY[:-1] + b', "version": ' + b"9" * 400 + b"}",
    "float": STORY[:-1] + b', "version": 1e999, "urgency": 1.5e300}',
    "lone surrogate": STORY[:-1] + b', "headline": "a\\ud800b", "byline": "\\udfff"}',
    "surrogate bytes": STORY[:-1] + b', "headline": "a\xed\xa0\x80b"}',
    "nul text": STORY[:-1] + b', "headline": "a\\u0000b", "uri": "\\u0000"}',
    "double keys": STORY[:-1] + b', "uri": "2", "uri": "3", "headline": "x"}',
    "invalid utf-8": STORY[:-1] + b', "headline": "\xff\xfe"}',
    "utf-16": json.dumps(ninjs("1")).encode("utf-16"),
    "utf-32": json.dumps(ninjs("1")).encode("utf-32-be"),
    "latin-1": '{"uri": "1", "headline": "é", "body_text": "é"}'.encode("latin-1"),
    "wrong types": b'{"uri": 5, "headline": {}, "body_text": [], "versioncreated": {"a": 1}, "byline": 1e5}',
    "numbers": b'{"fields": 1, "headline": 1, "keywords": [1, null, {}], "version": "x", "timezone": 7}',
    "odd time": STORY[:-1] + b', "versioncreated": "+999999-99-99T99:99:99Z", "timezone": "../../etc"}',
    "long id": json.dumps(ninjs("i" * 100_000)).encode(),
    "long headline": json.dumps(ninjs("1", headline="h" * 1_000_000)).encode(),
    "truncated": STORY[:-5],
    "two": STORY + STORY,
    "a number": b"5",
    "null": b"null",
    "list of odds": b'[1, null, "a", [], {}, {"uri": "1"}]',
    "gzip": gzip.compress(STORY),
    "gzip bomb": gzip.compress(b" " * 50_000_000),
    "gzip in gzip": gzip.compress(gzip.compress(STORY)),
    "gzip cut": gzip.compress(STORY)[:-6],
    "gzip broken": b"\x1f\x8b\x08nonsense",
    "entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><nitf><body>&c;</body></nitf>',
    "cut xml": b"<nitf><head><title>x",
    "binary": bytes(range(256)) * 20,
    "comment nul": COMMENTS % b'"\\u0000"',
    "comment surrogate": COMMENTS % b'"\\ud83d"',
    "comment number": COMMENTS % b"5",
    "comment long": COMMENTS % (b'"' + b"x" * 2_000_000 + b'"'),
}  # fmt: skip
NAMES = (
    "urn:1", "%00", "%ff%fe", "%ED%A0%80", "a%2Fb%3Fc%23d", "%0d%0aX:%201", "..%2f..%2fetc", "x" * 8000, "http://a.example/%00", "http://[::1",
    "https://a.example:99999999/b", "http://%ff/", "%20", "%F0%9F%98%80", "http:///", "javascript:alert(1)", "\u202e",
)  # fmt: skip
HEADERS: tuple[dict[str, Any], ...] = (
    {"Content-Type": "application/json; charset=utf-16"}, {"Content-Type": "x" * 8000}, {"Content-Type": b"\xff\xfe/\xfd"}, {"Content-Type": ""},
    {"Content-Encoding": "br"}, {"Content-Encoding": "gzip, gzip"}, {"Content-Encoding": b"\xff"}, {"Content-Length": "\u00b2".encode("latin-1")},
    {"Idempotency-Key": "k" * 255}, {"Idempotency-Key": "k" * 256}, {"Idempotency-Key": b"\xff\xc3"}, {"Idempotency-Key": "../../other/k"},
    {"Dateline-Signature": "t=1,v1=0"}, {"Dateline-Signature": b"\xff"}, {"Dateline-Signature": "t=999999999999,v1=" + "0" * 64},
)  # fmt: skip


def check(door: Door, answer: httpx.Response, why: object) -> None:
    """A 202 whose events the stages can read, or a problem."""
    assert answer.status_code == 202 or 400 <= answer.status_code < 500, (why, answer.status_code, answer.text[:500])
    if answer.status_code != 202:
        assert answer.headers["content-type"] == "application/problem+json", why
        assert {"type", "title", "status", "detail"} <= answer.json().keys(), why
        assert len(answer.json()["detail"]) > 5, why
    assert len(answer.content) < 20_000, (why, "nobody reads more")
    for value in door.producer.values("articles.raw"):
        RawArticleEvent.model_validate_json(value)
    for value in door.producer.values("comments.raw"):
        RawCommentEvent.model_validate_json(value)
    door.producer.records.clear()


def test_any_body_gets_a_clear_answer() -> None:
    async def ask() -> None:
        door = Door(**FAST)
        async with door.desk() as desk:
            for why, body in BODIES.items():
                for path in ("/v1/items", "/v1/items?url=http://a.example/b", "/v1/comments"):
                    check(door, await desk.post(path, content=body), (why, path))
                check(door, await desk.patch("/v1/items/urn:1", content=body), (why, "patch"))

    asyncio.run(ask())


def test_any_name_address_and_header_gets_a_clear_answer() -> None:
    async def ask() -> None:
        door = Door(**FAST)
        async with door.desk() as desk:
            for name in NAMES:
                check(door, await desk.patch(f"/v1/items/{name}", content=b'{"headline": "x"}'), name)
                check(door, await desk.delete(f"/v1/items/{name}?reason={name}"), name)
                check(door, await desk.post(f"/v1/items?url={name}", content=STORY), name)
                check(door, await desk.post(f"/v1/items?url={name}", content=b"<html><p>" + b"text " * 100), name)
            for headers in HEADERS:
                check(door, await desk.post("/v1/items", content=STORY, headers=headers), headers)
                check(door, await desk.patch("/v1/items/urn:1", content=b"{}", headers=headers), headers)

    asyncio.run(ask())


def test_a_body_that_comes_slowly_ends_with_408_and_holds_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.2)

    async def slowly() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    async def ask() -> None:
        door = Door(**FAST)
        async with door.desk() as desk:
            answer = await desk.post("/v1/items", content=slowly())
        assert (answer.status_code, answer.json()["title"]) == (408, "too slow")
        assert door.service.memory.used == 0

    asyncio.run(ask())


def test_a_slow_provider_has_its_own_share_and_others_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kafka acknowledges nothing of one provider, which sends as much as it can; the other one notices nothing."""
    monkeypatch.setattr(service, "_TIMEOUT", PATIENCE)

    async def ask() -> None:
        door = Door(providers={"slow": {"burst": 1000}, "wire": {"burst": 1000}})
        door.producer.slow = b"urn:slow"
        async with door.desk("slow") as slow, door.desk("wire") as wire:
            body = json.dumps(ninjs("urn:slow")).encode()
            waiting = [asyncio.create_task(slow.post("/v1/items", content=body)) for _ in range(100)]
            answers = [await wire.post("/v1/items", content=STORY) for _ in range(20)]
            assert {answer.status_code for answer in answers} == {202}
            assert not door.producer.release.is_set()
            pending = set(waiting)
            while len(pending) > limits.MAX_IN_PROGRESS:
                _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            refused = [task.result() for task in waiting if task.done()]
            assert len(refused) == 100 - limits.MAX_IN_PROGRESS
            assert {(answer.status_code, answer.headers["Retry-After"]) for answer in refused} == {(429, "1")}
            door.producer.release.set()
            assert [answer.status_code for answer in await asyncio.gather(*waiting)].count(
                202
            ) == limits.MAX_IN_PROGRESS

    asyncio.run(ask())


def test_an_item_that_kafka_refuses_is_refused_by_itself() -> None:
    async def ask() -> None:
        door = Door()
        door.producer.refuses = lambda topic, value: (
            MessageSizeTooLargeError() if topic == "articles.raw" and b"urn:big" in value else None
        )
        async with door.desk() as desk:
            body = json.dumps([ninjs("urn:1"), ninjs("urn:big"), ninjs("urn:2")]).encode()
            answer = await desk.post("/v1/items", content=body)
            assert (answer.status_code, answer.json()["accepted"], answer.json()["refused"]) == (202, 2, 1)
            refused = answer.json()["items"][-1]
            assert (refused["status"], refused["reason"]) == ("refused", "too-large")
            assert refused["id"] not in {item["id"] for item in answer.json()["items"][:-1]}
            assert len(door.producer.values("articles.raw")) == 2
            (dead,) = door.producer.values("dead-letters")
            assert b"urn:big" in dead
            assert (await desk.post("/v1/items", content=json.dumps(ninjs("urn:big")).encode())).status_code == 413
            # what may succeed later is no refusal
            door.producer.refuses = lambda topic, value: KafkaTimeoutError() if b"urn:2" in value else None
            answer = await desk.post("/v1/items", content=body)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")

    asyncio.run(ask())
