"""Which limits of a topic that is there already have to be altered."""

from __future__ import annotations

import pytest

from pipeline.kafka.topic_limits import wrong

OURS = {"max.message.bytes": "1000", "cleanup.policy": "compact"}


@pytest.mark.parametrize(
    ("found", "altered"),
    [
        ({}, {}),
        (OURS, {}),
        (OURS | {"max.message.bytes": "2000", "retention.ms": "1"}, {}),
        (OURS | {"max.message.bytes": "999"}, {"max.message.bytes": "1000"}),
        (OURS | {"cleanup.policy": "compact,delete"}, {"cleanup.policy": "compact"}),
        (OURS | {"cleanup.policy": "delete"}, {"cleanup.policy": "compact"}),
    ],
)
def test_a_record_has_to_fit_and_what_has_to_stay_has_to_stay(found: dict[str, str], altered: dict[str, str]) -> None:
    assert wrong(OURS, found) == altered
