"""Errors in words for readers: as a page, and as problem+json for programs. What is wrong with the engines, and where they
are, is for the log."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from pipeline import telemetry
from pipeline.errors import DatelineError, Reject
from pipeline.process.problems import problem_body, problem_response
from pipeline.search.pages.rendering import render

_WORDS = {
    400: ("That search could not be read", "Some part of it is not what a search can be. The help page shows what it may contain."),
    404: ("Not found", "There is no such page, or readers may not see it any more."),
    405: ("That can’t be done here", "This page can only be read."),
    422: ("That address is not complete", "A part of the address is not what was expected there: a number is too large, or a word is too long."),
    500: ("Something went wrong", "That was our fault, not yours. It has been noted; try again in a moment."),
    503: ("Not available", "The search is not available right now. Try again in a moment."),
}  # fmt: skip


def install(api: FastAPI) -> None:
    """Answer every error of this application."""
    api.exception_handler(DatelineError)(_failed)
    api.exception_handler(HTTPException)(_refused)
    api.exception_handler(RequestValidationError)(_invalid)


def error_page(status: int, message: str | None = None, title: str | None = None) -> HTMLResponse:
    known = _WORDS.get(status) or _WORDS[500 if status >= 500 else 400]
    answer = render("error.html", status, title=title or known[0], message=message or known[1])
    if status == 503:
        answer.headers["Retry-After"] = "5"
    return answer


def _answer(request: Request, status: int, title: str, detail: str) -> Response:
    if request.url.path.startswith("/v1/"):
        return problem_response(problem_body(status, title, detail), {"Retry-After": "5"} if status == 503 else None)
    return error_page(status)


def _failed(request: Request, error: DatelineError) -> Response:
    if isinstance(error, Reject):
        return _answer(request, 400, "Bad query", str(error))
    telemetry.SEARCH_FAILED(path=request.url.path, problem=error)
    return _answer(request, 503, *_WORDS[503])


def _refused(request: Request, error: HTTPException) -> Response:
    title, words = _WORDS.get(error.status_code, ("Not possible", "That is not possible here."))
    answer = _answer(request, error.status_code, title, words)
    answer.headers.update(error.headers or {})
    return answer


def _invalid(request: Request, error: RequestValidationError) -> Response:
    faults = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors()[:5])
    return _answer(request, 422, "Parameters that can't be read", faults)
