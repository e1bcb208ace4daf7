"""Finds a Java runtime that can run the engines, or fetches one."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import Fatal

MIN_VERSION = 21
"""Elasticsearch 9 needs Java 21; Kafka 4 needs 17."""
NEEDED_MODULE = "jdk.incubator.vector"
_FOLDERS = (
    "/usr/lib/jvm",
    "/usr/java",
    "/opt",
    "/opt/java",
    "~/.sdkman/candidates/java",
    "~/.jdks",
    "/Library/Java/JavaVirtualMachines",
)


QUICK_START = "-XX:TieredStopAtLevel=1"
"""Options of engines that live for minutes: Java's second compiler takes half of the time that they need to start, and pays
only later."""
LOCALE = "C.UTF-8"
"""Of the engines, whatever the caller's is: Java finds no file by a name that the locale can't write, and changes the case of
words by the locale's rules."""


def java_environment() -> dict[str, str]:
    """The environment of a Java program: without options for others, in LOCALE."""
    other = {k: v for k, v in os.environ.items() if k not in ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")}
    return other | {"LC_ALL": LOCALE}


def find_java(download_dir: Path) -> Path:
    """Home of a Java 21 or later. Fetches one (about 200 MB, by the cjdk package) where the machine has none.

    Raises Fatal with what to install where there is none and none can be fetched.
    """
    home, too_old = installed_java(download_dir)
    return home or _fetch(download_dir, too_old)


def installed_java(download_dir: Path) -> tuple[Path | None, list[str]]:
    """Home of the newest Java that can run the engines, if there is one, and those that can't, in words. Fetches none."""
    found: list[tuple[int, Path]] = []
    too_old: list[str] = []
    for home in _candidates(download_dir):
        version = java_version(home)
        if version is None:
            continue
        if version >= MIN_VERSION and _has_module(home):
            found.append((version, home))
        else:
            too_old.append(f"{home} is Java {version}")
    return (max(found)[1] if found else None), too_old


def java_version(home: Path) -> int | None:
    """Feature release of the runtime in `home` by its `release` file, or None where it is no Java home."""
    if not os.access(home / "bin" / "java", os.X_OK):
        return None
    try:
        text = (home / "release").read_text(errors="replace")
    except OSError:
        return None
    match = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', text, re.MULTILINE)
    return int(match[1]) if match else None


def _has_module(home: Path) -> bool:
    """Whether the runtime has the module that Elasticsearch needs; assumed where the runtime lists none."""
    match = re.search(r'^MODULES="([^"]*)"', (home / "release").read_text(errors="replace"), re.MULTILINE)
    return match is None or NEEDED_MODULE in match[1].split()


def _candidates(download_dir: Path) -> Iterator[Path]:
    for variable in ("ES_JAVA_HOME", "JAVA_HOME"):
        if value := os.environ.get(variable):
            yield Path(value)
    if on_path := shutil.which("java"):
        yield Path(on_path).resolve().parent.parent
    for name in _FOLDERS:
        folder = Path(os.path.expanduser(name))  # noqa: PTH111 - Path's own raises where the user has no home
        if folder.is_dir():
            for child in sorted(folder.iterdir()):
                yield child / "Contents" / "Home" if (child / "Contents" / "Home").is_dir() else child
    yield from sorted((download_dir / "jdk").glob("*/*/*"))


def _fetch(download_dir: Path, too_old: list[str]) -> Path:
    import cjdk

    try:
        home = Path(cjdk.java_home(vendor="temurin", version=str(MIN_VERSION), cache_dir=download_dir / "jdk"))
    except Exception as e:  # of the library, the network, the disk or the archive: what to do is the same
        seen = f" ({'; '.join(too_old)})" if too_old else ""
        raise Fatal(
            f"Elasticsearch needs Java {MIN_VERSION} or later; none was found{seen}, and fetching one failed: {e}\n"
            f"Install one (Debian and Ubuntu: apt-get install openjdk-21-jdk-headless; Fedora: dnf install "
            f"java-21-openjdk-headless; macOS: brew install openjdk) or set JAVA_HOME to where it is."
        ) from e
    if java_version(home) is None:
        raise Fatal(f"the Java that was fetched to {home} does not run; delete {download_dir / 'jdk'} and try again")
    return home
