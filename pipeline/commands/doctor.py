"""dateline doctor: is the set-up right?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from pipeline.commands.options import AsJson
from pipeline.commands.shared import Exit, configured, err, out, print_json, reports, settings
from pipeline.commands.tables import table

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from schemas.checkup import Check, Checkup

_MARKS = {
    "ok": ("ok", "green"),
    "advice": ("advice", "cyan"),
    "wrong": ("WRONG", "bold red"),
    "unknown": ("?", "yellow"),
}


@reports
def doctor(
    json: AsJson = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of --json instead.")] = False,
) -> None:
    """Is the set-up right? Versions, Java, disks, limits, clocks, settings that contradict, topics, indices, rights.

    Each with what to do. Nothing is changed. The exit code is 3 where something is wrong, and 1 where nothing is, and
    something could not be looked at.
    """
    if schema:
        from schemas.checkup import Checkup

        print_json(Checkup.model_json_schema())
        return
    from pipeline.operations.doctor import checkup

    with err.status("Looking"):
        found = checkup(_checks())
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        _show(found)
    if not found.ok or found.unseen:
        raise typer.Exit(Exit.REFUSED if found.ok else Exit.FAILED)


def _checks() -> Iterator[Check]:
    from pipeline.operations import doctor as machine
    from pipeline.operations import doctor_engines as engines
    from pipeline.process.folders import data_folder, download_folder

    own = configured()
    local = not (own.kafka_servers and own.elasticsearch_url)
    current = settings()
    yield from machine.of_versions()
    if local:
        yield _java(own)
        yield machine.of_memory(own.elasticsearch_heap, _text("/proc/meminfo") or "")
        yield machine.of_disk(download_folder(own), "the downloaded engines")
    yield machine.of_disk(data_folder(own), "the workers' state" + (" and the local engines" if local else ""))
    yield from machine.of_limits(local=local)
    yield from machine.of_file(Path(".env"))
    yield from machine.of_variables(os.environ, _text(".env"))
    yield from machine.of_settings(own)
    yield from engines.of_kafka(current)
    yield from engines.of_elasticsearch(current)


def _java(own: Settings) -> Check:
    from pipeline.local.java import MIN_VERSION, installed_java
    from pipeline.operations.doctor import advice, ok
    from pipeline.process.folders import download_folder

    home, others = installed_java(download_folder(own))
    if home is not None:
        return ok("java", str(home))
    seen = f" ({'; '.join(others)})" if others else ""
    return advice(
        "java",
        f"no Java {MIN_VERSION} or later is here{seen}",
        "dateline local up fetches one (200 MB), or install openjdk-21-jre-headless",
    )


def _show(found: Checkup) -> None:
    out.print(summary(found))
    out.print()
    rows = table("", "area", "what", "what to do")
    order = {"wrong": 0, "advice": 1, "unknown": 2, "ok": 3}
    for one in sorted(found.checks, key=lambda one: order[one.state.value]):
        rows.add_row(Text(*_MARKS[one.state.value]), one.area, one.what, one.advice)
    out.print(rows)


def summary(found: Checkup) -> Text:
    """The first line."""
    wrong = sum(one.state.value == "wrong" for one in found.checks)
    unseen = f"{found.unseen} could not be looked at." if found.unseen else ""
    if not found.ok:
        return Text(f"{wrong} thing{' is' if wrong == 1 else 's are'} wrong. {unseen}".rstrip(), "bold red")
    if unseen:
        return Text(f"Nothing wrong was found; {unseen}", "yellow")
    return Text("The set-up is right.", "green")


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return None
