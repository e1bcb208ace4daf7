"""The contracts: checked in as generated, kept compatible, and CloudEvents as the specification has them."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest

from pipeline.topics import CONTRACTS
from schemas.event import CloudEvent
from schemas.events import RawArticleEvent
from schemas.generate import Schema, breaks, check, generated
from tests.conftest import SHARED
from tests.support.builders import raw_article, raw_comment

CLOUDEVENTS = SHARED / "cloudevents"


@pytest.fixture(scope="module")
def schemas() -> dict[str, Schema]:
    """As the models make them: it takes a second."""
    return generated(CONTRACTS)


@pytest.fixture(scope="module")
def raw(schemas: dict[str, Schema]) -> Schema:
    """Of a raw article."""
    return schemas["article.raw.v1"]


def test_the_checked_in_schemas_are_the_models() -> None:
    assert check(CONTRACTS) == []


def test_our_events_fit_their_schemas(schemas: dict[str, Schema]) -> None:
    jsonschema.validate(json.loads(raw_article("a").to_json()), schemas["article.raw.v1"])
    jsonschema.validate(json.loads(raw_comment("a", 1).to_json()), schemas["comment.raw.v1"])
    assert set(schemas) == set(CONTRACTS)


def _change(raw: Schema, path: tuple[str, ...], value: Any) -> Schema:
    schema = copy.deepcopy(raw)
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
        (
            ("$defs", "ReceivedArticle", "properties", "headline", "type"),
            "integer",
            "headline: no longer accepts string",
        ),
        (("$defs", "EventType", "enum"), ["article.published"], "no longer accepts"),
    ],
)
def test_a_change_that_breaks_older_readers_is_refused(
    raw: Schema, path: tuple[str, ...], value: Any, fault: str
) -> None:
    assert any(fault in one for one in breaks(raw, _change(raw, path, value)))


def test_a_compatible_change_is_not(raw: Schema) -> None:
    wider = _change(raw, ("$defs", "ReceivedArticle", "properties", "mood"), {"type": "string"})
    assert breaks(raw, wider) == []


def _union(*members: dict[str, Any]) -> dict[str, Any]:
    """A record whose `data` is one of these: those with a title stand in $defs, as the models write them."""
    defs = {one["title"]: one for one in members if "title" in one}
    options = [{"$ref": f"#/$defs/{one['title']}"} if "title" in one else one for one in members]
    return {"type": "object", "properties": {"data": {"anyOf": options}}, "$defs": defs}


def _kind(kind: str, **more: Any) -> dict[str, Any]:
    properties = {"kind": {"const": kind, "type": "string"}, "text": {"type": "string", **more}}
    return {"title": kind.title(), "type": "object", "properties": properties}


_NULL, _LINE = {"type": "null"}, {"type": "string", "maxLength": 100}
_UNNAMED = {"title": "Place", "type": "object", "properties": {"name": {"type": "string"}}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_union(_kind("article"), _NULL), _union(_kind("article"), _kind("patch"), _NULL)),
        (_union(_kind("article"), _kind("notice")), _union(_kind("patch", maxLength=5), _kind("notice"), _kind("article"))),
        (_union(_LINE, _NULL), _union(_NULL, {"type": "integer", "maximum": 3}, _LINE)),
        (_union(_UNNAMED, _NULL), _union(_kind("patch"), _UNNAMED, _NULL)),
        (_union(_UNNAMED, _NULL), _union(_UNNAMED | {"title": "Renamed"}, _NULL)),
        (_union(_LINE), _union(_LINE, {"type": "string", "maxLength": 5})),
        ({"type": "object", "properties": {"data": _LINE}}, _union(_NULL, _LINE)),
    ],
)  # fmt: skip
def test_a_member_more_in_a_union_is_compatible(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert breaks(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (_union(_kind("article"), _kind("notice"), _NULL), _union(_kind("article"), _NULL), "no longer accepts kind notice"),
        (_union(_kind("article"), _kind("notice")), _union(_kind("article"), _kind("patch")), "no longer accepts kind notice"),
        (_union(_kind("article"), _NULL), _union(_kind("article")), "no longer accepts null"),
        (_union(_UNNAMED, _kind("article")), _union(_kind("article")), "no longer accepts Place"),
        (_union(_kind("article"), _kind("notice")), _union(_kind("article"), _kind("patch"), _kind("notice", maxLength=5)), "kind notice.text: maxLength is narrower"),
        (_union(_LINE, _NULL), _union({"type": "integer"}, _NULL, _LINE | {"maxLength": 5}), "string: maxLength is narrower"),
        ({"type": "object", "properties": {"data": _LINE}}, _union(_NULL, _LINE | {"maxLength": 5}), "string: maxLength is narrower"),
        (_kind("article"), _kind("patch"), "kind: no longer accepts article"),
        (_union(_LINE, _NULL), _union(_LINE | {"enum": ["a"]}, _NULL), "string: accepts only a"),
    ],
)  # fmt: skip
def test_a_member_that_is_gone_or_narrower_is_found_wherever_it_stands(
    old: dict[str, Any], new: dict[str, Any], fault: str
) -> None:
    assert [one for one in breaks(old, new) if one.endswith(fault)], breaks(old, new)


def test_a_kind_that_one_of_our_models_loses_is_found(raw: Schema) -> None:
    new = _change(raw, ("properties", "data", "oneOf"), [{"$ref": "#/$defs/ReceivedArticle"}])
    assert breaks(raw, new) == [
        f"event.data: no longer accepts kind {one}" for one in ("patch", "reinstatement", "withdrawal")
    ]
    less = _change(raw, ("$defs", "Notice", "properties", "kind", "enum"), ["withdrawal"])
    assert breaks(raw, less) == ["event.data: no longer accepts kind reinstatement"]


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
