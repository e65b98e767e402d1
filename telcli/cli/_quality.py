"""The profile of data quality on the screen, and the conditions that fail it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli import _thresholds
from telcli.cli._aligned import aligned
from telcli.cli._stage_view import failed, payload, title
from telcli.cli._thresholds import Threshold
from telcli.cli._words import tr
from telcli.errors import ThresholdError

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["conditions", "crossed", "tell"]

_MEASURES = (
    ("completeness", "filled"),
    ("validity", "valid"),
    ("uniqueness", "unique"),
    ("lag_days", "days late"),
    ("psi", "PSI"),
)
_NAMED = 3


def conditions(given: Sequence[str] | None) -> list[Threshold]:
    """Read conditions; what is blank is none.

    >>> conditions(["completeness < 0.95", ""])
    [Threshold(metric='completeness', compare='<', number=0.95)]
    """
    return [_thresholds.parse(text) for text in given or () if text.strip()]


def crossed(thresholds: Sequence[Threshold], metrics: Mapping[str, Any]) -> TelcliError | None:
    """The first condition that holds anywhere, with the places where it holds.

    >>> worst = [{"table": "bills", "column": "amount", "scope": "branch", "name": "North", "value": 0.5}]
    >>> error = crossed(conditions(["completeness<0.9"]), {"completeness": 0.5, "worst": {"completeness": worst}})
    >>> error.values["places"]
    'bills.amount of branch North (0.5)'
    """
    measures = {name: metrics.get(name) for name, _ in _MEASURES}
    for threshold in thresholds:
        failure = _thresholds.crossed([threshold], measures)
        if failure is None or failure.code != "threshold-crossed":
            if failure:
                return failure
            continue
        found = [one for one in metrics["worst"][threshold.metric] if threshold.holds(one["value"])]
        return ThresholdError(
            "quality-crossed",
            "{metric} crosses --fail-if {condition} in {count} places; the worst: {places}.",
            hint='All of them: telcli show quality_profile --where "{condition}"',
            metric=threshold.metric,
            condition=str(threshold),
            count=f"{len(found)}{'+' if len(found) == len(metrics['worst'][threshold.metric]) else ''}",
            places="; ".join(f"{_place(one)} ({one['value']:.3g})" for one in found[:_NAMED]),
        )
    return None


def _place(one: Mapping[str, Any]) -> str:
    what = one["table"] if one["column"] == "*" else f"{one['table']}.{one['column']}"
    if one["scope"] == "all":
        return what
    return f"{what} of branch {one['name']}" if one["scope"] == "branch" else f"{what} from {one['name']}"


def tell(call: Call, run: StageRun, failure: TelcliError | None, limit: int) -> None:
    """Print the headlines and the worst rows; the JSON holds all rows."""
    from telcli.pipeline.show import read

    frame = read(call.workdir, "quality_profile", run.as_of).frame.collect()
    rows = sorted(frame.rows(named=True), key=lambda row: (-row["flaw"], row["table"], row["column"], row["name"]))
    call.out.result(
        lambda: _view(run, rows, limit), notices=run.notices, **payload(run), profile=rows, **failed(failure)
    )


def _view(run: StageRun, rows: Sequence[Mapping[str, Any]], limit: int) -> Iterator[Any]:
    yield title(run)
    worst = [f"{tr(name)} {_cell(measure, run.metrics[measure]) or '-'}" for measure, name in _MEASURES]
    yield "  " + tr("worst anywhere") + tr(": ") + " · ".join(worst)
    shown = [row for row in rows if row["flaw"] > 0][:limit]
    heads = ("table", "column", "branch or source", "rows", *(label for _, label in _MEASURES))
    lines = [[tr(name) for name in heads], *map(_line, shown)]
    yield from aligned(lines, right=range(3, len(heads)), indent=2) if shown else ()
    ending = "{shown} of {total} rows, the worst first (* should be filled). All: telcli show quality_profile"
    if not any(row["flaw"] > 0 for row in rows):
        ending = "Nothing amiss in {total} rows. All: telcli show quality_profile"
    yield "  " + tr(ending, shown=f"{len(shown):,}", total=f"{len(rows):,}")
    missing = sum(output.rows for output in run.outputs if output.table == "missing_attributes")
    yield "  " + tr("{n} attributes to be asked of customers: telcli show missing_attributes", n=f"{missing:,}")


def _line(row: Mapping[str, Any]) -> list[str]:
    column = tr("rows") if row["column"] == "*" else row["column"] + ("*" if row["needed"] else "")
    where = tr("all of it") if row["scope"] == "all" else row["name"]
    cells = [_cell(measure, row[measure]) for measure, _ in _MEASURES]
    return [row["table"], column, where, f"{row['rows']:,}", *cells]


def _cell(measure: str, value: Any) -> str:
    if value is None:
        return ""
    if measure == "lag_days":
        return f"{value:,}"
    return f"{value:.3f}" if measure == "psi" else f"{100 * value:.4g}%"
