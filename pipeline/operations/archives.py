"""The parts of an archive, in its own order: files of a ZIP or tar, pages of a WARC of any size. Nothing is unpacked to disk."""

from __future__ import annotations

import lzma
import mimetypes
import re
import struct
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from pipeline.errors import Reject
from pipeline.formats.items import Item
from pipeline.formats.warc_records import Record, records
from pipeline.ingest.intake import SKIPPED

_MOST_UNPACKED = 1 << 42
_PIECE = 1 << 20
_DAMAGED = (
    OSError, EOFError, RuntimeError, ValueError, struct.error,
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError,
)  # fmt: skip
"""What the libraries raise for what is damaged, needs a password (RuntimeError), is packed in a way that they don't know
(NotImplementedError, a RuntimeError), or has a name or number that is none (ValueError)."""
_HTML = re.compile(
    rb"\AHTTP/\d\S*[ ]200\b.*?^content-type[ \t]*:[^\r\n]*html", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
_ANSWERED = re.compile(rb"\AHTTP/\d\S*[ ]200\b")
_TYPE = re.compile(rb"^content-type[ \t]*:", re.IGNORECASE | re.MULTILINE)
_PAGE = re.compile(rb"^warc-type[ \t]*:[ \t]*response\b", re.IGNORECASE | re.MULTILINE)
_RESOURCE = re.compile(rb"^warc-type[ \t]*:[ \t]*resource\b", re.IGNORECASE | re.MULTILINE)
_HTML_RESOURCE = re.compile(rb"^content-type[ \t]*:[^\r\n]*html", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(rb"^warc-target-uri[ \t]*:[ \t]*<?(\S+?)>?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """One part of a source, not read yet. `read` returns its item, or raises Reject."""

    name: str
    read: Callable[[], Item]
    held: int = 0
    """Bytes of it that are in memory already: what comes one after the other can't be read again later."""
    mark: str = ""
    """What is known of its content without reading it: another one, where that was changed."""


def archive_kind(file: Path) -> Literal["zip", "tar", "warc"] | None:
    """What kind of archive a file is, by its name and content; None for any other file."""
    try:
        if file.suffix.lower() == ".zip":  # by its name: office documents are zipped too
            return "zip" if zipfile.is_zipfile(file) else None
        with file.open("rb") as handle:
            start = handle.read(5)
        if start == b"WARC/" or re.search(r"\.warc(\.gz|\.zst)?$", file.name, re.IGNORECASE):
            return "warc"
        named = re.search(r"\.(tar(\.\w+)?|tgz|tbz2?|txz)$", file.name, re.IGNORECASE)
        return "tar" if named and tarfile.is_tarfile(file) else None
    except _DAMAGED:
        return None


def archive_parts(file: Path, largest: int, opened: ExitStack, left_out: Counter[str]) -> Iterator[Part]:
    """The parts of an archive, of at most `largest` bytes each. They can be read until `opened` is closed. An archive that
    can't be read further ends with a part that is refused. `left_out` counts what is no news, by its kind."""
    kind = archive_kind(file)
    try:
        if kind == "zip":
            yield from _of_zip(opened.enter_context(zipfile.ZipFile(file)), file, largest, left_out)
        elif kind == "tar":
            archive = opened.enter_context(tarfile.open(file))  # noqa: SIM115 - it does
            yield from _of_tar(archive, file, largest, left_out)
            _check_end(archive)
        elif file.stat().st_size <= largest:
            yield file_part(file, largest)
        else:
            yield from _of_warc(file, largest, opened, left_out)
    except (*_DAMAGED, Reject) as e:
        yield refused(f"{file} (its end)", Reject("truncated", f"the archive can't be read further: {_said(e)}"))


def refused(name: str, problem: Reject) -> Part:
    """A part of which only is known that it can't be read."""
    return Part(_shown(name), partial(_refuse, problem))


def file_part(file: Path, largest: int) -> Part:
    """A file as it is. One byte more than `largest` is read, so that it is refused for its size."""

    def read() -> Item:
        try:
            with file.open("rb") as handle:
                return _item(handle, name, largest)
        except OSError as e:
            raise Reject("unreadable", _said(e)) from e

    name = _shown(str(file))
    try:
        state = file.stat()
    except OSError:
        return Part(name, read)
    return Part(name, read, mark=f"{state.st_size} {state.st_mtime_ns}")


def _item(handle: IO[bytes], name: str, largest: int) -> Item:
    return Item(handle.read(largest + 1), name, mimetypes.guess_type(name)[0])


def _of_zip(archive: zipfile.ZipFile, file: Path, largest: int, left_out: Counter[str]) -> Iterator[Part]:
    def read(member: zipfile.ZipInfo, name: str) -> Item:
        try:
            with archive.open(member) as handle:
                return _item(handle, name, largest)
        except _DAMAGED as e:
            raise Reject("unreadable", _said(e)) from e

    for member in archive.infolist():
        if not member.is_dir() and _wanted(member.filename, left_out):
            name = _shown(f"{file}/{member.filename}")
            yield Part(name, partial(read, member, name), mark=f"{member.file_size} {member.CRC}")


def _of_tar(archive: tarfile.TarFile, file: Path, largest: int, left_out: Counter[str]) -> Iterator[Part]:
    def read(member: tarfile.TarInfo, name: str) -> Item:
        try:
            handle = archive.extractfile(member)
            if handle is None:
                raise Reject("unreadable", "it is no file")
            with handle:
                return _item(handle, name, largest)
        except _DAMAGED as e:
            raise Reject("unreadable", _said(e)) from e

    for member in archive:
        if not (member.isfile() or member.isdir()):
            left_out["links and devices"] += 1
        if member.isfile() and _wanted(member.name, left_out):
            name = _shown(f"{file}/{member.name}")
            yield Part(name, partial(read, member, name), mark=f"{member.size} {member.mtime}")


def _check_end(archive: tarfile.TarFile) -> None:
    """Look whether the members were all: the library ends in silence at a header that is damaged, and before a checksum
    of the packing. A tar ends with a block of zeros, and nothing comes after it (POSIX.1-1988, pax). Raises _DAMAGED."""
    handle = archive.fileobj
    if handle is None:
        return
    handle.seek(archive.offset)
    block = handle.read(tarfile.BLOCKSIZE)
    if len(block) < tarfile.BLOCKSIZE:
        raise tarfile.ReadError("it has no end, so members may be missing")
    if any(block):
        raise tarfile.ReadError("the next member's header is damaged; it and those behind it are left out")
    while piece := handle.read(_PIECE):
        if any(piece):
            raise tarfile.ReadError("there is more behind its end, which is left out")


def _of_warc(file: Path, largest: int, opened: ExitStack, left_out: Counter[str]) -> Iterator[Part]:
    """Its pages, each as an archive of its own: a larger one than an item may be is never in memory as a whole."""
    handle = opened.enter_context(file.open("rb"))
    archive = opened.enter_context(mmap(handle.fileno(), 0, access=ACCESS_READ))
    for number, record in enumerate(records(archive, largest, _MOST_UNPACKED), 1):
        found = _ADDRESS.search(record.head)
        address = f" {found[1].decode(errors='replace')}" if found else ""
        name = _shown(f"{file} record {number}{address}")
        if record.content is None:
            yield refused(name, record.problem or Reject("invalid", "it can't be read"))
        elif _is_page(record):
            whole = record.head + record.content + b"\r\n\r\n"
            yield Part(name, partial(Item, whole, name, "application/warc"), len(whole), f"{zlib.crc32(whole)}")
        elif _PAGE.search(record.head):
            left_out["answers that are no HTML page"] += 1


def _shown(name: str) -> str:
    """A name as it can be written anywhere: of one that is no UTF-8 Python keeps the bytes as surrogates, which can't be."""
    return name.encode(errors="surrogateescape").decode(errors="replace")


def _said(error: Exception) -> str:
    return _shown(str(error)) or type(error).__name__


def _refuse(problem: Reject) -> Item:
    raise problem


def _wanted(name: str, left_out: Counter[str]) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts if part not in (".", ".."))
    skipped = path.suffix.lower() in SKIPPED
    if hidden or skipped:
        left_out["hidden" if hidden else path.suffix.lower()] += 1
    return not (hidden or skipped)


def _is_page(record: Record) -> bool:
    """Whether a record is an HTML page that was answered with 200, also without saying what it is."""
    if _PAGE.search(record.head):
        answer, _, body = (record.content or b"")[: 64 * 1024].partition(b"\r\n\r\n")
        untyped = _ANSWERED.match(answer) and not _TYPE.search(answer) and body.lstrip()[:1] == b"<"
        return _HTML.match(answer) is not None or bool(untyped)
    return _RESOURCE.search(record.head) is not None and _HTML_RESOURCE.search(record.head) is not None
