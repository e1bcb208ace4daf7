"""Two workers and two indexers: partitions change hands while batches are in flight, by joining, leaving and dying."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.kafka.clients import ensure_topics
from pipeline.topics import DEAD_LETTERS
from tests.conftest import Pipeline
from tests.faults import FORMS, LONG
from tests.support.builders import id_of, raw_article, raw_comment, raw_patch
from tests.support.sender import Sender
from tests.support.waiting import PATIENCE

ARTICLES = 3000 if LONG else 600
TURNS = 15 if LONG else 2
KIB = 1024
LIMIT = 64 * KIB


@FORMS
def test_partitions_change_hands_while_batches_are_in_flight(make_pipeline: Callable[..., Pipeline], form: str) -> None:
    pipeline = make_pipeline(batch_size=50, stages=form)
    ensure_topics(pipeline.settings)
    seed = time.time_ns() % 100_000
    print(f"DATELINE_TEST_SEED={seed}")
    rng = random.Random(seed)
    pipeline.start("worker", "indexer")

    def feed() -> None:
        sender = Sender(pipeline.settings)
        for n in range(ARTICLES):
            sender.event(raw_article(f"a{n}", text="First."))
            sender.event(raw_article(f"a{n}", at=1, text="Second."))
            sender.event(raw_patch(f"a{n}", at=2, summary="In short.", paragraphs=["Third, in Paris."]))
            if n % 10 == 0:
                sender.event(raw_comment(f"a{n}", 1))
            time.sleep(0.02)
        sender.close()

    with ThreadPoolExecutor(1) as beside:  # what is fed ends with the test, however that ends
        feeding = beside.submit(feed)
        for _ in range(TURNS):
            pipeline.start("worker#2", DATELINE_WORKER_ID="2")
            pipeline.start("indexer#2")
            time.sleep(rng.uniform(3, 7))
            # one of each dies, the other has to take over what it had in hand
            for victim in (rng.choice(["worker", "worker#2"]), rng.choice(["indexer", "indexer#2"])):
                if rng.random() < 0.7:
                    pipeline.kill(victim)
                else:
                    pipeline.children[victim].terminate()
                    # by the signal itself where it had not begun yet; or it was about to leave, to be started again
                    left = pipeline.children.pop(victim).wait(PATIENCE)
                    assert left in {0, -signal.SIGTERM, *pipeline.started_again}, pipeline.log(victim)[-4000:]
            time.sleep(rng.uniform(0.5, 2))
            pipeline.start(*({"worker", "indexer"} - pipeline.children.keys()))
            for second in ("worker#2", "indexer#2"):
                if second in pipeline.children:
                    pipeline.kill(second)
        feeding.result()
    pipeline.until(lambda: pipeline.count("articles") >= ARTICLES)
    pipeline.until_quiet()
    shown = pipeline.documents("articles")
    assert set(shown) == {str(id_of(f"a{n}")) for n in range(ARTICLES)}
    told = {(one["body"], one["summary"], tuple(one.get("places", ()))) for one in shown.values()}
    assert told == {("Third, in Paris.", "In short.", ("Paris",))}, "merged, and enriched as it stands"
    past = list(pipeline.documents("history").values())
    assert sum(one["standing"] == "superseded" for one in past) == 2 * ARTICLES, "each whole revision, once"
    assert sum(one["standing"] == "partial" for one in past) == ARTICLES
    assert len(pipeline.documents("comments")) == ARTICLES // 10
    assert pipeline.count("dead-letters") == 0


def test_records_at_the_size_limit_and_over_it_are_kept_while_processes_die(
    make_pipeline: Callable[..., Pipeline],
) -> None:
    """Each is searchable or, with its reason, in dead letters; nothing of them stops its partition."""
    pipeline = make_pipeline(largest_record=LIMIT, batch_size=20)
    ensure_topics(pipeline.settings)
    sizes = [LIMIT - step for step in range(200, 12 * KIB, 200)]
    words = "Ferries sail from Varnholm on Monday, said Ann Smith in Paris. " * (LIMIT // 40)
    sender = Sender(pipeline.settings)
    sent: dict[str, int] = {}
    for n, size in enumerate(sizes):
        name = f"big{n}"
        empty = len(raw_article(name, text="").to_json())
        event = raw_article(name, text=words[: size - empty])
        sent[str(id_of(name))] = len(event.to_json())
        sender.event(event)
        sender.event(raw_patch(name, at=1, editor_note=words[: 3 * KIB]))
        sender.event(raw_article(f"small{n}"))
    pipeline.start("worker", "indexer")
    sender.close()
    for victim in ("worker", "indexer", "worker"):
        time.sleep(2.5)
        pipeline.kill(victim)
        pipeline.start(victim)
    pipeline.until(lambda: pipeline.count("articles") > len(sizes))
    pipeline.until_quiet()
    shown = pipeline.documents("articles")
    letters = list(pipeline.documents(DEAD_LETTERS.name).values())
    assert {one["reason"] for one in letters} == {"too-large"}
    refused = {one["key"] for one in letters}
    whole = {key for key, size in sent.items() if key in shown}
    assert {str(id_of(f"small{n}")) for n in range(len(sizes))} <= set(shown), "those between are all there"
    assert whole | refused >= set(sent), "each is somewhere"
    assert 0 < len(whole) < len(sent)
    assert max(sent[key] for key in whole) > LIMIT - 8 * KIB, "the limit is for the record, not far below it"


@pytest.mark.skipif(not LONG, reason="in the long form: make faults")
def test_a_worker_that_stood_still_does_not_bring_back_what_is_older(make_pipeline: Callable[..., Pipeline]) -> None:
    """It wakes after another has its partitions, with a batch in hand: what it sends now would be the topics' last word."""
    pipeline = make_pipeline(batch_size=100)
    ensure_topics(pipeline.settings)
    names, rounds, revisions = [f"z{n}" for n in range(60)], 4, 50
    pipeline.start("worker", "indexer")
    pipeline.start("worker#2", DATELINE_WORKER_ID="2")
    sender = Sender(pipeline.settings)
    for name in names:
        sender.event(raw_article(name, text="Revision 0."))
    sender.flush()
    pipeline.until(lambda: pipeline.count("articles") == len(names))
    for at in range(1, rounds * revisions):
        for name in names:
            sender.event(raw_article(name, at=at, text=f"Revision {at}."))
        sender.flush()
        time.sleep(0.25)
        if at % revisions == 5:
            pipeline.children["worker"].send_signal(signal.SIGSTOP)
        if at % revisions == revisions - 5:
            pipeline.children["worker"].send_signal(signal.SIGCONT)
            pipeline.until(lambda: True)  # one that left is started again
    sender.close()
    pipeline.until_quiet()
    assert {one["body"] for one in pipeline.documents("articles").values()} == {f"Revision {rounds * revisions - 1}."}
    found = json.loads(pipeline.command("reconcile", "--json").stdout)
    differences = {kind: one["count"] for kind, one in found.items() if isinstance(one, dict)}
    assert set(differences.values()) == {0}, f"the topics' last word is what is indexed: {differences}"
    # what the tables say is what the next worker goes on from
    pipeline.kill("worker#2")
    if "worker" in pipeline.children:
        pipeline.kill("worker")
    pipeline.start("worker")
    again = Sender(pipeline.settings)
    for name in names:
        again.event(raw_patch(name, at=rounds * revisions, summary="In short."))
    again.close()
    pipeline.until(lambda: all("summary" in one for one in pipeline.documents("articles").values()))
    assert {one["body"] for one in pipeline.documents("articles").values()} == {f"Revision {rounds * revisions - 1}."}
