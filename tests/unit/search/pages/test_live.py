"""The live list: one search for all who listen, only while anybody does, and no more listeners than fit."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import httpx

from pipeline.errors import Retry
from pipeline.search.api import build_api
from pipeline.search.pages.live import MAX_LISTENERS, Latest
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
        assert latest.listeners == 3
        reader.articles = []
        assert {await _data(stream) for stream in streams} == {b"id: 2\nevent: latest\ndata: []\n\n"}, (
            "a kill leaves it"
        )
        for stream in streams:
            await stream.aclose()
        assert latest.listeners == 0
        polling = latest._polling
        assert polling is not None
        await polling
        asked = reader.asked
        stream = latest.events(lambda: True)
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
        api.state.latest.listeners = MAX_LISTENERS
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
            head = await client.head("/live")
            assert head.status_code == 503
            answer = await client.get("/live")
            api.state.latest.listeners = 0
            assert (await client.head("/live")).headers["content-type"].startswith("text/event-stream")
            return answer

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
