"""What changed in the base between two months: which months are held, and what is read of them. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telcli.errors import MissingInputError, Notice, UsageError
from telcli.pipeline.audit import destination, note
from telcli.pipeline.choice import no_months
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.run import Request, settle
from telcli.pipeline.show import known_column
from telcli.pipeline.workdir import Workdir
from telcli.stages import Inputs
from telcli.tables import contract

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Diff", "diff", "told_of"]

_STATES = ("customers", "customer_history", "subscriptions", "subscription_history")


@dataclass(frozen=True)
class Diff:
    """The two months, a row per change, and what they come to."""

    before: date
    after: date
    changes: pl.DataFrame
    metrics: Mapping[str, Any]
    notices: tuple[Notice, ...]


def told_of(workdir: Path, found: Diff, rows: pl.DataFrame) -> tuple[Notice, ...]:
    """Tell the audit log that rows of changes leave; what is wrong with it."""
    months = f"{found.before:%Y-%m}..{found.after:%Y-%m}"
    return note(workdir, "diff", as_of=months, columns=rows.columns, rows=rows.height, to=destination(None))


def diff(request: Request, before: date | None = None, after: date | None = None, own: Sequence[str] = ()) -> Diff:
    """Compare the base at the end of two months of a working directory; another process may write it meanwhile.

    Where they are not named, `after` is the newest month held and `before` the last one before it. `own` are further
    attributes of customers to compare.

    Raises
    ------
    UsageError
        `before` is not the earlier one, or an attribute does not exist.
    MissingInputError
        A month is not held.
    """
    if before and after and before >= after:
        raise _not_earlier(before, after)
    asked = (before, after)
    manifest, _, frames = Workdir(request.workdir).hold_all(lambda manifest: _chosen(request, manifest, *asked))
    tables = {table: contract(table).conform(frame) for table, frame in frames.items()}
    before, after = _settled(request, manifest, _held(manifest, tables), *asked)
    settings, _ = settle("segment", request)
    from telcli.stages.diff import diff as compare

    for name in own:
        known_column("customers", name, tables["customers"].collect_schema().names() if "customers" in tables else [])
    found = compare(Inputs(tables, after, choices={"from": before, "own": tuple(own)}), settings)
    return Diff(before, after, found.tables["changes"].collect(), found.metrics, found.notices)


def _chosen(
    request: Request, manifest: Manifest, before: date | None, after: date | None
) -> dict[str, tuple[str, ...]]:
    """The parts of the tables that are compared; of bills and segments only those of the two months."""
    tables = ("customer_months", *_STATES, "bills", "segments")
    chosen = {table: names for table in tables if (names := manifest.partitions(table))}
    months = [date.fromisoformat(month) for month in manifest.months("customer_months")]
    if len(months) < 2:
        return chosen
    pair = tuple(month.isoformat() for month in _settled(request, manifest, months, before, after))
    for table in ("bills", "segments"):
        names = tuple(name for name in chosen.pop(table, ()) if name in pair)
        chosen |= {table: names} if names else {}
    return chosen | {"customer_months": tuple(name for name in chosen["customer_months"] if name <= pair[1])}


def _held(manifest: Manifest, tables: Mapping[str, pl.LazyFrame]) -> list[date]:
    """The months that can be compared, in order.

    They are those of customer_months. Where that has one alone, as of tables with a row per customer and no facts, what
    the whole base was in earlier months is known by the validity of its rows.
    """
    months = {date.fromisoformat(month) for month in manifest.months("customer_months")}
    if len(months) == 1 and "customers" in tables:
        ends = [
            tables[table].select("valid_from", "valid_to").collect()
            for table in ("customers", "customer_history")
            if table in tables
        ]
        days = chain.from_iterable([*frame["valid_from"], *frame["valid_to"]] for frame in ends)
        months |= {day.replace(day=1) for day in days if day is not None and day < max(months)}
    return sorted(months)


def _settled(
    request: Request, manifest: Manifest, held: list[date], before: date | None, after: date | None
) -> tuple[date, date]:
    """Both months, each of them held."""
    if not held:
        raise no_months("diff", manifest, request.workdir)
    for month in (before, after):
        if month and month not in held:
            raise _absent(request, held, month)
    after = after or held[-1]
    earlier = [month for month in held if month < after]
    if before is None and not earlier:
        raise MissingInputError(
            "diff-no-earlier-month",
            "{workdir} has no month before {month} to compare it with.",
            hint="Add one: telcli ingest SOURCES... -w {workdir}",
            workdir=str(request.workdir),
            month=f"{after:%Y-%m}",
        )
    before = before or earlier[-1]
    if before >= after:
        raise _not_earlier(before, after)
    return before, after


def _absent(request: Request, held: list[date], month: date) -> MissingInputError:
    return MissingInputError(
        "diff-month-absent",
        "There is nothing for {month}; months run from {first} to {last}.",
        hint="Add its extracts: telcli ingest SOURCES... -w {workdir}; or choose other months.",
        month=f"{month:%Y-%m}",
        first=f"{held[0]:%Y-%m}",
        last=f"{held[-1]:%Y-%m}",
        workdir=str(request.workdir),
    )


def _not_earlier(before: date, after: date) -> UsageError:
    return UsageError(
        "diff-order",
        "--from {before} is not before --to {after}.",
        hint="Name the earlier month first: telcli diff --from 2024-05 --to 2024-06",
        before=f"{before:%Y-%m}",
        after=f"{after:%Y-%m}",
    )
