from __future__ import annotations

import json
from typing import Any

from pipeline.ingest import submissions
from pipeline.ingest.intake import Read
from pipeline.push import items
from pipeline.settings import Settings

SETTINGS = Settings(_env_file=None)


def story(own: str, **more: Any) -> dict[str, Any]:
    return {"uri": own, "headline": f"Head {own}", "body_text": "One.\n\nTwo."} | more


def read(body: Any, provider: str = "wire") -> Read:
    return submissions.read_push(json.dumps(body).encode(), "application/json", provider, None, SETTINGS)


def test_a_story_has_the_same_id_by_its_own_id_in_a_push_and_in_a_path() -> None:
    pushed = read(story("urn:1")).events[0].data.article_id
    found = items.claims_of("urn:1", "wire", SETTINGS)
    assert found is not None
    assert found[0] == pushed
    assert items.claims_of(str(pushed), "wire", SETTINGS) is None, "an article id doesn't show its provider"
