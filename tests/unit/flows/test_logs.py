"""What a run's log says of an error of ours, and of a bug."""

from __future__ import annotations

import io
import logging

import pytest

from flows.support.states import failed
from pipeline.errors import Fatal
from pipeline.logs import without_tracebacks_of_ours

_TOLD = "Encountered exception during execution: %r"
_TOLD_AGAIN = "Engine execution exited with unexpected exception"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the logger of flow runs shows."""
    without_tracebacks_of_ours()
    out = io.StringIO()
    monkeypatch.setattr(logging.getLogger("prefect.flow_runs"), "handlers", [logging.StreamHandler(out)])
    return out


def ended_with(error: Exception) -> None:
    """As Prefect's engine tells it."""
    logger = logging.getLogger("prefect.flow_runs")
    try:
        raise error
    except Exception as e:
        logger.exception(_TOLD, e)
        logger.exception(_TOLD_AGAIN)


def test_an_error_of_ours_is_told_once_in_one_line(shown: io.StringIO) -> None:
    ended_with(Fatal("`confirm` is off; start a new run"))
    (line,) = shown.getvalue().splitlines()
    assert "`confirm` is off; start a new run" in line


def test_a_bug_has_its_traceback(shown: io.StringIO) -> None:
    ended_with(KeyError("x"))
    assert shown.getvalue().count("Traceback") == 2


def test_what_a_failed_run_ended_with_is_raised_with_its_message() -> None:
    state: object = failed({"found": 1}, "no indexer is running: dateline indexer")
    with pytest.raises(Fatal, match="no indexer is running: dateline indexer"):
        state.result()  # type: ignore[attr-defined]  # a flow's state stands for its result
