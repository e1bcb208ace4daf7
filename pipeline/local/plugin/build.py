"""`python -m pipeline.local.plugin.build`: makes the plugin's jar of its Java source, the same bytes each time.

Needs a JDK 21 or later and the unpacked server. The classes are those of the JDK that JAVAC names; others differ in details.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from pipeline.errors import Fatal
from pipeline.local.downloads import Downloads
from pipeline.local.java import find_java, java_environment, java_version
from pipeline.local.plugin import FOLDER, JAR
from pipeline.process.folders import download_folder
from pipeline.settings import settings

JAVAC = 25
"""Feature release of the JDK that the jar was made with."""


def build(java: Path, server: Path) -> bytes:
    """The jar, of the source beside this file. Raises Fatal where it doesn't compile."""
    sources = sorted(map(str, FOLDER.rglob("*.java")))
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(java / "bin" / "javac"),
            "--release",
            "21",
            "-Xlint:all",
            "-Werror",
            "-g:none",
            "-cp",
            f"{server}/lib/*",
        ]
        ran = subprocess.run(
            [*command, "-d", folder, *sources], capture_output=True, text=True, env=java_environment(), check=False
        )
        if ran.returncode != 0:
            raise Fatal(f"the plugin does not compile:\n{ran.stdout}{ran.stderr}")
        return _packed(Path(folder))


def _packed(classes: Path) -> bytes:
    """Stored, sorted and without times: whoever packs them gets the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as jar:
        for path in sorted(classes.rglob("*.class")):
            entry = zipfile.ZipInfo(path.relative_to(classes).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            jar.writestr(entry, path.read_bytes())
    return packed.getvalue()


def compiler(download_dir: Path) -> Path | None:
    """The Java that runs the engines, where it is a JDK."""
    home = find_java(download_dir)
    return home if (home / "bin" / "javac").exists() else None


if __name__ == "__main__":
    downloads = Downloads(download_folder(settings()))
    jdk = compiler(downloads.folder)
    if jdk is None or java_version(jdk) != JAVAC:
        sys.exit(f"needs a JDK {JAVAC}; set JAVA_HOME to one")
    JAR.write_bytes(build(jdk, downloads.unpacked()))
