"""Stories under several names, and the stages that join them, on doubles."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from pipeline.identity import article_id, comment_id, comment_name, event_id
from pipeline.stages.identify import IDENTIFY, IdentifyBatch
from pipeline.topics import CLAIMS, TRANSFERS
from schemas.comment import Comment
from schemas.enriched import EnrichedArticle, EnrichedComment
from schemas.enrichment import CommentEnrichment
from schemas.event import EventType
from schemas.events import EnrichedArticleEvent, EnrichedCommentEvent
from schemas.identity import Claim, ClaimScheme, Moment, Revision
from schemas.patch import ArticlePatch, NormalizedFields
from schemas.transfer import ClaimSeen
from tests.support.builders import PUBLISHER, article_event, minutes
from tests.support.index import Indices
from tests.support.memory import of, revise, revise_tables, tables_of

GUID = Claim(scheme=ClaimScheme.GUID, value="urn:story:1")
OLD = Claim(scheme=ClaimScheme.URL, value="https://herald.example/old-slug")
NEW = Claim(scheme=ClaimScheme.URL, value="https://herald.example/new-slug")
FIRST, SECOND, BARE = (GUID, OLD), (GUID, NEW), (GUID,)
"""Three ids: the address changed under the same guid, and a push that had no address."""


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
