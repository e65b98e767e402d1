"""What ingest is told beside settings: how columns are named, and whether what is held may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from telcli.errors import MissingInputError, UsageError
from telcli.settings.toml_text import toml_text, toml_values

__all__ = ["read_mapping", "words"]


def words(
    named: Mapping[str, Sequence[str]] | None = None,
    mapping: Path | None = None,
    *,
    restate: bool = False,
    late: bool = False,
) -> dict[str, Any]:
    """Columns that names of telcli are taken from, what a mapping file says, and what the load may do to closed months.

    Raises
    ------
    MissingInputError
        There is no such file.
    UsageError
        It is not TOML, or both `restate` and `late` are asked for.

    >>> words({"customer_id": ["id", "cust_no"]}, late=True)
    {'late': True, 'map': {'customer_id': ['id', 'cust_no']}}
    """
    if restate and late:
        raise UsageError(
            "late-restated", "--late keeps what closed months hold, --restate replaces it: say one of them."
        )
    found: dict[str, Any] = {name: True for name, said in (("restate", restate), ("late", late)) if said}
    if named:
        found["map"] = {name: list(columns) for name, columns in named.items()}
    if mapping is not None:
        found["mapping"] = read_mapping(mapping)
    return found


def read_mapping(file: Path) -> dict[str, Any]:
    """What a mapping file says, as ``--write-mapping`` wrote it.

    Raises
    ------
    MissingInputError
        There is no such file.
    UsageError
        It is not TOML.
    """
    text = ""
    try:
        text = toml_text(file)
        return toml_values(text)
    except FileNotFoundError:
        raise MissingInputError(
            "mapping-missing", "There is no mapping file {file}.",
            hint="Write one with: telcli ingest SOURCES... --write-mapping {file}", file=str(file),
        ) from None  # fmt: skip
    except ValueError as error:
        from telcli.settings import toml_hint

        raise UsageError(
            "mapping-unreadable", "{file} is not valid TOML: {why}", hint="{how}",
            file=str(file), why=str(error), how=toml_hint(text, error),
        ) from None  # fmt: skip
