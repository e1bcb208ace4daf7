"""A page through real Kafka, the real worker and the real sink into the real index."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.topology import stages
from tests.conftest import SHARED, Pipeline, load_json
from tests.support.waiting import PATIENCE

PAGE = SHARED / "page"


@pytest.mark.skipif(not PAGE.is_dir(), reason="the reference page is not beside this checkout")
def test_the_reference_page_arrives_whole_and_only_once(pipeline: Pipeline) -> None:
    expected = load_json(PAGE / "expected.json")
    path = str(PAGE / "nagorno-karabakh.txt")
    first = pipeline.command("publish", path, "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["comments"] == 10
    pipeline.start("worker", "indexer")
    pipeline.until(lambda: "articles" in _counts(pipeline) and pipeline.count("comments") == 10)
    pipeline.until_quiet()

    (article,) = pipeline.documents("articles").values()
    assert article["headline"] == expected["headline"]
    assert article["authors"] == expected["authors"]
    assert article["section"] == expected["section"]
    assert article["topics"] == expected["topic_links"]
    assert [faq["question"] for faq in article["faq"]] == expected["faq_questions"]
    assert all(faq["answer"] for faq in article["faq"])
    paragraphs = article["body"].split("\n\n")
    assert len(paragraphs) == expected["body_paragraphs"]
    assert paragraphs[0].startswith(expected["first_paragraph_starts"])
    assert paragraphs[-1].startswith(expected["last_paragraph_starts"])
    assert len(article["locations"]) >= 5
    assert any(one.get("unverified") and one["value"] == 200 for one in article["figures"])
    assert any(one.get("speaker") == "John Kirby" for one in article["quotations"])
    for furniture in expected["not_in_body"]:
        assert furniture not in article["body"]
    comments = sorted(pipeline.documents("comments").values(), key=lambda c: c["posted"])
    for comment, wanted in zip(comments, expected["comments"], strict=True):
        assert comment["author"] == wanted["author"]
        assert comment["text"].startswith(wanted["text_starts"])
        assert datetime.fromisoformat(comment["posted"]) == datetime.fromisoformat(wanted["local_time"]).replace(
            tzinfo=UTC
        )

    before = _counts(pipeline)
    assert pipeline.command("publish", path).returncode == 0
    pipeline.until_quiet()
    assert _counts(pipeline) == before
    assert {alias: count for alias, count in before.items() if count} == {"articles": 1, "comments": 10}


def test_our_samples_are_searched_traced_and_killed(pipeline: Pipeline) -> None:
    pipeline.start("worker", "indexer")
    published = pipeline.command("publish", "samples", "--json")
    assert published.returncode == 0, published.stderr
    pipeline.until(lambda: _counts(pipeline).get("comments", 0) >= 10)
    pipeline.until_quiet()
    counts = _counts(pipeline)
    assert counts["articles"] == 6
    assert counts["articles-hidden"] == 2, "one killed, one under embargo"
    assert counts["history"] == 1 + 1, "the version before the correction, and the killed story without its text"

    found = json.loads(pipeline.command("search", "ferries sail again", "--json").stdout)
    assert found["hits"][0]["headline"] == "Varnholm ferries to sail again after overnight deal"
    assert "<em>" in json.dumps(found["hits"][0]["highlights"])
    assert found["hits"][0]["comment_count"] == 2
    for hidden in ("resign", "record profit 61 million"):
        texts = json.dumps(json.loads(pipeline.command("search", hidden, "--json").stdout))
        assert "has decided to resign" not in texts
        assert "highest in its history" not in texts
    corrected = json.loads(pipeline.command("search", "3,000 stranded", "--publisher", "wire-north", "--json").stdout)
    assert corrected["hits"][0]["correction_note"].startswith("The first version said")
    remarks = json.loads(pipeline.command("search", "suitcase", "--comments", "--json").stdout)
    assert remarks["hits"][0]["author"] == "Kirsten Moe"
    assert (
        json.loads(
            pipeline.command("search", "ferry", "--since", "2026-03-17", "--section", "Economy", "--json").stdout
        )["total"]
        == 1
    )

    article_id = found["hits"][0]["id"]
    trace = json.loads(pipeline.command("trace", article_id, "--json").stdout)
    assert [step["topic"] for step in trace["steps"]] == ["articles.raw", "articles.current"]
    assert list(trace["steps"][-1]["times"]) == ["normalized", "enriched", "revised"]
    assert trace["standing"] == "public"
    by_url = json.loads(
        pipeline.command("trace", "https://www.meridian-news.example/economy/varnholm-ferries-deal", "--json").stdout
    )
    assert by_url["article_id"] == article_id

    (held,) = json.loads(pipeline.command("embargoes", "--json").stdout)["articles"]
    assert (held["standing"], held["until"][:4]) == ("embargoed", "2099")

    status = pipeline.until(
        lambda: said if (said := json.loads(pipeline.command("status", "--json").stdout))["ok"] else None
    )
    assert {name: stage["lag"] for name, stage in status["stages"].items()} == {
        stage.name: 0 for stage in stages(pipeline.settings) if stage.reads
    }

    assert pipeline.command("kill", article_id, "--reason", "test", "--wait", f"{PATIENCE:.0f}").returncode == 0
    pipeline.until(lambda: pipeline.count("articles") == 5)
    pipeline.until_quiet()
    everything = json.dumps(
        [pipeline.documents(alias) for alias in ("articles", "articles-hidden", "comments", "history")]
    )
    assert "Varnholm ferries to sail again" not in everything
    assert "My suitcase and I are delighted" not in everything, "its comments went with it"
    assert pipeline.command("publish", "samples/pages/meridian-news.html").returncode == 0
    pipeline.until_quiet()
    assert pipeline.count("articles") == 5, "a kill outranks every later revision"


def _counts(pipeline: Pipeline) -> dict[str, int]:
    from pipeline.operations.status import documents

    return documents(pipeline.settings)
