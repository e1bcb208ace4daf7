"""A single Elasticsearch node on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import httpx

from pipeline.errors import Fatal
from pipeline.local.processes import spawn

_CONFIG = """\
cluster.name: dateline-local
node.name: local
discovery.type: single-node
http.host: 127.0.0.1
http.port: {port}
transport.host: 127.0.0.1
transport.port: {transport}
path.data: {folder}/data
path.logs: {folder}/logs
path.repo: {folder}/snapshots
xpack.security.enabled: false
action.auto_create_index: false
# a developer's disk is often nearly full; the space that is needed is asked for before the start
cluster.routing.allocation.disk.threshold_enabled: false
"""


def start(
    folder: Path, *, port: int, transport: int, java: Path, home: Path, heap: str, user: str | None
) -> subprocess.Popen[bytes]:
    """Start the node with everything it writes below `folder`, as `user` where the caller is root."""
    config, temporary = folder / "config", folder / "tmp"
    for sub in (folder / "data", folder / "logs", folder / "snapshots", temporary):
        sub.mkdir(parents=True, exist_ok=True)
    if not config.exists():
        shutil.copytree(home / "config", config)
    (config / "elasticsearch.yml").write_text(_CONFIG.format(port=port, transport=transport, folder=folder))
    if user is not None:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, user)
        _check_reachable(folder, user, "DATELINE_LOCAL_DIR")
        _check_reachable(home, user, "DATELINE_DOWNLOAD_DIR")
        _check_reachable(java, user, "JAVA_HOME")
    env = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "ES_JAVA_HOME": str(java),
        "ES_PATH_CONF": str(config),
        "ES_TMPDIR": str(temporary),
        "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}",
        "HOME": str(temporary),
    }
    return spawn(
        ["bash", str(home / "bin" / "elasticsearch")], log=folder / "elasticsearch.log", env=env, user=user, cwd=folder
    )


def ready(port: int) -> bool:
    """Whether the node has elected itself and takes requests."""
    try:
        answer = httpx.get(
            f"http://127.0.0.1:{port}/_cluster/health", params={"wait_for_status": "yellow", "timeout": "1s"}, timeout=4
        )
    except httpx.HTTPError:
        return False
    return answer.status_code == 200


def _check_reachable(path: Path, user: str, variable: str) -> None:
    for folder in (path, *path.parents):
        if not folder.stat().st_mode & 0o005 == 0o005 and folder.owner() != user:
            raise Fatal(
                f"Elasticsearch runs as user {user} here, who can't enter {folder}; "
                f"set {variable} to a folder that every user can reach"
            )
