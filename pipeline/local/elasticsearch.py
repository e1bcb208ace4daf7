"""A single Elasticsearch node on loopback."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import httpx

from pipeline.errors import Fatal
from pipeline.local.processes import spawn
from pipeline.local.secrets import Secrets, elasticsearch_hash

READY = "operator"
"""Who asks whether a secured node is ready."""

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
action.auto_create_index: false
# a developer's disk is often nearly full; the space that is needed is asked for before the start
cluster.routing.allocation.disk.threshold_enabled: false
"""


_OPEN = """\
xpack.security.enabled: false
"""
_SECURE = """\
xpack.security.enabled: true
xpack.security.autoconfiguration.enabled: false
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.certificate: {config}/chain.pem
xpack.security.http.ssl.key: {config}/key.pem
xpack.security.authc.realms.file.file1.order: 0
"""


@dataclass(frozen=True)
class Access:
    """Who is let in: `roles.yml`, and the role of each user."""

    secrets: Secrets
    roles: str
    users: dict[str, str]


def start(
    folder: Path,
    *,
    port: int,
    transport: int,
    java: Path,
    home: Path,
    heap: str,
    user: str | None,
    access: Access | None = None,
) -> subprocess.Popen[bytes]:
    """Start the node with everything it writes below `folder`, as `user` where the caller is root; with `access` it takes
    TLS and the users named there only."""
    config, temporary = folder / "config", folder / "tmp"
    for sub in (folder / "data", folder / "logs", folder / "snapshots", temporary):
        sub.mkdir(parents=True, exist_ok=True)
    if not config.exists():
        shutil.copytree(home / "config", config)
    security = _OPEN if access is None else _SECURE.format(config=config)
    (config / "elasticsearch.yml").write_text(_CONFIG.format(port=port, transport=transport, folder=folder) + security)
    if access is not None:
        _let_in(config, access)
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


def _let_in(config: Path, access: Access) -> None:
    """Certificate, roles and users, as Elasticsearch reads them from files."""
    passwords = access.secrets.passwords
    by_role: dict[str, list[str]] = {}
    for name, role in access.users.items():
        by_role.setdefault(role, []).append(name)
    files = {
        "key.pem": access.secrets.key.read_text(),
        "chain.pem": access.secrets.chain.read_text(),
        "roles.yml": access.roles,
        "users": "".join(f"{name}:{elasticsearch_hash(passwords[name])}\n" for name in access.users),
        "users_roles": "".join(f"{role}:{','.join(names)}\n" for role, names in by_role.items()),
    }
    for name, content in files.items():
        (config / name).touch(0o600)
        (config / name).write_text(content)


def ready(port: int, secrets: Secrets | None = None) -> bool:
    """Whether the node has elected itself and takes requests."""
    try:
        answer = httpx.get(
            f"{'https' if secrets else 'http'}://127.0.0.1:{port}/_cluster/health",
            params={"wait_for_status": "yellow", "timeout": "1s"},
            timeout=4,
            verify=ssl.create_default_context(cafile=str(secrets.ca)) if secrets else True,
            auth=(READY, secrets.passwords[READY]) if secrets else None,
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
