"""The organisation that telcli.toml tells of: read from a file, or from columns of customers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from telcli.errors import DataError, MissingInputError, UsageError
from telcli.pipeline.one_table import one_table
from telcli.pipeline.request import Request
from telcli.pipeline.run import settle
from telcli.settings.names_in import names_in

if TYPE_CHECKING:
    from telcli.tables.organisation import Organisation

__all__ = ["organisation"]

_CALLED: Mapping[str, str] = {
    **dict.fromkeys(("分局", "网格", "归属网格", "归属分局", "分公司", "营服中心"), "branch"),
    **dict.fromkeys(("地市", "归属地市", "区县"), "region"),
    **dict.fromkeys(("本地网", "归属本地网"), "local_network"),
    **dict.fromkeys(("省", "省份", "省公司", "归属省份"), "province"),
    **dict.fromkeys(("集团", "集团公司"), "group"),
}
"""Headers as operators write them -> levels."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_FEWEST = 2


def organisation(request: Request) -> Organisation | None:
    """The organisation in force, with a working directory's settings; None where none is told.

    Raises
    ------
    UsageError
        Both a file and levels are named, or a level cannot be one.
    MissingInputError
        There is no such file.
    DataError
        It cannot be read, has not the columns it needs, or puts one branch in two places.
    """
    from telcli.tables.organisation import Organisation

    settings, _ = settle("organisation", request)
    levels = names_in(settings.levels)
    if settings.file and levels:
        raise UsageError(
            "organisation-both",
            "[organisation] names both a file and levels.",
            hint="Leave one of them out: the file's header names the levels.",
        )
    if settings.file:
        return _of_file(Path(settings.file).expanduser())
    if not levels:
        return None
    if len(levels) < _FEWEST or len(set(levels)) < len(levels) or not all(map(_known, levels)):
        raise UsageError(
            "organisation-levels",
            "[organisation] levels must be two columns of customers or more, the smallest level first, not {levels}.",
            hint='Write it as: levels = "branch,region" or "branch,x_local_network,x_province"',
            levels=repr(settings.levels),
        )
    return Organisation(tuple(levels))


def _known(name: str) -> bool:
    """Whether customers may have such a column."""
    return name in ("branch", "region") or name.startswith("x_")


def _of_file(place: Path) -> Organisation:
    import polars as pl

    from telcli.tables.organisation import Organisation

    told = one_table(place, _absent, _several)
    names = [_CALLED.get(name.strip(), name.strip()) for name in told["columns"]]
    _refuse_header(told["file"], names)
    cells = [[(cell or "").strip() or None for cell in row] for row in told["cells"]]
    frame = pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String), orient="row")
    once = frame.drop_nulls(names[0]).unique().sort(names)
    twice = once.filter(pl.col(names[0]).is_duplicated())[names[0]].unique().sort().to_list()
    if twice:
        raise DataError(
            "organisation-twice",
            "{file} puts {branch} in two places.",
            hint="Say of each {level} once what it belongs to.",
            file=told["file"],
            branch=", ".join(twice[:3]),
            level=names[0],
        )
    return replace(Organisation(tuple(names)), table=once, file=told["file"])


def _refuse_header(file: str, names: Sequence[str]) -> None:
    above = names[1:]
    taken = [name for name in above if name in _taken() or not _NAME.fullmatch(name)]
    if len(names) >= _FEWEST and _known(names[0]) and not taken and len(set(names)) == len(names):
        return
    raise DataError(
        "organisation-header",
        "{file} must have the smallest level first (branch, region or one of your own x_ columns of customers), then "
        "what it belongs to, each under a name of its own; it has {names}.",
        hint="Write its header as: branch,local_network,province",
        file=file,
        names=", ".join(names),
    )


def _taken() -> Collection[str]:
    """Names that mean something else in a row of a customer and month."""
    from telcli.stages.cube import dimensions
    from telcli.tables import contract

    of_tables = (contract(table).schema.column_names() for table in ("customers", "customer_months"))
    return {*dimensions(()), *(name for names in of_tables for name in names), "level", "month", "people", "hidden"}


def _absent(place: Path) -> MissingInputError:
    return MissingInputError(
        "organisation-missing",
        "{file}, which tells what branches belong to, does not exist.",
        hint="Name a file of branch, local_network and province with file in [organisation] of telcli.toml.",
        file=str(place),
    )


def _several(file: str, count: int) -> DataError:
    return DataError(
        "organisation-several",
        "{file} holds {count} tables; what branches belong to is read from one.",
        hint="Save it as a file of its own.",
        file=file,
        count=count,
    )
