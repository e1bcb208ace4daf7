"""The analysis on a real server: what meets, that no text is refused, marks, and indices from before."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from benchmarks.relevance import searching
from benchmarks.relevance.measure import figures, queries
from pipeline.index.templates import component, install
from pipeline.search import matching
from pipeline.search.matching import MARK_CLOSE, MARK_OPEN
from pipeline.search.queries import counts_of_words
from pipeline.stages.enrich.events import load
from schemas.analysis import LANGUAGES, analyzer_of
from tests.conftest import Pipeline


@pytest.fixture
def pipeline(index_pipeline: Pipeline) -> Pipeline:
    return index_pipeline


@pytest.fixture
def client(pipeline: Pipeline) -> Iterator[Elasticsearch]:
    with pipeline.client() as made:
        yield made


def tokens(client: Elasticsearch, index: str, analyzer: str, text: str) -> set[str]:
    return {one["token"] for one in client.indices.analyze(index=index, analyzer=analyzer, text=text)["tokens"]}


def test_what_readers_type_finds_what_they_mean(pipeline: Pipeline, client: Elasticsearch) -> None:
    """Judged queries over our own articles (make relevance has the table): a floor, and far above plain BM25."""
    load()
    searching.index(client, pipeline.settings, searching.own_articles())
    asked = queries("queries")
    assert len(asked) >= 80
    ours = figures(searching.answers(client, pipeline.settings.named("articles"), searching.ours, asked))
    plain = figures(searching.answers(client, pipeline.settings.named(searching.PLAIN), searching.plainly, asked))
    print(ours, plain)
    assert ours.ndcg >= 0.94
    assert ours.success >= 0.94
    assert ours.ndcg > plain.ndcg + 0.3


ODD = (
    "e-mail", "F-16", "O’Brien’s", "ma'am's", "l’été’s", "-", "--", "_", "a--b", "don't-ever'd", "soft\u00adly", "x\u200dy", "ß-ß", "Œuvre-Æ’s", "12,500", "1 234 567", "12.5", "１２，５００",
    "１２-ａ", "ﾊﾟ-ﾄ", "東京-都", "東", "ー", "한국-어", "צה״ל", "שָׁלוֹם", "مـحـمـد", "می\u200cروم", "١٢٬٥٠٠", "ไทย-ไทย", "ไ", "कि-सान", "😀-😀", "👨\u200d👩\u200d👧", "e\u0301-e", "İ’i", "ŉ", "ΐ’ς", "ё-Ё",
    "ǅ", "ﬁ-ﬁ’s", "⅓-½", "Ⅷ", "ａ’ｓ", "'s", "'", "a's's", "http://x.example/a-b_c?d=e-f's", "x" * 300, "-".join("ab" for _ in range(140)), "𝒜-𝒷", "\U00020000-\U00020001", "ǆ's-ß",
)  # fmt: skip


def test_no_text_is_refused_by_the_analysis(pipeline: Pipeline, client: Elasticsearch) -> None:
    """Offsets that run backwards would be a refused document, so that one odd word would cost a story."""
    install(client, pipeline.settings)
    chance = random.Random(16)
    codes = list(LANGUAGES)

    def text() -> str:
        parts = [chance.choice((*ODD, chr(chance.randrange(0x20, 0xD7FF)))) for _ in range(chance.randrange(1, 12))]
        return chance.choice(("", " ", "-", "’")).join(parts)

    actions: list[dict[str, Any]] = []
    for n in range(3000):
        body = "\n\n".join([text(), ODD[n % len(ODD)]])
        stemmed = {codes[n % len(codes)]: {"headline": body, "body": body}}
        actions.append({"_index": pipeline.settings.named("articles"), "_id": n, "body": body, "headline": text(), "stemmed": stemmed})  # fmt: skip
    done, refused = bulk(client, actions, raise_on_error=False, refresh=True)
    assert refused == []
    assert done == len(actions)
    # and none breaks a query, or finds nothing of a document that is the very word
    searches: list[dict[str, Any]] = []
    for odd in ODD:
        for query in (
            matching.words(odd),
            matching.phrase(odd),
            matching.prefix(odd[:200]),
            matching.words(f"{odd} {odd}", operator="or"),
        ):
            searches += [{"index": pipeline.settings.named("articles")}, {"query": query, "size": 1}]
    answers: list[Any] = list(client.msearch(searches=searches)["responses"])
    assert [answer for answer in answers if "error" in answer] == []


def test_the_quick_analysis_says_what_the_plain_one_says(pipeline: Pipeline, client: Elasticsearch) -> None:
    """Letters by a table, groups of digits from the digit on, parts of words on one line: each beside Lucene's own way."""
    install(client, pipeline.settings)
    index, chance = pipeline.settings.named("articles"), random.Random(5)
    made = component("analysis-full")["template"]["settings"]["analysis"]
    letters, digits = made["char_filter"]["spellings"], made["char_filter"]["grouped_digits"]
    by_automaton = {"type": "mapping", "mappings": [*letters["mappings"], "\ue000\ue001=>x"]}
    from_the_space = {
        "type": "pattern_replace", "replacement": "",
        "pattern": r"[ .,'\u2019\u00a0\u2009\u202f\u066c\uff0c](?=\p{Nd}{3}(?!\p{Nd}))(?<=(?<![\p{IsLatin}\p{Nd}])\p{Nd}{1,3}.)",
    }  # fmt: skip
    parts = made["filter"]["parts_and_whole"]
    pieces = (*ODD, "12 500 000", "1.000", "x1 000", "٣ ٤٥٦", "1234 567", "7,89", "𝟏 𝟐𝟑𝟒", "a-b-16", "\u00ad\u00ad", "‐’", "ferry talks")  # fmt: skip
    texts = ["".join(chance.choices((*pieces, " ", " ", "-"), k=chance.randrange(1, 9))) for _ in range(150)]

    def said(characters: list[Any], filters: list[Any]) -> list[tuple[str, int, int, int]]:
        answer = client.indices.analyze(index=index, tokenizer="standard", char_filter=characters, filter=filters, text=texts)  # fmt: skip
        return [(one["token"], one["position"], one["start_offset"], one["end_offset"]) for one in answer["tokens"]]

    quick = said([letters, digits], [parts])
    assert len(quick) > 500
    assert quick == said([by_automaton, digits], [parts])
    assert quick == said([letters, from_the_space], [parts])
    flat = said([letters, digits], [parts, "flatten_graph"])
    assert [one[:3] for one in quick] == [one[:3] for one in flat]
    assert all(ours[3] <= its[3] for ours, its in zip(quick, flat, strict=True))


def test_every_fragment_has_equal_marks_and_is_of_the_text(pipeline: Pipeline, client: Elasticsearch) -> None:
    install(client, pipeline.settings)
    chance = random.Random(16)
    words = [
        "ferry",
        "ferries",
        "talks",
        "e-mail",
        "F-16",
        "Mozhaev’s",
        "東京",
        "а",
        "12,500",
        "the",
        "of",
        "port",
        "said.",
        "“No",
        "way”.",
    ]
    actions = []
    for n in range(150):
        body = "\n\n".join(" ".join(chance.choices(words, k=chance.randrange(3, 90))) for _ in range(3))
        headline = " ".join(chance.choices(words, k=chance.randrange(1, 9)))
        stemmed = {"en": {"headline": headline, "body": body, "summary": body[:300]}}
        actions.append({"_index": pipeline.settings.named("articles"), "_id": n, "body": body, "headline": headline, "summary": body[:300], "stemmed": stemmed})  # fmt: skip
    bulk(client, actions, refresh=True)
    seen = edges = 0
    for typed in ("ferries", "ferry talk", "email", "F16", "Mozhaev 12500", "東京", "said no way", "port the of"):
        answer = client.search(
            index=pipeline.settings.named("articles"),
            query=matching.words(typed),
            size=100,
            source_excludes=list(matching.SOURCE_EXCLUDES),
            highlight={
                "fields": matching.HIGHLIGHT,
                "fragment_size": 180,
                "pre_tags": [MARK_OPEN],
                "post_tags": [MARK_CLOSE],
            },
        )
        for hit in answer["hits"]["hits"]:
            assert "stemmed" not in hit["_source"]
            marked = matching.highlights(hit["highlight"])
            assert set(marked) <= {"headline", "summary", "body"}
            for field, fragments in marked.items():
                for fragment in fragments:
                    assert fragment.count(MARK_OPEN) == fragment.count(MARK_CLOSE) > 0
                    assert _alternate(fragment)
                    bare = fragment.replace(MARK_OPEN, "").replace(MARK_CLOSE, "")
                    assert bare in hit["_source"][field]
                    seen += 1
                    edges += fragment.startswith(MARK_OPEN) or fragment.endswith(MARK_CLOSE)
    assert seen > 500
    assert edges > 20


def _alternate(fragment: str) -> bool:
    marks = [character for character in fragment if character in MARK_OPEN + MARK_CLOSE]
    return marks == [MARK_OPEN, MARK_CLOSE] * (len(marks) // 2)


def test_an_index_from_before_is_written_to_and_searched_as_before(
    make_pipeline: Callable[..., Pipeline], client: Elasticsearch
) -> None:
    settings = make_pipeline().settings  # without templates
    properties = dict(component("mappings-articles")["template"]["mappings"]["properties"])
    properties.pop("stemmed")
    properties["people"] = {"type": "keyword"}
    old = settings.named("articles-1")
    client.indices.create(
        index=old,
        settings={"analysis": component("analysis-core")["template"]["settings"]["analysis"], "number_of_replicas": 0},
        mappings={"dynamic": "strict", "properties": properties},
        aliases={settings.named("articles"): {"is_write_index": True}},
    )
    install(client, settings)
    install(client, settings)
    document = {
        "headline": "Two ferries",
        "body": "They sail.",
        "people": ["Ann Lee"],
        "stemmed": {"en": {"headline": "Two ferries"}},
    }
    client.index(index=settings.named("articles"), id="1", document=document, refresh=True)

    def found(index: str, text: str) -> int:
        return int(client.search(index=index, query=matching.words(text))["hits"]["total"]["value"])

    assert found(old, "ferries") == found(old, "ann") == 1
    assert found(old, "ferry") == 0
    new = settings.named("articles-2")
    client.indices.create(index=new)
    client.index(index=new, id="1", document=document, refresh=True)
    assert found(new, "ferry") == 1


def test_a_phrase_is_found_whatever_its_words_are_taken_apart_to(pipeline: Pipeline, client: Elasticsearch) -> None:
    install(client, pipeline.settings)
    index, text = (
        pipeline.settings.named("articles"),
        "She said the e-mail of O’Brien’s anti-terror unit named 12 500 F-16s and COVID-19",
    )
    client.index(index=index, id="1", document={"headline": text}, refresh=True)
    every = text.split()
    for start in range(len(every)):
        for end in range(start + 1, len(every) + 1):
            part = " ".join(every[start:end])
            if not part.startswith("500") and not part.endswith(" 12"):  # half a number is another number
                assert client.count(index=index, query=matching.phrase(part))["count"] == (part != "12"), part
    for other in ("email", "OBrien", "antiterror", "12,500", "F16s", "covid19", "E-MAIL’s"):
        assert client.count(index=index, query=matching.words(other))["count"] == 1, other
    client.index(index=index, id="2", document={"headline": "One email by OBrien"}, refresh=True)
    assert client.count(index=index, query=matching.words("e-mail O'Brien"))["count"] == 2


def test_suggestions_are_words_of_the_articles(pipeline: Pipeline, client: Elasticsearch) -> None:
    install(client, pipeline.settings)
    index = pipeline.settings.named("articles")
    for n, text in enumerate(("The government elected a parliament", "The government of Iran", "A parliament")):
        client.index(index=index, id=str(n), document={"headline": text, "body": text}, refresh=True)
    typed = "goverment of Irak parlament 2029"
    answer = client.search(index=index, query=matching.words(typed), suggest=matching.suggestion(typed))
    similar = matching.similar_words(typed, answer["suggest"])
    counts = client.search(index=index, **counts_of_words(similar))["aggregations"]["words"]["buckets"]
    better = matching.better_words(similar, {word: one["doc_count"] for word, one in counts.items()})
    assert matching.corrected(typed, better) == "government of Irak parliament 2029"
    # a deleted document's words stay in the index for a while
    client.delete(index=index, id="0", refresh=True)
    counts = client.search(index=index, **counts_of_words({"gone": ["government", "elected"]}))["aggregations"]["words"]["buckets"]  # fmt: skip
    assert {word: one["doc_count"] for word, one in counts.items()} == {"gone": 0, "government": 1, "elected": 0}


def test_each_language_has_its_analyzer(pipeline: Pipeline, client: Elasticsearch) -> None:
    install(client, pipeline.settings)
    for code, text, wanted in (
        ("de", "Häuser", "haus"),
        ("en", "Mozhaev’s ferries", "ferri"),
        ("th", "การเลือกตั้ง", "เลือกตั้ง"),
    ):
        assert wanted in tokens(client, pipeline.settings.named("articles"), analyzer_of(code), text), code
