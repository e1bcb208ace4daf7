from __future__ import annotations

import pytest

from pipeline.stages.normalize.bylines import authors


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("by Sophia Chen", ("Sophia Chen",)),
        ("By A. Smith, B. Jones and C. D'Arcy in Paris", ("A. Smith", "B. Jones", "C. D'Arcy")),
        ("JANE DOE, Staff Writer", ("Jane Doe",)),
        ("John Roe — Reuters", ("John Roe",)),
        ("Von Karl Heinz und Eva Maria", ("Karl Heinz", "Eva Maria")),
        ("Herald newsroom", ()),
        ("Ann O'Neil (ann@herald.example)", ("Ann O'Neil",)),
        (None, ()),
    ],
)
def test_bylines(byline: str | None, names: tuple[str, ...]) -> None:
    assert tuple(author.name for author in authors(byline)) == names


@pytest.mark.parametrize(
    ("byline", "found"),
    [
        ("By A. Smith and B. Jones in Paris — Reuters", [("A. Smith", None, "Reuters", "Paris"), ("B. Jones", None, "Reuters", "Paris")]),
        ("By TOM KRISHER, AP Auto Writer", [("Tom Krisher", "AP Auto Writer", None, None)]),
        ("Jill Disis, CNN Business", [("Jill Disis", None, "CNN Business", None)]),
        ("LISA MASCARO; ERIC TUCKER Associated Press", [("Lisa Mascaro", None, None, None), ("Eric Tucker", None, "Associated Press", None)]),
        ("Par Jeanne Roux (AFP)", [("Jeanne Roux", None, "AFP", None)]),
        ("Maria da Silva for The Herald", [("Maria da Silva", None, "The Herald", None)]),
        ("— Reuters", []), ("Associated Press", []), ("By admin", []), ("By our newsroom", []),
    ],
)  # fmt: skip
def test_bylines_say_more_than_names(byline: str, found: list[tuple[str | None, ...]]) -> None:
    assert [(one.name, one.role, one.affiliation, one.place) for one in authors(byline)] == found
