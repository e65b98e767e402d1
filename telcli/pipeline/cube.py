"""Any metric by any dimensions over months: which months are held, and what is read of them. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.errors import MissingInputError, Notice, UsageError
from telcli.pipeline.audit import destination, note
from telcli.pipeline.behind import behind
from telcli.pipeline.catalog import maker
from telcli.pipeline.choice import no_months
from telcli.pipeline.organisation import organisation
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.run import Request, month_absent, settle
from telcli.pipeline.show import condition_on
from telcli.pipeline.workdir import Workdir
from telcli.stages import Inputs
from telcli.tables import contract
from telcli.tables.condition_shape import shape
from telcli.tables.metric_dictionary import Metric

if TYPE_CHECKING:
    import polars as pl

    from telcli.stages.cube_asked import Asked

__all__ = ["Cube", "cube", "noted"]

_PEOPLE = ("customer_months", "customers")
_RESULTS = ("segments", "value_scores", "churn_scores", "satisfaction_scores", "credit_scores")


@dataclass(frozen=True)
class Cube:
    """Metrics by group and month, and of all together: see `figures.cubed`.

    `further` are dimensions by which `largest`, the group that comes to most, comes apart; `where` is the condition,
    `least` the smallest group told.
    """

    frame: pl.DataFrame
    whole: pl.DataFrame
    metrics: tuple[Metric, ...]
    by: tuple[str, ...]
    months: tuple[date, ...]
    currency: str
    notices: tuple[Notice, ...]
    where: str = ""
    further: tuple[str, ...] = ()
    least: int = 1
    largest: str | None = None

    def __repr__(self) -> str:
        """The groups, and all together."""
        return f"{self.frame}\nall together: {self.whole}"


def noted(workdir: Path, found: Cube, place: Path, rows: int) -> tuple[Notice, ...]:
    """Tell the audit log that a cube is written to a file; what is wrong with it."""
    known = {*found.by, *(one.name for table in _PEOPLE for one in contract(table).columns())}
    return note(
        workdir,
        "cube",
        as_of=f"{found.months[-1]:%Y-%m}",
        columns=[*found.by, *(metric.name for metric in found.metrics)],
        where=shape(found.where, known),
        rows=rows,
        to=destination(place),
    )


def cube(
    request: Request,
    names: Sequence[str],
    by: Sequence[str] = (),
    since: date | None = None,
    where: str | None = None,
    roll_up: str | None = None,
    *,
    drill: bool = True,
) -> Cube:
    """Work out metrics by dimensions in the months from `since` to the as-of month, of the rows that meet a condition.

    With `roll_up` by the levels of the organisation down to that one, each the sum of what belongs to it. With `drill`
    it is found too by what to take the largest group apart next.

    Raises
    ------
    UsageError
        A metric or dimension does not exist or is named twice, `since` is after the as-of month, or `where` cannot
        be read.
    MissingInputError
        There are no months, or none of the as-of month; or in none of them the table of a metric or dimension.
    """
    from telcli.stages.cube import cube as worked_out
    from telcli.stages.cube import further, largest
    from telcli.stages.cube_asked import asked

    settings, general = settle("report", request)
    workdir = Workdir(request.workdir)
    manifest, _, frames = workdir.hold_all(partial(_chosen, request, since))
    months = _months(request, manifest, since)
    people = frames["customers"].collect_schema().names() if "customers" in frames else ()
    above = organisation(request)
    where = _in_names(where or "", (*people, *(above.above if above else ()))) or None
    wanted = asked(names, by, where or "", people, above, roll_up)
    _there(request.workdir, wanted, frames, months)
    condition = partial(_condition, where) if where else None
    choices = {"asked": wanted, "months": months, "condition": condition, "merged": _merged(manifest)}
    choices["leaving"] = partial(_leaving, workdir, manifest)
    found = worked_out(Inputs(frames, months[-1], choices=choices), settings)
    both = [found.tables[name].collect() for name in ("cube", "whole")]
    old = behind(replace(request, as_of=months[-1]), {maker(name) for name in wanted.reads})
    most = largest(both[0], wanted, months[-1])
    next_by = further(frames, wanted, months[-1], condition, most) if drill else ()
    told = (*old, *_gaps(manifest, wanted, months), *found.notices)
    asked_for = (where or "", next_by, settings.small_cell, most)
    return Cube(both[0], both[1], wanted.metrics, wanted.by, tuple(months), general.currency, told, *asked_for)


def _in_names(where: str, people: Sequence[str]) -> str:
    """The condition with its Chinese words as names of columns and dimensions."""
    from telcli.stages.called import in_names
    from telcli.stages.cube import dimensions
    from telcli.tables import contract

    have = {*dimensions(()), *people, *contract("customer_months").schema.column_names()}
    return in_names(where, have, _PEOPLE)


def _leaving(workdir: Workdir, manifest: Manifest) -> bool:
    """Whether any month tells of somebody who left."""
    import polars as pl

    rows = workdir.scan(manifest, "customer_months", manifest.partitions("customer_months"))
    return "left" in rows.collect_schema() and bool(rows.select(pl.col("left").any()).collect().item())


def _merged(manifest: Manifest) -> Sequence[Mapping[str, Any]]:
    """What `telcli merge` recorded of each branch; none where nothing was merged."""
    record = manifest.stages.get("ingest", {}).get("")
    merged: Sequence[Mapping[str, Any]] = record.metrics.get("merged") or () if record else ()
    return merged


def _gaps(manifest: Manifest, wanted: Asked, months: Sequence[date]) -> list[Notice]:
    """Months without a row of a table that a metric is made of, where the table is there by months."""
    found = []
    for table, metric in wanted.sources.items():
        held = set(manifest.months(table)) - {""}
        lacking = [f"{month:%Y-%m}" for month in months if held and month.isoformat() not in held]
        if lacking:
            words = "{table} has no row of {months}: {metric} and what else is made of it is not that of a whole month."
            found.append(
                Notice("cube-no-rows", words, {"table": table, "months": ", ".join(lacking), "metric": metric})
            )
    return found


def _condition(where: str, schema: pl.Schema) -> pl.Expr:
    return condition_on("customer_months", schema, where)


def _months(request: Request, manifest: Manifest, since: date | None) -> list[date]:
    """The months held from `since` to the as-of month."""
    held = [date.fromisoformat(month) for month in manifest.months("customer_months")]
    if not held:
        raise no_months("cube", manifest, request.workdir)
    last = request.as_of or held[-1]
    first = since or last
    for month in (last, first):
        if month not in held:
            raise month_absent(month, held)
    if first > last:
        raise UsageError(
            "cube-order",
            "--from {before} is after the as-of month {after}.",
            hint="Name the earlier month with --from and the later one with --as-of.",
            before=f"{first:%Y-%m}",
            after=f"{last:%Y-%m}",
        )
    return [month for month in held if first <= month <= last]


def _chosen(request: Request, since: date | None, manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """The parts that are read: of customer_months one month more, since metrics may ask who was there before."""
    from telcli.stages.cube import first_needed

    months = _months(request, manifest, since)
    span = {month.isoformat() for month in months}
    of = {
        "customers": {""},
        "customer_history": {""},
        "customer_months": span | {first_needed(months).isoformat()},
        **dict.fromkeys(_RESULTS, span),
    }
    held = {table: tuple(n for n in manifest.partitions(table) if n[:10] in wanted) for table, wanted in of.items()}
    return {table: names for table, names in held.items() if names}


def _there(workdir: Path, wanted: Asked, frames: Collection[str], months: Sequence[date]) -> None:
    """Refuse what no month has the table of."""
    for name, table in wanted.tables.items():
        if table not in frames:
            raise MissingInputError(
                "cube-table-absent",
                "{name} is made of the table {table}, which has nothing for {first} to {last}.",
                hint="Make it with: telcli {stage} -w {workdir} --as-of {last}",
                name=name,
                table=table,
                first=f"{months[0]:%Y-%m}",
                last=f"{months[-1]:%Y-%m}",
                stage=maker(table),
                workdir=str(workdir),
            )
