"""Posts and comments as WordPress's REST API answers them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.formats.items import State
from schemas.article import ReceivedArticle
from tests.support.samples import events, refusal, stories, story
from tests.unit.formats.test_comment_systems import claims, decided, posted
from tests.unit.formats.test_exports import post as exported
from tests.unit.formats.test_exports import wxr


def post(**more: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "date": "2026-03-14T09:00:00",
        "date_gmt": "2026-03-14T08:00:00",
        "guid": {"rendered": "https://w.example/?p=7"},
        "modified": "2026-03-14T10:00:00",
        "modified_gmt": "2026-03-14T09:00:00",
        "slug": "crews-walk-out",
        "status": "publish",
        "type": "post",
        "link": "https://w.example/2026/crews-walk-out/",
        "title": {"rendered": "Crews walk out &#8211; again"},
        "content": {"rendered": "<p>Ferry crews walked out.</p>\n<p>They want [more] pay.</p>", "protected": False},
        "excerpt": {"rendered": "<p>In short.</p>"},
        "author": 3,
        "_links": {"self": [{"href": "https://w.example/wp-json/wp/v2/posts/7"}]},
        "_embedded": {
            "author": [{"id": 3, "name": "Ann Lee"}],
            "wp:featuredmedia": [
                {"source_url": "https://w.example/p.jpg", "caption": {"rendered": "<p>The harbour</p>"}}
            ],
            "wp:term": [[{"taxonomy": "category", "name": "Ports"}], [{"taxonomy": "post_tag", "name": "Strikes"}]],
        },
        **more,
    }


def comment(own: int, parent: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "id": own,
        "post": 7,
        "parent": parent,
        "author": 0,
        "author_name": "Zoë",
        "date": "2026-03-14T10:30:00",
        "date_gmt": "2026-03-14T09:30:00",
        "content": {"rendered": "<p>Quite right.</p>"},
        "link": f"https://w.example/2026/crews-walk-out/comment-page-2/#comment-{own}",
        "status": "approved",
        "type": "comment",
        **more,
    }


@pytest.mark.parametrize("whole", [post(), [post()]], ids=["one", "a list"])
def test_a_post_is_a_story(whole: Any) -> None:
    found = story(json.dumps(whole))
    assert found.headline == "Crews walk out – again"
    assert found.paragraphs == ["Ferry crews walked out.", "They want [more] pay."]
    assert (found.byline, found.section, found.topics) == ("Ann Lee", "Ports", ["Ports", "Strikes"])
    assert (found.published, found.modified) == ("2026-03-14T08:00:00Z", "2026-03-14T09:00:00Z")
    assert (found.summary, found.state) == ("In short.", State.USABLE)
    assert [(one.url, one.caption) for one in found.pictures] == [("https://w.example/p.jpg", "The harbour")]
    assert found.site_url == "https://w.example/"


def test_the_api_and_an_export_name_the_same_post() -> None:
    by_api = post(link="https://b.example/7", guid={"rendered": "https://b.example/?p=7"})
    assert claims(events(json.dumps(by_api))) == claims(events(wxr(exported(own=7))))


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"status": "future"}, State.EMBARGOED),
        ({"content": {"rendered": "", "protected": True}}, State.WITHHELD),
    ],
)
def test_what_is_not_public_yet_is_not_shown(more: dict[str, Any], state: State) -> None:
    assert story(json.dumps([post(**more)])).state is state


def test_drafts_are_left_out_and_one_line_says_how_many() -> None:
    read = events(json.dumps([post(), post(id=8, status="draft"), post(id=9, status="private", type="page")]))
    assert len([one for one in read.events if isinstance(one.data, ReceivedArticle)]) == 1
    assert read.left_out == ("1 draft post (not published), 1 private page (not published)",)
    assert "1 draft post" in refusal(json.dumps([post(status="draft")])).detail


def test_a_post_without_a_name_and_zeros_for_times() -> None:
    bare = post(guid=None, link=None, date_gmt="0000-00-00T00:00:00", modified=None, modified_gmt=None)
    found = story(json.dumps([bare]))
    assert (found.guid, found.published, found.modified) == ("https://w.example/?p=7", "2026-03-14T09:00:00", None)


def test_comments_are_those_of_the_post_whose_address_they_have() -> None:
    read = events(
        json.dumps(
            [
                comment(1),
                comment(2, parent=1, content={"rendered": "<p>No.</p>"}, author_name="Bo"),
                comment(3, status="hold"),
                comment(4, status="trash", content={"rendered": ""}),
                comment(5, type="pingback"),
            ]
        )
    )
    assert claims(read) == ["https://w.example/2026/crews-walk-out/"]
    assert [row[:3] + row[4:] for row in posted(read)[:2]] == [
        ("1", None, "Zoë", "Quite right."),
        ("2", "1", "Bo", "No."),
    ]
    assert decided(read) == {"3": "held", "4": "removed"}
    assert "5" not in [row[0] for row in posted(read)]


def test_one_odd_post_costs_itself() -> None:
    read = stories(json.dumps([post(), "x", post(id=9, title=None, content={"rendered": ""}, excerpt=None, slug="")]))
    assert len(read) == 1
