"""Which pytest worker takes which files of tests."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.support.lanes import LIGHT, LONGEST, computes, next_file, share

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


def test_the_last_of_several_workers_is_the_one_for_files_without_engines() -> None:
    for workers in (3, 4):
        assert [computes(f"gw{n}", workers) for n in range(workers)] == [*[False] * (workers - 1), True]
    assert not any(computes(f"gw{n}", 2) for n in range(2))


def test_each_file_is_imported_first_by_one_worker() -> None:
    files = [f"tests/test_{n}.py" for n in range(10)]
    shares = [share(reversed(files), f"gw{n}", 4) for n in range(4)]
    assert sorted(file for one in shares for file in one) == files
    assert {len(one) for one in shares} == {2, 3}


def test_no_file_that_is_called_light_asks_for_engines() -> None:
    asks = re.compile(r"\b(?:pipeline|make_pipeline|engines): (?:Pipeline|Running|Callable)")
    assert asks.search((ROOT / ENGINES).read_text()), "what this would find"
    light = [path for path in ROOT.glob("tests/**/test_*.py") if path.relative_to(ROOT).as_posix().startswith(LIGHT)]
    assert len(light) > 100
    for path in light:
        assert not asks.search(path.read_text()), path
    for start in LIGHT:
        assert any(path.relative_to(ROOT).as_posix().startswith(start) for path in light), (
            f"nothing begins with {start}"
        )
