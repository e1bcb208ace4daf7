"""What the index is asked, and what its answers mean."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from elasticsearch import BadRequestError

from pipeline.alerts.index import AlertIndex, tokens_of
from pipeline.errors import Retry
from pipeline.saved.conditions import NEVER, condition
from tests.unit.alerts.memory import SETTINGS

A, B = UUID(int=0xA), UUID(int=0xB)


class Client:
    """Analyses as `standard` does, and answers what it is given."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.asked, self.known = answers, list[Any](), {"default_search", "stemmed_en_search"}
        self.indices = SimpleNamespace(analyze=self.analyze)

    def analyze(self, index: str, analyzer: str, text: list[str]) -> dict[str, Any]:
        self.asked.append((analyzer, text))
        if analyzer not in self.known:
            raise BadRequestError(f"failed to find analyzer [{analyzer}]", cast(Any, SimpleNamespace(status=400)), {})
        found, base, position = [], 0, 0
        for one in text:
            at = 0
            for word in one.split():
                start = one.index(word, at)
                found.append({"token": word.lower(), "start_offset": base + _utf16(one[:start]), "position": position})
                at, position = start + len(word), position + 1
            base, position = base + _utf16(one) + 1, position + 100
        return {"tokens": found}

    def __getattr__(self, name: str) -> Any:
        return lambda **_: self.answers[name]


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def index(client: Client) -> AlertIndex:
    return AlertIndex(cast(Any, client), SETTINGS)


def test_each_text_has_its_own_tokens_whatever_is_between() -> None:
    texts = ["Night ferry", "…", "😀 Oslo", "a", "", "ferry"]
    found = index(Client()).tokens("", texts)
    assert found == {
        "Night ferry": (("night",), ("ferry",)), "…": (("…",),), "😀 Oslo": (("😀",), ("oslo",)), "a": (("a",),), "": (), "ferry": (("ferry",),),
    }  # fmt: skip
    graph = [{"token": one, "start_offset": 0, "position": 0} for one in ("f16", "f")]
    assert tokens_of(["f16"], graph) == {"f16": (("f16", "f"),)}


def test_many_texts_are_several_requests() -> None:
    client = Client()
    texts = [f"word{n}" for n in range(3000)]
    assert index(client).tokens("", texts) == {text: ((text,),) for text in texts}
    assert len(client.asked) > 2
    assert all(sum(len(one) + 1 for one in asked) <= 10_000 for _, asked in client.asked)


def test_a_server_without_the_filters_has_no_stemmed_fields() -> None:
    client = Client()
    client.known = {"default"}
    asked = index(client)
    assert asked.tokens("", ["Ferry"]) == {"Ferry": (("ferry",),)}
    (none,) = asked.tokens("de", ["Ferry"]).values()
    only = {"multi_match": {"query": "Ferry", "type": "phrase", "fields": ["stemmed.de.body"]}}
    assert condition(only, lambda *_: none) == NEVER
    client.asked.clear()
    asked.tokens("de", ["Oslo"])
    assert client.asked == [], "it is asked once"


def test_terms_and_values_are_atoms() -> None:
    vectors: dict[str, Any] = {
        "body": {"terms": {"ferry": {}}},
        "stemmed.en.body": {"terms": {"ferri": {}}},
        "topics.text": {"terms": {"sea": {}}},
    }
    docs = [{"_id": str(A), "found": True, "_version": 7, "term_vectors": vectors}, {"_id": str(B), "found": False}]
    assert index(Client(mtermvectors={"docs": docs})).terms([A, B]) == {
        A: (7, frozenset({"t||ferry", "p|fer", "t|en|ferri", "t||sea", "p|sea"}))
    }
    with pytest.raises(Retry):
        index(Client(mtermvectors={"docs": [{"_id": str(A), "error": {}}]})).terms([A])
    source = {
        "publisher": "Herald", "sections": [{"name": "Business"}, {"name": "Travel", "code": "1"}], "shown_at": "2026-03-14T10:00:00+00:00",
        "processed": {"received": "2026-03-14T09:00:00Z"},
    }  # fmt: skip
    hits = {"hits": [{"_id": str(A), "_version": 7, "_source": source}]}
    found = index(Client(search={"hits": hits})).visible([A])[A]
    assert found.atoms == {
        "v|publisher|herald",
        "v|sections.name|business",
        "v|sections.name|travel",
        "v|sections.code|1",
    }
    assert found.since == datetime(2026, 3, 14, 10, tzinfo=UTC), "the end of an embargo, where that is later"


def test_half_an_answer_is_none_and_a_refused_search_is_named() -> None:
    ok = {"status": 200, "hits": {"hits": [{"_id": str(A)}]}, "_shards": {"failed": 0}}
    refused = {"status": 400, "error": {"reason": "too many clauses"}}
    queries: dict[UUID, Any] = {UUID(int=1): ({"match_all": {}}, [A, B]), UUID(int=2): ({"match_all": {}}, [A])}
    found = index(Client(msearch={"responses": [ok, refused]})).confirmed(queries)
    assert (found.found, found.refused, found.failed) == ({UUID(int=1): [A]}, {UUID(int=2): "400 too many clauses"}, {})
    for half in ({"status": 503, "error": {}}, ok | {"_shards": {"failed": 1}}, ok | {"timed_out": True}):
        answer = index(Client(msearch={"responses": [ok, half]})).confirmed(queries)
        assert (answer.found, answer.refused, list(answer.failed)) == ({UUID(int=1): [A]}, {}, [UUID(int=2)])
    with pytest.raises(Retry):
        index(Client(search={"hits": {"hits": []}, "_shards": {"failed": 1}})).visible([A])


def test_what_one_copy_finds_the_same_copy_confirms_within_a_time() -> None:
    client = Recording()
    asked = index(client)
    asked.visible([A])
    asked.confirmed({UUID(int=1): ({"match_all": {}}, [A])})
    header, body = client.sent["msearch"]["searches"]
    assert client.sent["search"]["preference"] == header["preference"] != ""
    assert body["timeout"], "a search that takes too long is said to"
    (over,) = body["query"]["bool"]["must_not"]
    assert "expires" in over["range"], "nothing whose rights are over"


class Recording(Client):
    def __init__(self) -> None:
        ok = {"status": 200, "hits": {"hits": []}}
        super().__init__(search=ok, msearch={"responses": [ok]})
        self.sent: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        def answer(**more: Any) -> Any:
            self.sent[name] = more
            return self.answers[name]

        return answer


def test_an_embargo_counts_to_its_end_and_a_revision_by_its_receipt() -> None:
    source = {
        "processed": {"received": "2026-03-14T09:00:00Z"}, "shown_at": "2026-03-14T08:00:00Z", "embargo_until": "2026-03-16T10:00:00Z",
    }  # fmt: skip
    hits = [{"_id": str(A), "_version": 7, "_source": source, "_index": "articles-3"}]
    asked = index(Client(search={"hits": {"hits": hits}}))
    found = asked.visible([A])[A]
    assert found.since == datetime(2026, 3, 16, 10, tzinfo=UTC)
    assert found.received == datetime(2026, 3, 14, 9, tzinfo=UTC)
    assert asked.name == "articles-3"


def test_another_index_may_have_other_analyses() -> None:
    client = Client()
    client.known = {"default"}
    asked = index(client)
    asked.tokens("en", ["Ferry"])
    client.known = {"default", "stemmed_en_search"}
    asked.forget()
    assert asked.tokens("en", ["Ferry"]) == {"Ferry": (("ferry",),)}
