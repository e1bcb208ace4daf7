"""Where processes keep files on this machine. Root's folders are outside its home, which other users can't enter."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from pipeline.errors import Fatal
from pipeline.settings import Settings


def data_folder(settings: Settings) -> Path:
    """Data of the local engines and the workers' state: DATELINE_LOCAL_DIR, by default the user's data folder."""
    if settings.local_dir:
        return settings.local_dir.absolute()
    return Path("/var/lib/dateline") if os.geteuid() == 0 else _absolute(user_data_path("dateline"), "LOCAL")


def download_folder(settings: Settings) -> Path:
    """Downloaded engines: DATELINE_DOWNLOAD_DIR, by default the user's cache folder."""
    if settings.download_dir:
        return settings.download_dir.absolute()
    return Path("/var/cache/dateline") if os.geteuid() == 0 else _absolute(user_cache_path("dateline"), "DOWNLOAD")


def _absolute(path: Path, kind: str) -> Path:
    """Raises Fatal where the user has no home: the path begins with `~` then, and would be made in the working directory."""
    if not path.is_absolute():
        raise Fatal(f"this user has no home folder: set DATELINE_{kind}_DIR")
    return path
