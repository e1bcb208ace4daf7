"""Personal data in comments, and pseudonyms of their authors."""

from __future__ import annotations

import pytest

from pipeline.stages.normalize.personal import pseudonym, without_personal_data


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Write to ann.lee+x@mail.example now", "Write to [e-mail address] now"),
        ("ann (at) mail (dot) example", "[e-mail address]"),
        ("Call +44 7700 900123 or (555) 123-4567", "Call [phone number] or [phone number]"),
        ("From 198.51.100.7 and 2001:db8:0:0:0:0:0:1", "From [IP address] and [IP address]"),
        (
            "In 2026, 1,200 of 3.5 million on 14.03.2026 at 10:41",
            "In 2026, 1,200 of 3.5 million on 14.03.2026 at 10:41",
        ),
        ("See https://news.example/2026/03/14/1234567890", "See https://news.example/2026/03/14/1234567890"),
        ("Version 1.2.3.4.5", "Version 1.2.3.4.5"),
    ],
)
def test_personal_data(text: str, kept: str) -> None:
    assert without_personal_data(text) == kept


def test_a_pseudonym_is_the_same_everywhere_and_tells_nothing() -> None:
    assert pseudonym("Ann Lee", b"k") == pseudonym(" ann lee ", b"k")
    assert pseudonym("Ann Lee", b"k") != pseudonym("Ann Lee", b"other")
    assert "Ann" not in pseudonym("Ann Lee", b"k")
