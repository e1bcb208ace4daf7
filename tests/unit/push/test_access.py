"""Who is let in."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.process.problems import Problem
from pipeline.push import auth
from pipeline.push.access import Access
from pipeline.settings import Settings

NOW = datetime.now(UTC)


def settings(**provider: Any) -> Settings:
    return Settings(_env_file=None, providers={"wire": provider})


def test_access_is_by_key_signature_and_rate() -> None:
    made = auth.make("wire", NOW, signed_only=True)
    access = Access(settings(burst=2), {made.record.key_id: made.record}.get)
    for header in (None, "", "Bearer", f"Basic {made.text}", f"Bearer {made.text[:-1]}-", "Bearer nonsense"):
        with pytest.raises(Problem) as refused:
            access.authenticate(header)
        assert refused.value.status == 401
    caller = access.authenticate(f"bearer  {made.text}")
    assert caller.provider == "wire"
    with pytest.raises(Problem, match="signed requests only"):
        access.check_signature(caller, None, b"body")
    signature = auth.sign(made.text, int(time.time()), b"body")
    access.check_signature(caller, signature, b"body")
    with pytest.raises(Problem) as replayed:
        access.check_signature(caller, signature, b"body")
    assert (replayed.value.status, replayed.value.reason) == (401, "replayed")
    access.authenticate(f"Bearer {made.text}")
    with pytest.raises(Problem) as limited:
        access.authenticate(f"Bearer {made.text}")
    assert limited.value.status == 429
    assert (limited.value.retry_after or 0) >= 1
