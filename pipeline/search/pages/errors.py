"""Errors in words for readers. Which answer is an error is decided in pipeline/search/failures.py."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from pipeline.search.pages.rendering import render

_WORDS = {
    400: ("That search could not be read", "Some part of it is not what a search can be. The help page shows what it may contain."),
    404: ("Not found", "There is no such page, or readers may not see it any more."),
    405: ("That can’t be done here", "This page can only be read."),
    422: ("That address can’t be read", "A part of the address is not what was expected there: a number is too large, or a text is too long."),
    429: ("Too many requests", "You asked for a lot of pages in a short time. Wait a minute and go on."),
    500: ("Something went wrong", "That was our fault, not yours. It has been noted; try again in a moment."),
    503: ("Not available", "The search is not available right now. Try again in a moment."),
}  # fmt: skip


def error_page(status: int, message: str | None = None, title: str | None = None) -> HTMLResponse:
    known = _WORDS.get(status) or _WORDS[500 if status >= 500 else 400]
    answer = render("error.html", status, title=title or known[0], message=message or known[1])
    if status == 503:
        answer.headers["Retry-After"] = "5"
    return answer
