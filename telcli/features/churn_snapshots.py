"""Which months a churn model learns from, who left after each, and what was known of them at the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import polars as pl

from telcli.errors import DataError, UsageError
from telcli.features.leakage_names import plain_name
from telcli.features.month_index import add_months, month_index
from telcli.tables.months import FEATURES

__all__ = [
    "Windows",
    "candidate_columns",
    "named_columns",
    "overwritten_columns",
    "plan_windows",
    "snapshot_features",
]

OF_THE_END = "x_end_reason"
"""What `ingest` keeps of why a line ended: known only then, so it is no candidate, and no leak to be refused."""

# Never used: churned, valid_from, valid_to, manager_id, group_id of customers; ended_on, end_reason, status of lines.
# A star level is graded again and lost on leaving, so it is used in a flat table alone.
CUSTOMER_ATTRIBUTES = ("customer_class", "gender", "region", "branch")
FLAT_ATTRIBUTES = (*CUSTOMER_ATTRIBUTES, "star_level")
LINE_ATTRIBUTES = ("service_type", "pay_mode", "plan_id", "channel_id")
OVERWRITTEN = (
    *("contract_months_left", "plan_fee", "sub_cards", "bundle_lines", "campaigns_accepted"),
    *("customer_class", "region", "branch", "plan_id"),
)
"""As they stand in the extract; an answer to a campaign may have come after the month of the contact. Who stayed has
renewed, moved and changed plan since; who left has not: over months such a column tells the outcome, and no test on a
later month shows it. Free attributes (`x_`) are of this kind too. See `telcli.features.known_then` for what comes back.
"""

_OF_WHOM = ("customers", "subscriptions")
_MOST_NAMED = 10
"""Columns that are named where one is not known and none is like it."""


@dataclass(frozen=True)
class Windows:
    """Snapshot months by role, each a first day, oldest first.

    `past` are those whose outcome was known before the `test` month: the last calibrates, the others train. `closed`
    are all whose outcome is known by now, for the final model. Each has `observed` months of history or more.
    """

    past: tuple[date, ...]
    test: date
    closed: tuple[date, ...]
    observed: int

    @property
    def out_of_time(self) -> bool:
        """Whether there are months to train on and one to calibrate on before the tested one."""
        return len(self.past) > 1


def plan_windows(
    first: date, last: date, *, gap: int, outcome: int, observe: int, most: int = 6, settle: int = 0
) -> Windows:
    """Lay out the snapshots in a history from `first` to `last`, at most `most` to learn from, the latest.

    A snapshot is closed when its outcome window (`gap` months later, `outcome` months long) lies in the past, and
    `settle` months more, after which all is known of it. Each has `observe` months of history, or as many as there can
    be.

    Raises
    ------
    DataError
        Not one snapshot is closed.

    >>> found = plan_windows(date(2023, 7, 1), date(2024, 6, 1), gap=1, outcome=2, observe=3)
    >>> found.test, found.past[-1], len(found.past), len(found.closed)
    (datetime.date(2024, 3, 1), datetime.date(2023, 12, 1), 4, 7)
    """
    span = month_index(last) - month_index(first) + 1
    ahead = gap + outcome + settle
    if span < ahead + 1:
        raise DataError(
            "history-too-short",
            "There are {months} months of history; to know who left takes at least {needed}.",
            hint="Bring more months, or shorten gap_months and outcome_months in [predict-churn]; {better} months "
            "allow a test on a later month.",
            months=span,
            needed=ahead + 1,
            better=2 * ahead + observe + 1,
        )
    observed = min(observe, span - ahead)
    closed = [add_months(first, k) for k in range(observed - 1, span - ahead)]
    test = closed[-1]
    past = [month for month in closed if add_months(month, ahead) <= test]
    return Windows(tuple(past[-most:]), test, tuple(closed[-most - 1 :]), observed)


def candidate_columns(tables: Mapping[str, pl.LazyFrame], *, flat: bool) -> list[str]:
    """Names of every column that may be used: monthly features, attributes of the customer, of the main line."""
    have = tables["customers"].collect_schema()
    free = sorted(name for name in have if name.startswith("x_") and name != OF_THE_END)
    lines = LINE_ATTRIBUTES if "subscriptions" in tables else ()
    return [*FEATURES, "age", *(FLAT_ATTRIBUTES if flat else CUSTOMER_ATTRIBUTES), *lines, *free]


def snapshot_features(
    tables: Mapping[str, pl.LazyFrame], month: date, only: pl.LazyFrame | None = None
) -> pl.LazyFrame:
    """What was known at the end of one month of everyone alive then: `customer_id`, `month`, then candidate columns.

    `only` (a frame with `customer_id`) picks customers. Columns that a table lacks are null. Unsorted.
    """
    months = tables["customer_months"].filter((pl.col("month") == month) & pl.col("active") & ~pl.col("left"))
    months = months.select("customer_id", "month", *_present(months, FEATURES))
    if only is not None:
        # each table by itself: what is joined to it else is everybody's
        tables = {name: tables[name].join(only, on="customer_id", how="semi") for name in tables if name in _OF_WHOM}
        months = months.join(only, on="customer_id", how="semi")
    customers = tables["customers"]
    age = pl.lit(month.year) - pl.col("birth_year") if "birth_year" in customers.collect_schema() else pl.lit(None)
    free = sorted(name for name in customers.collect_schema() if name.startswith("x_"))
    who = customers.select(
        "customer_id", age.cast(pl.Float64).alias("age"), *_present(customers, FLAT_ATTRIBUTES), *free
    )
    found = months.join(who, on="customer_id", how="left")
    if "subscriptions" in tables:
        found = found.join(_main_lines(tables["subscriptions"], month), on="customer_id", how="left")
    return found


def overwritten_columns(candidates: list[str]) -> set[str]:
    """Those of the columns that an operator overwrites, so that a past month shows what stands today.

    >>> sorted(overwritten_columns(["tenure_months", "plan_fee", "gender", "x_tariff"]))
    ['plan_fee', 'x_tariff']
    """
    return {name for name in candidates if name in OVERWRITTEN or name.startswith("x_")}


def named_columns(names: str, candidates: list[str]) -> set[str]:
    """Resolve a comma list of column names, with or without the mark `x_`, whatever the case, blanks as underscores.

    >>> named_columns("Churn Score, age", ["x_Churn_Score", "age"]) == {"x_Churn_Score", "age"}
    True
    """
    known = {plain_name(name): name for name in candidates}
    found = set()
    for name in filter(None, (part.strip() for part in names.split(","))):
        key = plain_name(name)
        if key not in known:
            near = get_close_matches(key, known, n=3, cutoff=0.5)
            free = sorted(plain for plain, full in known.items() if full.startswith("x_"))
            shown = sorted(near) or [*free, *sorted(set(known) - set(free))][:_MOST_NAMED]
            raise UsageError(
                "column-unknown",
                "There is no column called {column} to use or leave out.",
                hint="Columns: {known}.",
                column=name,
                known=", ".join(shown) + (" ..." if not near and len(known) > len(shown) else ""),
            )
        found.add(known[key])
    return found


def _main_lines(subscriptions: pl.LazyFrame, month: date) -> pl.LazyFrame:
    """Each customer's oldest line alive after `month`, by what is known of it from its start."""
    after = add_months(month, 1)
    have = subscriptions.collect_schema()
    alive = pl.lit(True)
    if "ended_on" in have:
        alive = pl.col("ended_on").is_null() | (pl.col("ended_on") >= after)
    if "activated_on" in have:
        alive = alive & (pl.col("activated_on").is_null() | (pl.col("activated_on") < after))
    order = [name for name in ("activated_on", "subscription_id") if name in have]
    known = subscriptions.filter(alive).select("customer_id", *order, *_present(subscriptions, LINE_ATTRIBUTES))
    first = [pl.col(name).sort_by(order, nulls_last=True).first() for name in LINE_ATTRIBUTES]
    return known.group_by("customer_id").agg(first)


def _present(frame: pl.LazyFrame, names: tuple[str, ...]) -> list[pl.Expr]:
    """The columns, null where the frame lacks them."""
    have = frame.collect_schema()
    return [pl.col(name) if name in have else pl.lit(None).alias(name) for name in names]
