"""Our plugin for the local Elasticsearch, which comes without most filters of analysis: its jar is beside its source.

Only for the engines that `dateline local` runs: a full server has the filters itself, and two of one name stop a node.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from pipeline.errors import Fatal

FOLDER = Path(__file__).parent
NAME = "dateline-analysis"
JAR, DESCRIPTOR = FOLDER / f"{NAME}.jar", FOLDER / "plugin-descriptor.properties"
_OPENED_WITH = "analysis-version"


def digest() -> str:
    """Changes with the plugin."""
    return hashlib.sha256(DESCRIPTOR.read_bytes() + JAR.read_bytes()).hexdigest()[:12]


def install(home: Path) -> None:
    """Into a server that no node runs from yet."""
    target = home / "plugins" / NAME
    target.mkdir(parents=True)
    for path in (JAR, DESCRIPTOR):
        shutil.copyfile(path, target / path.name)
        (target / path.name).chmod(0o644)
    target.chmod(0o755)


def version() -> int:
    """Rises when an index that the plugin made could not be opened with the one before."""
    properties = dict(line.split("=", 1) for line in DESCRIPTOR.read_text().splitlines())
    return int(properties["version"])


def check(folder: Path) -> None:
    """Before a node opens the data in `folder`: remembers that this plugin opened it. Raises Fatal where a later one did,
    without which its indices can't be opened."""
    path = folder / _OPENED_WITH
    opened = int(path.read_text()) if path.exists() else 0
    if opened > version():
        raise Fatal(
            f"the indices in {folder} were made with version {opened} of the analysis plugin, and this Dateline has {version()}: "
            "use the Dateline that made them, or begin with empty engines (dateline local up --fresh)"
        )
    path.write_text(f"{version()}\n")
