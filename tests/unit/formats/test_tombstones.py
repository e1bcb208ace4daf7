"""Texts that only say that a comment was deleted."""

from __future__ import annotations

import json

import pytest

from pipeline.formats.tombstones import is_tombstone
from tests.support.samples import events

GONE = [
    "[deleted]", "[removed]", "[ entfernt ]", "This comment was deleted.", "[This comment was removed by a moderator]", "Comment removed as it breached our rules",
    "Dieser Kommentar wurde von der Redaktion entfernt.", "Kommentar wurde gelöscht", "Ce commentaire a été supprimé par un modérateur.", "Este comentario ha sido eliminado.",
    "Questo commento è stato rimosso", "Este comentário foi removido pelo autor.", "Deze reactie is door de moderator verwijderd", "Kommentaren är borttagen", "Kommentaren er slettet av redaksjonen.",
    "Комментарий удалён модератором", "该评论已被删除", "このコメントは削除されました", "삭제된 댓글입니다.", "تم حذف هذا التعليق",
]  # fmt: skip
STANDING = [
    "deleted", "Why was my comment deleted?", "My comment was removed, and I want to know why.", "The comment by the mayor was removed from the record, she said, and rightly so.",
    "[deleted] is what it says", "Comment removed? Again?", "Dieser Kommentar ist gut.", "Removed!",
]  # fmt: skip


@pytest.mark.parametrize("text", GONE)
def test_a_tombstone_is_one(text: str) -> None:
    assert is_tombstone(text)


@pytest.mark.parametrize("text", STANDING)
def test_what_speaks_of_deleting_is_none(text: str) -> None:
    assert not is_tombstone(text)


def test_in_an_export_whose_system_does_not_say_so_it_is_a_removal() -> None:
    said = {"article": {"url": "https://herald.example/a"}, "comments": [{"id": "1", "author": "Bo", "text": "[deleted]"}, {"id": "2", "author": "Ann", "text": "Why?", "parent": "1"}]}  # fmt: skip
    kinds = [event.data.kind for event in events(json.dumps(said)).events]
    assert kinds == ["comment-removal", "comment"]
    disqus = '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals"><thread dsq:id="1"><link>https://herald.example/a</link></thread><post dsq:id="5"><message>Ce commentaire a été supprimé.</message><author><name>Bo</name></author><thread dsq:id="1"/></post></disqus>'
    assert [event.data.kind for event in events(disqus).events] == ["comment-removal"]
