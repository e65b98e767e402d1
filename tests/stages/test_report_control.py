"""The report's figures against what was read, and against totals that the operator holds."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError
from telcli.figures.control import check
from telcli.figures.customers import monthly, snapshot
from telcli.report.words import word
from telcli.settings import ReportSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.report import report
from telcli.stages.report_control import checked
from telcli.stages.report_ground import Ground, facts_of
from telcli.stages.report_kpis import headlines_held
from telcli.stages.report_told import Told, read_told
from tests.stages.test_report import hand

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
ALL = ReportSettings(small_cell=1)
INGEST: dict[str, Any] = {
    "sources": [{"source": "b.csv", "rows_read": 12, "rows_kept": 9, "rows_rejected": 2, "rows_duplicate": 1}],
    "lost_amounts": [
        {"table": "bills", "source": "b.csv", "month": "2024-06", "what": "rejected", "rows": 1, "unread": 0,
         "amount": 30.0},
        {"table": "bills", "source": "b.csv", "month": None, "what": "rejected", "rows": 1, "unread": 0, "amount": 7.0},
    ],
}  # fmt: skip


def tables() -> dict[str, pl.DataFrame]:
    """The customers of `hand`, with bills and payments that make up what their months tell."""
    found = hand()
    months = found["customer_months"].with_columns(
        discount=pl.lit(1.0), paid=pl.lit(2.0), tenure_months=pl.when(customer_id="E").then(0.0).otherwise(9.0)
    )
    bills = months.select("customer_id", "month", kind=pl.lit("recurring"), amount=pl.col("revenue") + 1.0,
                          discount=pl.lit(1.0))  # fmt: skip
    paid = months.select(payment_id=pl.int_range(pl.len()).cast(pl.String), customer_id="customer_id",
                         paid_at=pl.col("month").cast(pl.Datetime("us")), amount="paid",
                         reversed=pl.lit(value=False))  # fmt: skip
    rejects = pl.DataFrame(
        {"source": ["b.csv"] * 3, "line": [3, 3, 5], "rule": ["missing", "not-a-month", "missing"],
         "column": ["customer_id", "month", "customer_id"], "value": [None] * 3},
        schema_overrides={"value": pl.String},
    )  # fmt: skip
    return {**found, "customer_months": months, "bills": bills, "payments": paid, "rejects": rejects}


def made(
    found: dict[str, pl.DataFrame],
    *told: tuple[Any, ...],
    ingest: dict[str, Any] = INGEST,
    settings: ReportSettings = ALL,
) -> Outcome:
    given = {"file": "t.csv", "columns": ["账期", "指标", "金额", "容差"][: len(told[0]) if told else 3],
             "cells": [list(row) for row in told], "lines": list(range(2, 2 + len(told)))}  # fmt: skip
    choices = {"metrics": {"ingest": ingest}, "currency": "CNY", "control_totals": given}
    frames = {name: frame.lazy() for name, frame in found.items()}
    return report(Inputs(tables=frames, as_of=JUNE, choices=choices), settings)


def state(outcome: Outcome) -> dict[str, str]:
    return {row["check"]: row["state"] for row in outcome.metrics["control"]["checks"]}


def section(outcome: Outcome, name: str) -> list[dict[str, Any]]:
    frame = outcome.tables["report_figures"].filter(pl.col("section") == name).collect()
    rows: dict[int, dict[str, Any]] = {}
    for row in frame.to_dicts():
        rows.setdefault(row["row"], {})[row["metric"]] = row["text"] if row["value"] is None else row["value"]
    return [rows[number] for number in sorted(rows)]


def test_what_was_read_is_what_is_told() -> None:
    found = made(tables())
    assert state(found) == {
        **dict.fromkeys(("rejects", "billed", "paid", "kpis", "value_scores", "churn_scores"), "agrees"),
        "live": "explained",
    }
    assert found.notices == ()
    assert [row["part"] for row in section(found, "control_parts")] == ["left"]
    assert [row["state"] for row in section(found, "control_months")] == ["agrees", "agrees"]


def test_each_break_is_seen_and_placed() -> None:
    found = tables()
    stranger = found["bills"].tail(1).with_columns(customer_id=pl.lit("Z"), amount=pl.lit(51.0))
    found["bills"] = pl.concat([found["bills"], stranger])
    found["payments"] = found["payments"].filter(pl.col("payment_id") != "8")
    found["rejects"] = found["rejects"].head(2)
    found["churn_scores"] = found["churn_scores"].filter(pl.col("customer_id") != "E")
    found["value_scores"] = pl.concat(
        [found["value_scores"].head(3), found["value_scores"].head(1).with_columns(customer_id=pl.lit("Z"))]
    )
    outcome = made(found)
    assert state(outcome) | {
        "billed": "explained", "paid": "differs", "rejects": "differs", "churn_scores": "explained",
        "value_scores": "differs",
    } == state(outcome)  # fmt: skip
    placed = {(row["check"], row["part"]): (row["rows"], row["amount"]) for row in section(outcome, "control_parts")}
    assert placed["billed", "no_month"] == (1, 50.0)
    assert placed["paid", "other"] == (1, -2.0)
    assert placed["churn_scores", "joined"] == (1, 1.0)
    assert placed["value_scores", "stranger"] == (1, -1.0)
    assert [notice.code for notice in outcome.notices] == ["control-off"]
    assert "control-off" in [finding["kind"] for finding in outcome.metrics["findings"]]


def test_control_totals_are_held_against_the_dictionary_and_differences_are_placed() -> None:
    found = tables()
    back = (
        found["payments"].tail(1).with_columns(payment_id=pl.lit("r"), amount=pl.lit(4.0), reversed=pl.lit(value=True))
    )
    found["payments"] = pl.concat([found["payments"], back])
    outcome = made(
        found,
        ("2024-06", "收入", "220.50", ""),
        ("202405", "revenue", "￥204.00", None),
        ("2024-06", "revenue", "250.5", "0"),
        ("2024-06", "revenue", "257.5", "0"),
        ("2024-06", "revenue", "222", "1%"),
        ("2024-06", "customers", "5", "0"),
        ("2024-06", "revenue", "200", ""),
        ("2024-06", "paid", "14", ""),
        ("2024-06", "revenue", "1000", ""),
        ("2023-01", "revenue", "1", ""),
    )
    rows = {(row["month"], row["metric"], row["told"]): row for row in section(outcome, "control_told")}
    told = {place: (row["state"], row.get("reason")) for place, row in rows.items()}
    assert told == {
        ("2024-06", "revenue", 220.5): ("agrees", None),
        ("2024-05", "revenue", 204.0): ("differs", "discounts"),
        ("2024-06", "revenue", 250.5): ("differs", "rejected"),
        ("2024-06", "revenue", 257.5): ("differs", None),
        ("2024-06", "revenue", 222.0): ("agrees", None),
        ("2024-06", "customers", 5.0): ("differs", "leavers"),
        ("2024-06", "revenue", 200.0): ("differs", "month_before"),
        ("2024-06", "paid", 14.0): ("differs", "reversed"),
        ("2024-06", "revenue", 1000.0): ("differs", None),
        ("2023-01", "revenue", 1.0): ("unknown", None),
    }
    assert rows["2024-06", "revenue", 1000.0]["difference"] == 779.5
    assert [place[0] for place in rows] == ["2024-06"] * 8 + ["2024-05", "2023-01"], "the report's month stands first"
    assert rows["2024-06", "revenue", 257.5]["allowed"] == 0.0, "as it was asked for"
    assert {key: outcome.metrics["control"][key] for key in ("told", "told_differ", "told_unknown")} == {
        "told": 10, "told_differ": 7, "told_unknown": 1,
    }  # fmt: skip
    assert [notice.code for notice in outcome.notices] == ["control-differs"] * 7 + ["control-unknown"]
    worst = next(finding for finding in outcome.metrics["findings"] if finding["kind"] == "control-differs")
    assert (worst["amount"], "¥779.50" in worst["text"], "779.50元" in worst["text_zh"]) == (779.5, True, True)


def test_what_a_few_customers_make_up_is_no_reason_of_a_difference() -> None:
    found = tables()
    stranger = found["bills"].tail(1).with_columns(customer_id=pl.lit("Z"), amount=pl.lit(51.0))
    found["bills"] = pl.concat([found["bills"], stranger])
    told = (("2024-06", "revenue", "270.5"), ("2024-06", "revenue", "307.5"), ("2024-06", "revenue", "250.5"))

    def reasons(least: int) -> dict[float, str | None]:
        outcome = made(found, *told, settings=ReportSettings(small_cell=least))
        if least > 1:
            parts = section(outcome, "control_parts")
            assert [row for row in parts if row["part"] == "no_month" and "amount" in row] == []
        return {row["told"]: row.get("reason") for row in section(outcome, "control_told")}

    assert reasons(1) == {270.5: "no_month", 307.5: None, 250.5: "rejected"}
    assert reasons(2) == {270.5: None, 307.5: None, 250.5: "rejected"}


def test_a_wrong_headline_differs_and_one_that_others_widen_is_explained() -> None:
    found = tables()
    gone = found["churn_scores"].head(1).with_columns(customer_id=pl.lit("D"), risk_band=pl.lit("high"))
    found["churn_scores"] = pl.concat([found["churn_scores"], gone])
    frames = {name: frame.lazy() for name, frame in found.items()}
    months, lines = monthly(frames["customer_months"]), snapshot(frames, JUNE, flat=False)
    facts = facts_of(frames, {}, months, lines, ALL, "CNY")

    def held(**wrong: float) -> tuple[str, dict[str, int]]:
        ground = Ground(frames, {}, months, lines, ALL, replace(facts, kpi={**facts.kpi, **wrong}))
        sides = headlines_held(ground, JUNE)
        assert sides is not None
        row, parts = check("kpis", "count", *sides)
        return row["state"], {part["part"]: part["rows"] for part in parts}

    assert held() == ("explained", {"wider": 1})
    assert held(at_risk_customers=999_999.0) == ("differs", {"other": 1})
    assert held(revenue=1.0) == ("differs", {"wider": 1, "other": 1})


def test_sums_shown_by_branch_and_segment_are_held_against_the_headlines() -> None:
    frames = {name: frame.lazy() for name, frame in tables().items()}
    months, lines = monthly(frames["customer_months"]), snapshot(frames, JUNE, flat=False)
    ground = Ground(frames, {}, months, lines, ALL, facts_of(frames, {}, months, lines, ALL, "CNY"))
    shown = [
        {"place": "", "segment": None, "customers": 4, "revenue": 220.5},
        {"place": "N", "segment": None, "customers": 3, "revenue": 195.5},
        {"place": "S", "segment": None, "customers": 1, "revenue": 20.0},
        {"place": "", "segment": 1, "customers": 4, "small_revenue": 1.0},
        {"place": "N", "segment": 1, "customers": 3, "revenue": 195.5},
    ]

    def states(rows: list[dict[str, Any]]) -> dict[str, str]:
        checks = checked(ground, JUNE, [], rows).metrics["checks"]
        return {row["check"]: row["state"] for row in checks if row["check"].startswith(("branches", "parts"))}

    right = {"branches_customers": "agrees", "branches_revenue": "explained", "parts_customers": "agrees"}
    assert states(shown) == right
    shown[1] |= {"customers": 2, "revenue": 190.5}
    assert states(shown) == right | {"branches_customers": "differs", "branches_revenue": "differs"}
    shown[2] = {"place": "S", "segment": None, "small_customers": 1.0, "small_revenue": 1.0}
    assert states(shown) == {"parts_customers": "agrees"}
    assert states([]) == {}


def test_branches_of_the_page_come_to_its_headlines() -> None:
    found = tables()
    found["customers"] = found["customers"].with_columns(branch=pl.Series(["N", "N", "S", "S", "S"]))
    known = state(made(found))
    assert (known["branches_customers"], known["branches_revenue"]) == ("agrees", "explained")


@pytest.mark.parametrize(
    ("columns", "cells", "code"),
    [
        (["month", "metric"], ["2024-06", "revenue"], "control-columns"),
        (["month", "metric", "amount"], ["soon", "revenue", "1"], "control-month"),
        (["month", "metric", "amount"], ["2024-06", "revenu", "1"], "control-metric"),
        (["month", "metric", "amount"], ["2024-06", "revenue", "much"], "control-amount"),
        (["month", "metric", "amount", "tolerance"], ["2024-06", "revenue", "1", "-2"], "control-tolerance"),
    ],
)
def test_what_cannot_be_read_is_told_by_line(columns: list[str], cells: list[str], code: str) -> None:
    with pytest.raises(DataError) as caught:
        read_told({"file": "t.csv", "columns": columns, "cells": [cells], "lines": [7]})
    assert caught.value.code == code
    if code != "control-columns":
        word = cells[["month", "metric", "amount", "tolerance"].index(code.removeprefix("control-"))]
        assert (caught.value.values["lines"], caught.value.values["words"]) == ("7", f'"{word}"')
        assert code != "control-metric" or "revenue" in caught.value.values["near"].split(", ")


def test_totals_as_people_write_them() -> None:
    given = {"file": "t.csv", "columns": ["Month", "METRIC", "Amount", "Tolerance"], "lines": [2],
             "cells": [["2024年6月", "revenue", "1,234,567.89", "0.1%"]]}  # fmt: skip
    assert read_told(given) == [Told(JUNE, "revenue", 1234567.89, 0.001, share=True)]
    given |= {"cells": [["2024-06", "在网客户", "7", "0"], ["2024-06", "Left this month", "0.1", ""]], "lines": [2, 3]}
    assert [one.metric for one in read_told(given)] == ["churn_rate_month", "customers"]
    assert read_told(None) == read_told({"file": "t.csv", "columns": [], "cells": [], "lines": []}) == []


def test_headline_figures_are_those_of_the_metric_dictionary() -> None:
    outcome = made(tables())
    kpis = next(row for row in outcome.metrics["control"]["checks"] if row["check"] == "kpis")
    assert (kpis["left"], kpis["state"]) == (8, "agrees")


def test_headline_cards_go_by_their_own_names() -> None:
    named = {"churn_rate_month", "customers", "expected_saving", "revenue", "revenue_per_customer"}
    for name, metric in {**dict(zip(named, named, strict=True)), "lifetime_value_total": "lifetime_value",
                         "at_risk_customers": "high_risk_customers"}.items():  # fmt: skip
        for lang in ("en", "zh"):
            cells = [["2024-06", word(f"kpi.{name}", lang), "1"]]
            (one,) = read_told(
                {"file": "t.csv", "columns": ["month", "metric", "amount"], "cells": cells, "lines": [2]}
            )
            assert one.metric == metric
