"""What to ask next of a cube: the largest group, taken apart by one more dimension."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from telcli.cli._words import label, tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.pipeline.cube import Cube

__all__ = ["hint"]


def hint(call: Call, found: Cube) -> Iterator[str]:
    """The next command, and the dimensions that may be added; nothing where there is none."""
    if not found.further or not found.frame.height:
        return
    words = ["telcli", "cube", ",".join(one.name for one in found.metrics)]
    words += ["--by", ",".join([*found.by, found.further[0]][-4:])]
    if condition := _condition(found):
        words += ["--where", _quoted(condition)]
    words += ["-w", shlex.quote(str(call.workdir))]
    words += ["--as-of", f"{call.as_of:%Y-%m}"] if call.as_of else []
    yield label(tr("Drill:")) + " ".join(words)
    yield "  " + tr("or add to --by: {names}", names=", ".join(found.further[1:])) if found.further[1:] else ""


def _quoted(condition: str) -> str:
    r"""A condition as a shell takes it; between double quotes where nothing in it means anything to one.

    >>> _quoted("region = 'N'")
    '"region = \'N\'"'
    """
    return shlex.quote(condition) if set('"$`\\!') & set(condition) else f'"{condition}"'


def _condition(found: Cube) -> str:
    """The group that comes to most by the first metric, beside what is chosen already."""
    chosen = [f"({found.where})" if " or " in found.where.lower() else found.where] if found.where else []
    if found.largest is not None:
        value = found.largest.replace("'", "''")
        chosen.append(f"{found.by[0]} = '{value}'")
    return " AND ".join(chosen)
