from __future__ import annotations

from pipeline.search.coverage import figure_text, grouped, lead, merged_sections, with_added


def test_the_fullest_telling_that_is_no_copy_leads() -> None:
    wire = {
        "article_id": "a",
        "story_id": "s",
        "relation": "original",
        "words": 80,
        "publisher": "wire",
        "shown_at": "1",
    }
    copy = {"article_id": "b", "story_id": "s", "relation": "copy", "words": 900, "publisher": "copy", "shown_at": "2"}
    long = {
        "article_id": "c",
        "story_id": "t",
        "relation": "rewrite",
        "words": 700,
        "publisher": "long",
        "shown_at": "3",
    }
    alone = {"article_id": "d", "publisher": "alone", "shown_at": "4"}
    groups = grouped([alone, long, copy, wire], lambda id_: {"t": "s"}.get(id_, id_))
    assert [(one.lead["article_id"], one.story_id, one.total) for one in groups] == [("d", None, 1), ("c", "s", 3)]
    assert groups[1].publishers == ["copy", "wire"]
    assert lead([copy]) is copy


def test_what_a_telling_adds_is_what_none_before_it_has() -> None:
    first = {"people": ["Ann Lee"], "figures": [{"value": 40.0, "what": "tonnes", "qualifier": "at least"}]}
    second = {
        "people": ["ann lee", "Bob"], "places": ["Oslo"], "quotations": [{"text": "No", "speaker": "Bob"}, {"text": "x", "speaker": "Eve", "partial": True}],
        "figures": [{"value": 40.0, "what": "tonnes", "qualifier": "at least"}, {"value": 2.5, "what": "knots"}],
    }  # fmt: skip
    found = with_added([first, second])
    assert found[0]["adds"] == {}
    assert found[1]["adds"] == {"names": ["Bob", "Oslo"], "voices": ["Bob"], "figures": ["2.5 knots"]}
    assert figure_text(first["figures"][0]) == "at least 40 tonnes"  # type: ignore[index]


def test_sections_that_differ_by_capitals_are_one() -> None:
    buckets = [{"key": "Sport", "doc_count": 3}, {"key": "News", "doc_count": 4}, {"key": "SPORT", "doc_count": 2}]
    assert merged_sections(buckets) == [("Sport", 5, ["Sport", "SPORT"]), ("News", 4, ["News"])]
