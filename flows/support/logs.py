"""What a run's log says of an error of ours: one line, as its message has what helps. A traceback means a bug."""

from __future__ import annotations

import logging

from pipeline.errors import DatelineError

_LOGGERS = ("prefect.flow_runs", "prefect.task_runs")
_AGAIN = "Engine execution exited"
"""How Prefect begins to tell an error once more, as the run's process ends."""


class OwnErrors(logging.Filter):
    """Takes the traceback from a line that tells an error of ours, and leaves out a line that tells it again."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, DatelineError):
            return True
        record.exc_info = None
        return not record.getMessage().startswith(_AGAIN)


def without_tracebacks_of_ours() -> None:
    """For the process of a run. Doing it twice is the same as doing it once."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, OwnErrors) for one in logger.filters):
            logger.addFilter(OwnErrors())
