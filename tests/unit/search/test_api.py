"""The search API without Elasticsearch: its errors, redirects, caching and HEAD."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import httpx
import pytest

from pipeline.errors import Fatal, Reject, Retry
from pipeline.search import queries
from pipeline.search.api import build_api
from pipeline.settings import Settings
from tests.support.search_api import KEY, NEW, OLD, PAGE, PROBLEM, Reader, ask, get


@pytest.mark.parametrize(
    ("path", "error", "status", "media_type"),
    [
        ("/v1/articles", Reject("bad-query", "no"), 400, PROBLEM),
        ("/v1/comments", Retry("away"), 503, PROBLEM),
        ("/v1/comments", KeyError("x"), 500, PROBLEM),
        (f"/v1/stories/{NEW}", None, 404, PROBLEM),
        ("/v1/stories/x", None, 422, PROBLEM),
        ("/v1/articles?size=many", None, 422, PROBLEM),
        ("/v1/articles?sort=best", None, 422, PROBLEM),
        ("/v1/articles?cursor=x", None, 400, PROBLEM),
        ("/v1/nothing", None, 404, PROBLEM),
        ("/v1", None, 404, PROBLEM),
        ("/v1/comments", None, 200, "application/json"),
        ("/", Retry("away"), 503, PAGE),
        ("/", KeyError("x"), 500, PAGE),
        ("/search?sort=best", None, 422, PAGE),
        ("/articles/no-such-story", None, 404, PAGE),
        ("/nothing", None, 404, PAGE),
        ("/style.css", None, 200, "text/css; charset=utf-8"),
    ],
)
def test_errors_are_problems_for_programs_and_pages_for_readers(
    path: str, error: Exception | None, status: int, media_type: str
) -> None:
    answer = get(path, error)
    assert (answer.status_code, answer.headers["content-type"]) == (status, media_type)
    if media_type == PROBLEM:
        assert answer.json()["status"] == status
        assert {"type", "title", "detail", "instance"} <= answer.json().keys()


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH", "BREW"])
@pytest.mark.parametrize(("path", "media_type"), [("/v1/articles", PROBLEM), ("/", PAGE)])
def test_another_method_is_told_so_in_the_same_form(method: str, path: str, media_type: str) -> None:
    (answer,) = ask(path, method=method)
    assert (answer.status_code, answer.headers["content-type"]) == (405, media_type)
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/v1/articles", "/v1/comments", "/v1/trends", f"/v1/stories/{OLD}"])
def test_an_unknown_parameter_is_named_and_not_ignored(path: str) -> None:
    answer = get(f"{path}?sektion=Sport")
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    assert answer.json()["parameter"] == "sektion"
    assert "sektion" in answer.json()["detail"]
    assert "size" in answer.json().get("known", []) or path.startswith("/v1/stories/")


@pytest.mark.parametrize("query", ["size=1&size=2", "q=ferry&q=port", "since=7d&since=", "format=json&format=csv"])
def test_a_value_that_is_given_twice_is_not_chosen_by_chance(query: str) -> None:
    answer = get(f"/v1/articles?{query}")
    assert (answer.status_code, answer.json()["parameter"]) == (422, query.partition("=")[0])
    assert get("/v1/articles?section=Sport&section=Arts&fields=url&fields=headline").status_code == 200


def test_a_wrong_value_names_its_parameter() -> None:
    wrong = get("/v1/articles?size=1000").json()
    assert (wrong["status"], wrong["parameter"]) == (422, "size")
    assert wrong["errors"][0]["pointer"] == "query/size"


@pytest.mark.parametrize("path", ["/v1/articles", "/", "/style.css", f"/v1/stories/{NEW}", "/v1/articles?x=1"])
def test_head_is_get_without_the_body(path: str) -> None:
    shown, (head,) = get(path), ask(path, method="HEAD")
    assert (head.status_code, head.content) == (shown.status_code, b"")
    assert head.headers.get("content-type") == shown.headers.get("content-type")


def test_an_answer_that_says_the_same_is_not_sent_again() -> None:
    first, second = ask("/v1/articles", "/v1/articles")
    assert first.json()["took_ms"] != second.json()["took_ms"]
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["cache-control"] == "no-cache", "a kill is seen at once"
    again = get("/v1/articles", if_none_match=f'"x", {first.headers["etag"]}')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert get("/v1/articles", if_none_match='W/"other"').status_code == 200


def test_long_answers_are_compressed_for_who_can_read_them() -> None:
    assert get("/v1/articles", accept_encoding="gzip").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in get("/v1/articles", accept_encoding="identity").headers


@pytest.mark.parametrize("kind", ["articles", "stories"])
def test_an_old_id_leads_to_the_one_that_is_used_now(kind: str) -> None:
    answer = get(f"/{kind}/{OLD}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/{kind}/{NEW}")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_is_for_operators_is_not_on_the_readers_port(path: str) -> None:
    assert get(path).status_code == 404


@pytest.mark.parametrize(
    "error",
    [
        Retry("http://elastic:secret@10.0.0.5:9200 does not answer"), Fatal("403 secret at 10.0.0.5"),
        Reject("bad-query", "secret-articles-1 at 10.0.0.5 failed"), KeyError("secret 10.0.0.5"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/v1/comments"])
def test_readers_hear_nothing_of_the_engines(error: Exception, path: str) -> None:
    answer = get(path, error)
    assert answer.status_code >= 400
    assert "10.0.0.5" not in answer.text
    assert "secret" not in answer.text
    assert "Try " in answer.text


@pytest.mark.parametrize("sent", ["", "Bearer wrong", "Basic secret", "secret", "Bearer "])
def test_where_keys_are_set_the_api_asks_for_one(sent: str) -> None:
    (refused,) = ask("/v1/articles", options=KEY, authorization=sent)
    assert (refused.status_code, refused.headers["content-type"]) == (401, PROBLEM)
    assert refused.headers["www-authenticate"] == "Bearer"


def test_a_key_opens_the_api_and_the_page_asks_for_none() -> None:
    assert ask("/v1/articles", options=KEY, authorization="Bearer secret")[0].status_code == 200
    for path in ("/style.css", "/help", "/openapi.json"):
        assert ask(path, options=KEY)[0].status_code == 200, path


def test_without_the_pages_nothing_is_read_without_a_key() -> None:
    paths = ("/", "/live", "/search?q=x", f"/articles/{NEW}", "/comments", "/help", "/style.css", "/nothing")
    for path, answer in zip(paths, ask(*paths, options=KEY | {"search_pages": False}), strict=True):
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM), path
    allowed, *over = ask("/v1/trends", "/", "/", options=KEY | {"search_pages": False, "search_rate": 1}, authorization="Bearer secret")  # fmt: skip
    assert allowed.status_code == 200
    assert (over[1].status_code, over[1].headers["content-type"]) == (429, PROBLEM)


def test_a_rate_is_told_and_kept() -> None:
    first, second, third = ask(*["/v1/trends"] * 3, options={"search_rate": 2})
    assert [one.status_code for one in (first, second, third)] == [200, 200, 429]
    assert [one.headers["ratelimit-remaining"] for one in (first, second, third)] == ["1", "0", "0"]
    assert first.headers["ratelimit-limit"] == "2"
    assert int(third.headers["retry-after"]) == int(third.headers["ratelimit-reset"]) > 0
    assert third.headers["content-type"] == PROBLEM


@pytest.mark.parametrize("error", [KeyError("x"), Retry("away"), Reject("bad-query", "no")])
@pytest.mark.parametrize("path", ["/v1/comments", "/"])
def test_an_answer_that_fails_says_what_is_left_and_may_be_read_by_other_origins(path: str, error: Exception) -> None:
    options = {"search_rate": 2, "search_origins": ["https://news.example"]}
    *failed, over = ask(*[path] * 3, error=error, options=options, origin="https://news.example")
    assert [one.status_code >= 400 for one in failed] == [True, True]
    assert [one.headers["ratelimit-remaining"] for one in failed] == ["1", "0"]
    assert {one.headers["access-control-allow-origin"] for one in failed} == {"https://news.example"}
    assert over.status_code == 429


def test_a_wrong_key_counts_by_its_address() -> None:
    first, second, over = ask(*["/v1/trends"] * 3, options=KEY | {"search_rate": 2}, authorization="Bearer wrong")
    assert [one.status_code for one in (first, second, over)] == [401, 401, 429]
    assert second.headers["ratelimit-remaining"] == "0"


@pytest.mark.parametrize(
    "path",
    ["/", "/search?q=ferry", "/articles/none", "/live", "/help", "/nothing", "/v1/articles?format=atom", "/v1/articles?format=csv"],
)  # fmt: skip
def test_pages_feeds_and_exports_count_as_much(path: str) -> None:
    first, second, over = ask(path, path, path, options={"search_rate": 2}, method="HEAD")
    assert 429 not in (first.status_code, second.status_code)
    assert first.headers["ratelimit-remaining"] == "1"
    assert over.status_code == 429
    assert int(over.headers["retry-after"]) > 0


def test_a_reader_over_the_rate_is_told_in_words_and_still_has_the_style() -> None:
    *_, over, style = ask("/help", "/", "/style.css", options={"search_rate": 1})
    assert (over.status_code, over.headers["content-type"]) == (429, PAGE)
    assert f"Wait {over.headers['retry-after']} seconds" in over.text
    assert style.status_code == 200
    assert "ratelimit-limit" not in style.headers


def test_where_programs_have_keys_readers_count_by_their_address() -> None:
    page, over, program = ask("/help", "/help", "/v1/trends", options=KEY | {"search_rate": 1}, authorization="Bearer secret")  # fmt: skip
    assert [page.status_code, over.status_code, program.status_code] == [200, 429, 200]


def test_pages_of_other_origins_may_ask_where_they_are_named() -> None:
    options = {"search_origins": ["https://news.example"]}
    (allowed,) = ask("/v1/trends", options=options, origin="https://news.example")
    assert allowed.headers["access-control-allow-origin"] == "https://news.example"
    (other,) = ask("/v1/trends", options=options, origin="https://other.example")
    assert "access-control-allow-origin" not in other.headers
    (asked,) = ask("/v1/trends", options=options | KEY, method="OPTIONS", origin="https://news.example", access_control_request_method="GET", access_control_request_headers="authorization")  # fmt: skip
    assert asked.status_code == 200
    assert "access-control-allow-origin" not in get("/v1/trends", origin="https://news.example").headers


@pytest.mark.parametrize(
    ("format_", "media_type"),
    [
        ("json", "application/json"), ("ninjs", "application/json"), ("jsonld", "application/ld+json"),
        ("newsml-g2", "application/vnd.iptc.g2.newsitem+xml"), ("nitf", "application/nitf+xml"),
    ],
)  # fmt: skip
def test_an_article_comes_in_each_format(format_: str, media_type: str) -> None:
    answer = get(f"/v1/articles/{OLD}?format={format_}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert "Ferries" in answer.text


def test_an_article_has_its_revisions_and_each_correction_once() -> None:
    found = get(f"/v1/articles/{NEW}?revisions=3").json()
    assert [one["number"] for one in found["history"]] == [8, 9, 10]
    assert all(one["changes"] for one in found["history"]), "the one before the first is known too"
    assert found["revisions"] == 10
    assert [one["note"] for one in found["corrections"]] == ["One.", "Two."]
    assert not {"history", "story"} & get(f"/v1/articles/{NEW}?include=none").json().keys()


@pytest.mark.parametrize("path", ["", "/comments", "/comments?view=flat", "/related"])
def test_what_goes_with_an_article_is_there_as_long_as_it_is(path: str) -> None:
    assert get(f"/v1/articles/{OLD}{path}").status_code == 200
    gone = get(f"/v1/articles/00000000-0000-0000-0000-000000000000{path}")
    assert (gone.status_code, gone.headers["content-type"]) == (404, PROBLEM)


def test_a_comment_that_is_not_there_has_no_answers() -> None:
    assert get(f"/v1/articles/{NEW}/comments?parent={OLD}").status_code == 404
    assert get(f"/v1/articles/{NEW}/comments?parent={OLD}&view=flat").json()["parameter"] == "parent"


@pytest.mark.parametrize("path", ["/v1/stories", "/v1/timeline", "/v1/suggest?q=%00%20a", "/v1/suggest?q=%20"])
def test_overviews_answer(path: str) -> None:
    assert get(path).status_code == 200


@pytest.mark.parametrize("format_", ["atom", "jsonfeed"])
def test_a_feed_is_made_of_all_that_it_shows(format_: str) -> None:
    """A list of articles comes without their pictures, unless they are asked for."""
    asked: list[Any] = []

    class Noting(Reader):
        def articles(self, search: Any) -> dict[str, Any]:
            asked.append(search)
            source = queries.article_search(search).body["_source"]
            document = {"article_id": NEW, "headline": "Ferries", "pictures": [{"url": "https://img.example/1.png"}]}
            shown = {name: value for name, value in document.items() if name in source}
            return self.comments(search) | {"hits": [shown]}

    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(build_api(cast(Any, Noting()), Settings(_env_file=None)))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(f"/v1/articles?format={format_}&fields=headline")

    assert "https://img.example/1.png" in asyncio.run(answer()).text


@pytest.mark.parametrize("fields", ["*", "entities.*", "body*", "headline,secret", "stemmed", "stemmed.en.body"])
def test_fields_are_named_and_those_there_are_are_told(fields: str) -> None:
    answer = get(f"/v1/articles?fields={fields}")
    assert (answer.status_code, answer.json()["parameter"]) == (422, "fields")
    assert "headline, " in answer.json()["detail"]
    assert "stemmed," not in answer.json()["detail"]
    assert get("/v1/articles?fields=entities.name,headline").status_code == 200


def test_a_whole_result_is_streamed_and_its_error_is_a_problem() -> None:
    lines = get("/v1/articles?format=ndjson").text.splitlines()
    assert len(lines) == 3
    table = get("/v1/articles?format=csv&fields=article_id,headline")
    assert table.text == "article_id,headline\r\n0,'=1\r\n1,'=1\r\n2,'=1\r\n"
    assert table.headers["content-type"].startswith("text/csv")
    assert get("/v1/articles?format=ndjson", Retry("away at 10.0.0.5")).status_code == 503
    assert get("/v1/articles?format=csv&collapse=story").json()["parameter"] == "format"
    (head,) = ask("/v1/articles?format=csv", method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
