"""What explains an alert: known causes in the data or a file; and which alerts somebody has seen to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from telcli.errors import DataError, Notice
from telcli.features.headed import places_of
from telcli.features.held_then import held_then
from telcli.features.month_index import add_months, end_of_month
from telcli.tables import contract

__all__ = ["acknowledged", "explained", "file_causes", "unknown_metrics"]

_ANY = ("*", "")
_HEADERS = {
    "entity": ("entity", "对象", "客户编号", "customer_id"),
    "metric": ("metric", "指标"),
    "from": ("from", "since", "开始", "起始日期"),
    "to": ("to", "until", "结束", "截止日期"),
    "reason": ("reason", "原因", "说明", "by"),
}
_NO_ROWS = {"entity": pl.String, "metric": pl.String, "first": pl.Date, "last": pl.Date, "reason": pl.String}
_NO_ROWS |= {"file": pl.String, "line": pl.Int64}
_HALF = 0.5
_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y-%m", "%Y/%m", "%Y%m")


def file_causes(given: Mapping[str, Any] | None) -> pl.DataFrame:
    """Rows of a file of known causes, or of alerts seen to; `*` or nothing is any.

    They have entity, metric, first, last and reason, and the file and line that they come from.

    `given` has ``file``, ``columns``, ``cells`` and ``lines``, as the pipeline read it.

    Raises
    ------
    DataError
        It has no column entity, a date that is none, or one to which it goes before that from which; the sentence
        names the lines.
    """
    if given is None or not given["cells"]:  # a list in which nothing stands yet
        return pl.DataFrame(schema=_NO_ROWS)
    at = places_of(given["columns"], _HEADERS)
    if at["entity"] is None:
        raise DataError(
            "known-columns",
            "{file} has no column entity.",
            hint="Its columns are entity, metric, from, to, reason; entity and metric may be *.",
            file=given["file"],
        )
    rows, wrong, turned = [], [], []
    for line, cells in zip(given["lines"], given["cells"], strict=True):
        cell = {name: _text(cells[place]) if place is not None else "" for name, place in at.items()}
        days = [_day(cell["from"], last=False), _day(cell["to"], last=True)]
        if (cell["from"] and days[0] is None) or (cell["to"] and days[1] is None):
            wrong.append(str(line))
        elif days[0] and days[1] and days[0] > days[1]:
            turned.append(str(line))
        rows.append((cell["entity"], cell["metric"], *days, cell["reason"], given["file"], line))
    _refuse(given["file"], wrong, turned)
    return pl.DataFrame(rows, schema=_NO_ROWS, orient="row")


def _refuse(file: str, wrong: list[str], turned: list[str]) -> None:
    """Lines whose dates cannot be meant are told, since what they hold would never hold."""
    if wrong:
        raise DataError(
            "known-days",
            "{file}: {count} lines have a date that is none: {lines}.",
            hint="Write dates as 2024-06-01 or months as 2024-06.",
            file=file,
            count=len(wrong),
            lines=", ".join(wrong[:5]),
        )
    if turned:
        raise DataError(
            "known-turned",
            "{file}: to is before from, on line {lines}.",
            hint="Put the first day under from and the last under to.",
            file=file,
            count=len(turned),
            lines=", ".join(turned[:5]),
        )


def unknown_metrics(files: Iterable[pl.DataFrame], names: Collection[str]) -> Iterator[Notice]:
    """By file the lines that name a metric which monitor does not know, and so mean no alert."""
    for rows in files:
        off = rows.filter(~pl.col("metric").is_in([*_ANY, *names]))
        if off.height:
            yield Notice(
                "known-metric",
                "{file} names metrics that monitor does not know, on line {lines}: that means nothing. Metrics are: "
                "{known}.",
                {"file": off["file"][0], "count": off.height, "lines": ", ".join(map(str, off["line"].head(5))),
                 "known": ", ".join(names)},
            )  # fmt: skip


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _day(text: str, *, last: bool) -> date | None:
    """A day, or the first or last one of a month; None of what is neither.

    >>> _day("2024-06", last=True), _day("2024/6/5", last=False), _day("soon", last=False)
    (datetime.date(2024, 6, 30), datetime.date(2024, 6, 5), None)
    """
    for form in _FORMS:
        try:
            found = datetime.strptime(text.split(" ", maxsplit=1)[0], form).date()
        except ValueError:
            continue
        if "%d" in form or not last:
            return found
        return end_of_month(found)
    return None


def _meant(rows: pl.DataFrame, known: pl.DataFrame, as_of: date) -> list[str | None]:
    """For each row the reason of the first known row that means it in the month; None where none does."""
    end = end_of_month(as_of)
    there = [row for row in known.to_dicts() if (row["first"] or end) <= end and (row["last"] or as_of) >= as_of]
    found: list[str | None] = []
    for row in rows.select("entity", "metric").to_dicts():
        held = (one for one in there if all(one[name] in (*_ANY, row[name]) for name in ("entity", "metric")))
        first = next(held, None)
        found.append(None if first is None else first["reason"] or "-")
    return found


def acknowledged(rows: pl.DataFrame, known: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Alerts with `acknowledged`: whether somebody has seen to them, until the day that the file names."""
    marks = [reason is not None for reason in _meant(rows, known, as_of)]
    return rows.with_columns(pl.Series("acknowledged", marks, dtype=pl.Boolean))


def explained(
    rows: pl.DataFrame,
    known: pl.DataFrame,
    members: pl.DataFrame | None,
    tables: Mapping[str, pl.LazyFrame],
    as_of: date,
) -> pl.DataFrame:
    """Rows with `cause` and `reason`, null where nothing known explains them: the file first, then the data."""
    reasons = _meant(rows, known, as_of)
    rows = rows.with_columns(pl.Series("reason", reasons, dtype=pl.String))
    if members is None or rows.is_empty():
        facts = pl.DataFrame(schema={"kind": pl.String, "entity": pl.String})
    else:
        facts = _facts(members, rows, tables, as_of)
    told = rows.select("kind", "entity").join(facts, on=["kind", "entity"], how="left", maintain_order="left")
    causes = [_cause(row, fact) for row, fact in zip(rows.to_dicts(), told.to_dicts(), strict=True)]
    own = pl.Series("cause", causes, dtype=pl.String)
    return rows.with_columns(cause=pl.when(pl.col("reason").is_not_null()).then(pl.lit("known")).otherwise(own))


def _facts(members: pl.DataFrame, rows: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], as_of: date) -> pl.DataFrame:
    """What the data know of each entity in question: plan fees, one-off charges, lines, those suspended or run out."""
    asked = members.join(rows.select("kind", "entity").unique(), on=["kind", "entity"], how="semi")
    months = tables["customer_months"].join(asked.select("customer_id").unique().lazy(), on="customer_id", how="semi")
    span = months.filter(pl.col("month").is_between(add_months(as_of, -6), as_of))
    now, last = pl.col("month") == as_of, pl.col("month") >= add_months(as_of, -1)
    before = pl.col("month") < add_months(as_of, -1)
    zero = pl.lit(0.0)
    each = span.group_by("customer_id").agg(
        moved=pl.sum_horizontal("plan_downs", "plan_moves", "plan_ups").filter(last).sum(),
        fee=pl.col("plan_fee").filter(now).sum(),
        fee_before=pl.col("plan_fee").filter(before).median(),
        one_off=pl.sum_horizontal("billed_one_time", "billed_penalty").filter(now).sum(),
        owed=pl.col("arrears").filter(last).max(),
    )
    people = asked.lazy().join(each, on="customer_id", how="left")
    people = people.join(tables["customers"].select("customer_id", "customer_class"), on="customer_id", how="left")
    if "subscriptions" in tables:
        people = people.join(_lines(tables, as_of), on="customer_id", how="left")
        # Lines are suspended for arrears too, and the status does not say why: by their own will only who owes nothing.
        chosen = (pl.col("owed") == 0) & pl.col("customer_class").ne_missing("key")
        people = people.with_columns(suspended=pl.when(chosen).then("suspended").otherwise(0))
    else:
        people = people.with_columns(lines=zero, suspended=zero, run_out=zero)
    names = ("moved", "fee", "fee_before", "one_off", "lines", "suspended", "run_out")
    sums = [pl.col(name).cast(pl.Float64).sort_by("customer_id").sum() for name in names]
    return people.group_by("kind", "entity").agg(sums).collect().sort("kind", "entity")


def _lines(tables: Mapping[str, pl.LazyFrame], as_of: date) -> pl.LazyFrame:
    """Lines of each customer alive at the end of the month before, of them suspended, and run out of contract since.

    State and contract are those at the end of the as-of month; suspended is what is known to have been so then.
    """
    start, end = add_months(as_of, -1), end_of_month(as_of)
    now = contract("subscriptions").conform(tables["subscriptions"])
    past = tables.get("subscription_history")
    past = None if past is None else contract("subscription_history").conform(past)
    then = held_then(now, past, "subscription_id", as_of, ["status", "contract_end"])
    alive = now.select("subscription_id", "customer_id", "activated_on", "ended_on").filter(
        pl.col("activated_on").fill_null(start) < as_of, pl.col("ended_on").fill_null(end) >= start
    )
    over = pl.col("ended_on").is_between(start, end) & (pl.col("contract_end") <= pl.col("ended_on"))
    fresh = pl.col("contract_end") >= add_months(as_of, -2)
    still = (pl.col("status") == "suspended") & pl.col("known_then")
    return (
        alive.join(then, on="subscription_id")
        .group_by("customer_id")
        .agg(lines=pl.len(), suspended=still.sum(), run_out=(over & fresh).sum())
    )


def _cause(row: Mapping[str, Any], fact: Mapping[str, Any]) -> str | None:
    """The known cause in the data that explains most of a fall; None where there is none."""
    if fact.get("lines") is None or row["change"] is None:
        return None
    return next(iter(_causes(row, fact)), None)


def _causes(row: Mapping[str, Any], fact: Mapping[str, Any]) -> Iterator[str]:
    short = row["expected"] - row["observed"]
    if row["metric"] == "revenue":
        cheaper = (fact["fee_before"] or 0.0) - (fact["fee"] or 0.0)
        if fact["moved"] and short * cheaper > 0 and abs(cheaper) >= _HALF * abs(short):
            yield "plan-change"
        if fact["one_off"] and row["low"] <= row["observed"] - fact["one_off"] <= row["high"]:
            yield "one-off"
    if row["metric"] in ("revenue", "lines", "minutes", "data", "paid") and short > 0 and fact["lines"]:
        if fact["suspended"] >= max(_HALF * fact["lines"], 1.0):
            yield "suspended"
        if fact["run_out"] / fact["lines"] >= _HALF * abs(row["change"]):
            yield "contract-end"
