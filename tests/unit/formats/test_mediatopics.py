from __future__ import annotations

from pipeline.formats.mediatopics import media_topics
from schemas.article import Subject


def test_media_topics_from_what_is_known() -> None:
    subjects = [Subject(code="medtop:20000065"), Subject(code="subj:15054000"), Subject(code="desk:42", name="Weather")]
    found = media_topics("Politics", ["Wirtschaft", "Quiz of the week"], subjects)
    assert [one.code for one in found] == ["medtop:20000065", "medtop:15000000", "medtop:11000000", "medtop:17000000", "medtop:04000000"]  # fmt: skip
    assert media_topics(None, ["Harbour"], []) == ()
    assert [one.code for one in media_topics("News & Politics", [], [])] == ["medtop:11000000"]
