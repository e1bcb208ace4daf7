"""Which analysis is installed: the one that this server can do, whatever its modules and plugins are called."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.index.templates import _analysis, component


class Server:
    """Answers a simulated template as a server with or without the filters does."""

    def __init__(self, status: int) -> None:
        self.status, self.indices, self.asked = status, self, dict[str, Any]()

    def options(self, *, ignore_status: int) -> Server:
        assert ignore_status == 400
        return self

    def simulate_template(self, **asked: Any) -> Any:
        self.asked = asked
        return SimpleNamespace(meta=SimpleNamespace(status=self.status))


@pytest.mark.parametrize(("status", "name"), [(200, "analysis-full"), (400, "analysis-core")])
def test_what_the_server_refuses_is_not_installed(status: int, name: str) -> None:
    server: Any = Server(status)
    assert _analysis(server) == name
    assert server.asked["template"] == component("analysis-full")["template"]
