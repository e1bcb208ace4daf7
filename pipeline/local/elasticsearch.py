"""A single Elasticsearch node on loopback."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import ssl
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from pipeline.errors import Fatal
from pipeline.local import plugin
from pipeline.local.java import LOCALE
from pipeline.local.secrets import Secrets, elasticsearch_hash
from pipeline.process.children import spawn
from pipeline.settings import Settings

PROBE_USER = "operator"
"""User for the readiness check of a secured node."""

_CONFIG = """\
cluster.name: dateline-local
node.name: local
discovery.type: single-node
http.host: 127.0.0.1
http.port: {port}
transport.host: 127.0.0.1
transport.port: {transport}
path.data: "{folder}/data"
path.logs: "{folder}/logs"
path.repo: "{folder}/snapshots"
action.auto_create_index: false
# a developer's disk is often nearly full; free space is checked before the start
cluster.routing.allocation.disk.threshold_enabled: false
"""


_OPEN = """\
xpack.security.enabled: false
"""
_SECURE = """\
xpack.security.enabled: true
xpack.security.autoconfiguration.enabled: false
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.certificate: "{config}/chain.pem"
xpack.security.http.ssl.key: "{config}/key.pem"
xpack.security.authc.realms.file.file1.order: 0
"""


@dataclass(frozen=True)
class Access:
    """Users of a secured node: `roles.yml`, and the role of each user."""

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
    options: str = "",
    user: str | None,
    access: Access | None = None,
) -> subprocess.Popen[bytes]:
    """Start the node with everything it writes below `folder`, as `user` where the caller is root; with `access` it
    accepts only TLS and those users. Raises Fatal where `user` can't enter a folder that it needs, or where the data is of
    a later plugin."""
    config, temporary = folder / "config", folder / "tmp"
    for sub in (folder / "data", folder / "logs", folder / "snapshots", temporary):
        sub.mkdir(parents=True, exist_ok=True)
    plugin.check(folder)
    if not config.exists():
        shutil.copytree(home / "config", config)
    security = _OPEN if access is None else _SECURE.format(config=_escaped(config))
    (config / "elasticsearch.yml").write_text(
        _CONFIG.format(port=port, transport=transport, folder=_escaped(folder)) + security
    )
    if access is not None:
        _write_access(config, access)
    if user is not None:
        give(folder, user)
        _check_reachable(folder, user, "DATELINE_LOCAL_DIR")
        _check_reachable(home, user, "DATELINE_DOWNLOAD_DIR")
        _check_reachable(java, user, "JAVA_HOME")
    env = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LC_ALL": LOCALE,
        "ES_JAVA_HOME": str(java),
        "ES_PATH_CONF": str(config),
        "ES_TMPDIR": str(temporary),
        "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap} {options}",
        "HOME": str(temporary),
    }
    return spawn(
        ["bash", str(home / "bin" / "elasticsearch")], log=folder / "elasticsearch.log", env=env, user=user, cwd=folder
    )


def give(folder: Path, user: str) -> None:
    """Make everything in a folder a user's; files may go meanwhile, as a node that was killed may not have ended yet."""
    for at, _, files in os.walk(folder):
        for path in (at, *(os.path.join(at, name) for name in files)):  # noqa: PTH118 - thousands of files
            with suppress(FileNotFoundError):
                shutil.chown(path, user)


def _escaped(path: Path) -> str:
    """A path between the quotes of a YAML string."""
    return json.dumps(str(path))[1:-1]


def _write_access(config: Path, access: Access) -> None:
    """Certificate, roles and users, in the files that Elasticsearch reads."""
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


def unprivileged_user(settings: Settings) -> str | None:
    """User that runs Elasticsearch: None (the caller), unless the caller is root, as which it refuses to run. Raises Fatal
    where there is no such user."""
    if os.geteuid() != 0:
        return None
    wanted = [settings.local_user] if settings.local_user else ["elasticsearch", "nobody"]
    for name in wanted:
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise Fatal(
        f"Elasticsearch refuses to run as root, and there is no user {' or '.join(wanted)}; "
        "make one (useradd --system elasticsearch) or set DATELINE_LOCAL_USER"
    )


def ready(port: int, secrets: Secrets | None = None) -> bool:
    """Whether the node has elected itself and answers requests."""
    try:
        answer = httpx.get(
            f"{'https' if secrets else 'http'}://127.0.0.1:{port}/_cluster/health",
            params={"wait_for_status": "yellow", "timeout": "1s"},
            timeout=4,
            verify=ssl.create_default_context(cafile=str(secrets.ca)) if secrets else True,
            auth=(PROBE_USER, secrets.passwords[PROBE_USER]) if secrets else None,
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
