"""One article under several ids: whatever comes first, one of them stands, with everything; the others are pointers."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.identity import article_id
from pipeline.stages.identify import IDENTIFY, MAX_IDS, IdentifyBatch
from pipeline.topics import CLAIMS, IDENTITIES
from schemas.identity import Claim, ClaimScheme
from tests.support.builders import PUBLISHER, comment_event, comment_notice, kill_event, minutes
from tests.support.identities import BARE, FIRST, GUID, OLD, SECOND, World, part, reader, told, under
from tests.support.memory import of, revise, tables_of


def story() -> list[Any]:
    return [
        told(FIRST, 0, "one"), told(FIRST, 5, "two"), told(SECOND, 10, "three"), told(SECOND, 15, "four"), told(BARE, 12, "wire"),
        reader(FIRST, 1), reader(SECOND, 2), reader(BARE, 3),
    ]  # fmt: skip


def test_one_article_stands_with_all_its_revisions_and_comments_in_every_order() -> None:
    root = str(article_id(PUBLISHER, FIRST))
    ends = []
    for seed in range(100):
        world = World(seed)
        world.run(story())
        shown = world.documents("articles")
        assert set(shown) == {root}
        assert shown[root]["headline"] == "Headline: four"
        assert world.documents("redirects") == {
            str(article_id(PUBLISHER, claims)): {"id": str(article_id(PUBLISHER, claims)), "merged_into": root} for claims in (SECOND, BARE)
        }  # fmt: skip
        comments = world.documents("comments")
        assert {(one["text"], one["article_id"]) for one in comments.values()} == {
            (f"Thought {n}.", root) for n in (1, 2, 3)
        }
        assert world.documents("comments-hidden") == {}
        assert world.documents("articles-hidden") == {}
        ends.append((shown, world.documents("history"), comments))
    assert all(end == ends[0] for end in ends)
    assert sorted(one["headline"].split()[-1] for one in ends[0][1].values()) == ["one", "three", "two", "wire"]


def test_partial_updates_reach_it_under_any_of_its_ids() -> None:
    ends = []
    told_of = [
        *story(), part(BARE, 20, summary="In short."), part(SECOND, 21, headline="Five"), part(FIRST, 13, summary="Old."),
        part(BARE, 22, summary="Shorter."),
    ]  # fmt: skip
    for seed in range(100):
        world = World(seed)
        world.run(told_of)
        (shown,) = world.documents("articles").values()
        assert (shown["headline"], shown["summary"]) == ("Five", "Shorter.")
        assert shown["words"] == 2, "enriched as it stands"
        ends.append((world.documents("articles"), world.documents("history")))
    assert all(end == ends[0] for end in ends)
    assert sum(one["standing"] == "partial" for one in ends[0][1].values()) == 4
    assert sum(one["standing"] == "superseded" for one in ends[0][1].values()) == 5


@pytest.mark.parametrize("killed", [FIRST, SECOND, BARE])
def test_a_kill_under_any_of_the_ids_reaches_all_of_it(killed: tuple[Claim, ...]) -> None:
    for seed in range(40):
        world = World(seed)
        world.run([*story(), under(killed, kill_event(at=20))])
        assert world.documents("articles") == {}
        assert world.documents("comments") == {}
        left = {**world.documents("articles-hidden"), **world.documents("history")}
        assert all("headline" not in one for one in left.values())
        assert {one["standing"] for one in left.values()} == {"killed"}


def test_a_removal_and_a_decision_follow_the_comment() -> None:
    for seed in range(40):
        world = World(seed)
        removed = under(SECOND, comment_notice(n=2, at=30)).model_copy()
        data = removed.data.model_copy(update={"comment_id": reader(SECOND, 2).data.comment.comment_id})  # type: ignore[union-attr]
        rejected = under(BARE, comment_notice(n=3, at=30, decision="rejected"))
        no = rejected.data.model_copy(update={"comment_id": reader(BARE, 3).data.comment.comment_id})  # type: ignore[union-attr]
        world.run([*story(), removed.model_copy(update={"data": data}), rejected.model_copy(update={"data": no})])
        assert {one["text"] for one in world.documents("comments").values()} == {"Thought 1."}
        hidden = {one["standing"]: one.get("text") for one in world.documents("comments-hidden").values()}
        assert hidden == {"removed": None, "rejected": "Thought 3."}


def test_nobody_joins_what_another_published() -> None:
    world = World(1)
    thief = told((GUID, OLD), 30, "stolen", publisher="thief.example")
    world.run([told(FIRST, 0, "one"), thief])
    assert set(world.documents("articles")) == {
        str(article_id(PUBLISHER, FIRST)),
        str(article_id("thief.example", FIRST)),
    }
    assert world.documents("redirects") == {}


def test_a_name_that_everybody_has_joins_only_some() -> None:
    world = World(2)
    urls = [Claim(scheme=ClaimScheme.URL, value=f"https://herald.example/{n}") for n in range(MAX_IDS + 5)]
    world.run([told((Claim(scheme=ClaimScheme.GUID, value="n/a"), url), n, f"t{n}") for n, url in enumerate(urls)])
    assert len(world.documents("articles")) == 6


def test_a_comment_that_came_before_everything() -> None:
    for seed in range(20):
        world = World(seed)
        world.run([reader(SECOND, 2)])
        world.run([told(SECOND, 10, "three")])
        assert len(world.documents("comments")) == 1
        world.run([told(FIRST, 0, "one"), comment_event()])
        (comment,) = world.documents("comments").values()
        assert comment["article_id"] == str(article_id(PUBLISHER, FIRST))


def test_identities_are_sent_once_more_only_when_they_change() -> None:
    world = World(3)
    batch = revise(world.tables)
    batch.apply(told(FIRST, 0, "one"), minutes(0))
    claims = of(batch.run_all(minutes(0)), CLAIMS)
    assert len(claims) == 3, "the guid alone makes an id too"
    names = IdentifyBatch(tables_of(IDENTIFY)["identify"])
    for claim in claims:
        names.apply(claim.value, minutes(0))  # type: ignore[arg-type]
    identities = of(list(names.before(minutes(0))), IDENTITIES)
    assert [one.value.article_id for one in identities] == [article_id(PUBLISHER, BARE)]  # type: ignore[union-attr]
