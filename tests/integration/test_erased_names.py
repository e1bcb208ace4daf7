"""Names of erased persons, taken out of the runs on a real Prefect server."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect import flow, get_client
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Cancelled, Completed, Crashed, Failed, Scheduled

from flows.support import erased_names
from tests.support.prefect_server import running_server


@flow(name="erase")
def erase(author: str, wait: float = 5.0) -> None: ...


@flow(name="other")
def other(author: str) -> None: ...


def test_ended_runs_of_erase_lose_their_names_and_nobody_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erased_names, "_PAGE", 3)
    with (
        running_server(tmp_path) as server,
        temporary_settings({PREFECT_API_URL: server.api}),
        get_client(sync_client=True) as client,
    ):

        def made(of: Any, author: str, state: State[Any]) -> UUID:
            parameters = {"author": author} | ({"wait": 7.0} if of is erase else {})
            run: UUID = client.create_flow_run(of, parameters=parameters, state=state).id
            return run

        ended = [
            made(erase, f"Ann {number}", state())
            for number in range(2)
            for state in (Cancelled, Completed, Crashed, Failed)
        ]
        waits, foreign = made(erase, "Ann waits", Scheduled()), made(other, "Ann is foreign", Completed())
        assert erased_names.take_out_earlier() == len(ended)
        stored = {run: client.read_flow_run(run).parameters for run in (*ended, waits, foreign)}
        for run in ended:
            assert erased_names.is_taken_out(stored[run]["author"])
            assert stored[run]["wait"] == 7.0
        assert stored[waits]["author"] == "Ann waits", "it is still to begin"
        assert stored[foreign]["author"] == "Ann is foreign"
        assert erased_names.take_out_earlier() == 0
        shown = str(
            [
                one["parameters"]
                for one in server.ask("flow_runs", flow_runs={"id": {"any_": [str(one) for one in ended]}})
            ]
        )
        assert "Ann" not in shown
