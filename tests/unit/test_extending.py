"""docs/extending.md is true: its examples, applied to a copy of the code, work.

The examples change modules that are loaded once, so they are checked in a process of their own:
`python -m tests.unit.test_extending`, run inside the copy.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT
from tests.support.waiting import PATIENCE

DOCUMENT = "docs/extending.md"
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^#### `(?P<path>[^`]+)`$|^```(?P<kind>python|diff)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| \[(?:an? )(?P<name>[^\]]+)\].*? \| (?P<new>\d+) \| (?P<changed>\d+) \|", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A new file, or changes to one that is there."""

    path: str
    kind: str
    text: str


def examples() -> dict[str, list[Block]]:
    """The document's blocks by section (`enricher`, `article field`, …), in its order."""
    _, *parts = SECTION.split((ROOT / DOCUMENT).read_text())
    found = {}
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        found[title.split(maxsplit=1)[1]] = list(_blocks(body))
    return found


def _blocks(section: str) -> Iterator[Block]:
    path = None
    for match in BLOCK.finditer(section):
        path = match["path"] or path
        if match["kind"]:
            assert path is not None, "a block without a file name as its heading"
            yield Block(path, match["kind"], match["text"])


def apply(block: Block, folder: Path) -> None:
    """Write the new file, or make the change: what it removes and leaves has to be there, exactly once."""
    path = folder / block.path
    if block.kind == "python":
        assert not path.exists(), f"{block.path} is there already"
        path.write_text(block.text)
        return
    lines = block.text.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    text = path.read_text()
    assert text.count(before) == 1, (
        f"{DOCUMENT} changes lines of {block.path} that are there {text.count(before)} times"
    )
    path.write_text(text.replace(before, after))


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code with every example applied, and the schemas exported."""
    folder = tmp_path_factory.mktemp("extended")
    for part in ("pipeline", "schemas", "flows", "tests"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for blocks in examples().values():
        for block in blocks:
            apply(block, folder)
    _run(folder, "-m", "pipeline.cli", "schemas", "export")
    return folder


@pytest.fixture(scope="module")
def failures(extended: Path) -> dict[str, str]:
    """The traceback of each check that fails in the copy."""
    last = _run(extended, "-m", "tests.unit.test_extending").splitlines()[-1]
    found: dict[str, str] = json.loads(last)
    return found


def _run(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_table_counts_the_files_of_each_example() -> None:
    wanted = {
        row["name"]: (int(row["new"]), int(row["changed"])) for row in ROW.finditer((ROOT / DOCUMENT).read_text())
    }
    found = {}
    for name, blocks in examples().items():
        new = {block.path for block in blocks if block.kind == "python"}
        found[name] = len(new), len({block.path for block in blocks} - new)
    assert found == wanted
    assert list(wanted) == list(CHECKS)


def test_the_examples_are_written_like_the_code(extended: Path) -> None:
    paths = sorted({block.path for blocks in examples().values() for block in blocks})
    _run(extended, "-m", "ruff", "check", *paths)
    _run(extended, "-m", "ruff", "format", "--check", *paths)


@pytest.mark.parametrize("name", ["enricher", "format", "article field", "stage", "sink", "flow", "command"])
def test_the_example_works(failures: dict[str, str], name: str) -> None:
    assert name not in failures, failures[name]


WIRE = b"""TINYWIRE/1
ID: tiny:4711
HEAD: Who pays for the harbour?
BY: By Ann Smith
DATE: 2026-03-01T12:00:00Z
EDITION:  Late  city

Dockers walked out on Monday. "Why now?" asked the mayor.
Nobody knows??
"""


def _document(content: bytes) -> dict[str, Any]:
    """What Elasticsearch would get of an item, through every step."""
    from pipeline.formats.items import Item
    from pipeline.ingest.events import Hints
    from pipeline.ingest.intake import read_item
    from pipeline.operations.preview import preview_item
    from pipeline.settings import Settings

    current = Settings(_env_file=None)
    (row,) = preview_item(read_item(Item(content, "test"), Hints(), current), current)
    body: dict[str, Any] = row["document"]["body"]
    return body


def _mapped(index: str) -> dict[str, Any]:
    from pipeline.topics import CONTRACTS
    from schemas import generate, mappings

    assert generate.check(CONTRACTS) == [], "what was exported is what the models make"
    template = json.loads((mappings.FOLDER / f"mappings-{index}.json").read_text())
    properties: dict[str, Any] = template["template"]["mappings"]["properties"]
    return properties


def check_enricher() -> None:
    assert _document(WIRE)["questions"] == 3
    assert "missing" not in _document(WIRE)
    assert _mapped("articles")["questions"] == {"type": "integer"} == _mapped("history")["questions"]
    from pipeline.settings import Settings
    from pipeline.stages import enrich

    enrich.choices(Settings(_env_file=None, enrichers_off=frozenset({"questions"})))


def check_format() -> None:
    from pipeline.formats.items import Item
    from pipeline.ingest.events import Hints
    from pipeline.ingest.intake import read_item
    from pipeline.settings import Settings

    read = read_item(Item(WIRE, "test"), Hints(provider="tiny"), Settings(_env_file=None))
    (event,) = read.events
    assert (read.kind, read.reject) == ("tinywire", None)
    assert (event.data.headline, len(event.data.paragraphs)) == ("Who pays for the harbour?", 2)  # type: ignore[union-attr]
    assert [claim.value for claim in event.data.claims] == ["tiny:4711"]
    refused = read_item(Item(b"TINYWIRE/1\nID: 1\n\nText.", "test"), Hints(), Settings(_env_file=None))
    assert str(refused.reject) == "invalid: these headers are missing: HEAD"


def check_field() -> None:
    from pipeline.operations.history import difference
    from schemas.patch import PATCHABLE

    assert _document(WIRE)["edition"] == "Late city"
    assert _mapped("articles")["edition"]["type"] == "keyword" == _mapped("history")["edition"]["type"]
    assert "edition" in PATCHABLE
    assert "+ edition: Late city" in difference({"body": "One."}, {"body": "One.", "edition": "Late city"})


def check_stage() -> None:
    from pipeline.settings import Settings
    from pipeline.topics import ARTICLES_RAW, DEAD_LETTERS
    from pipeline.topology import topics, worker_stages
    from tests.support.broker import Broker, run_to_the_end
    from tests.support.builders import raw_article

    def volumes(form: str, deaths: list[int]) -> dict[str, int]:
        broker = Broker(Settings(_env_file=None, stages=form, partitions=3))
        for n, at in enumerate([0, 1, 59, 61]):
            broker.append(ARTICLES_RAW.record(raw_article(f"a{n}", at=at)))
        broker.append(ARTICLES_RAW.record(raw_article("a0", at=5, text="Again.")))
        run_to_the_end(broker, worker_stages(broker.settings), deaths)
        assert not broker.records(DEAD_LETTERS)
        (topic,) = [one for one in topics(broker.settings) if one.name == "volumes"]
        return {(one.key or b"").decode(): json.loads(one.value or b"")["articles"] for one in broker.records(topic)}

    expected = {"herald.example/2026-03-01T12": 3, "herald.example/2026-03-01T13": 1}
    assert volumes("apart", []) == expected
    for moment in range(0, 120, 12):
        assert volumes("chained", [moment]) == expected, moment


def check_sink() -> None:
    import tempfile

    from pipeline.settings import Settings
    from pipeline.sinks import loop as loops
    from tests.support.consumer import MemoryConsumer, MemoryProducer

    ndjson: Any = import_module("pipeline.sinks.ndjson")
    volume: Any = import_module("schemas.volume")
    topics: Any = import_module("pipeline.topics")
    current = Settings(_env_file=None)
    one = volume.Volume(publisher="herald.example", hour="2026-03-01T12:00:00Z", articles=3)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "volumes.ndjson"
        loop = loops.SinkLoop(current, ndjson.ARCHIVE, ndjson.NdjsonSink(path))
        seen: list[str] = []
        good = topics.VOLUMES.record(one)
        batches = [[topics.encode(one), b"garbage"], [topics.encode(one)]]
        consumer = MemoryConsumer(seen, "volumes", batches, loop.stop, key=good.key)
        producer = MemoryProducer(seen)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loops, "ensure_topics", lambda settings: None)
            patch.setattr(loops, "warn_of_strangers", lambda settings, group: None)
            patch.setattr(loops, "consumer", lambda *_, **__: consumer)
            patch.setattr(loops, "producer", lambda *_, **__: producer)
            loop.run()
        rows = [json.loads(row) for row in path.read_text().splitlines()]
    assert rows == [{"publisher": "herald.example", "hour": "2026-03-01T12:00:00Z", "articles": 3}] * 2
    assert seen == ["send dead-letters", "commit 2", "commit 3", "leave"]
    from pipeline.cli import build

    shown = CliRunner().invoke(build("archive"), ["archive", "--help"])
    assert shown.exit_code == 0, shown.output


def check_flow() -> None:
    from prefect.logging import disable_run_logger

    from flows.serve import deployment, find_flows
    from pipeline.operations import status

    found = {served.flow.name: served for served in find_flows()}
    assert "show-lag" in found
    deployed = deployment(found["show-lag"])
    assert (deployed.name, deployed.concurrency_limit) == ("show-lag", 1)
    (schedule,) = deployed.schedules
    assert schedule.schedule.interval == timedelta(minutes=5)
    with pytest.MonkeyPatch.context() as patch, disable_run_logger():
        patch.setattr(status, "lags", lambda settings: {"revise": 7})
        assert found["show-lag"].flow.fn() == {"revise": 7}


def check_command() -> None:
    from pipeline.cli import COMMANDS, build

    assert COMMANDS[-1] == "hello"
    assert CliRunner().invoke(build("hello"), ["hello", "Ann"]).stdout == "Hello, Ann.\n"
    shown = CliRunner().invoke(build(), ["hello", "--json"])
    assert json.loads(shown.stdout) == {"hello": "newsroom"}


CHECKS: dict[str, Callable[[], None]] = {
    "enricher": check_enricher,
    "format": check_format,
    "article field": check_field,
    "stage": check_stage,
    "sink": check_sink,
    "flow": check_flow,
    "command": check_command,
}


def _failures() -> dict[str, str]:
    found = {}
    for name, check in CHECKS.items():
        try:
            check()
        except Exception:  # the test of its name fails with it
            found[name] = traceback.format_exc()
    return found


if __name__ == "__main__":
    print(json.dumps(_failures()))
