"""Metrics by groups on the screen, as JSON, as CSV, and as a file for others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.cli import _cube_drill, _rows
from telcli.cli._aligned import aligned
from telcli.cli._cube_table import laid_out, span, texts, titled
from telcli.cli._words import language, tr
from telcli.errors import UsageError
from telcli.settings.names_in import names_in
from telcli.tables.metric_dictionary import Metric, metrics

if TYPE_CHECKING:
    import polars as pl

    from telcli.cli._options import Call
    from telcli.pipeline.cube import Cube

__all__ = ["dimensions_named", "metrics_named", "parted", "refuse", "tell", "write"]

_LEVELS = ("local_network", "province", "group")
"""Levels of an organisation that have a Chinese name of their own."""


def parted(given: Sequence[str]) -> list[str]:
    """Names parted by blanks or commas.

    >>> parted(["customers,revenue", "left"])
    ['customers', 'revenue', 'left']
    """
    return [name for text in given for name in names_in(text)]


def metrics_named(given: Sequence[str]) -> list[str]:
    """Metrics by name, as Chinese screens call them, or by the short word that stands in brackets there.

    >>> metrics_named(["收入，customers", "ARPU,mou"]), metrics_named(["户均收入"])
    (['revenue', 'customers', 'revenue_per_customer', 'minutes_per_customer'], ['revenue_per_customer'])
    """
    called: dict[str, str] = {}
    for name, one in metrics().items():
        words, _, short = one.zh.rstrip("）").partition("（")
        called |= dict.fromkeys(filter(None, (one.zh, words, short.lower(), one.also.lower())), name)
    return [name if name in metrics() else called.get(name, called.get(name.lower(), name)) for name in parted(given)]


def dimensions_named(given: str) -> list[str]:
    """Dimensions by name, or as the screen calls them."""
    from telcli.features.cube_rows import DIMENSIONS

    known = (*(name for names in DIMENSIONS.values() for name in names), *_LEVELS)
    called = {titled(name): name for name in known}
    return [called.get(name, name) for name in parted([given])]


def refuse(call: Call, by: Sequence[str], pivot: str | None, output: Path | None) -> None:
    """Refuse to lay out what groups are not made by, and a file that cannot be written, before any work."""
    if pivot not in (None, "month", *by):
        raise UsageError(
            "cube-pivot",
            "--pivot {name} is none of the dimensions of --by.",
            hint="Add it: --by {more}. Or lay out one of: {known}",
            name=pivot,
            more=",".join((*by, pivot or "")),
            known=", ".join(("month", *by)),
        )
    if output is not None:
        from telcli.pipeline.cube_file import refuse_place

        refuse_place(call.workdir, output)


def tell(call: Call, found: Cube, pivot: str | None, limit: int | None) -> None:
    """Print a cube, with `pivot` one dimension's values (or the months) side by side."""
    limited = plain(found, pivot, limit)
    if call.out.form == "csv":
        _rows.csv(iter([limited]))
        return

    def human() -> Iterator[str]:
        yield f"cube  {span(found)}"
        yield from _screen(found, pivot, _rows.SCREEN_ROWS if limit is None else limit)
        yield from _cube_drill.hint(call, found)

    call.out.result(
        human, as_of=found.months[-1], notices=found.notices, about=_about(found), **_rows_of(call, limited)
    )


def _rows_of(call: Call, frame: pl.DataFrame) -> dict[str, Any]:
    """The rows, for JSON alone."""
    return {"rows": frame.rows(named=True)} if call.out.form == "json" else {}


def write(call: Call, found: Cube, pivot: str | None, limit: int | None, place: Path) -> None:
    """Write a cube to a file, and say so."""
    from telcli.pipeline.cube import noted
    from telcli.pipeline.cube_file import write as written

    laid, frame = laid_out(found, pivot, limit), plain(found, pivot, limit)
    told_to = partial(noted, call.workdir, found, place)
    rows, log = written(
        place, laid, texts(found, laid), frame, call.further["encoding"] or "utf-8", language(), told_to
    )
    said = tr("{table}: {rows} rows to {path}", table="cube", rows=f"{rows:,}", path=place)
    outputs = [{"table": "cube", "path": str(place), "rows": rows}]
    told: dict[str, Any] = {"outputs": outputs, "about": _about(found), **_rows_of(call, frame)}
    call.out.result(lambda: [said], as_of=found.months[-1], notices=(*found.notices, *log), **told)


def _about(found: Cube) -> dict[str, Any]:
    return {one.name: {"unit": _unit(one, found.currency), "formula": one.formula} for one in found.metrics}


def _unit(metric: Metric, currency: str) -> str:
    return currency if metric.unit == "currency" else metric.unit


def plain(found: Cube, pivot: str | None, limit: int | None) -> pl.DataFrame:
    """The rows by names of metrics and dimensions, or groups down and one dimension's values across.

    Those are named ``METRIC_VALUE`` where there are several metrics.
    """
    import polars as pl

    from telcli.features.cube_order import in_order, ordered_values

    frame = found.frame
    if pivot is not None:
        index = [name for name in ("month", *found.by) if name != pivot]
        named = frame.with_columns(pl.col("month").cast(pl.String).str.head(7)) if pivot == "month" else frame
        beside = ["hidden"] if (frame["hidden"] != "").any() else []
        values = [*(metric.name for metric in found.metrics), *beside]
        across = ordered_values(pivot, named[pivot].to_list())
        frame = named.pivot(on=pivot, on_columns=across, index=index, values=values)
        first = ["month"] if "month" in index else []
        order = [*first, *in_order([name for name in index if name != "month"])]
        frame = frame.sort(order) if order else frame
    return frame if limit is None else frame.head(limit)


def _screen(found: Cube, pivot: str | None, most: int) -> Iterator[str]:
    """Head, rows and all together, as text; what is hidden is a star."""
    laid = laid_out(found, pivot, None)
    shown = laid_out(found, pivot, most)
    yield from aligned([laid.heads, *texts(found, shown)], right=range(laid.keys, len(laid.heads)), indent=2)
    if len(laid.rows) > most:
        yield "  " + tr("{shown} of {total} rows", shown=f"{most:,}", total=f"{len(laid.rows):,}")
