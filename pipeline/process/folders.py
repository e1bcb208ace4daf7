"""Where processes keep files on this machine. Root's folders are outside its home, which other users can't enter."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

from pipeline.settings import Settings


def data_folder(settings: Settings) -> Path:
    """Data of the local engines and the workers' state: DATELINE_LOCAL_DIR, by default the user's data folder."""
    if settings.local_dir:
        return settings.local_dir.absolute()
    return Path("/var/lib/dateline") if os.geteuid() == 0 else user_data_path("dateline")


def download_folder(settings: Settings) -> Path:
    """Downloaded engines: DATELINE_DOWNLOAD_DIR, by default the user's cache folder."""
    if settings.download_dir:
        return settings.download_dir.absolute()
    return Path("/var/cache/dateline") if os.geteuid() == 0 else user_cache_path("dateline")
