"""Values of JSON from outside, any of which may be of an unexpected type: converted, or empty."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from pipeline.dates import first_time
from pipeline.errors import Reject

_BEGUN = re.compile(r"(?:t|tr|tru|f|fa|fal|fals|n|nu|nul|-|[.eE][+-]?)\s*")
"""A value that isn't complete yet."""
_IN_MILLISECONDS = 10**11


def lines(content: str) -> tuple[list[Any] | None, tuple[Reject, ...]]:
    """The objects of JSON that has one on a line each, and why other lines can't be read. Of other JSON that is damaged the
    first line is no object, and at most one of its lines is."""
    rows = [(number, row) for number, row in enumerate(content.split("\n"), 1) if row.strip()]
    found: list[Any] = []
    faults: list[Reject] = []
    for number, row in rows:
        try:
            found.append(json.loads(row))
        except (ValueError, RecursionError) as e:
            if number == 64 and not found:  # something else, of many lines
                return None, ()
            cut = number == rows[-1][0] and is_cut_off(row)
            faults.append(Reject("truncated" if cut else "not-json", f"line {number}: {e}"))
    objects_ = sum(isinstance(one, dict) for one in found)
    if len(rows) < 2 or not objects_ or (objects_ < 2 and rows[0][1].rstrip()[-1:] != "}"):
        return None, ()
    return found, tuple(faults)


def is_cut_off(content: str) -> bool:
    """Whether it is the beginning of a JSON value whose end is missing."""
    text = content.strip()
    try:
        json.loads(text)
    except json.JSONDecodeError as e:
        rest = text[e.pos :]
        return (
            not rest
            or e.msg.startswith("Unterminated string")
            or bool(_BEGUN.fullmatch(rest))
            or ("escape" in e.msg and len(rest) < 6)
        )
    except (ValueError, RecursionError):
        return False
    return False


def as_dict(value: Any) -> dict[str, Any]:
    """An object, or an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """A list, or an empty one where it is something else."""
    return value if isinstance(value, list) else []


def objects(several: Any) -> list[dict[str, Any]]:
    """Objects of a list, or of an object by name."""
    several = list(several.values()) if isinstance(several, dict) else as_list(several)
    return [one for one in several if isinstance(one, dict)]


def text(value: Any) -> str | None:
    """A string without white space around it; None where it is none, or empty."""
    return value.strip() or None if isinstance(value, str) else None


def identifier(value: Any) -> str | None:
    """An id, which some write as a number; None where it is neither that nor a string."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return text(value)


def time(value: Any) -> str | None:
    """A time as it is written; Unix time, which some write as a number, as ISO 8601. None for one that is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return (
                datetime.fromtimestamp(value / 1000 if value > _IN_MILLISECONDS else value, UTC).isoformat()
                if value
                else None
            )
        except (ValueError, OverflowError, OSError):
            return None
    return first_time(text(value))


def is_true(value: Any) -> bool:
    """true, which some write as a number or a string."""
    return value is True or value == 1 or (isinstance(value, str) and value.strip().casefold() in ("true", "1", "yes"))


def kind_of(value: Any) -> str:
    """What JSON calls the type of a value."""
    if isinstance(value, bool):
        return "true or false"
    return {dict: "an object", list: "a list", str: "a string", int: "a number", float: "a number"}.get(
        type(value), "null"
    )
