"""The reader who looks on in the long runs, without engines."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from tests.faults.watcher import Watcher


def test_a_look_out_that_ends_early_is_wrong() -> None:
    broken: Any = SimpleNamespace(settings=None, client=None)
    watcher = Watcher(cast(Any, broken), 1, [], [])
    watcher.start()
    watcher.stop()
    assert sorted(one.partition(" ")[0] for one in watcher.wrong) == ["_acknowledge", "_watch_index"]
