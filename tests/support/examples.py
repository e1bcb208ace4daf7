"""The checks of the examples in docs/extending.md. Run as a module, in a copy of the project that has them, it prints which fail."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

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
