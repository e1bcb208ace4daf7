"""Where a backfill reads from: a folder, an archive, a sitemap, a list of addresses. Each part is named before it is read or
fetched, in a fixed order, so that a backfill that was stopped goes on behind the last one that it finished."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Literal

from pipeline.addresses import is_link, joined
from pipeline.errors import Fatal, Reject
from pipeline.feeds.full_text import PAGE_DELAY, Pages
from pipeline.formats import sitemap, xml
from pipeline.formats.content_coding import gunzipped
from pipeline.formats.items import Item
from pipeline.ingest.fetching import Fetcher, Unfetchable
from pipeline.ingest.intake import files_in, left_out_of
from pipeline.operations.archives import Part, archive_kind, archive_parts, file_part, refused
from pipeline.settings import Settings

Kind = Literal["auto", "folder", "archive", "sitemap", "addresses"]
UNFETCHABLE = "unfetchable"
"""Reason of an address that could not be fetched: there is nothing that a dead letter could hold."""
_MAX_SITEMAPS = 10_000


class Source:
    """The parts of one source, in a fixed order. Use as a context manager."""

    def __init__(
        self,
        settings: Settings,
        where: str,
        kind: Kind = "auto",
        addresses: Sequence[str] = (),
        delay: float = PAGE_DELAY,
    ) -> None:
        """`where` is a path or an address; empty where `addresses` are given."""
        self._settings, self._where, self._kind, self._given = settings, where, kind, list(addresses)
        self._open = ExitStack()
        self._delay = delay
        self._left_out: list[str] = []
        self._skipped: Counter[str] = Counter()
        self._too_many: set[str] = set()
        self.total: int | None = None
        """How many parts there are; None where it isn't known before."""

    def __enter__(self) -> Source:
        settings = self._settings
        self._fetcher = self._open.enter_context(
            Fetcher(settings.largest_record, private_networks=settings.private_networks)
        )
        self._pages = Pages(self._fetcher, self._delay)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def parts(self) -> Iterator[Part]:
        """Every part, from the first on each time that it is called. Raises Fatal where the source can't be read, or has
        none."""
        self._left_out, self._skipped, self._too_many, self.total = [], Counter(), set(), None
        if bool(self._where) == bool(self._given):
            raise Fatal("give either a source, or a list of addresses")
        if self._given:
            return self._fetched(self._given)
        if is_link(self._where):
            return self._of_address(self._where)
        path = Path(self._where)
        if not path.exists():
            raise Fatal(f"there is no file or folder {self._where}")
        if path.is_dir():
            return self._of_folder(path)
        return self._of_file(path)

    @property
    def left_out(self) -> list[str]:
        """What of it is no news, in words, as far as it was gone through."""
        skipped = ", ".join(f"{number} {what}" for what, number in sorted(self._skipped.items()))
        return [*self._left_out, *([f"{skipped} (in archives)"] if skipped else [])]

    def _of_folder(self, folder: Path) -> Iterator[Part]:
        if self._kind not in ("auto", "folder"):
            raise Fatal(f"{folder} is a folder, not {self._kind}")
        found, left_out = files_in(folder), left_out_of(folder)
        if not found:
            raise Fatal(f"there is nothing to read in {folder}{left_out and f'; left out: {left_out}'}")
        if left_out:
            self._left_out.append(left_out)
        if not any(archive_kind(file) for file in found):
            self.total = len(found)
        for file in found:
            yield from (
                archive_parts(file, self._settings.largest_record, self._open, self._skipped)
                if archive_kind(file)
                else [file_part(file, self._settings.largest_record)]
            )

    def _of_file(self, file: Path) -> Iterator[Part]:
        if self._kind in ("auto", "archive") and archive_kind(file):
            return archive_parts(file, self._settings.largest_record, self._open, self._skipped)
        if self._kind in ("archive", "folder"):
            raise Fatal(f"{file} is no {self._kind} that can be read (archives: WARC, ZIP, tar)")
        largest = self._settings.largest_record
        with file.open("rb") as handle:
            start = handle.read(largest + 1)
        if len(start) <= largest and (listed := self._listed(start, None, file.as_uri())) is not None:
            return self._fetched(listed)
        if self._kind != "auto":
            raise Fatal(f"{file} is no {self._kind}")
        self.total = 1
        return iter([file_part(file, self._settings.largest_record)])

    def _of_address(self, url: str) -> Iterator[Part]:
        try:
            answer = self._pages.get(url)
        except (Unfetchable, Reject) as e:
            raise Fatal(str(e)) from e
        listed = self._listed(answer.content, answer.url, answer.url)
        if listed is not None:
            return self._fetched(listed)
        if self._kind != "auto":
            raise Fatal(f"{url} is no {self._kind}")
        self.total = 1
        item = Item(answer.content, url, answer.media_type, answer.url, answer.charset)
        return iter([Part(url, lambda: item, len(answer.content))])

    def _listed(self, content: bytes, base: str | None, name: str) -> list[str] | None:
        """The addresses that a sitemap or a list names; None for anything else."""
        content = self._unpacked(content)
        if self._kind in ("auto", "sitemap") and sitemap.recognises(Item(content, name)):
            return list(dict.fromkeys(self._of_sitemap(content, base)))
        lines = [line.strip() for line in content.decode("utf-8-sig", "replace").splitlines()]
        lines = [line for line in lines if line and not line.startswith("#")]
        wrong = next((line for line in lines if not is_link(line)), None)
        if self._kind == "addresses" and wrong is not None:
            raise Fatal(f"{name} has a line that is no http(s) address: {wrong[:100]}")
        return list(dict.fromkeys(lines)) if lines and wrong is None and self._kind in ("auto", "addresses") else None

    def _of_sitemap(self, content: bytes, base: str | None) -> Iterator[str]:
        """Its addresses, and those of the sitemaps that it lists."""
        index, listed = self._locations(content, base)
        if not index:
            yield from listed
            return
        seen: set[str] = set()
        waiting: deque[str] = deque()
        self._add(listed, seen, waiting)
        while waiting:  # each is fetched when its turn comes: one is in memory at a time
            try:
                answer = self._pages.get(waiting.popleft())
            except (Unfetchable, Reject) as e:
                raise Fatal(f"a sitemap of {self._where} can't be read: {e}") from e
            index, listed = self._locations(self._unpacked(answer.content), answer.url)
            if index:
                self._add(listed, seen, waiting)
            else:
                yield from listed

    def _add(self, listed: Iterable[str], seen: set[str], waiting: deque[str]) -> None:
        """Queue the sitemaps that are new, and count those that are too many."""
        for url in listed:
            if url in seen or url in self._too_many:
                continue
            if len(seen) < _MAX_SITEMAPS:
                seen.add(url)
                waiting.append(url)
            else:
                self._too_many.add(url)

    def _locations(self, content: bytes, base: str | None) -> tuple[bool, list[str]]:
        """Whether it is an index of sitemaps, and the addresses that it lists. Raises Fatal where it is neither."""
        try:
            root = xml.parse(content, prefixes=True)
        except Reject as e:
            raise Fatal(f"a sitemap can't be read: {e}") from e
        found = [joined(value, base) for one in root if (value := sitemap.value(one, "loc"))]
        if wrong := found.count(None):
            self._left_out.append(f"{wrong} entries of a sitemap that are no address")
        return sitemap.local_name(root) == "sitemapindex", [url for url in found if url is not None]

    def _unpacked(self, content: bytes) -> bytes:
        """As it is where it isn't packed. Raises Fatal where it can't be unpacked, or is too large."""
        try:
            return gunzipped(content, self._settings.largest_record * 8) if content[:2] == b"\x1f\x8b" else content
        except Reject as e:
            raise Fatal(f"{self._where} can't be unpacked: {e}") from e

    def _fetched(self, addresses: Sequence[str]) -> Iterator[Part]:
        self.total = len(addresses)
        if not addresses:
            raise Fatal(f"{self._where} lists no addresses")
        return self._pages_of(addresses)

    def _pages_of(self, addresses: Sequence[str]) -> Iterator[Part]:
        for url in addresses:
            yield Part(url, partial(self._page, url))
        if self._too_many:
            problem = Reject("too-large", f"{len(self._too_many)} sitemaps are not read: more than {_MAX_SITEMAPS}")
            yield refused(f"{self._where} (its other sitemaps)", problem)

    def _page(self, url: str) -> Item:
        try:
            answer = self._pages.get(url)
        except Unfetchable as e:
            raise Reject(UNFETCHABLE, str(e)) from e
        return Item(answer.content, url, answer.media_type, answer.url, answer.charset)
