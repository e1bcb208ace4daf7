"""The span of a request to the ingest API. What is published in it is inside."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline import tracing
from pipeline.process import health
from pipeline.tracing import CURRENT, Kind, Tracer, Value
from pipeline.tracing.context import valid

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_GROUPS = ("/v1/items", "/v1/comments", "/websub")


class Traced:
    """An API whose requests have spans, in the trace that their sender says (`traceparent`), or in one of their own."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app, self._tracer = app, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in health.PATHS:
            return await self._app(scope, receive, send)
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        about: dict[str, Value] = {
            "http.request.method": method,
            "url.scheme": scope.get("scheme", "http"),
        }
        if scope["path"].startswith("/v1/"):  # that of a hub has its secret
            about["url.path"] = scope["path"][:1000]
        parent = valid(Request(scope).headers.get("traceparent"))
        # the route isn't known yet, and a span keeps the name that it is sampled by
        span = self._tracer.start(f"{method} {_kind(scope['path'])}".strip(), Kind.SERVER, parent, about)
        status = 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        token = CURRENT.set(span.traceparent)
        try:
            await self._app(scope, receive, sent)
        except BaseException as e:  # whatever it is, the span says so; raised again
            tracing.fail(span, e)
            raise
        finally:
            CURRENT.reset(token)
            span.set({"http.response.status_code": status})
            if (route := getattr(scope.get("route"), "path", None)) is not None:
                span.set({"http.route": route})
            if (provider := scope.get("state", {}).get("provider")) is not None:
                span.set({"dateline.provider": provider})
            if status >= 500:
                span.fail(str(status))
            span.end()


def _kind(path: str) -> str:
    """The part of an address that is the same for all items, of those that are served."""
    return next((one for one in _GROUPS if path == one or path.startswith(f"{one}/")), "")
