"""The figures of make relevance, and that its judgements are of articles that are there."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from benchmarks.relevance.measure import FOLDER, Query, figures, ndcg, queries, success


def test_the_best_order_is_one_and_a_worse_one_is_less() -> None:
    right = {"a": 3, "b": 1}
    assert ndcg(["a", "b"], right) == pytest.approx(1)
    assert ndcg(["b", "a"], right) == pytest.approx(0.7098, abs=1e-3)
    assert ndcg(["a", "b", *"cdefghij"], right) == pytest.approx(1)
    assert ndcg([*"cdefghijkl", "a"], right) == 0
    assert (success(["b"], right), success(["c", "a"], right), success([], right)) == (1, 0, 0)


def test_where_nothing_is_right_finding_nothing_is() -> None:
    assert (ndcg([], {}), success([], {})) == (1, 1)
    assert (ndcg(["a"], {}), success(["a"], {})) == (0, 0)
    both = figures([(Query("x", "q", {}), []), (Query("x", "q", {}), ["a"])])
    assert (both.ndcg, both.success, both.queries) == (0.5, 0.5, 2)


def test_our_own_judgements_name_our_own_articles() -> None:
    articles = [one[0] for one in json.loads((FOLDER / "corpus.json").read_text())]
    assert len(set(articles)) == len(articles)
    asked = queries("queries")
    assert len(asked) >= 80
    assert {key for query in asked for key in query.right} <= set(articles)
    assert max(Counter(query.text for query in (*asked, *queries("page_queries"))).values()) == 1
    assert all(1 <= grade <= 3 for query in asked for grade in query.right.values())
