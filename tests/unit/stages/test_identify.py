"""One article under several ids: whatever comes first, one of them stands, with everything; the others are pointers."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest

from pipeline.identity import article_id, comment_id, comment_name, event_id
from pipeline.stages.identify import IDENTIFY, MAX_IDS, IdentifyBatch
from pipeline.topics import CLAIMS, IDENTITIES, TRANSFERS
from schemas.comment import Comment
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.enrichment import CommentEnrichment
from schemas.event import EventType
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent
from schemas.identity import Claim, ClaimScheme, Moment, Revision
from schemas.patch import ArticlePatch, NormalizedFields
from schemas.transfer import ClaimSeen
from tests.support.builders import PUBLISHER, article_event, comment_event, comment_notice, kill_event, minutes
from tests.support.index import Indices
from tests.support.memory import of, revise, revise_tables, tables_of

GUID = Claim(scheme=ClaimScheme.GUID, value="urn:story:1")
OLD = Claim(scheme=ClaimScheme.URL, value="https://herald.example/old-slug")
NEW = Claim(scheme=ClaimScheme.URL, value="https://herald.example/new-slug")


def told(
    claims: tuple[Claim, ...], at: float, text: str, publisher: str = PUBLISHER, **more: Any
) -> EnrichedArticleEvent:
    """A revision under the id that these claims make."""
    event = article_event("x", at=at, text=text, **more)
    assert isinstance(event.data, EnrichedArticle)
    identity = article_id(publisher, claims)
    own = event_id(identity, "article", text, str(at))
    revision = event.data.article.revision.model_copy(update={"event_id": own})
    changes = {
        "article_id": identity,
        "claims": claims,
        "publisher": publisher,
        "revision": revision,
        "headline": f"Headline: {text}",
    }
    article = event.data.article.model_copy(update=changes)
    return event.model_copy(
        update={"id": own, "subject": str(identity), "data": event.data.model_copy(update={"article": article})}
    )


def part(claims: tuple[Claim, ...], at: float, **fields: Any) -> EnrichedArticleEvent:
    """A partial update under the id that these claims make."""
    identity = article_id(PUBLISHER, claims)
    own = event_id(identity, "patch", str(fields), str(at))
    data = ArticlePatch(
        article_id=identity, provider="herald", publisher=PUBLISHER, claims=claims,
        fields=NormalizedFields.model_validate(fields),
        revision=Revision(modified=minutes(at), received=minutes(at), event_id=own),
    )  # fmt: skip
    return EnrichedArticleEvent(
        id=own, source="/test", type=EventType.ARTICLE_UPDATED, subject=str(identity), time=minutes(at), data=data
    )


def under(claims: tuple[Claim, ...], event: Any) -> Any:
    """A comment or a notice of the article that these claims make."""
    identity = article_id(PUBLISHER, claims)
    data = event.data
    if hasattr(data, "comment"):
        data = data.model_copy(update={"comment": data.comment.model_copy(update={"article_id": identity})})
    else:
        data = data.model_copy(update={"article_id": identity})
    return event.model_copy(update={"subject": str(identity), "data": data})


class World:
    """identify, revise and the sink, with memory for tables and dictionaries for indices."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.names, self.tables = tables_of(IDENTIFY)["identify"], revise_tables()
        self.indices = Indices()
        self.now = minutes(60 * 24)

    def run(self, values: Iterable[Any]) -> None:
        """Everything, in a random order, with some batches done twice, until nothing is under way."""
        waiting: list[Any] = list(values)
        while waiting:
            self.rng.shuffle(waiting)
            taken, waiting = waiting[: (size := self.rng.randint(1, 5))], waiting[size:]
            seen = [value for value in taken if isinstance(value, ClaimSeen)]
            mine = [value for value in taken if not isinstance(value, ClaimSeen)]
            for dies in [True] * self.rng.randint(0, 1) + [False]:
                names = IdentifyBatch(self.names)
                for claim in seen:
                    names.apply(claim, self.now)
                waiting.extend(record.value for record in names.before(self.now))
                batch = revise(self.tables)
                for value in mine:
                    batch.apply(value, self.now)
                before = list(batch.before(self.now))
                waiting.extend(record.value for record in of(before, CLAIMS, TRANSFERS))
                self.indices.take(before, self.now)
                if dies:
                    continue
                names.checkpoint()
                batch.checkpoint()
                self.indices.take([*batch.hiding(), *batch.after()], self.now)
                batch.confirm()

    def documents(self, index: str) -> dict[str, dict[str, Any]]:
        return self.indices.documents(index)


def reader(claims: tuple[Claim, ...], n: int) -> EnrichedCommentEvent:
    identity = article_id(PUBLISHER, claims)
    own = comment_id(identity, comment_name(str(n)))
    revision = Revision(modified=minutes(n), received=minutes(n), event_id=event_id(own, "comment", str(n), ""))
    comment = Comment(
        article_id=identity, comment_id=own, provider="herald", publisher=PUBLISHER, author=f"Reader {n}", text=f"Thought {n}.",
        revision=revision, posted=Moment(utc=minutes(n)),
    )  # fmt: skip
    return EnrichedCommentEvent(
        id=revision.event_id, source="/test", type=EventType.COMMENT_POSTED, subject=str(identity), time=minutes(n),
        data=EnrichedComment(comment=comment, enrichment=CommentEnrichment()),
    )  # fmt: skip


FIRST, SECOND, BARE = (GUID, OLD), (GUID, NEW), (GUID,)
"""Three ids: the address changed under the same guid, and a push that had no address."""


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
