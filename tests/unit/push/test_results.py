from __future__ import annotations

import pytest

from pipeline.push.results import PushResult


@pytest.mark.parametrize(
    ("accepted", "reasons", "status"),
    [(1, ["invalid"], None), (0, [], None), (0, ["invalid", "too-large"], 422), (0, ["too-large", "too-large"], 413)],
)
def test_a_request_fails_when_nothing_of_it_was_accepted(accepted: int, reasons: list[str], status: int | None) -> None:
    refused = [{"status": "refused", "reason": reason, "detail": "why"} for reason in reasons]
    problem = PushResult("ninjs", [{"id": "1"}] * accepted, refused).problem()
    assert (problem.status if problem else None) == status
    if problem:
        assert problem.detail == f"{reasons[0]}: why (and 1 more)"
