"""``telcli cube``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from telcli.cli import _cube_view
from telcli.cli._complete import dimensions, metric_names, months, pivots
from telcli.cli._options import Call, command
from telcli.cli._row_options import GivenEncoding, Limit, RowFormat, where_option
from telcli.settings.month_named import month

_Metrics = Annotated[
    list[str], typer.Argument(metavar="METRICS", help="Metrics, see: telcli metrics", autocompletion=metric_names)
]
_By = Annotated[
    str | None,
    typer.Option("--by", metavar="A,B", help="Dimensions, up to four: branch,risk_band.", autocompletion=dimensions),
]
_From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="YYYY-MM", help="First month; the as-of month alone without it.", autocompletion=months
    ),
]
_Where = Annotated[
    str | None,
    where_option("Only customers that meet it, as in SQL: \"region = 'North'\"."),
]
_Pivot = Annotated[
    str | None,
    typer.Option(
        "--pivot", metavar="DIMENSION", help="Lay its values side by side; also: month.", autocompletion=pivots
    ),
]
_RollUp = Annotated[
    str | None,
    typer.Option("--roll-up", metavar="LEVEL", help="Sums of each level of the organisation, down to this one."),
]
_Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write .csv, .xlsx, .html or .parquet, as its ending says."),
]


@command(further={"encoding": GivenEncoding})
def cube(
    call: Call,
    metrics: _Metrics,
    by: _By = None,
    since: _From = None,
    where: _Where = None,
    pivot: _Pivot = None,
    roll_up: _RollUp = None,
    output: _Output = None,
    limit: Limit = None,
    format: RowFormat = "human",
) -> None:
    """Take metrics apart by any dimensions, over months.

    Each metric has one formula (telcli metrics). To drill, choose with --where and add a dimension to --by. Groups of
    few customers are not told, nor those by which they could be worked out. A file is laid out as the screen, with what
    the metrics mean, and is whole or not there.
    """
    from telcli.pipeline.cube import cube as worked_out

    names, by_names = _cube_view.metrics_named(metrics), _cube_view.dimensions_named(by or "")
    level = next(iter(_cube_view.dimensions_named(roll_up or "")), None)
    laid_out = next(iter(_cube_view.dimensions_named(pivot or "")), None)
    _cube_view.refuse(call, by_names, laid_out, output)
    drill = output is None and call.out.form == "human"
    found = worked_out(call.request(), names, by_names, month(since, "--from"), where, level, drill=drill)
    if output is None:
        _cube_view.tell(call, found, laid_out, limit)
    else:
        _cube_view.write(call, found, laid_out, limit, output)
