"""Key figures by branch and by segment, crossed: what the page's filters choose from, without what few make up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from telcli.figures.base import Figures
from telcli.figures.cubed import cubed
from telcli.tables.metric_dictionary import UNKNOWN, Metric, metrics

__all__ = ["MONTHS", "MOST", "OTHER", "PLACES", "TEXTS", "place_of", "placed", "put_slices", "slices"]

PLACES = ("branch", "region")
MONTHS, MOST = 12, 40
OTHER, _ALL, _POOL = "other", "", "-"
"""The branches beyond the largest; every group; who left in the month, who belongs to no group of it."""
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


@dataclass(frozen=True)
class Groups:
    """Who belongs where: a row per customer with `place` and `segment` as text, null where it is not known.

    `by` are those of the two that there are; `since` is the first month of which it is known what segment those were in
    who have left by now; `named` are the segments by number, with their names in English and Chinese.
    """

    people: pl.LazyFrame
    by: tuple[str, ...]
    since: date
    named: Mapping[str, tuple[str, str]]


def place_of(customers: pl.LazyFrame) -> tuple[str, pl.Expr, int, int] | None:
    """The column of the branch, what is shown of it, how many there are, and how many of them are told together.

    With more than `MOST` branches regions stand for them where there are fewer of those, else the largest are shown.

    >>> place_of(pl.LazyFrame({"customer_id": ["a", "b"], "branch": ["N", None]}))[0::2]
    ('branch', 1)
    >>> place_of(pl.LazyFrame({"customer_id": ["a"], "branch": [None]})) is None
    True
    """
    have = customers.collect_schema().names()
    sizes = {name: _sizes(customers, name) for name in PLACES if name in have}
    known = {name: found for name, found in sizes.items() if found}
    if not known:
        return None
    name = next((name for name, found in known.items() if len(found) <= MOST), next(iter(known)))
    largest = [one for one, _ in known[name]][: MOST if len(known[name]) <= MOST else MOST - 1]
    rest = len(known[name]) - len(largest)
    text = pl.col(name).cast(pl.String)
    shown = pl.when(text.is_null() | text.is_in(largest)).then(text).otherwise(pl.lit(OTHER)) if rest else text
    return name, shown, len(known[name]), rest


def _sizes(customers: pl.LazyFrame, name: str) -> list[tuple[str, int]]:
    """Groups of a column and how many are in each, the largest first."""
    text = pl.col(name).cast(pl.String)
    found = customers.filter(text.is_not_null()).group_by(text.alias("group")).agg(pl.len().alias("people"))
    return found.sort(["people", "group"], descending=[True, False]).collect(engine="streaming").rows()


def put_slices(
    figures: Figures, tables: Mapping[str, pl.LazyFrame], lines: pl.DataFrame, as_of: date, least: int
) -> list[dict[str, Any]]:
    """Put the blocks slices (a row per choice), slice_months (its last months) and slice_about; none without groups.

    The rows of choices that were put are given back.
    """
    place = place_of(tables["customers"]) if "customers" in tables else None
    groups = _groups(tables, place[1] if place else None, as_of)
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


def placed(lines: pl.DataFrame, tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Customers with their `place`, as the slices show it; as they are where no place is known.

    >>> people = pl.DataFrame({"customer_id": ["a"]})
    >>> placed(people, {"customers": people.lazy().with_columns(branch=pl.lit("N"))})["place"].item()
    'N'
    """
    place = place_of(tables["customers"]) if "customers" in tables else None
    if place is None:
        return lines
    held = tables["customers"].filter(pl.col("customer_id").is_in(lines["customer_id"].implode()))
    told = held.select("customer_id", place=place[1]).collect(engine="streaming")
    return lines.join(told, on="customer_id", how="left", maintain_order="left")


def _groups(tables: Mapping[str, pl.LazyFrame], place: pl.Expr | None, as_of: date) -> Groups:
    """Customers' places as the customers table tells them, and their segments of now, or as they were last known."""
    none = pl.lit(None, pl.String)
    people = tables["customers"].select("customer_id", place=place) if place is not None else None
    start = as_of.replace(year=as_of.year - 1)
    if "segments" not in tables:
        empty = tables["customer_months"].select("customer_id", place=none).head(0) if people is None else people
        return Groups(empty.with_columns(segment=none), ("place",) if place is not None else (), start, {})
    columns = ("customer_id", "segment", "segment_name", "segment_name_zh")
    now, before = tables["segments"].select(columns), tables.get("segments_before")
    known = now
    since = as_of
    if before is not None:
        month = before.select(pl.col("month").max()).collect().item()
        since = max(month, start) if month else as_of
        known = pl.concat([now, before.select(columns)]).unique("customer_id", keep="first", maintain_order=True)
    held = known.select("customer_id", segment=pl.col("segment").cast(pl.String))
    names = now.select("segment", "segment_name", "segment_name_zh").unique("segment").sort("segment").collect()
    named = {str(number): (name, zh or name) for number, name, zh in names.iter_rows() if number is not None}
    if people is None:
        return Groups(held.with_columns(place=none), ("segment",), since, named)
    return Groups(people.join(held, on="customer_id", how="left"), ("place", "segment"), since, named)


def slices(
    customer_months: pl.LazyFrame, groups: Groups, lines: pl.DataFrame, as_of: date, least: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Figures of each choice of a place (or all) and a segment (or all): of this month, and of the months up to it.

    Customers are those live at the end of a month, in the groups that they belong to now or did when they left. What
    who left in a month were billed stands in the revenue of all alone. `left` and `churn_rate` (those over the
    customers that there were at the start of each month) are of all months after `since`. Chances are of those whom
    nothing says to have left. What fewer than `least` make up is not there, nor what would give it away: of a choice's
    ``small_`` marks, those of what is hidden are 1.

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
        if key in back and "customers" in row
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
    """A row per customer who was there at the start of a month after `since`, or left in one; sums over the months."""
    held = customer_months.select("customer_id", "month", "active", "left")
    before = held.select("customer_id", pl.col("month").dt.offset_by("1mo"), before=pl.col("active").cast(pl.Float64))
    counted = held.with_columns(gone=pl.col("left").cast(pl.Float64)).filter(
        pl.col("month").is_between(groups.since, as_of, closed="right")
    )
    joined = counted.join(before, on=["customer_id", "month"], how="left")
    summed = joined.group_by("customer_id").agg(pl.col("gone", "before").sum())
    rows = summed.filter((pl.col("gone") > 0) | (pl.col("before") > 0))
    return rows.join(groups.people, on="customer_id", how="left").with_columns(month=pl.lit(as_of))


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
    for by in _choices(groups.by):
        asked = rows.filter(pl.col("month") >= groups.since) if "segment" in by else rows
        for row in cubed(asked, list(wanted.values()), by, least).to_dicts():
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
