"""Every error of the search API as the one who asked can read it: a problem for programs, a page for readers."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.routing import Match

from pipeline import telemetry
from pipeline.errors import DatelineError, Reject
from pipeline.process.problems import Problem
from pipeline.search import pages
from pipeline.settings import Settings

_METHODS = ("DELETE", "GET", "PATCH", "POST")
_AWAY = "The search is not available right now. Try again in a moment."


def is_page(path: str, settings: Settings) -> bool:
    """Whether a person asks."""
    return settings.search_pages and not path.startswith(("/v1/", "/openapi.json")) and path != "/v1"


def _is_page(request: Request) -> bool:
    return is_page(request.url.path, request.app.state.settings)


def add_handlers(api: FastAPI) -> None:
    """Every error as the one who asked can read it."""
    api.exception_handler(DatelineError)(_failed)
    api.exception_handler(Problem)(_problem)
    api.exception_handler(RequestValidationError)(_invalid)
    api.exception_handler(StarletteHTTPException)(_http_error)
    api.exception_handler(Exception)(unforeseen)


async def _failed(request: Request, error: DatelineError) -> Response:
    """What is wrong with the engines, and where they are, is for the log."""
    telemetry.SEARCH_FAILED(path=request.url.path, problem=error)
    if isinstance(error, Reject):
        return _answer(request, Problem(400, "bad-query", "This search can't be answered. Try it with fewer words."))
    return _answer(request, Problem(503, "not-available", _AWAY))


async def _problem(request: Request, problem: Problem) -> Response:
    return _answer(request, problem)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    if _is_page(request):
        return pages.error_page(422)  # in words: the faults are about parameters
    faults = error.errors()
    unknown = [str(one["loc"][-1]) for one in faults if one["type"] == "extra_forbidden"]
    if unknown:
        return _answer(request, _unknown(request, unknown[0]))
    errors = [{"pointer": "/".join(map(str, one["loc"])), "detail": str(one["msg"])} for one in faults[:10]]
    detail = "; ".join(f"{one['pointer']}: {one['detail']}" for one in errors)
    return _answer(request, Problem(422, "invalid-request", detail, parameter=_parameter(faults[0]), errors=errors))


def _unknown(request: Request, name: str) -> Problem:
    described = (getattr(request.scope.get("route"), "openapi_extra", None) or {}).get("parameters", ())
    more: dict[str, Any] = {"known": known} if (known := [one["name"] for one in described]) else {}
    why = f"there is no parameter {name[:100]!r} here; /openapi.json has those there are"
    return Problem(400, "unknown-parameter", why, parameter=name[:100], **more)


def _parameter(fault: Any) -> str:
    named = [str(part) for part in fault["loc"][1:] if not isinstance(part, int)]
    return named[0] if named else str(fault["loc"][-1])


async def _http_error(request: Request, error: HTTPException) -> Response:
    headers = {**(error.headers or {})} | ({"Allow": _allowed(request)} if error.status_code == 405 else {})
    if _is_page(request):
        page = pages.error_page(error.status_code)
        page.headers.update(headers)
        return page
    reason = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "refused")
    detail = {
        404: "There is nothing at this address.",
        405: f"{request.method[:20]} is not possible here.",
    }.get(error.status_code, str(error.detail))
    response = _answer(request, Problem(error.status_code, reason, detail))
    response.headers.update(headers)
    return response


def _allowed(request: Request) -> str:
    """Every method of this address, whichever route has it (RFC 9110, section 10.2.1)."""
    routes = request.app.router.routes
    found = [one for one in _METHODS if any(route.matches({**request.scope, "method": one})[0] is Match.FULL for route in routes)]  # fmt: skip
    return ", ".join([*found, *(["HEAD"] if "GET" in found else [])])


async def unforeseen(request: Request, error: Exception) -> Response:
    """A fault of ours: its traceback is in the log."""
    telemetry.SEARCH_FAILED(error, path=request.url.path, problem=error)
    return _answer(request, Problem(500, "failed", "Something went wrong here. Try again in a moment."))


def _answer(request: Request, problem: Problem) -> Response:
    if _is_page(request):
        response: Response = pages.error_page(problem.status, problem.detail)
        if problem.retry_after:
            response.headers["Retry-After"] = str(problem.retry_after)
        return response
    response = problem.response(request.url.path)
    response.headers["Cache-Control"] = "no-store"
    return response
