"""Values of JSON from outside, any of which may be of an unexpected type: converted, or empty."""

from __future__ import annotations

from typing import Any


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
