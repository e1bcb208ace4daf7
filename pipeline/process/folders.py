"""Where processes keep files on this machine. Root's folders are outside its home, which other users can't enter."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from pipeline.errors import Fatal
from pipeline.settings import Settings


def data_folder(settings: Settings) -> Path:
    """Data of the local engines and the workers' state: DATELINE_LOCAL_DIR, by default the user's data folder."""
    if settings.local_dir:
        return settings.local_dir.absolute()
    return Path("/var/lib/dateline") if os.geteuid() == 0 else _of_user(user_data_path, "DATELINE_LOCAL_DIR")


def download_folder(settings: Settings) -> Path:
    """Downloaded engines: DATELINE_DOWNLOAD_DIR, by default the user's cache folder."""
    if settings.download_dir:
        return settings.download_dir.absolute()
    return Path("/var/cache/dateline") if os.geteuid() == 0 else _of_user(user_cache_path, "DATELINE_DOWNLOAD_DIR")


def _of_user(find: Callable[[str], Path], variable: str) -> Path:
    """A folder in the user's home. Raises Fatal where it has none, as a container's user without a name."""
    try:
        path = find("dateline")
    except RuntimeError:
        path = Path("~")
    if not path.is_absolute():
        raise Fatal(f"this user has no home folder: set {variable}")
    return path
