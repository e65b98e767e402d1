"""``profile``: how complete, valid, unique and timely the data are, by table, column, branch and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import Notice, UsageError
from telcli.features.month_index import end_of_month
from telcli.features.quality_counts import BRANCH, DUE, counted, drift
from telcli.features.source_scores import by_source
from telcli.methods.drift import band
from telcli.settings import ProfileSettings
from telcli.stages import Inputs, Outcome
from telcli.tables import PARTITIONS, SUBJECTS, contract
from telcli.tables.quality import EVERY

__all__ = ["profile"]

_LISTED = 20
_HALF_A_YEAR = 183
_ZERO_FILLED = 0.99
_UNKNOWN = "-"
_UNMOVED = ("text", "topic", "paid_at", "opened_at", "closed_at", "due_on", "month", "started_at", "counterpart")
MEASURES = {"completeness": False, "validity": False, "uniqueness": False, "lag_days": True, "psi": True}
"""What a condition may be laid on, and whether more is worse."""


def profile(inputs: Inputs, settings: ProfileSettings) -> Outcome:
    """Measure the tables as of one month.

    Parameters
    ----------
    inputs : the subject tables, customer_months and source_quality, those that there are; `choices["metrics"]` may hold
        what ingest recorded of its sources.
    settings : `needed` columns count for completeness, `org_level` says what a branch is, scopes of fewer rows than
        `min_rows` are measured, but no condition is held against them.

    Returns
    -------
    Outcome
        Tables ``quality_profile`` and ``missing_attributes``. Metrics: the worst of each measure, and under ``worst``
        where it stands, the worst first.

    Raises
    ------
    UsageError
        `needed` names a column that no contract has.
    """
    as_of = inputs.as_of or date.min
    needed = _needed(settings.needed)
    expected = _delivered(inputs.tables) & needed
    branches = _branches(inputs.tables["customers"], settings.org_level)
    measured = [
        frame
        for table in (*SUBJECTS, "customer_months")
        if table in inputs.tables
        for frame in _of_table(
            table,
            inputs.tables[table],
            _owned(inputs.tables, table, branches),
            as_of,
            needed={column for place, column in needed if place == table},
            delivered={column for place, column in expected if place == table},
        )
    ]
    if "source_quality" in inputs.tables:
        recorded = inputs.choices.get("metrics", {}).get("ingest", {})
        measured.append(by_source(inputs.tables["source_quality"], recorded.get("sources", ())))
    counts = pl.concat(measured, how="diagonal_relaxed")
    if counts.filter(pl.col("scope") == "branch", pl.col("name") != _UNKNOWN).is_empty():
        counts = counts.filter(pl.col("scope") != "branch")  # no branch is known of anybody
    whole = _scored(counts, needed, as_of, settings.min_rows)
    missing = _missing(inputs.tables, branches, needed, whole, as_of)
    metrics = {**_headlines(whole, settings.min_rows), "entries": whole.height, "fail_if": settings.fail_if}
    return Outcome({"quality_profile": whole.lazy(), "missing_attributes": missing}, metrics, tuple(_notices(whole)))


def _needed(text: str) -> set[tuple[str, str]]:
    """The columns named, as (table, column)."""
    found = set()
    for name in filter(None, (part.strip() for part in text.split(","))):
        table, _, column = name.partition(".")
        known = {one.name for one in contract(table).columns()} if table in SUBJECTS else set()
        if column not in known:
            raise UsageError(
                "needed-unknown",
                "[profile] needed: there is no column {name}.",
                hint="Write TABLE.COLUMN, such as customers.gender; see telcli show customers --schema.",
                name=name,
            )
        found.add((table, column))
    return found


def _branches(customers: pl.LazyFrame, level: str) -> pl.LazyFrame:
    return customers.select("customer_id", pl.col(level).fill_null(_UNKNOWN).alias(BRANCH))


def _owned(tables: Mapping[str, pl.LazyFrame], table: str, branches: pl.LazyFrame) -> pl.LazyFrame:
    """The branch by what a table names its rows' owner: the customer, else the number; by nothing, if by neither."""
    have = tables[table].collect_schema()
    if "customer_id" in have:
        return branches
    if "subscription_id" in have and "subscriptions" in tables:
        lines = tables["subscriptions"].select("subscription_id", "customer_id")
        return lines.join(branches, on="customer_id", how="left").select("subscription_id", BRANCH)
    return branches.head(0).rename({"customer_id": next(iter(have))})


def _delivered(tables: Mapping[str, pl.LazyFrame]) -> set[tuple[str, str]]:
    """The columns that some source has, as (table, column), be they empty."""
    if "source_quality" not in tables:
        return set()
    told = tables["source_quality"].select("table", "column").unique().collect(engine="streaming")
    return set(told.iter_rows())


def _of_table(
    table: str,
    frame: pl.LazyFrame,
    branches: pl.LazyFrame,
    as_of: date,
    *,
    needed: set[str],
    delivered: set[str],
) -> Iterator[pl.DataFrame]:
    """Counts of every column that any row fills, by branch and in all; with them, how each moved in a month.

    A needed column that no row fills any more is counted too, where another month has it or a source delivers it.
    """
    rules = contract(table)
    time = rules.partition if PARTITIONS.get(table) == "month" else None
    last = _last(frame, time)
    if time and last is None:
        return
    month = last.replace(day=1) if last else as_of
    rows = _of_month(frame, time, month)
    owner = next(name for name in branches.collect_schema() if name != BRANCH)
    placed = rows.join(branches, on=owner, how="left").with_columns(pl.col(BRANCH).fill_null(_UNKNOWN))
    hidden = {"valid_from", "valid_to", *([time] if time else [])}
    columns = [name for name in frame.collect_schema() if name not in hidden]
    parts = counted(placed, table, columns, as_of)
    named = [parts.rename({BRANCH: "name"}).with_columns(scope=pl.lit("branch")), _in_all(parts)]
    both = pl.concat([one.select(sorted(one.columns)) for one in named])
    filled = both.filter(pl.col("filled").sum().over("column") > 0)
    moved = _moved(frame, time, month, filled, rules.key) if time else {}
    empty = sorted(needed & set(both["column"]) - set(filled["column"]))
    outages = [name for name in empty if name in delivered] + _once_filled(frame, set(empty) - delivered)
    given = pl.concat([filled, both.filter(pl.col("column").is_in(outages))])
    psi = [moved.get(column) if scope == "all" else None for column, scope in given.select("column", "scope").rows()]
    yield given.with_columns(table=pl.lit(table), psi=pl.Series(psi, dtype=pl.Float64))
    if time:
        yield _told_until(table, frame, branches, time, month)


def _once_filled(frame: pl.LazyFrame, names: set[str]) -> list[str]:
    """Those of the columns that have a value in any month."""
    if not names:
        return []
    counts = frame.select(pl.col(name).count() for name in sorted(names)).collect(engine="streaming")
    return [name for name in counts.columns if counts[name].item()]


def _told_until(table: str, frame: pl.LazyFrame, branches: pl.LazyFrame, time: str, month: date) -> pl.DataFrame:
    """Rows and the last day told of, by branch and in all; branches silent for half a year count as closed."""
    day = pl.col(time).cast(pl.Date)
    since = date.fromordinal(month.toordinal() - _HALF_A_YEAR)
    late = frame.filter(day >= since)
    counts = [pl.len().cast(pl.Int64).alias("rows"), day.max().alias("last_on")]
    owner = next(name for name in branches.collect_schema() if name != BRANCH)
    by = late.join(branches, on=owner, how="left").group_by(pl.col(BRANCH).fill_null(_UNKNOWN).alias("name"))
    parts = by.agg(counts).sort("name").collect(engine="streaming")
    whole = parts.select(pl.lit(EVERY).alias("name"), pl.col("rows").sum(), pl.col("last_on").max())
    ends = pl.col("last_on").dt.month_end() if time == "month" else pl.col("last_on")
    return pl.concat(
        [parts.with_columns(scope=pl.lit("branch")), whole.with_columns(scope=pl.lit("all"))]
    ).with_columns(table=pl.lit(table), column=pl.lit(EVERY), last_on=ends, psi=pl.lit(None, pl.Float64))


def _in_all(parts: pl.DataFrame) -> pl.DataFrame:
    total = parts.group_by("column", maintain_order=True).agg(
        pl.col("rows", "filled", "implausible").sum(),
        pl.when(pl.col("zeros").count() > 0).then(pl.col("zeros").sum()).alias("zeros"),
    )
    return total.with_columns(name=pl.lit(EVERY), scope=pl.lit("all"))


def _last(frame: pl.LazyFrame, time: str | None) -> date | None:
    if time is None:
        return None
    latest: date | None = frame.select(pl.col(time).cast(pl.Date).max()).collect(engine="streaming").item()
    return latest


def _of_month(frame: pl.LazyFrame, time: str | None, month: date) -> pl.LazyFrame:
    if time is None:
        return frame
    day = pl.col(time).cast(pl.Date)
    return frame.filter(day >= month, day <= end_of_month(month))


def _month_before(month: date) -> date:
    return date.fromordinal(month.toordinal() - 1).replace(day=1)


def _moved(
    frame: pl.LazyFrame, time: str, month: date, given: pl.DataFrame, key: tuple[str, ...]
) -> dict[str, float | None]:
    """PSI of each column against the month before."""
    months = (_month_before(month), month)
    before, now = (_of_month(frame, time, one) for one in months)
    names = given.filter(scope="all")["column"].to_list()
    likely = [
        name for name in names if name not in (*_UNMOVED, *set(key) - {"kind"}) and not name.endswith(("_id", "_h"))
    ]
    return {name: drift(before, now, name, months) for name in likely}


def _scored(measured: pl.DataFrame, needed: set[tuple[str, str]], as_of: date, least: int) -> pl.DataFrame:
    """Counts as shares, in the columns of the contract; what has fewer than `least` rows is not called flawed."""
    want = pl.DataFrame(sorted(needed), schema={"table": pl.String, "column": pl.String}, orient="row")
    end = end_of_month(as_of)
    lag = (pl.lit(end) - pl.col("last_on")).dt.total_days().clip(0)
    monthly = pl.col("table").is_in([table for table in PARTITIONS if contract(table).partition == "month"])
    unique = pl.col("unique") if "unique" in measured.columns else pl.lit(None, pl.Float64)
    unreadable = pl.col("unreadable").fill_null(0) if "unreadable" in measured.columns else pl.lit(0)
    values = pl.col("filled") + unreadable
    # a source does not say of whom these columns are due
    due = pl.concat_str("table", pl.lit("."), "column").is_in([".".join(one) for one in DUE])
    shares = measured.join(
        want.with_columns(needed=pl.lit(value=True)), on=["table", "column"], how="left"
    ).with_columns(
        as_of=pl.lit(as_of),
        needed=pl.col("needed").fill_null(value=False) & ~(due & (pl.col("scope") == "source")),
        completeness=pl.when(pl.col("rows") > 0, pl.col("column") != EVERY).then(values / pl.col("rows")),
        validity=pl.when(values > 0).then((pl.col("filled") - pl.col("implausible").fill_null(0)) / values),
        uniqueness=unique,
        zero_share=pl.when(pl.col("filled") > 0).then(pl.col("zeros") / pl.col("filled")),
        lag_days=pl.when((pl.col("scope") == "all") | ((pl.col("scope") == "branch") & monthly)).then(lag),
        drift=pl.Series([None if value is None else band(value) for value in measured["psi"]], dtype=pl.String),
    )
    faults = [
        pl.when("needed").then(1 - pl.col("completeness")),
        1 - pl.col("validity"),
        1 - pl.col("uniqueness"),
        pl.col("psi").clip(upper_bound=1.0),
        (pl.col("lag_days") / 31).clip(upper_bound=1.0),
    ]
    flawed = shares.with_columns(
        flaw=pl.when(pl.col("rows") >= least).then(pl.max_horizontal(faults)).otherwise(0.0).fill_null(0.0)
    )
    names = [one.name for one in contract("quality_profile").columns()]
    return flawed.select(names).sort("flaw", "table", "column", "scope", "name", descending=[True, *[False] * 4])


def _headlines(whole: pl.DataFrame, least: int) -> dict[str, Any]:
    """The worst value of each measure, and where the worst stand."""
    judged = whole.filter(pl.col("rows") >= least)
    worst = {}
    for measure, more in MEASURES.items():
        rows = judged.filter(pl.col(measure).is_not_null(), pl.col("needed") | (pl.lit(measure) != "completeness"))
        order = rows.sort(measure, "table", "column", "scope", "name", descending=[more, *[False] * 4]).head(_LISTED)
        places = order.select("table", "column", "scope", "name", "rows", value=measure)
        worst[measure] = places.to_dicts()
    return {**{name: found[0]["value"] if found else None for name, found in worst.items()}, "worst": worst}


def _missing(
    tables: Mapping[str, pl.LazyFrame],
    branches: pl.LazyFrame,
    needed: set[tuple[str, str]],
    whole: pl.DataFrame,
    as_of: date,
) -> pl.LazyFrame:
    """Living customers by attribute that should be known, is known of some, and is not of them."""
    given = whole.filter(pl.col("completeness") > 0, table="customers", scope="all")["column"].to_list()
    names = [name for table, name in sorted(needed) if table == "customers" and name in given]
    alive = tables["customer_months"].filter(pl.col("month") == as_of, "active").select("customer_id")
    people = tables["customers"].join(alive, on="customer_id", how="semi").join(branches, on="customer_id", how="left")
    about = [pl.col("customer_id"), pl.col("manager_id"), pl.col(BRANCH).alias("branch"), pl.col("customer_class")]
    parts = [people.filter(_lacks(name)).select(*about, attribute=pl.lit(name), as_of=pl.lit(as_of)) for name in names]
    empty = people.head(0).select(*about, attribute=pl.lit(""), as_of=pl.lit(as_of))
    return pl.concat([empty, *parts])


def _lacks(name: str) -> pl.Expr:
    lacking = pl.col(name).is_null()
    return lacking & DUE["customers", name] if ("customers", name) in DUE else lacking


def _notices(whole: pl.DataFrame) -> Iterator[Notice]:
    all_ = whole.filter(scope="all")
    given = pl.col("table") != "customer_months"
    zero = all_.filter(given, pl.col("zero_share") >= _ZERO_FILLED, pl.col("completeness") == 1).sort("table", "column")
    if zero.height:
        names = ", ".join(f"{table}.{column}" for table, column in zero.select("table", "column").rows())
        yield Notice(
            "zero-filled",
            "Nearly every value is 0 and none is missing: {columns}. What was not known may have been filled with 0.",
            {"columns": names},
        )
    shifted = all_.filter(drift="shifted").sort("psi", descending=True)
    if shifted.height:
        names = ", ".join(f"{row['table']}.{row['column']}" for row in shifted.head(8).iter_rows(named=True))
        yield Notice(
            "drift-shifted",
            "{count} columns are distributed otherwise than in the month before (PSI over 0.25): {columns}.",
            {"count": shifted.height, "columns": names},
        )
