"""``merge``: tables of several branches as one, and what to do of customers and lines that stand in two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from telcli.intake.branches import BRANCH, compared, leads, led, owners, unlike_campaigns
from telcli.intake.history import FROM, TO, merged
from telcli.tables import contract
from telcli.tables.histories import HISTORY_OF

__all__ = [
    "BRANCH",
    "MERGED_FROM",
    "apart",
    "columns_only_in",
    "compared",
    "disputed",
    "homes",
    "leads",
    "led",
    "owners",
    "settled",
    "united",
    "unlike_campaigns",
]

MERGED_FROM = "x_merged_from"
_IDS = (
    *("customer_id", "account_id", "subscription_id", "bundle_id", "group_id", "household_id"),
    *("payment_id", "contact_id", "manager_id", "campaign_id"),
)
"""Identifiers that a branch numbers by itself; plans, products and channels are those of one catalogue."""
_EVENTS = {"payments": "payment_id", "contacts": "contact_id"}
_BUCKETS = 8
"""Numbers of events are looked through in so many parts, so that few are in memory at a time."""
Frames = Mapping[str, pl.LazyFrame]
"""One table of each branch that has it, by the name of the branch, in the order of names."""


def united(table: str, frames: Frames) -> pl.LazyFrame:
    """The rows of all branches, each with the name of its branch in `_branch`.

    Columns that one branch lacks are null there; of an attribute that is text in one, the others' become text. The
    `source` of a row is led by the branch, and customers without a branch are of the one they come from; customers have
    its name in `x_merged_from` too, in place of what an earlier merge wrote there.

    >>> frames = {"N": pl.LazyFrame({"customer_id": ["a"], "x_a": [1.5]}), "S": pl.LazyFrame({"customer_id": ["b"]})}
    >>> united("customers", frames).select("customer_id", "branch", "x_a").collect().rows()
    [('a', 'N', 1.5), ('b', 'S', None)]
    """
    rules = contract(table)
    held = {name: rules.conform(frame) for name, frame in frames.items()}
    schemas = {name: frame.collect_schema() for name, frame in held.items()}
    mixed = [
        column
        for column in sorted({column for schema in schemas.values() for column in schema if column.startswith("x_")})
        if len({schema[column] for schema in schemas.values() if column in schema}) > 1
    ]
    parts = []
    for name, frame in held.items():
        texts = [pl.col(column).cast(pl.String) for column in mixed if column in schemas[name]]
        made = [pl.concat_str(pl.lit(f"{name}/"), "source").alias("source")] if "source" in schemas[name] else []
        if table in ("customers", HISTORY_OF["customers"]):
            made += [pl.col("branch").fill_null(name), pl.lit(name).alias(MERGED_FROM)]
        parts.append(frame.with_columns(*texts, *made, pl.lit(name).alias(BRANCH)))
    return pl.concat(parts, how="diagonal")


def columns_only_in(frames: Frames) -> dict[str, list[str]]:
    """Attributes that some of the branches lack -> those that have them.

    >>> columns_only_in({"N": pl.LazyFrame({"x_a": [1]}), "S": pl.LazyFrame({"b": [1]})})
    {'x_a': ['N']}
    """
    have = {name: [one for one in frame.collect_schema() if one.startswith("x_")] for name, frame in frames.items()}
    found = sorted({column for columns in have.values() for column in columns})
    of = {column: [name for name, columns in have.items() if column in columns] for column in found}
    return {column: names for column, names in of.items() if len(names) < len(frames)}


def apart(name: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of a branch with its name before the identifiers that it numbers by itself.

    >>> apart("N", pl.LazyFrame({"customer_id": ["1", None], "amount": [2, 3]})).collect().rows()
    [('N:1', 2), (None, 3)]
    """
    have = frame.collect_schema()
    return frame.with_columns(pl.concat_str(pl.lit(f"{name}:"), one).alias(one) for one in _IDS if one in have)


def homes(table: str, rows: pl.LazyFrame) -> pl.DataFrame:
    """Keys of a state table that stand in several branches, and the branch whose row stands.

    That is the one with the newest `valid_from`; of the same day, or where none is told, the first by name.

    >>> from datetime import date
    >>> frames = {"N": pl.LazyFrame({"customer_id": ["a", "b"]}),
    ...     "S": pl.LazyFrame({"customer_id": ["a"], "valid_from": [date(2024, 6, 1)]})}
    >>> homes("customers", united("customers", frames)).rows()
    [('a', 'S')]
    """
    key = list(contract(table).key)
    since = pl.col(FROM) if FROM in rows.collect_schema() else pl.lit(None, pl.Date).alias(FROM)
    several = rows.group_by(key).agg(pl.len()).filter(pl.col("len") > 1).select(key)
    found = rows.select(*key, since, BRANCH).join(several, on=key, how="semi").collect(engine="streaming")
    first = found.sort(*key, FROM, BRANCH, descending=[*[False] * len(key), True, False], nulls_last=True)
    return first.unique(key, keep="first", maintain_order=True).select(*key, BRANCH)


def settled(
    table: str, rows: pl.LazyFrame, several: Mapping[str, pl.DataFrame], past: pl.LazyFrame | None = None
) -> tuple[pl.LazyFrame, pl.LazyFrame | None]:
    """The rows of a table with one row per key, and of a state table what was held before.

    Parameters
    ----------
    table : str
        Of ingest.
    rows : polars.LazyFrame
        As `united` makes them.
    several : mapping
        `homes` of customers and, where there are some, of lines; also of the table itself where it keeps a history.
    past : polars.LazyFrame, optional
        Its history in all branches, where it keeps one.

    Returns
    -------
    The row of the customer's home stands; of state tables the others held until that one began. Numbers of payments
    and contacts that two branches gave to different customers are led by the branch.

    >>> of = {"customers": pl.DataFrame({"customer_id": ["a"], "_branch": ["S"]})}
    >>> rows = pl.LazyFrame({"customer_id": ["a", "a"], "month": [6, 6], "kind": ["data"] * 2, "_branch": ["N", "S"]})
    >>> settled("bills", rows, of)[0].collect()["_branch"].to_list()
    ['S']
    """
    if table in HISTORY_OF:
        return _state(table, rows, several[table], past)
    if table in _EVENTS:
        rows = _numbered(_EVENTS[table], rows)
    on = next((name for name in ("customer_id", "subscription_id") if name in rows.collect_schema()), None)
    of = several.get({"customer_id": "customers", "subscription_id": "subscriptions"}.get(on or "", ""))
    key = list(contract(table).key)
    if on is None or of is None or not of.height or not key or "source" in key:
        return (rows if not key or "source" in key else _own(table, rows)), None
    shared = rows.join(of.lazy().rename({BRANCH: "_home"}), on=on, how="inner")
    mine = shared.with_columns(_away=pl.col(BRANCH) != pl.col("_home")).sort(*key, "_away", BRANCH)
    one = mine.unique(key, keep="first", maintain_order=True).drop("_home", "_away").collect(engine="streaming")
    rest = rows.join(of.lazy().select(on), on=on, how="anti")
    return _own(table, pl.concat([rest, one.lazy()], how="diagonal")), None


def _own(table: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of tables of things of one number, such as accounts of one customer: that of the first branch by name."""
    if table not in ("accounts", "products", "account_bills"):
        return rows
    key = list(contract(table).key)
    twice = rows.group_by(key).agg(pl.len()).filter(pl.col("len") > 1).select(key).collect(engine="streaming")
    if not twice.height:
        return rows
    one = rows.join(twice.lazy(), on=key, how="semi").sort(*key, BRANCH).unique(key, keep="first").collect()
    return pl.concat([rows.join(twice.lazy(), on=key, how="anti"), one.lazy()], how="diagonal")


def _state(
    table: str, rows: pl.LazyFrame, of: pl.DataFrame, past: pl.LazyFrame | None
) -> tuple[pl.LazyFrame, pl.LazyFrame | None]:
    key = list(contract(table).key)
    if not of.height:
        return rows, past
    both = rows.join(of.lazy().rename({BRANCH: "_home"}), on=key, how="inner").collect(engine="streaming")
    stands = both.filter(pl.col(BRANCH) == pl.col("_home")).drop("_home")
    away = both.filter(pl.col(BRANCH) != pl.col("_home")).drop("_home")
    began = stands.select(*key, _began=FROM)
    ended = away.join(began, on=key).with_columns(pl.min_horizontal(TO, "_began").alias(TO)).drop("_began")
    before = ended.filter(pl.col(TO).is_not_null() & (pl.col(FROM).is_null() | (pl.col(FROM) < pl.col(TO))))
    known = past.join(of.lazy().select(key), on=key, how="semi").collect() if past is not None else before.clear()
    kept = pl.concat([before, known], how="diagonal").sort(
        *key, TO, BRANCH, descending=[*[False] * len(key), True, False]
    )
    history = merged(kept, kept.clear(), stands, key)
    rest = rows.join(of.lazy().select(key), on=key, how="anti")
    others = [past.join(of.lazy().select(key), on=key, how="anti")] if past is not None else []
    found = pl.concat([*others, history.lazy()], how="diagonal") if others or history.height else None
    return pl.concat([rest, stands.lazy()], how="diagonal"), found


def _numbered(name: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Events with one number of two customers, told apart by the branch."""
    twice = [_given_twice(name, rows, part) for part in range(_BUCKETS)]
    numbers = pl.concat(twice)
    if not numbers.height:
        return rows
    again = pl.col(name).is_in(numbers[name].implode())
    return rows.with_columns(pl.when(again).then(pl.concat_str(BRANCH, pl.lit(":"), name)).otherwise(name).alias(name))


def _given_twice(name: str, rows: pl.LazyFrame, part: int) -> pl.DataFrame:
    mine = rows.select(name, "customer_id").filter(pl.col(name).hash(seed=0) % _BUCKETS == part)
    several = mine.group_by(name).agg(pl.len(), pl.col("customer_id").min().alias("a"), pl.col("customer_id").max())
    return several.filter(pl.col("a") != pl.col("customer_id")).select(name).collect(engine="streaming")


def disputed(customers: pl.LazyFrame, lines: pl.LazyFrame | None, several: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What branches disagree on of one customer, as rows of the table `conflicts`; the newest stands.

    >>> frames = {name: pl.LazyFrame({"customer_id": ["a"], "region": [name]}) for name in "NS"}
    >>> both = united("customers", frames)
    >>> found = disputed(both, None, {"customers": homes("customers", both)})
    >>> found.filter(attribute="region").select("source", "value", "chosen", "rule").rows()
    [('N', 'N', 'N', 'newest'), ('S', 'S', 'N', 'newest')]
    """
    names = [one.name for one in contract("customers").columns() if not one.name.endswith("_h") and not one.key]
    own = [name for name in customers.collect_schema() if name.startswith("x_") and name != MERGED_FROM]
    of = several["customers"]
    texts = [pl.col(name).cast(pl.String) for name in (*names, *own) if name not in (FROM, TO)]
    rows = customers.join(of.lazy().rename({BRANCH: "_home"}), on="customer_id", how="inner")
    said = rows.select("customer_id", BRANCH, "_home", *texts).collect(engine="streaming")
    found = [_values(said, ["customer_id"], "customer_id")]
    if lines is not None and several["subscriptions"].height:
        held = lines.join(several["subscriptions"].lazy().rename({BRANCH: "_home"}), on="subscription_id", how="inner")
        owners = held.select("subscription_id", BRANCH, "_home", owner="customer_id").collect(engine="streaming")
        told = _values(owners, ["subscription_id"], "subscription_id")
        found.append(told.with_columns(customer_id="chosen", attribute=pl.lit("owner of a line")))
    return pl.concat(found).sort("customer_id", "attribute", "source", "source_key")


def _values(said: pl.DataFrame, key: Sequence[str], called: str) -> pl.DataFrame:
    """A row per value of what is not said alike of one key."""
    long = said.unpivot(index=[*key, BRANCH, "_home"], variable_name="attribute", value_name="value").drop_nulls(
        "value"
    )
    of = [*key, "attribute"]
    home = pl.col("value").filter(pl.col(BRANCH) == pl.col("_home")).first().over(of)
    chosen = pl.coalesce(home, pl.col("value").sort_by(BRANCH).first().over(of))
    marked = long.with_columns(chosen=chosen, kinds=pl.col("value").n_unique().over(of))
    return marked.filter(pl.col("kinds") > 1).select(
        pl.col("customer_id" if "customer_id" in key else called).alias("customer_id"),
        "attribute",
        pl.col(BRANCH).alias("source"),
        pl.col(called).alias("source_key"),
        "value",
        "chosen",
        rule=pl.lit("newest"),
    )
