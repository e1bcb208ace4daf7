"""Moderation against people's judgement of comments (a CSV of text and `Toxic` or `Not Toxic`)."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.quality.score import Score
from pipeline.stages.enrich.moderation import moderate


def score(path: Path) -> Score:
    """Held or rejected against toxic."""
    made = Score()
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            toxic, stopped = row["is_toxic"] == "Toxic", moderate(row["text"]).decision != "approved"
            made.compare({row["text"]} if toxic else (), {row["text"]} if stopped else ())
    return made
