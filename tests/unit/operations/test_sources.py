"""The sources of a backfill: folder, archive, sitemap, list of addresses; in a fixed order, and gone on with."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from weakref import WeakSet

import pytest
import zstandard

from pipeline.errors import Fatal, Reject
from pipeline.formats.items import Item
from pipeline.ingest.events import Hints
from pipeline.ingest.intake import read_item
from pipeline.operations import sources
from pipeline.operations.archives import Part
from pipeline.operations.backfill import Position, after, batches
from pipeline.operations.sources import UNFETCHABLE, Source
from tests.unit.operations.source_files import SETTINGS, SMALL, contents, page, parts, site, tar, warc


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


def test_names_that_are_no_text_can_be_gone_on_behind(tmp_path: Path) -> None:
    latin = os.fsdecode(b"M\xfcller.html")
    (tmp_path / "a.tar").write_bytes(tar("", {latin: page(1)}))
    (tmp_path / latin).write_bytes(page(2))
    found = parts(tmp_path)
    assert sorted(contents(found)) == [page(1), page(2)]
    assert Position().behind(Part(name, lambda: Item(b"", "")) for name, _ in found).done == 2
    assert [name.rpartition("/")[2] for name, _ in found] == ["M\ufffdller.html"] * 2


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
