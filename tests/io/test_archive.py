"""Packed files and archives: unpacked in full, or refused."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow as pa
import pytest

from telcli.errors import DataError
from telcli.io import archive
from telcli.io.archive import unpack

TEXT = b"id,x\n1,2\n" * 1000


def zstd(data: bytes) -> bytes:
    return pa.Codec("zstd").compress(data, asbytes=True)


@pytest.mark.parametrize(
    ("kind", "pack"), [("gzip", gzip.compress), ("bzip2", bz2.compress), ("xz", lzma.compress), ("zstd", zstd)]
)
def test_packed_files(tmp_path: Path, kind: str, pack: object) -> None:
    data = pack(TEXT)  # type: ignore[operator]
    path = tmp_path / "a.csv.packed"
    path.write_bytes(data)
    found = unpack(path, kind, tmp_path / "s")
    assert {name: place.read_bytes() for name, place in found.items()} == {"": TEXT}
    assert found[""].name == "a.csv"
    for damaged in (data[: len(data) // 2], data[:12] + b"\xff" * 20 + data[32:]):
        path.write_bytes(damaged)
        with pytest.raises(DataError) as caught:
            unpack(path, kind, tmp_path / f"s{len(damaged)}")
        assert caught.value.code == "archive-broken"


def zipped(path: Path, names: dict[str, bytes]) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as target:
        for name, data in names.items():
            target.writestr(name, data)
    return path


def test_members_of_a_zip(tmp_path: Path) -> None:
    names = {"b/账单.csv": TEXT, "a.csv": b"x", "__MACOSX/a.csv": b"no", ".hidden": b"no", "README.md": b"no"}
    found = unpack(zipped(tmp_path / "a.zip", names), "zip", tmp_path / "s")
    assert {name: place.read_bytes() for name, place in found.items()} == {"a.csv": b"x", "b/账单.csv": TEXT}


def test_names_written_in_gb18030(tmp_path: Path) -> None:
    name = "账单.csv".encode("gb18030").decode("cp437")
    path = zipped(tmp_path / "a.zip", {name: TEXT})
    data = path.read_bytes()
    written = data.replace(name.encode(), "账单.csv".encode("gb18030").ljust(len(name.encode()), b" "))
    # the flag that says UTF-8, in the local and in the central header
    for at in (6, data.index(b"PK\x01\x02") + 8):
        flags = int.from_bytes(written[at : at + 2], "little") & ~0x800
        written = written[:at] + flags.to_bytes(2, "little") + written[at + 2 :]
    path.write_bytes(written)
    assert [name.strip() for name in unpack(path, "zip", tmp_path / "s")] == ["账单.csv"]


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "b/../../a.csv", "C:\\a.csv", "..\\a.csv"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as target:
        target.writestr(ZipInfo(name), TEXT)
    with pytest.raises(DataError) as caught:
        unpack(path, "zip", tmp_path / "s")
    assert caught.value.code == "archive-unsafe"
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["a.zip"]


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_bombs_are_refused_early(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_SURE", 1 << 20)
    data = b"\0" * (1 << 24)
    path = tmp_path / "a"
    if kind == "gzip":
        path.write_bytes(gzip.compress(data))
    else:  # no member is a bomb, all together are one
        zipped(path, {f"{n}.csv": data[: 1 << 19] for n in range(20)})
    with pytest.raises(DataError) as caught:
        unpack(path, kind, tmp_path / "s")
    assert caught.value.code == "archive-bomb"
    assert sum(one.stat().st_size for one in (tmp_path / "s").rglob("*") if one.is_file()) < 1 << 23


def test_other_archives_that_are_refused(tmp_path: Path) -> None:
    for code, names in (
        ("archive-empty", {"README.md": b""}),
        ("archive-crowded", {f"{n}.csv": b"" for n in range(1001)}),
    ):
        with pytest.raises(DataError) as caught:
            unpack(zipped(tmp_path / "a.zip", names), "zip", tmp_path / code)
        assert caught.value.code == code
    path = zipped(tmp_path / "b.zip", {"a.csv": TEXT})
    data = bytearray(path.read_bytes())
    for at in (6, data.index(b"PK\x01\x02") + 8):
        data[at] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(DataError) as caught:
        unpack(path, "zip", tmp_path / "locked")
    assert caught.value.code == "archive-password"
