from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.support.builders import raw_patch


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({}, "at least one field"),
        ({"headline": None}, "can't be emptied"),
        ({"headlin": "x"}, "headlin"),
        ({"url": "https://a.example/"}, "url"),
        ({"headline": 5}, "headline"),
        ({"body_html": "<p>Hi.</p>"}, "needs paragraphs"),
        ({"urgency": 12}, "urgency"),
    ],
)
def test_a_partial_update_that_says_nothing_or_too_much_is_refused(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        raw_patch("story", at=0, **fields)
