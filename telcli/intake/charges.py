"""What of the charges in an extract is part of its bills, and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telcli.errors import Notice
from telcli.intake.dictionary import read_header, units_of
from telcli.intake.slots import CHARGES, PARTS
from telcli.intake.understood import Understood, headers_of_extract

__all__ = ["charges_told"]

_ENDINGS = ("费", "费用", "fee", "charge", "charges")


def charges_told(one: Understood) -> list[Notice]:
    """Charges left out because the whole bill stands beside them, and those whose kind nothing tells."""
    bills = one.map.columns_of("bills")
    about: dict[str, Any] = {"file": one.map.source}
    beside = [use.header for kind, use in bills.items() if kind in (*CHARGES, *PARTS)]
    notices = []
    if "amount" in bills and beside:
        notices.append(
            Notice(
                "charges-unused",
                "{file}: {header} is taken as the whole bill, so the charges beside it were left out: {columns} "
                "(to keep them too: --map {file}:bills.total={header}).",
                {**about, "header": bills["amount"].header, "columns": ", ".join(beside)},
            )
        )
    if lost := _lost(one, bills):
        notices.append(
            Notice(
                "charges-lost",
                "{file}: {columns} look like charges and are NOT part of the bill, as no total stands beside them: "
                "what customers pay comes out too low. Say what they are: --map {file}:bills.KIND=COLUMN, with KIND "
                "one of {kinds}; or name the whole bill: --map {file}:bills.total=COLUMN.",
                {**about, "columns": ", ".join(lost), "kinds": ", ".join((*CHARGES[:-1], "discount"))},
            )
        )
    return notices


def _lost(one: Understood, bills: Mapping[str, Any]) -> list[str]:
    """Columns without a meaning that are called as charges are, beside parts of a bill whose whole nothing tells."""
    if not set(bills) & {*CHARGES, *PARTS} or set(bills) & {"amount", "total"}:
        return []
    written = headers_of_extract(one.extract)
    numbers = [header for header, kind in one.attributes.values() if kind == "Float64"]
    return [header for header in [*numbers, *(one.map.unknown if one.summed else ())] if _like_charge(written[header])]


def _like_charge(header: str) -> bool:
    """Whether a header ends as charges do, or has a unit that only money has."""
    name, unit = read_header(header)
    money = unit in units_of("currency") and unit not in units_of("minutes")
    return money or name.endswith(_ENDINGS)
