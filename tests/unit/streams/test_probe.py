"""The other process, which finds the records that a process dies of."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from pipeline.stages.enrich.events import ARTICLE_ENRICHERS, COMMENT_ENRICHERS
from pipeline.streams import probe
from pipeline.topics import ARTICLES_RAW, ConsumedRecord
from tests.support.waiting import PATIENCE, until
from tests.unit.streams.records import REVISE, record

NO_MODELS = json.dumps([*ARTICLE_ENRICHERS, *COMMENT_ENRICHERS])
"""Enrichers that are off in the other process of a test: loading what they need takes seconds."""


def test_the_other_process_does_not_outlive_this_one(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        f"""
import os, time
from pipeline.stages import normalize
def hangs(event):
    with open({str(tmp_path / "made")!r}, "w") as note:
        note.write(str(os.getpid()))
    os.rename({str(tmp_path / "made")!r}, {str(tmp_path / "child")!r})
    time.sleep(3600)
normalize.normalize_article = hangs
"""
    )
    code = """
import asyncio
from pipeline.streams import probe
from tests.unit.streams.records import REVISE, record
asyncio.run(probe.deadly(REVISE, [record(1)]))
"""
    root = str(Path(__file__).parents[3])
    paths = os.pathsep.join([str(tmp_path), root])
    environment = os.environ | {"PYTHONPATH": paths, "DATELINE_ENRICHERS_OFF": NO_MODELS}
    parent = subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=root)
    until(lambda: (tmp_path / "child").exists() or parent.poll() is not None)
    child = psutil.Process(int((tmp_path / "child").read_text()))
    parent.kill()
    parent.wait()
    try:
        until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, psutil.NoSuchProcess)
    finally:
        with suppress(psutil.NoSuchProcess):
            child.kill()


def test_another_process_finds_the_record_that_is_deadly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real other process; the fault is put into it by Python's own hook for site customisation."""
    (tmp_path / "sitecustomize.py").write_text(
        """
import os, time
from pipeline.stages import normalize
known = normalize.normalize_article
def dies(event):
    text = str(event.data.paragraphs)
    if "segfault" in text:
        os.abort()
    if "for ever" in text:
        time.sleep(3600)
    if "raises" in text:
        raise KeyError("no death")
    return known(event)
normalize.normalize_article = dies
"""
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(Path(__file__).parents[3])]))
    monkeypatch.setenv("DATELINE_ENRICHERS_OFF", NO_MODELS)
    monkeypatch.setattr(probe, "SECONDS", 15.0)
    monkeypatch.setattr(probe, "STARTING", PATIENCE)
    texts = ["Text.", "segfault", "raises", "for ever", "Text."]
    records = [record(n, text) for n, text in enumerate(texts)]
    garbage = ConsumedRecord(ARTICLES_RAW, 0, 9, b"x", b"\xff")
    assert asyncio.run(probe.deadly(REVISE, [*records, garbage])) == {1, 3}


def test_where_the_other_process_cannot_start_nothing_is_isolated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os\nos._exit(3)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert asyncio.run(probe.deadly(REVISE, [record(1)])) == set()
