"""Every error in words: a page for people, `application/problem+json` for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import Scope

from pipeline import telemetry
from pipeline.errors import DatelineError, Reject, Retry
from pipeline.operations.trace import Unknown
from pipeline.process.problems import problem_body, problem_response
from pipeline.status_page.bounded import Busy, StillWorking
from pipeline.status_page.rendering import render

_TITLES = {
    400: "That can't be asked", 401: "A password is needed", 403: "Not from here", 404: "Not found",
    405: "This page can only be read", 429: "Too many wrong passwords", 500: "It can't work as it is", 503: "Not available now",
}  # fmt: skip
_DETAILS = {
    404: "There is nothing at this address.",
    405: "Nothing can be changed here: repairs are commands and flows.",
}
_UNFORESEEN = "Something went wrong in this page; its log says what. A command says the same without it: dateline status, trace, dead-letters list."


class BadRequest(Exception):
    """A parameter that can't be meant; the text is for the one who asked."""


def wants_json(scope: Scope) -> bool:
    """Whether a program asks."""
    return scope["path"].endswith(".json") or b"format=json" in scope["query_string"].split(b"&")


def error_answer(scope: Scope, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    title = _TITLES.get(status, "That didn't work")
    if wants_json(scope):
        return problem_response(problem_body(status, title, detail, instance=scope["path"]), headers)
    answer = render("error.html", status, title=title, message=detail)
    answer.headers.update(headers or {})
    return answer


def add_handlers(api: FastAPI) -> None:
    api.exception_handler(BadRequest)(_bad)
    api.exception_handler(DatelineError)(_failed)
    api.exception_handler(Busy)(_busy)
    api.exception_handler(StillWorking)(_still)
    api.exception_handler(HTTPException)(_http)


async def _bad(request: Request, error: BadRequest) -> Response:
    return error_answer(request.scope, 400, str(error))


async def _failed(request: Request, error: DatelineError) -> Response:
    """As the commands end: an engine that is away, nothing found, or what has to be changed."""
    if isinstance(error, Retry):
        return error_answer(request.scope, 503, str(error), {"Retry-After": "5"})
    if isinstance(error, Unknown):
        return error_answer(request.scope, 404, str(error))
    if isinstance(error, Reject):
        return error_answer(request.scope, 404 if error.reason == "gone" else 400, error.detail)
    return error_answer(request.scope, 500, str(error))


async def _busy(request: Request, _: Busy) -> Response:
    detail = "As much is being looked up as may be at a time. Ask again in a moment."
    return error_answer(request.scope, 503, detail, {"Retry-After": "3"})


async def _still(request: Request, _: StillWorking) -> Response:
    detail = "This takes longer than a page waits. It goes on: ask again in a moment, and the answer may be there."
    return error_answer(request.scope, 503, detail, {"Retry-After": "5"})


async def _http(request: Request, error: HTTPException) -> Response:
    generic = error.detail == HTTPStatus(error.status_code).phrase
    detail = _DETAILS.get(error.status_code, str(error.detail)) if generic else str(error.detail)
    return error_answer(request.scope, error.status_code, detail, error.headers)


def add_unforeseen(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """The same route, whose unforeseen errors are answered in words too, inside of what gives every answer its headers."""

    @wraps(answer)
    def whole(request: Request) -> Response:
        try:
            return answer(request)
        except (BadRequest, DatelineError, Busy, StillWorking, HTTPException):
            raise
        except Exception as e:  # whatever it is, the page says so and the log says what
            telemetry.STATUS_PAGE_FAILED(path=request.url.path, problem=e)
            return error_answer(request.scope, 500, _UNFORESEEN)

    return whole
