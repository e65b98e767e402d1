"""What each task says: what to do, why, what to talk about and until when; the words stand in `task_words.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from telcli.features.month_index import end_of_month
from telcli.settings.tasking import days_for, days_named
from telcli.tables.task_results import CONTRACTS
from telcli.tables.task_sheet import CHANNELS, check_code

__all__ = ["deadlines", "due", "tasks"]

_FACTS = {
    "owner": pl.Boolean,
    "branch": pl.String,
    **{f"reason_{place}{end}": pl.String for end in ("", "_zh") for place in (1, 2, 3)},
    "holds": pl.String,
    "holds_zh": pl.String,
    "value_tier": pl.String,
    "contract_months_left": pl.Float64,
    "unresolved": pl.Float64,
    "oldest_open_days": pl.Float64,
}
_PLANNED = ("strategy", "channel", "offer_id", "theme", "value_band", "manager_id")
_TALKS = {"name": pl.String, "name_zh": pl.String, "talk": pl.String, "talk_zh": pl.String}
_SOON = 3
"""Months before its end from which a contract is spoken of."""
_WEEKEND = 5
_PLACE = re.compile(r"\{(\w+)\}")
_TONGUES = ("", "_zh")
_OF = r"^(.+?) (?:fell|falling|rose|rising)\b"
"""What a text about a change is about."""
_STOP, _BETWEEN = (".", "。"), ("; ", "；")


def due(as_of: date, days: int, *, holidays: Collection[date] = (), workdays: Collection[date] = ()) -> date:
    """The last of so many working days after the end of a month: Monday to Friday, less holidays, with workdays.

    >>> due(date(2024, 6, 1), 5), due(date(2024, 9, 1), 1, holidays=[date(2024, 10, 1)])
    (datetime.date(2024, 7, 5), datetime.date(2024, 10, 2))
    """
    day = end_of_month(as_of)
    left = days
    while left > 0:
        day += timedelta(days=1)
        left -= day in workdays or (day.weekday() < _WEEKEND and day not in holidays)
    return day


def deadlines(frame: pl.DataFrame, settings: Any) -> pl.DataFrame:
    """The frame with a column `deadline` by its `as_of` and `risk_band`; a band that is none has the longest time.

    `settings` are those of `telcli.settings.tasking.TaskSettings`.
    """
    free, worked = days_named(settings.holidays) or frozenset(), days_named(settings.workdays) or frozenset()
    days = days_for(settings)
    pairs = frame.select("as_of", "risk_band").unique()
    dated = [
        (month, band, due(month, days.get(band, max(days.values())), holidays=free, workdays=worked))
        for month, band in pairs.iter_rows()
    ]
    schema = {"as_of": pl.Date, "risk_band": pl.String, "deadline": pl.Date}
    found = pl.DataFrame(dated, schema=schema, orient="row")
    rest = frame.drop("deadline", strict=False)
    return rest.join(found, on=["as_of", "risk_band"], how="left", nulls_equal=True, maintain_order="left")


def tasks(plan: pl.DataFrame, offers: pl.DataFrame, *, facts: pl.DataFrame | None = None) -> pl.DataFrame:
    """The rows of retention_tasks: one per customer of a plan who is to be contacted, the most valuable first.

    Parameters
    ----------
    plan : frame
        Rows of retention_plan; those with another action than offer, and those held out, have no task.
    offers : frame
        offer_id, name and name_zh, and talk and talk_zh where the operator wrote some.
    facts : frame
        customer_id with whichever of owner, branch, reason_1..3 (and _zh), holds (and _zh), value_tier,
        contract_months_left, unresolved and oldest_open_days are known.

    Priority is the place among the tasks of a manager by expected value; the code of a task numbers those of the plan.
    """
    rows = plan.filter(pl.col("action") == "offer", ~pl.col("held_out"))
    rows = _typed(rows, dict.fromkeys(_PLANNED, pl.String)).with_columns(
        pl.col("manager_id").fill_null("unassigned"),
        pl.col("deadline").cast(pl.Date) if "deadline" in rows.columns else pl.lit(None, pl.Date).alias("deadline"),
    )
    known = rows.select("customer_id").unique() if facts is None else facts
    have = [name for name in _FACTS if name in known.columns]
    rows = rows.drop(have, strict=False).join(known.select("customer_id", *have), on="customer_id", how="left")
    rows = _typed(rows, _FACTS).with_columns(pl.col("owner").fill_null(value=False))
    told = _typed(offers, _TALKS).select("offer_id", *(pl.col(name).alias(f"_{name}") for name in _TALKS))
    rows = _numbered(rows.join(told, on="offer_id", how="left"))
    names = [f"_name{end}" for end in _TONGUES]
    rows = rows.with_columns(pl.coalesce(name, "_name", "_name_zh", "offer_id").alias(name) for name in names)
    said = rows.with_columns(*_what(), *_why(), *_talk(), offer_name=pl.col("_name"), offer_name_zh=pl.col("_name_zh"))
    return CONTRACTS["retention_tasks"].conform(said.lazy()).collect()


def _typed(frame: pl.DataFrame, kinds: Mapping[str, Any]) -> pl.DataFrame:
    """The frame with these columns, absent ones null."""
    return frame.with_columns(
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, dtype=kind).alias(name)
        for name, kind in kinds.items()
    )


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows by expected value, each with its code, check code and place among its manager's."""
    value = pl.col("expected_value").fill_nan(None).fill_null(float("-inf"))
    rows = rows.with_columns(_value=value).sort("_value", "customer_id", descending=[True, False])
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)
    rows = rows.with_columns(
        task_id=pl.format("R{}-{}", pl.col("as_of").dt.strftime("%y%m"), number),
        priority=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("manager_id"),
    )
    parts = rows.select("campaign_id", "task_id", "customer_id", "offer_id").iter_rows()
    return rows.with_columns(pl.Series("code", [check_code(*part) for part in parts], dtype=pl.String))


def _what() -> list[pl.Expr]:
    """What to do, in both languages."""
    found = []
    for tongue, end in enumerate(_TONGUES):
        by = _worded("channel", {code: names[tongue] for code, names in CHANNELS.items()})
        strategy = _worded("strategy", _part("strategy", tongue))
        told = _part("what", tongue)
        plain = _filled(told["plain"], strategy=strategy, by=by)
        offered = _filled(told["offer"], strategy=strategy, by=by, offer=pl.col(f"_name{end}"))
        found.append(pl.when(pl.col("offer_id").is_null()).then(plain).otherwise(offered).alias(f"what{end}"))
    return found


def _why() -> list[pl.Expr]:
    """Why this customer: risk, worth, the reasons told, the end of the contract, what is open."""
    found = []
    for tongue, end in enumerate(_TONGUES):
        said = _part("why", tongue)
        percent = (100.0 * pl.col("churn_probability")).round(0).cast(pl.Int64).cast(pl.String)
        tier = pl.coalesce(_worded("value_tier", _part("tier", tongue)), _worded("value_band", _part("band", tongue)))
        left, several = pl.col("contract_months_left"), pl.col("unresolved")
        told = pl.col("theme").eq_missing("contract")  # by the first reason already
        contract = pl.when(told).then(None).when(left <= 0).then(pl.lit(said["contract_now"]))
        contract = contract.when(left <= _SOON).then(_filled(said["contract_soon"], value=_whole(left.ceil())))
        waiting = _filled(said["waiting"], value=_whole(several), days=_whole(pl.col("oldest_open_days")))
        waiting = pl.coalesce(waiting, _filled(said["open"], value=_whole(several)))
        parts = [
            _filled(said["risk"], value=percent),
            _filled(said["tier"], value=tier),
            *(_reason(place, end) for place in (1, 2, 3)),
            contract.otherwise(None),
            pl.when(several > 0).then(waiting).otherwise(None),
        ]
        whole = pl.concat_str(parts, separator=_BETWEEN[tongue], ignore_nulls=True) + _STOP[tongue]
        found.append(whole.alias(f"why{end}"))
    return found


def _talk() -> list[pl.Expr]:
    """What to talk about: first what is open, then by the theme of the first reason, then the offer."""
    found = []
    for tongue, end in enumerate(_TONGUES):
        said = _part("talk", tongue)
        offered = _filled(said["offer"], offer=pl.col(f"_name{end}"))
        parts = [
            pl.when(pl.col("unresolved") > 0).then(pl.lit(said["open"])).otherwise(None),
            _worded("theme", _part("theme", tongue)).fill_null(_part("theme", tongue)["other"]),
            pl.when(pl.col("offer_id").is_not_null()).then(offered).otherwise(None),
            pl.coalesce(f"_talk{end}", "_talk"),
            pl.when(~_disputed()).then(_filled(said["holds"], value=pl.coalesce(f"holds{end}", "holds"))),
            pl.lit(said["end"]),
        ]
        between = "" if tongue else " "
        found.append(pl.concat_str(parts, separator=between, ignore_nulls=True).alias(f"talk{end}"))
    return found


def _disputed() -> pl.Expr:
    """Whether what holds a customer is about the same as a reason for leaving: over other months it may read opposite.

    >>> rows = pl.DataFrame({"holds": ["Calls rising by 2 a month"] * 2, "reason_1": ["Calls fell 9%", "High bill"]})
    >>> rows.with_columns(reason_2=None, reason_3=None).cast(pl.String).select(_disputed()).to_series().to_list()
    [True, False]
    """
    about = pl.col("holds").str.extract(_OF)
    same = [(pl.col(f"reason_{place}").str.extract(_OF) == about).fill_null(value=False) for place in (1, 2, 3)]
    return pl.any_horizontal(same)


def _reason(place: int, end: str) -> pl.Expr:
    return pl.coalesce(f"reason_{place}{end}", f"reason_{place}")


def _worded(column: str, words: Mapping[str, str]) -> pl.Expr:
    """A code in words; one that has none as it is."""
    return pl.col(column).replace_strict(words, default=pl.col(column), return_dtype=pl.String)


def _filled(template: str, **values: pl.Expr) -> pl.Expr:
    """A template with its places filled; null where a value is.

    >>> rows = pl.DataFrame({"n": ["3", None]})
    >>> rows.select(_filled("{days} days", days=pl.col("n"))).to_series().to_list()
    ['3 days', None]
    """
    pieces = _PLACE.split(template)
    return pl.concat_str(values[piece] if at % 2 else pl.lit(piece) for at, piece in enumerate(pieces))


def _whole(number: pl.Expr) -> pl.Expr:
    return number.round(0).cast(pl.Int64).cast(pl.String)


def _part(name: str, tongue: int) -> dict[str, str]:
    """One part of the words, in one language."""
    return {code: pair[tongue] for code, pair in _words()[name].items()}


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files(__package__).joinpath("task_words.toml").read_text(encoding="utf-8"))
