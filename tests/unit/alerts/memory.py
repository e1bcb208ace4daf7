"""Saved searches without engines: topics in memory, which outlive a process, and an index of articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from pipeline.alerts.delivering import Seen
from pipeline.alerts.index import Confirmed, Found
from pipeline.alerts.matcher import Matcher
from pipeline.bundles import bundle
from pipeline.saved.conditions import Atoms, Tokens
from pipeline.saved.tables import Alerts, Deliveries, SavedSearches
from pipeline.search.saved import query_of
from pipeline.settings import Settings
from pipeline.sinks.sink import WriteOutcome
from pipeline.topics import ARTICLES_INDEXED, ConsumedRecord
from schemas.saved_search import Alert, Delivery, IndexEvent, SavedSearch, Webhook
from tests.unit.alerts.evaluating import Article, finds, tokens

T = TypeVar("T", SavedSearches, Alerts, Deliveries)
SETTINGS = Settings(
    _env_file=None,
    kafka_servers="broker:9092",
    search_url="https://search.example",
    saved_searches=100,
    open_webhooks=True,
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Died(BaseException):
    """The process is gone."""


class Topics:
    """What survives a process. It dies before or after the record that `left` counts down to."""

    def __init__(self) -> None:
        self.logs: dict[type, list[tuple[str, bytes | None]]] = defaultdict(list)
        self.left: float = float("inf")
        self.before = True

    def step(self) -> None:
        """Something that a process does and may not survive."""
        self.left -= 1
        if self.left == 0:
            raise Died

    def table(self, kind: type[T]) -> T:
        """As a new process reads it."""
        made, log, at = kind(SETTINGS), self.logs[kind], 0

        def refresh() -> None:
            nonlocal at
            for key, value in log[at:]:
                made._apply(key.encode(), value)
            at = len(log)

        def load() -> Any:
            refresh()
            return made

        def put(changes: Any) -> None:
            for key, value in changes:
                if self.before:
                    self.step()
                log.append((key, value.model_dump_json(exclude_none=True).encode() if value is not None else None))
                if not self.before:
                    self.step()
            refresh()

        vars(made).update(load=load, refresh=refresh, put=put, close=lambda: None)
        return made


class Index:
    def __init__(self) -> None:
        self.articles: dict[UUID, tuple[int, datetime, Article]] = {}
        self.searchable: dict[UUID, int] = {}
        self.received: dict[UUID, datetime] = {}
        self.refused: set[UUID] = set()
        self.failing: set[UUID] = set()
        """Searches that are never answered."""
        self.asked = 0
        self.name, self.forgotten = "articles-1", 0
        self.on_wait: Callable[[], None] = lambda: None

    def put(
        self, article_id: UUID, version: int, text: str, since: datetime | None = None, received: datetime | None = None
    ) -> IndexEvent:
        self.received[article_id] = received or since or datetime.now(UTC)
        values = {"language": ["en"], "publisher": ["Herald"]}
        self.articles[article_id] = (
            version,
            since or datetime.now(UTC) + timedelta(seconds=1),
            Article({"body": text}, values),
        )
        self.searchable[article_id] = version
        return IndexEvent(article_id=article_id, version=version, public=True, status="public")

    def kill(self, article_id: UUID, version: int) -> IndexEvent:
        self.articles.pop(article_id, None)
        return IndexEvent(article_id=article_id, version=version, public=False, status="killed")

    def forget(self) -> None:
        self.forgotten += 1

    def tokens(self, group: str, texts: Any) -> dict[str, Tokens]:
        return {text: tokens(group, text) for text in texts}

    def terms(self, article_ids: Any) -> dict[UUID, tuple[int, Atoms]]:
        return {
            one: (self.articles[one][0], self.articles[one][2].atoms()) for one in article_ids if one in self.articles
        }

    def visible(self, article_ids: Any) -> dict[UUID, Found]:
        there = [one for one in article_ids if one in self.articles and one in self.searchable]
        return {
            one: Found(self.searchable[one], self.articles[one][1], self.received[one], frozenset()) for one in there
        }

    def confirmed(self, queries: Any) -> Confirmed:
        self.asked += len(queries)
        found = {
            search: [one for one in ids if finds(query, self.articles[one][2])]
            for search, (query, ids) in queries.items()
            if search not in self.refused | self.failing
        }
        return Confirmed(
            {search: ids for search, ids in found.items() if ids},
            dict.fromkeys(self.refused & queries.keys(), "too dear"),
            dict.fromkeys(self.failing & queries.keys(), "too slow"),
        )

    def look(self, search: SavedSearch, alert: Alert) -> Seen:
        known = self.articles.get(alert.article_id)
        if known is None:
            return Seen(None)
        document = {"article_id": str(alert.article_id), "headline": known[2].texts["body"]}
        return Seen(document, finds(query_of(search.query, alert.at), known[2]))


def search(number: int, words: str, created: datetime = LONG_AGO, **more: Any) -> SavedSearch:
    return SavedSearch(
        search_id=UUID(int=number), token_sha256="a" * 64, name=words, query={"q": words}, created=created, **more
    )


def hook(address: str = "https://desk.example") -> Webhook:
    return Webhook(url=address, secret="whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", since=LONG_AGO, renewed=LONG_AGO)


def save(topics: Topics, *searches: SavedSearch) -> None:
    topics.logs[SavedSearches] += [(str(one.search_id), one.model_dump_json().encode()) for one in searches]


def records(*events: IndexEvent) -> Iterator[tuple[ConsumedRecord, tuple[()]]]:
    """As the indexer announces them: together."""
    for n, one in enumerate(bundle((ARTICLES_INDEXED.record(event) for event in events), lambda _: 0)):
        value = one.value if isinstance(one.value, bytes) else one.encoded()
        yield ConsumedRecord(ARTICLES_INDEXED, 0, n, one.key, value), ()


def match(topics: Topics, index: Index, *events: IndexEvent) -> WriteOutcome:
    """One batch in a process of its own."""
    matcher = Matcher(topics.table(SavedSearches), topics.table(Alerts), index)

    def wait(seconds: float, why: str = "") -> None:
        index.on_wait()

    matcher.open(wait)
    return matcher.write(records(*events))


def alerts(topics: Topics) -> list[Alert]:
    """Every one that was stored, in order."""
    return [Alert.model_validate_json(value) for _, value in topics.logs[Alerts] if value]


def deliveries(topics: Topics) -> list[Delivery]:
    return [Delivery.model_validate_json(value) for _, value in topics.logs[Deliveries] if value]
