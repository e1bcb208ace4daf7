"""How a process of ours ends when going on could lose something."""

from __future__ import annotations

import logging
import os
import sys

log = logging.getLogger("dateline")

EXIT_CODE = 70
"""Of a process that left rather than lose a record; its supervisor starts it again, and it takes the batch anew."""


def exit_process(reason: str) -> None:
    """End the process now, with nothing committed that isn't delivered."""
    log.critical("leaving: %s; what was not committed is taken again after the restart", reason)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(EXIT_CODE)
