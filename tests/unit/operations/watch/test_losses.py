"""What an engine lost is found; what only can't be counted for now is not taken for lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.index.families import ALIASES, ITEMS
from pipeline.operations.notify.changes import news, step
from pipeline.operations.watch import measure
from pipeline.operations.watch.facts import Facts
from pipeline.operations.watch.index_state import Indices, read_indices
from pipeline.operations.watch.kafka_state import KafkaState
from pipeline.operations.watch.measure import judged
from pipeline.operations.watch.memory import Memory, is_kept
from pipeline.settings import load_settings
from schemas.report import Engine, Kind, Severity, TopicState
from tests.unit.operations.watch.test_findings import ago, facts, stage

FULL = dict.fromkeys(ALIASES, 3)
EMPTY = dict.fromkeys(ALIASES, 0)


def kafka(records: int = 40, index: dict[str, Any] | None = None, **topics: int) -> KafkaState:
    """With so many records in each topic of items."""
    states = {
        name: TopicState(records=topics.get(name.replace(".", "_"), records), cleanup="compact", key="id")
        for name in ITEMS
    }
    return KafkaState(topics=states, stages={"revise": stage(), "index": stage("n-index", **(index or {}))})


def seen(found: Facts, memory: Memory | None = None) -> list[tuple[Kind, str, Severity]]:
    return [(one.kind, one.subject, one.severity) for one in judged(found, memory or Memory()).findings]


GONE = (Kind.INDEX_MISSING, "articles", Severity.CRITICAL)
LOST = (Kind.INDEX_LOST, "articles", Severity.CRITICAL)
UNSEEN = (Kind.UNSEEN, "elasticsearch", Severity.INFO)
LOST_COMMENTS = (Kind.INDEX_LOST, "comments", Severity.CRITICAL)


@pytest.mark.parametrize(
    ("state", "index", "expected"),
    [
        (kafka(), Indices(), [GONE]),
        (kafka(), Indices(documents={name: 3 for name in ALIASES if name != "articles"}), [GONE]),
        (kafka(), Indices(documents=EMPTY), [LOST, LOST_COMMENTS]),
        (kafka(), Indices(documents={**FULL, "articles": 0, "articles-hidden": 0, "redirects": 0}), [LOST]),
        (kafka(), Indices(documents={**FULL, "articles": 0}), []),
        (kafka(comments_current=0), Indices(documents={**FULL, "comments": 0, "comments-hidden": 0}), []),
        (kafka(), Indices(uncounted=frozenset(ALIASES)), [UNSEEN]),
        (kafka(), Indices(documents={"articles": 0}, uncounted=frozenset(ALIASES) - {"articles"}), [UNSEEN]),
        (kafka(index={"lag": 9}), Indices(documents=EMPTY), []),
        (kafka(index={"started": False, "finished": 0, "lag": 40}), Indices(), []),
        (kafka(0), Indices(documents=EMPTY), []),
        (kafka(0, index={"finished": 0}), Indices(), []),
        (kafka(0), Indices(documents=FULL), [(Kind.KAFKA_LOST, name, Severity.CRITICAL) for name in ITEMS]),
        (KafkaState(stages={"index": stage("n-index")}), Indices(documents=FULL), []),
    ],
    ids=[
        "every alias is gone", "the readers' alias is gone", "an empty index", "no article", "all are hidden", "no comment yet",
        "shards are away", "some shards are away", "it is being filled", "nothing was indexed yet", "nothing came yet",
        "no index yet", "Kafka is new", "topics are not known",
    ],
)  # fmt: skip
def test_what_is_lost_is_critical_with_what_repairs_it(
    state: KafkaState, index: Indices, expected: list[tuple[Kind, str, Severity]]
) -> None:
    found = facts(kafka=state, index=index)
    assert seen(found) == expected
    for one in judged(found, Memory()).findings:
        assert one.command == "dateline reindex" or one.kind in (Kind.KAFKA_LOST, Kind.UNSEEN)


@pytest.mark.parametrize("indexed", [True, False], ids=["it was on its way", "it is lost"])
def test_a_loss_is_looked_at_twice(indexed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came just now may be in Kafka's count and not yet in Elasticsearch's."""
    late = Indices(documents=FULL if indexed else EMPTY)
    looks = [facts(kafka=kafka(), index=Indices(documents=EMPTY)), facts(kafka=kafka(), index=late)]
    monkeypatch.setattr(measure, "_look", lambda _, memory: (looks.pop(0), memory))
    monkeypatch.setattr(measure, "_LOOK_AGAIN", 0)
    report, _ = measure.measure_after(load_settings(), Memory())
    assert [one.subject for one in report.findings] == ([] if indexed else ["articles", "comments"])
    assert looks == []


@pytest.mark.parametrize("away", ["kafka_engine", "elasticsearch_engine"])
def test_an_engine_that_is_away_has_lost_nothing(away: str) -> None:
    found = seen(facts(kafka=kafka(), index=Indices(documents=EMPTY), **{away: Engine(up=False)}))
    assert [kind for kind, _, _ in found] in ([Kind.KAFKA_AWAY], [Kind.ELASTICSEARCH_AWAY])


def remembered(articles: int, records: int) -> Memory:
    past = facts(at=ago(minutes=1), kafka=kafka(records), index=Indices(documents={**FULL, "articles": articles}))
    return Memory().after(judged(past, Memory()))


@pytest.mark.parametrize(
    ("articles", "state", "expected"),
    [
        (900, kafka(5000), []),
        (990, kafka(5000, {"lag": 9}), []),
        (4, kafka(5000), [LOST]),
        (700, kafka(5000, {"lag": 9}), [LOST]),
        (4, kafka(20), []),
    ],
    ids=["a few less", "hardly fewer", "only what came since", "a part, under load", "another topic"],
)
def test_an_index_that_shrinks_has_lost_documents(
    articles: int, state: KafkaState, expected: list[tuple[Kind, str, Severity]]
) -> None:
    memory = remembered(990, 5000)
    found = facts(kafka=state, index=Indices(documents={**FULL, "articles": articles}))
    assert seen(found, memory) == expected
    again = replace(found, at=ago(minutes=-1))
    assert seen(again, memory.after(judged(found, memory))) == expected, "until it is repaired"


def test_a_loss_is_not_over_while_it_cannot_be_counted() -> None:
    lost = judged(facts(kafka=kafka(), index=Indices(documents=EMPTY)), Memory())
    told = step((), lost)
    told = tuple(one.model_copy(update={"began_on": ("mail",)}) for one in told)
    unknown = judged(facts(kafka=kafka(), index=Indices(uncounted=frozenset(ALIASES))), Memory())
    assert not news(step(told, unknown), "mail").over
    well = judged(facts(kafka=kafka(), index=Indices(documents=FULL)), Memory())
    assert {one.kind for one in news(step(told, well), "mail").over} == {Kind.INDEX_LOST}


class _Answer(dict[str, Any]):
    """As the client answers."""

    def __init__(self, body: dict[str, Any], status: int = 200) -> None:
        super().__init__(body)
        self.body = body
        self.meta = type("Meta", (), {"status": status})()


class _Client:
    """Elasticsearch, as far as it is asked here: what it counts of each alias."""

    def __init__(self, counts: dict[str, _Answer], others: dict[str, _Answer] | None = None) -> None:
        self._counts, self._others = counts, others or {}
        self.nodes = self.cluster = self.indices = self.cat = self

    def options(self, **_: object) -> _Client:
        return self

    def count(self, index: str) -> _Answer:
        return self._counts.get(index, _Answer({"status": 404, "error": {}}, 404))

    def __call__(self, **_: object) -> _Answer:
        return _Answer({})

    def __getattr__(self, name: str) -> Any:
        return lambda **_: self._others.get(name, _Answer({}))


def test_a_503_is_no_zero_and_so_is_half_an_answer() -> None:
    counts = {
        "articles": _Answer({"count": 7, "_shards": {"total": 1, "failed": 0}}),
        "articles-hidden": _Answer({"status": 503, "error": {"type": "search_phase_execution_exception"}}, 503),
        "redirects": _Answer({"count": 0, "_shards": {"total": 2, "failed": 1}}),
    }
    client: Any = _Client(counts)
    found = read_indices(client, load_settings())
    assert found.documents == {"articles": 7}
    assert found.uncounted == {"articles-hidden", "redirects"}
    assert found.unseen == ()


def test_what_the_credentials_do_not_allow_is_named() -> None:
    refused = _Answer({"status": 403, "error": {}}, 403)
    client: Any = _Client({}, dict.fromkeys(("stats", "get_settings", "get_alias"), refused))
    found = read_indices(client, load_settings())
    assert found.unseen == ("disks", "blocks of the cluster", "blocks of the indices", "aliases")
    report = judged(facts(index=replace(found, documents=FULL)), Memory())
    (one,) = report.findings
    assert (one.kind, one.severity, report.ok) == (Kind.UNSEEN, Severity.INFO, True)
    assert "disks" in report.headline


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert is_kept(load_settings(local_dir=tmp_path / "not" / "there"))
    assert not is_kept(load_settings(local_dir=tmp_path / "file" / "below"))
    (one,) = judged(facts(unseen=("what was measured before",)), Memory()).findings
    assert (one.kind, one.subject) == (Kind.UNSEEN, "machine")
