"""The sources of a backfill: folder, archive, sitemap, list of addresses; in a fixed order, and gone on with."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from weakref import WeakSet

import pytest
import zstandard

from pipeline.errors import Fatal, Reject
from pipeline.formats.items import Item
from pipeline.formats.warc_records import records
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_item
from pipeline.operations import sources
from pipeline.operations.archives import Part
from pipeline.operations.backfill import Position, after, batches
from pipeline.operations.sources import UNFETCHABLE, Source
from pipeline.settings import Settings

SETTINGS = Settings(_env_file=None, private_networks=True)
SMALL = Settings(_env_file=None, private_networks=True, largest_record=16 * 1024)


def page(number: int, size: int = 0) -> bytes:
    text = f"Story {number} has a text that is long enough to be one. " * 8 + "x " * size
    return f"<html><head><title>Headline {number} of the day</title></head><body><article><h1>Headline {number} of the day</h1><p>{text}</p></article></body></html>".encode()


def parts(where: Path | str, settings: Settings = SETTINGS, **options: Any) -> list[tuple[str, Item | Reject]]:
    found: list[tuple[str, Item | Reject]] = []
    with Source(settings, str(where), delay=0.0, **options) as source:
        for part in source.parts():
            try:
                found.append((part.name, part.read()))
            except Reject as reject:
                found.append((part.name, reject))
    return found


def contents(found: list[tuple[str, Item | Reject]]) -> list[bytes]:
    return [item.content for _, item in found if isinstance(item, Item)]


@contextmanager
def site(pages: dict[str, bytes]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = pages.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Type", "application/xml" if "xml" in self.path else "text/html")
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_folder_with_archives_in_it(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_bytes(page(2))
    (tmp_path / "README.md").write_text("no news")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("one/1.html", page(1))
        archive.writestr("__MACOSX/one/._1.html", b"x")
        archive.writestr("logo.png", b"x")
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("two/3.html")
        member.size = len(page(3))
        archive.addfile(member, io.BytesIO(page(3)))
        archive.addfile(tarfile.TarInfo("two/.hidden"))
    found = parts(tmp_path)
    assert [name.removeprefix(f"{tmp_path}/") for name, _ in found] == [
        "a.zip/one/1.html",
        "b.html",
        "c.tar.gz/two/3.html",
    ]
    assert contents(found) == [page(1), page(2), page(3)]
    assert contents(parts(tmp_path / "a.zip", kind="archive")) == [page(1)]


def test_an_archive_that_is_cut_off_costs_what_is_cut_off(tmp_path: Path) -> None:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for number in (1, 2):
            member = tarfile.TarInfo(f"{number}.html")
            member.size = len(page(number))
            archive.addfile(member, io.BytesIO(page(number)))
    (tmp_path / "a.tar").write_bytes(whole.getvalue()[: 1024 + len(page(1)) + 600])
    found = parts(tmp_path / "a.tar")
    assert contents(found)[0] == page(1)
    assert [one.reason for _, one in found if isinstance(one, Reject)] != []


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_of_a_zip_that_is_damaged_costs_itself(packing: int, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w", packing) as archive:
        for number in range(3):
            archive.writestr(f"{number}.html", page(number))
        damaged = archive.infolist()[1]
    content = bytearray(file.read_bytes())
    start = damaged.header_offset + 30 + len(damaged.filename)
    content[start : start + damaged.compress_size] = b"\xff" * damaged.compress_size
    file.write_bytes(content)
    found = parts(file)
    assert contents(found) == [page(0), page(2)]
    assert isinstance(found[1][1], Reject)
    assert found[1][1].reason == "unreadable"


def test_a_member_of_a_zip_whose_name_is_no_text_costs_itself(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("é.html", page(1))
        archive.writestr("2.html", page(2))
    file.write_bytes(file.read_bytes().replace("é".encode(), b"\xc3\xff", 1))  # in its own header alone
    assert contents(parts(file)) == [page(2)]


def tar(packing: str, members: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode=f"w:{packing}", encoding="utf-8", errors="surrogateescape") as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return whole.getvalue()


@pytest.mark.parametrize(("packing", "harm"), [("gz", "cut off"), ("xz", "cut off"), ("xz", "damaged")])
def test_a_packed_tar_that_is_damaged_is_read_up_to_there(packing: str, harm: str, tmp_path: Path) -> None:
    words = random.Random(7)
    noise = {f"{number}.html": words.randbytes(80_000) for number in range(4)}
    content = bytearray(tar(packing, {"first.html": page(1), **noise}))
    at = len(content) * 3 // 4
    if harm == "damaged":
        content[at:] = b"\xff" * (len(content) - at)
    else:
        del content[at:]
    (tmp_path / f"a.tar.{packing}").write_bytes(content)
    (tmp_path / "b.html").write_bytes(page(2))
    found = parts(tmp_path)
    assert contents(found)[:2] == [page(1), noise["0.html"]]
    assert contents(found)[-1] == page(2), "it goes on with the next file"
    assert any(isinstance(one, Reject) for _, one in found)


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
def test_a_packed_tar_without_a_beginning_is_a_file_that_is_refused(packing: str, tmp_path: Path) -> None:
    (tmp_path / f"a.tar.{packing}").write_bytes(tar(packing, {"1.html": page(1)})[:40])
    (tmp_path / "b.html").write_bytes(page(2))
    assert [name.rpartition("/")[2] for name, _ in parts(tmp_path)] == [f"a.tar.{packing}", "b.html"]


def test_names_that_are_no_text_can_be_gone_on_behind(tmp_path: Path) -> None:
    latin = os.fsdecode(b"M\xfcller.html")
    (tmp_path / "a.tar").write_bytes(tar("", {latin: page(1)}))
    (tmp_path / latin).write_bytes(page(2))
    found = parts(tmp_path)
    assert sorted(contents(found)) == [page(1), page(2)]
    assert Position().behind(Part(name, lambda: Item(b"", "")) for name, _ in found).done == 2
    assert [name.rpartition("/")[2] for name, _ in found] == ["M\ufffdller.html"] * 2


def warc(*pages: tuple[str, bytes, str]) -> bytes:
    written: list[bytes] = []
    for url, content, media_type in pages:
        kind = f"Content-Type: {media_type}\r\n" if media_type else ""
        http = f"HTTP/1.1 200 OK\r\n{kind}Content-Length: {len(content)}\r\n\r\n".encode() + content
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-02T10:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:12345678-1234-1234-1234-12345678{len(written):04d}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        written.append(head.encode() + http + b"\r\n\r\n")
    return b"".join(written)


@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_a_web_archive_is_larger_than_an_item_may_be(packed: str, tmp_path: Path) -> None:
    pages = [(f"https://news.example/{number}", page(number, 3000), "text/html" * (number > 0)) for number in range(4)]
    others = (
        ("https://news.example/logo", b"\x89PNG" * 200, "image/png"),
        ("https://news.example/x", b"PNG" * 200, ""),
    )
    content = warc(*pages, *others)
    assert len(content) > SMALL.largest_record
    file = tmp_path / f"a.warc{packed}"
    file.write_bytes({"": content, ".gz": gzip.compress(content), ".zst": zstandard.compress(content)}[packed])
    found = parts(file, SMALL)
    if not packed:
        assert [name.rpartition(" ")[2] for name, _ in found] == [url for url, *_ in pages]
    events = [event for item in (one for _, one in found) if isinstance(item, Item) for event in read_item(item, Hints(), SMALL).events]  # fmt: skip
    assert [getattr(event.data, "headline", None) for event in events] == [
        f"Headline {number} of the day" for number in range(4)
    ]


def test_a_sitemap_and_an_index_of_sitemaps_lead_to_pages() -> None:
    pages = {f"/{number}.html": page(number) for number in range(3)}
    with site(pages) as home:
        first = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{home}/0.html</loc></url><url><loc>{home}/gone.html</loc></url></urlset>"
        second = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>/1.html</loc></url><url><loc>{home}/0.html</loc></url></urlset>"
        pages["/a.xml"], pages["/b.xml.gz"] = first.encode(), gzip.compress(second.encode())
        pages["/index.xml"] = (
            f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>{home}/a.xml</loc></sitemap><sitemap><loc>{home}/b.xml.gz</loc></sitemap></sitemapindex>".encode()
        )
        found = parts(f"{home}/index.xml")
        assert [name.removeprefix(home) for name, _ in found] == ["/0.html", "/gone.html", "/1.html"]
        assert contents(found) == [page(0), page(1)]
        gone = found[1][1]
        assert isinstance(gone, Reject)
        assert gone.reason == UNFETCHABLE


def test_a_list_of_addresses_is_a_file_or_is_given(tmp_path: Path) -> None:
    with site({"/1": page(1), "/2": page(2)}) as home:
        file = tmp_path / "list.txt"
        file.write_text(f"\ufeff# the past\n{home}/2\r\n\n{home}/1\n{home}/2\n")
        assert contents(parts(file)) == [page(2), page(1)]
        assert contents(parts("", addresses=[f"{home}/1"])) == [page(1)]
        assert contents(parts(f"{home}/1")) == [page(1)], "a page by itself"
        file.write_text(f"{home}/2\nnot an address\n")
        with pytest.raises(Fatal, match="no http"):
            parts(file, kind="addresses")
        assert [name for name, _ in parts(file)] == [str(file)], "a text that only begins like a list"


def test_robots_are_asked_first() -> None:
    with site({"/1": page(1), "/robots.txt": b"User-agent: *\nDisallow: /1\n"}) as home:
        ((_, refused),) = parts("", addresses=[f"{home}/1"])
        assert isinstance(refused, Reject)
        assert refused.reason == "robots"


@pytest.mark.parametrize("kind", ["archive", "sitemap", "addresses"])
def test_what_is_not_of_the_kind_is_said_at_once(kind: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_bytes(page(1))
    with pytest.raises(Fatal, match=f"is no {kind}|no http"):
        parts(file, kind=kind)
    with pytest.raises(Fatal, match="either"):
        parts("")


def test_it_goes_on_behind_the_last_part_that_was_finished() -> None:
    read: list[str] = []

    def part(name: str) -> Part:
        def item() -> Item:
            read.append(name)
            return Item(b"", name)

        return Part(name, item)

    some = [part(name) for name in "abcde"]
    reached = Position().behind(some[:2])
    assert reached == Position().behind(some[:1]).behind(some[1:2]), "whatever the batches are"

    def gone_on(now: list[Part], position: Position | None) -> tuple[int, str]:
        position, rest = after(lambda: iter(now), position)
        return position.done, "".join(one.name for one in rest)

    assert (gone_on(some, reached), read) == ((2, "cde"), [])
    assert gone_on([*some, part("f")], reached) == (2, "cdef"), "it has grown"
    assert gone_on([part("x"), *some[1:]], reached) == (0, "xbcde"), "another is there now"
    assert gone_on([replace(some[0], mark="changed"), *some[1:]], reached) == (0, "abcde"), "its content was changed"
    assert gone_on(some[:1], reached) == (0, "a")
    assert gone_on(some, None) == (0, "abcde")


def test_what_is_left_out_is_not_kept_in_memory() -> None:
    alive: WeakSet[Part] = WeakSet()
    most = 0

    def found() -> Iterator[Part]:
        nonlocal most
        for number in range(50):
            one = Part(f"{number}", lambda: Item(b"", ""))
            alive.add(one)
            most = max(most, len(alive))
            yield one

    reached, rest = after(found, Position().behind(islice(found(), 40)))
    assert (reached.done, len(list(rest))) == (40, 10)
    most = 0
    after(found, Position(40, "another"))
    assert most < 5


def test_a_batch_ends_with_what_it_has_in_memory() -> None:
    def part(held: int) -> Part:
        return Part("a", lambda: Item(b"", ""), held)

    sizes = [[one.held for one in batch] for batch in batches(map(part, (1, 1, 1, 8, 2, 9, 3)), 3, held=9)]
    assert sizes == [[1, 1, 1], [8, 2], [9], [3]]
    assert [len(batch) for batch in batches(map(part, [32 << 20] * 5), 100)] == [2, 2, 1]


def test_the_pages_of_a_web_archive_are_held_and_others_are_not(tmp_path: Path) -> None:
    pages = [(f"https://news.example/{number}", page(number, 3000), "text/html") for number in range(4)]
    content = warc(*pages, ("https://news.example/logo", b"\x89PNG" * 200, "image/png"))
    (tmp_path / "a.warc").write_bytes(content)
    (tmp_path / "b.html").write_bytes(page(1))
    (tmp_path / "c.tar.gz").write_bytes(tar("gz", {"1.html": page(1), "2.md": b"x", ".a": b"x"}))
    with Source(SMALL, str(tmp_path)) as source:
        found = list(source.parts())
        assert sum(one.held for one in found[:4]) > 4 * 6000
        assert [one.held for one in found[4:]] == [0, 0]
        assert len({one.mark for one in found}) == 6
        expected = ["1 .md, 1 answers that are no HTML page, 1 hidden (in archives)"]
        assert source.left_out == expected
        assert len(list(source.parts())) == 6
        assert source.left_out == expected, "of the last time that it was gone through"


def header_at(content: bytes | bytearray, name: str) -> int:
    return content.index(f"{name}\0".encode())


def damaged_tar(harm: str) -> bytes:
    whole = bytearray(tar("", {f"{number}.html": page(number) for number in range(4)}))
    at = header_at(whole, "2.html")
    if harm == "a header":
        whole[at + 148] ^= 1
    elif harm == "a hole":
        whole[at : at + 512] = bytes(512)
    elif harm == "cut off between two":
        del whole[at:]
    elif harm == "cut off in a header":
        del whole[at + 100 :]
    elif harm == "two in one":
        whole += tar("", {"9.html": page(9)})
    elif harm == "a text":
        whole[at - 700] ^= 1
    return bytes(whole)


@pytest.mark.parametrize("packing", ["", "gz", "bz2", "xz"])
@pytest.mark.parametrize("harm", ["a header", "a hole", "cut off between two", "cut off in a header", "two in one"])
def test_members_of_a_damaged_tar_are_not_lost_in_silence(harm: str, packing: str, tmp_path: Path) -> None:
    pack: dict[str, Any] = {"": bytes, "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
    file = tmp_path / f"a.tar{packing and '.'}{packing}"
    file.write_bytes(pack[packing](damaged_tar(harm)))
    found = parts(file)
    assert contents(found)[:2] == [page(0), page(1)]
    last = found[-1][1]
    assert isinstance(last, Reject)
    assert last.reason == "truncated"


def test_a_checksum_of_the_packing_tells_of_a_text_that_is_another(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(damaged_tar("")))
    packed[-8] ^= 1
    (tmp_path / "a.tar.gz").write_bytes(packed)
    found = parts(tmp_path / "a.tar.gz")
    assert len(contents(found)) == 4
    assert isinstance(found[-1][1], Reject)
    (tmp_path / "b.tar.gz").write_bytes(gzip.compress(damaged_tar("")))
    assert [type(one) for _, one in parts(tmp_path / "b.tar.gz")] == [Item] * 4, "one that is whole"


@pytest.mark.parametrize("harm", ["its first bytes", "its beginning", "cut off between two", "nothing", "padded"])
def test_records_of_a_damaged_web_archive_are_not_lost_in_silence(harm: str) -> None:
    packed = [gzip.compress(warc((f"https://news.example/{number}", page(number), "text/html"))) for number in range(4)]
    damaged = bytearray(packed[2])
    if harm == "its first bytes":
        damaged[:3] = b"xyz"
    elif harm == "its beginning":
        damaged[10:14] = b"\xff\xff\xff\xff"
    elif harm == "cut off between two":
        del damaged[5:], packed[3:]
    elif harm == "padded":
        damaged += bytes(600)
    packed[2] = bytes(damaged)
    found = list(records(b"".join(packed), 1 << 20))
    refused = [one.problem.reason for one in found if one.problem is not None]
    whole = [one.content for one in found if one.problem is None]
    expected = {"cut off between two": 2, "nothing": 4, "padded": 4}.get(harm, 3)
    assert len(whole) == expected
    assert refused == ([] if expected == 4 else ["truncated"])


def test_sitemaps_that_are_too_many_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_MAX_SITEMAPS", 3)
    space = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"

    def index(*names: str) -> bytes:
        listed = "".join(f"<sitemap><loc>{home}/{name}.xml</loc></sitemap>" for name in names)
        return f"<sitemapindex {space}>{listed}</sitemapindex>".encode()

    pages: dict[str, bytes] = {}
    with site(pages) as home:
        pages["/index.xml"] = index("a", "more", "index")
        pages["/more.xml"] = index("b", "c", "a", "index", "b")
        for name in "abc":
            listed = f"<url><loc>{home}/{name}.html</loc></url><url><loc>mailto:{name}</loc></url>"
            pages[f"/{name}.xml"] = f"<urlset {space}>{listed}</urlset>".encode()
            pages[f"/{name}.html"] = page(ord(name))
        with Source(SETTINGS, f"{home}/index.xml", delay=0.0) as source:
            found = list(source.parts())
            assert [one.name.removeprefix(home) for one in found[:-1]] == ["/a.html"]
            with pytest.raises(Reject, match="2 sitemaps are not read"):
                found[-1].read()
            assert source.left_out == ["1 entries of a sitemap that are no address"]


def test_sitemaps_of_an_index_are_fetched_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    space = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"

    class Pages:
        def get(self, url: str) -> Any:
            done.append(url)
            content = f"<urlset {space}><url><loc>{url}/page</loc></url></urlset>".encode()
            return SimpleNamespace(content=content, url=url)

    home = "https://news.example"
    index = f"<sitemapindex {space}><sitemap><loc>{home}/a</loc></sitemap><sitemap><loc>{home}/b</loc></sitemap></sitemapindex>"
    source = Source(SETTINGS, f"{home}/index.xml")
    monkeypatch.setattr(source, "_pages", Pages(), raising=False)
    for url in source._of_sitemap(index.encode(), None):
        done.append(url)
    assert done == [f"{home}/a", f"{home}/a/page", f"{home}/b", f"{home}/b/page"]
