"""What is done before a process leaves at once, and what isn't."""

from __future__ import annotations

import os
import threading

import pytest

from pipeline import tracing
from pipeline.process import exit as leaving
from pipeline.tracing import Kind, sdk
from tests.support.spans import Spans


def test_spans_that_wait_are_sent_where_nothing_else_can_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = Spans()
    monkeypatch.setattr(sdk, "_made", {(os.getpid(), "worker"): spans.tracer})
    spans.tracer.start("last", Kind.INTERNAL, None, {}).end()
    ended: list[int] = []
    monkeypatch.setattr("os._exit", ended.append)
    monkeypatch.setattr("logging.shutdown", lambda: None)
    leaving.exit_process("a gap")
    assert ended == [leaving.EXIT_CODE]
    assert [span.name for span in spans._exporter.get_finished_spans()] == ["last"]


def test_a_thread_that_watches_leaves_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The main thread would go on, and might commit."""
    closed: list[float] = []
    monkeypatch.setattr(tracing, "close", closed.append)
    monkeypatch.setattr("os._exit", lambda _: None)
    monkeypatch.setattr("logging.shutdown", lambda: None)
    thread = threading.Thread(target=leaving.exit_process, args=("stalled",))
    thread.start()
    thread.join()
    assert closed == []
    leaving.exit_process("a gap")
    assert closed == [leaving._SPANS_SECONDS]
