"""Numbers in text from outside."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"\s*([0-9]{1,9})\s*")


def whole_number(text: object) -> int | None:
    """The number of one to nine digits; None for everything else. `str.isdigit` says yes to what `int` refuses, such as `²`
    and more than 4,300 digits."""
    found = _WHOLE.fullmatch(text) if isinstance(text, str) else None
    return int(found[1]) if found else None
