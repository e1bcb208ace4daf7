"""Archives of a backfill that are damaged or cut off: what is missing is said, and the rest is read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import Reject
from pipeline.formats.items import Item
from pipeline.formats.warc_records import records
from tests.unit.operations.source_files import contents, page, parts, tar, warc


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
