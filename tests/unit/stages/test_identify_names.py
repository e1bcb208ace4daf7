"""Whoever speaks of a story finds it by any of its names: comments, kills, withholdings; nobody by another publisher's."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.identity import article_id
from schemas.events import EnrichedArticleEvent
from schemas.identity import Claim
from tests.support.builders import PUBLISHER, kill_event
from tests.support.identities import BARE, FIRST, OLD, SECOND, World, part, reader, told, under


def kill_by(claims: tuple[Claim, ...], at: float, *, told_claims: bool = True) -> EnrichedArticleEvent:
    """A kill that knows these names; an operator's has none."""
    event = under(claims, kill_event(at=at))
    data = event.data.model_copy(update={"claims": claims if told_claims else ()})
    killed: EnrichedArticleEvent = event.model_copy(update={"data": data})
    return killed


OLD_ONLY = (OLD,)


@pytest.mark.parametrize("order", ["before", "after", "any"])
@pytest.mark.parametrize("known", [BARE, OLD_ONLY, FIRST])
def test_a_comment_by_any_name_finds_the_story(known: tuple[Claim, ...], order: str) -> None:
    for seed in range(20):
        world = World(seed)
        parts: list[list[Any]] = [[reader(known, 1)], [told(FIRST, 0, "one")]]
        for values in {"before": parts, "after": parts[::-1], "any": [parts[0] + parts[1]]}[order]:
            world.run(values)
        (comment,) = world.documents("comments").values()
        assert comment["article_id"] == str(article_id(PUBLISHER, FIRST))
        assert world.documents("comments-hidden") == {}
        assert world.documents("redirects") == {}, "nobody was ever shown the id of a name alone"


@pytest.mark.parametrize("at", [-5, 20])
@pytest.mark.parametrize("order", ["before", "after", "any"])
@pytest.mark.parametrize("told_claims", [True, False])
@pytest.mark.parametrize("known", [BARE, OLD_ONLY, FIRST, SECOND])
def test_a_kill_by_any_name_finds_the_story(known: tuple[Claim, ...], told_claims: bool, order: str, at: float) -> None:
    if known is SECOND and not told_claims:
        return  # an operator who gives an id that no story has
    for seed in range(10):
        world = World(seed)
        kill = kill_by(known, at, told_claims=told_claims)
        parts: list[list[Any]] = [[kill], [told(FIRST, 0, "one"), told(FIRST, 5, "two"), reader(FIRST, 1)]]
        for values in {"before": parts, "after": parts[::-1], "any": [parts[0] + parts[1]]}[order]:
            world.run(values)
        assert world.documents("articles") == {}
        assert world.documents("comments") == {}
        left = {**world.documents("articles-hidden"), **world.documents("history")}
        assert all("headline" not in one for one in left.values())


@pytest.mark.parametrize("other", ["kill", "text"])
def test_an_id_that_becomes_canonical_again_is_no_redirect_any_more(other: str) -> None:
    for seed in range(20):
        world = World(seed)
        world.run(
            [told(FIRST, 5, "two"), kill_by(BARE, 2, told_claims=True) if other == "kill" else told(BARE, 2, "wire")]
        )
        assert set(world.documents("redirects")) == {str(article_id(PUBLISHER, FIRST))}
        world.run([told(FIRST, 0, "one")])
        assert set(world.documents("redirects")) == {str(article_id(PUBLISHER, BARE))}
        stands = {**world.documents("articles"), **world.documents("articles-hidden")}
        assert set(stands) == {str(article_id(PUBLISHER, FIRST))}


def test_a_withholding_by_another_name_finds_the_story() -> None:
    for seed in range(20):
        world = World(seed)
        world.run([told(FIRST, 0, "one"), part(BARE, 20, withheld=True)])
        assert world.documents("articles") == {}
        assert [one["standing"] for one in world.documents("articles-hidden").values()] == ["withheld"]


def test_another_publishers_name_finds_nothing() -> None:
    thief = kill_by(BARE, 20)
    other = article_id("thief.example", BARE)
    data = thief.data.model_copy(update={"article_id": other, "publisher": "thief.example"})
    world = World(4)
    world.run([told(FIRST, 0, "one"), thief.model_copy(update={"subject": str(other), "data": data})])
    assert set(world.documents("articles")) == {str(article_id(PUBLISHER, FIRST))}
