"""What each flow ends as, by what its operation reports. No server, no engine: the tasks are replaced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from flows.support import artifacts
from flows.support.states import REFUSALS, REPAIRS, WARNINGS
from pipeline.errors import Fatal
from pipeline.escaping import code_span
from pipeline.formats.items import Item
from pipeline.operations.archives import Part
from pipeline.operations.backfill import Position, Tally
from pipeline.operations.kill import Kill
from pipeline.operations.receipts import Line
from pipeline.operations.reconcile import Differences
from pipeline.topology import INDEX
from schemas.report import Engine, Finding, Kind, Report, Severity
from tests.support.flows import ID, ended
from tests.unit.flows.test_watch import NOW


def row(outcome: str = "new", events: int = 1, refused: int = 0, problem: str = "") -> dict[str, Any]:
    return {"feed": f"https://{outcome}.example/", "outcome": outcome, "events": events, "refused": refused, "next": "", "problem": problem}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "name", "words"),
    [
        ([], "Completed", "No feed is due"),
        ([row(), row("unchanged", 0)], "Completed", "2 feeds polled, 1 events"),
        ([row(), *[row("failed", 0, problem="404")] * 4], REFUSALS, "4 failed. https://failed.example/"),
        ([row(refused=2)], REFUSALS, "2 items refused"),
        ([row("failed", 0), row("disabled", 0)], "Failed", "2 failed"),
    ],
)
def test_poll_feeds(flow: Any, rows: list[dict[str, Any]], name: str, words: str) -> None:
    module, shown = flow("poll_feeds", poll=lambda *_: rows)
    state = ended(module.poll_feeds.fn())
    assert state[0] == name
    assert words in state[1]
    assert [one["outcome"] for one in shown[0][1]][:1] == [
        row["outcome"] for row in rows if row["outcome"] == "failed"
    ][:1] or shown


@pytest.mark.parametrize(
    ("replayed", "refused", "name"),
    [(250, 0, "Completed"), (249, 1, REFUSALS), (0, 250, "Failed")],
)
def test_replay(flow: Any, replayed: int, refused: int, name: str) -> None:
    ids = [f"0-{number}" for number in range(250)]
    left = iter(["r"] * replayed + ["x"] * refused)

    def send(some: list[str], _: str) -> dict[str, Any]:
        outcomes = [(one, next(left)) for one in some]
        gone = [{"id": one, "reason": "gone", "detail": "d"} for one, outcome in outcomes if outcome == "x"]
        return {"replayed": len(some) - len(gone), "events": 0, "refused": gone}

    module, _ = flow("replay_dead_letters", chosen=lambda *_: (ids, 300), send_again=send)
    state = ended(module.replay_dead_letters.fn(reason="failed"))
    assert state[0] == name
    assert f"{replayed} of 250 replayed, {refused} refused again; 50 more match" in state[1]
    module, _ = flow("replay_dead_letters", chosen=lambda *_: ([], 0))
    assert ended(module.replay_dead_letters.fn(reason="failed")) == ("Completed", "No dead letter matches.")


@pytest.mark.parametrize(
    ("missing", "unrepaired", "options", "name", "compared"),
    [
        (0, 0, {}, "Completed", 1),
        (3, 0, {}, REPAIRS, 2),
        (3, 1, {}, "Failed", 2),
        (3, 0, {"most": 2}, "Failed", 1),
        (3, 0, {"repair": False}, "Failed", 1),
    ],
)
def test_reconcile(flow: Any, missing: int, unrepaired: int, options: dict[str, Any], name: str, compared: int) -> None:
    asked: list[bool] = []

    def compare(repair: bool, _: str) -> Differences:
        asked.append(repair)
        return Differences(
            9, missing=[("articles", str(n)) for n in range(missing)], unrepaired=unrepaired if repair else 0
        )

    module, _ = flow("reconcile", compare=compare)
    assert ended(module.reconcile.fn(**options))[0] == name
    assert asked == [False, True][:compared], "nothing is changed before it is known how much differs"


@pytest.mark.parametrize(
    ("kill", "options", "name", "words"),
    [
        (Kill(ID, None, True, [Line("index articles", "removed")]), {}, "Completed", "Withdrawn"),
        (Kill(ID, None, False, []), {}, "Failed", "No article has the id"),
        (Kill(ID, INDEX, True, [Line("index articles", "not yet")]), {}, "Failed", "index has not processed it"),
        (Kill(ID, None, True, [Line("index articles", "still there")]), {}, "Failed", "still have the article"),
        (Kill(ID, None, True, []), {"reinstate": True}, "Completed", "Reinstated"),
        (Kill(ID, INDEX, True, []), {"reinstate": True}, "Failed", "Not done yet"),
    ],
)
def test_kill(flow: Any, kill: Kill, options: dict[str, Any], name: str, words: str) -> None:
    module, _ = flow("kill", withdraw=lambda *_: kill)
    state = ended(module.kill.fn(ID, "why", **options))
    assert state[0] == name
    assert words in state[1]


def test_reindex_snapshot_and_retention(flow: Any) -> None:
    module, shown = flow(
        "reindex", take_over=lambda *_: {"from": 1, "to": 2, "compared": 9}, delete=lambda _: ["articles-1"]
    )
    assert module.reindex.fn() == {"from": 1, "to": 2, "compared": 9}
    assert module.reindex.fn("delete previous") == {"deleted": ["articles-1"]}
    assert [one[1] for one in shown] == ["Generation 2 has replaced 1", "Previous indices"]
    made = {"name": "s", "indices": ["articles-1"], "seconds": 1.0}
    module, _ = flow(
        "snapshot", create=lambda _: made, try_restore=lambda _: {"articles": 7}, delete_old=lambda *_: ["r"]
    )
    assert module.snapshot.fn() == {**made, "restored": {"articles": 7}, "deleted": ["r"]}
    module, _ = flow(
        "snapshot",
        create=lambda _: made,
        try_restore=lambda _: {},
        delete_old=lambda *_: pytest.fail("it is not whole"),
    )
    with pytest.raises(Fatal, match="no index"):
        module.snapshot.fn()
    module, _ = flow(
        "retention", old_trends=lambda days: days, old_dead_letters=lambda days: days, erased_names=lambda: 2
    )
    assert module.retention.fn(trend_days=40) == {"trends": 40, "dead_letters": 30, "names in runs of erase": 2}


@pytest.mark.parametrize(
    ("severity", "name"), [(None, "Completed"), (Severity.INFO, "Completed"), (Severity.WARNING, WARNINGS), (Severity.CRITICAL, "Failed")]
)  # fmt: skip
def test_watch(flow: Any, severity: Severity | None, name: str) -> None:
    up = Engine(up=True)
    found = (
        (Finding(kind=Kind.DISK, subject="/", severity=severity, what="the disk is full", since=NOW),)
        if severity
        else ()
    )
    report = Report(at=NOW, ok=severity is None, headline="h", findings=found, kafka=up, elasticsearch=up)
    told: list[Any] = []

    def tell(*arguments: Any) -> list[str]:
        told.append(arguments)
        return ["e-mail: not sent (OSError)"]

    module, shown = flow(
        "watch", take=lambda: report, tell=tell,
        create_progress_artifact=lambda *_, **__: None, emit_event=lambda event, **_: told.append(event),
    )  # fmt: skip
    state = module.watch.fn()
    assert ended(state) == (name, "h")
    assert told == [(report, Severity.WARNING, True), "dateline.watched"]
    assert [one[0] for one in shown][:2] == ["watch", "watch-findings"]


def test_backfill_goes_on_behind_the_batch_that_is_searchable(flow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [Part(name, lambda: Item(b"", "x")) for name in "abcde"]
    reached: dict[str, Position] = {}
    searched: list[list[str]] = []
    away = {"c"}

    class Source:
        total, left_out = 5, ["2 .md"]

        def __init__(self, *_: Any) -> None: ...
        def __enter__(self) -> Source:
            return self

        def __exit__(self, *_: object) -> None: ...
        def parts(self) -> Iterator[Part]:
            return iter(parts)

    class Reached:
        def __init__(self, *_: Any) -> None: ...
        def read(self) -> Position | None:
            return reached.get("it")

        def write(self, position: Position) -> None:
            reached["it"] = position

        def forget(self) -> None:
            reached.clear()

    def publish(some: list[Part], _: Any) -> Tally:
        tally = Tally(parts=len(some), articles=len(some), article_ids=[one.name for one in some])
        tally.refused = [("b", "no-story: nothing")] if "b" in tally.article_ids else []
        return tally

    def searchable(tally: Tally, *_: Any) -> Tally:
        if away & set(tally.article_ids):
            raise Fatal("1 of 2 articles are not indexed")
        searched.append(tally.article_ids)
        tally.public = len(tally.article_ids)
        return tally

    module, shown = flow(
        "backfill", publish=publish, await_searchable=searchable, Source=Source, _Reached=Reached,
        ensure_topics=lambda _: None, dead_letter_ends=lambda _: {},
    )  # fmt: skip
    with pytest.raises(Fatal):
        module.backfill.fn("folder", batch=2)
    assert reached["it"].done == 2
    away.clear()
    assert ended(module.backfill.fn("folder", batch=2))[0] == "Completed", "nothing of this run was refused"
    assert searched == [["a", "b"], ["c", "d"], ["e"]]
    assert shown[-1][2]["done before"] == 2
    assert reached == {}, "the next one begins from the start"
    assert ended(module.backfill.fn("folder", batch=5))[0] == REFUSALS


def test_no_title_or_description_shows_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def create(*_: Any, **options: Any) -> Any:
        made.append(options)
        return ID

    for name in ("markdown", "progress", "table"):
        monkeypatch.setattr(artifacts, f"create_{name}_artifact", create)
    monkeypatch.setattr(artifacts, "update_progress_artifact", lambda *_, **options: made.append(options))
    title = f"Backfill of {code_span('https://ann:secret@news.example/sitemap.xml')}"
    progress = artifacts.Progress("backfill-progress", title)
    progress(1, 2)
    progress.finish()
    artifacts.show_report("backfill", title, {"articles": 1})
    artifacts.show_table("t", [{"a": 1}], title)
    assert len(made) == 4
    assert "secret" not in str(made)
    assert all("news.example/sitemap.xml" in str(one) for one in made)
