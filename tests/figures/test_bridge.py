"""What of the bridge may be shown: small parts go together with others, and no sum gives them away."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.figures.bridge import bridges_of, covered, few, flow_rows, step_rows
from telcli.figures.bridge_findings import replaced, unusual
from telcli.figures.bridge_steps import BASE_PARTS, REVENUE_PARTS, Flow, Step
from telcli.figures.finding import Facts


def flow(opening: int, **parts: int) -> Flow:
    names = {name: parts.get(name, 0) for name in BASE_PARTS}
    return Flow(opening, opening + sum(names.values()), names, {name: abs(count) for name, count in names.items()})


def months(*flows: Flow, revenue: list[Flow] | None = None) -> list[Step]:
    ends = [date(2023 + at // 12, at % 12 + 1, 1) for at in range(len(flows) + 1)]
    money = revenue or [None] * len(flows)
    return [Step(*pair, 1, one, other, 0) for pair, one, other in zip(pairwise(ends), flows, money, strict=True)]


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5), st.integers(2, 12))
def test_a_part_of_few_is_never_shown_nor_alone_in_the_sum_where_others_are_there(sizes: list[int], least: int) -> None:
    held = flow(500, **dict(zip(BASE_PARTS, sizes, strict=True)))
    gone = few(held, least)
    rows = flow_rows(held, gone)
    assert all(row.get("customers", least) >= least for row in rows if row["part"] != "together")
    assert rows[0]["amount"] + sum(row["amount"] for row in rows[1:-1]) == rows[-1]["amount"]
    together = [row for row in rows if row["part"] == "together"]
    if together and [row for row in rows[1:-1] if row["part"] != "together"]:
        assert together[0]["customers"] >= least and len(gone) > 1


def test_a_part_hidden_in_one_month_is_hidden_in_the_sum_of_the_months_too() -> None:
    steps = months(flow(100, joined=40, returned=3, left=-20), flow(123, joined=40, returned=12, left=-20))
    (base,) = bridges_of(steps, 10, ["left"]).values()
    assert [row["part"] for row in base] == ["opening", "together", "left", "closing"]
    assert base[1] == {"part": "together", "parts": "joined,returned", "amount": 95.0, "customers": 95}
    first, second = step_rows(steps, 10, ["left"])
    assert (first.get("joined"), first["together"], first["small_joined"]) == (None, 43.0, 1.0)
    assert (second["joined"], second["returned"]) == (40.0, 12.0)


@pytest.mark.parametrize(("last", "found"), [(25, []), (90, ["joined"])])
def test_what_is_out_of_the_ordinary(last: int, found: list[str]) -> None:
    steps = months(*(flow(100, joined=20 + at % 3, left=-20) for at in range(9)), flow(100, joined=last, left=-20))
    rows = unusual(steps, [steps[-1].month], 10, ["left"])
    assert [row["part"] for row in rows] == found
    assert all(row["low"] <= 21 <= row["high"] < row["amount"] and not row["priced"] for row in rows)
    assert unusual(steps[:5], [steps[4].month], 10, ["left"]) == []


def test_revenue_is_looked_at_beside_the_base_and_goes_by_its_money() -> None:
    def money(amount: int) -> Flow:
        parts = dict.fromkeys(REVENUE_PARTS, 0) | {"more": amount}
        return Flow(0, amount, parts, {name: 50 if name == "more" else 0 for name in REVENUE_PARTS})

    calm = [flow(100, joined=20)] * 10
    steps = months(*calm, revenue=[money(1000 + at) for at in range(9)] + [money(9000)])
    (row,) = unusual(steps, [steps[-1].month], 10, ())
    assert (row["part"], row["amount"], row["priced"], row["looks"]) == ("more", 90.0, True, 2)


def paid(had: int = 0, **parts: tuple[int, int]) -> Flow:
    """Revenue of which each part is of so many cents and so many customers."""
    cents, people = ({name: parts.get(name, (0, 0))[at] for name in REVENUE_PARTS} for at in (0, 1))
    return Flow(90_000, 90_000 + sum(cents.values()), cents, people, had)


@given(st.lists(st.integers(0, 30), min_size=10, max_size=10), st.integers(2, 12))
def test_revenue_is_not_taken_apart_where_what_is_left_over_tells_of_few(sizes: list[int], least: int) -> None:
    held = paid(**{name: (-100 * size, size) for name, size in zip(REVENUE_PARTS, sizes, strict=True)})
    steps = months(flow(100), revenue=[held])
    rows = bridges_of(steps, least, ()).get("bridge_revenue", [])
    (month,) = step_rows(steps, least, ())
    assert bool(rows) == ("money_opening" in month) == ("small_money" not in month)
    for row in rows[1:-1]:
        assert row["customers"] >= least and row.get("parts", "a,b").count(",") > 0
    if not rows:
        assert not any(name.startswith("money_") for name in month) and 0 < min(size for size in sizes if size) < least


def test_a_month_that_is_not_taken_apart_is_not_told_by_the_sum_of_the_months_either() -> None:
    small, large = paid(joined=(500, 3)), paid(joined=(900, 40), returned=(300, 30), more=(700, 50))
    steps = months(flow(100), flow(100), revenue=[small, Flow(90_500, 92_400, large.parts, large.people)])
    assert "bridge_revenue" not in bridges_of(steps, 10, ())
    assert "bridge_revenue" in bridges_of(steps[1:], 10, ())
    assert not covered(small, few(small, 10), 10)


@pytest.mark.parametrize(
    ("joined", "kind", "title"),
    [
        (
            282_200,
            "bridge-made-up",
            "Joiners brought ¥2,822 of monthly revenue, more than the ¥2,097 that leavers took",
        ),
        (150_000, "bridge-short", "Leavers took ¥2,097 of monthly revenue with them, joiners brought only ¥1,500"),
    ],
)
def test_joiners_are_held_against_those_who_left_in_the_same_month(joined: int, kind: str, title: str) -> None:
    held = paid(had=209_681, left=(-1732, 21), left_before=(-346_508, 25), joined=(joined, 30))
    ends = {"before": "2024-05", "last": "2024-06", "rows": "report_figures"}
    blocks = bridges_of(months(flow(100), revenue=[held]), 10, ()) | {"bridge_ends": [ends]}
    found = replaced(Facts("CNY", blocks=blocks))
    assert found is not None and found.kind == kind and found.texts["title"].en.startswith(title)
    assert found.amount == 2096.81 and found.texts["detail"].en.startswith("21 customers left.")
    few_came = paid(had=209_681, left=(-1732, 21), left_before=(-346_508, 25), joined=(joined, 3))
    blocks = bridges_of(months(flow(100), revenue=[few_came]), 10, ()) | {"bridge_ends": [ends]}
    assert replaced(Facts("CNY", blocks=blocks)) is None
