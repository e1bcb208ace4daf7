"""Logging: lines for people, or JSON for machines. What our own lines contain is in telemetry.py."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from pipeline.errors import DatelineError
from pipeline.escaping import printable, printable_json
from pipeline.settings import Settings
from pipeline.telemetry import without_credentials

_QUIET = (
    "kafka", "aiokafka", "faust", "mode", "elastic_transport", "httpx", "asyncio",
    "pipeline",  # Faust's services log under the module of their subclass; our own events do not
)  # fmt: skip
"""Loggers of libraries: from WARNING on, whatever the level."""


class Json(logging.Formatter):
    """One JSON object per line: `time`, `level`, `logger`, `message`; `event` and `fields` of our own; `error` with the
    traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": without_credentials(record.getMessage()),
        }
        if (event := getattr(record, "event", None)) is not None:
            entry |= {"event": event, "fields": getattr(record, "fields", {})}
        if record.exc_info:
            entry["error"] = without_credentials(self.formatException(record.exc_info))
        return printable_json(json.dumps(entry, ensure_ascii=False, default=str))


class Text(logging.Formatter):
    """`12:00:01 WARNING commit_delayed error=TimeoutError`; a library's line has its logger's name in front."""

    def __init__(self, time: str = "%H:%M:%S") -> None:
        super().__init__(datefmt=time)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        source = "" if hasattr(record, "event") else f"{record.name}: "
        return f"{self.formatTime(record, self.datefmt)} {record.levelname:<7} {source}{record.message}"

    def format(self, record: logging.LogRecord) -> str:
        return printable(without_credentials(super().format(record)))


def configure(settings: Settings) -> None:
    """Configure logging of this process, to standard error. Libraries log from WARNING on."""
    _configure(Json() if settings.log_format == "json" else Text(), settings.log_level)


def configure_text() -> None:
    """As text with dates, whatever the settings: for a process whose log is a file that a person reads when it failed."""
    _configure(Text("%Y-%m-%d %H:%M:%S"), "INFO")


def quiet_libraries() -> None:
    """Leave to our own errors what libraries say of an engine that is away, each time they ask: for a process whose log is
    stored line by line, as that of a flow's run."""
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def quiet_exporter() -> None:
    """Leave to our own errors what OpenTelemetry says of a collector that is away, each time it tries."""
    for name in ("opentelemetry.exporter", "opentelemetry.sdk._shared_internal"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _configure(formatter: logging.Formatter, level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # it warns of slow steps of its own loop, about which an operator can do nothing
    logging.getLogger("kafka.net.selector").setLevel(logging.ERROR)


_OF_RUNS = ("prefect.flow_runs", "prefect.task_runs")
_AGAIN = "Engine execution exited"
"""How Prefect begins to tell an error once more, as the run's process ends."""


class OwnErrors(logging.Filter):
    """What a run's log says of an error of ours is one line, as its message has what helps; a traceback means a bug. Takes the traceback from a line that tells an error of ours, and leaves out a line that tells it again."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, DatelineError):
            return True
        record.exc_info = None
        return not record.getMessage().startswith(_AGAIN)


def without_tracebacks_of_ours() -> None:
    """For the process of a run. Doing it twice is the same as doing it once."""
    for name in _OF_RUNS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, OwnErrors) for one in logger.filters):
            logger.addFilter(OwnErrors())
