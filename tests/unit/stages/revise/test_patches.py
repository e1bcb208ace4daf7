"""Partial updates: merged in every order, enriched anew where the text changed."""

from __future__ import annotations

import random
from typing import Any

import pytest

from pipeline.errors import Reject
from pipeline.operations.history import difference, timeline
from pipeline.outcomes import Outcome
from pipeline.stages.enrich import enrich_article
from pipeline.stages.revise.states import States
from pipeline.stages.revise.tables import ARTICLES
from schemas.events import (
    NormalizedArticleEvent,
    RawArticleEvent,
)
from tests.support.builders import id_of, minutes, raw_article, raw_kill, raw_patch
from tests.support.index import Indices
from tests.support.memory import due, revise, revise_tables
from tests.support.patches import KEY, LATER, Desk, enriched


def test_what_is_named_changes_and_the_rest_stays() -> None:
    desk = Desk()
    desk.take([enriched(raw_article("story", text="The mayor resigned on Monday."))])
    desk.take([enriched(raw_patch("story", at=5, summary="In short.", byline="By Ann Smith", section="Politics"))])
    assert desk.article.headline == "Headline of story"
    assert desk.article.paragraphs == ("The mayor resigned on Monday.",)
    assert (desk.article.summary, desk.article.authors) == ("In short.", ("Ann Smith",))
    assert [topic.code for topic in desk.article.media_topics] == ["medtop:11000000"]
    assert desk.article.revision.modified == minutes(5)
    assert not desk.signed, "none of this is read by enrich"
    desk.take([enriched(raw_patch("story", at=6, byline=None, section=None))])
    assert (desk.article.byline, desk.article.authors, desk.article.media_topics) == (None, (), ())
    assert desk.article.summary == "In short."


def test_a_new_text_is_enriched_anew_and_never_shown_with_what_was_made_of_the_old_one() -> None:
    desk = Desk()
    desk.take([enriched(raw_article("story", text="“He stole it,” said Ann Smith in Paris on Monday."))])
    first = desk.indices.current[KEY]
    assert first.enrichment
    assert first.enrichment.quotations
    desk.take([enriched(raw_patch("story", at=5, paragraphs=["“Nobody stole it,” said Bob Jones in Rome on Monday."]))])
    second = desk.indices.current[KEY]
    assert second.article
    assert "Nobody" in second.article.paragraphs[0]
    assert second.enrichment
    assert [q.text for q in second.enrichment.quotations] == ["Nobody stole it"]
    assert {"Rome"} == {e.name for e in second.enrichment.entities if e.kind == "place"}
    assert desk.signed, "the merged text is compared with other stories"
    signed = len(desk.signed)
    desk.take([enriched(raw_patch("story", at=6, slug="theft"))])
    assert desk.indices.current[KEY].enrichment == second.enrichment
    assert len(desk.signed) == signed + len(desk.signed[:signed]), (
        "the whole of the partial updates is asked about once more"
    )


def test_a_question_of_the_version_before_is_answered_by_what_is_current_now() -> None:
    desk = Desk()
    desk.take([enriched(raw_article("story"))])
    desk.take([enriched(raw_patch("story", at=5, paragraphs=["It rained in Paris."]))])
    current = desk.indices.current[KEY]
    assert current.article
    old = desk.states.article(id_of("story"))
    assert old
    assert old.current
    assert old.patched
    asked = NormalizedArticleEvent(
        id=f"{KEY}/0", source="/dateline/revise", type=old.patched.type, subject=KEY, time=minutes(5),
        data=current.article.model_copy(update={"merged": "0"}),
    )  # fmt: skip
    desk.take([enrich_article(asked)])
    assert desk.indices.current[KEY] == current
    assert desk.outcomes[-1] is Outcome.SUPERSEDED


def test_a_partial_update_of_an_unknown_article_waits_for_it() -> None:
    desk = Desk()
    lifts = minutes(700)
    desk.take([enriched(raw_patch("story", at=5, embargo_until=lifts.isoformat()))])
    assert desk.outcomes == [Outcome.PENDING]
    assert desk.indices.current == {}
    desk.take([enriched(raw_article("story", text="Secret."))])
    assert desk.indices.current[KEY].visibility.status == "embargoed"
    assert desk.indices.current[KEY].visibility.until == lifts
    assert "Secret." not in str(desk.indices.ever_public)
    (release,) = due(desk.tables, lifts)
    desk.take([release], lifts)
    assert desk.indices.current[KEY].visibility.public


def test_an_embargo_is_lifted_by_naming_nothing_else() -> None:
    desk = Desk()
    desk.take([enriched(raw_article("story", embargo=minutes(700)))])
    assert not desk.indices.current[KEY].visibility.public
    desk.take([enriched(raw_patch("story", at=5, embargo_until=None))])
    assert desk.indices.current[KEY].visibility.public
    assert due(desk.tables, minutes(10_000)) == []


def test_a_kill_takes_what_partial_updates_said_and_what_still_comes() -> None:
    for seed in range(20):
        desk, events = (
            Desk(),
            [
                enriched(raw_article("story", text="One.")),
                enriched(raw_patch("story", at=5, summary="Libel.")),
                enriched(raw_patch("story", at=6, paragraphs=["Libel again."])),
                enriched(raw_kill("story", at=7)),
            ],
        )
        random.Random(seed).shuffle(events)
        for event in events:
            desk.take([event])
        assert desk.indices.current[KEY].visibility.status == "killed"
        assert "Libel" not in str(desk.end())
        assert "Libel" not in str(list(desk.tables[ARTICLES].items()))


def test_more_than_a_record_holds_is_refused_and_nothing_else_changes() -> None:
    tables, now = revise_tables(), LATER
    limit = 40_000

    def take(event: RawArticleEvent) -> None:
        batch = revise(tables, limit)
        try:
            batch.apply(enriched(event), now)
        finally:
            batch.run_all(now)

    take(raw_article("story", text="A long text. " * 2000))
    take(raw_patch("story", at=1, summary="In short."))
    before = tables[ARTICLES].get(KEY)
    with pytest.raises(Reject, match="send the whole article"):
        take(raw_patch("story", at=2, editor_note="Much more. " * 2000))
    assert tables[ARTICLES].get(KEY) == before
    take(raw_patch("early", at=2, editor_note="Much more. " * 2000))
    take(raw_article("early", text="A long text. " * 2000))
    kept = States(tables).article(id_of("early"))
    assert kept
    assert kept.patched is None
    assert len(kept.history) == 2, "what it said is in history"


HIDES: dict[str, Any] = {
    "withheld": {"withheld": True},
    "embargoed": {"embargo_until": minutes(9000).isoformat()},
    "expired": {"expires": minutes(3).isoformat()},
}


@pytest.mark.parametrize("how", HIDES)
@pytest.mark.parametrize("more", [{}, {"editor_note": "Much more. " * 2000}])
@pytest.mark.parametrize(("first", "revisions"), [("article", 5000), ("patch", 5000), ("article", 1)])
def test_what_hides_a_story_is_never_too_large(
    how: str, more: dict[str, Any], first: str, revisions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The article fills its record, or has no room for a further revision."""
    monkeypatch.setattr("pipeline.stages.revise.history.MAX_REVISIONS", revisions)
    tables, indices = revise_tables(), Indices()
    story = raw_article("story", text="A long text. " * (2900 if revisions > 1 else 1))
    events = [story, raw_patch("story", at=1, **HIDES[how], **more)]
    if revisions == 1:
        events.insert(1, raw_patch("story", at=0.5, slug="first"))
    for event in events if first == "article" else events[::-1]:
        batch = revise(tables, 40_000)
        batch.apply(enriched(event), LATER)
        indices.take(batch.run_all(LATER), LATER)
    assert indices.current[KEY].visibility.status == how


def test_history_is_told_with_what_each_partial_update_made() -> None:
    desk = Desk()
    desk.take([enriched(raw_article("story", text="One."))])
    desk.take([enriched(raw_patch("story", at=1, summary="In short.", byline="By Ann Smith"))])
    desk.take([enriched(raw_patch("story", at=2, byline=None))])
    past = sorted(desk.indices.documents("history").values(), key=lambda one: one["revision_key"])
    rows = timeline(past, list(desk.indices.documents("articles").values()))
    assert [(row["headline"], row.get("summary"), row.get("byline")) for row in rows] == [
        ("Headline of story", None, None),
        ("Headline of story", "In short.", "By Ann Smith"),
        ("Headline of story", "In short.", None),
    ]
    assert [row["standing"] for row in rows] == ["superseded", "partial", "public"]
    assert "summary" in rows[1]["named_fields"]
    assert "byline" in rows[2]["cleared"]
    assert list(difference(rows[0], rows[1]))[:2] == ["+ summary: In short.", "+ byline: By Ann Smith"]
