"""Archives and packed items: each record for itself, nothing of a page that is cut off."""

from __future__ import annotations

import gzip
import json
import zlib

import brotli
import pytest
import zstandard

from pipeline.formats import content_coding
from pipeline.ingest.intake import Read
from pipeline.ingest.submissions import read_push
from tests.support.samples import G2, SETTINGS, events, ninjs, refusal

SENTENCE = (
    "<p>Ferry crews at the port of Varnholm walked out on Saturday after talks about night shifts failed again.</p>"
)


def page(name: str, more: str = "") -> bytes:
    title = f"{name} and more of it"
    return f"<!doctype html><html><head><title>{title}</title></head><body><article><h1>{title}</h1>{SENTENCE * 3}{more}</article></body></html>".encode()


def record(
    name: str, body: bytes, http: str = "", warc: str = "", length: int | None = None, kind: str = "text/html"
) -> bytes:
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{http}\r\n".encode() + body
    size = len(answer) if length is None else len(answer) + length
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://w.example/{name}\r\nWARC-Date: 2026-03-14T08:20:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{name}>\r\n{warc}Content-Type: application/http; msgtype=response\r\nContent-Length: {size}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


ONE, TWO, THREE = (record(name, page(name)) for name in ("One", "Two", "Three"))


def told(read: Read) -> tuple[list[str], list[str]]:
    """Headlines without what they have in common, and reasons of refusals."""
    return [event.data.headline.split()[0] for event in read.events], [reject.reason for reject in read.rejects]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "archive",
    [
        ONE + TWO + THREE, gzip.compress(ONE) + gzip.compress(TWO) + gzip.compress(THREE), gzip.compress(ONE + TWO + THREE),
        gzip.compress(ONE + TWO) + gzip.compress(THREE), b"".join(map(gzip.compress, (ONE, TWO, THREE))) + b"\x00" * 512,
        b"".join(map(zstandard.compress, (ONE, TWO, THREE))), zstandard.compress(ONE + TWO + THREE) + b"\x50\x2a\x4d\x18\x02\x00\x00\x00hi",
        ONE.rstrip() + b"\r\n" + TWO + THREE.rstrip(), ONE.replace(b"\r\n\r\nHTTP", b"\r\n\r\nHTTP") + b"\r\n" * 40 + TWO + THREE,
    ],
)  # fmt: skip
def test_an_archive_is_read_however_it_is_packed(archive: bytes) -> None:
    assert told(events(archive)) == (["One", "Two", "Three"], [])


@pytest.mark.parametrize("how", ["plain", "packed", "as one"])
@pytest.mark.parametrize("wrong", [-40, 30, 500, 100_000, 10**9, 10**14])
def test_a_length_that_is_wrong_costs_its_record(wrong: int, how: str) -> None:
    parts = [ONE, record("Odd", page("Odd"), length=wrong), TWO, THREE]
    archive = {
        "plain": b"".join(parts),
        "packed": b"".join(map(gzip.compress, parts)),
        "as one": gzip.compress(b"".join(parts)),
    }[how]
    headlines, reasons = told(events(archive))
    assert headlines == ["One", "Two", "Three"]
    assert reasons in (["invalid"], ["too-large"])


def test_a_frame_of_zstd_that_is_damaged_costs_its_record() -> None:
    packed = zstandard.compress(record("Odd", page("Odd")))
    damaged = packed[:20] + bytes(30) + packed[50:]
    assert told(events(zstandard.compress(ONE) + damaged + zstandard.compress(TWO)))[0] == ["One", "Two"]
    headlines, reasons = told(events(zstandard.compress(ONE) + zstandard.compress(TWO)[:-60]))
    assert (headlines, reasons) == (["One"], ["truncated"])


def test_an_archive_whose_records_share_a_dictionary() -> None:
    texts: list[bytes | bytearray | memoryview] = [page(f"Page {number}") for number in range(400)]
    dictionary = zstandard.train_dictionary(2048, texts)
    packer = zstandard.ZstdCompressor(dict_data=dictionary)
    for held in (dictionary.as_bytes(), zstandard.compress(dictionary.as_bytes())):
        first = b"\x5d\x2a\x4d\x18" + len(held).to_bytes(4, "little") + held
        archive = first + b"".join(map(packer.compress, (ONE, TWO)))
        assert told(events(archive)) == (["One", "Two"], [])
        assert told(events(first[:-1]))[0] == []


def test_an_item_packed_with_zstd_is_unpacked_as_a_gzipped_one_is() -> None:
    packed = zstandard.compress(page("One"))
    assert told(events(packed)) == (["One"], [])
    assert told(events(packed[:-9])) == ([], ["truncated"])
    assert told(events(zstandard.compress(bytes(SETTINGS.largest_record + 1)))) == ([], ["too-large"])


def test_a_page_that_was_answered_without_a_type_is_known_by_what_it_is() -> None:
    bare = (
        record("Bare", page("Bare"))
        .replace(b"Content-Type: text/html\r\n", b"", 1)
        .replace(b"Content-Length: ", b"X: ", 0)
    )
    length = int(record("Bare", page("Bare")).split(b"Content-Length: ")[1].split(b"\r\n")[0])
    bare = bare.replace(f"Content-Length: {length}".encode(), f"Content-Length: {length - 25}".encode())
    odd = bare.replace(page("Bare"), b"P" * len(page("Bare")))
    assert told(events(ONE + bare + odd + TWO)) == (["One", "Bare", "Two"], [])


def test_other_damage_costs_its_record() -> None:
    packed = gzip.compress(record("Odd", page("Odd")))
    damaged = packed[:60] + bytes(60) + packed[120:]
    assert told(events(gzip.compress(ONE) + damaged + gzip.compress(TWO)))[0] == ["One", "Two"]
    for odd in (
        b"WARC/1.0\r\nWARC-Type: response\r\n\r\nHello\r\n\r\n",
        b"Hello there\r\n\r\n",
        record("Odd", b"").replace(b"HTTP/1.1 200 OK", b"HTTP/9 \xff"),
    ):
        headlines, reasons = told(events(ONE + odd + TWO))
        assert headlines == ["One", "Two"]
        assert set(reasons) <= {"invalid", "no-headline", "no-text", "empty"}


CODINGS = {
    "gzip": gzip.compress(page("Two")), "br": brotli.compress(page("Two")), "zstd": zstandard.compress(page("Two")), "deflate": zlib.compress(page("Two")),
    "Deflate": zlib.compress(page("Two"))[2:-4], "gzip, br": brotli.compress(gzip.compress(page("Two"))), "identity": page("Two"), "x-gzip": gzip.compress(page("Two")),
}  # fmt: skip


@pytest.mark.parametrize("coding", CODINGS)
def test_a_page_is_unpacked_as_it_was_sent(coding: str) -> None:
    odd = record("Two", CODINGS[coding], f"Content-Encoding: {coding}\r\n")
    assert told(events(gzip.compress(ONE) + gzip.compress(odd) + gzip.compress(THREE))) == (["One", "Two", "Three"], [])
    assert content_coding.decoded(CODINGS[coding], coding, 10_000) == page("Two")


@pytest.mark.parametrize("coding", [one for one in CODINGS if one != "identity"])
def test_a_packed_page_that_is_cut_off_or_too_large_is_refused_alone(coding: str) -> None:
    cut = record("Two", CODINGS[coding][:-20], f"Content-Encoding: {coding}\r\n")
    assert told(events(ONE + cut + THREE)) == (["One", "Three"], ["truncated"])
    with pytest.raises(Exception, match="too-large"):
        content_coding.decoded(CODINGS[coding], coding, 100)


def test_a_page_that_an_archive_keeps_unpacked_or_in_another_coding() -> None:
    for coding in ("gzip", "br", "zstd"):
        assert told(events(ONE + record("Two", page("Two"), f"Content-Encoding: {coding}\r\n"))) == (["One", "Two"], [])
    assert told(events(ONE + record("Two", b"abc", "Content-Encoding: compress\r\n"))) == (["One"], ["unreadable"])


def _chunked(body: bytes, last: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (body[:100], body[100:])) + last


@pytest.mark.parametrize(
    ("body", "http", "warc", "right"),
    [
        (page("Two"), "Content-Length: 100000\r\n", "", True),  # a server's mistake: the page has its end
        (page("Two")[:400], "Content-Length: 100000\r\n", "", False),
        (page("Two")[:400], "", "WARC-Truncated: length\r\n", False),
        (page("Two"), "Content-Length: 5\r\n", "", True),  # of what was packed
        (_chunked(page("Two")), "Transfer-Encoding: chunked\r\n", "", True),
        (_chunked(page("Two"))[:300], "Transfer-Encoding: chunked\r\n", "", False),
        (_chunked(page("Two"), b""), "Transfer-Encoding: chunked\r\n", "", False),
        (page("Two"), "Transfer-Encoding: chunked\r\n", "", True),  # which its archive has put together
    ],
)
def test_a_page_that_is_cut_off_is_no_half_story(body: bytes, http: str, warc: str, right: bool) -> None:
    expected = (["One", "Two", "Three"], []) if right else (["One", "Three"], ["truncated"])
    assert told(events(ONE + record("Two", body, http, warc) + THREE)) == expected


@pytest.mark.parametrize("packed", [False, True])
def test_an_archive_that_breaks_off_gives_what_is_whole(packed: bool) -> None:
    parts = [gzip.compress(one) if packed else one for one in (ONE, TWO)]
    for cut in (40, 100, 200):
        assert told(events(parts[0] + parts[1][:-cut])) == (["One"], ["truncated"])
    whole = gzip.compress(ONE + TWO)
    assert told(events(whole[:-60]))[1] == ["truncated"]
    arc = b"filedesc://x 0 20260314082000 text/plain 11\r\n1 0 x\r\nURL\r\n\r\nhttps://w.example/a 1.1.1.1 20260314082000 text/html 5000\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    assert told(events(arc + page("One")[:300]))[1] == ["truncated"]


def test_what_an_archive_has_besides_pages_is_said_in_one_line() -> None:
    gone = record("Gone", page("Gone")).replace(b"200 OK", b"404 No")
    read = events(ONE + gone + gone + record("p", b"GIF89a", kind="image/gif"))
    assert (told(read), read.left_out) == ((["One"], []), ("2 pages answered with 404",))
    assert "2 pages answered with 404" in refusal(gone + gone).detail
    assert refusal(record("p", b"GIF89a", kind="image/gif")).reason == "no-story"


def test_all_of_an_item_that_is_packed_in_parts_is_read() -> None:
    middle = len(G2) // 2
    parts = [gzip.compress(G2[:middle].encode()), gzip.compress(G2[middle:].encode())]
    assert len(events(b"".join(parts)).events) == len(events(G2).events)
    assert events(parts[0] + parts[1][:-9]).rejects[0].reason == "truncated"
    assert events(b"\x1f\x8bnot packed").rejects[0].reason == "unreadable"


@pytest.mark.parametrize(
    "document",
    [
        {"uri": "urn:1", "headline": "Été", "body_text": "One.\n\nTwo.", "urgency": 4, "fine": True, "no": None},
        [{"uri": "urn:1", "headline": "A"}, {"uri": "urn:2", "headline": "B", "x": [1.5, -2]}],
        {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "T", "content_text": "x \\ é 😀"}]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("indent", [None, 1])
def test_json_that_is_cut_off_is_refused_as_that(document: object, indent: int | None) -> None:
    content = json.dumps(document, indent=indent, ensure_ascii=bool(indent)).encode()
    for cut in range(1, len(content)):
        reject = refusal(content[:cut])
        assert (reject.reason, cut) == ("truncated", cut), content[:cut]


def test_objects_on_a_line_each_are_read_and_an_odd_line_costs_itself() -> None:
    rows = [json.dumps(ninjs(f"urn:{number}")) for number in range(4)]
    assert len(events("\n".join(rows)).events) == 4
    read = events("\n".join([rows[0], "{odd", "", rows[1], "7", rows[2], rows[3][:40]]))
    assert len(read.events) == 3
    assert sorted(reject.reason for reject in read.rejects) == ["not-json", "truncated", "unknown-format"]
    assert len(read_push("\n".join(rows).encode(), "application/x-ndjson", "wire", None, SETTINGS).events) == 4
    lines = ['{"id":"1","body":"One.","storyID":"s1"}', '{"id":"2","body":"Two.","storyID":"s1"}', '{"id":"3","bo']
    read = events("\n".join(lines))
    assert (read.kind, len(read.events), [reject.reason for reject in read.rejects]) == ("coral", 2, ["truncated"])
