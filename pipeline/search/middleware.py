"""What every request to the search API goes through: HEAD, CORS, keys and rates."""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Head:
    """Answers HEAD as GET without the body: a route asks `request.scope["head"]` where making the body is dear."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = message | {"body": b""}
            await send(message)

        asked: Any = scope | {"method": "GET", "head": True}
        await self._app(asked, receive, without_body)
