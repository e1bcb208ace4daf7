from __future__ import annotations

from pipeline.index.families import FAMILIES
from pipeline.index.templates import index_template
from pipeline.topology import INDEX
from tests.support.memory import settings_with


def test_every_topic_of_the_index_has_a_family_and_readers_see_no_twin() -> None:
    assert {family.topic for family in FAMILIES} == set(INDEX.reads)
    assert {family.name for family in FAMILIES if family.hidden} == {"articles", "comments"}


def test_only_what_readers_wait_for_is_refreshed_unasked() -> None:
    made = {family.name: index_template(family, settings_with(), "analysis-core") for family in FAMILIES}
    each = {name: template["template"]["settings"]["index"].get("refresh_interval") for name, template in made.items()}
    assert {name: interval for name, interval in each.items() if interval is not None} == {
        "articles": "1s", "comments": "1s", "redirects": "1s", "trends": "5s",
    }  # fmt: skip
