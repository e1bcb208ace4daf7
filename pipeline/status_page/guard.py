"""Who may look, and what every answer says to the browser."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline import telemetry
from pipeline.process.connections import network_of
from pipeline.process.listening import is_own_machine
from pipeline.settings import Settings
from pipeline.status_page.errors import error_answer

WRONG_A_MINUTE = 30
"""Wrong passwords of one client address; above this none of its passwords is looked at until the minute is over."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Guard:
    """With a password it is asked for (HTTP Basic under any user name, or as a Bearer token). Without one only this machine
    is let in, by its own name: a page of another host, whose name was made to mean this machine, is not."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        password = settings.status_password
        self._digest = _digest(password.get_secret_value().encode()) if password else None
        self._limit = RateLimitItemPerMinute(WRONG_A_MINUTE)
        self._wrong = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if self._digest is None:
            if _is_own_name(headers.get("host", "")):
                return None
            detail = "Without a password this page answers on its own machine only, at 127.0.0.1 or localhost. Set DATELINE_STATUS_PASSWORD to reach it by another name."
            return error_answer(scope, 403, detail)
        sent = _password(headers.get("authorization", ""))
        client = scope.get("client")
        network = network_of(client[0]) if client else ""
        if sent is not None and not self._wrong.test(self._limit, network):
            detail = "Too many wrong passwords came from your address. Wait a minute, and try again."
            return error_answer(scope, 429, detail, {"Retry-After": "60"})
        if sent is not None and hmac.compare_digest(self._digest, _digest(sent)):
            return None
        if sent is not None:
            self._wrong.hit(self._limit, network)
            telemetry.STATUS_PASSWORD_WRONG(client=network)
        asked = {"WWW-Authenticate": 'Basic realm="Dateline, for operators", charset="UTF-8"'}
        return error_answer(scope, 401, "This page is for operators: give its password, under any user name.", asked)


def _digest(password: bytes) -> bytes:
    return hashlib.sha256(password).digest()


def _password(authorization: str) -> bytes | None:
    """What was sent as a password; None where nothing was."""
    scheme, _, sent = authorization.partition(" ")
    if scheme.casefold() == "bearer":
        return sent.strip().encode("latin-1", "replace")
    if scheme.casefold() != "basic":
        return None
    try:
        return base64.b64decode(sent.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


def _is_own_name(host: str) -> bool:
    """Whether a Host header names this machine by itself."""
    name = host.partition("]")[0][1:] if host.startswith("[") else host.rpartition(":")[0] or host
    return is_own_machine(name.casefold())
