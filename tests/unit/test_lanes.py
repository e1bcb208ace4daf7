"""Which pytest worker takes which files of tests."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.support.lanes import LIGHT, LONGEST, computes, next_file

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


def test_the_longest_files_come_first_and_the_others_in_their_order() -> None:
    known = [LONGEST[3], LONGEST[1]]
    assert not any(file.startswith(LIGHT) for file in known)
    waiting = [ENGINES.replace("kills", "b"), *known, ENGINES.replace("kills", "a"), UNIT]
    taken = []
    while waiting:
        taken.append(next_file(waiting, light=False))
        waiting.remove(taken[-1])
    assert taken == [LONGEST[1], LONGEST[3], ENGINES.replace("kills", "b"), ENGINES.replace("kills", "a"), UNIT]


def test_the_longest_files_are_there() -> None:
    assert [file for file in LONGEST if not (ROOT / file).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)


def test_the_last_of_three_workers_is_the_one_for_files_without_engines() -> None:
    assert [computes(f"gw{n}", 3) for n in range(3)] == [False, False, True]
    assert not any(computes(f"gw{n}", 2) for n in range(2))


def test_no_file_that_is_called_light_asks_for_engines() -> None:
    asks = re.compile(r"\b(?:pipeline|make_pipeline|engines): (?:Pipeline|Running|Callable)")
    assert asks.search((ROOT / ENGINES).read_text()), "what this would find"
    for path in (path for folder in LIGHT for path in (ROOT / folder).rglob("test_*.py")):
        assert not asks.search(path.read_text()), path
