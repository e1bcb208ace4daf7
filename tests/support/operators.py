"""The operators' page without engines: what its operations answer is set by the test."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, cast

import httpx

from pipeline.errors import Reject
from pipeline.operations.dead_letters import Filter, StoredDeadLetter
from pipeline.settings import Settings
from pipeline.status_page.api import build_page
from schemas.dead_letter import DeadLetter
from schemas.funnel import Fate, Funnel
from schemas.report import (
    Disk,
    Engine,
    Finding,
    Freshness,
    IndexState,
    Kind,
    Latency,
    ProcessCondition,
    ProcessState,
    Pulse,
    RefusalRate,
    Refusals,
    Report,
    Severity,
    StageState,
    TopicState,
    Trend,
)

ARTICLE = "886313e1-3b8a-5372-9b90-0c9aee199e5d"
PASSWORD = "correct horse battery"


def report(text: str = "wire", *, well: bool = False, at: datetime | None = None) -> Report:
    """A report with something in every member; each text from outside is `text`."""
    now = at or datetime.now(UTC)
    findings = () if well else (
        Finding(kind=Kind.PROCESS_AWAY, subject="indexer", severity=Severity.CRITICAL, what=f"no indexer is running; the last one: {text}", command="dateline indexer", since=now - timedelta(minutes=3)),
        Finding(kind=Kind.REFUSALS, subject=f"normalize/{text}", severity=Severity.WARNING, what=f"most of {text}", command="dateline dead-letters list"),
        Finding(kind=Kind.PROVIDER_SILENT, subject=f"{text}/articles", severity=Severity.WARNING, what=f"{text} has sent no articles"),
        Finding(kind=Kind.SLOW, subject=text, severity=Severity.WARNING, what=f"{text} is slow"),
        Finding(kind=Kind.RECORDS_FAILED, subject="enrich", severity=Severity.WARNING, what="our own code failed"),
    )  # fmt: skip
    return Report(
        at=now, namespace="news", ok=well, headline="All is well: 2 articles are searchable." if well else f"no indexer is running: {text}", findings=findings,
        kafka=Engine(up=True, version="4.1"), elasticsearch=Engine(up=False, error=f"{text}\nmore"),
        stages={"revise": StageState(group="worker", lag=1200, started=True, members=2, oldest=now - timedelta(minutes=4), trend=Trend.FALLING, rate=20.0, caught_up_in=60.0), "index": StageState(group="index", lag=3, started=False, members=0)},
        topics={"articles.raw": TopicState(records=12, cleanup="delete", key="article", partitions=4)},
        documents={"articles": 2}, indices={"articles": IndexState(health="yellow", documents=2, read_only=True)},
        processes=(
            ProcessState(name="worker", condition=ProcessCondition.READY, address="http://127.0.0.1:9101", pid=7, started=now - timedelta(hours=3), starts_last_hour=2, last_exit=text),
            ProcessState(name="indexer", condition=ProcessCondition.GONE, problem=text),
        ),
        latency=(Latency(provider=text, articles=30, late=3, late_last_hour=3, p50=1.0, p95=9.0, p99=12.5, objective=5.0),),
        freshness=(Freshness(provider=text, item="articles", last=now - timedelta(hours=9), pulse=Pulse.SILENT), Freshness(provider=text, item="comments", last=now, pulse=Pulse.USUAL)),
        refusals={"normalize": Refusals(refused=41, failed_last_hour=1)}, refusal_rates=(RefusalRate(stage="normalize", reason="no-text", last_hour=12, usual=1, unusual=True, providers=(text,)),),
        disks=(Disk(place=text, free=10**9, total=10**10),),
    )  # fmt: skip


def found_trace(text: str = "wire") -> dict[str, Any]:
    """What `trace` says of an article that was refused once; each text from outside is `text`."""
    steps = [
        {"topic": "articles.raw", "at": "2026-03-14T08:20:00.120+00:00", "type": text, "kind": text, "partition": 1, "offset": 17, "bytes": 2048, "outcome": "refused", "worker": text},
        {"topic": "dead-letters", "at": "2026-03-14T08:20:00.640+00:00", "type": None, "kind": None, "partition": 0, "offset": 17, "bytes": 2048, "outcome": "refused", "worker": None, "refused": f"normalize: no-text: {text}"},
        {"topic": "articles.current", "at": "2026-03-15T08:20:00+00:00", "type": text, "kind": None, "outcome": "current", "worker": None, "times": {"normalized": text}},
    ]  # fmt: skip
    document = {"index": "articles-1", "id": ARTICLE, "version": 3, "status": "public", "headline": text, "publisher": text, "until": text, "processed": {"indexed": text}}  # fmt: skip
    return {"article_id": ARTICLE, "comment_id": None, "status": "public", "standing": "public", "documents": [document], "waiting": True, "steps": steps, "complete": False}  # fmt: skip


def stored(text: str = "wire", value: bytes | None = None, name: str = "0-17") -> StoredDeadLetter:
    header = DeadLetter(stage="normalize", reason="no-text", detail=text, at=datetime(2026, 3, 14, 8, 20, tzinfo=UTC), topic="articles.raw", partition=1, offset=17, provider=" ".join(text.split()), source=" ".join(text.split()), size=20)  # fmt: skip
    return StoredDeadLetter(name, header, f"{ARTICLE}:1".encode(), text.encode() if value is None else value)


def found_letters(text: str = "wire") -> dict[str, Any]:
    one = {"id": "0-17", "stage": "normalize", "reason": "no-text", "detail": text, "at": "2026-03-14T08:20:00+00:00", "provider": text, "key": f"{ARTICLE}:1", "preview": text}  # fmt: skip
    return {"total": 1200, "reasons": {text: 1100, "no-text": 100}, "letters": [one, one | {"id": "0-18", "key": None, "source": "https://news.example/a", "handled": text}]}  # fmt: skip


def found_funnel(text: str = "wire", *, complete: bool = True) -> Funnel:
    fates = (
        Fate(fate="received", count=40, examples=(ARTICLE,)), Fate(fate="refused", why=f"normalize: {text}", count=10, examples=("0-17",)),
        Fate(fate="indexed", why="articles, public", count=29, examples=(text,)), Fate(fate="hidden", why="articles, killed", count=1, examples=(ARTICLE,)),
    )  # fmt: skip
    begin = datetime(2026, 3, 14, tzinfo=UTC)
    return Funnel(provider=text, begin=begin, end=begin + timedelta(days=1), fates=fates, complete=complete)


class Double:
    """A source whose answers are set by name; an exception is raised. `asked` has what was asked."""

    def __init__(self, text: str = "wire", **answers: Any) -> None:
        self.answers: dict[str, Any] = {
            "status": report(text), "trace": found_trace(text), "funnel": found_funnel(text), "letters": found_letters(text), "letter": stored(text), "replayable": None,
        } | answers  # fmt: skip
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def _answer(self, name: str, *asked: Any) -> Any:
        self.asked.append((name, asked))
        found = self.answers[name]
        found = found(*asked) if callable(found) else found
        if isinstance(found, Exception):
            raise found
        return found

    def status(self) -> Report:
        return cast(Report, self._answer("status"))

    def trace(self, wanted: str) -> dict[str, Any]:
        return cast(dict[str, Any], self._answer("trace", wanted))

    def funnel(self, provider: str | None, begin: datetime, end: datetime) -> Funnel:
        return cast(Funnel, self._answer("funnel", provider, begin, end))

    def letters(self, wanted: Filter, size: int, *, handled: bool) -> dict[str, Any]:
        return cast(dict[str, Any], self._answer("letters", wanted, size, handled))

    def letter(self, letter: str) -> StoredDeadLetter:
        return cast(StoredDeadLetter, self._answer("letter", letter))

    def replayable(self, letter: StoredDeadLetter) -> Reject | None:
        return cast("Reject | None", self._answer("replayable", letter))


def ask(
    source: Double,
    *paths: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    prefect: str | None = None,
    host: str = "127.0.0.1:8641",
    **settings: Any,
) -> list[httpx.Response]:
    """The answers of one application, one after the other."""

    async def answers() -> list[httpx.Response]:
        app = build_page(source, Settings(_env_file=None, **settings), prefect)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}") as client:
            return [await client.request(method, path, headers=dict(headers or {})) for path in paths]

    return asyncio.run(answers())


def get(source: Double, path: str, **options: Any) -> httpx.Response:
    return ask(source, path, **options)[0]


PAGES = ("/status", f"/trace?q={ARTICLE}", "/trace", "/funnel?provider=wire", "/dead-letters", "/dead-letters/0-17")


class Page(HTMLParser):
    """Elements with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.text += " " if tag in ("td", "th", "p", "div", "dd", "dt", "li", "h1", "h2") else ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> list[str]:
        return [str(one["href"]) for one in self.of("a")]
