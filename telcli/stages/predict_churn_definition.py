"""The operator's own definition of leaving, from the settings, held against what the tables can tell."""

from __future__ import annotations

import math
import re

import polars as pl

from telcli.errors import DataError, UsageError
from telcli.features.churn_leavings import COUNTED, Definition
from telcli.features.churn_silence import longest_known
from telcli.features.exit_kinds import ended_lines
from telcli.settings.names_in import names_in
from telcli.stages.predict_churn_study import Study

__all__ = ["MONTH_DAYS", "definition_of", "whole_months"]

_PRESENCE_MONTHS = 3
"""Silent months by which customer_months lets prepaid customers leave, where nobody has left so."""
MONTH_DAYS = 30
_KINDS_ZH = {
    **{"主动": "voluntary", "被动": "involuntary", "携出": "port-out", "携号转出": "port-out", "携转": "port-out"},
    **{"静默": "inactive", "沉默": "inactive", "方式不明": "unknown", "未知": "unknown"},
}
"""Kinds as they may be named in Chinese too, with or without 离网 after them."""


def definition_of(study: Study) -> Definition:
    """The definition in the settings.

    Raises
    ------
    UsageError
        It contradicts itself, or names what there is not.
    DataError
        The tables do not hold what it asks for.
    """
    settings = study.settings
    silent = settings.zero_use_months or whole_months(settings.inactive_days)
    if settings.zero_use_months and settings.inactive_days:
        raise UsageError(
            "silence-twice",
            "Both inactive_days and zero_use_months say by when prepaid customers have left.",
            hint="Set one of them to 0 in [predict-churn].",
        )
    if silent and settings.prepaid_churn == "recorded":
        raise UsageError(
            "silence-unused",
            "With prepaid_churn = recorded nobody leaves by silence, so inactive_days and zero_use_months do nothing.",
            hint="Set prepaid_churn to either or inactive in [predict-churn], or both of them to 0.",
        )
    columns = _columns(study)
    if silent or settings.prepaid_churn == "inactive":
        silent = _silence(study, silent)
    _refuse_level(study)
    kinds = _kinds(settings.churn_kinds)
    if settings.prepaid_churn == "inactive" and "inactive" not in kinds:
        raise UsageError(
            "silence-no-kind",
            "With prepaid_churn = inactive prepaid customers leave by silence alone, and churn_kinds does not count "
            "that: none of them could churn.",
            hint="Add inactive to churn_kinds in [predict-churn], or set prepaid_churn to either or recorded.",
        )
    return Definition(
        kinds=kinds,
        level=settings.churn_level,
        prepaid=settings.prepaid_churn,
        silent_months=silent,
        zero_use=bool(settings.zero_use_months),
        return_months=whole_months(settings.return_days),
        columns=columns,
        words=study.inputs.choices.get("exit_words", {}),
    )


def whole_months(days: int) -> int:
    """Days in months of 30, rounded up, as customer-months counts silence.

    >>> whole_months(0), whole_months(30), whole_months(31)
    (0, 1, 2)
    """
    return math.ceil(days / MONTH_DAYS)


def _kinds(names: str) -> frozenset[str]:
    """The kinds that are churn.

    >>> sorted(_kinds("主动离网、携出")), sorted(_kinds("Port_Out, inactive"))
    (['port-out', 'voluntary'], ['inactive', 'port-out'])
    """
    said = {name.strip().lower().replace("_", "-") for name in re.split("[,，、]", names)} - {""}
    asked = {_KINDS_ZH.get(name.removesuffix("离网"), name) for name in said}
    wrong = sorted(asked - set(COUNTED))
    if wrong or not asked:
        raise UsageError(
            "churn-kind-unknown",
            "[predict-churn] churn_kinds: {kind} is no kind of leaving that can be churn.",
            hint="Kinds are: {known}. An internal move is none; name ends that are leaving after all in "
            "[dictionary.words.end_reason].",
            kind=wrong[0] if wrong else '""',
            known=", ".join(COUNTED),
        )
    return frozenset(asked)


def _columns(study: Study) -> tuple[str, ...]:
    asked = names_in(study.settings.exit_columns)
    lines = study.inputs.tables.get("subscriptions")
    have = [] if lines is None else [name for name in lines.collect_schema() if name.startswith("x_")]
    known = {name.removeprefix("x_").lower(): name for name in have}
    found = [known.get(name.lower().removeprefix("x_")) for name in asked]
    for name, column in zip(asked, found, strict=True):
        if column is None:
            raise UsageError(
                "exit-column-unknown",
                "[predict-churn] exit_columns: lines have no attribute called {column}.",
                hint="Attributes of lines: {known}.",
                column=name,
                known=", ".join(sorted(known)) or "-",
            )
    return tuple(column for column in found if column)


def _silence(study: Study, silent: int) -> int:
    """The silent months by which prepaid customers leave, held against what there is to tell silence."""
    months, lines = study.inputs.tables["customer_months"], study.inputs.tables.get("subscriptions")
    modes = pl.lit(value=False) if lines is None else (pl.col("pay_mode") == "prepaid").any()
    if lines is None or "pay_mode" not in lines.collect_schema() or not lines.select(modes).collect().item():
        raise DataError(
            "silence-no-prepaid",
            "No line is known to be prepaid, so nobody can leave by silence.",
            hint="Bring lines with a way of paying (--map pay_mode=COLUMN), or set prepaid_churn to either, and "
            "inactive_days and zero_use_months to 0, in [predict-churn].",
        )
    known = pl.col("months_since_use").is_not_null().any()
    if "months_since_use" not in months.collect_schema() or not months.select(known).collect(engine="streaming").item():
        raise DataError(
            "silence-no-use",
            "No month tells of use, so silence of prepaid customers cannot be known.",
            hint="Bring monthly usage or calls, or set prepaid_churn to either, and inactive_days and zero_use_months "
            "to 0, in [predict-churn].",
        )
    longest = longest_known(months, ended_lines(lines)).collect(engine="streaming").item()
    if longest is not None and silent > longest:
        raise UsageError(
            "silence-too-long",
            "Prepaid customers leave after {longest} silent months in customer_months; {asked} cannot be waited for.",
            hint="Set prepaid_inactive_days in [customer-months] to {days} or more and run telcli customer-months, or "
            "ask for less in [predict-churn].",
            longest=int(longest),
            asked=silent,
            days=MONTH_DAYS * silent,
        )
    return silent or int(longest or _PRESENCE_MONTHS)


def _refuse_level(study: Study) -> None:
    level, lines = study.settings.churn_level, study.inputs.tables.get("subscriptions")
    if level == "customer":
        return
    have = [] if lines is None else lines.collect_schema().names()
    if lines is None or "ended_on" not in have or not _any(lines, "ended_on"):
        raise DataError(
            "level-no-lines",
            "With churn_level = {level} it must be known when each line ended, and no line has such a day.",
            hint="Bring subscriptions with days of ending (--map ended_on=COLUMN), or set churn_level to customer in "
            "[predict-churn].",
            level=level,
        )
    if level == "account" and ("account_id" not in have or not _any(lines, "account_id")):
        raise DataError(
            "level-no-accounts",
            "With churn_level = account it must be known which account pays for each line, and none is named.",
            hint="Bring subscriptions with accounts (--map account_id=COLUMN), or set churn_level to customer in "
            "[predict-churn].",
        )


def _any(lines: pl.LazyFrame, column: str) -> bool:
    return bool(lines.select(pl.col(column).is_not_null().any()).collect(engine="streaming").item())
