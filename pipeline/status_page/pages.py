"""The pages, and the same facts as JSON: what each asks the operations, and how long it waits for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from pipeline.errors import DatelineError
from pipeline.operations.trace import Unknown
from pipeline.status_page import asked
from pipeline.status_page.bounded import Bounded
from pipeline.status_page.errors import add_unforeseen, wants_json
from pipeline.status_page.lines import LETTER, command, options
from pipeline.status_page.rendering import render
from pipeline.status_page.source import Source
from pipeline.status_page.views import flow, letter_facts, rows, trace_facts

EVERY = 20
"""Seconds between two refreshes of the status."""
_FRESH = 5.0
"""Seconds that a status, a list or a trace is shown to whoever asks next."""
_FUNNEL_FRESH = 60.0
"""The same of a funnel, for which the topics are read."""
_PATIENCE = 25.0
"""Seconds that a page waits for its facts: longer than Kafka is read."""
_EXCERPTS = 3

router = APIRouter(include_in_schema=False)


@dataclass
class Shown:
    """A page: its template and what is in it, and the same for a program."""

    template: str
    values: dict[str, Any]
    data: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """A request, and whom to ask about it."""

    request: Request
    given: dict[str, str]
    now: datetime

    @property
    def source(self) -> Source:
        found: Source = self.request.app.state.source
        return found

    @property
    def bounded(self) -> Bounded:
        found: Bounded = self.request.app.state.bounded
        return found


def _page(path: str, *known: str) -> Callable[[Callable[[Asked], Shown]], None]:
    """Serve a page at `path`, and its facts as JSON at `path`.json and with `?format=json`."""

    def add(view: Callable[[Asked], Shown]) -> None:
        def answer(request: Request) -> Response:
            made = view(Asked(request, asked.values(request.query_params, {*known, "format"}), datetime.now(UTC)))
            if wants_json(request.scope):
                return JSONResponse(made.data, made.status, made.headers)
            page = render(made.template, made.status, prefect=request.app.state.prefect, **made.values)
            page.headers.update(made.headers)
            return page

        guarded = add_unforeseen(answer)
        for one in (f"{path}.json", path):
            router.add_api_route(one, guarded, methods=["GET"], response_model=None)

    return add


@router.get("/")
async def front() -> Response:
    return RedirectResponse("/status", 307)


@_page("/status", "refresh")
def status(page: Asked) -> Shown:
    """As `dateline status`: a measurement that takes too long is replaced by the one before it, which says its age."""
    found = page.bounded.ask("status", page.source.status, fresh=_FRESH, patience=_PATIENCE, old=True)
    report = found.value
    live = page.given.get("refresh") != "off"
    values = {"report": report, "now": page.now, "live": live, "every": EVERY, "old": found.age > 2 * EVERY, **flow(report)}  # fmt: skip
    return Shown("status.html", values, report.model_dump(mode="json"))


@_page("/trace", "q")
def trace(page: Asked) -> Shown:
    wanted = page.given.get("q")
    if wanted is None:
        return Shown("trace.html", {"q": ""}, {"steps": [], "documents": []})

    def look() -> tuple[dict[str, Any], list[dict[str, Any]]]:
        found = page.source.trace(wanted)
        names = [f"{step['partition']}-{step['offset']}" for step in found["steps"] if step.get("refused")]
        return found, _excerpts(page, names)

    try:
        found, excerpts = page.bounded.ask(("trace", wanted), look, fresh=_FRESH, patience=_PATIENCE).value
    except Unknown as e:
        if wants_json(page.request.scope):
            raise
        known: list[str] = [*e.letters]
        letters = page.bounded.ask(("excerpts", *known), lambda: _excerpts(page, known), fresh=_FRESH, patience=_PATIENCE).value  # fmt: skip
        return Shown("trace.html", {"q": wanted, "unknown": str(e), "excerpts": letters}, None, 404)
    nothing = not found["steps"] and not found["documents"]
    values = {"q": wanted, "found": found, "excerpts": excerpts, "nothing": nothing, **trace_facts(found)}
    return Shown("trace.html", values, found, 404 if nothing else 200)


def _excerpts(page: Asked, names: list[str]) -> list[dict[str, Any]]:
    """The newest of these dead letters with the beginning of each original; without those that can't be read."""
    found = []
    for name in names[-_EXCERPTS:]:
        try:
            found.append(letter_facts(page.source.letter(name)))
        except DatelineError as e:
            found.append({"id": name, "problem": str(e)})
    return found


@_page("/funnel", "provider", "day", "since", "until")
def funnel(page: Asked) -> Shown:
    """As `dateline trace --provider`. Read once a minute at most, however often it is asked for."""
    provider = page.given.get("provider")
    span = asked.span(page.given, page.now)
    answer = page.bounded.ask(
        ("funnel", provider, span.given),
        lambda: page.source.funnel(provider, span.begin, span.end),
        fresh=_FUNNEL_FRESH,
        patience=_PATIENCE,
    )
    found = answer.value
    same = {"provider": provider or ""}
    words = command("dateline", "trace", "--since", f"{found.begin:%Y-%m-%dT%H:%M:%SZ}", "--until", f"{found.end:%Y-%m-%dT%H:%M:%SZ}", *(["--provider", provider] if provider else []))  # fmt: skip
    values = {
        "found": found,
        "rows": rows(found),
        "given": page.given,
        "same": same,
        "age": answer.age,
        "command_line": words,
    }
    return Shown("funnel.html", values, found.model_dump(mode="json"))


@_page("/dead-letters", "stage", "reason", "provider", "since", "handled", "size")
def letters(page: Asked) -> Shown:
    wanted, size, handled = asked.letters(page.given, page.now), asked.size(page.given), "handled" in page.given
    key = ("letters", *sorted((name, value) for name, value in page.given.items() if name != "format"))
    found = page.bounded.ask(
        key, lambda: page.source.letters(wanted, size, handled=handled), fresh=_FRESH, patience=_PATIENCE
    ).value
    filters = options(wanted)
    replay = command("dateline", "dead-letters", "replay", *filters) if filters else None
    values = {
        "found": found,
        "given": page.given,
        "size": size,
        "sizes": asked.SIZES,
        "replay": replay,
        "now": page.now,
    }
    return Shown("dead-letters.html", values, found)


@_page("/dead-letters/{letter}")
def letter(page: Asked) -> Shown:
    """As `dateline dead-letters show`."""
    name = str(page.request.path_params["letter"])
    if not LETTER.fullmatch(name):
        raise HTTPException(404, f"{name[:50]!r} is not a dead letter's id: they are like 0-17.")
    stored = page.bounded.ask(
        ("letter", name), lambda: page.source.letter(name), fresh=_FRESH, patience=_PATIENCE
    ).value
    facts, reject = letter_facts(stored), page.source.replayable(stored)
    original = (stored.value or b"").decode("utf-8", "replace")
    data = {"id": stored.id, **stored.header.model_dump(mode="json", exclude_none=True), "original": original}
    commands = {
        what: command("dateline", "dead-letters", *words)
        for what, words in (
            ("Send it again, once the cause is repaired", ("replay", name)),
            ("Correct it in your editor, and send it", ("edit", name)),
            ("Leave it at that", ("discard", name, "--why", "…")),
        )
        if reject is None or words[0] == "discard"
    }
    values = {"one": facts, "reject": reject, "commands": commands, "raw": command("dateline", "dead-letters", "show", name, "--raw")}  # fmt: skip
    return Shown("dead-letter.html", values, data)
