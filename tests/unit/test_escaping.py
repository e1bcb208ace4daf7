"""What is shown of outside text: on terminals, in logs, in Prefect's Markdown."""

from __future__ import annotations

import io
import json
import logging

import pytest
from markdown_it import MarkdownIt
from rich.table import Table
from rich.text import Text

from pipeline import logs
from pipeline.commands import shared
from pipeline.commands.shared import PlainConsole
from pipeline.escaping import code_span, printable, printable_json

EVIL = "a\x1b]0;title\x07b\x1b[2Jc\x9b31md\x7f\r[red]e[/] :bomb: \u202egnp.exe\u2069"
SHOWN = "a]0;titleb[2Jc31md[red]e[/] :bomb: gnp.exe"


def shown(*renderables: object, colours: bool = False) -> str:
    console = PlainConsole()
    console.file, console._width = io.StringIO(), 200
    if colours:
        console._color_system = PlainConsole.__mro__[1](force_terminal=True, color_system="standard")._color_system
    for one in renderables:
        console.print(one)
    return console.file.getvalue()


def test_a_terminal_shows_outside_text_as_it_is_and_does_nothing_of_it() -> None:
    table = Table("headline", box=None)
    table.add_row(EVIL)
    assert shown(EVIL).rstrip("\n") == SHOWN
    assert shown(Text(EVIL)).rstrip("\n") == SHOWN
    assert SHOWN in shown(table)
    assert shown("[/nothing] [link=http://evil.example]x[/link]").startswith("[/nothing] [link="), "and no error"
    assert "\x1b[31m" in shown(Text("red", "red"), colours=True), "our own styles are there"
    assert "one\ttwo\n" in printable("one\ttwo\n")


def test_errors_and_json_are_shown_so_too(capsys: pytest.CaptureFixture[str]) -> None:
    shared.print_json({"headline": EVIL})
    text = capsys.readouterr().out
    assert json.loads(text) == {"headline": EVIL}, "nothing of it is lost"
    assert printable(text) == text
    assert json.loads(printable_json(json.dumps(EVIL, ensure_ascii=False))) == EVIL


@pytest.mark.parametrize("formatter", [logs.Text(), logs.Json()])
def test_a_log_line_is_one_line_and_controls_nothing(formatter: logging.Formatter) -> None:
    line = formatter.format(logging.LogRecord("kafka", logging.WARNING, "", 0, "%s", (EVIL,), None))
    assert printable(line) == line
    assert "[red]e" in line


@pytest.mark.parametrize(
    "text",
    [
        "[x](http://evil.example)",
        "![x](http://evil.example/1.png)",
        "<img src=x onerror=alert(1)>",
        "`` ` <b>x</b>",
        "``",
        "# x\n\n<script>1</script>",
        "https://evil.example/",
        "| a | b |",
        EVIL,
    ],
)
def test_markdown_has_outside_text_as_code(text: str) -> None:
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(f"- {code_span(text)}: and more")
    assert html.count("<code>") == 1
    assert html.replace("<code>", "").replace("</code>", "").count("<") == 4, "a list with one item, and nothing else"
