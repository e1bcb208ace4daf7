from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.stages.clustering.relate import relate
from pipeline.stages.clustering.sign import keys, sign
from schemas.story import Relation, Signature
from tests.labelled.stories import Telling, told
from tests.support.stories import telling


@pytest.mark.parametrize("hours", [0, 71, 73])
def test_the_relation_is_symmetric_and_has_a_window(hours: int) -> None:
    a, b = (signature(telling(name, at)) for name, at in (("a", 0), ("b", hours)))
    assert relate(a, b) == relate(b, a) == (Relation.COPY if hours < 72 else None)
    assert set(keys(a)) == set(keys(b))
    assert a.received + timedelta(hours=hours) == b.received


def signature(one: Telling) -> Signature:
    event = told(one)
    return sign(event.data, event.id)  # type: ignore[arg-type]
