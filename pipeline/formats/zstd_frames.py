"""Content packed with zstd (RFC 8878): frames one after another, of an archive one for each record, the dictionary that they
share before them (https://iipc.github.io/warc-specifications/specifications/warc-zstd/)."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from mmap import mmap

import zstandard

MAGIC = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x2a\x4d\x18"
_OF_A_DICTIONARY = 0x5D
_PIECE = 1024
"""Packed bytes at a time: each may become a hundred thousand."""
_LARGEST_WINDOW = 2**27
_LARGEST_DICTIONARY = 64 * 1024 * 1024


class Damaged(ValueError):
    """A frame can't be unpacked."""


class CutOff(ValueError):
    """The last frame has no end."""


def is_packed(content: bytes | mmap) -> bool:
    """Whether it begins as zstd does, with or without a dictionary."""
    return content[:4] == MAGIC or (content[1:4] == _SKIPPABLE and content[0] == _OF_A_DICTIONARY)


def unpacked(content: bytes | mmap) -> Iterator[bytes]:
    """All of it, in pieces. Raises Damaged, CutOff."""
    frames = _Frames(content)
    while frames.at < len(content):
        yield from frames.next()


def salvaged(content: bytes | mmap, gap: bytes, begun: bytes) -> Iterator[bytes]:
    """What can be unpacked, in pieces: `gap` stands for a frame that is damaged, `begun` for one that is cut off and of which
    nothing is left; after it nothing comes."""
    frames = _Frames(content)
    while 0 <= frames.at < len(content):
        start, given = frames.at, False
        try:
            for piece in frames.next():
                given = given or bool(piece)
                yield piece
        except Damaged:
            yield gap
            frames.at = content.find(MAGIC, start + 1)
        except CutOff:
            if not given:
                yield begun
            return


class _Frames:
    """Where the next frame begins, and the dictionary."""

    def __init__(self, content: bytes | mmap) -> None:
        self.at = 0
        self._content = content
        self._dictionary: zstandard.ZstdCompressionDict | None = None

    def next(self) -> Generator[bytes]:
        magic = self._content[self.at : self.at + 4]
        if magic == MAGIC:
            yield from self._frame()
        elif len(magic) == 4 and magic[1:] == _SKIPPABLE and magic[0] >> 4 == 5:
            self._skip(magic[0])
        elif magic.strip(b"\x00"):
            raise Damaged("what follows is no zstd")
        else:
            self.at += len(magic)  # padding

    def _frame(self) -> Generator[bytes]:
        known = self._dictionary
        kind = zstandard.ZstdDecompressor(dict_data=known, max_window_size=_LARGEST_WINDOW)
        frame = kind.decompressobj()
        try:
            while not frame.eof and self.at < len(self._content):
                piece = self._content[self.at : self.at + _PIECE]
                self.at += len(piece)
                yield frame.decompress(piece)
        except zstandard.ZstdError as e:
            raise Damaged(str(e)) from None
        if not frame.eof:
            raise CutOff("the compressed data is incomplete")
        self.at -= len(frame.unused_data)

    def _skip(self, kind: int) -> None:
        size = int.from_bytes(self._content[self.at + 4 : self.at + 8], "little")
        held = self._content[self.at + 8 : self.at + 8 + size]
        if len(held) < size:
            raise CutOff("the compressed data is incomplete")
        self.at += 8 + size
        if kind == _OF_A_DICTIONARY and self._dictionary is None and size <= _LARGEST_DICTIONARY:
            try:
                plain = (
                    zstandard.ZstdDecompressor().decompress(held, _LARGEST_DICTIONARY) if held[:4] == MAGIC else held
                )
                self._dictionary = zstandard.ZstdCompressionDict(plain)
            except zstandard.ZstdError as e:
                raise Damaged(str(e)) from None
