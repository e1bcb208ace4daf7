"""Files and folders as a whole: nothing of them is lost in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.support.artifacts import report as shown
from pipeline.cli import build
from pipeline.errors import Fatal
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_items
from pipeline.settings import Settings
from tests.support.samples import ninjs
from tests.unit.formats.test_exports import post, wxr

SETTINGS = Settings(_env_file=None)
EMPTY = [
    '<rss version="2.0"><channel><title>W</title><link>https://w.example/</link></channel></rss>', '{"version": "https://jsonfeed.org/version/1.1", "items": []}',
    '{"article": {"id": "a"}, "comments": []}', '{"version": 1, "comments": [], "commenters": []}', wxr(post(status="draft")), "<disqus/>",
]  # fmt: skip


@pytest.mark.parametrize("content", EMPTY)
def test_a_file_with_nothing_in_it_is_no_success(content: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(content)
    (read,) = read_items(str(file), Hints(), SETTINGS)
    assert [reject.reason for reject in read.rejects] == ["no-story"]
    ran = CliRunner().invoke(build("preview"), ["preview", "--json", str(file)])
    assert (ran.exit_code, len(ran.stdout.splitlines())) == (1, 1)


def test_what_is_left_out_is_told_in_a_line_beside_the_report(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(ninjs("1")))
    (tmp_path / "b.xml").write_text(wxr(post(), post(status="draft")))
    for name in ("c.md", "d.md", "e.png", ".hidden.md"):
        (tmp_path / name).write_text("x")
    *reads, last = read_items(str(tmp_path), Hints(), SETTINGS)
    assert [len(read.events) for read in reads] == [1, 1]
    assert (last.left_out, last.events, last.rejects) == (("2 .md, 1 .png",), (), ())
    ran = CliRunner().invoke(build("preview"), ["preview", "--json", str(tmp_path)])
    assert (ran.exit_code, len(ran.stdout.splitlines())) == (0, 2)
    assert "1 draft post (not published)" in ran.stderr
    assert "2 .md, 1 .png" in ran.stderr
    report = shown("f", {}, {"Refused": [], "Left out": [["b.xml", "1 draft post"]]})
    assert "## Left out\n- ` b.xml `: ` 1 draft post `" in report


def test_a_folder_without_items_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="nothing to read"):
        list(read_items(str(tmp_path), Hints(), SETTINGS))
    (tmp_path / "README.md").write_text("x")
    with pytest.raises(Fatal, match=r"left out: 1 \.md"):
        list(read_items(str(tmp_path), Hints(), SETTINGS))
