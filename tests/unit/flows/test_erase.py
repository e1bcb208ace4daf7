"""The flow erase, which leaves no name behind: not in its own run, nor in earlier ones. No server, no engine."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.runtime import flow_run

from flows.support import erased_names
from pipeline.errors import Fatal, Retry
from pipeline.operations.receipts import Line
from tests.support.flows import ID, ended


def nothing_left() -> Line:
    return Line("earlier runs of erase", "nothing there")


def test_erase(flow: Any) -> None:
    forgotten: list[str] = []
    done = {"comments": 2, "done": True, "receipt": []}
    module, _ = flow("erase", remove=lambda *_: done, take_out_own=forgotten.append, forget_earlier=nothing_left)
    assert ended(module.erase.fn("Ann", confirm=True))[0] == "Completed"
    assert forgotten == ["Ann"]


def test_erase_forgets_the_name_however_it_ends(flow: Any) -> None:
    forgotten: list[str] = []

    def away(*_: Any) -> dict[str, Any]:
        raise Retry("Elasticsearch is away")

    module, _ = flow("erase", remove=away, take_out_own=forgotten.append, forget_earlier=nothing_left)
    with pytest.raises(Fatal, match="confirm"):
        module.erase.fn("Ann")
    assert forgotten == ["Ann"]
    with pytest.raises(Retry):
        module.erase.fn("Bob", confirm=True)
    assert forgotten == ["Ann", "Bob"]
    left = {"comments": 2, "done": False, "receipt": []}
    module, _ = flow("erase", remove=lambda *_: left, take_out_own=forgotten.append, forget_earlier=nothing_left)
    name, words = ended(module.erase.fn("Cid", confirm=True))
    assert (name, forgotten) == ("Failed", ["Ann", "Bob", "Cid"])
    assert "same name and publisher" in words
    assert "Cid" not in words


class _Server:
    """Prefect's, as far as its runs are read and changed."""

    def __init__(self, *runs: FlowRun) -> None:
        self.runs = {one.id: one for one in runs}
        self.asked: list[dict[str, Any]] = []

    def __enter__(self) -> _Server:
        return self

    def __exit__(self, *_: object) -> None: ...
    def read_flow_runs(self, limit: int, offset: int, **asked: Any) -> list[FlowRun]:
        self.asked.append(asked)
        return sorted(self.runs.values(), key=lambda one: one.id)[offset : offset + limit]

    def update_flow_run(self, run_id: UUID, parameters: dict[str, Any]) -> None:
        self.runs[run_id] = self.runs[run_id].model_copy(update={"parameters": parameters})


def _run(number: int, **parameters: Any) -> FlowRun:
    return FlowRun(id=UUID(int=number), flow_id=ID, parameters=parameters)


def test_erase_without_its_name_says_so_and_removes_nothing(flow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = _Server(_run(1, author="Ann", confirm=False))
    monkeypatch.setattr(erased_names, "get_client", lambda **_: server)
    module, _ = flow("erase", remove=lambda *_: pytest.fail("nobody has that name"))
    monkeypatch.setattr(flow_run, "get_id", lambda: str(UUID(int=1)))
    monkeypatch.setattr(flow_run, "get_parameters", lambda: {"author": "Ann", "confirm": False})
    with pytest.raises(Fatal):
        module.erase.fn("Ann")
    stored = server.runs[UUID(int=1)].parameters
    assert "Ann" not in str(stored)
    with pytest.raises(Fatal, match="new run with the name"):
        module.erase.fn(**stored | {"confirm": True})


def test_earlier_runs_of_erase_lose_the_names_that_they_still_have(monkeypatch: pytest.MonkeyPatch) -> None:
    named = [_run(number, author=f"Ann {number}", wait=5.0) for number in range(1, 450)]
    odd = [_run(900), _run(901, author=None), _run(902, author={"a": "Ann"})]
    server = _Server(*named, *odd)
    monkeypatch.setattr(erased_names, "get_client", lambda **_: server)
    assert erased_names.take_out_earlier() == 451
    assert "Ann" not in str([one.parameters for one in server.runs.values()])
    assert server.runs[UUID(int=7)].parameters["wait"] == 5.0
    assert len({one.parameters.get("author") for one in server.runs.values()}) == 452, "two names can be told apart"
    assert erased_names.take_out_earlier() == 0
    states = server.asked[0]["flow_run_filter"].state.type.any_
    assert not {StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.PAUSED} & set(states)
    assert server.asked[0]["flow_filter"].name.any_ == ["erase"]


def test_names_are_left_where_the_server_is_away_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away(_Server):
        def read_flow_runs(self, limit: int, offset: int, **_: Any) -> list[FlowRun]:
            raise httpx.ConnectError("away")

    monkeypatch.setattr(erased_names, "get_client", lambda **_: Away())
    with pytest.raises(Retry, match="may be left"):
        erased_names.take_out_earlier()
