"""Which room of the code may import which."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.waiting import PATIENCE

EDGE = ("pipeline/local", "pipeline/commands", "pipeline/cli.py", "flows")


def _imports(path: Path) -> Iterator[str]:
    """Absolute names of all modules that the file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in {path}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def test_only_commands_and_flows_know_local_engines() -> None:
    inside = [
        path
        for path in (*_files("pipeline"), *_files("schemas"), *_files("flows"))
        if not path.relative_to(ROOT).as_posix().startswith(EDGE)
    ]
    assert len(inside) > 100
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in inside
        for name in _imports(path)
        if f"{name}.".startswith(("pipeline.local.", "pipeline.commands."))
    }
    assert wrong == set()


@pytest.mark.parametrize(
    "module",
    ["pipeline.kafka.clients", "pipeline.kafka.security", "pipeline.index.client", "pipeline.ingest.publisher"],
)
def test_clients_load_nothing_of_local_engines(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    unwanted = {"pipeline.local", "psutil", "jgo", "cjdk", "trustme", "cryptography.x509"}
    assert unwanted & set(loaded.stdout.split()) == set()


@pytest.mark.parametrize(
    "arguments",
    [["publish", "--help"], ["status", "--help"], ["preview", "samples/pages/northern-post.txt"], ["schemas", "check"]],
)
def test_commands_that_need_no_engine_load_nothing_of_local_engines(arguments: list[str]) -> None:
    code = (
        "import atexit, sys; from pipeline.cli import main; sys.argv[1:] = " + repr(arguments) + "; "
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert "pipeline.commands.shared" in ran.stderr.split()
    heavy = {"pipeline.local.engines", "pipeline.local.downloads", "psutil", "jgo", "cjdk", "trustme"}
    assert heavy & set(ran.stderr.split()) == set()


ROOMS = (
    "schemas", "base", "formats", "stages", "topology", "kafka", "process", "streams", "ingest", "feeds", "sinks", "index", "saved",
    "search", "alerts", "operations", "status_page", "push", "local", "flows", "commands",
)  # fmt: skip
"""From low to high: a room imports from those before it only. `base` is the modules at the top of pipeline/."""
BASE = {
    "errors",
    "escaping",
    "settings",
    "telemetry",
    "tracing",
    "outcomes",
    "logs",
    "calendars",
    "dates",
    "zones",
    "identity",
    "topics",
    "records",
    "addresses",
    "bundles",
    "numbers",
    "written_once",
}


def _room(module: str) -> str | None:
    """The room of a module or of a name in it; None for the package itself."""
    package, _, rest = module.partition(".")
    if package in ("schemas", "flows"):
        return package
    first = rest.partition(".")[0]
    if not first or first == "__version__":
        return None
    return "base" if first in BASE else "commands" if first == "cli" else first


def test_no_import_runs_back_up() -> None:
    wrong = set()
    for path in (*_files("pipeline"), *_files("schemas"), *_files("flows")):
        own = _room(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
        if own is None:
            continue
        assert own in ROOMS, f"{path} is in no room of the list"
        for name in _imports(path):
            other = _room(name) if name.startswith(("pipeline.", "schemas.", "flows.")) else None
            if other is not None and ROOMS.index(other) > ROOMS.index(own):
                wrong.add(f"{path.relative_to(ROOT)} ({own}) imports {name} ({other})")
    assert wrong == set()


CLIENTS = {
    "kafka", "aiokafka", "faust", "elasticsearch", "elastic_transport", "httpx", "psutil", "fastapi", "uvicorn", "prefect",
    "cryptography",
}  # fmt: skip
"""Libraries that talk to something. Not `requests`: tldextract imports it, and is used without it (its list is its own)."""


@pytest.mark.parametrize("package", ["pipeline.stages", "pipeline.formats", "schemas"])
def test_what_is_pure_loads_no_client(package: str) -> None:
    code = (
        f"import importlib, pkgutil, sys, {package} as p, pipeline.topology\n"
        "for m in pkgutil.walk_packages(p.__path__, p.__name__ + '.'): importlib.import_module(m.name)\n"
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert CLIENTS & set(loaded.stdout.split()) == set()
