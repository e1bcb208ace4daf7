"""The SDK behind our spans: what a collector that is away or slow costs, and what the standard variables decide."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Sequence

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.semconv._incubating.attributes import cloudevents_attributes
from opentelemetry.semconv._incubating.attributes import messaging_attributes as conventions
from opentelemetry.semconv.attributes import db_attributes, error_attributes, http_attributes, url_attributes
from opentelemetry.trace import StatusCode

from pipeline.errors import Reject
from pipeline.telemetry import SPANS
from pipeline.tracing import Kind, about, fail, messaging, sdk, tracer
from pipeline.tracing.context import sampled
from tests.conftest import ROOT
from tests.support.builders import raw_article
from tests.support.memory import settings_with
from tests.support.spans import Spans
from tests.support.waiting import PATIENCE, until

ONE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector(SpanExporter):
    """Takes spans while it is `well`; one that is not `fast` answers when it is let."""

    def __init__(self) -> None:
        self.well, self.fast, self.asked = True, threading.Event(), threading.Event()
        self.fast.set()
        self.taken: list[str] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked.set()
        self.fast.wait()
        if not self.well:
            return SpanExportResult.FAILURE
        self.taken += [span.name for span in spans]
        return SpanExportResult.SUCCESS


def _count(outcome: str) -> float:
    return float(SPANS.labels(outcome)._value.get())


def _said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage().split()[0] for record in caplog.records if hasattr(record, "event")]


def test_a_collector_that_does_not_answer_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "8")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4")
    collector = Collector()
    collector.fast.clear()
    made = sdk.build(lambda: collector, "worker")
    dropped, exported = _count("dropped"), _count("exported")
    with caplog.at_level(logging.INFO):
        for n in range(4):
            made.start(str(n), Kind.INTERNAL, None, {}).end()
        assert collector.asked.wait(PATIENCE)
        for n in range(4, 100):
            made.start(str(n), Kind.INTERNAL, None, {}).end()  # waits for nobody: nobody would ever come
        assert _count("dropped") - dropped == 92
        assert _said(caplog) == ["spans_lost"]
        made.close(0.01)  # nor does the end of the process
        collector.fast.set()
        until(lambda: _count("exported") - exported == 8)
        assert collector.taken == [str(n) for n in range(8)]


def test_that_spans_are_lost_is_said_once_and_that_they_are_not_once_more(caplog: pytest.LogCaptureFixture) -> None:
    collector = Collector()
    made = sdk.build(lambda: collector, "worker")
    failed = _count("failed")

    def send() -> None:
        made.start("one", Kind.INTERNAL, None, {}).end()
        made._provider.force_flush()

    with caplog.at_level(logging.INFO):
        send()
        collector.well = False
        for _ in range(3):
            send()
        collector.well = True
        for _ in range(3):
            send()
    assert _said(caplog) == ["spans_lost", "spans_sent_again"]
    assert _count("failed") - failed == 3
    assert collector.taken == ["one"] * 4


def test_what_waits_is_sent_when_the_process_ends() -> None:
    collector = Collector()
    made = sdk.build(lambda: collector, "worker")
    made.start("last", Kind.INTERNAL, None, {}).end()
    made.close(PATIENCE)
    assert collector.taken == ["last"]


def test_the_environment_decides_of_which_items_spans_are_made_and_what_they_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test,service.version=9")
    spans = Spans("indexer")
    root = spans.tracer.start("root", Kind.PRODUCER, None, {})
    assert not root.recording
    assert not sampled(root.traceparent), "who reads it makes none either"
    root.fail("failed")
    root.end()
    inside = spans.tracer.start("inside", Kind.CONSUMER, ONE, {})
    assert inside.recording, "it was decided where the trace began"
    assert inside.traceparent[:35] == ONE[:35]
    inside.end()
    (made,) = spans.all()
    resource = made.resource.attributes
    assert resource["service.name"] == "dateline-indexer"
    assert resource["service.version"] == "9"
    assert resource["deployment.environment.name"] == "test"


def test_a_failure_has_its_reason_and_no_credentials() -> None:
    spans = Spans()
    for error in (
        Reject("not-json", "see https://me:secret@news.example/"),
        ValueError("of https://me:secret@news.example/ \ud800"),
    ):
        span = spans.tracer.start("it", Kind.INTERNAL, None, {})
        fail(span, error)
        span.end()
    refused, failed = spans.all()
    assert refused.status.status_code is failed.status.status_code is StatusCode.ERROR
    assert refused.attributes
    assert failed.attributes
    assert refused.attributes["error.type"] == "not-json"
    assert refused.status.description == "not-json: see https://***@news.example/"
    assert failed.attributes["error.type"] == "ValueError"
    assert not refused.events
    (event,) = failed.events
    assert event.name == "exception"
    assert event.attributes
    assert event.attributes["exception.message"] == "of https://***@news.example/ ?"
    assert "secret" not in str(event.attributes["exception.stacktrace"])
    assert encode_spans([failed]).SerializePartialToString()


def test_text_that_is_no_utf_8_costs_no_other_span() -> None:
    spans = Spans()
    span = spans.tracer.start("it", Kind.INTERNAL, None, {"dateline.provider": "a\ud800é"})
    span.set({"dateline.article_id": "\udfff"})
    span.fail("odd", "\ud800")
    span.end()
    made = spans.one("it")
    assert encode_spans([made]).SerializePartialToString()
    assert made.attributes
    assert made.attributes["dateline.provider"] == "a?é"


def test_attributes_have_the_names_of_the_conventions() -> None:
    known = {
        value
        for module in (
            conventions, cloudevents_attributes, db_attributes, error_attributes, http_attributes, url_attributes
        )
        for name, value in vars(module).items()
        if name.isupper()
    }  # fmt: skip
    used = {*messaging("process", "articles.raw", 1, 2), *about(raw_article("a"))}
    assert {name for name in used if not name.startswith("dateline.")} <= known
    text = "".join(
        (ROOT / "pipeline" / path / "spans.py").read_text() for path in ("index", "push", "sinks", "streams")
    )
    written = {part for part in text.split('"') if part.startswith(("messaging.", "db.", "http.", "url.", "error."))}
    assert len(written) > 8
    assert written - {"http.response.start"} <= known, "that one is a message of ASGI"


def test_where_traces_are_off_nothing_of_the_sdk_is_loaded() -> None:
    code = (
        "import sys, pipeline.streams.faust_app, pipeline.index.sink, pipeline.alerts.process, pipeline.push.api\n"
        "from pipeline.ingest.publisher import Publisher\n"
        "from pipeline.push.service import IngestService\n"
        "from pipeline.settings import Settings\n"
        "from pipeline.index.sink import Indexer\n"
        "settings = Settings(_env_file=None, kafka_servers='kafka.example:9092', elasticsearch_url='http://e.example')\n"
        "Publisher(settings); Indexer(settings); pipeline.push.api.build_push_api(IngestService(settings))\n"
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    names = set(loaded.stdout.split())
    assert "pipeline.tracing" in names
    assert {
        name for name in names if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter", "google.protobuf"))
    } == set()


def test_off_by_default() -> None:
    assert tracer(settings_with()) is None
