"""Fetches the engines by their Maven coordinates, checks them against engines.lock, and unpacks them once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import requests

from pipeline.errors import Fatal
from pipeline.local import plugin

NEEDED_BYTES = 1_500_000_000
"""Free space required before the first download: the unpacked engines, and room for a first day's data."""

_COMPLETE = ".complete"

Progress = Callable[[str, int], None]
"""Receives a file's name and how many more bytes of it have arrived."""


@dataclass(frozen=True)
class Artifact:
    group: str
    name: str
    version: str
    type: str
    sha256: str
    size: int

    @property
    def file_name(self) -> str:
        return f"{self.name}-{self.version}.{self.type}"


def locked_artifacts() -> list[Artifact]:
    """Every artifact of engines.lock."""
    artifacts = []
    for line in files("pipeline.local").joinpath("engines.lock").read_text().splitlines():
        if line and not line.startswith("#"):
            coordinate, sha256, size = line.split()
            group, name, version, type_ = coordinate.split(":")
            artifacts.append(Artifact(group, name, version, type_, sha256, int(size)))
    return artifacts


class Downloads:
    """The download folder. Every method is safe to call from several processes at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def missing(self) -> list[Artifact]:
        """Artifacts that are not fetched yet."""
        return [a for a in locked_artifacts() if not self._checked(a).exists()]

    def fetch(self, progress: Progress) -> None:
        """Fetch and check what is missing. Raises Fatal with what to do."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self.folder).free
        except OSError as e:
            raise Fatal(
                f"can't use the download folder {self.folder}: {e}; set DATELINE_DOWNLOAD_DIR to another"
            ) from e
        if self.missing() and free < NEEDED_BYTES:
            raise Fatal(
                f"only {free // 1_000_000} MB are free in {self.folder}, the engines need {NEEDED_BYTES // 1_000_000}; "
                f"free some space, or set DATELINE_DOWNLOAD_DIR to a folder on another disk"
            )
        with self._lock():
            for artifact in self.missing():
                self._fetch_one(artifact, progress)

    def kafka_classpath(self) -> str:
        """Class path of Kafka and everything it needs."""
        return ":".join(str(self._path(a)) for a in locked_artifacts() if a.type == "jar")

    def elasticsearch_home(self) -> Path:
        """Folder of the unpacked server with our plugin. Once made it stays as it is: another plugin is in another folder."""
        pristine = self.unpacked()
        home = pristine.with_name(f"{pristine.name}-{plugin.digest()}")
        with self._lock():
            if not (home / _COMPLETE).exists():
                self._add_plugin(pristine, home)
        return home

    def unpacked(self) -> Path:
        """Folder of the server as it was downloaded."""
        artifact = next(a for a in locked_artifacts() if a.name == "elasticsearch")
        home = self.folder / f"elasticsearch-{artifact.version}"
        with self._lock():
            if not (home / _COMPLETE).exists():
                self._unpack(self._path(artifact), home)
        return home

    def _add_plugin(self, pristine: Path, home: Path) -> None:
        shutil.rmtree(home, ignore_errors=True)
        try:
            shutil.copytree(pristine, home, copy_function=_link, ignore=shutil.ignore_patterns(_COMPLETE))
            plugin.install(home)
        except OSError as e:
            raise Fatal(f"can't put the plugin into {home}: {e}") from e
        (home / _COMPLETE).touch()

    def _unpack(self, archive: Path, home: Path) -> None:
        shutil.rmtree(home, ignore_errors=True)
        try:
            with zipfile.ZipFile(archive) as zipped:
                for entry in zipped.infolist():
                    target = zipped.extract(entry, self.folder)
                    mode = (entry.external_attr >> 16) & 0o777
                    if mode:
                        Path(target).chmod(mode | 0o444)
        except OSError as e:
            raise Fatal(f"can't unpack {archive.name} into {self.folder}: {e}") from e
        (home / _COMPLETE).touch()

    def _fetch_one(self, artifact: Artifact, progress: Progress) -> None:
        path = self._path(artifact)
        if path.exists() and path.stat().st_size != artifact.size:
            path.unlink()  # an interrupted download
        if not path.exists():
            self._download(artifact, path, progress)
        if _sha256(path) != artifact.sha256:
            path.unlink()
            raise Fatal(
                f"{artifact.file_name} arrived damaged (its SHA-256 isn't the expected one); run the command again"
            )
        self._checked(artifact).touch()

    def _download(self, artifact: Artifact, path: Path, progress: Progress) -> None:
        from jgo.config import GlobalSettings
        from jgo.maven import MavenContext, PythonResolver

        @contextmanager
        def report(name: str, _size: int) -> Iterator[Callable[[int], None]]:
            yield lambda n: progress(name, n)

        config = GlobalSettings.load()
        context = MavenContext(
            resolver=PythonResolver(progress_callback=report),
            repo_cache=self.folder / "maven",
            remote_repos={"central": _central(), **(config.repositories or {})},
            timeout=60,
        )
        component = context.project(artifact.group, artifact.name).at_version(artifact.version)
        try:
            component.artifact(packaging=artifact.type).resolve()
        except (requests.RequestException, OSError, RuntimeError) as e:
            path.unlink(missing_ok=True)
            raise Fatal(
                f"fetching {artifact.file_name} failed: {e}\n"
                f"Check the connection and run the command again: files already downloaded stay in {self.folder}."
            ) from e

    def _path(self, artifact: Artifact) -> Path:
        group = artifact.group.replace(".", "/")
        return self.folder / "maven" / group / artifact.name / artifact.version / artifact.file_name

    def _checked(self, artifact: Artifact) -> Path:
        path = self._path(artifact)
        return path.with_name(f"{path.name}.{artifact.sha256[:12]}.checked")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _link(source: str, target: str) -> str:
    """A hard link takes no space; a copy where the file system has none."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _central() -> str:
    from jgo.constants import MAVEN_CENTRAL_URL

    return str(MAVEN_CENTRAL_URL)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
