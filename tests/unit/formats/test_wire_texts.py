"""The words of wires: what of an item is its text, in which characters, and whose it is."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pipeline.formats import wire_text
from tests.support.samples import refusal, stories, story

# one text in every format that has markup


def g2(body: str, meta: str = "<headline>Head of it</headline>") -> str:
    return (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:g"><itemMeta><itemClass qcode="ninat:text"/></itemMeta>'
        f'<contentMeta>{meta}</contentMeta><contentSet><inlineXML contenttype="application/xhtml+xml"><html><body>{body}</body></html></inlineXML></contentSet></newsItem>'
    )


def nitf(body: str, head: str = "<hedline><hl1>Head of it</hl1></hedline>") -> str:
    return f'<nitf><head><docdata><doc-id id-string="n.1"/></docdata></head><body><body.head>{head}</body.head><body.content>{body}</body.content></body></nitf>'


def newsml(body: str, lines: str = "<HeadLine>Head of it</HeadLine>") -> str:
    return (
        "<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>w.example</ProviderId><DateId>20260314</DateId><NewsItemId>a17</NewsItemId></NewsIdentifier></Identification>"
        f"<NewsComponent><NewsLines>{lines}</NewsLines><ContentItem><DataContent>{body}</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
    )


def ninjs(body: str, headline: str | None = "Head of it") -> str:
    return json.dumps({"uri": "urn:n", "headline": headline, "body_html": body})


def g2_with_nitf(body: str) -> str:
    return g2(f"<nitf><body><body.content>{body}</body.content></body></nitf>").replace("<html><body><nitf>", "<nitf>").replace("</nitf></body></html>", "</nitf>")  # fmt: skip


def newsml_with_nitf(body: str) -> str:
    return newsml(f"<![CDATA[<nitf><body><body.content>{body}</body.content></body></nitf>]]>")


def ninjs_with_nitf(body: str) -> str:
    return ninjs(f'<?xml version="1.0"?><nitf><body><body.content>{body}</body.content></body></nitf>')


def rss(body: str) -> str:
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>W</title><item><title>Head of it</title><guid>urn:r:1</guid>'
        f"<content:encoded><![CDATA[{body}]]></content:encoded></item></channel></rss>"
    )


def atom(body: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title><entry><title>H</title><id>urn:a:1</id><updated>2026-03-14T08:20:00Z</updated><content type="html"><![CDATA[{body}]]></content></entry></feed>'


FORMATS = [g2, nitf, newsml, ninjs, g2_with_nitf, newsml_with_nitf, ninjs_with_nitf]
ONE = "<p>The bridge <endash/> the only one <agency:place xmlns:agency='urn:x'>of the county</agency:place> <emdash/> stays shut.</p>"
TWO = "<p>It counts on 3<nbsp/>000 cars a day.</p>"


INNER = "<nitf><body><body.head><hedline><hl1>Head of it</hl1></hedline><byline>By ANN LEE</byline></body.head><body.content><p>WESTHAVEN (NP) _ The dam holds.</p></body.content></body></nitf>"


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"uri": "urn:n", "headline": "Head of it", "body_text": INNER}),
        g2("").replace("inlineXML", "inlineData").replace("application/xhtml+xml", "text/xml").replace("<html><body></body></html>", f"<![CDATA[{INNER}]]>"),
        rss(INNER),
    ],
)  # fmt: skip
def test_nitf_under_the_type_of_another(content: str) -> None:
    found = story(content)
    assert (found.paragraphs, found.summary) == (["WESTHAVEN (NP) — The dam holds."], None)


@pytest.mark.parametrize("wrapped", FORMATS)
def test_an_unknown_element_in_a_sentence_is_inline(wrapped: Callable[[str], str]) -> None:
    found = story(wrapped(ONE + TWO))
    assert found.paragraphs == [
        "The bridge – the only one of the county — stays shut.",
        "It counts on 3 000 cars a day.",
    ]
    assert found.body_html is not None
    assert "of the county" in found.body_html
    assert "–" in found.body_html


@pytest.mark.parametrize("wrapped", [g2, nitf, newsml])
def test_an_unknown_element_between_blocks_is_a_block(wrapped: Callable[[str], str]) -> None:
    found = story(wrapped("<TEXT><BROD><CITAT>We are tired, she said.</CITAT><MELLIS>A vote</MELLIS><P>It was close.</P></BROD></TEXT>"))  # fmt: skip
    assert found.paragraphs == ["We are tired, she said.", "A vote", "It was close."]


@pytest.mark.parametrize("wrapped", FORMATS)
def test_the_typography_of_wires(wrapped: Callable[[str], str]) -> None:
    found = story(wrapped("<p>FORT ALDER, Westland (NP) _ Millworks grew.</p><p>``We are content,'' its director said _ twice.</p>"))  # fmt: skip
    assert found.paragraphs == ["FORT ALDER, Westland (NP) — Millworks grew.", "“We are content,” its director said — twice."]  # fmt: skip
    assert "``" not in (found.body_html or "")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("FORT ALDER (NP)_Millworks", "FORT ALDER (NP) — Millworks"),
        ("_ Item", "— Item"),
        ("___", "___"),
        ("_ _ _", "_ _ _"),
        ("snake_case", "snake_case"),
        ("''Ja'', sagte er", "“Ja”, sagte er"),
        (",,Ja'', sagte er", "„Ja”, sagte er"),
        ('""It is shut,"" she said, ""now""', "“It is shut,” she said, “now”"),
        ('He is 6\'2"" tall', 'He is 6\'2"" tall'),
        ("after 5'30'' of play", "after 5'30'' of play"),
        ("35<endash>-</endash>40", "35-40"),
        ("a <endash/> b", "a – b"),
        ("a<style>p {}</style> b<SCRIPT>x</Script> c", "a b c"),
        ("<style>a<script>b</style>c </i>", "c </i>"),
        ("use <script> with </style> here", "use <script> with </style> here"),
    ],
)
def test_a_line_of_a_wire(written: str, read: str) -> None:
    assert wire_text.line(written) == read


# what is not its text

LEAD = "The council voted on Tuesday to close the old bridge for a year."


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (g2(f"<header><ul class='slugline'><li>Bridges</li></ul><p class='genre'>Extra</p><h1>Head of it</h1><p>{LEAD}</p></header><section><p>Two.</p></section>"), [LEAD, "Two."]),
        (g2("<header><h1>Head of it</h1><p class='lead'>The bridge stays shut</p></header><p>Two is here.</p>"), ["The bridge stays shut", "Two is here."]),
        (ninjs("<header><p class='genre'>Extra</p><div class='vorspann'><p>Die Brücke bleibt zu</p></div></header><p>Two.</p>"), ["Die Brücke bleibt zu", "Two."]),
        (g2(f"<p>Bridges</p><h1>Head of it</h1><p>{LEAD}</p>"), [LEAD]),
        (nitf(f"<p>By Ann Lee</p><p>{LEAD}</p>", "<hedline><hl1>Head of it</hl1></hedline><byline>Ann Lee</byline>"), [LEAD]),
        (newsml(f"<style>.a {{ b: c }}</style><p>HEAD OF IT</p><p>{LEAD}</p>"), [LEAD]),
        (ninjs(f"<h1>Head of it</h1>Bridges<p>{LEAD}</p><p>Two.</p>"), [LEAD, "Two."]),
        (ninjs(f"<p class='kicker'>Bridges</p><p>{LEAD} <span class='keyword'>Alder</span> pays.</p>"), [f"{LEAD} Alder pays."]),
        (ninjs("<p>Head of it</p>"), ["Head of it"]),
        (g2(f"&lt;style&gt;p {{ color: red }}&lt;/style&gt;<p>{LEAD}</p>"), [LEAD]),
        (nitf(f"<keyword>bridge</keyword><p>{LEAD} The <keyword>dam</keyword> holds.</p>"), [f"{LEAD} The dam holds."]),
        (ninjs(f"<p class='antetítulo'>Tráfico</p><p class='occhiello'>Traffico</p><p>{LEAD}</p>"), [LEAD]),
        (rss(f"<p>Bridges</p><h1>Head of it</h1><p>{LEAD}</p>"), [LEAD]),
        (atom(f"<p>H</p><p>{LEAD}</p>"), [LEAD]),
        (json.dumps({"version": "https://jsonfeed.org/version/1.1", "feed_url": "https://w.example/f", "items": [{"id": "1", "title": "Head of it", "content_html": f"<h1>Head of it</h1><p>{LEAD}</p>"}]}), [LEAD]),
        (rss(f"<p>{LEAD}</p><p style='display: none'>Preheader</p><p hidden>Draft</p>"), [LEAD]),
        (ninjs(f"<p>{LEAD}</p><p>Two.</p>", None), [LEAD, "Two."]),
    ],
)  # fmt: skip
def test_what_repeats_the_lines_above_a_text_is_not_in_it(content: str, rows: list[str]) -> None:
    assert story(content).paragraphs == rows


@pytest.mark.parametrize("role", ["StyleSheet", "HeadLine", "TweetText", "Keywords"])
def test_a_component_of_newsml_1_that_is_no_text(role: str) -> None:
    extra = f'<NewsComponent><Role FormalName="{role}"/><ContentItem><DataContent>.bwalignc {{ text-align: center }}</DataContent></ContentItem></NewsComponent>'  # fmt: skip
    content = newsml(f"<p>{LEAD}</p>").replace("</NewsComponent></NewsItem>", f"{extra}</NewsComponent></NewsItem>")
    assert story(content).paragraphs == [LEAD]


# what is not for publication, by marks

SECRET = "Ann Lee, +49 30 1234 5678"


@pytest.mark.parametrize(
    "content",
    [
        g2(f"<p>{LEAD}</p><section class='np-nonpublic'><p>{SECRET}</p></section>"),
        g2(f"<p>{LEAD}</p><div pubconstraint='x:nonpublic'>{SECRET}</div>"),
        nitf(f"<p>{LEAD}</p><note notetype='npa'><p>{SECRET}</p></note>"),
        nitf(f"<p>{LEAD}</p><note noteclass='editorsnote'><body.content><p>{SECRET}</p></body.content></note>"),
        ninjs(f"<p>{LEAD}</p><div class='press-contact'>{SECRET}</div>"),
        ninjs(f"<p>{LEAD}</p><aside class='contact-press'><p>{SECRET}</p></aside>"),
        ninjs(f"<p>{LEAD}</p><div class='notForPublication'>{SECRET}</div>"),
        ninjs(f"<p>{LEAD}</p><div data-role='not_for_publication'>{SECRET}</div>"),
        g2(f"<p>{LEAD}</p><p class='editor_note'>{SECRET}</p>"),
        g2(f"<p>{LEAD}</p><p class='editorial-only'>{SECRET}</p>"),
        g2(f"<p>{LEAD}</p><div data-nonpublic='true'>{SECRET}</div>"),
        ninjs(f"<p>{LEAD}</p><div data-audience='editors'>{SECRET}</div>"),
        ninjs(f"<p>{LEAD}</p><p data-publish='false'>{SECRET}</p>"),
        rss(f"<p>{LEAD}</p><div data-visibility='internal'>{SECRET}</div>"),
        rss(f"<p>{LEAD}</p><div class='press-contact'>{SECRET}</div>"),
        atom(f"<p>{LEAD}</p><section class='not-for-publication'><p>{SECRET}</p></section>"),
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "W", "items": [{"id": "urn:j:1", "title": "H", "content_html": f"<p>{LEAD}</p><p class='editors-note'>{SECRET}</p>"}]}),
        newsml(f"<p>{LEAD}</p>").replace("</NewsComponent></NewsItem>", f'<NewsComponent><Role FormalName="Contact"/><ContentItem><DataContent>{SECRET}</DataContent></ContentItem></NewsComponent></NewsComponent></NewsItem>'),
    ],
)  # fmt: skip
def test_what_its_marks_keep_from_readers(content: str) -> None:
    found = story(content)
    assert found.paragraphs == [LEAD]
    assert "1234" not in f"{found.body_html} {found.summary}"
    assert "1234" in (found.editor_note or "")


def test_a_body_of_ninjs_that_is_for_desks() -> None:
    bodies = [{"role": "editorsNote", "contentType": "text/plain", "value": SECRET}, {"role": "main", "contentType": "text/plain", "value": LEAD}]  # fmt: skip
    found = story(json.dumps({"uri": "urn:n", "headlines": [{"value": "H"}], "bodies": bodies}))
    assert found.paragraphs == [LEAD]


def test_a_constraint_anywhere_in_a_g2_item() -> None:
    meta = f"<headline>Head of it</headline><description pubconstraint='x:internal'>{SECRET}</description><description>Short.</description>"
    found = story(g2(f"<p>{LEAD}</p>", meta))
    assert (found.summary, found.editor_note) == ("Short.", SECRET)
    link = story(g2("<p>A <a class='internal-link' href='https://w.example/'>link</a> stays.</p>"))
    assert link.paragraphs == ["A link stays."]
    shown = story(g2(f"<p data-nonpublic='false'>{LEAD}</p><p data-publish='true' data-audience='all'>It stays.</p>"))
    assert shown.paragraphs == [LEAD, "It stays."]


# an alert without a headline

ALERT = "WESTHAVEN (NP) _ The governor says that the dam is safe."


@pytest.mark.parametrize(
    "content",
    [
        g2(f"<p>{ALERT}</p>", "<slugline>BC-Dam-Alert</slugline>"),
        nitf(f"<p>{ALERT}</p>", ""),
        nitf(f"<p>{ALERT}</p>", "").replace("<head>", "<head><title>AP-Alert</title>"),
        newsml(f"<p>{ALERT}</p>", "<SlugLine>dam</SlugLine>"),
        newsml(f"<p>{ALERT}</p>", "<HeadLine>No Headline !</HeadLine>"),
        json.dumps({"uri": "urn:n", "slugline": "BC-Dam-Alert", "body_text": ALERT}),
        json.dumps({"uri": "urn:n", "title": "NP-NewsAlert-Dam", "body_text": ALERT}),
        f"\x01wnr0012 1 i 21  wnr 061\r\n\nDam-alert/\r\n\x02By Ann Lee =\r\n   {ALERT}\r\n\x03140820 mar 26\r\n\x04",
        f"\x01wnr0012 1 i 21  wnr 061\r\n\nDam-alert/\r\n\x02\r\n\n   {ALERT}\r\n\x03140820 mar 26\r\n\x04",
    ],
)
def test_the_first_paragraph_stands_in_for_a_headline(content: str) -> None:
    found = story(content)
    assert found.headline == "The governor says that the dam is safe."
    assert found.paragraphs == ["WESTHAVEN (NP) — The governor says that the dam is safe."]


# formats that newsrooms have

AP = {
    "altids": {"itemid": "f00d", "etag": "f00d_2a", "friendlykey": "211", "referenceid": "BC-Dam"},
    "uri": "https://api.wire.example/media/v/content/f00d?qt=xyz&et=2a", "version": 2, "type": "text", "headline": "Dam is safe",
    "versioncreated": "2026-03-14T08:20:00Z", "pubstatus": "usable", "usageterms": ["No archive.", "Web only."],
    "bylines": [{"by": "By ANN LEE"}], "datelinelocation": {"city": "Westhaven"}, "renditions": {"nitf": {"href": "https://api.wire.example/x"}},
    "body_nitf": "<nitf><body><body.content><block><p>WESTHAVEN (NP) _ The dam is safe.</p></block></body.content></body></nitf>",
}  # fmt: skip


@pytest.mark.parametrize("envelope", [
    {"api_version": "1.1", "data": {"items": [{"meta": {"favorited": False}, "item": AP}]}},
    {"api_version": "1.1", "data": {"item": AP}},
    [{"meta": {}, "item": AP}],
    AP,
])  # fmt: skip
def test_the_answers_of_a_media_api(envelope: object) -> None:
    found = story(json.dumps(envelope))
    assert (found.guid, found.guids, found.url, found.version) == ("f00d", ["f00d_2a"], None, 2)
    assert (found.headline, found.byline, found.dateline, found.usage_terms) == ("Dam is safe", "By ANN LEE", "Westhaven", "No archive. Web only.")  # fmt: skip
    assert found.paragraphs == ["WESTHAVEN (NP) — The dam is safe."]


def test_versions_of_an_api_item_are_one_article() -> None:
    later = AP | {"uri": "https://api.wire.example/media/v/content/f00d?qt=new&et=3a", "altids": {"itemid": "f00d", "etag": "f00d_3a"}}  # fmt: skip
    first, second = stories(json.dumps({"data": {"items": [{"item": AP}, {"item": later}]}}))
    assert first.guid == second.guid
    kill = story(json.dumps({"data": {"item": AP | {"editorialtypes": ["Kill"]}}}))
    assert kill.state == "killed"


@pytest.mark.parametrize(
    ("item", "guid"),
    [
        ({"standard": {"name": "ninjs", "version": "3.0"}, "headlines": [{"value": "H"}], "altIds": []}, None),
        ({"headline": "H", "body_text": "T", "pubstatus": "usable", "versioncreated": "2026-03-14T08:20:00Z", "_id": "x1"}, "x1"),
        ({"headline": "H", "body_xhtml": "<p>T</p>", "versioncreated": "2026-03-14T08:20:00Z", "mimetype": "text/html"}, None),
    ],
)  # fmt: skip
def test_ninjs_without_uri_is_known_by_its_other_marks(item: dict[str, object], guid: str | None) -> None:
    found = story(json.dumps(item))
    assert (found.headline, found.guid) == ("H", guid)


def test_other_json_is_not_ninjs() -> None:
    for other in ({"headline": "H", "body_text": "T"}, {"headline": "H", "type": "text", "url": "https://x.example/"}):
        assert refusal(json.dumps(other)).reason == "unknown-format"
