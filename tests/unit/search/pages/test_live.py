"""The live list: one search for all who listen, only while anybody does, and no more listeners than fit."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import httpx

from pipeline.errors import Retry
from pipeline.search.api import build_api
from pipeline.search.pages.live import MAX_LISTENERS, MAX_PER_ADDRESS, Latest
from pipeline.settings import Settings


class Reader:
    def __init__(self) -> None:
        self.asked = 0
        self.articles: list[dict[str, Any]] = [{"article_id": "a", "headline": "One"}]

    def sources(self, alias: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        assert alias == "articles"
        self.asked += 1
        if self.asked == 2:
            raise Retry("away for a moment")
        return list(self.articles)


async def _data(stream: Any) -> bytes:
    while True:
        event = await anext(stream)
        if event.startswith(b"id:"):
            return bytes(event)


def test_every_listener_gets_the_list_and_each_change_of_it() -> None:
    async def listen() -> None:
        reader = Reader()
        latest = Latest(cast(Any, reader), every=0.01)
        streams: list[Any] = [latest.events() for _ in range(3)]
        assert {await _data(stream) for stream in streams} == {
            b'id: 1\nevent: latest\ndata: [{"article_id":"a","headline":"One"}]\n\n'
        }
        assert latest.listeners.total() == 3
        reader.articles = []
        assert {await _data(stream) for stream in streams} == {b"id: 2\nevent: latest\ndata: []\n\n"}, (
            "a kill leaves it"
        )
        for stream in streams:
            await stream.aclose()
        assert not latest.listeners
        polling = latest._polling
        assert polling is not None
        await polling
        asked = reader.asked
        stream = latest.events("", lambda: True)
        assert await anext(stream) == b"retry: 5000\n\n"
        assert [one async for one in stream] == [], "a server that stops ends it"
        assert reader.asked <= asked + 1

        # what was known when the last one left is not sent to the next: it may be killed by now
        await cast(Any, latest._polling)
        reader.articles, reader.asked = [{"article_id": "b", "headline": "Three"}], 1
        latest.data = latest._last = b'[{"headline":"killed meanwhile"}]'
        late: Any = latest.events()
        assert b"Three" in await _data(late), "Elasticsearch was away when it was asked first"
        await late.aclose()

    asyncio.run(listen())


def test_listeners_are_bounded() -> None:
    async def ask() -> httpx.Response:
        api = build_api(cast(Any, Reader()), Settings(_env_file=None))
        api.state.latest = Latest(cast(Any, Reader()))
        api.state.latest.listeners.update({str(n): MAX_PER_ADDRESS for n in range(MAX_LISTENERS // MAX_PER_ADDRESS)})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
            head = await client.head("/live")
            assert head.status_code == 503
            answer = await client.get("/live")
            api.state.latest.listeners.clear()
            assert (await client.head("/live")).headers["content-type"].startswith("text/event-stream")
            return answer

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


def test_one_address_cannot_take_every_place() -> None:
    async def ask() -> tuple[httpx.Response, ...]:
        api = build_api(cast(Any, Reader()), Settings(_env_file=None))
        api.state.latest = latest = Latest(cast(Any, Reader()))
        latest.listeners.update({"192.0.2.1": MAX_PER_ADDRESS, "2001:db8::/64": MAX_PER_ADDRESS})
        found = []
        for address in ("192.0.2.1", "2001:db8::7", "192.0.2.2"):
            transport = httpx.ASGITransport(api, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                found.append(await client.head("/live"))
        return tuple(found)

    first, network, other = asyncio.run(ask())
    assert (first.status_code, first.headers["retry-after"]) == (429, "60")
    assert network.status_code == 429, "an IPv6 network of 64 bits is one client"
    assert other.status_code == 200


def test_a_listener_that_left_makes_room() -> None:
    async def listen() -> None:
        latest = Latest(cast(Any, Reader()), every=0.01)
        streams: list[Any] = [latest.events("192.0.2.1") for _ in range(MAX_PER_ADDRESS)]
        for stream in streams:
            await anext(stream)
        assert latest.full("192.0.2.1")
        await streams[0].aclose()
        assert latest.full("192.0.2.1") is None
        for stream in streams[1:]:
            await stream.aclose()
        assert not latest.listeners

    asyncio.run(listen())
