from __future__ import annotations

from tests.support.builders import article_event, kill_event
from tests.support.stories import bands


def test_a_notice_and_a_text_that_says_too_little_meet_nobody() -> None:
    assert bands(kill_event()) == []
    assert bands(article_event(text="Rain.")) == []
