"""The plugin of the local Elasticsearch: its jar is that of its source, and where it is put."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import Fatal
from pipeline.local import downloads, plugin
from pipeline.local.downloads import Downloads, locked_artifacts
from pipeline.local.java import java_version
from pipeline.local.plugin.build import JAVAC, build, compiler
from pipeline.process.folders import download_folder
from pipeline.settings import load_settings


def test_the_jar_is_that_of_its_source() -> None:
    fetched = Downloads(download_folder(load_settings()))
    if any(artifact.name == "elasticsearch" for artifact in fetched.missing()):
        pytest.skip("the server is not downloaded yet")
    jdk = compiler(fetched.folder)
    if jdk is None:
        pytest.skip("this Java has no compiler")
    made = build(jdk, fetched.unpacked())
    if java_version(jdk) == JAVAC:
        assert made == plugin.JAR.read_bytes()
    with zipfile.ZipFile(plugin.JAR) as jar:
        sources = {path.relative_to(plugin.FOLDER).with_suffix("").as_posix() for path in plugin.FOLDER.rglob("*.java")}
        assert {name.removesuffix(".class").partition("$")[0] for name in jar.namelist()} == sources


def test_the_plugin_is_for_the_server_that_is_downloaded() -> None:
    (server,) = (artifact.version for artifact in locked_artifacts() if artifact.name == "elasticsearch")
    assert f"elasticsearch.version={server}\n" in plugin.DESCRIPTOR.read_text()


def test_a_server_with_the_plugin_is_beside_the_pristine_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "server.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        (version,) = (artifact.version for artifact in locked_artifacts() if artifact.name == "elasticsearch")
        zipped.writestr(f"elasticsearch-{version}/lib/server.jar", "server")
        zipped.writestr(f"elasticsearch-{version}/plugins/", "")
    monkeypatch.setattr(Downloads, "_path", lambda self, artifact: archive)
    fetched = Downloads(tmp_path / "downloads")
    fetched.folder.mkdir()
    home = fetched.elasticsearch_home()
    assert home == fetched.elasticsearch_home()
    assert not list((fetched.unpacked() / "plugins").iterdir())
    installed = home / "plugins" / plugin.NAME
    assert {path.name for path in installed.iterdir()} == {plugin.JAR.name, plugin.DESCRIPTOR.name}
    assert all(path.stat().st_mode & 0o004 for path in (installed, *installed.iterdir()))
    assert (home / "lib" / "server.jar").samefile(fetched.unpacked() / "lib" / "server.jar")
    # another plugin: the folder that nodes may run from stays as it is
    monkeypatch.setattr(plugin, "digest", lambda: "other")
    assert fetched.elasticsearch_home() != home
    assert installed.exists()


def test_half_a_server_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pristine, home = tmp_path / "elasticsearch-9", tmp_path / f"elasticsearch-9-{plugin.digest()}"
    (pristine / "plugins").mkdir(parents=True)
    (home / "plugins" / plugin.NAME).mkdir(parents=True)
    monkeypatch.setattr(Downloads, "unpacked", lambda self: pristine)
    assert (Downloads(tmp_path).elasticsearch_home() / "plugins" / plugin.NAME / plugin.JAR.name).exists()


def test_where_there_are_no_hard_links_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "one").write_text("text")
    downloads._link(str(tmp_path / "one"), str(tmp_path / "two"))
    assert (tmp_path / "two").read_text() == "text"


def test_indices_of_a_later_plugin_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin.check(tmp_path)
    plugin.check(tmp_path)
    monkeypatch.setattr(plugin, "version", lambda: 0)
    with pytest.raises(Fatal, match="version 1 of the analysis plugin, and this Dateline has 0"):
        plugin.check(tmp_path)
