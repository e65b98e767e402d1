"""Key figures by branch and by segment, crossed: what the page's filters choose from, without what few make up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from telcli.figures.base import Figures
from telcli.figures.cubed import folded, summed, told
from telcli.figures.slice_groups import OTHER, Groups, groups_of, place_of
from telcli.tables.metric_dictionary import UNKNOWN, Metric, metrics

__all__ = ["TEXTS", "put_slices", "slices"]

_ALL, _POOL = "", "-"
"""Every group; those who belong to no group: who left in the month, who joined after `Groups.since`."""
TEXTS = ("place", "name")
_SEEN = {"customers", "small_customers"}
Key = tuple[str, str]
Found = dict[tuple[date, Key], dict[str, float]]

_LIVE, _BILLED = ({name: metrics()[name]} for name in ("customers", "revenue"))
_GONE = {
    "left": Metric("left", "", "", "customers", "customer_months", "gone"),
    "churn_rate": Metric("churn_rate", "", "", "share", "customer_months", "gone", "before"),
}
_RISK = {
    "churn_probability": Metric("churn_probability", "", "", "share", "churn_scores", "chance", "scored"),
    "high_risk": Metric("high_risk", "", "", "customers", "churn_scores", "high"),
    "scored": Metric("scored", "", "", "customers", "churn_scores", "scored"),
    "at_risk_value": Metric("at_risk_value", "", "", "currency", "churn_scores", "loss"),
}
"""Who left and who is at high risk are counted as amounts: a few of them are hidden in a group of any size."""


def put_slices(
    figures: Figures, tables: Mapping[str, pl.LazyFrame], lines: pl.DataFrame, as_of: date, least: int
) -> list[dict[str, Any]]:
    """Put the blocks slices (a row per choice), slice_months (its last months) and slice_about; none without groups.

    The rows of choices that were put are given back.
    """
    place = place_of(tables["customers"]) if "customers" in tables else None
    groups = groups_of(tables, place[1] if place else None, as_of)
    if not groups.by:
        return []
    rows, months = slices(tables["customer_months"], groups, lines, as_of, least)
    if len(rows) < 3 or rows[0].get("customers", 0) < least:  # one group is the whole; of few nothing is told
        return []
    figures.block("slices", rows, TEXTS)
    figures.block("slice_months", months)
    about: dict[str, Any] = {"place": place[0], "groups": place[2], "rest": place[3]} if place else {}
    about |= {"since": f"{groups.since:%Y-%m}", "small_cell": least}
    figures.block("slice_about", [about], ("place", "since"))
    return rows


def slices(
    customer_months: pl.LazyFrame, groups: Groups, lines: pl.DataFrame, as_of: date, least: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Figures of each choice of a place (or all) and a segment (or all): of this month, and of the months up to it.

    Customers are those live at the end of a month, in the groups that they belong to now or did when they left. What
    who left in a month were billed stands in the revenue of all alone. `left` and `churn_rate` (those over the
    customers that there were at the start of each month) are of all months after `since`, by segment as of then: who
    was no customer then is in no segment's. Chances are of those whom nothing says to have left. What fewer than
    `least` make up is not there, nor what would give it away, such as the months of a choice that too few left: of a
    choice's ``small_`` marks, those of what is hidden are 1.

    Returns
    -------
    Rows of choices, all first, then places, then segments, then both; and rows of `slice` (their number, from 1),
    `back` (months before this one), customers and revenue.
    """
    flat = lines["gone"].any()
    months = customer_months.filter(
        pl.col("month").is_between(as_of.replace(year=as_of.year - 1), as_of, closed="right")
    )
    left = _labelled(lines, groups, as_of) if flat else _left(customer_months, groups, as_of)
    rows_of = _live(months, groups)
    live = _every(rows_of.filter("active"), _LIVE, groups, least)
    for at, billed in _every(rows_of, _BILLED, groups, least).items():
        live.setdefault(at, {}).update(billed)
    risk = _every(_scored(lines, groups, as_of), _RISK, groups, least)
    gone = _every(left, _GONE, groups, least)
    lost = {} if flat else _every(left.with_columns(segment="now"), _GONE, groups, least)
    now = {key: row for (month, key), row in live.items() if month == as_of and not row.keys().isdisjoint(_SEEN)}
    order = sorted(now, key=lambda key: (bool(key[0]) + 2 * bool(key[1]), _place(key[0]), _last(key[1])))
    rows = []
    for key in order:
        numbers = _shown(now[key], gone.get((as_of, key), {}), risk.get((as_of, key), {}))
        name, zh = groups.named.get(key[1], (key[1], key[1]))
        rows.append({"place": key[0], "segment": _number(key[1]), "name": name, "name_zh": zh, **numbers})
    back = {key: at for at, key in enumerate(order, 1)}
    series = [
        {
            "slice": back[key],
            "back": _apart(month, as_of),
            "customers": row["customers"],
            "revenue": _kept(row, "revenue"),
        }
        for (month, key), row in sorted(live.items())
        if key in back and "customers" in row and not _betrays(key, gone, lost, as_of)
    ]
    return rows, sorted(series, key=lambda row: (row["slice"], -row["back"]))


def _live(months: pl.LazyFrame, groups: Groups) -> pl.LazyFrame:
    """Rows of the months: who is live in their groups, who left in a pool of their own."""
    held = months.select("customer_id", "month", active=pl.col("active").fill_null(value=False), revenue="revenue")
    pooled = [
        pl.when("active").then(pl.col(name).fill_null(UNKNOWN)).otherwise(pl.lit(_POOL)).alias(name)
        for name in ("place", "segment")
    ]
    return held.join(groups.people, on="customer_id", how="left").with_columns(pooled)


def _left(customer_months: pl.LazyFrame, groups: Groups, as_of: date) -> pl.LazyFrame:
    """A row per customer who was there at the start of a month after `since`, or left in one; sums over the months.

    `segment` is that of the start, for who left and who stayed alike; `now` is the one that their lines stand in.
    """
    at = pl.col("month")
    months = pl.date_range(groups.since, as_of, "1mo", eager=True).to_list()
    cells = [pl.when(at == month).then("active").max().alias(f"active_{back}") for back, month in enumerate(months)]
    known = [(at == month).any().alias(f"known_{back}") for back, month in enumerate(months)]
    within = customer_months.filter(at.is_between(groups.since, as_of)).group_by("customer_id")
    picked = within.agg(*cells, *known, gone=pl.when(at > groups.since).then(pl.col("left").cast(pl.Float64)).sum())
    # of a month in which there is a row of a customer: whether she was there at the end of the one before
    begun = [
        pl.col(f"known_{back}") & pl.col(f"active_{back - 1}").fill_null(value=False) for back in range(1, len(months))
    ]
    summed = picked.select(
        "customer_id",
        "gone",
        before=pl.sum_horizontal(pl.lit(0.0), *(each.cast(pl.Float64) for each in begun)),
        there=begun[0] if begun else pl.lit(value=False),
    )
    rows = summed.filter((pl.col("gone") > 0) | (pl.col("before") > 0))
    told = rows.join(groups.people, on="customer_id", how="left").with_columns(month=pl.lit(as_of), now="segment")
    start = pl.when(pl.col("then").is_null() & ~pl.col("there")).then(pl.lit(_POOL)).otherwise("then")
    return told.with_columns(segment=start)


def _betrays(key: Key, gone: Found, lost: Found, as_of: date) -> bool:
    """Whether the months of a choice, by what they lose from one to the next, tell a number of leavers that is hidden.

    `gone` is by segment as of then, as leavers are shown; `lost` is by the groups of the lines, which stay the same.
    """
    return any("small_left" in found.get((as_of, key), {}) for found in (gone, lost))


def _labelled(lines: pl.DataFrame, groups: Groups, as_of: date) -> pl.LazyFrame:
    """Of a flat table, all customers, and who is labelled as having left."""
    rows = lines.lazy().select("customer_id", gone=pl.col("gone").cast(pl.Float64), before=pl.lit(1.0))
    return rows.join(groups.people, on="customer_id", how="left").with_columns(month=pl.lit(as_of))


def _scored(lines: pl.DataFrame, groups: Groups, as_of: date) -> pl.LazyFrame:
    """Those whom nothing says to have left and whose chance of leaving is known."""
    rows = lines.lazy().filter(~pl.col("gone") & pl.col("churn_probability").is_not_null())
    rows = rows.select(
        "customer_id",
        chance="churn_probability",
        scored=pl.lit(1.0),
        high=(pl.col("risk_band") == "high").cast(pl.Float64),
        loss="at_risk_value",
    )
    return rows.join(groups.people, on="customer_id", how="left").with_columns(month=pl.lit(as_of))


def _every(rows: pl.LazyFrame, wanted: Mapping[str, Metric], groups: Groups, least: int) -> Found:
    """Metrics of each month and choice; by segment, of the months of which it is known who was in them."""
    found: Found = {}
    sums = summed(rows, list(wanted.values()), groups.by)
    for by in _choices(groups.by):
        made = told(folded(sums, by), least)
        for row in (made.filter(pl.col("month") >= groups.since) if "segment" in by else made).to_dicts():
            key = (row.get("place", _ALL), row.get("segment", _ALL))
            if _POOL not in key:
                gone = {f"small_{name}": 1.0 for name in row["hidden"].split(",") if name}
                found[row["month"], key] = gone | {name: row[name] for name in wanted if row[name] is not None}
    return found


def _choices(by: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Nothing, each dimension alone, and all of them."""
    yield ()
    yield from ((name,) for name in by)
    if len(by) > 1:
        yield tuple(by)


def _shown(now: Mapping[str, float], gone: Mapping[str, float], risk: Mapping[str, float]) -> dict[str, float]:
    """The figures of one choice: a share or a mean is hidden with what it is made of."""
    told = {**now, **gone, **risk}
    if "small_customers" in told and told.pop("revenue", None) is not None:
        told["small_revenue"] = 1.0
    _ratio(told, "revenue_per_customer", "revenue", "customers")
    _ratio(told, "high_risk_share", "high_risk", "scored")
    if "small_left" in told or "left" not in told:
        told.pop("churn_rate", None)
        told |= {"small_churn_rate": 1.0} if "small_left" in told else {}
    kept = {"customers", "revenue", "revenue_per_customer", "left", "churn_rate"}
    kept |= {"churn_probability", "high_risk", "high_risk_share", "at_risk_value"}
    return {name: number for name, number in told.items() if name.removeprefix("small_") in kept}


def _kept(told: Mapping[str, float], name: str) -> float | None:
    return None if f"small_{name}" in told or "small_customers" in told else told.get(name)


def _ratio(told: dict[str, float], name: str, above: str, below: str) -> None:
    if f"small_{above}" in told or f"small_{below}" in told:
        told[f"small_{name}"] = 1.0
    elif told.get(below) and above in told:
        told[name] = told[above] / told[below]


def _apart(month: date, as_of: date) -> int:
    return (as_of.year - month.year) * 12 + as_of.month - month.month


def _place(name: str) -> tuple[bool, str]:
    """Places by name, those that are told together or not known last."""
    return name in (OTHER, UNKNOWN), name


def _last(segment: str) -> int:
    """Segments by number, those whose segment is not known last."""
    return 10**9 if segment == UNKNOWN else int(segment or 0)


def _number(segment: str) -> int | None:
    """The number of a segment; -1 where it is not known, None where all are meant."""
    return (-1 if segment == UNKNOWN else int(segment)) if segment else None
