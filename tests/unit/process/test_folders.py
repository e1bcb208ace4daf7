from __future__ import annotations

import os

import pytest

from pipeline.errors import Fatal
from pipeline.process.folders import data_folder, download_folder
from pipeline.settings import load_settings


def test_a_user_without_a_home_has_to_name_the_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    settings = load_settings(local_dir=None, download_dir=None)
    with pytest.raises(Fatal, match="no home folder: set DATELINE_LOCAL_DIR"):
        data_folder(settings)
    with pytest.raises(Fatal, match="no home folder: set DATELINE_DOWNLOAD_DIR"):
        download_folder(settings)
