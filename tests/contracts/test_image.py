"""The image and the lock files, as far as they can be checked without a container engine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT


def test_the_dockerfile_copies_what_exists_and_is_sent() -> None:
    sent = {row[1:] for row in (ROOT / ".dockerignore").read_text().splitlines() if row.startswith("!")}
    for row in (ROOT / "Dockerfile").read_text().splitlines():
        if row.startswith("COPY ") and "--from" not in row:
            for source in [word for word in row.split()[1:-1] if not word.startswith("--")]:
                assert (ROOT / source).exists(), source
                assert source in sent, f".dockerignore keeps {source} out"
    assert not {".", ".env", "tests"} & sent


def _locked(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", path.read_text(), re.MULTILINE))


def test_the_image_has_what_runs_and_nothing_else_at_the_versions_that_are_tested() -> None:
    tested, runs, builds = (
        _locked(ROOT / name) for name in ("requirements.lock", "docker/runtime.lock", "docker/build.lock")
    )
    assert runs.items() <= tested.items(), "run make lock"
    assert builds.items() <= tested.items(), "run make lock"
    assert not {"pytest", "mypy", "ruff", "spacy", "playwright", "hypothesis", "schemathesis", "pip-audit"} & set(runs)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for row in project["dependencies"]:
        assert canonicalize_name(Requirement(row).name) in runs, f"run make lock: {row} is not in it"


@pytest.mark.parametrize("name", ["requirements.lock", "docker/runtime.lock", "docker/build.lock"])
def test_a_lock_has_a_hash_of_each_package_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not [line for line in text.splitlines() if line.startswith("-")], "an option of pip"
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]
