"""The picture of the flow in README.md is the flow."""

from __future__ import annotations

import pytest

from pipeline.operations.picture import BEGIN, END, as_data, mermaid
from pipeline.settings import Settings
from tests.conftest import ROOT


def test_the_readme_shows_the_flow_as_it_is() -> None:
    shown = (ROOT / "README.md").read_text().partition(BEGIN)[2].partition(END)[0].strip()
    wanted = f"```mermaid\n{mermaid(Settings(_env_file=None))}\n```"
    assert shown == wanted, "put the output of `dateline topology` between the marks in README.md"


@pytest.mark.parametrize(("form", "steps"), [("chained", ["normalize", "enrich", "revise"]), ("apart", ["revise"])])
def test_the_picture_names_every_stage_topic_and_step(form: str, steps: list[str]) -> None:
    settings = Settings(_env_file=None, stages=form)
    data, picture = as_data(settings), mermaid(settings)
    assert next(stage["steps"] for stage in data["stages"] if stage["name"] == "revise") == steps
    for stage in data["stages"]:
        assert f'{stage["name"]}["' in picture
    for topic in data["topics"]:
        assert topic["name"] in picture
