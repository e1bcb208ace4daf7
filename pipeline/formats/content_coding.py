"""Compressed content, unpacked within limits: gzip (RFC 1952), deflate (RFC 1950 and 1951), br (RFC 7932), zstd (RFC 8878)."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli

from pipeline.errors import Reject
from pipeline.formats import zstd_frames

_PIECE = 256 * 1024
_GZIP = b"\x1f\x8b"


def decoded(content: bytes, codings: str, most: int) -> bytes:
    """The content without its HTTP content codings; what only says that it has one (archives keep some pages unpacked) is
    left as it is. Raises Reject: `truncated`, `too-large` for more than `most` bytes, `unreadable`."""
    for coding in reversed([one.strip().casefold() for one in codings.split(",") if one.strip()]):
        if coding not in _CODINGS and content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            continue  # "none", "utf-8": a server's word, and no coding
        if coding not in _CODINGS:
            raise Reject("unreadable", f"it is packed as {coding!r}; known are {', '.join(sorted(_CODINGS))}")
        content = _CODINGS[coding](content, most)
    return content


def unpacking(content: bytes) -> Callable[[bytes, int], bytes] | None:
    """What unpacks content that is packed as a file may be; None for any other."""
    if content.startswith(_GZIP):
        return gunzipped
    return unzstd if zstd_frames.is_packed(content) else None


def gunzipped(content: bytes, most: int) -> bytes:
    """All members of gzipped content, one after another; zeros after the last one are padding. Raises Reject."""
    found: list[bytes] = []
    size, rest = 0, content
    while rest.startswith(_GZIP):
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        found.append(_inflated(inflate, rest, most - size))
        size += len(found[-1])
        rest = inflate.unused_data.lstrip(b"\x00")
    return b"".join(found)


def _inflated(inflate: zlib._Decompress, content: bytes, most: int) -> bytes:
    try:
        unpacked = inflate.decompress(content, most + 1)
    except zlib.error as e:
        raise Reject("unreadable", f"can't be unpacked: {e}") from None
    if len(unpacked) > most:
        raise Reject("too-large", f"more than {most} bytes once unpacked")
    if not inflate.eof:
        raise Reject("truncated", "the compressed data is incomplete")
    return unpacked


def _gzip(content: bytes, most: int) -> bytes:
    return gunzipped(content, most) if content.startswith(_GZIP) else content


def _deflate(content: bytes, most: int) -> bytes:
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):  # some servers send it without its header
        try:
            return _inflated(zlib.decompressobj(window), content, most)
        except Reject as reject:
            if reject.reason != "unreadable":
                raise
    return content


def _br(content: bytes, most: int) -> bytes:
    decompressor = brotli.Decompressor()
    try:
        found = [decompressor.process(content, output_buffer_limit=_PIECE)]
        while not decompressor.can_accept_more_data():
            found.append(decompressor.process(b"", output_buffer_limit=_PIECE))
            if sum(map(len, found)) > most:
                raise Reject("too-large", f"more than {most} bytes once unpacked")
    except brotli.error as e:
        if content.lstrip()[:1] == b"<":
            return content
        raise Reject("unreadable", f"can't be unpacked: {e}") from None
    unpacked = b"".join(found)
    if len(unpacked) > most:
        raise Reject("too-large", f"more than {most} bytes once unpacked")
    if not decompressor.is_finished():
        raise Reject("truncated", "the compressed data is incomplete")
    return unpacked


def _zstd(content: bytes, most: int) -> bytes:
    return unzstd(content, most) if zstd_frames.is_packed(content) else content


def unzstd(content: bytes, most: int) -> bytes:
    """All frames of content packed with zstd, one after another. Raises Reject."""
    found: list[bytes] = []
    size = 0
    try:
        for piece in zstd_frames.unpacked(content):
            found.append(piece)
            size += len(piece)
            if size > most:
                raise Reject("too-large", f"more than {most} bytes once unpacked")
    except zstd_frames.CutOff as e:
        raise Reject("truncated", str(e)) from None
    except zstd_frames.Damaged as e:
        raise Reject("unreadable", f"can't be unpacked: {e}") from None
    return b"".join(found)


_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "identity": lambda content, most: content,
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _br,
    "zstd": _zstd,
}
