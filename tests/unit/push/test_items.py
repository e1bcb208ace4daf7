from __future__ import annotations

from pipeline.push import items
from pipeline.settings import Settings
from tests.support.samples import ninjs, push

SETTINGS = Settings(_env_file=None)


def test_a_story_has_the_same_id_by_its_own_id_in_a_push_and_in_a_path() -> None:
    pushed = push(ninjs("urn:1")).events[0].data.article_id
    found = items.claims_of("urn:1", "wire", SETTINGS)
    assert found is not None
    assert found[0] == pushed
    assert items.claims_of(str(pushed), "wire", SETTINGS) is None, "an article id doesn't show its provider"
