"""docs/extending.md is true: its examples, applied to a copy of the code, work.

The examples change modules that are loaded once, so they are checked in a process of their own:
`python -m tests.unit.test_extending`, run inside the copy.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.examples import CHECKS
from tests.support.waiting import PATIENCE

DOCUMENT = "docs/extending.md"
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^#### `(?P<path>[^`]+)`$|^```(?P<kind>python|diff)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| \[(?:an? )(?P<name>[^\]]+)\].*? \| (?P<new>\d+) \| (?P<changed>\d+) \|", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A new file, or changes to one that is there."""

    path: str
    kind: str
    text: str


def examples() -> dict[str, list[Block]]:
    """The document's blocks by section (`enricher`, `article field`, …), in its order."""
    _, *parts = SECTION.split((ROOT / DOCUMENT).read_text())
    found = {}
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        found[title.split(maxsplit=1)[1]] = list(_blocks(body))
    return found


def _blocks(section: str) -> Iterator[Block]:
    path = None
    for match in BLOCK.finditer(section):
        path = match["path"] or path
        if match["kind"]:
            assert path is not None, "a block without a file name as its heading"
            yield Block(path, match["kind"], match["text"])


def apply(block: Block, folder: Path) -> None:
    """Write the new file, or make the change: what it removes and leaves has to be there, exactly once."""
    path = folder / block.path
    if block.kind == "python":
        assert not path.exists(), f"{block.path} is there already"
        path.write_text(block.text)
        return
    lines = block.text.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    text = path.read_text()
    assert text.count(before) == 1, (
        f"{DOCUMENT} changes lines of {block.path} that are there {text.count(before)} times"
    )
    path.write_text(text.replace(before, after))


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code with every example applied, and the schemas exported."""
    folder = tmp_path_factory.mktemp("extended")
    for part in ("pipeline", "schemas", "flows", "tests"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for blocks in examples().values():
        for block in blocks:
            apply(block, folder)
    _run(folder, "-m", "pipeline.cli", "schemas", "export")
    return folder


@pytest.fixture(scope="module")
def failures(extended: Path) -> dict[str, str]:
    """The traceback of each check that fails in the copy."""
    last = _run(extended, "-m", "tests.support.examples").splitlines()[-1]
    found: dict[str, str] = json.loads(last)
    return found


def _run(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_table_counts_the_files_of_each_example() -> None:
    wanted = {
        row["name"]: (int(row["new"]), int(row["changed"])) for row in ROW.finditer((ROOT / DOCUMENT).read_text())
    }
    found = {}
    for name, blocks in examples().items():
        new = {block.path for block in blocks if block.kind == "python"}
        found[name] = len(new), len({block.path for block in blocks} - new)
    assert found == wanted
    assert list(wanted) == list(CHECKS)


def test_the_examples_are_written_like_the_code(extended: Path) -> None:
    paths = sorted({block.path for blocks in examples().values() for block in blocks})
    _run(extended, "-m", "ruff", "check", *paths)
    _run(extended, "-m", "ruff", "format", "--check", *paths)


@pytest.mark.parametrize("name", ["enricher", "format", "article field", "stage", "sink", "flow", "command"])
def test_the_example_works(failures: dict[str, str], name: str) -> None:
    assert name not in failures, failures[name]
