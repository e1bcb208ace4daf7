"""Enrichers by their labelled sets, and by the reference page."""

from __future__ import annotations

import pytest

from benchmarks.enrichment import scores
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_items
from pipeline.operations.preview import preview_item
from pipeline.settings import Settings
from tests.conftest import SHARED

SETTINGS = Settings(_env_file=None)
PAGE = SHARED / "page" / "nagorno-karabakh.txt"
LEAST = {"language": 0.95, "people": 0.9, "places": 0.9, "quotations": 0.95, "speakers": 0.9, "figures": 0.9, "claimants": 0.85, "unverified": 0.9, "moderation": 0.95, "stories": 0.8}  # fmt: skip


def test_no_enricher_is_worse_on_its_labelled_set_than_the_docs_say() -> None:
    found = {name: round(score.f1, 2) for name, score in scores().items()}
    assert {name: f1 for name, f1 in found.items() if f1 < LEAST[name]} == {}


@pytest.mark.skipif(not PAGE.is_file(), reason="the reference page is not beside this checkout")
def test_the_reference_page() -> None:
    (read,) = read_items(str(PAGE), Hints(), SETTINGS)
    article, *comments = preview_item(read, SETTINGS)
    made = article["enriched"]["enrichment"]
    assert (made["language"], made["direction"]) == ("en", "ltr")
    on_the_map = {one["name"] for one in made["entities"] if one.get("latitude") is not None}
    assert {"Stepanakert", "Yerevan", "Baku", "Shusha", "Yevlakh"} <= on_the_map
    roles = {one["name"]: one.get("role") for one in made["entities"] if one["kind"] == "person"}
    assert roles["Nikol Pashinyan"] == "Armenian Prime Minister"
    assert roles["John Kirby"] == "U.S. national security spokesman"
    for name, office in {
        "Ilham Aliyev": "President",
        "Emmanuel Macron": "President",
        "Hikmet Hajiyev": "aide",
        "Gegham Stepanyan": "ombudsman",
    }.items():
        assert office in (roles[name] or "")
    killed = next(one for one in made["figures"] if one["value"] == 200)
    assert (killed["qualifier"], killed["what"], killed["claimed_by"], killed["unverified"]) == (
        "at least", "individuals perished", "Gegham Stepanyan", True,
    )  # fmt: skip
    assert ("deep concern", "John Kirby") in {(one["text"], one.get("speaker")) for one in made["quotations"]}
    assert len(comments) == 10
    assert {one["enriched"]["enrichment"]["moderation"]["decision"] for one in comments} == {"approved"}
    assert len(article["document"]["body"]["locations"]) >= 5
