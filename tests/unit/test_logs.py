"""What a log line looks like, as text and as JSON, and who writes none."""

from __future__ import annotations

import importlib.util
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from pipeline import logs, telemetry
from pipeline.commands.processes import _IMPORTANT
from pipeline.telemetry import EVENTS_TOTAL


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Libraries are heard, though a module of the flows, which has them quiet, was imported."""
    loggers = [logging.getLogger(name) for name in logs._QUIET]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.WARNING)
    yield
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)


class Lines(logging.Handler):
    """What a formatter makes of the log lines of a test: those of its own thread, others may be left by tests before it."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        own = threading.get_ident()
        self.addFilter(lambda record: record.thread == own)
        self.setFormatter(formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def __enter__(self) -> Lines:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)


def test_a_json_line_has_event_fields_and_traceback() -> None:
    with Lines(logs.Json()) as log:
        telemetry.ELASTICSEARCH_WAIT(problem="429 too many", documents=12, seconds=0.50049)
        try:
            raise ValueError("nothing of that kind")
        except ValueError as e:
            telemetry.RECORD_FAILED(e, stage="revise", key=b"\xff1")
        logging.getLogger("kafka.conn").warning("lost %s", "it")
    wait, failed, library = (json.loads(line) for line in log.lines)
    assert (wait["level"], wait["event"]) == ("WARNING", "elasticsearch_wait")
    assert wait["fields"] == {"problem": "429 too many", "documents": 12, "seconds": 0.5}
    assert wait["message"] == 'elasticsearch_wait problem="429 too many" documents=12 seconds=0.5'
    assert "error" not in wait
    assert failed["fields"] == {"stage": "revise", "key": "\ufffd1"}
    assert failed["error"].startswith("Traceback")
    assert failed["error"].endswith("ValueError: nothing of that kind")
    assert (library["message"], "event" in library) == ("lost it", False)


def test_a_text_line_is_one_line_of_words() -> None:
    with Lines(logs.Text()) as log:
        telemetry.COMMIT_DELAYED(error="TimeoutError")
        telemetry.COMMIT_REJECTED()
        telemetry.FEED_PROBLEM(feed="https://example.org/a?b=100%25", problem='50 %s off\n12:00:01 ERROR "forged"')
        logging.getLogger("kafka.conn").warning("lost %d%%", 5)
    assert [line[9:] for line in log.lines] == [
        "WARNING commit_delayed error=TimeoutError",
        "WARNING commit_rejected",
        'WARNING feed_problem feed="https://example.org/a?b=100%25" problem="50 %s off\\n12:00:01 ERROR \\"forged\\""',
        "WARNING kafka.conn: lost 5%",
    ]


def test_a_wrong_field_stops_nobody_and_is_shown() -> None:
    before = EVENTS_TOTAL.labels("commit_delayed")._value.get()
    with Lines(logs.Text()) as log:
        telemetry.COMMIT_DELAYED(unknown=None, other="%d" + "x" * 1000)
    assert log.lines[0].endswith(" commit_delayed other=%d" + "x" * 498)
    assert EVENTS_TOTAL.labels("commit_delayed")._value.get() == before + 1


@pytest.mark.parametrize("formatter", [logs.Text(), logs.Json()])
def test_no_line_has_a_secret(formatter: logging.Formatter) -> None:
    key = "dl_abcdefghijkl_" + "S3cr-t_" * 6
    with Lines(formatter) as log:
        telemetry.FEED_PROBLEM(feed="https://user:S3cr-t_@example.org/feed", problem=f"refused {key}")
        logging.getLogger("elastic_transport").warning("https://elastic:S3cr-t_@localhost:9200 failed")
        try:
            raise ValueError(f"http://a:S3cr-t_@b/ {key}")
        except ValueError as e:
            telemetry.ITEM_FAILED(e, source=key)
    assert len(log.lines) == 3
    assert "S3cr-t_" not in "".join(log.lines)
    assert "https://***@example.org/feed" in log.lines[0]


def test_a_flows_logger_gets_the_event_as_text(caplog: pytest.LogCaptureFixture) -> None:
    # not Prefect's own name: where another test has imported Prefect, its handler wants a run
    logger = logging.LoggerAdapter(logging.getLogger("a.flow_run"), {})
    with caplog.at_level("INFO"):
        telemetry.DOCUMENTS_EXPIRED.to(logger, trends=3, dead_letters=0)
    assert caplog.record_tuples == [("a.flow_run", logging.INFO, "documents_expired trends=3 dead_letters=0")]


def test_a_quiet_command_shows_our_errors_only() -> None:
    with Lines(logs.Text()) as log:
        telemetry.RECORD_FAILED(stage="revise", key="a")
        telemetry.PROCESS_EXITS(reason="a batch failed")
        telemetry.COMMIT_REJECTED()
        logging.getLogger("kafka.conn").error("lost")
    assert [bool(_IMPORTANT.search(line)) for line in log.lines] == [True, True, False, False]


def test_quiet_loggers_exist() -> None:
    for name in logs._QUIET:
        # a package that is imported already may have no spec: faust replaces its own module
        assert name in sys.modules or importlib.util.find_spec(name) is not None
