"""Who left, why, and how much each reason cost: the register and its Pareto."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from telcli.features.churn_base import Base, Walk
from telcli.features.churn_causes import UNKNOWN, causes
from telcli.features.churn_pareto import churn_pareto
from telcli.features.churn_register import SOURCES, churn_register
from telcli.features.churn_snapshots import named_columns
from telcli.features.month_index import add_months
from telcli.stages.predict_churn_study import Study

__all__ = ["reasons_told", "records_reason", "register_rows"]

CAUSE_MONTHS = 12
"""Last months of which the Pareto is."""
_LEAVING = "(?:churn|cancel|leav|terminat|disconnect|attrition)[a-z]*"
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


def register_rows(study: Study, told: Walk, base: Base) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tables churn_register and churn_causes without their month; of a labelled table, of those labelled."""
    if base.months is None:
        gone = base.frame.filter("left").select(
            "customer_id", month=pl.lit(study.as_of), kind=pl.lit(UNKNOWN, dtype=pl.String)
        )
    else:
        gone = told.gone.filter("counts", pl.col("month") <= study.as_of).select("customer_id", "month", "kind")
    known = causes(study.inputs.choices.get("reasons"))
    register = churn_register(study.inputs.tables, gone, known, _columns(study), study.settings.value_months)
    lately = register.filter(pl.col("month") > add_months(study.as_of, -CAUSE_MONTHS))
    return register, churn_pareto(lately, known)


def reasons_told(register: pl.DataFrame) -> dict[str, Any]:
    """For the JSON: leavings, and how many of them each source told the reason of."""
    counts = {name: int((register["reason_source"] == name).sum()) for name in SOURCES}
    coded = sum(counts.values())
    return {
        "leavings": register.height,
        **counts,
        "not_known": register.height - coded,
        "coded_share": round(coded / register.height, 6) if register.height else None,
    }


def _columns(study: Study) -> list[str]:
    """Attributes that record why somebody left: those named in the settings, else those whose name says so."""
    tables = [study.inputs.tables[name] for name in ("subscriptions", "customers") if name in study.inputs.tables]
    have = dict.fromkeys(name for table in tables for name in table.collect_schema() if name.startswith("x_"))
    asked = study.settings.reason_columns
    if asked:
        return sorted(named_columns(asked, list(have)))
    return [name for name in have if records_reason(name)]


def records_reason(name: str) -> bool:
    """Whether an attribute of this name records why somebody left.

    >>> [name for name in ("x_ChurnReason", "x_离网原因明细", "x_weekend_category") if records_reason(name)]
    ['x_ChurnReason', 'x_离网原因明细']
    """
    plain = _HUMP.sub("_", name.removeprefix("x_")).lower()
    return bool(_RECORDS.search(plain)) and not _OTHERS.search(plain)
