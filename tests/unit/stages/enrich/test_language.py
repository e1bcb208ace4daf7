from __future__ import annotations

from pipeline.stages.enrich.language import direction


def test_direction() -> None:
    assert direction("قرر المجلس البلدي") == "rtl"
    assert direction("The council decided") == "ltr"
    assert direction("2026") == "ltr"
