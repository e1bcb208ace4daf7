"""`python -m pipeline.telemetry > docs/telemetry.md`"""

from __future__ import annotations

import sys

from pipeline.telemetry.page import markdown

sys.stdout.write(markdown())
