"""The records of a WARC, one by one, packed each by itself, as one, or not at all. Of a record that is damaged, or says a
wrong length, the one after it is found by its first lines. Source: ISO 28500."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

from pipeline.errors import Reject
from pipeline.formats import zstd_frames

_PIECE = 64 * 1024
_LONGEST_HEAD = 64 * 1024
_MAX_UNPACKED = 1024 * 1024 * 1024
_GZIP = b"\x1f\x8b\x08"
_BLANK = b"\r\n\t \x00"
_BETWEEN = 256
"""Bytes after a record in which the next one has to begin."""
_END = b""
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FIRST_LINES = re.compile(rb"(?<=\n)WARC/\d\.\d+\r?\n(?:WARC-|Content-)", re.IGNORECASE)
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*([0-9]{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Record:
    """`head` has its headers. `content` is None where `problem` says why it can't be read."""

    head: bytes
    content: bytes | None
    problem: Reject | None = None


def records(archive: bytes | mmap, longest: int, most: int = _MAX_UNPACKED) -> Iterator[Record]:
    """Every record, in order; behind them one with a problem, where a packed part was damaged and none of them has it.
    Raises Reject where the archive has more than `most` bytes once unpacked."""
    stream = _Stream(archive, most)
    while stream.skip_blank():
        end = stream.find(_HEAD_END, _LONGEST_HEAD)
        head = stream.first(end if end is not None else 0)
        written = _LENGTH.search(head)
        length = int(written[1]) if written else None
        if length is not None and length <= longest and stream.ends_record(len(head) + length):
            yield Record(head, stream.first(len(head) + length)[len(head) :])
            stream.drop(len(head) + length)
            continue
        if length is not None and length > longest:
            problem = Reject("too-large", f"larger than {longest} bytes")
        elif (end is None or (length is not None and not stream.fill(len(head) + length))) and not stream.has_next():
            problem = Reject("truncated", "the archive is cut off in this record")
        else:
            problem = Reject("invalid", f"it doesn't end where its headers say (Content-Length is {length})")
        yield Record(head, None, problem)
        found = stream.seek_next()
        stream.damaged = False
        if not found:
            return
    if stream.damaged:
        yield Record(
            b"", None, Reject("truncated", "a packed part of the archive is damaged; the records in it are missing")
        )


class _Stream:
    """The unpacked archive, of which only what is needed is kept in memory."""

    def __init__(self, archive: bytes | mmap, most: int) -> None:
        self._pieces = _unpacked(archive, most)
        self._kept = bytearray()
        self._ended = False
        self.damaged = False
        """Whether something is missing in what was read so far."""

    def fill(self, size: int) -> bool:
        """Whether there are as many bytes."""
        while len(self._kept) < size and not self._ended:
            piece = next(self._pieces, _END)
            self._ended = piece == _END
            self.damaged |= piece is None
            self._kept += piece or b""
        return len(self._kept) >= size

    def first(self, size: int) -> bytes:
        return bytes(self._kept[:size])

    def drop(self, size: int) -> None:
        del self._kept[:size]

    def skip_blank(self) -> bool:
        """Drop white space and padding; whether anything is left."""
        while self.fill(1):
            rest = self._kept.lstrip(_BLANK)
            if rest:
                self._kept = rest
                return True
            self._kept.clear()
        return False

    def find(self, pattern: re.Pattern[bytes], within: int) -> int | None:
        """Where the pattern ends, in the first `within` bytes."""
        self.fill(within)
        found = pattern.search(self._kept, 0, within)
        return found.end() if found else None

    def ends_record(self, at: int) -> bool:
        """Whether a record ends there: two empty lines, or the next one begins, or nothing comes."""
        if not self.fill(at):
            return False
        self.fill(at + _BETWEEN)
        after = bytes(self._kept[at : at + _BETWEEN])
        rest = after.lstrip(_BLANK)
        return after.startswith(b"\r\n\r\n") or rest.startswith(b"WARC/") or not rest

    def has_next(self) -> bool:
        """Whether another record begins in what is in memory."""
        return _FIRST_LINES.search(self._kept, 1) is not None

    def seek_next(self) -> bool:
        """Drop everything up to the next record; whether there is one."""
        at = 1
        while True:
            if found := _FIRST_LINES.search(self._kept, at):
                self.drop(found.start())
                return True
            if self._ended:
                return False
            self.drop(max(0, len(self._kept) - 64))  # its first lines may be in two pieces
            at = 0
            self.fill(len(self._kept) + _PIECE)


def _unpacked(archive: bytes | mmap, most: int) -> Iterator[bytes | None]:
    """The archive in pieces, with None where something is missing. A packed part that is damaged costs itself; after one that
    is cut off nothing comes."""
    if zstd_frames.is_packed(archive):
        gap, size = b"\r\n\r\n", 0
        for piece in zstd_frames.salvaged(archive, gap, b"WARC/1.1\r\n"):
            size += len(piece)
            if size > most:
                raise Reject("too-large", f"more than {most} bytes once unpacked; the ones before were read")
            if piece:
                yield piece
            if piece is gap:
                yield None
        return
    if archive[: len(_GZIP)] != _GZIP:
        yield from (archive[at : at + _PIECE] for at in range(0, len(archive), _PIECE))
        return
    at, size = 0, 0
    while at >= 0:
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        position = at
        try:
            while not inflate.eof and position < len(archive):
                waiting = archive[position : position + _PIECE]
                position += len(waiting)
                while waiting:
                    piece = inflate.decompress(waiting, _PIECE)
                    size += len(piece)
                    if size > most:
                        raise Reject("too-large", f"more than {most} bytes once unpacked; the ones before were read")
                    if piece:
                        yield piece
                    waiting = inflate.unconsumed_tail
        except zlib.error:
            yield b"\r\n\r\n"
            yield None
            at = archive.find(_GZIP, at + 1)
            continue
        if not inflate.eof:
            yield None
            return
        end = position - len(inflate.unused_data)
        at = archive.find(_GZIP, end)
        between = archive[end : min(end + _PIECE, at if at >= 0 else len(archive))]
        if between.strip(_BLANK):
            yield None
