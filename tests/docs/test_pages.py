"""The documentation: what is generated is current, what it tells one to type exists, and the site is whole and asks nobody."""

from __future__ import annotations

import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from pipeline.cli import build
from tests.conftest import ROOT
from tests.support.waiting import PATIENCE

PAGES = sorted(path for path in (*(ROOT / "docs").rglob("*.md"), ROOT / "README.md") if path.name != "changelog.md")
REFERENCE = runpy.run_path(str(ROOT / "scripts/reference.py"))
GENERATED: dict[str, Callable[[], str]] = REFERENCE["PAGES"]
_START = re.compile(r"^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\.venv/bin/|docker compose run --rm )?dateline (?!.*\.\.\.)")
_ENDS = {"|", ">", "&&", ";", "#", "&"}


@pytest.mark.parametrize("name", GENERATED)
def test_a_page_that_is_made_from_the_code_is_current(name: str) -> None:
    assert (ROOT / "docs/reference" / name).read_text() == GENERATED[name](), "run make reference"


def test_there_are_no_other_pages_of_reference_and_each_says_something() -> None:
    assert {path.name for path in (ROOT / "docs/reference").iterdir()} == set(GENERATED)
    for row in GENERATED["settings.md"]().splitlines():
        assert not re.search(r"^\| `DATELINE_.*\|\s*\|$", row), f"no docstring: {row}"


@cache
def root() -> Any:
    return get_command(build())


def typed(text: str) -> Iterator[str]:
    """The commands of ours that a page tells one to type, in blocks and in the text."""
    blocks = re.findall(r"^```(?:sh|bash|console|text)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rows = [row for block in blocks for row in block.replace("\\\n", " ").splitlines()]
    inline = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    for row in (*rows, *inline):
        if _START.match(row.strip()):
            yield row.strip()


def problem(row: str) -> str | None:
    """What is wrong with a command: a word or an option that there isn't."""
    try:
        words = shlex.split(row.replace("…", "X"), comments=True)
    except ValueError as e:
        return str(e)
    words = words[words.index(next(word for word in words if word.endswith("dateline"))) + 1 :]
    command = root()
    while hasattr(command, "commands"):
        if not words or words[0].startswith(("-", "(", "<")) or not re.fullmatch(r"[a-z][a-z-]*,?", words[0]):
            return None  # the command as a whole, or a placeholder
        name = words.pop(0).rstrip(",")
        if name not in command.commands:
            return f"there is no {name!r}"
        command = command.commands[name]
    options = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
    for word in words:
        if word in _ENDS:
            break
        if word.startswith("--") and word.partition("=")[0].rstrip(",)") not in options:
            return f"no option {word}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_command_of_the_page_exists(page: Path) -> None:
    assert {row: found for row in typed(page.read_text()) if (found := problem(row))} == {}


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("dateline kill ID --reason \"x\"", False),
        ("docker compose run --rm dateline search \"a | b\" --since '3 days ago'", False),
        ("dateline feeds add https://news.example/a --full-text && echo done --anything", False),
        ("dateline kil ID", True),
        ("dateline feeds ad URL", True),
        ("dateline kill ID --reson x", True),
        ("DATELINE_NAMESPACE=a .venv/bin/dateline status --jsn", True),
    ],
)  # fmt: skip
def test_what_the_check_would_find(row: str, wrong: bool) -> None:
    assert list(typed(f"```sh\n{row}\n```")) == list(typed(f"type `{row}`")) == [row]
    assert bool(problem(row)) == wrong


def test_there_are_tasks_for_everybody() -> None:
    tasks = {path.stem: re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE) for path in (ROOT / "docs/howto").iterdir()}  # fmt: skip
    assert set(tasks) == {"wire-desk", "front-end", "operator"}
    assert len(tasks["operator"]) >= 20
    assert all(len(found) == len(set(found)) >= 10 for found in tasks.values())


def test_make_has_the_targets_that_pages_name() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"(?:^|`)make ([a-z]+)\b", page.read_text(), re.MULTILINE))
        assert named <= targets, page.name


class _Loads(HTMLParser):
    """What a page makes a browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag != "a" and not (tag == "link" and values.get("rel") in ("canonical", "prev", "next")):
            self.found += [value for name in ("src", "href", "srcset", "data") if (value := values.get(name))]


def test_the_site_is_whole_and_asks_no_other_host(tmp_path: Path) -> None:
    """Links and anchors lead somewhere, and every page is in the menu: mkdocs warns otherwise, and --strict makes that fail."""
    ran = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 25
    for page in pages:
        loads = _Loads()
        loads.feed(page.read_text())
        assert [url for url in loads.found if re.match(r"(https?:)?//", url)] == [], page.name
    for sheet in tmp_path.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", sheet.read_text()), sheet.name
