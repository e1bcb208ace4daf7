"""Stored answers: a day, and a bounded number of each provider."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.push.answers import StoredAnswers
from pipeline.settings import Settings
from schemas.push_answer import PushAnswer

NOW = datetime.now(UTC)


def answer(provider: str, items: int = 1, **changes: Any) -> PushAnswer:
    made = PushAnswer(
        provider=provider,
        idempotency_key="k",
        request_sha256="0" * 64,
        at=NOW,
        status=202,
        body={"items": [{}] * items},
    )
    return made.model_copy(update=changes)


def test_what_one_provider_stores_is_bounded_and_removes_nothing_of_another() -> None:
    answers = StoredAnswers(Settings(_env_file=None), most=10)
    answers._set("other/1", answer("other"))
    for n in range(100):
        answers._set(f"wire/{n}", answer("wire"))
    assert len(answers.all()) == 6
    assert answers.get("other/1")
    assert answers.get("wire/99")
    assert answers.get("wire/94") is None
    answers._set("wire/large", answer("wire", items=50))
    assert len(answers.all()) == 1, "an answer that is too large for all is not stored"
    answers._set("wire/99", answer("wire"))
    answers._set("wire/99", answer("wire"))
    answers._set("wire/99", None)
    assert [one.provider for one in answers.all()] == ["other"]


def test_answers_end_after_a_day() -> None:
    answers = StoredAnswers(Settings(_env_file=None))
    answers._set("wire/old", answer("wire", at=NOW - timedelta(days=2)))
    assert answers.get("wire/old") is None
    answers._set("wire/1", answer("wire"))
    answers._set("wire/2", answer("wire"))
    assert len(answers.all()) == 2
