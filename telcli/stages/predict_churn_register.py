"""Who left, why, and how much each reason cost: the register and its Pareto."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from telcli.errors import UsageError
from telcli.features.churn_base import Base, Walk
from telcli.features.churn_causes import UNKNOWN, causes
from telcli.features.churn_pareto import churn_pareto
from telcli.features.churn_register import SOURCES, churn_register
from telcli.features.churn_snapshots import named_columns
from telcli.features.month_index import add_months
from telcli.stages.predict_churn_study import Study

__all__ = ["reason_columns", "reasons_told", "records_reason", "register_rows"]

CAUSE_MONTHS = 12
"""Last months of which the Pareto is."""
_LEAVING = "(?:churn|cancel|leav|terminat|disconnect|deactivat|attrition)[a-z]*"
_RECORDS = re.compile(
    rf"(?:^|_){_LEAVING}_(?:[a-z0-9]+_)*(?:reason|cause)|(?:^|_)(?:reason|cause)s?_(?:[a-z]+_)*{_LEAVING}"
    # words that mean much else too: with the reason at once
    rf"|(?:^|_)(?:{_LEAVING}|exit|end(?:ed|ing)?)_(?:reason|cause|category)"
    r"|(?:^|_)k(?:ü|ue)ndig\w*(?:grund|ursache)"
    r"|(?:离网|流失|退网|销户|拆机|注销|携出|携转|转网).*(?:原因|理由)"
)
"""Names of attributes that record why somebody left, their words parted by underscores, in small letters."""
_OTHERS = re.compile(r"(?:^|_)(?:calls?_|risk|score|predict|propensity|previous|prior)")
"""Of them, those of something else: why a call ended, a forecast, a leaving long ago."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|\W+")


def register_rows(study: Study, told: Walk, base: Base, columns: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tables churn_register and churn_causes without their month; of a labelled table, of those labelled.

    `columns` are `reason_columns`.
    """
    if base.months is None:
        gone = base.frame.filter("left").select(
            "customer_id", month=pl.lit(study.as_of), kind=pl.lit(UNKNOWN, dtype=pl.String)
        )
    else:
        gone = told.gone.filter("counts", pl.col("month") <= study.as_of).select("customer_id", "month", "kind")
    known = causes(study.inputs.choices.get("reasons"))
    register = churn_register(study.inputs.tables, gone, known, columns, study.settings.value_months)
    lately = register.filter(pl.col("month") > add_months(study.as_of, -CAUSE_MONTHS))
    return register, churn_pareto(lately, known)


def reasons_told(register: pl.DataFrame, columns: Sequence[str]) -> dict[str, Any]:
    """For the JSON: leavings, how many of them each source told the reason of, and the columns that record it."""
    counts = {name: int((register["reason_source"] == name).sum()) for name in SOURCES}
    coded = sum(counts.values())
    return {
        "leavings": register.height,
        **counts,
        "not_known": register.height - coded,
        "coded_share": round(coded / register.height, 6) if register.height else None,
        "columns": [name.removeprefix("x_") for name in columns],
    }


def reason_columns(study: Study) -> list[str]:
    """Attributes that record why somebody left: those named in the settings, else those whose name says so.

    The one of most values first: a reason tells more than the category that it is of.
    """
    tables = [study.inputs.tables[name] for name in ("subscriptions", "customers") if name in study.inputs.tables]
    have = dict.fromkeys(name for table in tables for name in table.collect_schema() if name.startswith("x_"))
    asked = study.settings.reason_columns
    if asked and not have:
        raise UsageError(
            "reason-column-none",
            "[predict-churn] reason_columns: neither customers nor lines have an attribute, so none tells a reason.",
            hint="Deliver the reasons as a column of the extract of customers or lines.",
        )
    chosen = named_columns(asked, list(have)) if asked else {name for name in have if records_reason(name)}
    values = {name: max(_values(table, name) for table in tables) for name in chosen}
    return sorted(chosen, key=lambda name: (-values[name], name))


def _values(table: pl.LazyFrame, name: str) -> int:
    """How many different values an attribute has."""
    if name not in table.collect_schema():
        return 0
    return int(table.select(pl.col(name).drop_nulls().n_unique()).collect(engine="streaming").item())


def records_reason(name: str) -> bool:
    """Whether an attribute of this name records why somebody left.

    >>> [name for name in ("x_ChurnReason", "x_离网原因明细", "x_weekend_category") if records_reason(name)]
    ['x_ChurnReason', 'x_离网原因明细']
    """
    plain = _HUMP.sub("_", name.removeprefix("x_")).lower()
    return bool(_RECORDS.search(plain)) and not _OTHERS.search(plain)
