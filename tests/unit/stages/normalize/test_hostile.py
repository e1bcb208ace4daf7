"""Hostile values in every text field, by the real normalize: nothing comes out that a front-end's browser would run or follow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import lxml.html
import pytest

from pipeline.errors import Reject
from pipeline.index.projections import article as article_document
from pipeline.index.projections import comment as comment_document
from pipeline.stages.normalize import normalize_article, normalize_comment
from pipeline.topics import ARTICLES_CURRENT, COMMENTS_CURRENT, ConsumedRecord
from schemas.article import Article, ReceivedArticle
from schemas.comment import Comment, ReceivedComment
from schemas.current import CurrentArticle, CurrentComment, Status, Visibility
from schemas.enrichment import ArticleEnrichment
from schemas.event import EventType
from schemas.events import CurrentArticleEvent, CurrentCommentEvent
from schemas.patch import PATCHABLE, ArticlePatch, ReceivedPatch
from tests.support.builders import NOON, raw_article, raw_comment, raw_patch
from tests.support.pages import OneArticle, get

MARKUP = (
    "<p>Text.</p><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)><a href='javascript:alert(1)'>a</a>"
    "<a href='/logout'>b</a><a href='//evil.example'>c</a><iframe src='https://evil.example'></iframe><style>*{}</style>"
    "<form action='https://evil.example'><input></form><p style='position:fixed' id=x onclick=alert(1)>d</p>"
    "<a href='https://bank.example@evil.example/'>e</a><base href='https://evil.example'><math><mi xlink:href='data:x,1'></mi></math>"
)
ADDRESSES = (
    "javascript:alert(1)", " JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)", "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>", "data:image/svg+xml;base64,PHN2Zz4=", "/logout", "//evil.example/x", "\\\\evil.example",
    "../x", "?delete=1", "#x", "blob:https://x.example/1", "file:///etc/passwd", 'https://evil.example/"onmouseover="alert(1)',
    "https://bank.example@evil.example/", "https://user:password@evil.example/", "https://ev il.example/", "https:///x", "http://",
)  # fmt: skip
HOSTILE = (*ADDRESSES, MARKUP, "\x1b[31mred\x1b[0m")
ATTRIBUTES = {"href", "title", "rel", "src", "alt", "width", "height", "colspan", "rowspan", "datetime"}
TEXTS = (
    "headline", "byline", "dateline", "slug", "summary", "section", "take", "site", "genre", "rights", "rights_holder", "usage_terms",
    "credit", "editor_note", "correction_note", "body_html",
)  # fmt: skip


def hostile_fields(value: str) -> dict[str, Any]:
    """Every field of a received article that can hold this text."""
    return dict.fromkeys(TEXTS, value) | {
        "topics": [value],
        "paragraphs": [value],
        "subjects": [{"code": value, "name": value}],
        "faq": [{"question": value, "answer": value}],
        "named": [{"kind": "person", "name": value, "code": value}],
        "links": [{"url": value, "title": value, "rel": value}],
        "pictures": [{"url": value, "caption": value, "credit": value}],
        "language": value[:35],
    }


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from texts(one, f"{path}.{name}".lstrip("."))
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from texts(one, path)


def is_safe_address(text: str) -> bool:
    if any(character in text for character in " \"'<>\\@\n\x01"):
        return False
    return text.startswith(("https://", "http://")) and "/" not in text[:8].replace("://", "")


def assert_inert(markup: str) -> None:
    for element in lxml.html.fragment_fromstring(markup, create_parent="div").iter():
        assert element.tag not in (
            "script",
            "style",
            "iframe",
            "svg",
            "math",
            "form",
            "input",
            "base",
            "object",
            "embed",
        ), markup
        assert set(element.attrib) <= ATTRIBUTES, markup
        for name in {"href", "src"} & set(element.attrib):
            assert is_safe_address(str(element.attrib[name])), markup


def assert_all_safe(fields: dict[str, Any]) -> None:
    for path, text in texts(fields):
        assert not any(ord(one) < 32 and one != "\n" for one in text), (path, text)
        if path == "body_html":
            assert_inert(text)
        elif path in ("url", "pictures.url"):
            assert is_safe_address(text), (path, text)
        elif path in ("links.url", "subjects.code", "media_topics.code", "named.code"):
            bare = "".join(text.split()).casefold()
            assert not bare.startswith(
                ("javascript:", "vbscript:", "data:", "blob:", "file:", "/", "\\", ".", "?", "#")
            ), (path, text)
            assert not bare.startswith("http") or is_safe_address(text), (path, text)
        elif path == "language":
            assert text.replace("-", "").isalnum()


def cleaned(value: str, **more: Any) -> Article | None:
    event = raw_article("mine")
    data = ReceivedArticle.model_validate(event.data.model_dump() | hostile_fields(value) | {"url": value} | more)
    try:
        article = normalize_article(event.model_copy(update={"data": data})).data
    except Reject:
        return None  # nothing is left of its headline
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize("value", HOSTILE)
def test_no_field_of_an_article_comes_out_active(value: str) -> None:
    article = cleaned(value)
    assert article is not None
    assert_all_safe(
        article.model_dump(mode="json", exclude={"changes", "paragraphs", "faq", "editor_note"}, exclude_none=True)
    )


@pytest.mark.parametrize("value", HOSTILE)
def test_no_field_of_a_partial_update_comes_out_active(value: str) -> None:
    fields = hostile_fields(value)
    patch = normalize_article(raw_patch("mine", at=1, **fields)).data
    assert isinstance(patch, ArticlePatch)
    assert_all_safe(
        {name: one for name, one in patch.fields.as_json().items() if name not in ("paragraphs", "faq", "editor_note")}
    )


@pytest.mark.parametrize("value", HOSTILE)
def test_no_field_of_a_comment_comes_out_active(value: str) -> None:
    event = raw_comment("mine", 1)
    data = ReceivedComment.model_validate(event.data.model_dump() | {"author": value, "text": value, "url": value})
    comment = normalize_comment(event.model_copy(update={"data": data})).data
    assert isinstance(comment, Comment)
    assert_all_safe(comment.model_dump(mode="json", include={"url", "author"}, exclude_none=True))


def test_every_text_field_is_attacked() -> None:
    fields = hostile_fields("x")
    assert set(PATCHABLE) - set(fields) == {"urgency", "withheld", "published", "embargo_until", "expires"}
    ReceivedPatch.model_validate(raw_patch("mine", at=1, **fields).data.model_dump(mode="json"))


def test_relative_addresses_of_the_body_lead_to_the_articles_own_site() -> None:
    event = raw_article("mine")
    data = event.data.model_copy(
        update={
            "url": "https://herald.example/news/1",
            "body_html": "<p>Text <a href='../2'>two</a><img src='/p.jpg'></p>",
        }
    )
    article = normalize_article(event.model_copy(update={"data": data})).data
    assert isinstance(article, Article)
    assert article.body_html == (
        '<p>Text <a href="https://herald.example/2" rel="noopener nofollow">two</a><img src="https://herald.example/p.jpg"></p>'
    )
    assert ("body_html", "sanitised") in {(one.field, one.rule) for one in article.changes}


def test_ids_and_addresses_that_are_no_attack_stay() -> None:
    urn = "urn:newsml:localhost:2026-03-01:1"
    article = cleaned(
        "x", links=[{"url": urn}, {"url": "https://x.example/café?a=1&b=2#c"}, {"url": "20260301-12"}],
        pictures=[{"url": "https://x.example/p.jpg", "caption": "A  ferry"}], subjects=[{"code": "medtop:16000000"}],
    )  # fmt: skip
    assert article is not None
    assert [one.url for one in article.links] == [urn, "https://x.example/café?a=1&b=2#c", "20260301-12"]
    assert [(one.url, one.caption) for one in article.pictures] == [("https://x.example/p.jpg", "A ferry")]
    assert [one.code for one in article.subjects] == ["medtop:16000000"]


def test_a_claimed_address_is_an_address() -> None:
    event = raw_article("mine")
    claims = ({"scheme": "guid", "value": "mine"}, {"scheme": "url", "value": "javascript:alert(1)"})
    data = ReceivedArticle.model_validate(event.data.model_dump() | {"claims": claims[1:]})
    with pytest.raises(Reject, match="identity"):
        normalize_article(event.model_copy(update={"data": data}))


@pytest.mark.parametrize("value", HOSTILE)
def test_the_search_pages_show_it_as_text(value: str) -> None:
    article = cleaned(value)
    event = normalize_comment(raw_comment("mine", 1, text=value))
    assert article is not None
    assert isinstance(event.data, Comment)
    shown = _document(article) | {"story_id": str(article.article_id), "shown_at": value, "people": [value]}
    past = shown | {"headline": f"Once: {value}", "revision_key": "1.1.x", "status": "superseded", "withheld": False}
    past |= {"revision": shown["revision"] | {"event_id": "0"}}
    comment = _comment(event.data) | {"parent_id": value}
    own = f"/articles/{shown['article_id']}"
    pages = get(
        OneArticle(shown, [comment, comment | {"comment_id": value, "parent_id": comment["comment_id"]}], [past]),
        "/", "/search?" + urlencode({"q": value, "section": value, "not_person": value, "near": "1,2"}), f"{own}?" + urlencode({"q": value, "back": value}),
        own, f"{own}/revisions", f"{own}/comments", f"/stories/{shown['article_id']}", "/articles/" + quote(value, safe=""), "/nothing",
    )  # fmt: skip
    for page in pages:
        if page.status_code == 307:  # without the slash at its end
            assert page.headers["location"].startswith("http://test/articles/")
            continue
        assert page.headers["content-type"].startswith("text/html"), page.url
        assert page.status_code in (200, 404, 422), page.url
        for element in lxml.html.document_fromstring(page.content).iter():
            tag = element.tag
            attributes: dict[str, str] = {str(name): str(given) for name, given in element.attrib.items()}
            assert tag not in ("style", "iframe", "math", "object", "embed", "base", "img"), value
            assert tag != "script" or attributes in (
                {"src": "/page.js", "defer": "defer"},
                {"type": "application/ld+json"},
            )
            assert not any(str(name).startswith("on") or name in ("style", "srcdoc") for name in attributes), value
            for name in {"href", "src", "action"} & set(attributes):
                address = str(attributes[name])
                assert re.match(r"/(?!/)|#|http://test/", address) or is_safe_address(address), (value, address)
        for data in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL):
            assert json.loads(data)["@type"] == "NewsArticle"


def _document(article: Article) -> dict[str, Any]:
    current = CurrentArticle(
        article_id=article.article_id, version=1, visibility=Visibility(status=Status.PUBLIC), article=article,
        enrichment=ArticleEnrichment(language="en"),
    )  # fmt: skip
    record = ARTICLES_CURRENT.record(
        CurrentArticleEvent(id="1", source="/t", type=EventType.ARTICLE_PUBLISHED, subject="s", time=NOON, data=current)
    )
    return _source(article_document(_consumed(record), (), NOON).document)


def _comment(comment: Comment) -> dict[str, Any]:
    current = CurrentComment(
        article_id=comment.article_id, comment_id=comment.comment_id, version=1, visibility=Visibility(status=Status.PUBLIC), comment=comment
    )  # fmt: skip
    record = COMMENTS_CURRENT.record(
        CurrentCommentEvent(id="1", source="/t", type=EventType.COMMENT_POSTED, subject="s", time=NOON, data=current)
    )
    return _source(comment_document(_consumed(record), (), NOON).document)


def _consumed(record: Any) -> ConsumedRecord:
    return ConsumedRecord(record.topic, 0, 0, record.key, record.encoded())


def _source(document: dict[str, Any]) -> dict[str, Any]:
    """As a search returns it."""
    plain: dict[str, Any] = json.loads(
        json.dumps(document, default=lambda one: one.isoformat() if isinstance(one, datetime) else str(one))
    )
    return plain
