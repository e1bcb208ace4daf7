"""Child processes that end when their parent does, and users, ports and folders for them."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import psutil
from platformdirs import user_cache_path, user_data_path

from pipeline.errors import Fatal
from pipeline.settings import Settings

_PR_SET_PDEATHSIG = 1


def die_with_parent(signal_number: int = signal.SIGKILL) -> Callable[[], None]:
    """What a child runs before its program: the kernel signals it when its parent is gone, however that ended.

    Linux only; elsewhere the child merely shares its parent's process group.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def before_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # it went while this child was being made
            os._exit(1)

    return before_exec


def spawn(
    command: Sequence[str], *, log: Path, env: Mapping[str, str], user: str | None = None, cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start `command` with its output appended to `log`. It dies with this process."""
    account: dict[str, object] = {}
    if user is not None:
        entry = pwd.getpwnam(user)
        account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    with log.open("ab") as out:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=die_with_parent(),
            **account,
        )


def stop(process: subprocess.Popen[bytes], patience: float) -> None:
    """Ask the process and its children to end, and after `patience` seconds make them."""
    try:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        family = []
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for member in family:
        if member.is_running() and member.pid != process.pid:
            member.kill()
    psutil.wait_procs(family, timeout=5)


def free_port(wanted: int | None = None) -> int:
    """`wanted` if it is free on loopback, else any free port."""
    for port in (wanted, 0) if wanted else (0,):
        with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Fatal("no free port on loopback")


def port_is_free(port: int) -> bool:
    return free_port(port) == port


def answers(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def unprivileged_user(settings: Settings) -> str | None:
    """Who runs Elasticsearch: None (the caller), unless the caller is root, as which it refuses to run."""
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


def local_folder(settings: Settings) -> Path:
    """Where the local engines keep data, logs and ports. Root's is outside its home, which other users can't enter."""
    if settings.local_dir:
        return settings.local_dir.absolute()
    return Path("/var/lib/dateline") if os.geteuid() == 0 else user_data_path("dateline")


def download_folder(settings: Settings) -> Path:
    if settings.download_dir:
        return settings.download_dir.absolute()
    return Path("/var/cache/dateline") if os.geteuid() == 0 else user_cache_path("dateline")
