"""Arbitrary valid events for property tests: every field of a contract at its odd ends, made from its JSON Schema."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from pipeline.identity import comment_id, comment_name
from pipeline.topics import ARTICLES_RAW, COMMENTS_RAW
from schemas.article import Notice, ReceivedArticle
from schemas.base import LARGEST_NUMBER
from schemas.comment import CommentNotice, ReceivedComment
from schemas.event import KINDS_OF_TYPE, EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from schemas.patch import ReceivedPatch
from tests.support.builders import PUBLISHER, id_of

_TEXTS = (
    "", " ", "a", "\x00", "\x1b[31m", "\u202e", "\ufeff", "\u0301" * 40, "<script>alert(1)</script>", "javascript:alert(1)", "](x)",
    "../../x", "a/b", "%s{}{0}", "NaN", "1e999", "１２３", "\n\n\n", "\r", "𝕳𝖊𝖑𝖑𝖔 🏴‍☠️", "ß", "İ", "PARIS (AFP) - ", "By ", "by " * 30,
    "0001-01-01", "9999-12-31T23:59:59-12:00", "1000-01-01T00:00:00Z", "2999-12-31T23:59:59Z", "in 9000 years", "tomorrow", "24:60",
    "99999999999999999999", "-1", "http://[", "https://example.org/\x00", "http://a.example:99999/", "mailto:x@y", "medtop:01000000", "medtop:x",
    "((((((((((", "1.1.1.1.1.1.1", "$€£ 1,000,000,000,000,000.00 per cent", '"' * 50, "“" * 50, "said “said “said", "@" * 60, "a@b.c " * 9,
)  # fmt: skip
_MOMENTS = ("1001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-03-01T12:00:00+14:00", "2109-06-01T00:00:00Z", "2999-12-31T00:00:00Z")  # fmt: skip
_IDS = (*(str(id_of(name)) for name in ("a", "b")), "00000000-0000-0000-0000-000000000000")


def _text(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if schema.get("format") == "uuid":
        return st.sampled_from(_IDS)
    if schema.get("format") == "date-time":
        return st.sampled_from(_MOMENTS)
    if schema.get("format") == "base64":
        return st.just("H4sIAAAAAAAAAwMAAAAAAAAAAAA=")
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    least, most = schema.get("minLength", 0), schema.get("maxLength", 5000)
    ends = [text for text in _TEXTS if least <= len(text) <= most]
    return st.sampled_from([*ends, "x" * min(most, 5000), ("ab " * 2000)[:most]]) | st.text(
        min_size=least, max_size=min(most, 20)
    )


def _of(schema: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _of(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return st.one_of([_of(option, root) for option in schema[union]])
    kind = schema.get("type")
    if kind == "string":
        return _text(schema)
    if kind in ("integer", "number"):
        least, most = schema.get("minimum", -1), schema.get("maximum", LARGEST_NUMBER)
        return st.sampled_from([least, most, min(max(least, 1), most)])
    if kind == "boolean":
        return st.booleans()
    if kind == "null":
        return st.none()
    if kind == "array":
        return st.lists(_of(schema["items"], root), min_size=schema.get("minItems", 0), max_size=3)
    if kind == "object" and "properties" in schema:
        return _object(schema, root, {})
    return st.none()


def _object(
    schema: dict[str, Any], root: dict[str, Any], fixed: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Any]:
    required = set(schema.get("required", ())) | fixed.keys()
    made = {name: fixed[name] if name in fixed else _of(one, root) for name, one in schema["properties"].items()}
    must = {name: one for name, one in made.items() if name in required}
    may = {name: one for name, one in made.items() if name not in required}
    return st.fixed_dictionaries(must, optional=may)


_NAMES = st.sampled_from(["a", "b"])


def _data(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    root = model.model_json_schema()
    fixed: dict[str, st.SearchStrategy[Any]] = {
        "publisher": st.just(PUBLISHER),
        "provider": st.sampled_from(["herald", "x" * 512]),
    }
    if "timezone" in root["properties"]:
        fixed["timezone"] = st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York"])
    if "kind" in root["properties"] and "const" in root["properties"]["kind"]:
        fixed["kind"] = st.just(root["properties"]["kind"]["const"])
    more: st.SearchStrategy[list[dict[str, Any]]] = (
        _of(root["properties"]["claims"], root) if "claims" in root["properties"] else st.just([])
    )

    def about(parts: tuple[dict[str, Any], str, list[dict[str, Any]]]) -> dict[str, Any]:
        """About one of two articles: with its claim first, and others that don't outrank it."""
        made, name, others = parts
        if "claims" in root["properties"]:
            own = {"scheme": "guid", "value": name}
            made["claims"] = [own, *({**one, "scheme": "alias"} for one in others)]
        made["article_id"] = str(id_of(name))
        if "comment_id" in made:  # mostly what its name makes, so that it gets further than the first check
            made["name"] = comment_name(name)
            made["comment_id"] = str(comment_id(id_of(name), made["name"]))
        return made

    return st.tuples(_object(root, root, fixed), _NAMES, more).map(about)


_ID = st.sampled_from(["wire/1", "urn:uuid:0", "x" * 512, "..", "😀", "a" * 8 + "1", "a" * 8 + "2"])


def _event(models: tuple[type[BaseModel], ...], event: type[BaseModel]) -> st.SearchStrategy[Any]:
    def whole(parts: tuple[dict[str, Any], str, str, str, int]) -> Any:
        data, id_, subject, at, n = parts
        types = [one for one in EventType if data["kind"] in KINDS_OF_TYPE.get(one, ())]
        record = {
            "id": id_,
            "source": "/operator" if n % 5 == 0 else "/x",
            "type": types[n % len(types)].value,
            "subject": subject,
            "time": at,
            "data": data,
        }
        try:
            return event.model_validate_json(json.dumps(record))
        except ValidationError:
            return None  # a rule between fields: the door refuses it

    made = st.tuples(st.one_of([_data(model) for model in models]), _ID, st.sampled_from(["s", *_IDS]), st.sampled_from(_MOMENTS), st.integers(0, 9))  # fmt: skip
    return made.map(whole).filter(lambda one: one is not None)


@cache
def article_events() -> st.SearchStrategy[RawArticleEvent]:
    """Revisions, partial updates and notices, as `articles.raw` may have them."""
    assert ARTICLES_RAW.schema is RawArticleEvent
    return _event((ReceivedArticle, ReceivedPatch, Notice), RawArticleEvent)


@cache
def comment_events() -> st.SearchStrategy[RawCommentEvent]:
    """Comments and notices of them, as `comments.raw` may have them."""
    assert COMMENTS_RAW.schema is RawCommentEvent
    return _event((ReceivedComment, CommentNotice), RawCommentEvent)
