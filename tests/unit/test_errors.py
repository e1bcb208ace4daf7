from __future__ import annotations

from pipeline.errors import Reject


def test_reject_says_both() -> None:
    assert str(Reject("bad-date", "data.x is 'y'")) == "bad-date: data.x is 'y'"
