"""What customers owe: against the view with a row per customer and month, by hand, and where there is nothing."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from telcli.errors import MissingInputError, UsageError
from telcli.features.receivables import Receivables, receivables
from telcli.settings import AssessCreditSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.assess_credit import assess_credit
from telcli.stages.assess_credit_ageing import withheld
from telcli.stages.score_value_debts import credit_losses
from telcli.tables import contract

JUNE = date(2024, 6, 1)


def operator() -> dict[str, pl.LazyFrame]:
    """Three customers of a year: a pays in time, b has stopped in March, c never paid; each is billed 100 a month."""
    months = [date(2023 + (6 + k) // 12, (6 + k) % 12 + 1, 1) for k in range(12)]
    bills = [(who, month, "total", 100.0) for who in "abc" for month in months]
    paid = [("a", k, 100.0) for k in range(11)] + [("b", k, 100.0) for k in range(8)]
    rows = [
        (f"{who}{k}", who, datetime(2023 + (7 + k) // 12, (7 + k) % 12 + 1, 20, 9), amount, False)
        for who, k, amount in paid
    ]
    people = [(who, "key" if who == "b" else "public", date(2023, 7, 1)) for who in "abc"]
    return {
        "customers": frame("customers", people, ["customer_id", "customer_class", "joined_on"]),
        "bills": frame("bills", bills, ["customer_id", "month", "kind", "amount"]),
        "payments": frame("payments", rows, ["payment_id", "customer_id", "paid_at", "amount", "reversed"]),
    }


def frame(table: str, rows: list[Any], names: list[str]) -> pl.LazyFrame:
    return contract(table).conform(pl.DataFrame(rows, names, orient="row").lazy())


def run(tables: Mapping[str, pl.LazyFrame], as_of: date = JUNE, **chosen: Any) -> Outcome:
    return assess_credit(Inputs(tables, as_of), AssessCreditSettings(**chosen))


def test_three_customers_by_hand() -> None:
    found = run(operator())
    rows = found.tables["credit_scores"].collect().sort("customer_id")
    # Of c all bills but that of June, due on 25 July, are past due: the first since 25 August, 310 days.
    assert rows.select("customer_id", "arrears", "not_due", "days_past_due", "bucket", "dunning_step").rows() == [
        ("a", 0.0, 100.0, 0, "0", "normal"),
        ("b", 300.0, 100.0, 66, "61-90", "bar-both"),
        ("c", 1100.0, 100.0, 310, "181-365", "disconnect"),
    ]
    assert found.metrics["arrears_share"] == pytest.approx(1400 / 1700)
    ages = found.tables["credit_ageing"].collect().filter(dimension="all")
    assert dict(ages.select("bucket", "balance").rows())["181-365"] == 500.0
    assert ages.filter(pl.col("bucket") != "credit")["balance"].sum() == 1700.0
    assert contract("credit_scores").schema.is_valid(rows)


def test_flows_reconcile_with_the_balance() -> None:
    found = run(operator())
    rolls = found.tables["credit_rolls"].collect()
    assert rolls["difference"].to_list() == [0.0] * rolls.height
    last = rolls.filter(bucket="all", month=JUNE).row(0, named=True)
    assert (last["opening"], last["billed"], last["cash"], last["closing"]) == (1500.0, 300.0, 100.0, 1700.0)
    assert found.metrics["flows_differ_by"] == 0.0
    assert "credit-few-labels" in {notice.code for notice in found.notices}


def test_provisions_stand_side_by_side() -> None:
    rows = {row["bucket"]: row for row in run(operator()).tables["credit_provision"].collect().to_dicts()}
    # Past due for more than 90 days: c's bills of July to February, due up to 25 March.
    assert rows["all"]["full_provision"] == 800.0
    assert rows["all"]["balance"] == 1700.0
    assert rows["all"]["provision_low"] <= rows["all"]["provision"] <= rows["all"]["provision_high"]
    # Nobody who was past due ever paid: all of it is lost, and the interval says that two customers tell little.
    assert rows["1-30"]["loss_rate"] == 1.0 > rows["1-30"]["loss_rate_low"]


def test_who_is_dunned_and_how() -> None:
    tables = operator()
    dunned = {row["customer_id"]: row for row in run(tables).tables["dunning_list"].collect().to_dicts()}
    assert dunned.keys() == {"b", "c"}
    b, c = dunned["b"], dunned["c"]
    assert (b["step"], b["action"], b["step_on"], b["next_step_on"]) == (
        "bar-both",
        "manager",  # a key account is not suspended
        date(2024, 6, 11),  # the 10th is the Dragon Boat Festival
        date(2024, 7, 10),
    )
    assert c["action"] == "disconnect"
    assert c["late_fee"] == pytest.approx(sum(min(days * 0.003, 1.0) * 100 for days in LATE_DAYS), abs=0.01)
    tables["customers"] = tables["customers"].with_columns(x_disputed=pl.col("customer_id") == "c")
    c = run(tables).tables["dunning_list"].collect().row(by_predicate=pl.col("customer_id") == "c", named=True)
    assert (c["hold"], c["action"]) == ("disputed", "review")


LATE_DAYS = [(date(2024, 6, 30) - date(2023 + (at + 7) // 12, (at + 7) % 12 + 1, 25)).days for at in range(11)]
"""Of the bills of c, due on the 25th of August to June."""


def test_debts_of_who_left_are_written_off() -> None:
    tables = operator()
    lines = [(f"{who}1", who, "postpaid", date(2023, 7, 1), date(2024, 2, 9) if who == "c" else None) for who in "abc"]
    names = ["subscription_id", "customer_id", "pay_mode", "activated_on", "ended_on"]
    tables["subscriptions"] = frame("subscriptions", lines, names)
    tables["bills"] = tables["bills"].filter((pl.col("customer_id") != "c") | (pl.col("month") < date(2024, 2, 1)))
    found = run(tables, steps="remind:1, bar-outgoing:31, write-off:120")
    rolls = found.tables["credit_rolls"].collect()
    assert rolls["difference"].abs().sum() == 0.0
    assert found.metrics["written_off"] == found.metrics["written_off_open"] == 700.0
    # a owes the bill of June; b those of March to June: what the flows close with is what is aged and provided for.
    assert (found.metrics["arrears"], found.metrics["not_due"]) == (300.0, 200.0)
    assert rolls.filter(bucket="all", month=JUNE)["closing"].item() == 500.0
    assert (found.metrics["ageing_differs_by"], found.metrics["provision_differs_by"]) == (0.0, 0.0)
    ages = found.tables["credit_ageing"].collect().filter(dimension="all")
    assert dict(ages.select("bucket", "balance").rows())["written-off"] == 700.0
    score = found.tables["credit_scores"].collect().row(by_predicate=pl.col("customer_id") == "c", named=True)
    assert [score[name] for name in ("arrears", "expected_loss", "late_fee", "written_off")] == [0.0, 0.0, 0.0, 700.0]
    assert score["dunning_step"] == "write-off"
    c = found.tables["dunning_list"].collect().row(by_predicate=pl.col("customer_id") == "c", named=True)
    assert c["action"] == "write-off"


def test_nothing_is_written_off_of_who_stays_nor_without_a_look() -> None:
    steps = "remind:1, bar-outgoing:31, write-off:120"
    tables = operator()
    c = _dunned(tables, "c", steps)
    assert (c["days_past_due"], c["step"], c["action"]) == (310, "bar-outgoing", "bar-outgoing")
    assert (c["next_step"], c["next_step_on"]) == (None, None)
    lines = [("c1", "c", "postpaid", date(2023, 7, 1), date(2024, 5, 9))]
    tables["subscriptions"] = frame(
        "subscriptions", lines, ["subscription_id", "customer_id", "pay_mode", "activated_on", "ended_on"]
    )
    tables["bills"] = tables["bills"].filter((pl.col("customer_id") != "c") | (pl.col("month") < date(2024, 5, 1)))
    assert _dunned(tables, "c", steps)["action"] == "write-off"
    disputed = {**tables, "customers": tables["customers"].with_columns(x_disputed=pl.lit("yes"))}
    assert _dunned(disputed, "c", steps)["action"] == "review"
    key = {**tables, "customers": tables["customers"].with_columns(customer_class=pl.lit("key"))}
    assert _dunned(key, "c", steps)["action"] == "manager"


def _dunned(tables: Mapping[str, pl.LazyFrame], who: str, steps: str) -> dict[str, Any]:
    rows = run(tables, steps=steps).tables["dunning_list"].collect()
    return rows.row(by_predicate=pl.col("customer_id") == who, named=True)


def test_whose_first_bill_was_never_paid() -> None:
    tables = operator()
    tables["bills"] = tables["bills"].filter((pl.col("customer_id") != "c") | (pl.col("month") > date(2024, 2, 1)))
    tables["customers"] = tables["customers"].with_columns(
        joined_on=pl.when(pl.col("customer_id") == "c").then(date(2024, 3, 1)).otherwise("joined_on")
    )
    rows = run(tables).tables["credit_scores"].collect()
    assert rows.filter("first_unpaid")["customer_id"].to_list() == ["c"]


@pytest.mark.parametrize("chosen", [{"suspend_from": "never"}, {"hold_columns": "x_nothing"}])
def test_settings_that_name_nothing(chosen: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="assess-credit"):
        run(operator(), **chosen)


def test_small_groups_are_withheld() -> None:
    by_class = run(operator()).tables["credit_ageing"].collect().filter(dimension="customer_class")
    assert by_class.height
    for name in ("customers", "balance", "share"):
        assert by_class[name].null_count() == by_class.height


@pytest.mark.parametrize(
    ("owing", "told"),
    [
        ({"a": 1, "b": 40}, {}),  # 41 less the 40 of b would tell the one of a
        ({"a": 4, "b": 5, "c": 12, "d": 40}, {"d": 40}),  # 9 are too few to hide among: c goes with them
        ({"a": 6, "b": 5, "c": 12, "d": 0}, {"c": 12, "d": 0}),  # 11 hide each other
        ({"a": 10, "b": 11}, {"a": 10, "b": 11}),
    ],
)
def test_few_who_owe_are_not_told_nor_by_subtraction(owing: dict[str, int], told: dict[str, int]) -> None:
    rows = [("branch", value, 50, "1-30", 1, n, 2.0 * n, 0.5) for value, n in owing.items()]
    rows += [("branch", value, 50, "0", 0, 20, 40.0, 0.5) for value in owing]
    rows.append(("all", "all", 200, "1-30", 1, sum(owing.values()), 2.0 * sum(owing.values()), 0.5))
    names = ["dimension", "value", "members", "bucket", "place", "customers", "balance", "share"]
    found = withheld(pl.DataFrame(rows, names, orient="row"))
    late = found.filter(dimension="branch", bucket="1-30")
    kept = late.filter(pl.col("balance").is_not_null())
    assert dict(kept.select("value", "customers").rows()) == told
    assert late["customers"].null_count() == len(owing) - len(told)
    shares = found.filter(pl.col("dimension") == "branch", pl.col("share").is_not_null())
    assert set(shares["value"]) == set(told)
    assert found.filter(dimension="all")["balance"].to_list() == [2.0 * sum(owing.values())]


def test_the_test_learns_from_labels_known_by_then() -> None:
    tables = operator()
    tables["payments"] = tables["payments"].filter((pl.col("customer_id") != "b") | (pl.col("paid_at") < FEBRUARY))
    # Tested are a, b and c on what is due on 25 April. With 60 days of grace what b paid no more, due since February,
    # was not known at the end of March: of those known by then one in three was late.
    found = run(tables, grace_days=60)
    assert found.metrics["by_method"]["base"]["brier"] == pytest.approx(((1 / 3) ** 2 + 2 * (2 / 3) ** 2) / 3)


FEBRUARY = datetime(2024, 2, 1)
"""Before which b pays, where it stops earlier."""


def test_what_is_open_is_held_against_the_tables() -> None:
    tables = operator()
    late = frame(
        "payments",
        [("x", "a", datetime(2023, 6, 20), 70.0, False), ("y", "b", datetime(2024, 5, 2), 9.0, True)],
        ["payment_id", "customer_id", "paid_at", "amount", "reversed"],
    )
    tables["payments"] = pl.concat([tables["payments"], late])
    found = run(tables).metrics
    assert (found["bills"], found["payments"], found["payments_reversed"]) == (3600.0, 1970.0, 9.0)
    counted = found["bills"] - found["bills_not_counted"] - found["payments"] + found["payments_not_counted"]
    assert counted == found["arrears"] + found["not_due"] - found["credit"]
    assert found["sources_differ_by"] == 0.0


def test_a_bill_lost_on_the_way_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from telcli.stages import assess_credit_ground as ground

    def losing(owed: pl.LazyFrame, money: pl.LazyFrame, days: int) -> Receivables:
        return receivables(owed.filter(pl.col("at") != pl.col("at").max()), money, days)

    monkeypatch.setattr(ground, "receivables", losing)
    found = run(operator()).metrics
    assert (found["flows_differ_by"], found["sources_differ_by"]) == (0.0, 300.0)


def test_a_payment_taken_back_never_was() -> None:
    tables = operator()
    tables["payments"] = tables["payments"].with_columns(reversed=pl.col("customer_id") == "a")
    assert run(tables).tables["credit_scores"].collect().sort("customer_id")["arrears"].to_list() == [1100, 300, 1100]


@pytest.mark.parametrize("steps", ["remind", "remind:0", "a:9, b:9", "a:1, a:2", "a:-1"])
def test_steps_that_are_none(steps: str) -> None:
    with pytest.raises(UsageError, match="steps"):
        run(operator(), steps=steps)


def test_nothing_billed() -> None:
    tables = operator()
    with pytest.raises(MissingInputError, match="no bill"):
        run({**tables, "bills": tables["bills"].filter(pl.lit(value=False))})
    with pytest.raises(MissingInputError, match="no payment"):
        run({**tables, "payments": tables["payments"].filter(pl.lit(value=False))}, JUNE)


def test_a_month_without_bills_or_payments_is_told_first_and_has_no_share() -> None:
    tables = operator()
    assert run(tables).metrics["no_rows_of_month"] == []
    unpaid = {**tables, "payments": tables["payments"].filter(pl.col("paid_at") < datetime(2024, 6, 1))}
    found = run(unpaid)
    assert (found.notices[0].code, found.metrics["arrears_share"]) == ("credit-month-unpaid", None)
    usage = frame("usage", [("a", JUNE, 5.0)], ["customer_id", "month", "call_minutes"])
    found = run({**tables, "bills": tables["bills"].filter(pl.col("month") < JUNE), "usage": usage})
    assert (found.notices[0].code, found.metrics["no_rows_of_month"]) == ("credit-month-unbilled", ["bills"])
    assert (found.metrics["arrears_share"], found.metrics["not_due"]) == (None, 0.0)


def test_the_share_past_due_lies_in_an_interval_of_customers() -> None:
    told = run(operator()).metrics
    # b and c owe 400 and 1200, of them 300 and 1100 past due, a owes 100 not yet due: few customers tell little.
    assert told["arrears_share_low"] < 0.65 < told["arrears_share"] < 0.9 < told["arrears_share_high"] <= 1.0
    assert told["recovery_rate_low"] <= told["recovery_rate"] <= told["recovery_rate_high"]
    rows = run(operator()).tables["dunning_list"].collect()
    assert (rows["recovery_rate_low"] <= rows["recovery_rate"]).all()
    assert (rows["recovery_rate"] <= rows["recovery_rate_high"]).all()


def test_ages_of_all_in_which_few_owe_are_marked() -> None:
    for table, kept in (("credit_ageing", pl.col("dimension") == "all"), ("credit_provision", pl.lit(value=True))):
        rows = run(operator()).tables[table].collect().filter(kept)
        assert rows.filter("small")["customers"].to_list() == [n for n in rows["customers"].to_list() if 0 < n < 10]


def test_who_paid_of_late_is_expected_to_pay_again() -> None:
    months = [date(2023 + (6 + k) // 12, (6 + k) % 12 + 1, 1) for k in range(12)]
    payers, others = [f"p{k:02}" for k in range(20)], [f"n{k:02}" for k in range(20)]
    bills = [(who, month, "total", 100.0) for who in payers + others for month in months]
    # Payers pay each bill a month late, the others none after the first: all owe debts of 1-30 days at a month's end.
    paid = [
        (f"{who}{k}", who, datetime(2023 + (8 + k) // 12, (8 + k) % 12 + 1, 9), 100.0, False)
        for who in payers
        for k in range(10)
    ]
    paid += [(f"{who}-", who, datetime(2023, 8, 9), 100.0, False) for who in others]
    tables = {
        "customers": frame(
            "customers", [(who, date(2023, 7, 1)) for who in payers + others], ["customer_id", "joined_on"]
        ),
        "bills": frame("bills", bills, ["customer_id", "month", "kind", "amount"]),
        "payments": frame("payments", paid, ["payment_id", "customer_id", "paid_at", "amount", "reversed"]),
    }
    found = run(tables)
    assert found.metrics["recovery_by"] == "paid"
    told = {row["way"]: row for row in found.tables["credit_recovery"].collect().to_dicts()}
    assert contract("credit_recovery").schema.is_valid(found.tables["credit_recovery"].collect())
    assert told["paid"]["came"] == 2000.0 and told["paid"]["used"]
    assert told["paid"]["error"] < 0.01 < told["age"]["error"]
    rows = {row["customer_id"]: row for row in found.tables["dunning_list"].collect().to_dicts()}
    assert rows["p00"]["expected_recovery"] == pytest.approx(100.0, abs=5.0)
    assert rows["n00"]["recovery_rate"] < 0.02
    assert run(operator()).metrics["recovery_by"] == "age"


def test_steps_begin_on_working_days_of_the_operators_own_calendar() -> None:
    def b(steps: str = "remind:1, bar-outgoing:31, bar-both:66", given: Any = None, **chosen: Any) -> tuple[Any, ...]:
        choices = {"holidays": given} if given else {}
        found = assess_credit(Inputs(operator(), JUNE, choices=choices), AssessCreditSettings(steps=steps, **chosen))
        rows = found.tables["dunning_list"].collect()
        row = rows.row(by_predicate=pl.col("customer_id") == "b", named=True)
        return row["step"], row["step_on"], row["next_step"], row["next_step_on"]

    # b is 66 days past due on Sunday, 30 June: a step from 66 days on begins on Monday, and the one before holds.
    assert b() == ("bar-outgoing", date(2024, 5, 27), "bar-both", date(2024, 7, 1))
    assert b(holidays="") == ("bar-both", date(2024, 6, 30), None, None)
    assert b(steps="remind:1, bar-outgoing:31, bar-both:64")[:2] == ("bar-both", date(2024, 6, 28))
    own = {"file": "mine.toml", "toml": {"holiday": ["2024-07-01..2024-07-02"], "working": ["2024-05-26"]}}
    assert b(holidays="mine.toml", given=own) == ("bar-outgoing", date(2024, 5, 26), "bar-both", date(2024, 7, 3))


def test_write_off_by_its_chinese_name() -> None:
    tables = operator()
    lines = [("c1", "c", "postpaid", date(2023, 7, 1), date(2024, 2, 9))]
    names = ["subscription_id", "customer_id", "pay_mode", "activated_on", "ended_on"]
    tables["subscriptions"] = frame("subscriptions", lines, names)
    tables["bills"] = tables["bills"].filter((pl.col("customer_id") != "c") | (pl.col("month") < date(2024, 2, 1)))
    found = run(tables, steps="正常:0, 催缴:1, 单停:31, 核销:120", suspend_from="单停")
    assert found.metrics["written_off"] == 700.0
    assert found.metrics["steps"] == ["催缴", "单停", "write-off"]


def test_late_fees_are_in_no_expected_loss_and_value_takes_that_once() -> None:
    without, dear = (run(operator(), late_fee_rate=rate) for rate in (0.0, 0.05))
    found = [each.tables["credit_scores"].collect().sort("customer_id") for each in (without, dear)]
    assert found[0]["late_fee"].sum() == 0.0 < found[1]["late_fee"].sum()
    assert found[0]["expected_loss"].to_list() == found[1]["expected_loss"].to_list()
    months = operator()["customers"].select("customer_id", month=pl.lit(JUNE), arrears_91_180=pl.lit(0.0))
    for scores in found:
        tables = {"credit_scores": scores.lazy(), "customer_months": months}
        taken = credit_losses(tables, scores["customer_id"], JUNE, 1.0)
        assert taken is not None
        assert taken.tolist() == scores["expected_loss"].to_list()
    # What margin is less by already is not taken again.
    old = {**tables, "customer_months": months.with_columns(arrears_91_180=pl.lit(1e9))}
    assert credit_losses(old, scores["customer_id"], JUNE, 1.0).tolist() == [0.0, 0.0, 0.0]


def test_a_month_without_any_payment_tells_nothing_of_how_debts_are_paid() -> None:
    tables = operator()
    april = (pl.col("paid_at") >= datetime(2024, 4, 1)) & (pl.col("paid_at") < datetime(2024, 5, 1))
    gap = {**tables, "payments": tables["payments"].filter(~april)}
    found = run(gap)
    (told,) = (notice for notice in found.notices if notice.code == "credit-months-unpaid")
    assert told.values == {"count": 1, "months": "2024-04"}
    assert found.metrics["known_months"] == run(tables).metrics["known_months"] - 1
    first = {row["bucket"]: row for row in found.tables["credit_provision"].collect().to_dicts()}["0"]
    # The flows of April are there, and reconcile; rates are of the other months.
    rows = found.tables["credit_rolls"].collect().filter(pl.col("bucket") == "0", pl.col("month") != date(2024, 4, 1))
    assert first["roll_rate"] == pytest.approx(rows["rolled"].sum() / rows["opening"].sum())
    assert found.metrics["flows_differ_by"] == 0.0
