"""Which records a worker had in progress when it died: a note beside the tables, written before each batch and removed after it.

A process that is killed says nothing. The next one finds the note, and knows which records to be careful with.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.topics import ConsumedRecord

Range = tuple[int, int]


class Journal:
    """The note of one stage in one worker. It isn't synced to disk: it has to survive the process, not the machine."""

    def __init__(self, path: Path) -> None:
        """Reads what an earlier process left. A note that can't be read is none."""
        self._path = path
        self._ranges: dict[str, Range] = {}
        self._alone = False
        self.deaths = 0
        """Processes in a row that died with the records of the note in progress."""
        try:
            noted = json.loads(path.read_text())
            self._ranges = {str(name): (int(first), int(last)) for name, (first, last) in noted["records"].items()}
            self.deaths = int(noted["deaths"]) + 1
            self._alone = bool(noted.get("alone"))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self._ranges, self.deaths = {}, 0

    def suspects(self, records: Sequence[ConsumedRecord]) -> list[int]:
        """Places of the records that were in progress at the last death."""
        return [n for n, one in enumerate(records) if _within(one.offset, self._ranges.get(_partition(one)))]

    def had_only(self, record: ConsumedRecord) -> bool:
        """Whether this record alone was in progress at the last death."""
        return self._alone and bool(self.suspects([record]))

    def begin(self, records: Sequence[ConsumedRecord]) -> None:
        """Note a batch. Where it has records that a process died with, so many deaths are noted too."""
        ranges: dict[str, Range] = {}
        for one in records:
            first, last = ranges.get(_partition(one), (one.offset, one.offset))
            ranges[_partition(one)] = (min(first, one.offset), max(last, one.offset))
        self._write(self.deaths if self.suspects(records) else 0, ranges, alone=len(records) == 1)

    def spare(self) -> None:
        """No batch is in progress, or none that is at fault: what was known before is known still."""
        if self.deaths:
            self._write(self.deaths - 1, self._ranges, alone=False)  # who reads it adds one
        else:
            self._remove()

    def done(self, records: Sequence[ConsumedRecord]) -> None:
        """The batch is finished. Other records of the note are suspected still."""
        for one in records:
            known = self._ranges.get(_partition(one))
            if known is not None and one.offset >= known[0]:
                self._ranges[_partition(one)] = (one.offset + 1, known[1])
        self._ranges = {name: known for name, known in self._ranges.items() if known[0] <= known[1]}
        if not self._ranges:
            self.deaths = 0
        self.spare()

    def _write(self, deaths: int, ranges: dict[str, Range], *, alone: bool) -> None:
        with suppress(OSError):  # a full disk costs the note, not the batch
            self._path.write_text(json.dumps({"deaths": deaths, "records": ranges, "alone": alone}))

    def _remove(self) -> None:
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _partition(record: ConsumedRecord) -> str:
    return f"{record.topic.name}/{record.partition}"


def _within(offset: int, known: Range | None) -> bool:
    return known is not None and known[0] <= offset <= known[1]
