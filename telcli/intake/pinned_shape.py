"""What a mapping file may hold, looked at before any of it is taken at its word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from telcli.errors import UsageError
from telcli.intake.agents import AGENT_TYPE

__all__ = ["ATTRIBUTE_TYPES", "refuse_misshapen"]

ATTRIBUTE_TYPES = ("Boolean", "Date", "Float64", "Float64-masked", "String", AGENT_TYPE)
_NAME = re.compile(r"x_\w{1,100}")


def refuse_misshapen(entry: Mapping[str, Any]) -> None:
    """Raise where one ``[[source]]`` is not of the form that --write-mapping writes.

    >>> refuse_misshapen({"file": "a.csv", "columns": {"month": "账期"}, "drop": []})

    Raises
    ------
    UsageError
        A column is neither a header nor a header with its unit, an attribute has no header or no type that there is, or
        what is to be dropped is no list of headers.
    """
    columns, attributes, drop = (entry.get(name, {}) for name in ("columns", "attributes", "drop"))
    if not isinstance(columns, Mapping):
        _refuse("columns", "a table of names and headers")
    for name, wanted in columns.items():
        told = wanted if isinstance(wanted, Mapping) else {"column": wanted}
        if not isinstance(told.get("column"), str) or not isinstance(told.get("unit", ""), str):
            _refuse(f"columns.{name}", 'a header, or { column = "HEADER", unit = "UNIT" }')
    if not isinstance(attributes, Mapping):
        _refuse("attributes", "a table of names and headers")
    for name, about in attributes.items():
        known = isinstance(about, Mapping) and about.get("type") in ATTRIBUTE_TYPES
        if not _NAME.fullmatch(name) or not known or not isinstance(about.get("column"), str):
            _refuse(
                f"attributes.{name[:40]}",
                'x_ and a name, with { column = "HEADER", type = TYPE }, the type one of ' + ", ".join(ATTRIBUTE_TYPES),
            )
    if not isinstance(drop, list | Mapping) or not all(isinstance(header, str) for header in drop):
        _refuse("drop", "a list of headers")


def _refuse(name: str, wanted: str) -> NoReturn:
    raise UsageError(
        "mapping-entry",
        "The mapping file: {name} of a [[source]] must be {wanted}.",
        hint="Write one with: telcli ingest SOURCES... --write-mapping FILE",
        name=name,
        wanted=wanted,
    )
