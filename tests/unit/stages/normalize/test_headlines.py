from __future__ import annotations

import pytest

from pipeline.stages.normalize.headlines import without_site


@pytest.mark.parametrize(
    ("headline", "bare"),
    [
        ("Ferries cancelled | The Herald", "Ferries cancelled"), ("Ferries cancelled - Herald.example", "Ferries cancelled"), ("Ferries cancelled – herald", "Ferries cancelled"),
        ("Ferries cancelled - and nobody knows why", "Ferries cancelled - and nobody knows why"), ("Herald | The Herald", "Herald | The Herald"),
        ("Ferries cancelled | Another Paper", "Ferries cancelled | Another Paper"),
    ],
)  # fmt: skip
def test_headlines_without_the_site(headline: str, bare: str) -> None:
    assert without_site(headline, "The Herald", "herald.example", "https://www.herald.example/1") == bare
