"""Commands as a new user meets them, without engines."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import COMMANDS, build, overview
from tests.conftest import ROOT
from tests.support import forking
from tests.support.waiting import PATIENCE


def dateline(
    *arguments: str, input: bytes | None = None, variables: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    run = forking.run(arguments, environment | (variables or {}), input)
    return subprocess.CompletedProcess(run.args, run.returncode, run.stdout.decode(), run.stderr.decode())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    shown = CliRunner().invoke(build(command), [command, "--help"])
    assert shown.exit_code == 0
    assert f"Usage: dateline {command}" in shown.stdout


def test_the_help_of_a_process_of_its_own_and_of_all() -> None:
    for arguments in (["status", "--help"], ["--help"]):
        command = [sys.executable, "-m", "pipeline.cli", *arguments]
        shown = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=ROOT)
        assert shown.returncode == 0
        assert "Usage" in shown.stdout
    assert all(command in shown.stdout for command in COMMANDS)


def test_the_list_of_commands_says_of_each_what_it_does() -> None:
    whole, quick = (CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).stdout for app in (build(), overview()))
    assert quick.count("\n") >= len(COMMANDS)
    assert sorted(quick.split()) == sorted(whole.split())


def test_a_command_is_a_module_of_its_name_and_only_the_one_asked_for_is_imported() -> None:
    for name, unwanted in (("status", "pipeline.commands.trace"), ("dead-letters", "pipeline.commands.status")):
        code = f"import sys; from pipeline.cli import build; build({name!r}); sys.exit({unwanted!r} in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=PATIENCE).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["--help"],
        ["frobnicate"],
        *([name, "--help"] for name in ("status", "doctor", "trace", "tap", "keys", "audit", "search")),
        *([name, "--schema"] for name in ("status", "doctor")),
    ],
    ids=" ".join,
)
def test_what_only_asks_loads_no_formats_and_no_stages(arguments: list[str]) -> None:
    _, modules = shown_and_loaded(arguments, {})
    assert {"pipeline.formats.table", "pipeline.topology", "trafilatura", "prefect"} & modules == set()


OF_THE_COMMAND_LINE = {"pipeline", "pipeline.cli", "pipeline.errors", "pipeline.escaping", "pipeline.operations", "pipeline.operations.patience"}  # fmt: skip
HEAVY = {"pydantic", "pydantic_settings", "kafka", "elasticsearch", "faust", "prefect", "fastapi", "httpx", "requests", "lxml", "numpy"}  # fmt: skip


def test_the_help_of_every_command_loads_nothing_of_what_it_does() -> None:
    """All that a command acts with is imported when it acts: its help, and what a shell completes, are there at once."""
    code = (
        "import json, sys; from pipeline.cli import COMMANDS, build; found = {}\n"
        "for name in COMMANDS:\n"
        "    before = set(sys.modules); build(name); found[name] = sorted(set(sys.modules) - before)\n"
        "print(json.dumps(found))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, timeout=PATIENCE)
    wrong = {
        name: [
            one
            for one in loaded
            if one.partition(".")[0] in HEAVY | {"schemas", "flows"}
            or (
                one.startswith("pipeline")
                and not f"{one}.".startswith("pipeline.commands.")
                and one not in OF_THE_COMMAND_LINE
            )
        ]
        for name, loaded in json.loads(ran.stdout).items()
    }
    assert wrong == {name: [] for name in COMMANDS}


ASKED_WITH = (
    "pipeline.topology", "pipeline.operations.trace", "pipeline.operations.tap", "pipeline.operations.doctor_engines",
    "pipeline.operations.dead_letters", "pipeline.operations.watch.measure", "pipeline.operations.reconcile",
    "pipeline.operations.kill", "pipeline.operations.erase", "pipeline.operations.funnel", "pipeline.search.reader",
    "pipeline.feeds.subscriptions", "pipeline.saved.tables",
)  # fmt: skip
"""What commands and the watch ask with: of the flow they need the declarations, not what the stages do."""
ACTED_WITH = {
    "pipeline.formats.table", "pipeline.stages.normalize.events", "pipeline.stages.enrich.events", "pipeline.stages.revise.batch",
    "pipeline.stages.clustering.match", "pipeline.stages.clustering.join", "pipeline.stages.trend", "aiohttp", "httpx", "numpy", "faust", "prefect", "trafilatura", "feedparser", "ftfy", "py3langid", "justext", "dateparser",
}  # fmt: skip


def test_asking_where_the_flow_is_loads_no_formats_and_nothing_that_the_stages_do() -> None:
    code = f"import sys, importlib; [importlib.import_module(one) for one in {ASKED_WITH!r}]; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert ACTED_WITH & set(ran.stdout.split()) == set()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("dateline st", {"status", "status-page", "story"}),
        ("dateline status --w", {"--watch"}),
        ("dateline dead-letters re", {"replay"}),
        ("dateline ", set(COMMANDS)),
        ("dateline dead-letters", {"dead-letters"}),
    ],
)
def test_a_shell_completes_names_and_options(line: str, expected: set[str]) -> None:
    words = line.split(" ")
    asked = {"_DATELINE_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    shown, modules = shown_and_loaded([], asked)
    assert set(shown.split()) == expected
    assert "pipeline.formats.table" not in modules


def shown_and_loaded(arguments: list[str], variables: dict[str, str]) -> tuple[str, set[str]]:
    """What a command of a process of its own prints, and the modules that it has loaded when it ends."""
    code = (
        "import atexit, sys; from pipeline.cli import main; sys.argv[1:] = " + repr(arguments) + "; "
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=os.environ | variables,
        check=False,
    )
    assert ran.returncode in (0, 2), ran.stderr  # 2: there is no such command
    return ran.stdout, set(ran.stderr.split())


def test_preview_needs_no_engine_and_prints_one_line_an_item() -> None:
    shown = dateline("preview", "samples/pages/harbour-times.txt", "--json")
    assert shown.returncode == 0, shown.stderr
    rows = [json.loads(row) for row in shown.stdout.splitlines()]
    assert [row["kind"] for row in rows] == ["article", "comment", "comment", "comment"]
    assert set(rows[0]) == {"source", "kind", "event", "normalized", "enriched", "document"}
    assert rows[0]["document"]["index"] == "articles"
    assert rows[0]["document"]["body"]["authors"] == ["Ingrid Solberg", "Tomas Reyes"]
    assert rows[0]["enriched"]["enrichment"]["language"] == "en"
    assert rows[1]["document"]["body"]["posted"].startswith("2026-03-14")


def test_preview_shows_an_embargo_a_correction_and_a_kill() -> None:
    rows = [
        json.loads(row) for row in dateline("preview", "samples/events/wire-north.ndjson", "--json").stdout.splitlines()
    ]
    assert [(row["kind"], row["document"]["body"]["standing"]) for row in rows] == [
        ("article", "public"),
        ("article", "public"),
        ("article", "public"),
        ("withdrawal", "killed"),
        ("article", "embargoed"),
    ]
    assert "body" not in rows[3]["document"]["body"]


def test_standard_input_and_a_rejection() -> None:
    shown = dateline("preview", "-", "--json", input=b"just this")
    assert shown.returncode == 1
    row = json.loads(shown.stdout)
    assert row["rejected"]["reason"] == "unknown-format"


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "words"),
    [
        (("publish", "no/such/file"), {}, 3, "no Kafka configured"),
        (("preview", "no/such/file"), {}, 3, "there is no file or folder no/such/file"),
        (("preview", "samples", "--timezone", "Mars/Olympus"), {}, 3, "no IANA time zone"),
        (("preview", "http://127.0.0.1:9/x"), {}, 3, "private network"),
        (
            ("search", "x", "--since", "once upon a time"),
            {"DATELINE_ELASTICSEARCH_URL": "http://127.0.0.1:9"},
            3,
            "can't be read as a time",
        ),
        (("search", "x"), {"DATELINE_ELASTICSEARCH_URL": "http://127.0.0.1:9"}, 4, "does not answer"),
        (("search", "x"), {"DATELINE_ELASTICSEARCH_URL": "nonsense"}, 3, "DATELINE_ELASTICSEARCH_URL is 'nonsense'"),
        (("status",), {"DATELINE_PARTITIONS": "none"}, 3, "DATELINE_PARTITIONS is 'none'"),
        (("status",), {"DATELINE_PROVIDERS": "nonsense"}, 3, "JSON object"),
        (("status",), {"DATELINE_PROVIDERS": '{"x": {"timezone": "Mars"}}'}, 3, "no IANA time zone"),
        (("trace", "no-id"), {"DATELINE_ELASTICSEARCH_URL": "http://127.0.0.1:9"}, 3, "neither an id nor an address"),
        (("kill", "no-id", "--reason", "x"), {}, 2, "valid UUID"),
        (("frobnicate",), {}, 2, "No such command"),
    ],
)
def test_what_is_wrong_gets_one_clear_line(
    arguments: tuple[str, ...], variables: dict[str, str], code: int, words: str, tmp_path: Path
) -> None:
    shown = dateline(*arguments, variables={"DATELINE_LOCAL_DIR": str(tmp_path), "COLUMNS": "300"} | variables)
    assert words in " ".join(shown.stderr.split())
    assert shown.returncode == code
    assert "Traceback" not in shown.stderr


def test_an_engine_that_is_away_is_said_in_status(tmp_path: Path) -> None:
    shown = dateline(
        "status",
        "--json",
        variables={
            "DATELINE_KAFKA_SERVERS": "127.0.0.1:9",
            "DATELINE_ELASTICSEARCH_URL": "http://127.0.0.1:9",
            "DATELINE_LOCAL_DIR": str(tmp_path),
        },
    )
    assert shown.returncode == 4
    found = json.loads(shown.stdout)
    assert not found["ok"]
    assert "does not answer" in found["kafka"]["error"]


def test_a_second_run_on_one_machine_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its processes would be started again for ever."""
    from pipeline.commands import run as module
    from pipeline.settings import load_settings

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        known = load_settings(kafka_servers="127.0.0.1:1", elasticsearch_url="http://127.0.0.1:1", search_port=port, ingest_port=0)  # fmt: skip
        monkeypatch.setattr(module, "configured", lambda: known)
        ended = CliRunner().invoke(build("run"), ["run"])
    assert ended.exit_code == 3
    assert ended.stderr.strip() == (
        f"dateline: port {port} is taken by another program; set DATELINE_SEARCH_PORT to another, or to 0 for any free one"
    )


FOR_PROGRAMS_AND_PEOPLE = """
import sys
from pipeline.cli import main
path = sys.argv[1]
for options in (["--json"], []):
    sys.argv = ["dateline", "preview", path, *options]
    try:
        main()
    except SystemExit as e:
        assert not e.code, e.code
"""
NO_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
UNKNOWN_LOCALE = {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.ISO-8859-9"}
NO_HOME = {"HOME": "/nonexistent", "TMPDIR": "/nonexistent", "XDG_DATA_HOME": "", "XDG_CACHE_HOME": ""}
HOME_IS_A_FILE = {"HOME": "/dev/null", "TMPDIR": "/dev/null"}
ODD: dict[str, dict[str, str]] = {
    "no locale, no home": NO_LOCALE | NO_HOME,
    "an unknown locale, a home that is a file": UNKNOWN_LOCALE | HOME_IS_A_FILE,
    "a terminal of few characters": {"PYTHONIOENCODING": "latin-1"},
}
"""Two at a time, as each process loads everything."""


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_environment_changes_nothing(tmp_path: Path, odd: str) -> None:
    """Nor does a working folder with an odd name that was deleted."""
    wire = tmp_path / "näws 日.json"
    text = "The ferry “Ærø” 🚢 sails from Varnholm on Monday."
    wire.write_text(json.dumps({"uri": "urn:x:1", "headline": "Ferry “Ærø” 🚢 sails", "body_text": text}))
    folder = tmp_path / "with spaces ü 日"
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "LC_", "LANG"))}

    folder.mkdir()
    ended = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", sys.executable, "-c", FOR_PROGRAMS_AND_PEOPLE, str(wire)],
        capture_output=True, check=False, timeout=PATIENCE, cwd=folder, env=variables | {"PYTHONPATH": str(ROOT)} | ODD[odd],
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr.decode(errors="replace")
    row, _, shown = ended.stdout.partition(b"\n")
    assert json.loads(row)["document"]["body"]["body"] == text
    assert b"Varnholm" in shown
    assert ("🚢".encode() in shown) is odd.startswith("an unknown locale")
