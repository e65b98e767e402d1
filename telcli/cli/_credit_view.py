"""What customers owe, on the screen: by age with what of it is lost, how it is foretold, and whom to dun."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._aligned import aligned
from telcli.cli._dunning_view import Row, dunned, money, wrapped
from telcli.cli._first_rows import rows_of
from telcli.cli._headlines import width
from telcli.cli._help import pack
from telcli.cli._stage_view import failed, payload, title
from telcli.cli._words import said, tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["brief", "tell"]

_TABLES = ("credit_ageing", "credit_provision", "credit_rolls", "credit_model", "credit_recovery")
_FIRST = ("credit-month-unbilled", "credit-month-unpaid")
"""Notices without which the figures mislead: they stand before them."""
_BRIEF = (
    *("arrears", "arrears_share", "in_arrears", "owing", "not_due", "provision", "full_provision", "expected_loss"),
    *("dunned", "first_unpaid", "expected_recovery"),
)
_AGES = ("0", "1-30", "31-60", "61-90", "91-180", "181-365", "365+")
_AGEING = ("days past due", "customers", "balance", "share", "rolls on", "never paid", "provision", "by the full rule")
_MODEL = ("foretold by", "AUC", "Brier score", "calibration error", "of it chance", "log-loss")
_EVERY = "all"
_METHODS = {"model": "the model", "bucket": "the age of the debt", "base": "the share of all"}


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
            yield from wrapped(said(notice.code, notice.template, notice.values))
    yield from _owed(told, f"{run.as_of:%Y-%m}")
    yield from _aged(tables)
    yield from _spans(told, tables["credit_rolls"])
    yield from _reconciled(tables["credit_rolls"])
    yield from _sourced(told)
    yield from _foretold(told, tables["credit_model"])
    yield from dunned(told, tables["credit_recovery"], first)


def _owed(told: Row, month: str) -> Iterator[str]:
    """What is past due, and of how many."""
    past = tr("past due at the end of {month}: {arrears}", month=month, arrears=money(told["arrears"]))
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
        yield from wrapped(
            tr(
                "rates are of {n} months, {first} to {last}. rolls on: grew older within a month; never paid: what is "
                "lost in the end, by the product of that from this age on; full rule: all beyond {days} days past due.",
                n=len(months),
                first=f"{months[0]:%Y-%m}",
                last=f"{months[-1]:%Y-%m}",
                days=told["full_provision_days"],
            )
        )


def _aged(tables: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    """By age: what is owed, how much of it grows older and is never paid, and both provisions."""
    ages = {row["bucket"]: row for row in tables["credit_ageing"] if row["dimension"] == _EVERY}
    lost = {row["bucket"]: row for row in tables["credit_provision"]}
    rows = [_age(ages[age], lost[age]) for age in _AGES]
    whole = lost[_EVERY]
    rows.append([tr("in all"), f"{whole['customers']:,}", money(whole["balance"]), "", "", "", *_sums(whole)])
    yield from aligned([[tr(head) for head in _AGEING], *rows], range(1, 8))
    if any(row.get("small") for row in ages.values()):
        yield "    " + tr("† fewer than 10 customers: take rates of so few as a hint.")
    yield "    " + tr(
        "provision {low} to {high} (95%); paid ahead, and told apart: {credit}; written off, and in none of it: {off}",
        low=money(whole["provision_low"]),
        high=money(whole["provision_high"]),
        credit=money(ages["credit"]["balance"]),
        off=money(ages["written-off"]["balance"]),
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
    return [name, f"{row['customers']:,}" + _mark(row), money(row["balance"]), *shares, *_sums(lost)]


def _mark(row: Row) -> str:
    return "†" if row.get("small") else ""


def _sums(row: Row) -> list[str]:
    return [money(row["provision"]), money(row["full_provision"])]


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
        opening=money(last["opening"]),
        billed=money(last["billed"]),
        paid=money(last["paid"]),
        off=money(last["written_off"]),
        closing=money(last["closing"]),
        n=len(whole),
        miss=money(sum(abs(row["difference"]) for row in rolls)),
    )
    yield from wrapped(line)


def _sourced(told: Row) -> Iterator[str]:
    """What is owed against all bills and payments, and what of these is not counted."""
    line = tr(
        "bills {bills} less payments {paid}, of which {bills_not} and {paid_not} do not count (prepaid, or of before "
        "the history), miss what is open by {miss}.",
        bills=money(told["bills"]),
        bills_not=money(told["bills_not_counted"]),
        paid=money(told["payments"]),
        paid_not=money(told["payments_not_counted"]),
        miss=money(told["sources_differ_by"]),
    )
    yield from wrapped(line)


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


def _between(told: Row, name: str) -> str:
    """A share and its interval.

    >>> _between({"share": 0.105, "share_low": 0.09, "share_high": 0.12}, "share")
    '10.5% (9.0% to 12.0%)'
    """
    value, low, high = (f"{told[name + end]:.1%}" for end in ("", "_low", "_high"))
    return tr("{value} ({low} to {high})", value=value, low=low, high=high)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
