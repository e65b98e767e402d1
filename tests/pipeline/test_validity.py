"""Extracts that deliver validity themselves: what is, what was, load after load, and every line accounted for."""

from datetime import date
from pathlib import Path

from telcli.pipeline.run import StageRun
from tests.pipeline.test_loads import BILLS, codes, load, rows

CRM = "客户编号,归属地市,客户星级,生效日期,失效日期\n"
MAY = CRM + "a,北京,3,20200101,20240510\na,上海,3,20240510,99991231\nb,北京,4,20210101,29991231\n"
JUNE = MAY.replace("20240510,99991231", "20240510,20240605") + "a,上海,5,20240605,99991231\n"
PAST = ("customer_id", "region", "star_level", "valid_from", "valid_to")


def d(month: int, day: int = 1) -> date:
    return date(2024, month, day)


def bills(month: int) -> dict[str, str]:
    return {f"bills_{month}.csv": BILLS + f"a,2024-0{month},5\nb,2024-0{month},6\n"}


def accounted(run: StageRun) -> bool:
    counts = ("rows_kept", "rows_rejected", "rows_duplicate", "rows_unused")
    return all(one["rows_read"] == sum(one[name] for name in counts) for one in run.metrics["sources"])


def test_the_row_that_holds_is_the_state_and_the_others_its_history(tmp_path: Path) -> None:
    again = (
        MAY
        + "a,北京,3,20200101,20240510\nb,广州,4,20210101,\nb,广州,4,20240101,20230101\nb,北京,99,20200101,20210101\n"
    )
    run = load(tmp_path, {"crm.csv": again + "a,南京,3,20240601,\n", **bills(5)})
    assert rows(tmp_path, "customers", *PAST) == [
        ("a", "上海", 3, d(5, 10), None),
        ("b", "广州", 4, date(2021, 1, 1), None),
    ]
    assert rows(tmp_path, "customer_history", *PAST) == [("a", "北京", 3, date(2020, 1, 1), d(5, 10))]
    assert rows(tmp_path, "rejects", "line", "rule") == [
        (4, "overlapping-validity"),
        (7, "ends-before-it-begins"),
        (8, "too-high"),
    ]
    (crm,) = [one for one in run.metrics["sources"] if one["source"] == "crm.csv"]
    assert (crm["rows_read"], crm["rows_kept"], crm["rows_rejected"]) == (8, 3, 3)
    assert (crm["rows_duplicate"], crm["rows_unused"]) == (1, 1)
    assert accounted(run)
    assert "validity-ahead" in codes(run)
    assert crm["mapped"]["valid_from"] == "生效日期"


def test_loads_one_after_the_other_make_one_history(tmp_path: Path) -> None:
    load(tmp_path, {"crm_5.csv": MAY, **bills(5)})
    load(tmp_path, {"crm_6.csv": JUNE, **bills(6)})
    one_by_one = rows(tmp_path, "customer_history", *PAST)
    assert one_by_one == [
        ("a", "上海", 3, d(5, 10), d(6, 5)),
        ("a", "北京", 3, date(2020, 1, 1), d(5, 10)),
    ]
    assert rows(tmp_path, "customers", *PAST)[0] == ("a", "上海", 5, d(6, 5), None)
    (tmp_path / "other").mkdir()
    load(tmp_path / "other", {"crm_6.csv": JUNE, **bills(5), **bills(6)})
    assert rows(tmp_path / "other", "customer_history", *PAST) == one_by_one
    run = load(tmp_path, {"more.csv": JUNE.replace("b,北京,4", "b,北京,5"), **bills(6)})
    assert accounted(run)
    assert rows(tmp_path, "customer_history", *PAST) == one_by_one, "b is corrected from its own beginning"


def test_what_turns_back_within_a_month_began_when_the_extract_says(tmp_path: Path) -> None:
    load(tmp_path, {"crm_5.csv": CRM + "a,北京,3,20240225,\nb,北京,4,20240101,\n", **bills(5)})
    turned = "a,北京,3,20240225,20240604\na,上海,3,20240604,20240620\na,北京,3,20240620,\nb,北京,4,20240101,\n"
    load(tmp_path, {"crm_6.csv": CRM + turned, **bills(6)})
    assert rows(tmp_path, "customers", *PAST)[0] == ("a", "北京", 3, d(6, 20), None)
    assert rows(tmp_path, "customer_history", *PAST) == [
        ("a", "上海", 3, d(6, 4), d(6, 20)),
        ("a", "北京", 3, d(2, 25), d(6, 4)),
    ]


def test_what_was_kept_by_month_gives_way_to_what_an_extract_says(tmp_path: Path) -> None:
    plain = "客户编号,归属地市\n"
    load(tmp_path, {"crm_4.csv": plain + "a,天津\nb,北京\n", **bills(4)})
    load(tmp_path, {"crm_5.csv": plain + "a,北京\nb,北京\n", **bills(5)})
    assert rows(tmp_path, "customer_history", *PAST[:2], *PAST[3:]) == [("a", "天津", d(4), d(5))]
    load(
        tmp_path,
        {"crm_6.csv": CRM + "a,北京,3,20240420,20240520\na,上海,3,20240520,\nb,北京,4,20230101,\n", **bills(6)},
    )
    assert rows(tmp_path, "customer_history", *PAST[:2], *PAST[3:]) == [
        ("a", "北京", d(4, 20), d(5, 20)),
        ("a", "天津", d(4), d(4, 20)),
    ], "of b it says that it was always so"
    load(tmp_path, {"crm_7.csv": plain + "a,上海\nb,深圳\n", **bills(7)})
    assert rows(tmp_path, "customers", "customer_id", "valid_from") == [("a", d(5, 20)), ("b", d(7))]


def test_a_line_whose_owner_changed_by_validity_bills_the_owner_of_the_day(tmp_path: Path) -> None:
    lines = "用户编号,客户编号,主套餐,入网日期,生效日期,失效日期\n"
    lines += (
        "n1,a,P1,20200101,20200101,20231231\nn1,a,P2,20200101,20240101,20240531\nn1,b,P2,20200101,20240601,99991231\n"
    )
    usage = "用户编号,账期,流量(MB)\nn1,202405,10\nn1,202406,20\n"
    run = load(
        tmp_path, {"客户.csv": CRM + "a,北京,3,20200101,\nb,北京,3,20200101,\n", "号码.csv": lines, "usage.csv": usage}
    )
    assert rows(tmp_path, "usage", "customer_id", "data_mb") == [("a", 10.0), ("b", 20.0)]
    held = ("subscription_id", "customer_id", "plan_id", "ended_on", "valid_from", "valid_to")
    assert rows(tmp_path, "subscriptions", *held) == [
        ("n1", "b", "P2", None, d(6), None),
        ("n1@2020-01-01", "a", "P2", d(6), d(1), d(6)),
    ]
    past = ("subscription_id", "plan_id", "valid_from", "valid_to")
    assert rows(tmp_path, "subscription_history", *past) == [("n1@2020-01-01", "P1", date(2020, 1, 1), d(1))]
    assert {"validity-inclusive", "numbers-transferred", "validity-lapsed"} <= codes(run)
    assert accounted(run)


def test_a_flat_table_with_validity_is_billed_for_the_row_that_holds(tmp_path: Path) -> None:
    flat = "customer_id,plan,monthly_charge,valid_from,valid_to\n"
    flat += "a,P1,10,2020-01-01,2024-03-01\na,P2,20,2024-03-01,\nb,P1,7,2022-01-01,\n"
    run = load(tmp_path, {"base.csv": flat}, as_of=d(6))
    assert rows(tmp_path, "bills", "customer_id", "amount") == [("a", 20.0), ("b", 7.0)]
    assert rows(tmp_path, "subscriptions", "customer_id", "plan_id", "valid_from") == [
        ("a", "P2", d(3)),
        ("b", "P1", date(2022, 1, 1)),
    ]
    assert rows(tmp_path, "subscription_history", "plan_id", "valid_to") == [("P1", d(3))]
    assert accounted(run)


def test_records_of_two_systems_are_settled_by_what_holds_now(tmp_path: Path) -> None:
    crm = "客户编号,证件号码,归属地市,生效日期,失效日期\n"
    crm += "a,11010519491231002X,北京,20200101,20240101\na,11010519491231002X,上海,20240101,\n"
    bss = "cust_id,id number,gender\nK1,11010519491231002X,F\n"
    run = load(tmp_path, {"crm_customers.csv": crm, "bss_customers.csv": bss, "bills.csv": BILLS + "a,2024-05,5\n"})
    assert rows(tmp_path, "customers", "customer_id", "region", "gender", "valid_from", "valid_to") == [
        ("K1", "上海", "female", d(1), None)
    ]
    assert rows(tmp_path, "customer_history", "customer_id", "region", "valid_to") == [("K1", "北京", d(1))]
    assert accounted(run)
