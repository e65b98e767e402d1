"""``diff``: what changed in the base from the end of one month to the end of another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from telcli.errors import Notice
from telcli.features import base
from telcli.features.lifecycle import LifecycleRules
from telcli.features.month_index import end_of_month
from telcli.intake.history import as_it_stood
from telcli.settings import SegmentSettings
from telcli.stages import Inputs, Outcome

__all__ = ["COLUMNS", "KINDS", "diff"]

MOVES = ("joined", "returned", "left")
ATTRIBUTES = ("customer_class", "region", "branch", "manager_id", "star_level", "churned")
KINDS = (*MOVES, "line", "plan_id", "lifecycle_stage", *ATTRIBUTES)
"""What a row of changes may tell of."""
COLUMNS = ("customer_id", "what", "before", "after", "subscription_id")
_UNKNOWN = "unknown"
_MOST = 20
"""The most ways from one value to another that the metrics name of each attribute."""

Tables = Mapping[str, pl.LazyFrame]


def diff(inputs: Inputs, settings: SegmentSettings) -> Outcome:  # noqa: D417 (numpy sections)
    """Compare the base at the end of two months.

    A customer belongs to it who is active at the end of the month in customer_months. One who does and did not has
    joined, or has returned, where an earlier month knew the customer; one who did and does not has left. Of those who
    stayed, what is on record then and now is compared: the class and the like by the validity of their rows, the stage
    of life by segments where both months have them, else by the rules of `segment`; one that is not known in either
    month has not changed.

    Parameters
    ----------
    inputs : `as_of` is the later month, ``from`` of `choices` the earlier one, ``own`` further attributes of customers;
        customer_months with every month up to
        the later one, and, where they are, customers, subscriptions, their histories, bills and segments.
    settings : thresholds of the stages of life.

    Returns
    -------
    Outcome
        The table ``changes`` has a row per change, `COLUMNS`; of customers who joined, returned or left, before and
        after are their stage; of lines taken, given up or moved, where those were. Metrics: counts, revenue of either
        month by kind of change, and `moves`, how many went from which value to which.

    >>> months = pl.LazyFrame({"customer_id": ["a", "b"], "month": [date(2024, 5, 1), date(2024, 6, 1)],
    ...     "active": [True] * 2, "left": [False] * 2, "revenue": [5.0, 7.0], "tenure_months": [9.0, 0.0],
    ...     "active_days": [1.0] * 2, "months_since_use": [0.0] * 2})
    >>> told = Inputs({"customer_months": months}, date(2024, 6, 1), choices={"from": date(2024, 5, 1)})
    >>> diff(told, SegmentSettings()).tables["changes"].select("customer_id", "what").collect().rows()
    [('a', 'left'), ('b', 'joined')]
    """
    before, after = inputs.choices["from"], inputs.as_of or inputs.choices["from"]
    tables = inputs.tables
    standing = {month: _standing(tables, "customers", month) for month in (before, after)}
    people = _people(tables, standing, before, after)
    stages = _stages(tables, (before, after), LifecycleRules.of(settings))
    stayed = people.filter(pl.col("move") == "stayed").select("customer_id")
    was, now = (stage.filter(pl.col("lifecycle_stage") != _UNKNOWN) for stage in stages)
    found = [_moved(people, stages), _compared(stayed, was, now, "lifecycle_stage")]
    unknown: list[str] = []
    one, other = (standing[month].collect(engine="streaming") for month in (before, after))
    own = tuple(inputs.choices.get("own", ()))
    for name in (*ATTRIBUTES, *own):
        was, now = _known(one, name), _known(other, name)
        if was.height and now.height:
            found.append(_compared(stayed, was, now, name))
        elif was.height or now.height:
            unknown.append(name)
    found += [_plans(tables, stayed, before, after), _lines(tables, stayed, before, after)]
    changes = pl.concat(found).sort("customer_id", "what", "subscription_id", nulls_last=False)
    metrics = {"from": f"{before:%Y-%m}", "to": f"{after:%Y-%m}", **_metrics(tables, people, changes, before, after)}
    notices = _doubts(tables, metrics, unknown, one, other, before)
    return Outcome({"changes": changes.lazy()}, metrics, tuple(notices), as_of=after)


def _standing(tables: Tables, table: str, month: date) -> pl.LazyFrame:
    """The rows of a state table as they stood at the end of a month; none where there is no such table."""
    if table not in tables:
        return pl.LazyFrame(schema={"customer_id": pl.String, "subscription_id": pl.String})
    return as_it_stood(tables[table], tables.get(f"{table.removesuffix('s')}_history"), month)


def _people(tables: Tables, standing: Mapping[date, pl.LazyFrame], before: date, after: date) -> pl.DataFrame:
    """One row per customer of either month: how they moved, and their revenue then and now."""
    was, now = (base.members(tables, standing[month], month) for month in (before, after))
    money = base.revenue(tables, was, before).rename({"revenue": "revenue_before"})
    later = base.revenue(tables, now, after).rename({"revenue": "revenue_after"})
    ids = pl.concat([frame.select("customer_id") for frame in (was, now, money, later)]).unique()
    known = base.returning(tables, min(before, after))
    rows = (
        ids.join(was.with_columns(_was=True), on="customer_id", how="left")
        .join(now.with_columns(_now=True), on="customer_id", how="left")
        .join(known.with_columns(_known=True), on="customer_id", how="left")
        .join(money, on="customer_id", how="left")
        .join(later, on="customer_id", how="left")
        .with_columns(pl.col("_was", "_now", "_known").fill_null(value=False))
    )
    came = pl.when("_known").then(pl.lit("returned")).otherwise(pl.lit("joined"))
    move = (
        pl.when(pl.col("_was") & pl.col("_now"))
        .then(pl.lit("stayed"))
        .when("_now")
        .then(came)
        .when("_was")
        .then(pl.lit("left"))
        .otherwise(pl.lit("outside"))
    )
    return rows.select("customer_id", "revenue_before", "revenue_after", move=move).sort("customer_id")


def _stages(tables: Tables, months: tuple[date, date], rules: LifecycleRules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The stage of life in either month: by the segments of both, else by the rules."""
    held = tables.get("segments")
    if held is not None:
        rows = held.select("customer_id", "as_of", "lifecycle_stage").collect(engine="streaming")
        if set(months) <= set(rows["as_of"]):
            one, other = (rows.filter(pl.col("as_of") == month).drop("as_of") for month in months)
            return one, other
    return base.stages(tables, months[0], rules), base.stages(tables, months[1], rules)


def _known(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """What is on record of one attribute; nothing where it is not known of anybody."""
    if name not in frame.columns or frame[name].is_null().all():
        return pl.DataFrame(schema={"customer_id": pl.String, name: pl.String})
    return frame.select("customer_id", name)


def _moved(people: pl.DataFrame, stages: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """Who joined, returned and left, with the stage on the side on which they were customers."""
    rows = people.filter(pl.col("move").is_in(MOVES)).select("customer_id", what="move")
    then, now = (
        frame.rename({"lifecycle_stage": name}) for frame, name in zip(stages, ("before", "after"), strict=True)
    )
    told = rows.join(then, on="customer_id", how="left").join(now, on="customer_id", how="left")
    gone = pl.col("what") == "left"
    before, after = pl.when(gone).then("before"), pl.when(~gone).then("after")
    return _rows(told.with_columns(before=before, after=after))


def _compared(stayed: pl.DataFrame, one: pl.DataFrame, other: pl.DataFrame, name: str) -> pl.DataFrame:
    """Rows of those whose attribute is another one now, given what was known of it then and now."""
    then, now = one.rename({name: "before"}), other.rename({name: "after"})
    both = stayed.join(then, on="customer_id").join(now, on="customer_id")
    return _rows(both.filter(pl.col("before").ne_missing(pl.col("after"))).with_columns(what=pl.lit(name)))


def _plans(tables: Tables, stayed: pl.DataFrame, before: date, after: date) -> pl.DataFrame:
    """Rows of lines that those who stayed hold and held, and that have another plan now."""
    sides = []
    for month, side in ((before, "before"), (after, "after")):
        lines = _standing(tables, "subscriptions", month)
        if "plan_id" not in lines.collect_schema():
            return _rows(pl.DataFrame(schema={"customer_id": pl.String, "what": pl.String}))
        sides.append(lines.select("customer_id", "subscription_id", pl.col("plan_id").alias(side)).drop_nulls())
    both = sides[0].drop("customer_id").join(sides[1], on="subscription_id")
    differing = both.filter(pl.col("before") != pl.col("after")).with_columns(what=pl.lit("plan_id"))
    return _rows(differing.collect(engine="streaming").join(stayed, on="customer_id", how="semi"))


def _lines(tables: Tables, stayed: pl.DataFrame, before: date, after: date) -> pl.DataFrame:
    """Rows of lines that those who stayed took or gave up, ``held`` on one side, or that were ``elsewhere`` on one.

    A line that is first on record in the later month, and was there before by its own date, is no new one.
    """
    none = _rows(pl.DataFrame(schema={"customer_id": pl.String, "what": pl.String}))
    then, now = (_held_lines(tables, month) for month in (before, after))
    if not then.height or not now.height:
        return none
    both = then.join(now, on="subscription_id", how="full", suffix="_now", coalesce=True)
    late, since = ("customer_id", "activated_on_now") if before < after else ("customer_id_now", "activated_on")
    seen_late = pl.col(late).is_null() & (pl.col(since) <= end_of_month(min(before, after))).fill_null(value=False)
    moved = both.filter(pl.col("customer_id").ne_missing(pl.col("customer_id_now")), ~seen_late)
    of_then = moved.select("subscription_id", "customer_id", before=pl.lit("held"), after=_elsewhere("customer_id_now"))
    of_now = moved.select(
        "subscription_id", customer_id="customer_id_now", before=_elsewhere("customer_id"), after=pl.lit("held")
    )
    told = pl.concat([of_then, of_now]).drop_nulls("customer_id").with_columns(what=pl.lit("line"))
    return _rows(told.join(stayed, on="customer_id", how="semi"))


def _elsewhere(name: str) -> pl.Expr:
    return pl.when(pl.col(name).is_not_null()).then(pl.lit("elsewhere"))


def _held_lines(tables: Tables, month: date) -> pl.DataFrame:
    """The lines that stood at the end of a month and had not ended, each with its customer and its first day."""
    lines = _standing(tables, "subscriptions", month)
    have = lines.collect_schema()
    days = [
        (pl.col(name) if name in have else pl.lit(None)).cast(pl.Date).alias(name)
        for name in ("activated_on", "ended_on")
    ]
    held = lines.select("subscription_id", "customer_id", *days).filter(
        (pl.col("ended_on").is_null() | (pl.col("ended_on") > end_of_month(month))),
        (pl.col("activated_on").is_null() | (pl.col("activated_on") <= end_of_month(month))),
    )
    return held.drop("ended_on").drop_nulls(["subscription_id", "customer_id"]).collect(engine="streaming")


def _rows(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of changes, as text."""
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    return frame.with_columns(absent).select(pl.col(name).cast(pl.String) for name in COLUMNS)


def _metrics(tables: Tables, people: pl.DataFrame, changes: pl.DataFrame, before: date, after: date) -> dict[str, Any]:
    """Counts and money, by kind of change."""
    counts = dict(people.group_by("move").len().iter_rows())
    inside = people.filter(pl.col("move") != "outside").select("customer_id")
    passed = base.seen_between(tables, *sorted((before, after))).join(inside, on="customer_id", how="anti")
    known = {side: bool(people[side].count()) for side in ("revenue_before", "revenue_after")}
    stayed = counts.get("stayed", 0)
    groups = [(move, people.filter(pl.col("move") == move)) for move in (*MOVES, "stayed", "outside")]
    told = changes.filter(~pl.col("what").is_in(MOVES)).select("what", "customer_id").unique()
    kinds = [name for name in (*KINDS, *sorted(set(told["what"]) - set(KINDS))) if name in set(told["what"])]
    groups += [(name, people.join(told.filter(pl.col("what") == name), on="customer_id", how="semi")) for name in kinds]
    return {
        "customers_before": stayed + counts.get("left", 0),
        "customers_after": stayed + counts.get("joined", 0) + counts.get("returned", 0),
        **{move: counts.get(move, 0) for move in (*MOVES, "stayed")},
        "passed_through": passed.height,
        **_money(people, known),
        "changes": [{"what": name, "customers": part.height, **_money(part, known)} for name, part in groups],
        "moves": _moves(changes),
    }


def _money(people: pl.DataFrame, known: Mapping[str, bool]) -> dict[str, float | None]:
    """Revenue of either month and the difference; null where nobody's is known."""
    then, now = (base.total(people, side) if known[side] else None for side in ("revenue_before", "revenue_after"))
    effect = None if then is None or now is None else round(now - then, 4)
    return {"revenue_before": then, "revenue_after": now, "revenue_effect": effect}


def _moves(changes: pl.DataFrame) -> list[dict[str, Any]]:
    """How many customers went from which value to which, of each attribute the most frequent ways first."""
    ways = changes.group_by("what", "before", "after").agg(customers=pl.col("customer_id").n_unique())
    ranked = ways.sort("what", "customers", "before", "after", descending=[False, True, False, False])
    return ranked.group_by("what", maintain_order=True).head(_MOST).rows(named=True)


def _doubts(
    tables: Tables,
    metrics: Mapping[str, Any],
    unknown: list[str],
    one: pl.DataFrame,
    other: pl.DataFrame,
    before: date,
) -> list[Notice]:
    """What could not be compared, and why."""
    notices = []
    recorded = "subscriptions" in tables or any(_known(other, name).height for name in ATTRIBUTES)
    if recorded and not one.height:
        first = tables["customers"].select(pl.col("valid_from").min()).collect().item()
        notices.append(
            Notice(
                "diff-states-unknown",
                "Plans, classes and the like of {month} are not known: customers and lines are held as they are from "
                "{first} on, the month of their load; so those are not compared.",
                {"month": f"{before:%Y-%m}", "first": f"{first:%Y-%m}"},
            )
        )
    elif unknown:
        notices.append(
            Notice(
                "diff-unknown",
                "Not compared, since only one of the months knows it: {columns}.",
                {"columns": ", ".join(unknown)},
            )
        )
    if metrics["revenue_effect"] is None:
        notices.append(
            Notice("diff-no-revenue", "Bills of both months are not there, so what it is worth cannot be told.")
        )
    return notices
