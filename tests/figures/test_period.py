"""Quarter and year: which months they hold, sums and stocks by hand, and comparison over the same months."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from telcli.figures.bridge_steps import Flow, Step
from telcli.figures.finding import Facts
from telcli.figures.findings import find
from telcli.figures.period import KINDS, about, alike, changes, compared, figures_of, period_of
from telcli.figures.period_findings import RULES


def month(number: int, year: int = 2024) -> date:
    return date(year, number, 1)


def row(customers: int, revenue: float | None, left: int, before: int | None) -> dict[str, float | int | None]:
    rate = None if not before else left / before
    return {"customers": customers, "revenue": revenue, "left": left, "before": before, "churn_rate": rate}


HELD = {
    month(1): row(100, 1000.0, 5, None),
    month(2): row(110, 1100.0, 4, 100),
    month(3): row(120, 1260.5, 6, 110),
    month(4): row(118, None, 12, 120),
    month(5): row(130, 1400.25, 10, 118),
}


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.sampled_from(list(KINDS)))
def test_periods_follow_each_other_without_gap_and_hold_their_month(day: date, kind: str) -> None:
    found = period_of(kind, day.replace(day=1))
    assert day.replace(day=1) in found.months
    before = found.earlier(len(found.months))
    assert (before.months[-1].year * 12 + before.months[-1].month) + 1 == found.first.year * 12 + found.first.month
    assert len({*before.months, *found.months}) == 2 * KINDS[kind]


def test_flows_are_added_stocks_are_the_last_and_rates_are_sums_over_sums() -> None:
    found = figures_of(HELD, {}, [month(1), month(2), month(3)])
    assert (found["customers"], found["revenue"], found["left"]) == (120, 3360.5, 15)
    assert found["revenue_per_customer"] == 3360.5 / 330
    assert found["churn_rate_month"] == 10 / 210  # of January nobody knows who was there before
    assert (found["followed_left"], found["followed"], found["customer_months"]) == (10, 210, 330)
    assert "joined" not in found
    assert figures_of(HELD, {}, [month(5), month(6)]) == {}


def test_joiners_are_added_over_months_whose_steps_are_known_and_told_only_where_they_may_be() -> None:
    def step(number: int, joined: int) -> Step:
        return Step(month(number - 1), month(number), 1, Flow(0, 0, {"joined": joined}, {"joined": joined}), None, 0)

    steps = {month(2): step(2, 14), month(3): step(3, 16)}
    assert figures_of(HELD, steps, [month(2), month(3)])["joined"] == 30
    assert "joined" not in figures_of(HELD, steps, [month(2), month(3)], alone=False)
    assert "joined" not in figures_of(HELD, steps, [month(1), month(2)])


def test_a_month_without_bills_counts_nowhere_in_revenue() -> None:
    found = figures_of(HELD, {}, [month(4), month(5)])
    assert (found["revenue"], found["revenue_per_customer"]) == (1400.25, 1400.25 / 130)


def test_what_lacks_is_told() -> None:
    told = about(period_of("quarter", month(5)), HELD)
    assert (told["held"], told["wanted"], told["complete"]) == (2, 3, 0)
    assert (told["lacking"], told["unpriced"], told["months"]) == ("2024-06", "2024-04", "2024-04,2024-05")
    assert (told["before"], told["year_before"]) == ("2024-Q1", "2023-Q2")
    assert about(period_of("quarter", month(3)), HELD)["complete"] == 1


def test_beside_other_periods() -> None:
    now, before = figures_of(HELD, {}, [month(3)]), figures_of(HELD, {}, [month(2)])
    rows = {row["figure"]: row for row in compared(now, before, {})}
    assert rows["revenue"]["change"] == 1260.5 / 1100.0 - 1 and rows["revenue"]["year_before"] is None
    assert rows["churn_rate_month"]["change"] == 6 / 110 - 4 / 100
    assert changes(now, {}) == {}


def told(now: list[date], then: list[date]) -> Facts:
    sides = {"now": [figures_of(HELD, {}, now)], "then": [found] if (found := figures_of(HELD, {}, then)) else []}
    return Facts(
        "CNY", blocks={**sides, "period": [about(period_of("quarter", now[-1]), HELD) | {"opened": "2023-12"}]}
    )


def test_a_quarter_tells_what_changed_and_how_sure_that_is() -> None:
    found = {finding.kind: finding for finding in find(told([month(5)], [month(2)]), RULES)}
    assert set(found) == {"period-revenue-rose", "period-churn-usual", "period-base"}
    rose = found["period-revenue-rose"]
    assert rose.amount == 1400.25 - 1100.0
    assert rose.texts["title"].en.endswith("+¥300.25 (+27.3%) on the same months of Q1 2024")
    # 20 customers more at 10 each; the rest is what each brings more
    assert rose.texts["detail"].en.startswith("+¥200.00 comes from the number of customers, +¥100.25 from")
    assert "Incomplete: bills of 1 of 3 months." in rose.texts["sure"].en
    assert "95%区间" in found["period-churn-usual"].texts["detail"].zh


def test_without_an_earlier_period_nothing_is_compared() -> None:
    kinds = [finding.kind for finding in find(told([month(1), month(2), month(3)], []), RULES)]
    assert kinds == ["period-churn", "period-revenue"]


def test_revenue_is_compared_over_months_with_bills_on_both_sides() -> None:
    now, then = [month(4), month(5)], [month(2), month(3)]  # of April no bill is known
    beside = alike(HELD, {}, now, then)
    assert (beside["revenue"], beside["customer_months"]) == (1260.5, 120)
    assert (beside["customers"], beside["left"]) == (120, 10), "all but money is of every month"
    assert changes(figures_of(HELD, {}, now), beside)["revenue"] == 1400.25 / 1260.5 - 1
    assert "revenue" not in alike(HELD, {}, then, now), "nothing stands beside February"


def test_a_quarter_without_the_bills_of_a_month_says_what_it_is_compared_with() -> None:
    held, then = [month(4), month(5)], [month(1), month(2)]
    sides = {"now": [figures_of(HELD, {}, held)], "then": [alike(HELD, {}, held, then)]}
    told = about(period_of("quarter", month(5)), {**HELD, month(6): HELD[month(5)]}) | {"opened": "2024-03"}
    found = {finding.kind: finding for finding in find(Facts("CNY", blocks={**sides, "period": [told]}), RULES)}
    texts = found["period-revenue-rose"].texts
    assert "the same months of Q1 2024" in texts["title"].en and "bills of 2 of 3 months" in texts["sure"].en
    assert "the same months" not in found["period-churn-usual"].texts["title"].en
