"""What the health routes answer."""

from __future__ import annotations

import pytest

from pipeline.process.health import NotReady, probe


def _raise(error: Exception) -> bool:
    raise error


def test_ready_and_not() -> None:
    assert probe("/readyz", lambda: True)[:2] == (200, b"ready\n")
    assert probe("/readyz", lambda: False)[:2] == (503, b"not ready\n")
    assert probe("/healthz", lambda: False).status == 200
    assert probe("/other", lambda: True).status == 404


@pytest.mark.parametrize(
    ("error", "body"),
    [
        (NotReady("Elasticsearch is away"), b"not ready: Elasticsearch is away\n"),
        (RuntimeError("http://secret:9200"), b"not ready\n"),  # what isn't meant for outside stays inside
    ],
)
def test_only_a_reason_that_is_meant_to_be_shown_is(error: Exception, body: bytes) -> None:
    assert probe("/readyz", lambda: _raise(error))[:2] == (503, body)
