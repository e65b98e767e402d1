"""From the paths an analyst names to raw extracts, whatever system wrote them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.errors import DataError, MissingInputError, Notice

if TYPE_CHECKING:
    from telcli.tables.extract import Extract

__all__ = ["fingerprint", "open_sources"]

_TEXT = (".csv", ".tsv", ".txt", ".dat", ".psv")
_TABLE = (".parquet", ".pq")
_NOT_DATA = (".md", ".json", ".toml")


def open_sources(paths: Sequence[Path], scratch: Path) -> tuple[list[Extract], list[Notice]]:
    """Open each file, and each file of a folder (not of its subfolders), sorted by name.

    A file of a kind that is not read yet is an error where it was named itself, a notice where its folder was. A file
    without rows is an error where it stands alone, a notice beside others that have some.

    Raises
    ------
    MissingInputError
        A path does not exist.
    DataError
        A folder holds nothing readable, or a file cannot be understood.
    """
    from telcli.io.csv_extract import read_csv
    from telcli.io.parquet_extract import read_parquet

    files, notices = _files(paths)
    beside = sum(path.stat().st_size > 0 for path in files.values()) > 1
    extracts: list[Extract] = []
    for name, path in files.items():
        if beside and path.stat().st_size == 0:
            notices.append(Notice("file-empty", "{file} is empty and was left out.", {"file": name}))
            continue
        found = read_parquet(path) if _kind(path) == "parquet" else read_csv(path, scratch, beside=beside)
        extracts.append(replace(found, name=name))
        if found.rows == 0:
            notices.append(Notice("file-without-rows", "{file} has a header but no rows.", {"file": name}))
        if not found.headed:
            notices.append(
                Notice("no-header", "{file} has no header; its columns are called column_1 and so on.", {"file": name})
            )
    if beside and extracts and all(found.rows == 0 for found in extracts):
        raise DataError(
            "header-only",
            "{file} has a header but no rows.",
            hint="Export it again, or leave it out of the sources.",
            file=extracts[0].name,
        )
    return extracts, notices


def fingerprint(paths: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of each file that `open_sources` would open, by the name it would give it; no frame is opened."""
    from telcli.io.digest import sha256_of

    found = {}
    for name, path in _files(paths)[0].items():
        found[name] = sha256_of(path)
    return found


def _files(paths: Sequence[Path]) -> tuple[dict[str, Path], list[Notice]]:
    chosen: dict[Path, None] = {}
    notices: list[Notice] = []
    for path in paths:
        if path.is_dir():
            inside, left_out = _folder(path)
            chosen |= dict.fromkeys(inside)
            notices += left_out
        elif path.is_file():
            _readable_kind(path)
            chosen[path] = None
        else:
            raise MissingInputError(
                "source-missing", "{file} does not exist.", hint="Check the path; nothing was changed.", file=str(path)
            )
    return _named(list({path.resolve(): path for path in chosen}.values())), notices


def _folder(folder: Path) -> tuple[list[Path], list[Notice]]:
    inside, notices = [], []
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith(".") or _is_about_data(path):
            continue
        if _kind(path):
            inside.append(path)
        else:
            notices.append(
                Notice(
                    "kind-not-read",
                    "{file} was left out: {kind} files are not read yet.",
                    {"file": path.name, "kind": path.suffix or "such"},
                )
            )
    if not inside:
        raise DataError(
            "folder-empty",
            "{folder} holds no file that can be read.",
            hint="Wanted: {kinds}, packed with gzip or not, or {tables}.",
            folder=str(folder),
            kinds=" ".join(_TEXT),
            tables=" ".join(_TABLE),
        )
    return inside, notices


def _is_about_data(path: Path) -> bool:
    return path.suffix.lower() in _NOT_DATA or path.name.upper().startswith("README")


def _kind(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    last = suffixes[-1] if suffixes else ""
    if last == ".gz":
        last = suffixes[-2] if len(suffixes) > 1 and suffixes[-2] in _TEXT else ".csv"
    return "text" if last in _TEXT else "parquet" if last in _TABLE else ""


def _readable_kind(path: Path) -> None:
    if not _kind(path):
        raise DataError(
            "kind-unknown",
            "{file} cannot be read: {kind} files are not read yet.",
            hint="Export it as CSV (UTF-8 or GB18030) or Parquet.",
            file=path.name,
            kind=path.suffix or "such",
        )


def _named(paths: Sequence[Path]) -> dict[str, Path]:
    """Name each file by its own name, with as many folders before it as tell it from the others."""
    names = {path: path.name for path in paths}
    depth = 1
    while max(Counter(names.values()).values(), default=1) > 1:
        depth += 1
        count = Counter(names.values())
        names = {
            path: name if count[name] == 1 else "/".join(path.resolve().parts[-depth:]) for path, name in names.items()
        }
    return {names[path]: path for path in paths}
