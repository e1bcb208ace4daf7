"""Searches against a real index: filters, facets, paging while stories arrive, and queries of any kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.formats.mediatopics import facet_names
from pipeline.search import parameters
from pipeline.search.parameters import ArticleParameters, CommentParameters
from tests.conftest import Pipeline
from tests.support.search_desk import NOW, Desk
from tests.support.waiting import until

SECTIONS = ("Business", "Sport", "Arts")


@pytest.fixture
def desk(index_pipeline: Pipeline) -> Iterator[Desk]:
    made = Desk(index_pipeline)
    for n in range(24):
        made.add(
            "articles",
            article_id=f"a{n:02}",
            headline=f"Ferry story number {n}",
            body="Crews walked out." if n % 2 else "The harbour is closed.",
            section=SECTIONS[n % 3],
            sections=[{"name": name} for name in facet_names(SECTIONS[n % 3])],
            authors=["Ann Lee"] if n % 4 else ["Ingrid Solberg"],
            places=["Varnholm"] if n < 12 else [],
            people=["Pat Keller"],
            locations=[{"lat": 59.9, "lon": 10.7}] if n < 5 else [{"lat": -17.7, "lon": 179.5}] if n == 5 else [],
            publisher="herald.example",
            language="en",
            shown_at=(NOW - timedelta(hours=6 * n)).isoformat(),
            has=["pictures"] if n in (1, 2) else [],
            **({"correction_note": "The time was wrong."} if n == 3 else {}),
            **({"story_id": f"s{n % 2}"} if n < 8 else {}),
        )
    made.add(
        "articles",
        article_id="undated",
        headline="An undated ferry story",
        body="x",
        section="Arts",
        sections=[{"name": name} for name in facet_names("Arts")],
        publisher="other.example",
    )
    for n in range(7):
        made.add("comments", comment_id=f"c{n}", article_id="a04" if n < 4 else "a09", text="Well said about the ferry.", author="Lena", **({"posted": (NOW - timedelta(minutes=n)).isoformat()} if n else {}))  # fmt: skip
    made.refresh()
    yield made
    made.client.close()


def test_a_search_on_a_real_index(desk: Desk) -> None:
    everything = [f"a{n:02}" for n in range(24)] + ["undated"]

    # each way to sort is paged to its end, nothing twice and nothing left out, also what has no date
    assert desk.every(size=7) == everything
    assert desk.every(size=7, sort="oldest") == [*reversed(everything[:-1]), "undated"]
    assert sorted(desk.every(q="ferry", size=7)) == everything
    assert desk.every(size=7, sort="discussed")[:3] == ["a04", "a09", "a00"]
    assert sorted(desk.every(size=7, sort="discussed")) == everything
    assert desk.every(size=25) == everything
    assert desk.articles(size=25)["next"] is None

    # filters: several values, exclusions, times, places, what it has
    assert desk.ids(section=["Sport", "Arts"], not_author=["Ann Lee"], size=30) == [
        "a04",
        "a08",
        "a16",
        "a20",
        "undated",
    ]
    assert desk.ids(since="24h", size=30) == ["a00", "a01", "a02", "a03", "a04"]
    assert desk.ids(since="2026-03-13", until="2026-03-13", size=30) == ["a03", "a04", "a05", "a06"]
    assert desk.ids(since="2026-03-13", until="2026-03-13", timezone="Pacific/Auckland", size=30) == [
        "a05",
        "a06",
        "a07",
        "a08",
    ]
    assert desk.ids(near="59.91,10.75", distance="20km") == ["a00", "a01", "a02", "a03", "a04"]
    assert desk.ids(box="170,-30,-170,0") == ["a05"], "across the date line"
    assert desk.ids(has=["comments"]) == ["a04", "a09"]
    assert desk.ids(has=["pictures"]) == ["a01", "a02"]
    assert desk.ids(has=["correction"]) == ["a03"]
    assert desk.ids(has=["correction", "pictures"]) == []

    # the query language on the real index
    assert desk.ids(q='"crews walked" -section:sport place:varnholm', size=30, sort="newest") == [
        "a03",
        "a05",
        "a09",
        "a11",
    ]
    assert desk.ids(q="date:2026-03-14 (crews OR harbour)", sort="newest") == ["a00", "a01", "a02"]
    assert desk.ids(q="id:a07 OR id:a03", sort="newest") == ["a03", "a07"]
    assert len(desk.ids(q="harb* author:Solberg", size=30)) == 6
    assert desk.ids(q="story:s1 -crews") == []
    assert set(desk.ids(q="solberg harbour", size=30)) == {"a00", "a04", "a08", "a12", "a16", "a20"}, (
        "a word may be in any field"
    )

    # facets are counted under the others' values, those chosen by name
    found = desk.articles(
        section=["Sport"], author=["Ingrid Solberg"], facets=["section,author,person"], histogram="day"
    )
    assert found["total"] == 2
    assert {one["value"]: one["count"] for one in found["facets"]["section"]} == {
        "economy, business and finance": 2,
        "sport": 2,
        "arts, culture, entertainment and media": 2,
    }
    assert [one for one in found["facets"]["section"] if one.get("chosen")] == [
        {"value": "sport", "count": 2, "chosen": True, "code": "medtop:15000000"}
    ]
    assert {one["value"]: one["count"] for one in found["facets"]["author"]} == {"Ann Lee": 6, "Ingrid Solberg": 2}
    assert found["facets"]["person"] == [{"value": "Pat Keller", "count": 2}]
    assert sum(one["count"] for one in found["histogram"]) == 2

    # one of each story, over pages too
    stories = desk.every(size=4, collapse="story")
    assert stories == ["a00", "a01", *(f"a{n:02}" for n in range(8, 24)), "undated"]
    first = desk.articles(size=4, collapse="story")["hits"][0]
    assert first["story"] == {"id": "s0", "articles": 4, "publishers": ["herald.example"]}

    # highlights, fields, counts, spelling
    hit = desk.articles(q="crews", size=1)["hits"][0]
    assert hit["highlights"]["body"] == ["\ufdd0Crews\ufdd1 walked out."]
    short = desk.articles(fields=["headline"], size=1)["hits"][0]
    assert short.keys() == {"id", "score", "highlights", "article_id", "story_id", "headline", "comment_count"}
    assert desk.articles(q="id:a04")["hits"][0]["comment_count"] == 4
    assert desk.articles(q="harbuor")["did_you_mean"] == "harbour"

    # comments: also those without a time
    comments = [
        hit["id"]
        for hit in desk.reader.comments(parameters.comment_search(CommentParameters(article=["a04"]), NOW))["hits"]
    ]
    assert comments == ["c1", "c2", "c3", "c0"]


def test_pages_stay_right_while_stories_arrive(desk: Desk) -> None:
    for sort in ("newest", "relevance", "oldest"):
        first = desk.articles(q="ferry", size=10, sort=sort)
        for n in range(3):
            desk.add(
                "articles",
                article_id=f"new-{sort}-{n}",
                headline="Ferry news",
                body="New.",
                shown_at=(NOW + timedelta(minutes=n)).isoformat(),
            )
        desk.refresh()
        cursor, seen = first["next"], [hit["id"] for hit in first["hits"]]
        while cursor:
            page = desk.articles(q="ferry", size=10, sort=sort, cursor=cursor)
            cursor = page["next"]
            seen += [hit["id"] for hit in page["hits"]]
        before = [one for one in seen if not one.startswith(f"new-{sort}")]
        if sort != "relevance":  # whose scores change with what arrives
            assert len(before) == len(set(before)), sort
        assert {f"a{n:02}" for n in range(24)} <= set(before), sort


ODD = [
    "OR", '"', "((((", "a:b:c", "*", "**", "a*", "zz*", "::", "-", "🔥", "author:", "date:x", "id:", "section:*", "\\", "/re.*/", "{}[]",
    "a~2 b^3", "1/0", "%00", "\u202e", "‮", "ё", "L’élection", "東京 大阪", "ไทย", "a" * 1500, "a " * 900, "(a OR " * 40, "-a -b", "place:(a OR b)",
    "person:x*", "author:\"a b\"", "date:>2026", "date:9999", "\x00", "<script>", "AND OR NOT", "NOT NOT", "f(x)", "C++ C#", "50% off",
]  # fmt: skip


def test_no_query_is_refused_by_a_real_index(desk: Desk) -> None:
    for text in ODD:
        for sort in ("relevance", "newest", "discussed"):
            desk.articles(q=text, sort=sort)
        desk.reader.comments(parameters.comment_search(CommentParameters(q=text), NOW))
    letters = " ".join(chr(n) * 3 for n in range(0x61, 0x7B)) + " "
    desk.articles(q=" OR ".join(letters.split()))
    desk.articles(q=" ".join(f"{word}*" for word in letters.split()))


def test_names_and_headlines_are_suggested_as_they_are_typed(desk: Desk) -> None:
    for typed in ("pa", "pat", "pat k", "ke", "za", "fe", "ferry st", "va", "é", "l'", "a.b", "(x", "[", "東"):
        assert isinstance(desk.reader.suggestions(typed, 5), list), typed
    assert {"kind": "person", "text": "Pat Keller"}.items() <= desk.reader.suggestions("kel", 5)[0].items()


def test_names_are_found_in_any_spelling_and_others_of_the_same_articles_are_not(desk: Desk) -> None:
    desk.add("articles", article_id="lodz", headline="Trams", places=["Łódź"], people=["Éric O’Brien", "Zoë Kell"], shown_at=NOW.isoformat())  # fmt: skip
    desk.refresh()
    for typed, kind, name in (("lod", "place", "Łódź"), ("ERI", "person", "Éric O’Brien"), ("o'br", "person", "Éric O’Brien"), ("kell", "person", "Pat Keller")):  # fmt: skip
        found = [one["text"] for one in desk.reader.suggestions(typed, 5) if one["kind"] == kind]
        assert found[0] == name, typed
        assert "Éric O’Brien" in found or "eri" not in typed.casefold()
    assert [one["text"] for one in desk.reader.suggestions("zoe k", 5)] == ["Zoë Kell"]
    for typed in ("a" * 100, "á" * 100, "é", "-" * 100, "ab " * 33):
        desk.reader.suggestions(typed, 5)


def test_what_has_expired_is_gone_at_once_with_its_comments(desk: Desk) -> None:
    past, soon = datetime.now(UTC) - timedelta(seconds=5), datetime.now(UTC) + timedelta(hours=1)
    desk.add("articles", article_id="over", headline="Licensed ferry", people=["Olga Over"], expires=past.isoformat(), shown_at=NOW.isoformat())  # fmt: skip
    desk.add("articles", article_id="lasting", headline="Lasting ferry", expires=soon.isoformat(), shown_at=NOW.isoformat())  # fmt: skip
    for article in ("over", "lasting"):
        desk.add("comments", comment_id=f"c-{article}", article_id=article, text="On a licence.", posted=NOW.isoformat())  # fmt: skip
    desk.refresh()
    assert {"over", "lasting"} & set(desk.every(size=20)) == {"lasting"}
    assert desk.ids(q="licensed") == []
    assert desk.reader.document("over") is None
    assert desk.reader.suggestions("olga", 5) == []
    found = desk.reader.comments(parameters.comment_search(CommentParameters(q="licence", facets=["article"]), NOW))
    assert [hit["id"] for hit in found["hits"]] == ["c-lasting"]
    assert found["facets"]["article"] == [{"value": "lasting", "count": 1}]


def test_the_words_of_what_was_removed_are_in_no_answer_though_the_index_has_them_for_a_while(desk: Desk) -> None:
    """docs/security.md says what a front-end with credentials of its own can ask for."""
    name = desk.settings.named("articles")
    operations: list[Any] = []
    for n in range(20):
        id_ = "gone" if not n else f"kept{n}"
        people = ["Xaver Unsayable"] if not n else ["Pat Keller"]
        operations += [{"index": {"_index": name, "_id": id_}}, {"article_id": id_, "headline": "Unsayable" if not n else "Ferry", "people": people, "shown_at": NOW.isoformat()}]  # fmt: skip
    desk.client.bulk(operations=operations, refresh=True)
    desk.client.delete(index=name, id="gone", refresh=True)
    words = {"terms": {"field": "people", "min_doc_count": 0, "size": 1000}}
    raw = desk.client.search(index=name, size=0, aggs={"words": words})["aggregations"]["words"]["buckets"]
    assert {"key": "Xaver Unsayable", "doc_count": 0} in raw, "the segment still has the word"
    assert "Unsayable" not in str(desk.articles(facets=["person"], size=30))
    assert desk.reader.suggestions("xav", 5) == []
    for wrong in ("unsayabel", "xavre", "xaver unsayabel"):
        assert desk.articles(q=wrong)["did_you_mean"] is None, wrong


def test_another_spelling_is_looked_for_in_headlines_names_and_authors_and_exact_comes_first(desk: Desk) -> None:
    desk.add("articles", article_id="a", headline="Fishermen", body="Herring.", people=["Ingrid Solberg"], places=["Kristiansand"], organisations=["Seafarers"], authors=["Tomas Reyes"], shown_at=NOW.isoformat())  # fmt: skip
    desk.add("articles", article_id="b", headline="Salmon", body="Solbergs and Reyesen are villages.", shown_at=NOW.isoformat())  # fmt: skip
    desk.add("articles", article_id="c", headline="Kristiansund", expires=(NOW - timedelta(days=1)).isoformat(), shown_at=NOW.isoformat())  # fmt: skip
    desk.refresh()
    for typed, meant in (
        ("fishermne", "fishermen"), ("Ingird", "ingrid"), ("kristainsand", "kristiansand"), ("seafearers", "seafarers"),
        ("Thomas solbreg", "tomas solberg"), ("Herrin -salmno", "herring -salmon"),
        ("solberg", None), ("reyes herrign", "reyes herring"), ("Kristiansund", "kristiansand"), ("2027", None), ("F-17", None),
        ('"fishermne"', None), ("Ryes", None), ("zzzzyx", None),
    ):  # fmt: skip
        assert desk.articles(q=typed)["did_you_mean"] == meant, typed


def test_what_was_written_while_nobody_searched_is_found(desk: Desk) -> None:
    name = desk.settings.named("history")
    desk.client.indices.put_settings(index=name, settings={"index.search.idle.after": "0ms"})

    def is_idle() -> bool:
        found = desk.client.indices.stats(index=name, level="shards")["indices"]
        return all(copy["search_idle"] for index in found.values() for (copy,) in index["shards"].values())

    until(is_idle)
    desk.client.index(index=name, id="a:1", document={"article_id": "a"})
    until(lambda: desk.client.count(index=name, query={"term": {"article_id": "a"}})["count"])
    assert is_idle(), "nothing but the searches had it refreshed"


def test_counts_by_time_have_an_end(desk: Desk) -> None:
    desk.add("articles", article_id="old", headline="An old ferry", shown_at="1970-01-01T00:00:00Z")
    desk.refresh()
    found = desk.articles(histogram="hour", size=1)
    assert (found["histogram_interval"], sum(one["count"] for one in found["histogram"])) == ("month", 25)
    assert [note["kind"] for note in found["notes"]] == ["interval"]
    timeline = desk.reader.timeline(parameters.article_search(ArticleParameters(since="2026", facets=["none"]), NOW), "hour")  # fmt: skip
    assert timeline["interval"] == "hour"


def test_earlier_revisions_are_read_as_far_as_they_are_shown(desk: Desk) -> None:
    for n in range(1, 31):
        received = (NOW - timedelta(minutes=60 - n)).isoformat()
        document = {"article_id": "a00", "headline": f"Head {n}", "body": f"Text {n}.", "status": "superseded", "withheld": False, "revision_key": f"{n}.0.e{n}", "revision": {"event_id": f"e{n}", "received": received}}  # fmt: skip
        desk.client.index(index=desk.settings.named("history"), id=f"h{n}", document=document)
    desk.refresh()
    article = desk.reader.document("a00")
    assert article is not None
    past = desk.reader.past(article, NOW, 6)
    assert past is not None
    assert (past.first, past.total) == (26, 31)
    assert [one["body"] for one in past.shown[:-1]] == [f"Text {n}." for n in range(26, 31)]
    earlier = desk.reader.past(article, NOW, 6, past.first)
    assert earlier is not None
    assert [one["body"] for one in earlier.shown] == [f"Text {n}." for n in range(21, 27)]
