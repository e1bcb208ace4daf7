"""WARC and ARC archives, read page by page by warcio. Source: ISO 28500, https://iipc.github.io/warc-specifications/"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline.errors import Reject
from pipeline.formats import html_page
from pipeline.formats.format import Format
from pipeline.formats.items import Item, Story

_MAX_PAGE = 16 * 1024 * 1024
_MAX_RECORDS = 100_000


def recognises(item: Item) -> bool:
    """An uncompressed archive, or a compressed one (by its first record)."""
    head = item.content[:16]
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(item.content[:4096], 16)
        except zlib.error:
            return False
    return head.startswith((b"WARC/", b"filedesc://"))


def read(item: Item) -> Iterator[Story | Reject]:
    """A story for each HTML page that was answered with 200; a page without one is refused by itself."""
    pages = 0
    try:
        for number, record in enumerate(ArchiveIterator(io.BytesIO(item.content))):
            if number > _MAX_RECORDS:
                yield Reject("too-large", f"more than {_MAX_RECORDS} records; the ones before were read")
                return
            if record.rec_type not in ("response", "resource"):
                continue
            headers = record.http_headers
            media_type = (headers.get_header("Content-Type") if headers else record.content_type) or ""
            if headers is not None and headers.get_statuscode() != "200":
                continue
            if "html" not in media_type.casefold():
                continue
            url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>") or None
            pages += 1
            content = record.content_stream().read(_MAX_PAGE + 1)
            if len(content) > _MAX_PAGE:
                yield Reject("too-large", f"{url}: larger than {_MAX_PAGE} bytes")
                continue
            try:
                parsed = html_page.read(Item(content, url or item.source, "text/html", url))
            except Reject as reject:
                yield Reject(reject.reason, f"{url}: {reject.detail}")
                continue
            parsed.original, parsed.original_type = content, "text/html"
            yield parsed
    except (ArchiveLoadFailed, EOFError, OSError, ValueError) as e:
        yield Reject("truncated", f"the archive can't be read further than page {pages}: {e}")
        return
    if not pages:
        raise Reject("no-story", "this archive holds no HTML page that was answered with 200")


FORMAT = Format("warc", "application/warc", recognises, read)
