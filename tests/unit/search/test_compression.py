"""Compressed answers: by what the client says, and never of events."""

from __future__ import annotations

import asyncio
import gzip
import random
from typing import Any

import brotli
import httpx
import pytest
import zstandard
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp

from pipeline.process.web import Head
from pipeline.search.compression import MIN_BYTES, Compressed, preferred
from tests.support.search_api import ask, get

TEXT = "".join(random.Random(1).choices("ferries sail ", k=300_000))
PIECES = [TEXT[at : at + 999] for at in range(0, len(TEXT), 999)]
READ = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda found: zstandard.ZstdDecompressor().decompressobj().decompress(found),
    None: bytes,
}


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip;q=0", None),
        ("gzip; Q=0.000", None),
        ("br;q=0.5, gzip;q=0.8, zstd;q=0.2", "gzip"),
        ("zstd;q=0.001", "zstd"),
        ("*", "zstd"),
        ("*;q=0", None),
        ("zstd;q=0, *", "br"),
        ("*;q=0, gzip", "gzip"),
        ("identity", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip", "gzip"),
        ("identity;q=0, br", "br"),
        ("gzip, identity", "gzip"),
        ("deflate, compress, gzipped, brotli", None),
        ("gzip;q=nan", None),
        ("gzip;q=2", None),
        (",;,gzip;;", None),
        (", , gzip ;q=1.0 ,", "gzip"),
    ],
)
def test_which_coding_is_taken(accepted: str, coding: str | None) -> None:
    found = preferred(accepted)
    assert (found and found.name) == coding


def asked(app: ASGIApp, accepted: str, method: str = "GET") -> tuple[httpx.Response, bytes]:
    """The answer, and its body as it was sent."""

    async def ask() -> tuple[httpx.Response, bytes]:
        async with (
            httpx.AsyncClient(transport=httpx.ASGITransport(Head(Compressed(app))), base_url="http://test") as client,
            client.stream(method, "/", headers={"Accept-Encoding": accepted}) as answer,
        ):
            return answer, b"".join([part async for part in answer.aiter_raw()])

    return asyncio.run(ask())


async def pieces(sent: list[str]) -> Any:
    for one in sent:
        yield one


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", None])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_text_is_the_same_in_every_coding(coding: str | None, streamed: bool) -> None:
    app = StreamingResponse(pieces(PIECES), media_type="text/csv") if streamed else PlainTextResponse(TEXT)
    answer, body = asked(app, coding or "identity")
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers.get("content-length") == (None if streamed else str(len(body)))
    assert READ[coding](body).decode() == TEXT
    assert coding is None or len(body) < len(TEXT) / 2


def test_a_stream_that_ends_with_an_empty_part_is_whole() -> None:
    for sent in ([], [""], ["a"], ["a", ""], ["a", "", "b"]):
        answer, body = asked(StreamingResponse(pieces(sent), media_type="text/csv"), "br")
        assert READ[answer.headers.get("content-encoding")](body).decode() == "".join(sent)


def test_head_says_the_same_as_get() -> None:
    for coding in ("gzip", "br", "zstd", "identity"):
        full, _ = asked(PlainTextResponse(TEXT), coding)
        head, body = asked(PlainTextResponse(TEXT), coding, "HEAD")
        assert head.headers == full.headers
        assert body == b""


@pytest.mark.parametrize(
    "response",
    [
        lambda: StreamingResponse(pieces(["data: 1\n\n", "data: 2\n\n"] * 500), media_type="text/event-stream"),
        lambda: Response(b"x" * 5000, media_type="image/png"),
        lambda: Response(b"x" * 5000, media_type="text/plain", headers={"Content-Encoding": "gzip"}),
        lambda: Response(b"x" * 5000, 206, media_type="text/plain"),
        lambda: PlainTextResponse("x" * (MIN_BYTES - 1)),
    ],
)
def test_what_is_sent_as_it_is(response: Any) -> None:
    plain, first = asked(response(), "identity")
    answer, second = asked(response(), "gzip, br, zstd")
    assert (answer.status_code, answer.headers, second) == (plain.status_code, plain.headers, first)


def test_events_arrive_one_by_one() -> None:
    sent: list[Any] = []

    async def app(_: Any, __: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for n in range(3):
            await send({"type": "http.response.body", "body": b"data: %d\n\n" % n, "more_body": True})
            assert sent[-1]["body"] == b"data: %d\n\n" % n, "not held back"

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"accept-encoding", b"zstd, br, gzip")]}
    asyncio.run(Compressed(app)(scope, lambda: None, send))  # type: ignore[arg-type,return-value]
    assert sent[0]["headers"] == [(b"content-type", b"text/event-stream; charset=utf-8")]


def test_an_etag_goes_with_every_coding() -> None:
    """A cache that has one coding of an answer has it still (RFC 9110, section 8.8.3.3), and knows what it depends on."""
    every = [get("/v1/articles", accept_encoding=coding) for coding in ("zstd", "br", "gzip", "identity")]
    assert [one.headers.get("content-encoding") for one in every] == ["zstd", "br", "gzip", None]
    assert len({one.headers["etag"] for one in every}) == 1
    assert len({one.json()["text"] for one in every}) == 1, "they say the same"
    again = get("/v1/articles", accept_encoding="br", if_none_match=every[0].headers["etag"])
    assert (again.status_code, again.headers["vary"], again.content) == (304, "Accept-Encoding", b"")
    assert "content-encoding" not in again.headers


def test_whole_results_and_pages_are_compressed_too() -> None:
    for path in ("/v1/articles?format=ndjson", "/style.css", "/openapi.json"):
        (answer,) = ask(path, accept_encoding="br, gzip;q=0.5")
        assert answer.headers["content-encoding"] == "br", path
        assert answer.content
