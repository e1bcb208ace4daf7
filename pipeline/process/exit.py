"""Immediate exit of a process when going on could lose a record.

Spans that wait are sent first, for a moment at most, where it is the main thread that leaves: that is the one that commits and
sends, and it does neither meanwhile. Any other thread leaves at once, as the main one would go on.
"""

from __future__ import annotations

import logging
import os
import sys
import threading

from pipeline import telemetry, tracing
from pipeline.process import registry

EXIT_CODE = 70
"""Exit code of `exit_process`: the supervisor restarts the process, and it reprocesses the batch."""
_SPANS_SECONDS = 2.0


def exit_process(reason: str) -> None:
    """End the process now, committing nothing more: no offset is committed whose records are not delivered."""
    telemetry.PROCESS_EXITS(reason=reason)
    registry.leaving(reason)
    if threading.current_thread() is threading.main_thread():
        tracing.close(_SPANS_SECONDS)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(EXIT_CODE)
