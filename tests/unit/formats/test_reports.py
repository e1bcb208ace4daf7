"""Situations out of public bug reports, by what `dateline preview --json` has to print for an input of our own.

`tests/reports/NAME.expected.json` tells of the file beside it with the same name, which has no point, and any other ending:

| member | what |
|---|---|
| `source`, `situation`, `right` | where it was reported, what is odd, and what is right; for readers |
| `options` | further arguments of the command; `FOLDER` in one is this folder |
| `count` | the number of rows |
| `distinct`, `same` | paths whose values differ in all rows, or are the same in all |
| `lines` | a list of `{"at": ROW, "has": {PATH: VALUE}}`; rows count from 0, -1 is the last, `"each"` is all |

A path goes into a row by names and numbers between points; what isn't there is null. A value is equal to what stands
there, or it is an object of one or more of these, of which each may be a text or a list of texts:

| member | holds where |
|---|---|
| `contains` | each text is in what stands there, written as JSON with all characters as they are |
| `lacks` | none is |
| `match` | the regular expression is found, in a text itself, else in the JSON |
| `len` | the list, object or text is as long |
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.cli import build
from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "reports"
ENDING = ".expected.json"
MATCHERS = {"contains", "lacks", "match", "len"}
MEMBERS = {"source", "situation", "right", "options", "count", "distinct", "same", "lines"}


def _names() -> list[str]:
    return sorted(path.name.removesuffix(ENDING) for path in FOLDER.glob(f"*{ENDING}"))


@pytest.mark.parametrize("name", _names())
def test_an_input_is_read_as_its_expectation_says(name: str) -> None:
    expected = json.loads((FOLDER / f"{name}{ENDING}").read_text("utf-8"))
    assert set(expected) <= MEMBERS, f"unknown members: {set(expected) - MEMBERS}"
    assert expected.keys() & {"count", "lines"}, "it expects nothing"
    rows = _preview(_input(name), [str(one).replace("FOLDER", str(FOLDER)) for one in expected.get("options", [])])
    shown = "\n".join(json.dumps(row.get("normalized", row), ensure_ascii=False) for row in rows)
    assert len(rows) == expected.get("count", len(rows)), shown
    for path in expected.get("distinct", []):
        values = [json.dumps(_at(row, path)) for row in rows]
        assert len(set(values)) == len(values), f"{path}: {values}"
    for path in expected.get("same", []):
        assert len({json.dumps(_at(row, path)) for row in rows}) == 1, path
    for line in expected.get("lines", []):
        for row in rows if line["at"] == "each" else [rows[line["at"]]]:
            for path, wanted in line["has"].items():
                found = _at(row, path)
                problems = _problems(found, wanted)
                assert not problems, f"row {line['at']}, {path}: {problems}\n{json.dumps(found, ensure_ascii=False)}"


def test_every_input_has_an_expectation_and_is_tested() -> None:
    known = {_input(name) for name in _names()}
    others = {path for path in FOLDER.iterdir() if path.is_file() and not path.name.endswith(ENDING)} - known
    assert not others


@pytest.mark.parametrize(
    ("found", "wanted", "right"),
    [
        ("a", "a", True), ("a", "b", False), (None, None, True), (["a"], ["a"], True), (["a"], ["a", "b"], False),
        (["a “b”"], {"contains": "“b”"}, True), (["a"], {"contains": ["a", "b"]}, False), (["a"], {"lacks": ["b"]}, True),
        (["a"], {"lacks": ["b", "a"]}, False), ("articles", {"lacks": '"articles"'}, False), ("abc", {"match": "^a"}, True),
        ("abc", {"match": "^b"}, False), (["a", "b"], {"len": 2}, True), (["a"], {"len": 2}, False), (None, {"len": 0}, False),
        ({"a": 1}, {"a": 1}, True),
    ],
)  # fmt: skip
def test_the_language_of_expectations(found: Any, wanted: Any, right: bool) -> None:
    assert bool(_problems(found, wanted)) is not right


def _input(name: str) -> Path:
    (found,) = (path for path in FOLDER.iterdir() if path.name.split(".")[0] == name and not path.name.endswith(ENDING))
    return found


def _preview(path: Path, options: list[str]) -> list[dict[str, Any]]:
    ran = CliRunner().invoke(build("preview"), ["preview", "--json", *options, str(path)])
    return [json.loads(line) for line in ran.stdout.splitlines()]


def _at(row: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(row, list) and step.lstrip("-").isdigit():
            row = row[int(step)] if -len(row) <= int(step) < len(row) else None
        else:
            row = row.get(step) if isinstance(row, dict) else None
    return row


def _problems(found: Any, wanted: Any) -> list[str]:
    if not isinstance(wanted, dict) or not wanted or not wanted.keys() <= MATCHERS:
        return [] if found == wanted else [f"is not {json.dumps(wanted, ensure_ascii=False)}"]
    written = json.dumps(found, ensure_ascii=False)
    problems = [f"lacks {one!r}" for one in _texts(wanted.get("contains")) if one not in written]
    problems += [f"has {one!r}" for one in _texts(wanted.get("lacks")) if one in written]
    text = found if isinstance(found, str) else written
    problems += [f"doesn't match {one!r}" for one in _texts(wanted.get("match")) if not re.search(one, text)]
    if "len" in wanted and (found is None or len(found) != wanted["len"]):
        problems.append(f"is not of length {wanted['len']}")
    return problems


def _texts(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)
