"""A flow without its tasks."""

from __future__ import annotations

import importlib
import logging
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def flow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Loads a flow's module, with its tasks replaced and what it shows collected in `shown`."""

    def load(name: str, **tasks: Any) -> tuple[ModuleType, list[Any]]:
        module, shown = importlib.import_module(f"flows.{name}"), []
        for function in ("show_table", "show_report"):
            monkeypatch.setattr(module, function, lambda *arguments, **_: shown.append(arguments), raising=False)
        monkeypatch.setattr(module, "Progress", lambda *_: _Progress(), raising=False)
        monkeypatch.setattr(module, "get_run_logger", lambda: logging.getLogger("a.run"), raising=False)
        for task, function in tasks.items():
            assert hasattr(module, task)
            monkeypatch.setattr(module, task, function)
        return module, shown

    return load


class _Progress:
    def __call__(self, *_: int) -> None:
        pass

    def finish(self) -> None:
        pass
