"""Whom to dun, on the screen: counts by step, the first of the list, accounts, and which commands bear on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._first_rows import first_rows
from telcli.cli._headlines import width
from telcli.cli._help import wrap
from telcli.cli._words import tr

__all__ = ["Row", "dunned", "money", "wrapped"]

Row = Mapping[str, Any]
_WAYS = {
    "age": "the age of the debt",
    "paid": "the age of the debt and payments of the last 3 months",
    "paid-amount": "the age and amount of the debt and payments of the last 3 months",
    "paid-class": "the age of the debt, payments of the last 3 months and class of customer",
}
_STEPS = ("step of dunning", "customers", "arrears")
_LIST = ("customer", "do today", "arrears", "days", "expected back", "why to look first")
_ACTIONS = {
    "manager": "manager, no suspension",
    "review": "review before suspending",
    "letter": "letter, no call",
}
_HOLDS = {
    "disputed": "bill disputed",
    "hardship": "in hardship",
    "complaint": "complaint open",
    "no-contact": "not to be contacted",
}
STEPS = {
    "remind": "remind",
    "bar-outgoing": "bar outgoing calls",
    "bar-both": "bar all service",
    "pre-disconnect": "announce disconnection",
    "disconnect": "disconnect",
    "write-off": "write off",
}
"""The steps that the settings come with, in words; those of the operator's own stand as they are named."""


def dunned(told: Row, tested: Sequence[Row], first: Sequence[Row]) -> Iterator[str]:
    """Counts by step, the first of the list, accounts, and which other commands bear on it.

    `told` are the run's metrics, `tested` the rows of credit_recovery, `first` those of dunning_list to be shown.
    """
    rows = [
        [tr(STEPS[name]) if name in STEPS else name, f"{count:,}", money(told["dunning_arrears"][name])]
        for name, count in ((name, told["dunning"][name]) for name in told["steps"])
    ]
    yield from aligned([[tr(head) for head in _STEPS], *rows], [1, 2])
    yield from wrapped(
        tr(
            "on the list {dunned}; expected to be paid of it within the next month {back} ({low} to {high}); late fees "
            "up to now {fees}",
            dunned=f"{told['dunned']:,}",
            back=money(told["expected_recovery"]),
            low=money(told["expected_recovery_low"]),
            high=money(told["expected_recovery_high"]),
            fees=money(told["late_fees"]),
        )
    )
    if told["dunned"] < told["in_arrears"]:
        yield from wrapped(
            tr(
                "{n} more are past due: with less than least_arrears, or their first step begins on the next working "
                "day",
                n=f"{told['in_arrears'] - told['dunned']:,}",
            )
        )
    for row in tested:
        if row["used"]:
            yield from wrapped(
                tr(
                    "expected by {way}; of debts of {month} {expected} was expected so beforehand, and {came} came",
                    way=tr(_WAYS[row["way"]]),
                    month=f"{row['month']:%Y-%m}",
                    expected=money(row["expected"]),
                    came=money(row["came"]),
                )
            )
    yield from first_rows(_LIST, map(_one, first), [2, 3, 4], len(first), "dunning_list", told["dunned"])
    yield from _accounts(told)
    yield from _neighbours(told)


def _accounts(told: Row) -> Iterator[str]:
    """What accounts owe, where bills and payments name them."""
    if told.get("accounts"):
        yield from wrapped(
            tr(
                "by account: {late} of {n} past due with {arrears}, of {customers} customers; a payment settles bills "
                "of its account alone. All: telcli show credit_accounts",
                late=f"{told['accounts_in_arrears']:,}",
                n=f"{told['accounts']:,}",
                arrears=money(told["accounts_arrears"]),
                customers=f"{told['accounts_customers_in_arrears']:,}",
            )
        )


def _neighbours(told: Row) -> Iterator[str]:
    """Which other commands bear on what was found."""
    if told["first_unpaid"]:
        yield from wrapped(
            tr(
                "never paid, from the first bill on: {n}. It is a sign, no verdict: telcli detect-fraud looks for "
                "papers, devices and accounts that new customers share with old debts.",
                n=f"{told['first_unpaid']:,}",
            )
        )
    if told["held"].get("complaint"):
        yield from wrapped(
            tr("complaint open: {n}; telcli complaints tells about what.", n=f"{told['held']['complaint']:,}")
        )
    if told["expected_loss"]:
        loss = money(told["expected_loss"])
        yield from wrapped(tr("expected loss {loss}: telcli score-value takes it off when it is run next.", loss=loss))


def _one(row: Row) -> list[str]:
    action = row["action"]
    word = tr(_ACTIONS[action]) if action in _ACTIONS else tr(STEPS[action]) if action in STEPS else action
    why = tr(_HOLDS[row["hold"]]) if row["hold"] else ""
    sums = [money(row["arrears"]), f"{row['days_past_due']:,}", money(row["expected_recovery"])]
    return [row["customer_id"], word, *sums, why]


def wrapped(text: str) -> Iterator[str]:
    """A sentence as indented lines as wide as the screen."""
    yield from ("  " + line for line in wrap(text, width() - 4))


def money(value: float | None) -> str:
    """An amount.

    >>> money(1234.5), money(None)
    ('1,234.50', '-')
    """
    return "-" if value is None else f"{value:,.2f}"
