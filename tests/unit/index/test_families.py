from __future__ import annotations

from pipeline.index.families import FAMILIES
from pipeline.topology import INDEX


def test_every_topic_of_the_index_has_a_family_and_readers_see_no_twin() -> None:
    assert {family.topic for family in FAMILIES} == set(INDEX.reads)
    assert {family.name for family in FAMILIES if family.hidden} == {"articles", "comments"}
