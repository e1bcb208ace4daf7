"""The contracts: checked in as generated, kept compatible, and CloudEvents as the specification has them."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest

from schemas.event import CloudEvent
from schemas.events import RawArticleEvent
from schemas.generate import MODELS, breaks, check, generated
from tests.conftest import SHARED
from tests.send import raw_article, raw_comment

CLOUDEVENTS = SHARED / "cloudevents"


def test_the_checked_in_schemas_are_the_models() -> None:
    assert check() == []


def test_our_events_fit_their_schemas() -> None:
    schemas = generated()
    jsonschema.validate(json.loads(raw_article("a").to_json()), schemas["article.raw.v1"])
    jsonschema.validate(json.loads(raw_comment("a", 1).to_json()), schemas["comment.raw.v1"])
    assert set(schemas) == set(MODELS)


def _change(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    schema = copy.deepcopy(generated()["article.raw.v1"])
    place = schema
    for part in path[:-1]:
        place = place[part]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return schema


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (
            ("$defs", "ReceivedArticle", "required"),
            ["article_id", "provider", "publisher", "claims", "headline", "section"],
            "section: newly required",
        ),
        (("$defs", "ReceivedArticle", "properties", "byline"), None, "byline: gone"),
        (("$defs", "ReceivedArticle", "properties", "headline", "maxLength"), 10, "headline: maxLength is narrower"),
        (("$defs", "ReceivedArticle", "properties", "headline", "type"), "integer", "headline: no longer takes string"),
        (("$defs", "EventType", "enum"), ["article.published"], "no longer takes"),
    ],
)
def test_a_change_that_breaks_older_readers_is_refused(path: tuple[str, ...], value: Any, fault: str) -> None:
    assert any(fault in one for one in breaks(generated()["article.raw.v1"], _change(path, value)))


def test_a_compatible_change_is_not() -> None:
    wider = _change(("$defs", "ReceivedArticle", "properties", "mood"), {"type": "string"})
    assert breaks(generated()["article.raw.v1"], wider) == []


def test_an_event_whose_type_and_data_disagree_is_refused() -> None:
    event = json.loads(raw_article("a").to_json())
    with pytest.raises(ValueError, match="carries data of kind"):
        RawArticleEvent.model_validate_json(json.dumps(event | {"type": "article.withdrawn"}))


@pytest.mark.skipif(not CLOUDEVENTS.is_dir(), reason="the specification's examples are not beside this checkout")
def test_cloudevents_examples_round_trip_unchanged() -> None:
    paths = sorted(CLOUDEVENTS.glob("json-format-example-*.json"))
    loaded = [json.loads(path.read_text()) for path in paths]
    # an array is the batch format: no events, or several
    examples = [event for one in loaded for event in (one if isinstance(one, list) else [one])]
    assert len(examples) >= 3
    for example in examples:
        again = json.loads(CloudEvent.model_validate(example).model_dump_json(exclude_unset=True))
        assert again == example
