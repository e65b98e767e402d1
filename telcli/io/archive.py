"""Packed files and archives, unpacked into scratch; bombs and names that lead elsewhere are refused."""

from __future__ import annotations

import bz2
import errno
import gzip
import lzma
import shutil
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any
from zipfile import ZipFile, ZipInfo

from telcli.errors import DataError
from telcli.io.zip_file import BAD_ZIP, refuse_crowded

__all__ = ["bomb", "too_much", "unpack"]

_CHUNK = 1 << 22
_SURE = 100 << 20
"""Bytes that are unpacked whatever they were packed to."""
_RATIO = 200
_MEMBERS = 1000
_LONGEST_NAME = 240
"""Bytes."""
_NOT_DATA = (".md", ".toml", ".pdf", ".png", ".jpg", ".docx")


def unpack(path: Path, kind: str, folder: Path) -> dict[str, Path]:
    """The files inside, by name ("" for the only one of a packed file), written into `folder`.

    Raises
    ------
    DataError
        Cut off, protected by a password, grown beyond reason, or with names that lead out of the archive.
    """
    folder.mkdir(parents=True)
    if kind == "zip":
        return _unzipped(path, folder)
    target = folder / (path.stem or "packed")
    try:
        with _opened(path, kind) as packed:
            _copy(path, packed, target)
    except (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError) as error:
        _raise_system(error)
        raise _broken(path) from None
    return {"": target}


def _raise_system(error: Exception) -> None:
    """What the system says of the disk is no fault of the archive; a place outside of the file is."""
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
        raise error


def _opened(path: Path, kind: str) -> Any:
    import pyarrow as pa

    openers: dict[str, Callable[[Path], Any]] = {
        "gzip": gzip.open,
        "bzip2": bz2.open,
        "xz": lzma.open,
        "zstd": lambda place: pa.CompressedInputStream(pa.OSFile(str(place)), "zstd"),
    }
    return openers[kind](path)


def too_much(packed: int, unpacked: int) -> bool:
    """Whether more comes out than any real export is packed to.

    >>> too_much(1000, 200_000), too_much(1_000_000, 300_000_000)
    (False, True)
    """
    return unpacked > max(_SURE, _RATIO * packed)


def bomb(path: Path) -> DataError:
    """The refusal of such a file."""
    return DataError(
        "archive-bomb",
        "{file} unpacks to more than {ratio} times its size, which no export does; it was not read.",
        hint="Unpack it yourself and look at it, if you trust it.",
        file=path.name,
        ratio=_RATIO,
    )


def _copy(path: Path, source: IO[bytes], target: Path, written: int = 0) -> int:
    """Unpack in pieces, and stop where more comes out than any real export is packed to; gives back how much did."""
    packed = path.stat().st_size
    with target.open("wb") as plain:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if too_much(packed, written):
                raise bomb(path)
            plain.write(chunk)
    return written


def _unzipped(path: Path, folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    written = 0
    refuse_crowded(path)
    try:
        with ZipFile(path) as archive:
            for number, (name, member) in enumerate(_members(path, archive)):
                target = folder / str(number) / _shortened(PurePosixPath(name).name)
                target.parent.mkdir()
                with archive.open(member) as packed:
                    written = _copy(path, packed, target, written)
                found[name] = target
    except BAD_ZIP as error:
        _raise_system(error)
        raise _broken(path) from None
    if not found:
        shutil.rmtree(folder)
        raise DataError(
            "archive-empty",
            "{file} holds no file that can be read.",
            hint="Leave it out of the sources.",
            file=path.name,
        )
    return dict(sorted(found.items()))


def _members(path: Path, archive: ZipFile) -> Iterator[tuple[str, ZipInfo]]:
    """Files of the archive with their names; hidden ones and what is no data are passed over."""
    inside = [member for member in archive.infolist() if not member.filename.endswith("/")]
    if len(inside) > _MEMBERS:
        raise DataError(
            "archive-crowded",
            "{file} holds {count} files, more than the {most} that are read of one archive.",
            hint="Unpack it and name the folder.",
            file=path.name,
            count=len(inside),
            most=_MEMBERS,
        )
    for member in inside:
        name = _name(member)
        parts = PurePosixPath(name.replace("\\", "/"))
        if not parts.name or parts.is_absolute() or ".." in parts.parts or PureWindowsPath(name).drive:
            raise DataError(
                "archive-unsafe",
                "{file} holds a file whose name leads out of the archive; it was not read.",
                hint="Such archives are made to overwrite files: do not unpack it.",
                file=path.name,
            )
        if any(part.startswith((".", "__MACOSX", "~$")) for part in parts.parts) or parts.suffix.lower() in _NOT_DATA:
            continue
        if member.flag_bits & 1:
            raise DataError(
                "archive-password",
                "{file} is protected by a password.",
                hint="Unpack it, and name what was in it.",
                file=path.name,
            )
        yield str(parts), member


def _name(member: ZipInfo) -> str:
    """The name as written; where it is not marked as UTF-8 it is often GB18030, which zipfile takes for CP437."""
    if member.flag_bits & 0x800 or member.filename.isascii():
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _shortened(name: str) -> str:
    """A name that every file system takes, with the same ending.

    >>> _shortened("a.csv"), len(_shortened("a" * 300 + ".csv"))
    ('a.csv', 60)
    """
    if len(name.encode("utf-8", "replace")) <= _LONGEST_NAME:
        return name
    return name[: _LONGEST_NAME // 4 - 10] + PurePosixPath(name).suffix[-10:].rjust(10, "_")


def _broken(path: Path) -> DataError:
    return DataError(
        "archive-broken",
        "{file} is damaged or incomplete: it cannot be unpacked.",
        hint="Copy it again; the transfer may have been cut off.",
        file=path.name,
    )
