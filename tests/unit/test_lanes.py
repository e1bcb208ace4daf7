"""Which pytest worker takes which files of tests."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.support.lanes import LIGHT, computes, next_file

ENGINES, UNIT = "tests/faults/test_kills.py", "tests/unit/test_dates.py"


@pytest.mark.parametrize(
    ("waiting", "light", "chosen"),
    [
        ([ENGINES, UNIT], True, UNIT),
        ([UNIT, ENGINES], False, ENGINES),
        ([UNIT], False, UNIT),
        ([ENGINES], True, ENGINES),
        (["tests/docs/test_pages.py", UNIT], True, "tests/docs/test_pages.py"),
    ],
)
def test_a_worker_takes_files_of_its_kind_first(waiting: list[str], light: bool, chosen: str) -> None:
    assert next_file(waiting, light=light) == chosen


def test_the_last_of_three_workers_is_the_one_for_files_without_engines() -> None:
    assert [computes(f"gw{n}", 3) for n in range(3)] == [False, False, True]
    assert not any(computes(f"gw{n}", 2) for n in range(2))


def test_no_file_that_is_called_light_asks_for_engines() -> None:
    asks = re.compile(r"\b(?:pipeline|make_pipeline|engines): (?:Pipeline|Running|Callable)")
    assert asks.search((ROOT / ENGINES).read_text()), "what this would find"
    for path in (path for folder in LIGHT for path in (ROOT / folder).rglob("test_*.py")):
        assert not asks.search(path.read_text()), path
