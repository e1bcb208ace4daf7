"""Answers of the operators' page: errors in words and as problems, nothing that changes anything, closed to other hosts and scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipeline.errors import Fatal, Reject, Retry
from pipeline.operations.trace import Unknown
from tests.support.operators import (
    PAGES,
    Double,
    Page,
    get,
)


@pytest.mark.parametrize(
    ("path", "answers", "status", "words"),
    [
        ("/nothing", {}, 404, "nothing at this address"),
        ("/dead-letters/nonsense", {}, 404, "not a dead letter's id"),
        ("/dead-letters/0-²", {}, 404, "not a dead letter's id"),
        ("/dead-letters/0-99", {"letter": Reject("gone", "is not there any more")}, 404, "is not there any more"),
        ("/funnel?providr=wire", {}, 400, "no parameter 'providr' here"),
        ("/funnel?day=yesterday", {}, 400, "is no day"),
        ("/funnel?since=nonsense", {}, 400, "can't be read as a time"),
        ("/funnel?since=2026-03-14&until=2026-03-13", {}, 400, "before until"),
        ("/dead-letters?size=2000", {}, 400, "from 1 to 1,000"),
        ("/dead-letters?size=٣", {}, 400, "from 1 to 1,000"),
        ("/trace?q=" + "x" * 3000, {}, 400, "longer than 2,000"),
        ("/status?format=xml", {}, 400, "json or html"),
        ("/trace?q=zzz", {"trace": Unknown("'zzz' is neither an id nor an address")}, 404, "neither an id nor an address"),
        ("/trace?q=zzz", {"trace": Fatal("has 3 partitions, the settings say 4")}, 500, "the settings say 4"),
        ("/funnel?provider=a", {"funnel": Retry("Kafka does not answer")}, 503, "Kafka does not answer"),
        ("/dead-letters", {"letters": Retry("Elasticsearch does not answer")}, 503, "Elasticsearch does not answer"),
        ("/status", {"status": RuntimeError("a secret of ours")}, 500, "Something went wrong"),
    ],
)  # fmt: skip
def test_errors_are_words_for_people_and_problems_for_programs(
    path: str, answers: dict[str, Any], status: int, words: str
) -> None:
    page = get(Double(**answers), path)
    assert page.status_code == status
    assert words in Page(page.text).text
    assert "secret of ours" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'"), "errors too"
    if "format" in path:
        return
    plain, _, query = path.partition("?")
    problem = get(Double(**answers), f"{plain}.json?{query}")
    assert (problem.status_code, problem.headers["content-type"]) == (status, "application/problem+json")
    assert words in problem.json()["detail"]
    assert ("retry-after" in page.headers) is (status == 503)


def test_nothing_can_be_changed_here() -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = get(Double(), "/dead-letters/0-17", method=method)
        assert (answer.status_code, "repairs are commands and flows" in answer.text) == (405, True)
        assert "GET" in answer.headers["allow"]


def test_head_is_get_without_the_body() -> None:
    for path in PAGES:
        answer = get(Double(), path, method="HEAD")
        assert (answer.status_code, answer.content) == (200, b"")


def test_every_answer_is_closed_to_other_hosts_and_scripts() -> None:
    for path in (*PAGES, "/style.css", "/page.js", "/favicon.svg", "/nothing", "/status.json"):
        answer = get(Double(), path)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "*" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] in ("no-store", "max-age=300")
        text = answer.text
        assert not re.search(r"<style|<script(?! src)|style=", text)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text), "no other host"
