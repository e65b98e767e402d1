"""What customers owe, on the screen: by age with what of it is lost, how it is foretold, and whom to dun."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._aligned import aligned
from telcli.cli._first_rows import first_rows, rows_of
from telcli.cli._headlines import width
from telcli.cli._help import pack, wrap
from telcli.cli._stage_view import failed, payload, title
from telcli.cli._words import said, tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["tell"]

Row = Mapping[str, Any]
_TABLES = ("credit_ageing", "credit_provision", "credit_rolls", "credit_model", "credit_recovery")
_WAYS = {
    "age": "the age of the debt",
    "paid": "the age of the debt and payments of the last 3 months",
    "paid-amount": "the age and amount of the debt and payments of the last 3 months",
    "paid-class": "the age of the debt, payments of the last 3 months and class of customer",
}
_FIRST = ("credit-month-unbilled", "credit-month-unpaid")
"""Notices without which the figures mislead: they stand before them."""
_BRIEF = (
    *("arrears", "arrears_share", "in_arrears", "owing", "not_due", "provision", "full_provision", "expected_loss"),
    *("dunned", "first_unpaid", "expected_recovery"),
)
_AGES = ("0", "1-30", "31-60", "61-90", "91-180", "181-365", "365+")
_AGEING = ("days past due", "customers", "balance", "share", "rolls on", "never paid", "provision", "by the full rule")
_MODEL = ("foretold by", "AUC", "Brier score", "calibration error", "of it chance", "log-loss")
_STEPS = ("step of dunning", "customers", "arrears")
_LIST = ("customer", "do today", "arrears", "days", "expected back", "why to look first")
_EVERY = "all"
_METHODS = {"model": "the model", "bucket": "the age of the debt", "base": "the share of all"}
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


def tell(call: Call, run: StageRun, limit: int, failure: TelcliError | None = None) -> None:
    """Print the run: a screen for people; the JSON holds all rows but those of single customers."""
    from telcli.pipeline.show import read

    tables = rows_of(call, run, _TABLES)

    def view() -> Iterator[Any]:
        first = read(call.workdir, "dunning_list", run.as_of).frame.sort("priority").head(limit).collect()
        yield from _view(run, tables, first.to_dicts())

    # What is first on the screen is not said again at its end.
    later = [notice for notice in run.notices if not (call.out.human and notice.code in _FIRST)]
    call.out.lines([brief(run.metrics)])
    call.out.result(view, notices=later, **payload(run), **tables, **failed(failure))


def brief(told: Mapping[str, Any]) -> str:
    """One line for scripts, which -q prints; what could not be told is empty.

    >>> brief({"arrears": 12.5, "arrears_share": None, "in_arrears": 3})
    'arrears=12.50 arrears_share= in_arrears=3'
    """
    return " ".join(f"{name}={_plain(name, told[name])}" for name in _BRIEF if name in told)


def _plain(name: str, value: Any) -> str:
    digits = 4 if name.endswith("share") else 2
    return "" if value is None else f"{value:.{digits}f}" if isinstance(value, float) else str(value)


def _view(run: StageRun, tables: Mapping[str, Sequence[Row]], first: Sequence[Row]) -> Iterator[Any]:
    yield title(run)
    told = run.metrics
    for notice in run.notices:
        if notice.code in _FIRST:
            yield from _wrapped(said(notice.code, notice.template, notice.values))
    yield from _owed(told, f"{run.as_of:%Y-%m}")
    yield from _aged(tables)
    yield from _spans(told, tables["credit_rolls"])
    yield from _reconciled(tables["credit_rolls"])
    yield from _sourced(told)
    yield from _foretold(told, tables["credit_model"])
    yield from _dunning(told, tables["credit_recovery"], first)
    yield from _accounts(told)
    yield from _neighbours(told)


def _owed(told: Row, month: str) -> Iterator[str]:
    """What is past due, and of how many."""
    past = tr("past due at the end of {month}: {arrears}", month=month, arrears=_money(told["arrears"]))
    if told["arrears_share"] is not None:
        past += tr(", {share} of what is owed", share=_between(told, "arrears_share"))
    names = ("in_arrears", "owing", "customers")
    counts = tr(
        "customers: {in_arrears} past due, {owing} owing, due or not, {customers} with any bill or payment so far",
        **{name: f"{told[name]:,}" for name in names},
    )
    yield from ("  " + line for line in pack([past, counts], " · ", width() - 4))


def _spans(told: Row, rolls: Sequence[Row]) -> Iterator[str]:
    """What the rates are of, and what they mean."""
    months = sorted({row["month"] for row in rolls})
    if months:
        yield from _wrapped(
            tr(
                "rates are of {n} months, {first} to {last}. rolls on: grew older within a month; never paid: what is "
                "lost in the end, by the product of that from this age on; full rule: all beyond {days} days past due.",
                n=len(months),
                first=f"{months[0]:%Y-%m}",
                last=f"{months[-1]:%Y-%m}",
                days=told["full_provision_days"],
            )
        )


def _wrapped(text: str) -> Iterator[str]:
    yield from ("  " + line for line in wrap(text, width() - 4))


def _aged(tables: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    """By age: what is owed, how much of it grows older and is never paid, and both provisions."""
    ages = {row["bucket"]: row for row in tables["credit_ageing"] if row["dimension"] == _EVERY}
    lost = {row["bucket"]: row for row in tables["credit_provision"]}
    rows = [_age(ages[age], lost[age]) for age in _AGES]
    whole = lost[_EVERY]
    rows.append([tr("in all"), f"{whole['customers']:,}", _money(whole["balance"]), "", "", "", *_sums(whole)])
    yield from aligned([[tr(head) for head in _AGEING], *rows], range(1, 8))
    if any(row.get("small") for row in ages.values()):
        yield "    " + tr("† fewer than 10 customers: take rates of so few as a hint.")
    yield "    " + tr(
        "provision {low} to {high} (95%); paid ahead, and told apart: {credit}; written off, and in none of it: {off}",
        low=_money(whole["provision_low"]),
        high=_money(whole["provision_high"]),
        credit=_money(ages["credit"]["balance"]),
        off=_money(ages["written-off"]["balance"]),
    )


def _age(row: Row, lost: Row) -> list[str]:
    """One age.

    >>> row = {"bucket": "1-30", "customers": 1200, "balance": 3.5, "share": 0.25}
    >>> _age(row, {"roll_rate": None, "loss_rate": 0.125, "provision": 0.4, "full_provision": 0.0})
    ['1-30', '1,200', '3.50', '25.0%', '-', '12.5%', '0.40', '0.00']
    """
    name = tr("not yet due") if row["bucket"] == "0" else row["bucket"]
    # Of an age in which nothing is owed there is nothing to lose.
    never = lost["loss_rate"] if row["balance"] else None
    shares = [_share(row["share"]), _share(lost["roll_rate"]), _share(never)]
    return [name, f"{row['customers']:,}" + _mark(row), _money(row["balance"]), *shares, *_sums(lost)]


def _mark(row: Row) -> str:
    return "†" if row.get("small") else ""


def _sums(row: Row) -> list[str]:
    return [_money(row["provision"]), _money(row["full_provision"])]


def _reconciled(rolls: Sequence[Row]) -> Iterator[str]:
    """The flows of the last month, and by how much those of all months miss."""
    whole = [row for row in rolls if row["bucket"] == _EVERY]
    if not whole:
        return
    last = max(whole, key=lambda row: row["month"])
    line = tr(
        "{month}: {opening} owed + {billed} billed - {paid} paid - {off} written off = {closing}; the flows of {n} "
        "months miss by {miss}.",
        month=f"{last['month']:%Y-%m}",
        opening=_money(last["opening"]),
        billed=_money(last["billed"]),
        paid=_money(last["paid"]),
        off=_money(last["written_off"]),
        closing=_money(last["closing"]),
        n=len(whole),
        miss=_money(sum(abs(row["difference"]) for row in rolls)),
    )
    yield from _wrapped(line)


def _sourced(told: Row) -> Iterator[str]:
    """What is owed against all bills and payments, and what of these is not counted."""
    line = tr(
        "bills {bills} less payments {paid}, of which {bills_not} and {paid_not} do not count (prepaid, or of before "
        "the history), miss what is open by {miss}.",
        bills=_money(told["bills"]),
        bills_not=_money(told["bills_not_counted"]),
        paid=_money(told["payments"]),
        paid_not=_money(told["payments_not_counted"]),
        miss=_money(told["sources_differ_by"]),
    )
    yield from _wrapped(line)


def _foretold(told: Row, model: Sequence[Row]) -> Iterator[str]:
    """How chances of non-payment did on customers or a month not seen."""
    if not model:
        return
    when = "in {month}" if told["split"] == "out-of-time" else "up to {month} (cross-validation)"
    yield "  " + tr(
        "customers judged {rows}, with a bill due " + when + "; not paid in time {rate}; foretold before by",
        rate=_between(told, "non_payment_rate"),
        rows=f"{told['rows']:,}",
        month=f"{model[0]['month']:%Y-%m}",
    )
    order = {name: at for at, name in enumerate(_METHODS)}
    rows = [
        [
            tr(_METHODS[row["method"]]) + (" *" if row["used"] else ""),
            "-" if row["auc"] is None else f"{row['auc']:.3f}",
            *(f"{row[name]:.4f}" for name in ("brier", "ece", "ece_chance", "log_loss")),
        ]
        for row in sorted(model, key=lambda row: order[row["method"]])
    ]
    yield from aligned([[tr(head) for head in _MODEL], *rows], range(1, 6))
    on = told.get("chosen_on")
    how = (
        tr("* in use, chosen by {month}", month=on)
        if on
        else tr("* in use, chosen by the same rows: a little too good")
    )
    what = tr("AUC: chance that who paid late ranks above who paid in time; of the rest less is better")
    yield from ("    " + line for line in pack([how, what], " · ", width() - 6))


def _dunning(told: Row, tested: Sequence[Row], first: Sequence[Row]) -> Iterator[str]:
    """Counts by step, and the first of the list."""
    rows = [
        [tr(STEPS[name]) if name in STEPS else name, f"{count:,}", _money(told["dunning_arrears"][name])]
        for name, count in ((name, told["dunning"][name]) for name in told["steps"])
    ]
    yield from aligned([[tr(head) for head in _STEPS], *rows], [1, 2])
    yield from _wrapped(
        tr(
            "on the list {dunned}; expected to be paid of it within the next month {back} ({low} to {high}); late fees "
            "up to now {fees}",
            dunned=f"{told['dunned']:,}",
            back=_money(told["expected_recovery"]),
            low=_money(told["expected_recovery_low"]),
            high=_money(told["expected_recovery_high"]),
            fees=_money(told["late_fees"]),
        )
    )
    if told["dunned"] < told["in_arrears"]:
        yield from _wrapped(
            tr(
                "{n} more are past due: with less than least_arrears, or their first step begins on the next working "
                "day",
                n=f"{told['in_arrears'] - told['dunned']:,}",
            )
        )
    for row in tested:
        if row["used"]:
            yield from _wrapped(
                tr(
                    "expected by {way}; of debts of {month} {expected} was expected so beforehand, and {came} came",
                    way=tr(_WAYS[row["way"]]),
                    month=f"{row['month']:%Y-%m}",
                    expected=_money(row["expected"]),
                    came=_money(row["came"]),
                )
            )
    yield from first_rows(_LIST, map(_one, first), [2, 3, 4], len(first), "dunning_list", told["dunned"])


def _accounts(told: Row) -> Iterator[str]:
    """What accounts owe, where bills and payments name them."""
    if told.get("accounts"):
        yield from _wrapped(
            tr(
                "by account: {late} of {n} past due with {arrears}, of {customers} customers; a payment settles bills "
                "of its account alone. All: telcli show credit_accounts",
                late=f"{told['accounts_in_arrears']:,}",
                n=f"{told['accounts']:,}",
                arrears=_money(told["accounts_arrears"]),
                customers=f"{told['accounts_customers_in_arrears']:,}",
            )
        )


def _neighbours(told: Row) -> Iterator[str]:
    """Which other commands bear on what was found."""
    if told["first_unpaid"]:
        yield from _wrapped(
            tr(
                "never paid, from the first bill on: {n}. It is a sign, no verdict: telcli detect-fraud looks for "
                "papers, devices and accounts that new customers share with old debts.",
                n=f"{told['first_unpaid']:,}",
            )
        )
    if told["held"].get("complaint"):
        yield from _wrapped(
            tr("complaint open: {n}; telcli complaints tells about what.", n=f"{told['held']['complaint']:,}")
        )
    if told["expected_loss"]:
        loss = _money(told["expected_loss"])
        yield from _wrapped(tr("expected loss {loss}: telcli score-value takes it off when it is run next.", loss=loss))


def _one(row: Row) -> list[str]:
    action = row["action"]
    word = tr(_ACTIONS[action]) if action in _ACTIONS else tr(STEPS[action]) if action in STEPS else action
    why = tr(_HOLDS[row["hold"]]) if row["hold"] else ""
    money = [_money(row["arrears"]), f"{row['days_past_due']:,}", _money(row["expected_recovery"])]
    return [row["customer_id"], word, *money, why]


def _between(told: Row, name: str) -> str:
    """A share and its interval.

    >>> _between({"share": 0.105, "share_low": 0.09, "share_high": 0.12}, "share")
    '10.5% (9.0% to 12.0%)'
    """
    value, low, high = (f"{told[name + end]:.1%}" for end in ("", "_low", "_high"))
    return tr("{value} ({low} to {high})", value=value, low=low, high=high)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _money(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}"
