"""Words that hold or reject a comment, however they are written."""

from __future__ import annotations

import pytest

from pipeline.settings import load_settings
from pipeline.stages.enrich import choices
from pipeline.stages.enrich.moderation import MODERATION, make_lexicon, moderate, plain_words
from schemas.enriched import EnrichedComment
from schemas.enrichment import Moderation
from tests.support.builders import comment_event


def test_hidden_words_are_read() -> None:
    for text in ("s t u p i d", "s.t.u.p.i.d", "stuuuupid", "stup1d", "STÚPID"):
        assert "stupid" in plain_words(text), text
    assert moderate("Scunthorpe is a town").decision == "approved"
    assert moderate("Bad luck", banned=make_lexicon(["luck"])).matched == ("luck",)


def test_a_providers_own_words_in_any_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_PROVIDERS", '{"herald": {"banned_words": ["Ferrygate"], "suspect_words": ["quay"]}}')
    chosen = choices(load_settings())

    def moderated(text: str, provider: str) -> Moderation:
        event = comment_event(text=text)
        assert isinstance(event.data, EnrichedComment)
        comment = event.data.comment.model_copy(update={"provider": provider})
        made: Moderation = MODERATION(comment, {}, chosen)
        return made

    assert moderated("It is F e r r y g a t e again!", "herald").matched == ("ferrygate",)
    assert moderated("See you on the QU4Y tonight", "herald").decision == "held"
    assert moderated("It is Ferrygate again!", "another").decision == "approved"
