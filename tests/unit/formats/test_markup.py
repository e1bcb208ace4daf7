"""Markup inside items: every word of it, whatever the elements are called."""

from __future__ import annotations

import pytest

from pipeline.formats import html_text
from pipeline.formats.xml_repair import repaired
from tests.support.samples import stories


@pytest.mark.parametrize(
    ("markup", "rows"),
    [
        ("<p>The <endash/> bridge<o:p/> in <st1:place w:st='on'>Moor</st1:place> <x-note>is</x-note> shut.</p>", ["The bridge in Moor is shut."]),
        ("<p>A</p><iframe src='x'/><p>B</p>", ["A", "B"]),
        ("<p>A <script src=\"x\"/>B <svg />C</p><p>D</p>", ["A B C", "D"]),
        ("<title/><p>A</p><textarea/>B", ["A", "B"]),
        ("<p>R&D, AT&T &foo; 1 < 2</p>", ["R&D, AT&T &foo; 1 < 2"]),
    ],
)  # fmt: skip
def test_no_word_is_lost_or_parted_by_an_element(markup: str, rows: list[str]) -> None:
    assert html_text.paragraphs(markup) == rows
    assert html_text.paragraphs(html_text.reduced(markup) or "") == rows


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("How to use the <b> tag", "How to use the <b> tag"), ("5 < 6 > 4", "5 < 6 > 4"), ("I <3 R&D", "I <3 R&D"),
        ("<b>Breaking</b> news", "Breaking news"), ("<i>Ulysses, unclosed", "Ulysses, unclosed"), ("First<br>second", "First second"),
        ("AT&amp;T &lt;b&gt;", "AT&T <b>"), ("A <a href='x'>link", "A link"), ("  ", None), (None, None),
    ],
)  # fmt: skip
def test_a_line_is_markup_where_it_can_be_nothing_else(text: str | None, shown: str | None) -> None:
    assert html_text.plain(text) == shown


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("<a>D&D &foo; &amp; &lt; &#38;</a>", "<a>D&amp;D &amp;foo; &amp; &lt; &#38;</a>"),
        ("<a b='1&2'>1 < 2 <- 3</a>", "<a b='1&amp;2'>1 &lt; 2 &lt;- 3</a>"),
        ("<a>it&#146;s &#0;&#x1F;x&#xFFFF;&#99999999;</a>", "<a>it’s x&amp;#99999999;</a>"),
        ("<a>one\x02two\x0bthree</a>", "<a>onetwo three</a>"),
        ("<a><![CDATA[x & y < z]]><!-- & < --></a>", "<a><![CDATA[x & y < z]]><!-- & < --></a>"),
        ("<a><o:p>x</o:p><q w:z='a w:z=1'/></a>", "<a><o-p>x</o-p><q w-z='a w:z=1'/></a>"),
        ('<a xmlns:o="urn:schemas-microsoft-com:office:office"><o:p/></a>', '<a xmlns:o="urn:schemas-microsoft-com:office:office"><o-p/></a>'),
        ('<a xmlns:n="urn:n"><n:p xml:lang="en"/></a>', '<a xmlns:n="urn:n"><n:p xml:lang="en"/></a>'),
        ("<rss><dc:date/></rss>", '<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:date/></rss>'),
    ],
)  # fmt: skip
def test_a_fault_of_xml_costs_the_character_that_it_is(broken: str, whole: str) -> None:
    assert repaired(broken) == whole
    assert repaired(whole) == whole


def test_an_element_that_closes_itself_costs_no_text_of_a_feed() -> None:
    text = "A &lt;script src=&quot;x&quot;/&gt;B&lt;p&gt;C &lt;iframe src='y' /&gt;D&lt;/p&gt;"
    (told,) = stories(
        f"<rss version='2.0'><channel><item><title>H</title><description>{text}</description></item></channel></rss>"
    )
    assert told.paragraphs == ["A B", "C D"]
    assert told.body_html == "A B<p>C D</p>"


def test_an_id_is_as_it_is_written_and_one_that_is_no_address_is_no_link() -> None:
    feed = "<rss version='2.0'><channel><link>https://w.example/</link><item><title>H</title><guid>a17</guid></item><item><title>I</title><guid>https://w.example/i</guid></item></channel></rss>"
    first, second = stories(feed)
    assert (first.guid, first.url) == ("a17", None)
    assert (second.guid, second.url) == (None, "https://w.example/i")
