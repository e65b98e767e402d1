"""The list of customers who are not to be contacted."""

from __future__ import annotations

from pathlib import Path

from telcli.errors import MissingInputError
from telcli.io.given_file import refuse_large, refuse_special

__all__ = ["left_alone"]

MOST = 1 << 29
"""Bytes of such a list: of ten million customers it has 120 MB."""


def left_alone(place: Path) -> dict[str, tuple[int, ...]]:
    """What the first column of the file holds, in order, each with the lines in which it stands.

    Raises
    ------
    MissingInputError
        There is no such file.
    DataError
        It is no text or workbook that can be read.
    """
    refuse_special(place)
    if not place.is_file():
        raise MissingInputError(
            "suppress-missing",
            "{file}, the list of customers who are not to be contacted, is no file.",
            hint="Give a file with a customer_id to a line: --suppress FILE",
            file=str(place),
        )
    from telcli.io.customer_list import customer_list
    from telcli.io.scratch import scratch

    refuse_large(place, MOST)

    with scratch() as folder:
        return customer_list(place, folder)
