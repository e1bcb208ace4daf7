"""Exports of Isso, Commento, Comentario and Remark42: threads, true parents, authors, times, and what isn't to be shown."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from pipeline.ingest.intake import Read
from schemas.comment import CommentNotice, ReceivedComment
from tests.support.samples import events, refusal

Row = tuple[str, str | None, str | None, str | None, str | None]


def posted(read: Read) -> list[Row]:
    """(id, parent, author, time, text) of each comment that was posted or edited."""
    return [
        (_own(one.name) or "", _own(one.parent_name), one.author, one.posted, one.text)
        for one in (event.data for event in read.events)
        if isinstance(one, ReceivedComment)
    ]


def decided(read: Read) -> dict[str | None, str]:
    """What was decided about which comment."""
    notices = [event.data for event in read.events if isinstance(event.data, CommentNotice)]
    return {_own(one.name): one.decision or "removed" for one in notices}


def claims(read: Read) -> list[str]:
    return list(dict.fromkeys(one.value for event in read.events for one in event.data.claims))


def _own(name: str | None) -> str | None:
    return name.removeprefix("id\n") if name else None


def _remark(own: str, text: str = "<p>Да.</p>", page: str = "https://r.example/1", **more: Any) -> dict[str, Any]:
    user = {"name": "Аня", "id": f"u{own}", "ip": "293ec5", "admin": False}
    return {
        "id": own,
        "pid": "",
        "text": text,
        "user": user,
        "locator": {"site": "r", "url": page},
        "score": 0,
        "votes": {},
        "time": "2026-03-14T15:18:22.5-06:00",
        **more,
    }


HEAD = {
    "version": 1,
    "users": [{"id": "u5", "blocked": {"status": True, "until": "0001-01-01T00:00:00Z"}, "verified": False}],
    "posts": [],
}
REMARKS = [
    _remark("1", title="Паром"), _remark("2", "<p>Нет [совсем].</p><p>Точно.</p>", pid="1", edit={"time": "2026-03-15T00:00:00Z", "summary": ""}),
    _remark("3", "", delete=True, user={"name": "deleted", "id": "deleted"}), _remark("4", "", orig="Просто текст", page="https://r.example/2"), _remark("5"),
]  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
def test_a_backup_of_remark42(packed: bool) -> None:
    content = "\n".join(json.dumps(one, ensure_ascii=False) for one in [HEAD, *REMARKS]).encode()
    read = events(gzip.compress(content) if packed else content)
    assert (read.kind, read.rejects) == ("remark42", ())
    time = "2026-03-14T15:18:22.5-06:00"
    assert posted(read) == [
        ("1", None, "Аня", time, "Да."), ("2", "1", "Аня", time, "Нет [совсем].\n\nТочно."), ("5", None, "Аня", time, "Да."), ("4", None, "Аня", time, "Просто текст"),
    ]  # fmt: skip
    assert decided(read) == {"3": "removed", "5": "rejected"}
    assert claims(read) == ["https://r.example/1", "https://r.example/2"]
    assert b"293ec5" not in b"".join(event.to_json() for event in read.events)


def test_the_answer_of_remark42s_api_and_a_backup_of_nothing() -> None:
    tree = {
        "comments": [
            {"comment": _remark("1"), "replies": [{"comment": _remark("2", pid="1")}]},
            {"comment": _remark("3")},
        ],
        "info": {},
    }
    assert [row[:2] for row in posted(events(json.dumps(tree)))] == [("1", None), ("2", "1"), ("3", None)]
    assert [row[0] for row in posted(events(json.dumps({"comments": REMARKS[:2]})))] == ["1", "2"]
    assert refusal(json.dumps(HEAD)).reason == "no-story"


def test_an_odd_comment_of_remark42_is_refused_by_itself() -> None:
    rows = [
        json.dumps(one)
        for one in [HEAD, REMARKS[0], {"id": "7"}, 7, _remark("8", ""), {"text": "x", "locator": {}}, REMARKS[1]]
    ]
    read = events("\n".join([*rows, "{odd", rows[-1][:50]]))
    assert [row[0] for row in posted(read)] == ["1", "2"]
    assert [reject.reason for reject in read.rejects] == [
        "no-id",
        "invalid",
        "no-text",
        "no-id",
        "not-json",
        "truncated",
    ]


def _commento(own: str, markdown: str = "Oui.", **more: Any) -> dict[str, Any]:
    return {"commentHex": own, "domain": "c.example", "url": "/blog/1", "commenterHex": "anonymous", "markdown": markdown, "html": "", "parentHex": "root",
            "score": 1, "state": "approved", "creationDate": "2026-03-12T11:21:56Z", "direction": 0, "deleted": False, **more}  # fmt: skip


def test_an_export_of_commento() -> None:
    comments = [
        _commento("a1", commenterHex="p1"), _commento("b2", parentHex="a1", html="<p>Non.</p>"), _commento("c3", "[deleted]"), _commento("d4", deleted=True),
        _commento("e5", state="unapproved"), _commento("f6", state="flagged"), _commento("g7", url="", host="d.example", path="2"), _commento("h8", state=None), 7,
    ]  # fmt: skip
    read = events(
        json.dumps(
            {
                "version": 1,
                "comments": comments,
                "commenters": [{"commenterHex": "p1", "email": "zoe@c.example", "name": "Zoé"}],
            }
        )
    )
    time = "2026-03-12T11:21:56Z"
    assert posted(read)[:2] == [("a1", None, "Zoé", time, "Oui."), ("b2", "a1", None, time, "Non.")]
    assert decided(read) == {"c3": "removed", "d4": "removed", "e5": "held", "f6": "held", "h8": "held"}
    assert claims(read) == ["https://c.example/blog/1", "https://d.example/2"]
    assert [reject.reason for reject in read.rejects] == ["invalid"]
    assert b"zoe@" not in b"".join(event.to_json() for event in read.events)


def _comentario(own: str, **more: Any) -> dict[str, Any]:
    return {"id": own, "pageId": "p1", "markdown": "Sí.", "html": "<p>Sí.</p>", "isApproved": True, "createdTime": "2026-03-12T11:21:56Z", "editedTime": "0001-01-01T00:00:00Z",
            "deletedTime": "0001-01-01T00:00:00Z", "userCreated": "u1", **more}  # fmt: skip


def test_an_export_of_comentario() -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    comments = [
        _comentario("1", url="https://k.example/uno?a=1#comentario-1"), _comentario("2", parentId="1", userCreated=nobody, authorName="Luz"), _comentario("3", isDeleted=True, markdown="", html=""),
        _comentario("4", isPending=True, isApproved=False), _comentario("5", isApproved=False), _comentario("6", pageId="p2", parentId=nobody), _comentario("7", pageId="p3"),
        _comentario("8", editedTime="2026-03-13T00:00:00Z"),
    ]  # fmt: skip
    pages = [
        {"id": "p1", "domainId": "d", "path": "/uno", "title": "Uno"},
        {"id": "p2", "domainId": "d", "path": "/dos"},
        {"id": "p3", "domainId": "e", "path": "/tres"},
    ]
    read = events(
        json.dumps(
            {
                "version": 3,
                "pages": pages,
                "comments": comments,
                "commenters": [{"id": "u1", "email": "x@k.example", "name": "Ana"}],
            }
        )
    )
    assert [row[:3] for row in posted(read)] == [
        ("1", None, "Ana"), ("2", "1", "Luz"), ("4", None, "Ana"), ("5", None, "Ana"), ("8", None, "Ana"), ("6", None, "Ana"), ("7", None, "Ana"),
    ]  # fmt: skip
    assert decided(read) == {"3": "removed", "4": "held", "5": "rejected"}
    assert claims(read) == ["https://k.example/uno", "https://k.example/dos", "p3"]
    edited = {_own(event.data.name) for event in read.events if event.type == "comment.edited"}  # type: ignore[union-attr]
    assert edited == {"8"}


def test_an_address_that_is_none_costs_its_comment_alone() -> None:
    comments = [_comentario("1", url="http://[::1"), _comentario("2", url="https://k.example/uno#c")]
    pages = [{"id": "p1", "domainId": "d", "path": "/uno"}]
    read = events(json.dumps({"version": 3, "pages": pages, "comments": comments, "commenters": []}))
    assert "2" in [row[0] for row in posted(read)]
    assert "failed" not in [reject.reason for reject in read.rejects]
    read = events(json.dumps([_remark("1", page="http://[::1"), _remark("2", page="http://[::2")]))
    assert (read.events, [reject.reason for reject in read.rejects]) == ((), ["no-id", "no-id"]), (
        "nor do two such pages become one"
    )


ISSO: list[dict[str, Any]] = [
    {"id": "/1/", "title": "Eerste+bericht", "comments": [
        {"id": 1, "author": "Jan", "email": "jan@i.example", "website": "", "remote_addr": "192.0.2.0", "created": "2026-03-14 09:00:00", "text": "Ja.", "mode": 1},
        {"id": 2, "parent": 1, "author": None, "created": 1773480000.25, "modified": 1773483600, "text": "<p>Nee.</p>", "mode": 1, "website": None},
        {"id": 3, "parent": 1, "author": None, "created": 1773480000.25, "text": "", "mode": 4}, {"id": 4, "author": "Bot", "created": 1773480000, "text": "Koop!", "mode": 2},
    ]},
    {"id": "/2/", "title": "", "comments": [{"id": 0, "author": "A", "created": "2026-03-14 09:00:00", "text": "x"}, {"id": 0, "author": "B", "created": "2026-03-14 09:00:00", "text": "y"}]},
]  # fmt: skip


def test_what_isso_imports() -> None:
    read = events(json.dumps(ISSO), url="https://i.example/")
    assert (read.kind, read.rejects) == ("isso", ())
    assert posted(read)[:2] == [
        ("1", None, "Jan", "2026-03-14 09:00:00", "Ja."),
        ("2", "1", None, "2026-03-14T09:20:00.250000+00:00", "Nee."),
    ]
    assert decided(read) == {"3": "removed", "4": "held"}
    assert claims(read) == ["https://i.example/1/", "https://i.example/2/"]
    assert len({event.data.comment_id for event in read.events}) == 6, "an id that all have is none"  # type: ignore[union-attr]
    assert claims(events(json.dumps(ISSO))) == ["/1/", "/2/"]
    assert claims(events(json.dumps(ISSO[:1]), url="https://i.example/")) == ["https://i.example/1/"], (
        "of one thread too"
    )
    content = b"".join(event.to_json() for event in read.events)
    assert b"jan@" not in content
    assert b"192.0.2" not in content


def test_the_tables_of_isso_and_the_answer_of_its_api() -> None:
    tables = {
        "threads": [{"id": 7, "uri": "/1/", "title": "Een"}],
        "comments": [{**one, "tid": 7} for one in ISSO[0]["comments"]],
    }
    read = events(json.dumps(tables), url="https://i.example/")
    assert (read.kind, [row[:2] for row in posted(read)], decided(read)) == (
        "isso",
        [("1", None), ("2", "1"), ("4", None)],
        {"3": "removed", "4": "held"},
    )
    answer = {"id": None, "total_replies": 2, "hidden_replies": 0, "replies": [
        {"id": 1, "parent": None, "text": "<p>Ja.</p>", "author": "Jan", "mode": 1, "created": 1773480000.5, "replies": [{"id": 2, "parent": 1, "text": "<p>Nee.</p>", "mode": 1, "created": 1773480001}]},
        {"id": 3, "parent": None, "text": "", "author": None, "mode": 4, "created": 1773480002, "replies": [{"id": 4, "text": "<p>Toch.</p>", "mode": 1, "created": 1773480003}]},
    ]}  # fmt: skip
    read = events(json.dumps(answer), url="https://i.example/1/")
    assert ([row[:2] for row in posted(read)], decided(read), claims(read)) == (
        [("1", None), ("2", "1"), ("4", "3")],
        {"3": "removed"},
        ["https://i.example/1/"],
    )
    assert [reject.reason for reject in events(json.dumps(answer)).rejects] == ["no-id"] * 4
    assert refusal(json.dumps([{"id": "/1/", "comments": []}])).reason == "no-story"
