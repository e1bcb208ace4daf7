"""Immediate exit of a process when going on could lose a record."""

from __future__ import annotations

import logging
import os
import sys

from pipeline import telemetry
from pipeline.process import registry

EXIT_CODE = 70
"""Exit code of `exit_process`: the supervisor restarts the process, and it reprocesses the batch."""


def exit_process(reason: str) -> None:
    """End the process now, committing nothing more: no offset is committed whose records are not delivered."""
    telemetry.PROCESS_EXITS(reason=reason)
    registry.leaving(reason)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(EXIT_CODE)
