"""What a provider submits: each item is read or refused for itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.formats.items import Item
from pipeline.ingest import intake, submissions
from pipeline.ingest.events import Hints, _as_provider
from pipeline.ingest.intake import read_item, read_items
from pipeline.push import items
from pipeline.settings import Settings
from tests.support.samples import events, ninjs, push

NOW = datetime.now(UTC)
SETTINGS = Settings(_env_file=None)


def never(*_: object, **__: object) -> None:
    raise AssertionError("this takes long")


def event(provider: str, **data: Any) -> dict[str, Any]:
    article_id = "bf935a96-f6d4-5053-9ede-ceb2019efd5e"
    return {
        "specversion": "1.0", "id": "x", "source": f"/{provider}", "type": "article.withdrawn", "subject": article_id,
        "time": "2026-03-14T08:20:00Z",
        "data": {"kind": "withdrawal", "article_id": article_id, "provider": provider, "publisher": provider} | data,
    }  # fmt: skip


def test_each_item_of_a_body_is_read_or_refused_for_itself() -> None:
    found = push([ninjs("1"), ninjs("2", urgency="soon"), ninjs("3")])
    assert [json.loads(one.to_json())["data"]["claims"][0]["value"] for one in found.events] == ["1", "3"]
    assert len(found.rejects) == 1


@pytest.mark.parametrize(
    "body",
    [
        [ninjs(str(n)) for n in range(30_000)],
        {"article": {"id": "1"}, "comments": [{"id": str(n), "text": "t"} for n in range(30_000)]},
    ],
    ids=["stories", "comments"],
)
def test_no_more_items_are_read_than_fit_in_one_request(monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    for name in ("story_events", "discussion_events"):
        monkeypatch.setattr(intake, name, never)  # it took minutes to make an event of each
    smaller = SETTINGS.model_copy(update={"largest_record": 1024 * 1024})
    content = json.dumps(body).encode()[: smaller.largest_record]
    content = content if isinstance(body, dict) else content[: content.rindex(b"}, {")] + b"}]"
    assert json.loads(content)
    found = submissions.read_push(content, None, "wire", None, smaller, most=1000)
    assert [reject.reason for reject in found.rejects] == ["too-many-items"]
    assert not found.events


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (event("other"), "not-yours"),
        (event("wire", publisher="other"), "not-yours"),
        (event("wire", kind="reinstatement") | {"type": "article.reinstated"}, "not-yours"),
        (event("wire"), "no-claims"),
    ],
)
def test_a_provider_speaks_only_for_itself(sent: dict[str, Any], reason: str) -> None:
    found = push(sent)
    assert not found.events
    assert found.rejects[0].reason == reason


def test_an_event_is_received_now_from_its_own_provider() -> None:
    sent = event("wire", claims=[{"scheme": "guid", "value": "1"}]) | {"source": "/elsewhere"}
    (received,) = push(sent).events
    assert received.source == "/wire"
    assert received.time >= NOW


def test_an_address_that_answers_with_events_speaks_for_nobody() -> None:
    sent = json.dumps(event("wire", claims=[{"scheme": "guid", "value": "1"}]) | {"source": "/operator"}).encode()
    fetched = read_item(Item(sent, "https://evil.example/", None, "https://evil.example/"), Hints(), SETTINGS)
    assert (fetched.events, [one.reason for one in fetched.rejects]) == ((), ["not-yours"])
    assert read_item(Item(sent, "events.ndjson"), Hints(), SETTINGS).events, "an operator's own file does"


def test_files_of_a_folder_are_received_one_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return NOW

    for n in range(3):
        (tmp_path / f"{n}.json").write_text(json.dumps(ninjs("1", headline=f"Head {n}")))
    monkeypatch.setattr("pipeline.ingest.intake.datetime", Stopped)
    times = [one.time for read in read_items(str(tmp_path), Hints(), SETTINGS) for one in read.events]
    assert [(at - NOW) // timedelta(milliseconds=1) for at in times] == [0, 1, 2]


def test_the_comments_route_refuses_articles() -> None:
    found = submissions.only_comments(push(ninjs("1")))
    assert not found.events
    assert found.rejects[0].reason == "not-comments"


@pytest.mark.parametrize(
    ("body", "reason"), [(b"[1]", "not-json"), (b"x", "not-json"), (b'{"headlin": "x"}', "invalid"), (b"{}", "invalid")]
)
def test_a_partial_update_that_names_nothing_known_is_refused(body: bytes, reason: str) -> None:
    found = items.claims_of("urn:1", "wire", SETTINGS)
    assert found is not None
    patch = submissions.read_patch(body, "wire", *found, SETTINGS)
    assert [reject.reason for reject in patch.rejects] == [reason]


def test_a_page_that_would_take_minutes_to_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("declared.article", "main_text.extract"):  # its elements are counted, and nothing else is done with it
        monkeypatch.setattr(f"pipeline.formats.{name}", never)
    content = b"<html><body><article>" + b"<p>word <b>word</b></p>" * 300_000
    found = submissions.read_push(content, None, "wire", "https://w.example/1", SETTINGS)
    assert [reject.reason for reject in found.rejects] == ["too-large"]


def test_no_sender_of_a_file_becomes_the_operator() -> None:
    for sender in ("Operator", "- OPERATOR -"):
        found = events(
            json.dumps(ninjs("1") | {"source": sender, "provider": sender, "infosource": [{"name": sender}]})
        )
        assert found.events
        assert {event.source for event in found.events} != {"/operator"}
    assert _as_provider("Operator") is None
    assert _as_provider("AFP") == "afp"
