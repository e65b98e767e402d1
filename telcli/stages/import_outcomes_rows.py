"""Rows of filled sheets: which task each is of, what it says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from telcli.intake.dates import days
from telcli.tables.masking import hidden
from telcli.tables.task_sheet import TALKED, channel_of, check_code, result_of

__all__ = ["FAULT", "Plans", "checked", "due", "filled"]

FAULT = pl.Struct({"rule": pl.String, "column": pl.String, "value": pl.String})
"""What is wrong with one cell: the rule, the column and the shape of what stands there."""
_SAYS = ("result", "contacted_on", "channel", "offer_given", "cost")
_COST = r"^[¥￥$€£]?\s*(-?[\d,，]*\d(?:\.\d+)?)\s*(?:元|圆|yuan|cny|rmb)?$"
_MOST = 1e6
"""What one contact can cost."""
_SERIAL = r"^[34]\d{4}$"
"""A day as a spreadsheet counts it, from the year 1982 to 2036."""
_MONTH = r"^\d{4}\s*[-/.年]?\s*\d{1,2}\s*月?$"
_OFFERED = ("accepted", "refused", "thinking")
_LONG = 40
_SHAPES = ((r"\d", "9"), (r"\p{Han}", "字"), (r"[\p{L}--\p{Han}]", "a"), (r"[^\w\s.,:/+=@-]", "?"))


@dataclass(frozen=True)
class Plans:
    """What the sheets were made of: rows of retention_tasks and of retention_plan, of every month."""

    tasks: pl.DataFrame
    plan: pl.DataFrame

    def offers(self) -> pl.DataFrame:
        """campaign_id, what an offer may be called (lower case), offer_id; names of two offers are left out."""
        named = [
            self.tasks.select("campaign_id", "offer_id", called=name)
            for name in ("offer_id", "offer_name", "offer_name_zh")
        ]
        named.append(self.plan.select("campaign_id", "offer_id", called="offer_id"))
        called = pl.col("called").str.strip_chars().str.to_lowercase()
        every = pl.concat(named).drop_nulls().with_columns(called).unique()
        return every.filter(pl.len().over("campaign_id", "called") == 1)


def filled(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in which a manager wrote anything but a note."""
    return rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in _SAYS))


def due(today: date) -> pl.Expr:
    """Whether a task's deadline is over; one without a deadline is due from the start."""
    return (pl.col("deadline") < today).fill_null(value=True)


def checked(rows: pl.DataFrame, plans: Plans, today: date) -> pl.DataFrame:
    """Each filled row with what it says, and its `faults`, a list of `FAULT` that is empty of a good row.

    Parameters
    ----------
    rows : frame
        As `telcli.io.task_book` reads them, all text.
    plans : Plans
        What the sheets were made of.
    today : date
        No contact can be later.

    Returns
    -------
    file, line, noted, campaign_id, customer_id, as_of, task_id, manager_id, contacted_on, channel, offer_id, result,
    cost, contaminated, meant (the month that a row is of by its task, its campaign or its file), faults.
    """
    found = _with_held_out(_with_task(rows, plans), plans)
    found = _said(found, plans).with_columns(_meant(plans), _start=pl.col("as_of").dt.offset_by("1mo"))
    faults = pl.concat_list(*_whose(), *_what(today))
    return found.with_columns(faults=faults.list.drop_nulls()).select(
        *("file", "line", "noted", "campaign_id", "customer_id", "as_of", "task_id", "manager_id"),
        *("contacted_on", "channel", "offer_id", "result", "cost", "contaminated", "meant", "faults"),
    )


def _with_task(rows: pl.DataFrame, plans: Plans) -> pl.DataFrame:
    """Each row beside the task that it names; what the sheet says of it is called `s_`."""
    told = rows.rename({name: f"s_{name}" for name in rows.columns if name not in ("file", "line", "noted")})
    told = told.with_columns(pl.col("s_task_id", "s_code").str.to_uppercase())
    shown = pl.Series("_shown", [hidden(name) for name in plans.tasks["customer_id"].to_list()], dtype=pl.String)
    tasks = plans.tasks.with_columns(shown).select(
        *("task_id", "campaign_id", "customer_id", "as_of", "manager_id", "code", "_shown"),
        planned_offer="offer_id",
        planned_channel="channel",
    )
    found = told.join(tasks.with_columns(s_task_id="task_id"), on="s_task_id", how="left", maintain_order="left")
    customer = pl.col("s_customer").map_elements(hidden, return_dtype=pl.String)
    found = found.with_columns(
        _other=pl.col("task_id").is_not_null() & customer.ne_missing(pl.col("_shown")),
        _code=pl.col("task_id").is_not_null() & pl.col("s_code").ne_missing(pl.col("code")),
    )
    return found.with_columns(_replanned(found, plans))


def _replanned(found: pl.DataFrame, plans: Plans) -> pl.Series:
    """Of rows that go with no task of the plan in force: whether they go with themselves, as one made before did."""
    offers: dict[str, list[str | None]] = {}
    for campaign, offer in plans.offers().select("campaign_id", "offer_id").unique().sort(pl.all()).iter_rows():
        offers.setdefault(campaign, [None]).append(offer)
    names = ("_code", "s_campaign_id", "s_task_id", "s_customer", "s_code")
    known = [
        bool(wrong and campaign and task and customer and code)
        and any(check_code(campaign, task, customer, one) == code for one in offers.get(campaign, [None]))
        for wrong, campaign, task, customer, code in found.select(names).iter_rows()
    ]
    return pl.Series("_replanned", known, dtype=pl.Boolean)


def _with_held_out(found: pl.DataFrame, plans: Plans) -> pl.DataFrame:
    """Rows of no task whose customer was held out: found by the identifier, or by its mask where one alone has it."""
    found = found.with_columns(held_out=pl.lit(value=False))
    if found["task_id"].null_count() == 0:
        return found
    held = plans.plan.filter(pl.col("held_out")).select("campaign_id", "customer_id", "as_of", "manager_id")
    masks = pl.Series("mask", [hidden(name) for name in held["customer_id"].to_list()], dtype=pl.String)
    alone = held.with_columns(masks).filter(pl.len().over("campaign_id", "mask") == 1)
    called = pl.concat(
        [held.with_columns(s_customer="customer_id"), alone.rename({"mask": "s_customer"})], how="diagonal"
    )
    known = called.select(
        "s_customer", _campaign="campaign_id", _id="customer_id", _month="as_of", _manager="manager_id"
    ).unique()
    campaign, manager = _of_file("s_campaign_id"), _of_file("manager_id")
    found = found.with_columns(_campaign=pl.coalesce("s_campaign_id", campaign), _by=manager)
    found = found.join(known, on=["_campaign", "s_customer"], how="left", maintain_order="left")
    extra = pl.col("task_id").is_null() & pl.col("_id").is_not_null()
    return found.with_columns(
        held_out=extra,
        campaign_id=pl.when(extra).then("_campaign").otherwise("campaign_id"),
        customer_id=pl.when(extra).then("_id").otherwise("customer_id"),
        as_of=pl.when(extra).then("_month").otherwise("as_of"),
        manager_id=pl.when(extra).then(pl.coalesce("_by", "_manager", pl.lit("unassigned"))).otherwise("manager_id"),
    )


def _meant(plans: Plans) -> pl.Expr:
    """The month of the plan that a row was meant for: of its task, else as its campaign says, else as its file does."""
    months = dict(plans.plan.select("campaign_id", "as_of").unique().iter_rows())
    said = pl.col("s_campaign_id").replace_strict(months, default=None, return_dtype=pl.Date)
    return pl.coalesce("as_of", said, _of_file("as_of")).alias("meant")


def _of_file(column: str) -> pl.Expr:
    """What the other rows of the file say, where they all say the same."""
    told = pl.col(column).drop_nulls()
    return pl.when(told.n_unique() == 1).then(told.first()).over("file")


def _said(found: pl.DataFrame, plans: Plans) -> pl.DataFrame:
    """What the manager wrote, as values; null where it cannot be read."""
    text = pl.col("s_contacted_on")
    serial = text.str.contains(_SERIAL)
    counted = pl.lit(date(1899, 12, 30)).dt.offset_by(pl.format("{}d", pl.when(serial).then(text)))
    written = found.select(pl.when(~text.str.contains(_MONTH)).then(text)).to_series()
    found = found.with_columns(days(written)[0].alias("_read")).with_columns(
        contacted_on=pl.when(serial).then(counted).otherwise("_read"),
        result=_meaning("s_result", result_of),
        _number=pl.col("s_cost").str.to_lowercase().str.extract(_COST).str.replace_all("[,，]", "").cast(pl.Float64),
        _channel=_meaning("s_channel", _channels(plans)),
        _called=pl.col("s_offer_given").str.to_lowercase(),
    )
    offers = plans.offers().select("campaign_id", _called="called", _offer="offer_id")
    found = found.join(offers, on=["campaign_id", "_called"], how="left", maintain_order="left")
    offered = pl.col("result").is_in(_OFFERED)
    return found.with_columns(
        cost=pl.when(pl.col("_number").is_between(0.0, _MOST)).then("_number"),
        channel=pl.coalesce("_channel", "planned_channel"),
        offer_id=pl.coalesce("_offer", pl.when(offered).then("planned_offer")),
        contaminated=pl.col("held_out") & pl.col("result").is_in(TALKED),
    )


def _meaning(column: str, means: Callable[[str], str]) -> pl.Expr:
    """The code that a word means; null where it means none."""
    return pl.col(column).map_elements(means, return_dtype=pl.String).replace("", None)


def _channels(plans: Plans) -> Callable[[str], str]:
    """What a word for a channel means: a channel of the plans as they call it, else one that is known."""
    own: Mapping[str, str] = {name.lower(): name for name in plans.tasks["channel"].drop_nulls().unique().sort()}

    def means(text: str) -> str:
        known = channel_of(text)
        return own.get(text.strip().lower(), own.get(known, known))

    return means


def _whose() -> list[pl.Expr]:
    """Faults of which task, customer and campaign a row says it is of."""
    task, replanned, out = pl.col("task_id"), pl.col("_replanned"), pl.col("held_out")
    return [
        _fault("extra-row", "task_id", task.is_null() & pl.col("s_task_id").is_null() & ~out),
        _fault("unknown-task", "task_id", task.is_null() & pl.col("s_task_id").is_not_null() & ~out),
        _fault("held-out", "customer", out & pl.col("result").is_not_null() & ~pl.col("contaminated")),
        _fault("other-plan", "code", replanned),
        _fault(
            "changed-campaign",
            "campaign_id",
            task.is_not_null() & ~replanned & pl.col("s_campaign_id").ne_missing(pl.col("campaign_id")),
        ),
        _fault("changed-customer", "customer", pl.col("_other") & ~replanned),
        _fault("wrong-code", "code", pl.col("_code") & ~replanned),
    ]


def _what(today: date) -> list[pl.Expr]:
    """Faults of what a row reports."""
    on, number = pl.col("contacted_on"), pl.col("_number")
    said = {name: pl.col(f"s_{name}").is_not_null() for name in _SAYS}
    return [
        _fault("missing", "result", ~said["result"]),
        _fault("unknown-result", "result", said["result"] & pl.col("result").is_null()),
        _fault("missing", "contacted_on", ~said["contacted_on"]),
        _fault("not-a-date", "contacted_on", said["contacted_on"] & on.is_null()),
        _fault("before-plan", "contacted_on", on < pl.col("_start")),
        _fault("in-future", "contacted_on", on > today),
        _fault("not-a-number", "cost", said["cost"] & number.is_null()),
        _fault("negative", "cost", number < 0),
        _fault("too-high", "cost", number > _MOST),
        _fault("unknown-channel", "channel", said["channel"] & pl.col("_channel").is_null()),
        _fault("unknown-offer", "offer_given", said["offer_given"] & pl.col("_offer").is_null() & _known_plan()),
    ]


def _known_plan() -> pl.Expr:
    """Whether it is known which plan a row is of: of another, nobody can say which offers there are."""
    return pl.col("campaign_id").is_not_null()


def _fault(rule: str, column: str, broken: pl.Expr) -> pl.Expr:
    """A fault with the shape of what stands there, null of rows that keep the rule; no value itself is kept."""
    shape = pl.col(f"s_{column}").str.slice(0, _LONG)
    for letters, sign in _SHAPES:
        shape = shape.str.replace_all(letters, sign)
    told = pl.struct(rule=pl.lit(rule), column=pl.lit(column), value=shape)
    return pl.when(broken.fill_null(value=False)).then(told).otherwise(None)
