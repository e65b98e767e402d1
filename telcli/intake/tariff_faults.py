"""What is wrong with the cells of a table of tariffs, all of it at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from telcli.errors import DataError

__all__ = ["HINT", "TariffFaults"]

HINT = "Correct the file, and run recommend-offers again; docs/offers.md lists the columns."
_SHOWN = 10
_LONG = 20
_SHAPES = ((r"[0-9]", "9"), (r"[\u4e00-\u9fff]", "字"), (r"[^\W\d_\u4e00-\u9fff]", "a"), (r"[^\w\s.,:/+=@-]", "?"))
_SHAPED = " What stands in a cell is shown by its shape: 9 for a digit, a for a letter, 字 for a Chinese character."
_WRONG = {
    "tariff-plan-empty": "line {line}, column {header} names no plan",
    "tariff-twice": "line {line}, column {header} names the plan of line {earlier} again",
    "tariff-fee-empty": "line {line}, column {header} has no fee",
    "tariff-price-empty": "line {line}, column {header}: what is included is limited, and no price beyond is told",
    "tariff-number": "line {line}, column {header}: {value} is no number of 0 or more",
    "tariff-word": "line {line}, column {header}: {value} is none of the words known there ({words})",
    "tariff-unit-zero": "line {line}, column {header} is a unit of 0",
}


class TariffFaults:
    """Collects what is wrong with cells, one thing for each.

    Parameters
    ----------
    file : name of the table.
    lines : the line of the file of each row.

    >>> faults = TariffFaults("plans.csv", [2, 3])
    >>> faults.add(1, "fee", "tariff-number", value="九元 5")
    >>> faults.add(1, "fee", "tariff-fee-empty")
    >>> faults.told()
    Traceback (most recent call last):
    telcli.errors.DataError: plans.csv: line 3, column fee: 字字 9 is no number of 0 or more.
    """

    def __init__(self, file: str, lines: Sequence[int]) -> None:
        self.file, self.lines = file, lines
        self._found: dict[tuple[int, str], tuple[str, dict[str, Any]]] = {}

    def at(self, place: int, header: str) -> bool:
        """Whether the cell is known to be wrong."""
        return (place, header) in self._found

    def add(self, place: int, header: str, code: str, *, value: str = "", **more: Any) -> None:
        """Note a cell, by the number of its row from 0; the first thing wrong with it counts."""
        told = {"line": self.lines[place], "header": header, "value": _shape(value), **more}
        self._found.setdefault((place, header), (code, told))

    def told(self) -> None:
        """Stop where anything is wrong.

        Raises
        ------
        DataError
            With the code of the one fault, or ``tariff-faults`` of several.
        """
        found = [self._found[key] for key in sorted(self._found)]
        hint = HINT + (_SHAPED if any(told["value"] for _, told in found) else "")
        if len(found) == 1:
            code, told = found[0]
            raise DataError(code, "{file}: " + _WRONG[code] + ".", hint=hint, file=self.file, **told)
        if found:
            places = [_WRONG[code].format(**told) for code, told in found[:_SHOWN]]
            places += [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
            raise DataError(
                "tariff-faults",
                "{file}: {count} cells are wrong: {places}.",
                hint=hint,
                file=self.file,
                count=len(found),
                places="; ".join(places),
            )


def _shape(value: str) -> str:
    """The shape of a value, which may be a customer's where the wrong file is named.

    >>> _shape("AB12 元;")
    'aa99 字?'
    """
    shape = value[:_LONG]
    for letters, sign in _SHAPES:
        shape = re.sub(letters, sign, shape)
    return shape
