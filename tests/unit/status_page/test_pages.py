"""The operators' page on doubles: what is on each page, the same as JSON, errors in words, and nothing from outside that a
browser would run."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from pipeline.errors import Reject
from pipeline.operations.dead_letters import Filter
from pipeline.operations.trace import Unknown
from tests.support.operators import (
    ARTICLE,
    PAGES,
    Double,
    Page,
    ask,
    found_funnel,
    found_letters,
    found_trace,
    get,
    report,
    stored,
)

HOSTILE = (
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "</title></textarea></pre><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "a\x1b[31m\u202eb\x00c\x9bd",
    "</noscript><base href='http://evil.example/'>",
)


@pytest.fixture(scope="module")
def harmless() -> dict[str, Page]:
    return dict(zip(PAGES, (Page(one.text) for one in ask(Double("wire"), *PAGES)), strict=True))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_from_outside_is_text_on_every_page(text: str, harmless: dict[str, Page]) -> None:
    for path, answer in zip(PAGES, ask(Double(text), *PAGES), strict=True):
        _is_only_text(harmless[path], Page(answer.text))


def _is_only_text(harmless: Page, hostile: Page) -> None:
    assert [name for name, _ in hostile.elements] == [name for name, _ in harmless.elements], "no element more or less"
    for (_, expected), (name, attributes) in zip(harmless.elements, hostile.elements, strict=True):
        assert attributes.keys() == expected.keys(), name
        assert not any(key.startswith("on") or key == "style" for key in attributes)
    assert [one.keys() for one in hostile.of("script")] == [{"src", "defer"}]
    for link in hostile.links():
        assert link.startswith(("/", "#")), link
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", hostile.text)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_asked_for_is_text_too(text: str) -> None:
    source = Double(trace=Unknown(f"{text} is unknown"))
    paths = ("/trace?q=", "/dead-letters?reason=", "/dead-letters?nonsense=", "/funnel?provider=", "/funnel?day=", "/status?")  # fmt: skip
    for answer in ask(source, *(path + quote(text) for path in paths)):
        page = Page(answer.text)
        assert len(page.of("script")) == 1
        assert not page.of("img")
        assert not page.of("base")
        assert [one for one in page.links() if not one.startswith(("/", "#"))] == []


def test_the_first_line_is_that_of_the_command() -> None:
    page = Page(get(Double("wire"), "/status").text)
    assert "no indexer is running: wire" in page.text
    assert "dateline indexer" in page.text
    well = get(Double(status=report(well=True)), "/status").text
    assert "All is well: 2 articles are searchable." in well
    assert "What is wrong" not in well


def test_a_finding_leads_to_what_says_more() -> None:
    links = Page(get(Double("a/b"), "/status").text).links()
    assert "/dead-letters?stage=normalize&reason=a%2Fb" in links
    assert "/dead-letters?stage=enrich&reason=failed" in links
    assert "/funnel?provider=a%2Fb&since=7+days+ago" in links
    assert "/funnel?provider=a%2Fb" in links


def test_the_status_says_what_it_measured() -> None:
    text = " ".join(Page(get(Double("wire"), "/status").text).text.split())
    for words in ("revise 2 1,200 4 min ago falling 20/s in 60 s", "index nobody 3 (not started)", "wire articles 9 h ago silent 1.0 s 9.0 s 12.5 s", "normalize 41 no-text 12 1 wire", "articles 2 yellow read-only", "wire 1.0 GB 10.0 GB", "Elasticsearch away", "namespace news"):  # fmt: skip
        assert words in text


def test_it_refreshes_without_a_script_and_can_be_paused() -> None:
    live, paused = (get(Double(), path).text for path in ("/status", "/status?refresh=off"))
    assert '<noscript><meta http-equiv="refresh" content="20"></noscript>' in live
    assert 'data-every="20"' in live
    assert "http-equiv" not in paused
    assert "data-every" not in paused


def test_with_an_engine_away_the_page_opens_and_says_so() -> None:
    answer = get(Double("it does not answer"), "/status")
    assert answer.status_code == 200
    assert "it does not answer" in answer.text


def test_a_trace_has_each_step_with_its_worker_offset_outcome_and_the_refused_original() -> None:
    source = Double("wire", letter=stored("wire", '{"headline": "<b>Løs & ferry</b>"}'.encode()))
    answer = get(source, f"/trace?q={ARTICLE}")
    text = " ".join(Page(answer.text).text.split())
    assert "08:20:00.120 2026-03-14 articles.raw refused" in text
    assert "partition 1, offset 17, 2,048 bytes · read by wire" in text
    assert "2026-03-15" in text
    assert '{"headline": "<b>Løs & ferry</b>"}' in text
    assert "&lt;b&gt;Løs &amp; ferry&lt;/b&gt;" in answer.text
    assert f"dateline trace {ARTICLE}" in text, "there is more than could be read"
    assert "/dead-letters/0-17" in Page(answer.text).links()


def test_a_story_that_was_refused_before_it_had_an_id_is_found_by_its_address() -> None:
    source = Double(trace=Unknown("no article with that address", ("0-17",)))
    answer = get(source, "/trace?q=https://news.example/a")
    assert answer.status_code == 404
    assert "no article with that address" in answer.text
    assert "/dead-letters/0-17" in Page(answer.text).links()


def test_a_letter_that_is_gone_costs_the_trace_nothing() -> None:
    answer = get(Double(letter=Reject("gone", "is not in the topic (any more)")), f"/trace?q={ARTICLE}")
    assert answer.status_code == 200
    assert "is not in the topic (any more)" in answer.text


def test_what_is_nowhere_is_said() -> None:
    nothing = found_trace() | {"steps": [], "documents": [], "complete": True}
    answer = get(Double(trace=nothing), f"/trace?q={ARTICLE}")
    assert (answer.status_code, f"{ARTICLE} is in no topic and no index." in answer.text) == (404, True)


def test_a_funnel_has_examples_to_click_on() -> None:
    page = Page(get(Double("wire"), "/funnel?provider=wire").text)
    links = page.links()
    assert f"/trace?q={ARTICLE}" in links
    assert "/dead-letters/0-17" in links
    assert [one["width"] for one in page.of("rect")] == ["1000", "250", "725", "25"]
    assert "25%" in page.text


def test_a_funnel_that_was_cut_says_so_and_which_command_reads_it_all() -> None:
    whole = get(Double("wire"), "/funnel?provider=wire").text
    cut = Page(get(Double("wire", funnel=found_funnel("two words", complete=False)), "/funnel?provider=two+words").text).text  # fmt: skip
    assert "at least" in cut
    assert "at least" not in whole
    assert "dateline trace --since 2026-03-14T00:00:00Z --until 2026-03-15T00:00:00Z --provider 'two words'" in cut


def test_a_funnel_is_of_a_day_or_of_a_time() -> None:
    source = Double()
    ask(source, "/funnel?day=2026-03-14", "/funnel?since=2026-03-10&until=2026-03-12", "/funnel?provider=wire")
    spans = [asked for name, asked in source.asked if name == "funnel"]
    first = datetime(2026, 3, 14, tzinfo=UTC)
    assert spans[0] == (None, first, first + timedelta(days=1))
    assert spans[1] == (None, datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC))
    assert (spans[2][0], spans[2][2] - spans[2][1]) == ("wire", timedelta(days=1))


def test_a_funnel_is_read_once_for_all_who_refresh() -> None:
    source = Double()
    ask(source, *["/funnel?provider=wire"] * 5, "/funnel.json?provider=wire", "/funnel?provider=other")
    assert [asked[0] for name, asked in source.asked if name == "funnel"] == ["wire", "other"]


def test_dead_letters_are_filtered_and_the_command_that_replays_them_is_shown() -> None:
    source = Double("wire")
    answer = get(source, "/dead-letters?stage=normalize&reason=no-text&provider=O%27Neill&since=2026-03-14&size=200&handled=1")  # fmt: skip
    since = datetime(2026, 3, 14, tzinfo=UTC)
    assert source.asked == [("letters", (Filter("normalize", "no-text", "O'Neill", since), 200, True))]
    shown = Page(answer.text)
    assert (
        """dateline dead-letters replay --stage normalize --reason no-text --provider 'O'"'"'Neill' --since 2026-03-14T00:00:00Z"""
        in shown.text
    )
    assert f"/trace?q={ARTICLE}" in shown.links()
    assert "/trace?q=https%3A%2F%2Fnews.example%2Fa" in shown.links()
    assert "1,200 dead letters" in shown.text
    assert "replay" not in Page(get(Double("wire"), "/dead-letters").text).text, "never all there are by accident"


def test_a_dead_letter_has_its_commands_and_one_that_can_not_be_replayed_says_so() -> None:
    text = Page(get(Double("wire"), "/dead-letters/0-17").text).text
    for line in ("dead-letters replay 0-17", "dead-letters edit 0-17", "dead-letters discard 0-17 --why", "show 0-17 --raw"):  # fmt: skip
        assert line in text
    refused = get(Double(replayable=Reject("truncated", "only its first bytes were stored")), "/dead-letters/0-17").text
    assert "only its first bytes were stored" in refused
    assert "replay 0-17" not in refused


def test_flows_are_linked_where_prefect_is_known() -> None:
    for path in ("/dead-letters?stage=index", "/dead-letters/0-17", "/status"):
        assert "http://prefect.example:4200/deployments" in Page(get(Double(), path, prefect="http://prefect.example:4200").text).links()  # fmt: skip
        assert "Prefect" not in get(Double(), path).text


def test_json_is_what_the_commands_report() -> None:
    text, letter = "wire", stored()
    facts = letter.header.model_dump(mode="json", exclude_none=True)
    fixed = report(text)
    expected: dict[str, Any] = {
        "/status": fixed.model_dump(mode="json"),
        f"/trace?q={ARTICLE}": found_trace(),
        "/funnel?provider=wire": found_funnel().model_dump(mode="json"),
        "/dead-letters?reason=no-text": found_letters(),
        "/dead-letters/0-17": {"id": "0-17", **facts, "original": "wire"},
    }
    for path, data in expected.items():
        plain, _, query = path.partition("?")
        for same in (f"{plain}.json?{query}", f"{plain}?{query}&format=json"):
            answer = get(Double(status=fixed), same)
            assert (answer.status_code, answer.json()) == (200, data), same
            assert answer.headers["content-type"] == "application/json"


def test_the_front_leads_to_the_status() -> None:
    answer = get(Double(), "/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/status")


def test_every_page_has_one_heading_and_a_title() -> None:
    for path in (*PAGES, "/nothing", "/trace?q=x"):
        page = Page(get(Double(), path).text)
        assert len(page.of("h1")) == 1, path
        assert len(page.of("title")) == 1
        named = [str(one["id"]) for _, one in page.elements if "id" in one]
        assert len(named) == len(set(named)), path


def test_a_report_without_anything_in_it_is_a_page() -> None:
    empty = report(well=True).model_dump(mode="json", include={"at", "ok", "headline", "kafka", "elasticsearch"})
    answer = get(Double(status=type(report()).model_validate_json(json.dumps(empty))), "/status")
    assert answer.status_code == 200
    assert "Kafka says nothing of them." in answer.text
