"""Metrics by groups on the screen, as JSON and as CSV; and the metric dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from telcli.cli import _rows
from telcli.cli._aligned import aligned
from telcli.cli._words import language, meant, tr
from telcli.errors import UsageError
from telcli.settings.names_in import names_in
from telcli.tables.metric_dictionary import UNKNOWN, Metric, metrics

if TYPE_CHECKING:
    import polars as pl

    from telcli.cli._options import Call
    from telcli.pipeline.cube import Cube

__all__ = ["dimensions_named", "metrics_named", "parted", "tell", "tell_dictionary"]

_WHOLE = ("customers", "numbers", "texts", "contacts", "products")
_HIDDEN, _NOTHING = "*", "–"


def parted(given: Sequence[str]) -> list[str]:
    """Names parted by blanks or commas.

    >>> parted(["customers,revenue", "left"])
    ['customers', 'revenue', 'left']
    """
    return [name for text in given for name in names_in(text)]


def metrics_named(given: Sequence[str]) -> list[str]:
    """Metrics by name, or as Chinese screens call them.

    >>> metrics_named(["收入，customers"])
    ['revenue', 'customers']
    """
    called = {one.zh: name for name, one in metrics().items()}
    return [called.get(name, name) for name in parted(given)]


def dimensions_named(given: str) -> list[str]:
    """Dimensions by name, or as the screen calls them."""
    from telcli.features.cube_rows import DIMENSIONS

    called = {tr(name): name for names in DIMENSIONS.values() for name in names}
    return [called.get(name, name) for name in parted([given])]


def tell(call: Call, found: Cube, pivot: str | None, limit: int | None) -> None:
    """Print a cube, with `pivot` one dimension's values (or the months) side by side."""
    if pivot not in (None, "month", *found.by):
        raise UsageError(
            "cube-pivot",
            "--pivot {name} is none of the dimensions of --by.",
            hint="Lay out one of: {known}",
            name=pivot,
            known=", ".join(("month", *found.by)),
        )
    shown = _laid_out(found, found.frame, pivot, ("hidden",) if (found.frame["hidden"] != "").any() else ())
    limited = shown if limit is None else shown.head(limit)
    if call.out.form == "csv":
        _rows.csv(iter([limited]))
        return

    def human() -> Iterator[str]:
        yield f"cube  {_span(found)}"
        yield from _screen(found, pivot, _rows.SCREEN_ROWS if limit is None else limit)

    about = {one.name: {"unit": _unit(one, found.currency), "formula": one.formula} for one in found.metrics}
    rows: dict[str, Any] = {"rows": limited.rows(named=True)} if call.out.form == "json" else {}
    call.out.result(human, as_of=found.months[-1], notices=found.notices, about=about, **rows)


def _span(found: Cube) -> str:
    first, last = found.months[0], found.months[-1]
    return f"{last:%Y-%m}" if first == last else f"{first:%Y-%m} – {last:%Y-%m}"


def _laid_out(found: Cube, frame: pl.DataFrame, pivot: str | None, beside: Sequence[str] = ()) -> pl.DataFrame:
    """The frame, or groups down and one dimension's values across, named ``METRIC_VALUE`` where metrics are many."""
    import polars as pl

    if pivot is None:
        return frame
    index = [name for name in ("month", *found.by) if name != pivot]
    named = frame.with_columns(pl.col("month").cast(pl.String).str.head(7)) if pivot == "month" else frame
    values = [*(metric.name for metric in found.metrics), *beside]
    return named.pivot(on=pivot, index=index, values=values, sort_columns=True).sort(index)


def _screen(found: Cube, pivot: str | None, most: int) -> Iterator[str]:
    """Head, rows and all together, as text; what is hidden is a star."""
    shown = _laid_out(found, _written(found, found.frame), pivot)
    keys = [name for name in ("month", *found.by) if name != pivot]
    several = len(found.months) > 1
    if "month" in keys and not several:
        keys, shown = keys[1:], shown.drop("month")
    rows = [
        [_key(name, cell) for name, cell in zip(shown.columns, row, strict=True)] for row in shown.head(most).rows()
    ]
    if pivot is None and found.by and shown.height > 1 and not several:
        whole = _written(found, found.whole).row(0, named=True)
        rows.append([tr("all together"), *[""] * (len(keys) - 1), *(whole[one.name] for one in found.metrics)])
    heads = [_head(name, found, pivot) for name in shown.columns]
    yield from aligned([heads, *rows], right=range(len(keys), len(heads)), indent=2)
    if shown.height > most:
        yield "  " + tr("{shown} of {total} rows", shown=f"{most:,}", total=f"{shown.height:,}")


def _written(found: Cube, frame: pl.DataFrame) -> pl.DataFrame:
    """Months, groups and metrics of a cube as text."""
    import polars as pl

    columns = {}
    for one in found.metrics:
        cells = zip(frame[one.name], frame["hidden"].str.split(","), strict=True)
        columns[one.name] = pl.Series(
            [_HIDDEN if one.name in gone else _number(value, one) for value, gone in cells], dtype=pl.String
        )
    keys = [name for name in ("month", *found.by) if name in frame.columns]
    return frame.select(keys).with_columns(**columns)


def _head(name: str, found: Cube, pivot: str | None) -> str:
    """A column's title: a metric or dimension as it is called, or one value of what is laid out."""
    if name == "month" or name in found.by:
        return tr(name)
    titles = {one.name: one.zh if language() == "zh" else one.name for one in found.metrics}
    if pivot is None:
        return titles[name]
    parts = [(one.name, name.removeprefix(f"{one.name}_")) for one in found.metrics if name.startswith(f"{one.name}_")]
    if len(found.metrics) == 1 or not parts:
        return _key(pivot, name)
    metric, value = max(parts)
    return f"{titles[metric]} {_key(pivot, value)}"


def _key(name: str, value: Any) -> str:
    if value is None:
        return _NOTHING
    if name == "month" and not isinstance(value, str):
        return f"{value:%Y-%m}"
    return tr("unknown") if value == UNKNOWN else meant(name, str(value))


def _number(value: float | None, metric: Metric) -> str:
    if value is None:
        return _NOTHING
    if metric.unit == "share":
        return f"{value:.2%}"
    return f"{value:,.0f}" if metric.unit in _WHOLE and value == round(value) else f"{value:,.2f}"


def _unit(metric: Metric, currency: str) -> str:
    return currency if metric.unit == "currency" else metric.unit


def tell_dictionary(call: Call, word: str) -> None:
    """Print the metrics that have a word in their name or meaning."""
    near = word.lower()
    kept = [one for one in metrics().values() if near in f"{one.name} {one.en} {one.zh}".lower()]
    if not kept:
        raise UsageError(
            "metrics-none",
            "No metric has {word} in its name or meaning.",
            hint="All of them: telcli metrics",
            word=word,
        )
    rows = [{**asdict(one), "formula": one.formula} for one in kept]
    if call.out.form == "csv":
        import polars as pl

        _rows.csv(iter([pl.DataFrame(rows)]))
        return

    def human() -> Iterator[Any]:
        from rich.table import Table

        from telcli.features.cube_rows import DIMENSIONS

        grid = Table(box=None, header_style="bold", pad_edge=False)
        for title in ("metric", "meaning", "unit", "formula", "table"):
            grid.add_column(tr(title), overflow="fold", no_wrap=title == "metric")
        for one in kept:
            grid.add_row(one.name, one.zh if language() == "zh" else one.en, tr(one.unit), one.formula, one.table)
        yield grid
        yield tr(
            "Dimensions of telcli cube --by: {names}, and your own x_ columns of customers",
            names=", ".join(name for names in DIMENSIONS.values() for name in names),
        )

    call.out.result(human, metrics={}, dictionary=rows)
