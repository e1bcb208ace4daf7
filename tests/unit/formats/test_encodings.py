"""Bytes to text: marks, labels, and what the bytes show; the charset of HTTP at every door."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.feeds import polling
from pipeline.feeds.subscriptions import subscription
from pipeline.formats.encodings import charset, codec, decode
from pipeline.formats.items import Item, Story
from pipeline.formats.table import detect
from pipeline.ingest import submissions
from pipeline.ingest.events import Hints
from pipeline.ingest.fetching import Fetched
from pipeline.ingest.intake import read_item
from tests.support.samples import SETTINGS

RUSSIAN = "Совет закрывает старый мост до осени"
LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc_jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022_jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    "utf-16-be": "unicodefffe utf-16be",
}
"""https://encoding.spec.whatwg.org/#names-and-labels, without `replacement` and `x-user-defined`."""


@pytest.mark.parametrize("name", LABELS)
def test_every_label_of_a_browser_is_known(name: str) -> None:
    assert {label: codec(f" {label.upper()} ") for label in LABELS[name].split()} == dict.fromkeys(
        LABELS[name].split(), name
    )


@pytest.mark.parametrize("label", ["unicode_escape", "idna", "utf-7", "rot13", "none", "", "x" * 200])
def test_what_is_no_label_is_none(label: str) -> None:
    assert codec(label) is None


TEXTS = {
    "windows-1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "windows-874": "นายกเทศมนตรีเปิดสะพานข้ามแม่น้ำ",
    "shift_jis": "町議会は火曜日、古い橋を閉鎖することを決めた。",
    "iso-2022-jp": "町議会は火曜日、古い橋を閉鎖することを決めた。",
    "gb2312": "市议会周二投票决定关闭旧桥进行维修。",
    "big5": "市議會週二投票決定關閉舊橋進行維修。",
    "euc-kr": "시의회는 화요일 오래된 다리를 폐쇄하기로 했다.",
    "windows-1256": "صوت مجلس المدينة على إغلاق الجسر",
    "iso-8859-1": "“Été” à l’œuvre – 5 €",
}


@pytest.mark.parametrize("label", TEXTS)
def test_text_is_read_as_its_label_says_or_as_utf_8_where_it_is_that(label: str) -> None:
    text = TEXTS[label]
    assert decode(text.encode(codec(label) or ""), label) == text
    assert decode(text.encode(), label) == text, "UTF-8 whatever is declared"
    assert decode(text.encode("utf-8-sig"), label) == text
    assert decode(text.encode("utf-16"), label) == text


def test_of_two_labels_the_first_that_fits_counts() -> None:
    content = RUSSIAN.encode("windows-1251")
    assert decode(content, "windows-1251", "utf-8") == decode(content, "utf-8", "windows-1251") == RUSSIAN
    assert decode(content, "no-such-encoding", "windows-1251") == RUSSIAN


def test_an_odd_byte_costs_that_byte() -> None:
    mixed = b"caf\xc3\xa9s \xe9t\xe9, it\x92s \xe2\x80 cut\x81 \xc3"
    assert decode(mixed) == decode(mixed, "utf-8") == "cafés été, it’s  cut "
    assert decode("Été".encode("cp1252") + b"\x81", "iso-8859-1") == "Été"
    assert decode(RUSSIAN.encode() + b"\xff", "windows-1251").startswith(RUSSIAN) is False, "it is no UTF-8"
    assert decode("日本の町".encode("shift_jis") + b"\x81", "shift_jis") == "日本の町"


def test_text_of_another_script_that_declares_nothing_is_what_its_bytes_show() -> None:
    assert (
        decode(f"<rss><title>{RUSSIAN}</title></rss>".encode("windows-1251")) == f"<rss><title>{RUSSIAN}</title></rss>"
    )
    assert decode("Été à l’œuvre".encode("cp1252")) == "Été à l’œuvre"


def test_a_charset_is_read_from_its_header() -> None:
    headers = [
        "text/xml; charset=windows-1251",
        'text/xml;Charset="windows-1251"',
        "a/b; x=y; charset = windows-1251 ;z",
    ]
    assert [charset(header) for header in headers] == ["windows-1251"] * 3
    assert [charset(header) for header in (None, "", "text/xml", "text/xml; charset=", "xcharset=1")] == [None] * 5


RSS = f"<rss version='2.0'><channel><title>T</title><item><title>{RUSSIAN}</title><link>https://w.example/1</link><description>&lt;p&gt;{RUSSIAN}.&lt;/p&gt;</description></item></channel></rss>"
PAGE = f"<!DOCTYPE html><html><head><title>{RUSSIAN}</title><link rel='canonical' href='https://w.example/1'></head><body><article><h1>{RUSSIAN}</h1><p>{(RUSSIAN + '. ') * 6}</p></article></body></html>"
WITHOUT_A_LABEL = {
    "feed": RSS,
    "json feed": json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a", "url": "https://w.example/1", "title": RUSSIAN, "content_html": f"<p>{RUSSIAN}.</p>"}]},
        ensure_ascii=False,
    ),
    "page": PAGE,
    "sitemap": f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://w.example/1</loc><n:news><n:title>{RUSSIAN}</n:title></n:news></url></urlset>",
    "ninjs": json.dumps({"uri": "a", "headline": RUSSIAN, "body_text": RUSSIAN}, ensure_ascii=False),
    "text": f"{RUSSIAN}\n\n{(RUSSIAN + '. ') * 6}\n",
    "nitf": f"<nitf><body><body.head><hedline><hl1>{RUSSIAN}</hl1></hedline></body.head><body.content><p>{RUSSIAN}.</p></body.content></body></nitf>",
}  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_A_LABEL)
@pytest.mark.parametrize("label", ["windows-1251", "koi8-r"])
def test_the_charset_of_a_push_counts_in_every_format(name: str, label: str) -> None:
    content = WITHOUT_A_LABEL[name].encode(label)
    read = submissions.read_push(content, f'text/plain; charset="{label}"', "wire", None, SETTINGS)
    assert [event.data.headline for event in read.events] == [RUSSIAN], read.rejects  # type: ignore[union-attr]
    assert read.item.content == content, "the original is as received"


@pytest.mark.parametrize("name", ["feed", "page", "nitf"])
def test_the_charset_of_http_outranks_what_a_document_declares(name: str) -> None:
    text = WITHOUT_A_LABEL[name].replace("<head>", '<head><meta charset="koi8-r">')
    content = (text if name == "page" else f'<?xml version="1.0" encoding="koi8-r"?>{text}').encode("windows-1251")
    item = Item(content, "test", "text/xml", "https://w.example/1", "windows-1251")
    read = read_item(item, Hints(), SETTINGS, datetime(2026, 3, 20, tzinfo=UTC))
    assert [event.data.headline for event in read.events] == [RUSSIAN]  # type: ignore[union-attr]


@pytest.mark.parametrize("declares", ["windows-1251", "iso-8859-1", "us-ascii", "windows-874"])
def test_a_feed_polled_and_a_page_in_utf_8_are_utf_8_in_text_and_markup_whatever_is_declared(declares: str) -> None:
    class Site:
        def get(self, url: str, headers: Any = None) -> Fetched:
            content = f'<?xml version="1.0" encoding="{declares}"?>{RSS}'.encode()
            return Fetched(url, 200, content, {"content-type": f"text/xml; charset={declares}"})

    now = datetime(2026, 3, 20, tzinfo=UTC)
    result = polling.poll(subscription("https://w.example/feed", now), Site(), None, SETTINGS, now)  # type: ignore[arg-type]
    (event,) = result.events
    assert (event.data.headline, event.data.body_html) == (RUSSIAN, f"<p>{RUSSIAN}.</p>")  # type: ignore[union-attr]
    item = Item(PAGE.replace("<head>", f'<head><meta charset="{declares}">').encode(), "test")
    (page,) = detect(item).read(item)
    assert isinstance(page, Story)
    assert page.headline == RUSSIAN


def test_a_feed_polled_whose_charset_is_in_its_header_only_is_read_by_it() -> None:
    class Site:
        def get(self, url: str, headers: Any = None) -> Fetched:
            return Fetched(
                url, 200, RSS.encode("windows-1251"), {"content-type": "application/rss+xml; charset=windows-1251"}
            )

    now = datetime(2026, 3, 20, tzinfo=UTC)
    result = polling.poll(subscription("https://w.example/feed", now), Site(), None, SETTINGS, now)  # type: ignore[arg-type]
    assert [event.data.headline for event in result.events] == [RUSSIAN]  # type: ignore[union-attr]
    assert result.feed.title == "T"


@pytest.mark.parametrize(
    "text", ["Er sagte „Das ist der Spaß“ und „Öl“.", "« C’est l’été… » – “voilà”", "Dijo “sí” y “qué”.", "Der Spaß“ ä"]
)
@pytest.mark.parametrize("label", [None, "utf-8"])
def test_a_letter_before_a_quote_of_windows_1252_is_no_utf_8(text: str, label: str | None) -> None:
    assert decode(text.encode("cp1252"), label) == text
    feed = f"<rss version='2.0'><channel><item><title>{text}</title></item></channel></rss>".encode("cp1252")
    assert text in decode(feed, label)


def test_utf_8_that_could_be_windows_1252_by_chance_is_utf_8() -> None:
    assert decode("“Öl” – Köln, Spaß… 서울 Київ 東京".encode() + b"\xe9.") == "“Öl” – Köln, Spaß… 서울 Київ 東京é."
    assert decode("Київ – “так”".encode() + b"\x93") == "Київ – “так”“"
