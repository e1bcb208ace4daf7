"""What keeps the index right: history, receipts, reconciling, reindexing, snapshots, erasure; by the commands, on real engines."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from pipeline.index.families import ALIASES
from pipeline.index.generations import generation, live_indices
from pipeline.kafka.clients import ensure_topics
from pipeline.operations.status import lags
from tests.conftest import Pipeline
from tests.support.builders import id_of, minutes, raw_article, raw_comment, raw_kill
from tests.support.sender import Sender
from tests.support.waiting import PATIENCE, until

STORY = str(id_of("story"))


def run(pipeline: Pipeline, *arguments: str, code: int = 0) -> Any:
    done = pipeline.command(*arguments, "--json")
    assert done.returncode == code, done.stderr.decode()
    return json.loads(done.stdout)


def kill(pipeline: Pipeline, name: str, *more: str) -> Any:
    """What the command says once the kill is done, however long that takes."""
    done = run(pipeline, "kill", name, "--reason", "libel", "--wait", f"{PATIENCE:.0f}", *more)
    assert done["done"]
    return done


def waiting_for(pipeline: Pipeline, name: str, behind: str) -> Any:
    """What the command says of a kill that this stage keeps from being done."""

    def waiting() -> Any:
        found = run(pipeline, "kill", str(id_of(name)), "--reason", "libel", "--wait", "1", code=4)
        assert not found["done"]
        return found if found["behind"] == behind else None  # those before it may need more than a second

    return pipeline.until(waiting)


def filled(pipeline: Pipeline, articles: int = 20) -> None:
    """Articles with two revisions and a comment each, one killed, one under embargo; everything indexed."""
    ensure_topics(pipeline.settings)
    pipeline.start("worker", "indexer")
    sender = Sender(pipeline.settings)
    for n in range(articles):
        sender.event(raw_article(f"a{n}", at=0, text="The first version."))
        sender.event(raw_article(f"a{n}", at=10, text="The second version."))
        sender.event(raw_comment(f"a{n}", 0))
    sender.event(raw_kill("a1", at=20))
    sender.event(raw_article("later", embargo=minutes(60 * 24 * 365 * 50)))
    sender.close()
    pipeline.until(lambda: pipeline.count("articles") == articles - 1 and pipeline.count("comments") == articles - 1)
    pipeline.until_quiet()


def test_history_shows_what_changed_and_a_kill_gives_a_receipt(pipeline: Pipeline) -> None:
    pipeline.start("worker", "indexer")
    sender = Sender(pipeline.settings)
    for n, text in enumerate(("Ten ferries sail.", "Nine ferries sail.", "No ferry sails.")):
        sender.event(raw_article("story", at=n, text=text))
    sender.close()
    pipeline.until(lambda: pipeline.count("articles") == 1)
    pipeline.until_quiet()
    found = run(pipeline, "history", STORY)
    assert all(one["status"] == one["standing"] for one in found), "under its former name too"
    assert [(one["number"], one["status"], one["body"]) for one in found] == [
        (1, "superseded", "Ten ferries sail."), (2, "superseded", "Nine ferries sail."), (3, "public", "No ferry sails."),
    ]  # fmt: skip
    lines = run(pipeline, "history", STORY, "--diff", "1", "3")["lines"]
    assert "- Ten ferries sail." in lines
    assert "+ No ferry sails." in lines
    assert any(line.startswith("+ modified: ") for line in lines)
    assert b"1 to 3" in pipeline.command("history", STORY, "--diff", "1", "9").stderr
    assert pipeline.command("history", str(id_of("nobody"))).returncode == 1

    done = kill(pipeline, STORY, "--by", "ann")
    states = {line["place"].split()[-1]: line["state"] for line in done["receipt"] if line["place"].startswith("index")}
    assert states == {"articles": "removed", "articles-hidden": "removed", "history": "removed", "comments": "removed", "dead-letters": "nothing there"}  # fmt: skip
    topics = {
        line["place"].split("-")[-1]: line.get("by") for line in done["receipt"] if line["place"].startswith("topic")
    }
    assert set(topics) == {
        "articles.raw", "articles.current", "articles.history", "comments.raw", "comments.current", "letters", "transfers",
    }  # fmt: skip
    assert all(topics.values())
    assert {one["standing"] for one in run(pipeline, "history", STORY)} == {"killed"}
    assert all("body" not in one for one in run(pipeline, "history", STORY))
    pipeline.until(lambda: pipeline.count("audit") == 1)
    trail = run(pipeline, "audit", "--subject", STORY)
    (entry,) = trail["entries"]
    assert (entry["by"], entry["action"], entry["reason"]) == ("ann", "kill", "libel")
    assert trail["deeds"] == trail["entries"], "under its former name too"

    unknown = run(pipeline, "kill", str(id_of("nobody")), "--reason", "libel", code=1)
    assert (unknown["known"], unknown["done"], unknown["receipt"]) == (False, False, [])
    assert run(
        pipeline, "kill", str(id_of("nobody")), "--reason", "mistyped", "--reinstate", "--wait", f"{PATIENCE:.0f}"
    )["done"]


def test_a_receipt_says_removed_only_once_worker_and_indexer_are_through(pipeline: Pipeline) -> None:
    ensure_topics(pipeline.settings)
    pipeline.start("worker", "indexer")
    sender = Sender(pipeline.settings)
    sender.event(raw_article("shown"))
    sender.event(raw_kill("early", at=0))  # by its provider, before the story
    sender.flush()
    pipeline.until(lambda: pipeline.count("articles") == 1)
    pipeline.until_quiet()
    pipeline.kill("indexer")
    sender.event(raw_article("unseen"))
    sender.event(raw_article("early", at=10))
    sender.close()
    pipeline.until(lambda: lags(pipeline.settings)["revise"] == 0)
    # no index has the story, and yet it would be searchable as soon as the indexer runs
    for name, public in (("unseen", "not yet"), ("shown", "still there")):
        waiting = waiting_for(pipeline, name, "index")
        assert {line["place"]: line["state"] for line in waiting["receipt"]}["index articles"] == public
    pipeline.kill("worker")
    waiting_for(pipeline, "shown", "revise")
    shown = pipeline.command("kill", str(id_of("shown")), "--reason", "libel", "--wait", "1")
    assert b"takes effect when worker and indexer run" in shown.stderr
    pipeline.start("worker", "indexer")
    for name in ("unseen", "shown", "early"):
        kill(pipeline, str(id_of(name)))
        assert str(id_of(name)) not in pipeline.documents("articles")


def test_reconcile_mends_and_a_snapshot_is_restored_with_the_kills_since(pipeline: Pipeline) -> None:
    filled(pipeline)
    report = run(pipeline, "reconcile")
    assert {name: part["count"] for name, part in report.items() if isinstance(part, dict)} == {
        "missing": 0, "stale": 0, "extra": 0, "wrongly_visible": 0,
    }  # fmt: skip
    before = {alias: pipeline.documents(alias) for alias in ("articles", "articles-hidden", "comments", "history")}

    name = pipeline.settings.named
    with pipeline.client() as client:
        # missing, as after a lost disk: no later version remembers the deletion
        lost = client.get(index=name("articles"), id=str(id_of("a2")))["_version"]
        client.delete(index=name("articles"), id=str(id_of("a2")), version=lost, version_type="external_gte")
        stale = before["articles"][str(id_of("a3"))]
        version = client.get(index=name("articles"), id=str(id_of("a3")))["_version"]
        for story, forged in (("a3", version), ("a4", 1 << 61)):
            client.index(index=name("articles"), id=str(id_of(story)), document=stale | {"headline": "Forged"}, version=forged, version_type="external_gte")  # fmt: skip
        client.index(index=name("articles"), id=str(id_of("a1")), document=stale)  # killed, and visible again
        client.index(index=name("articles"), id="nobody", document=stale)
        client.index(index=name("articles-hidden"), id="nobody", document=stale)  # extra
    report = run(pipeline, "reconcile", code=1)
    assert report["missing"]["ids"] == [f"articles/{id_of('a2')}"]
    assert sorted(report["wrongly_visible"]["ids"]) == sorted([f"articles/{id_of('a1')}", "articles/nobody"])
    assert report["extra"]["ids"] == ["articles-hidden/nobody"]
    assert sorted(report["stale"]["ids"]) == sorted(f"articles/{id_of(story)}" for story in ("a3", "a4"))
    assert not report["repaired"]
    assert not report["mended"], "under its former name too"
    # nothing gets past a version above the topics' in place
    report = run(pipeline, "reconcile", "--mend", "--by", "ann", code=1)  # the former name of --repair
    assert (report["unrepaired"], report["unmended"], report["repaired"]) == (1, 1, True)
    assert run(pipeline, "reconcile", code=1)["stale"]["ids"] == [f"articles/{id_of('a4')}"]
    run(pipeline, "reindex")
    assert {alias: pipeline.documents(alias) for alias in before} == before
    run(pipeline, "reconcile")
    assert [one["by"] for one in run(pipeline, "audit", "--action", "reconcile")["entries"]] == ["ann"]

    # a snapshot from before a kill
    aliases = tuple(before)
    assert run(pipeline, "snapshot", "list") == []
    made = run(pipeline, "snapshot", "create")
    assert [one["name"] for one in run(pipeline, "snapshot", "list")] == [made["name"]]
    killed = kill(pipeline, str(id_of("a5")))
    assert any(line["place"] == f"snapshot {made['name']}" for line in killed["receipt"])
    sender = Sender(pipeline.settings)
    sender.event(raw_article("new", at=30, text="Something new."))
    sender.close()
    pipeline.until(lambda: str(id_of("new")) in pipeline.documents("articles"))
    pipeline.until_quiet()
    before = {alias: pipeline.documents(alias) for alias in aliases}
    done = run(pipeline, "snapshot", "restore", made["name"])
    assert done["applied"]["wrongly_visible"]["count"] + done["applied"]["stale"]["count"] >= 1
    assert {alias: pipeline.documents(alias) for alias in aliases} == before
    assert str(id_of("a5")) not in pipeline.documents("articles")
    assert pipeline.command("snapshot", "restore", "yesterday").returncode == 3


def test_reindex_goes_on_after_a_kill_and_back_while_everything_goes_on(pipeline: Pipeline) -> None:
    filled(pipeline, 40)
    aliases = ("articles", "articles-hidden", "comments", "history")
    before = {alias: pipeline.documents(alias) for alias in aliases}
    seen: list[int] = []
    searching = threading.Event()

    def search() -> None:
        while not searching.is_set():
            seen.append(pipeline.count("articles"))
            time.sleep(0.05)

    thread = threading.Thread(target=search)
    thread.start()
    try:
        pipeline.start("reindex")
        with pipeline.client() as client:
            until(lambda: client.indices.exists(index=f"{pipeline.settings.named('articles')}-2"), every=0.01)
        pipeline.kill("reindex")
        done = run(pipeline, "reindex", "--by", "ann")
        assert (done["from"], done["to"]) == (1, 2)
        assert {alias: pipeline.documents(alias) for alias in aliases} == before
        with pipeline.client() as client:
            assert {generation(index) for index in live_indices(client, pipeline.settings).values()} == {2}
        # the world goes on in the new indices, and the old ones hear of it when they are wanted again
        sender = Sender(pipeline.settings)
        sender.event(raw_article("new", at=30, text="Something new."))
        sender.event(raw_kill("a2", at=30))
        sender.close()
        pipeline.until(lambda: str(id_of("new")) in pipeline.documents("articles"))
        pipeline.until_quiet()
        after = {alias: pipeline.documents(alias) for alias in aliases}
        back = run(pipeline, "reindex", "--rollback")
        assert (back["from"], back["to"]) == (2, 1)
        assert {alias: pipeline.documents(alias) for alias in aliases} == after
        assert str(id_of("a2")) not in pipeline.documents("articles")
    finally:
        searching.set()
        thread.join()
    assert set(seen) <= {39, 40}, "no search saw a half-filled index"
    removed = run(pipeline, "reindex", "--finish")["removed"]
    assert len(removed) == len(ALIASES)
    assert pipeline.command("reindex", "--rollback").returncode == 3
    assert run(pipeline, "reindex")["to"] == 2, "a generation with the number of one that was deleted is built as well"
    assert {alias: pipeline.documents(alias) for alias in aliases} == after


def test_a_commenter_is_erased(pipeline: Pipeline) -> None:
    ensure_topics(pipeline.settings)
    pipeline.start("worker", "indexer")
    sender = Sender(pipeline.settings)

    def hers(n: int) -> None:
        comment = raw_comment(f"a{n % 3}", n, text=f"Thought {n} of mine.")
        sender.event(comment.model_copy(update={"data": comment.data.model_copy(update={"author": "Ann Lee"})}))

    for n in range(3):
        sender.event(raw_article(f"a{n}"))
        sender.event(raw_comment(f"a{n}", n))
        hers(10 + n)
    sender.flush()
    pipeline.until(lambda: pipeline.count("comments") == 6)
    pipeline.until_quiet()
    hers_everywhere = ("erase", "comment-author", "Ann Lee", "--yes", "--wait", f"{PATIENCE:.0f}")
    assert pipeline.command(*hers_everywhere, "--publisher", "another.example").returncode == 0
    assert pipeline.count("comments") == 6
    pipeline.kill("worker")
    for n in range(20, 23):
        hers(n)  # nobody has seen these yet
    sender.close()
    pipeline.start("worker")
    done = run(pipeline, *hers_everywhere)
    assert (done["comments"], done["done"]) == (6, True)
    assert any(line["place"].endswith("comments.current") and line["by"] for line in done["receipt"])
    pipeline.until_quiet()
    everything = [*pipeline.documents("comments").values(), *pipeline.documents("comments-hidden").values()]
    assert len(everything) == 9
    assert "Ann Lee" not in json.dumps(everything)
    assert "Thought" not in json.dumps(everything)
    entries = run(pipeline, "audit", "--action", "erase")["entries"]
    assert len(entries) == 2
    assert "Ann" not in json.dumps(entries)
