"""Faults against real engines: everything is there in the end, nothing twice. `make faults` runs the long form."""

from __future__ import annotations

import os

import pytest

LONG = os.environ.get("DATELINE_FAULTS") == "long"
"""`make faults`: more kills, for longer."""
FORMS = pytest.mark.parametrize("form", ["chained", "apart"])
"""normalize, enrich and revise in one pass, and apart with topics between them: delivery holds in both."""
