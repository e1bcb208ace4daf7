from __future__ import annotations

from pipeline.stages.normalize import normalize_article
from schemas.article import Article, ReceivedArticle
from schemas.fields import Cleaned, marked
from tests.support.builders import raw_article


def test_normalize_makes_every_field_that_came() -> None:
    event = raw_article("story")
    filled = ReceivedArticle.model_validate(
        event.data.model_dump()
        | {
            "byline": "By Ann Smith", "dateline": "PARIS", "slug": "s", "summary": "s", "section": "s", "topics": ["t"],
            "subjects": [{"code": "medtop:04000000"}], "faq": [{"question": "Why?"}], "body_html": "<p>x</p>", "take": "1st Ld",
            "named": [{"kind": "place", "name": "Paris"}], "links": [{"url": "u"}], "hops": [{"party": "p"}], "site": "s",
            "genre": "g", "urgency": 1, "pictures": [{"url": "https://x.example/p"}], "rights": "r", "rights_holder": "r", "usage_terms": "u",
            "credit": "c", "editor_note": "e", "withheld": True, "correction_note": "c", "url": "https://x.example/a",
            "language": "en", "published": "2026-03-01T00:00:00Z", "embargo_until": "2026-03-01T00:00:00Z",
            "expires": "2026-03-01T00:00:00Z", "version": 3,
            "original": {"sha256": "0" * 64, "media_type": "text/plain", "size": 1, "gzip": ""},
        }
    )  # fmt: skip
    article = normalize_article(event.model_copy(update={"data": filled})).data
    for name, _ in marked(Article, Cleaned):
        assert getattr(filled, name), f"{name} is not filled in this test"
        assert getattr(article, name), f"{name} is lost"
