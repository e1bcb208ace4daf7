"""AP's Media API: ninjs in an envelope, with lists where ninjs has a text, and addresses of the API for its items.

Source: https://api.ap.org/media/v/docs/ (content item).
"""

from __future__ import annotations

import re
from typing import Any

from pipeline.formats import json_values

_KILLS = frozenset({"kill", "bulletin kill", "elimination", "withhold", "withdrawal"})


def is_ap(thing: dict[str, Any]) -> bool:
    """Whether an object is an item of the API: it has an id among others, and no `uri` but the address of a request."""
    uri = json_values.text(thing.get("uri"))
    asked = uri is None or re.match(r"https?://api\.", uri) is not None or "?" in uri
    return asked and "itemid" in json_values.as_dict(thing.get("altids"))


def as_ninjs(thing: dict[str, Any]) -> dict[str, Any]:
    """The same item in plain ninjs. Its id is that of all versions: the address of a version, and its `etag`, name only it."""
    altids = json_values.as_dict(thing.get("altids"))
    made = {name: value for name, value in thing.items() if name != "altids"}
    made["uri"] = json_values.identifier(altids.get("itemid")) or thing.get("uri")
    if etag := json_values.text(altids.get("etag")):
        made["altids"] = {"etag": etag}
    if isinstance(terms := thing.get("usageterms"), list):
        made["usageterms"] = " ".join(text for one in terms if (text := json_values.text(one)))
    if not thing.get("byline") and (
        names := [
            name for one in json_values.objects(thing.get("bylines")) if (name := json_values.text(one.get("by")))
        ]
    ):
        made["byline"] = ", ".join(names)
    if not thing.get("located") and (
        city := json_values.text(json_values.as_dict(thing.get("datelinelocation")).get("city"))
    ):
        made["located"] = city
    types = {str(one).casefold() for one in json_values.as_list(thing.get("editorialtypes"))}
    if types & _KILLS:
        made["pubstatus"] = "canceled"
    made["place"] = [
        {**one, "geojson": one.get("geometry_geojson") or one.get("geojson")}
        for one in json_values.objects(thing.get("place"))
    ]
    return {name: value for name, value in made.items() if value not in ("", [])}
