"""What the parameters of a search mean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.process.problems import Problem
from pipeline.search import cursors, parameters
from pipeline.search.cursors import Cursor
from pipeline.search.filters import Box, Near, Values
from pipeline.search.parameters import ArticleParameters, CommentParameters
from pipeline.search.queries import FACETS

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


def search(**asked: Any) -> Any:
    return parameters.article_search(ArticleParameters(**asked), NOW)


def test_several_values_are_wanted_or_excluded() -> None:
    found = search(section=["a", "b"], not_section=["c"], not_person=["Ann Lee"])
    assert found.conditions.values == {"section": Values(("a", "b"), ("c",)), "person": Values((), ("Ann Lee",))}
    comments = parameters.comment_search(CommentParameters(article=["x"], not_author=["Troll"]), NOW)
    assert comments.conditions.values == {"article": Values(("x",)), "author": Values((), ("Troll",))}


def test_until_a_day_is_until_its_end_and_until_a_moment_has_the_moment() -> None:
    day = search(since="2026-03-13", until="2026-03-14").conditions
    assert (day.since, day.before) == (datetime(2026, 3, 13, tzinfo=UTC), datetime(2026, 3, 15, tzinfo=UTC))
    moment = search(until="2026-03-14T10:00:00Z").conditions
    assert moment.before == datetime(2026, 3, 14, 10, 0, 0, 1000, tzinfo=UTC)
    there = search(since="2026-03-14", timezone="Europe/Berlin").conditions
    assert there.since == datetime(2026, 3, 13, 23, tzinfo=UTC)


def test_a_place_is_a_box_or_a_distance() -> None:
    assert search(box="170,-50,-170,-30").conditions.where == Box(170, -50, -170, -30)
    assert search(near="59.91,10.75").conditions.where == Near(59.91, 10.75, 50)
    assert search(near="59.91,10.75", distance="10mi").conditions.where == Near(59.91, 10.75, 16.09344)


def test_facets_and_fields_are_named_with_commas_or_repeated() -> None:
    assert search().facets == FACETS
    assert search(facets=["none"]).facets == ()
    assert search(facets=["section,person", "place"]).facets == ("section", "person", "place")
    assert search(fields=["headline, url"]).fields == ("headline", "url")


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"since": "soon"}, "since"), ({"until": "2026-02-30"}, "until"), ({"timezone": "Mars/Base"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"), ({"timezone": "a\x00b"}, "timezone"), ({"near": "1"}, "near"), ({"near": "91,0"}, "near"), ({"near": "nan,0"}, "near"),
        ({"near": "1,1", "distance": "-5km"}, "distance"), ({"near": "1,1", "distance": "nan"}, "distance"),
        ({"box": "1,2,3"}, "box"), ({"box": "1,9,3,4"}, "box"), ({"box": "1,2,3,4", "near": "1,1"}, "box"),
        ({"facets": ["colour"]}, "facets"), ({"fields": ["secret"]}, "fields"), ({"collapse": "story", "start": 10}, "start"),
    ],
)  # fmt: skip
def test_a_value_that_can_be_none_names_its_parameter(asked: dict[str, Any], parameter: str) -> None:
    with pytest.raises(Problem) as refused:
        search(**asked)
    assert (refused.value.status, refused.value.members["parameter"]) == (422, parameter)


def test_a_cursor_keeps_the_time_of_the_first_page_and_belongs_to_its_search() -> None:
    earlier = datetime(2026, 3, 14, 9, tzinfo=UTC)
    first = search(q="ferry", since="24h", size=5)
    cursor = Cursor(first.digest, earlier, (1, "a")).encoded()
    following = search(q="ferry", since="24h", size=20, fields=["headline"], cursor=cursor)
    assert following.after is not None
    assert following.after.values == (1, "a")
    assert following.conditions.since == datetime(2026, 3, 13, 9, tzinfo=UTC)
    with pytest.raises(Problem) as refused:
        search(q="bridge", since="24h", cursor=cursor)
    assert refused.value.status == 400
    with pytest.raises(Problem):
        search(q="ferry", since="24h", start=10, cursor=cursor)
    assert cursors.digest([("q", "\ud800")])
