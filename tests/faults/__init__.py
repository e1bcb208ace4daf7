"""Faults against real engines: everything is there in the end, nothing twice. `make faults` runs the long form."""

from __future__ import annotations

import os

LONG = os.environ.get("DATELINE_FAULTS") == "long"
"""`make faults`: more kills, for longer."""
