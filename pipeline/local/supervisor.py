"""The process that runs the local engines: starts them, restarts what ended, and stops them on SIGTERM.

The engines can't outlive it: the kernel kills them when it is gone.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from pathlib import Path

import psutil

from pipeline import telemetry
from pipeline.errors import Fatal
from pipeline.local import elasticsearch, kafka, prefect
from pipeline.local.downloads import Downloads
from pipeline.local.engines import Ports, engine_folders
from pipeline.local.java import find_java
from pipeline.local.secrets import Secrets, prepare
from pipeline.logs import configure_text
from pipeline.process.children import Supervisor
from pipeline.process.folders import download_folder
from pipeline.settings import Settings, load_settings


def _access(settings: Settings, secrets: Secrets) -> elasticsearch.Access:
    from pipeline.index.roles import ROLE_OF, as_yaml, roles  # loads the whole flow, which takes seconds

    return elasticsearch.Access(secrets, as_yaml(roles(settings)), ROLE_OF)


def _start_engines(supervisor: Supervisor, folder: Path, ports: Ports, settings: Settings, secure: bool) -> None:
    downloads = Downloads(download_folder(settings))
    java = find_java(downloads.folder)
    home, classpath = downloads.elasticsearch_home(), downloads.kafka_classpath()
    user = elasticsearch.unprivileged_user(settings)
    secrets = prepare(folder) if secure else None
    access = _access(settings, secrets) if secrets else None
    names = engine_folders(secure)
    supervisor.add(
        "elasticsearch",
        lambda: elasticsearch.start(
            folder / names["elasticsearch"],
            port=ports.elasticsearch,
            transport=ports.elasticsearch_transport,
            java=java,
            home=home,
            heap=settings.elasticsearch_heap,
            options=settings.local_java_options,
            user=user,
            access=access,
        ),
    )
    supervisor.add(
        "kafka",
        lambda: kafka.start(
            folder / names["kafka"],
            port=ports.kafka,
            controller=ports.kafka_controller,
            java=java,
            classpath=classpath,
            options=settings.local_java_options,
            secrets=secrets,
        ),
    )


def main(folder: Path, ports: Ports, *, secure: bool, with_prefect: bool = False) -> int:
    """Run the engines until SIGTERM or SIGINT; the exit code. `running.json` in `folder` is there while they run."""
    configure_text()
    supervisor = Supervisor(lambda name, text: telemetry.ENGINE_ENDED(engine=name, problem=text))
    supervisor.stop_on_signals()
    lock = (folder / "supervisor.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        telemetry.ENGINES_FAILED(problem=f"another process already runs the engines in {folder}")
        return 1
    try:
        _start_engines(supervisor, folder, ports, load_settings(), secure)
    except Fatal as e:
        telemetry.ENGINES_FAILED(problem=e)
        return 1
    if with_prefect:
        supervisor.add("prefect", lambda: prefect.start_server(folder, ports.prefect))
        supervisor.add("flows", lambda: prefect.start_flows(folder, ports.prefect))
    state = folder / "running.json"
    me = {
        "pid": os.getpid(),
        "started": psutil.Process().create_time(),
        "ports": vars(ports),
        "secure": secure,
        "prefect": with_prefect,
    }
    state.with_suffix(".new").write_text(json.dumps(me))
    state.with_suffix(".new").replace(state)
    supervisor.run()
    state.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(
        main(
            Path(sys.argv[1]),
            Ports(**json.loads(sys.argv[2])),
            secure="secure" in sys.argv[3:],
            with_prefect="prefect" in sys.argv[3:],
        )
    )
