"""WARC and ARC archives, page by page; warcio reads each record. Source: ISO 28500, https://iipc.github.io/warc-specifications/"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline.errors import Reject
from pipeline.formats import content_coding, encodings, html_page, zstd_frames
from pipeline.formats.format import Format, LeftOut
from pipeline.formats.items import Item, Story
from pipeline.formats.warc_records import records

_MAX_PAGE = 16 * 1024 * 1024
_MAX_RECORDS = 100_000
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_PAGE_END = re.compile(rb"</html\s*>\s*(?:<!--.*?-->\s*)*$", re.IGNORECASE | re.DOTALL)
_PAGE_HEAD = re.compile(rb"^warc-type[ \t]*:[ \t]*(?:response|resource)\b", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(rb"^warc-target-uri[ \t]*:[ \t]*<?(\S+?)>?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


def recognises(item: Item) -> bool:
    """An uncompressed archive, or a compressed one (by its first record)."""
    return _start(item.content).startswith((b"WARC/", b"filedesc://"))


def _start(archive: bytes) -> bytes:
    """Its first bytes, unpacked; none where they can't be."""
    try:
        if archive[:2] == b"\x1f\x8b":
            return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(archive[:4096], 16)
        if zstd_frames.is_packed(archive):
            return next(filter(None, zstd_frames.unpacked(archive)), b"")[:16]
    except (zlib.error, ValueError):
        return b""
    return archive[:16]


def read(item: Item) -> Iterator[Story | Reject]:
    """A story for each HTML page that was answered with 200; a page without one, and a record that can't be read, is
    refused by itself. Raises Reject where there are none."""
    pages = 0
    others: Counter[str] = Counter()
    for number, found in enumerate(_records(item.content)):
        if number > _MAX_RECORDS:
            yield Reject("too-large", f"more than {_MAX_RECORDS} records; the ones before were read")
            return
        if isinstance(found, Reject):
            pages += 1
            yield found
            continue
        headers = found.http_headers
        media_type = (headers.get_header("Content-Type") if headers else found.content_type) or ""
        if found.rec_type not in ("response", "resource") or (media_type and "html" not in media_type.casefold()):
            continue
        if headers is not None and headers.get_statuscode() != "200":
            others[f"answered with {headers.get_statuscode()}"] += 1
            continue
        url = (found.rec_headers.get_header("WARC-Target-URI") or "").strip("<>") or None
        try:
            content = _content(found)
            page = Item(content, url or item.source, "text/html", url, encodings.charset(media_type))
            if not media_type and not html_page.recognises(page):
                continue  # nothing says what it is
            pages += 1
            parsed = html_page.read(page.in_utf8())
        except Reject as reject:
            pages += 1
            yield Reject(reject.reason, f"{url}: {reject.detail}")
            continue
        parsed.original, parsed.original_type = content, "text/html"
        yield parsed
    left_out = ", ".join(f"{number} pages {why}" for why, number in sorted(others.items()))
    if not pages:
        raise Reject(
            "no-story", f"this archive holds no HTML page that was answered with 200{left_out and f'; {left_out}'}"
        )
    if left_out:
        yield LeftOut(left_out)


def _records(archive: bytes) -> Iterator[Any]:
    """The records as warcio reads them, or why one can't be read."""
    if _start(archive).startswith(b"filedesc://"):
        yield from _arc(archive)
        return
    for record in records(archive, _MAX_PAGE + 64 * 1024):
        address = _ADDRESS.search(record.head)
        where = address[1].decode("utf-8", "replace") if address else "a record"
        if record.content is None:
            problem = record.problem or Reject("invalid", "it can't be read")
            if _PAGE_HEAD.search(record.head) or problem.reason != "too-large":
                yield Reject(problem.reason, f"{where}: {problem.detail}")
            continue
        try:
            yield from islice(ArchiveIterator(io.BytesIO(record.head + record.content + b"\r\n\r\n")), 1)
        except (ArchiveLoadFailed, EOFError, OSError, ValueError, AttributeError) as e:
            yield Reject("invalid", f"{where}: {e or type(e).__name__}")


def _arc(archive: bytes) -> Iterator[Any]:
    """The records of an ARC, whose only borders are their lengths: after a wrong one nothing can be found."""
    unpacked: Any = gzip.GzipFile(fileobj=io.BytesIO(archive)) if archive[:2] == b"\x1f\x8b" else io.BytesIO(archive)
    try:
        yield from ArchiveIterator(unpacked)
    except (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error) as e:
        yield Reject("truncated", f"the archive can't be read further: {e}")


def _content(record: Any) -> bytes:
    """The page as it was before it was sent. Raises Reject where it isn't whole."""
    raw: bytes = record.raw_stream.read(_MAX_PAGE + 1)
    if len(raw) > _MAX_PAGE:
        raise Reject("too-large", f"larger than {_MAX_PAGE} bytes")
    if record.payload_length >= 0 and len(raw) < record.payload_length:
        raise Reject("truncated", "the archive is cut off in this record")
    if why := record.rec_headers.get_header("WARC-Truncated"):
        raise Reject("truncated", f"it was cut off when it was fetched ({why})")
    headers = record.http_headers
    if headers is None:
        return raw
    length = headers.get_header("Content-Length") or ""
    if "chunked" in (headers.get_header("Transfer-Encoding") or "").casefold():
        raw = _unchunked(raw)
    elif length.isdigit() and len(raw) < int(length) and not _PAGE_END.search(raw[-4096:]):
        raise Reject("truncated", f"it has {len(raw)} bytes of the {length} that were sent")
    return content_coding.decoded(raw, headers.get_header("Content-Encoding") or "", _MAX_PAGE)


def _unchunked(raw: bytes) -> bytes:
    """A chunked answer (RFC 9112, 7.1) as one; some archives keep it so, others only say it. Raises Reject."""
    found: list[bytes] = []
    at = 0
    while chunk := _CHUNK.match(raw, at):
        size = int(chunk[1], 16)
        if size == 0:
            return b"".join(found)
        found.append(raw[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        if at > len(raw):
            raise Reject("truncated", "it is cut off in one of its chunks")
        at = at + 2 if raw[at : at + 2] == b"\r\n" else at + 1
    if not found or at < len(raw):
        return raw
    raise Reject("truncated", "its last chunks are missing")


FORMAT = Format("warc", "application/warc", recognises, read)
