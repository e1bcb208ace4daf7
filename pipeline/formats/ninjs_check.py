"""What ninjs requires of each property's type; the reason why an object is refused."""

from __future__ import annotations

from typing import Any

from pipeline.errors import Reject
from pipeline.formats import iptc, json_values

_TYPES = frozenset(
    {"text", "audio", "video", "picture", "graphic", "composite", "planning", "component", "event", "package", "news", "live", "story", "article"}
)  # fmt: skip
_OWN = frozenset({"versioncreated", "pubstatus", "representationtype", "firstcreated", "contentcreated", "altids"})
_MARKS = _OWN | {"body_text", "body_html", "body_xhtml", "bodies", "headlines", "slugline", "copyrightholder", "copyrightnotice",
                 "usageterms", "ednote", "mimetype", "urgency", "infosource", "infosources"}  # fmt: skip
"""Of these no other JSON has three."""
_STRINGS = (
    "uri", "type", "mimetype", "representationtype", "profile", "versioncreated", "firstcreated", "contentcreated",
    "embargoed", "embargoeduntil", "pubstatus", "copyrightholder", "copyrightnotice", "language", "byline", "headline", "title",
    "body_text", "body_html", "body_xhtml", "description_text", "description_html", "slugline", "slug", "ednote",
    "expires",
)  # fmt: skip
_LISTS = ("person", "people", "organisation", "organisations", "place", "places", "subject", "subjects", "event",
          "events", "object", "objects", "headlines", "bodies", "descriptions")  # fmt: skip


def check(fields: dict[str, Any]) -> None:
    """Raises Reject naming the property that is wrong or missing."""
    for name in _STRINGS:
        value = fields.get(name)
        if value is not None and not isinstance(value, str):
            raise Reject("invalid", f"{name} has to be a string, not {json_values.kind_of(value)}")
    version = fields.get("version")
    if (
        version is not None
        and not isinstance(version, str)
        and (isinstance(version, bool) or not isinstance(version, int))
    ):
        raise Reject("invalid", f"version has to be a string, not {json_values.kind_of(version)}")
    for name in _LISTS:
        value = fields.get(name)
        if value is not None and not isinstance(value, list):
            raise Reject("invalid", f"{name} has to be a list, not {json_values.kind_of(value)}")
    if "usageterms" in fields and not isinstance(fields["usageterms"], str):
        raise Reject("invalid", f"usageterms has to be a string, not {json_values.kind_of(fields['usageterms'])}")
    urgency = fields.get("urgency")
    if urgency is not None and not (isinstance(urgency, int | str) and iptc.urgency(urgency)):
        raise Reject("invalid", f"urgency has to be a whole number from 1 to 9, not {urgency!r}")
    for name in ("person", "people", "organisation", "organisations", "place", "places", "subject", "subjects"):
        for nth, one in enumerate(json_values.as_list(fields.get(name))):
            if not isinstance(one, dict):
                raise Reject("invalid", f"{name}[{nth}] has to be an object, not {json_values.kind_of(one)}")
    kind = fields.get("type")
    if kind and kind not in _TYPES:
        raise Reject("invalid", f"type is {kind!r}; ninjs knows {', '.join(sorted(_TYPES))}")
    if not identifier(fields) and not is_marked(fields):
        raise Reject("no-id", "uri is missing: ninjs needs it to distinguish an item's revisions from other items")


def identifier(fields: dict[str, Any]) -> str | None:
    """The id that all revisions share."""
    altids = json_values.as_dict(fields.get("altids"))
    candidates = (fields.get("uri"), fields.get("guid"), altids.get("itemid"), fields.get("itemid"), fields.get("_id"))
    return next((found for one in candidates if (found := json_values.identifier(one))), None)


def is_marked(fields: dict[str, Any]) -> bool:
    """Whether an object without an id is ninjs by what it has: the standard's name, or several of its properties."""
    standard = json_values.as_dict(fields.get("standard")).get("name")
    named = (standard, fields.get("standard"), fields.get("$standard"), fields.get("$schema"), fields.get("profile"))
    texts = any(
        fields.get(name) for name in ("headline", "headlines", "body_text", "body_html", "body_xhtml", "bodies")
    )
    if any(isinstance(one, str) and "ninjs" in one.casefold() for one in named):
        return texts
    return texts and len(_MARKS & fields.keys()) >= 3 and bool(_OWN & fields.keys())
