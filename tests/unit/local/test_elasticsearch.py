"""The folder of the local Elasticsearch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.local.elasticsearch import give


def test_files_that_go_while_a_folder_is_given_to_a_user_are_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that was killed may still be ending when it is started again."""
    (tmp_path / "data").mkdir()
    for name in ("1.cfe", "2.cfe", "data/3.cfe"):
        (tmp_path / name).touch()
    given: list[str] = []

    def chown(path: str, user: str) -> None:
        if path.endswith("1.cfe"):
            raise FileNotFoundError(path)
        given.append(path)

    monkeypatch.setattr(shutil, "chown", chown)
    give(tmp_path, "nobody")
    assert {Path(path).relative_to(tmp_path).as_posix() for path in given} == {".", "2.cfe", "data", "data/3.cfe"}
