"""Whole articles as normalize makes them, and what it refuses."""

from __future__ import annotations

import pytest

from pipeline.errors import Reject
from pipeline.stages.normalize.events import normalize_article
from schemas.article import Article
from tests.support.builders import raw_article


def test_what_was_changed_is_told() -> None:
    event = raw_article("mine", text="OSLO, Norway (NTB) — The council met.")
    data = event.data.model_copy(
        update={"headline": "Council meets | The Herald", "site": "The Herald", "byline": "By Ann Lee", "section": "Politics", "published": "2026-03-01 10:00"}
    )  # fmt: skip
    article = normalize_article(event.model_copy(update={"data": data})).data
    assert isinstance(article, Article)
    assert (article.headline, article.dateline, article.agency, article.paragraphs) == (
        "Council meets", "OSLO, Norway", "NTB", ("The council met.",),
    )  # fmt: skip
    assert {(one.field, one.rule): one.was for one in article.changes} == {
        ("headline", "site-suffix"): "Council meets | The Herald",
        ("paragraphs", "dateline"): "OSLO, Norway (NTB) — ",
        ("dateline", "split"): None,
        ("authors", "byline"): "By Ann Lee",
        ("media_topics", "mapped"): None,
        ("published", "zone:UTC"): "2026-03-01 10:00",
    }


def test_markup_in_a_wrong_encoding_is_repaired_as_its_text_is() -> None:
    event = raw_article("mine", text="It\u00e2\u0080\u0099s Ã©tÃ© again.")
    markup = '<p>It\u00e2\u0080\u0099s <a href="https://w.example/Ã©?a=1&amp;b=2">Ã©tÃ©</a> again — “now”.</p><p>A &lt; B</p>'
    article = normalize_article(
        event.model_copy(update={"data": event.data.model_copy(update={"body_html": markup})})
    ).data
    assert isinstance(article, Article)
    assert article.paragraphs == ("It’s été again.",)
    assert article.body_html == (
        '<p>It’s <a href="https://w.example/Ã©?a=1&amp;b=2" rel="noopener nofollow">été</a> again — “now”.</p><p>A &lt; B</p>'
    )


def test_a_provider_cannot_pass_as_another_by_naming_its_id() -> None:
    event = raw_article("mine")
    stolen = event.model_copy(update={"data": event.data.model_copy(update={"publisher": "somebody-else"})})
    with pytest.raises(Reject, match="identity"):
        normalize_article(stolen)


def test_an_embargo_that_cannot_be_read_is_refused_rather_than_published() -> None:
    event = raw_article("mine")
    vague = event.model_copy(update={"data": event.data.model_copy(update={"embargo_until": "after the match"})})
    with pytest.raises(Reject, match="bad-date"):
        normalize_article(vague)
