"""Stories through the real pipeline: in any order of arrival, with the worker killed in the middle; and the reference page."""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.kafka.clients import ensure_topics
from pipeline.operations.retention import expire_trends
from schemas.events import RawArticleEvent, RawCommentEvent
from tests.conftest import SHARED, Pipeline
from tests.labelled.stories import raw, tellings
from tests.support.builders import raw_article, raw_comment
from tests.support.sender import Sender

PAGE = SHARED / "page" / "nagorno-karabakh.txt"
TELLINGS = tellings()


def test_stories_are_the_same_whatever_comes_first_and_whoever_dies(pipeline: Pipeline) -> None:
    ensure_topics(pipeline.settings)
    events = [raw(telling) for telling in TELLINGS]
    random.Random(time.time_ns()).shuffle(events)
    sender = Sender(pipeline.settings)
    pipeline.start("worker", "indexer")
    for n, event in enumerate(events):
        sender.event(event)
        if n == len(events) // 2:
            time.sleep(6)
            pipeline.kill("worker")
            pipeline.start("worker")
            pipeline.start("worker#2", DATELINE_WORKER_ID="2")  # and its partitions, with their tables, are shared out
    sender.close()
    pipeline.until(lambda: pipeline.count("articles") == len(events))
    pipeline.until_quiet()

    shown = pipeline.documents("articles")
    stories = defaultdict(set)
    for document in shown.values():
        stories[document["story_id"]].add(document["headline"])
    expected = defaultdict(set)
    for telling in TELLINGS:
        # two pairs that the labelled set's score counts as missed: in another language
        name = telling.event + telling.publisher * (telling.publisher in ("abendblatt.example",))
        name += "-es" * (telling.publisher in ("eldiario.example", "lagaceta.example"))
        expected[name].add(telling.headline)
    assert sorted(map(sorted, stories.values())) == sorted(map(sorted, expected.values()))
    poopo = [shown[str(one.article_id)] for one in TELLINGS if one.event == "poopo"]
    assert [one["relation"] for one in poopo] == ["original", "copy", "copy"]

    told = pipeline.command("story", str(TELLINGS[-1].article_id), "--json")
    found = json.loads(told.stdout)
    assert [one["headline"] for one in found["articles"]] == [one.headline for one in TELLINGS if one.event == "poopo"]
    assert found["story_id"] == poopo[0]["story_id"]
    merged = next(iter(pipeline.documents("stories").values()))
    followed = json.loads(pipeline.command("story", merged["story_id"], "--json").stdout)
    assert followed["story_id"] == merged["merged_into"]
    nobody = pipeline.command("story", "00000000-0000-0000-0000-000000000000")
    assert nobody.returncode != 0
    assert b"no story" in nobody.stderr


SAME_DAY = """Azerbaijan and Karabakh Armenians hold first talks after lightning offensive

By the Northwire staff

Representatives of the Armenians of Nagorno-Karabakh met Azerbaijani officials in the town of Yevlakh on Thursday, a day after separatist forces agreed to lay down their arms.

The two sides talked for about two hours about what Baku calls the reintegration of the region. Russian peacekeepers had driven the delegation from Stepanakert, Azerbaijan's state news agency said.

President Ilham Aliyev said in a televised address that his troops had restored Azerbaijan's sovereignty. Armenia's Prime Minister Nikol Pashinyan said that his country had no part in the ceasefire, which was brokered by Moscow's peacekeepers.

At least 200 people were killed and more than 400 wounded, said the separatists' human rights ombudsman, Gegham Stepanyan. Ten of the dead were civilians. The numbers could not be verified.

In Yerevan thousands of protesters blocked streets for a second day. The U.N. Security Council was to meet at the request of France.
"""
DAYS_EARLIER = """Azerbaijan launches “anti-terrorist” operation in Nagorno-Karabakh

By the Northwire staff

Azerbaijan began a military operation in Nagorno-Karabakh on Tuesday, shelling positions in the breakaway region and demanding that ethnic Armenian forces surrender.

Explosions were heard in Stepanakert, the regional capital. At least 25 people were killed, two of them civilians, and 80 wounded, said ombudsman Gegham Stepanyan.

Azerbaijan's defence ministry said that it had taken more than 60 positions. Armenian Prime Minister Nikol Pashinyan said that his army was not taking part. Russia and the U.S. called for a ceasefire, and President Emmanuel Macron of France asked for a meeting of the U.N. Security Council.

Hikmet Hajiyev, an aide to President Ilham Aliyev, said that the operation would go on until the separatists laid down their arms.
"""
NEXT_WEEK = """Nagorno-Karabakh's separatist government says it will dissolve itself

By the Northwire staff

The separatist government of Nagorno-Karabakh said on Thursday that it would dissolve itself and that the unrecognised republic would cease to exist by January 1, 2024.

More than half of the population has fled to Armenia since Azerbaijan took the region last week. Armenian officials had counted 70,500 people by noon at the border crossing of Kornidzor.

The decree was signed by the region's president, Samvel Shahramanyan. Residents should acquaint themselves with the conditions of reintegration offered by Baku, it said.

Armenian Prime Minister Nikol Pashinyan accused Azerbaijan of ethnic cleansing, which President Ilham Aliyev denies.
"""


@pytest.mark.skipif(not PAGE.is_file(), reason="the reference page is not beside this checkout")
def test_the_reference_page_belongs_with_a_telling_of_its_day(pipeline: Pipeline) -> None:
    pipeline.start("worker", "indexer")
    folder = pipeline.folder / "pages"
    folder.mkdir()
    (folder / "same-day.txt").write_text(SAME_DAY)
    (folder / "next-week.txt").write_text(NEXT_WEEK)
    (folder / "days-earlier.txt").write_text(DAYS_EARLIER)
    for path, provider in (
        (PAGE, "bnb"),
        (folder / "same-day.txt", "northwire"),
        (folder / "next-week.txt", "northwire"),
        (folder / "days-earlier.txt", "northwire"),
    ):
        assert pipeline.command("publish", str(path), "--provider", provider).returncode == 0
    pipeline.until(lambda: pipeline.count("articles") == 4 and pipeline.count("comments") == 10)
    pipeline.until_quiet()
    shown = {" ".join(d["headline"].split()[:2]): d for d in pipeline.documents("articles").values()}
    page, same_day = shown["Discussions Commence"], shown["Azerbaijan and"]
    # none of them says when it was published: only what they tell keeps the days apart
    assert page["story_id"] == same_day["story_id"]
    for other in ("Nagorno-Karabakh's separatist", "Azerbaijan launches"):
        assert shown[other]["story_id"] != page["story_id"]
    assert {page["relation"], same_day["relation"]} == {"original", "rewrite"}
    assert page["language"] == "en"
    assert {"Stepanakert", "Yerevan", "Baku", "Shusha", "Yevlakh"} <= set(page["places"])
    assert len(page["locations"]) >= 5
    roles = {one["name"]: one.get("role") for one in page["entities"] if one["kind"] == "person"}
    assert roles["Nikol Pashinyan"] == "Armenian Prime Minister"
    killed = next(one for one in page["figures"] if one["value"] == 200)
    assert (killed["claimed_by"], killed["unverified"]) == ("Gegham Stepanyan", True)
    assert {one["moderation"]["decision"] for one in pipeline.documents("comments").values()} == {"approved"}


def test_what_floods_is_held_and_what_rises_is_shown(pipeline: Pipeline) -> None:
    pipeline.start("worker", "indexer")
    folder = pipeline.folder / "items"
    folder.mkdir()
    now = datetime.now(UTC).isoformat()
    rows = [raw_now(f"story {n}", now).to_json() for n in range(3)]
    rows += [raw_flood(n, now).to_json() for n in range(8)]
    (folder / "items.ndjson").write_bytes(b"\n".join(rows) + b"\n")
    sent = pipeline.command("publish", str(folder / "items.ndjson"))
    assert sent.returncode == 0, sent.stderr
    pipeline.until(lambda: pipeline.count("articles") == 3 and pipeline.count("comments") == 5)
    pipeline.until_quiet()
    hidden = pipeline.documents("comments-hidden").values()
    assert [(one["standing"], one["moderation"]["phase"]) for one in hidden] == [("held", "flooding")] * 3
    rising = json.loads(pipeline.command("trends", "--kind", "place", "--json").stdout)
    assert {(one["name"], one["count"]) for one in rising} == {("Norway", 3), ("Stavanger", 3)}
    assert b"Stavanger" in pipeline.command("trends").stdout
    windows = pipeline.count("trends")
    assert windows >= 2
    assert expire_trends(pipeline.settings, datetime.now(UTC)) == 0
    assert expire_trends(pipeline.settings, datetime.now(UTC) + timedelta(days=31)) == windows
    assert pipeline.count("trends") == 0


def raw_now(name: str, now: str) -> RawArticleEvent:
    event = raw_article(name, text=f"The council of Stavanger, Norway, spoke about {name} on Monday.")
    return event.model_copy(update={"time": datetime.fromisoformat(now)})


def raw_flood(n: int, now: str) -> RawCommentEvent:
    event = raw_comment(f"story {n % 3}", n, text=f"My thought number {n} about all of this.")
    posted = (datetime.fromisoformat(now) + timedelta(seconds=n)).isoformat()
    data = event.data.model_copy(update={"author": "Ann", "posted": posted})
    return event.model_copy(update={"time": datetime.fromisoformat(now), "data": data})
