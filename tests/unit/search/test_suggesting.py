"""What is suggested while somebody types, and that it costs no more for whom types on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search import suggesting
from pipeline.search.parameters import typed

SHOWN: dict[str, Any] = {"match_all": {}}
NAMES = [
    "Pat Keller",
    "Łódź",
    "Éric Blanc",
    "Jean-Marie O’Brien",
    "Håkon Solberg",
    "Ørsted",
    "Ёлкин",
    "習近平",
    "محمد علي",
    "U.S.",
]


def chosen(text: str, names: list[str] = NAMES) -> list[str]:
    counted = {"names": {"buckets": [{"key": name, "doc_count": 2} for name in names]}}
    answer = {"hits": {"hits": []}, "aggregations": {"all": {"person": counted}}}
    return [one["text"] for one in suggesting.suggestions(answer, text, 5)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pat", "Pat Keller"), ("KEL", "Pat Keller"), ("pat kel", "Pat Keller"), ("lodz", "Łódź"), ("Łó", "Łódź"), ("eric", "Éric Blanc"),
        ("o'bri", "Jean-Marie O’Brien"), ("marie o", "Jean-Marie O’Brien"), ("hakon", "Håkon Solberg"), ("ors", "Ørsted"),
        ("елк", "Ёлкин"), ("習近", "習近平"), ("علي", "محمد علي"), ("u.s", "U.S."), ("ｐａｔ", "Pat Keller"),
    ],
)  # fmt: skip
def test_a_name_is_suggested_by_the_beginning_of_any_of_its_words(text: str, name: str) -> None:
    assert chosen(text) == [name]


@pytest.mark.parametrize("text", ["eller", "keller pat", "kell x", "pat x", "aris", "!!"])
def test_another_name_of_the_same_articles_is_not(text: str) -> None:
    assert chosen(text) == []


def test_no_more_than_were_asked_for() -> None:
    assert len(chosen("ka", [f"Kay {n}" for n in range(50)])) == 5


@pytest.mark.parametrize("text", ["a" * 100, "á" * 100, "ab-" * 33, "é", "ab é", "f1", "ab", "東", "ferry st"])
def test_neither_a_long_nor_a_short_text_asks_for_much(text: str) -> None:
    body = json.dumps(suggesting.request(text, 5, SHOWN), ensure_ascii=False)
    assert "regexp" not in body
    assert '"include"' not in body
    assert len(body) < 3000
    few = text not in ("é", "ab é", "f1")
    assert ("prefix" in body) is few, "one letter begins too many words"


@given(st.text(max_size=100))
def test_any_text_is_answered(text: str) -> None:
    text = typed(text)
    answer: Any = {"hits": {"hits": [{"_id": "1", "_source": {"headline": text}}]}}
    json.dumps(suggesting.request(text, 5, SHOWN))
    assert suggesting.suggestions(answer, text, 5) == [{"kind": "article", "text": text, "id": "1"}]
    chosen(text)
