"""Leaks by name in English and Chinese, by value, by gaps; honest columns pass."""

import numpy as np
import pytest

from telcli.methods.leakage import (
    column_auc,
    ends_early,
    marks_churners,
    named_afterwards,
    named_load,
    named_stay,
    scan,
)


@pytest.mark.parametrize(
    "name",
    [
        "x_Churn Reason", "x_Churn Score", "x_churn_category", "x_CLTV", "x_Customer Status", "churned",
        "x_cancellation_date", "x_termination reason", "x_disconnect_date", "x_left", "x_reason for leaving",
        "x_account_status", "x_end_date", "x_port_out_request", "x_last_bill", "x_retention_offer",
        "x_离网原因", "x_流失类型", "x_销户时间", "x_用户状态", "x_携出标志", "x_拆机日期", "x_停机原因",
        "x_合约离网", "x_用户离网套餐", "x_近3个月拆机", "x_合约期内解约", "x_套餐用户状态", "x_近6个月流失标志",
        "x_days_since_left", "x_Exit survey", "x_months since cancellation", "x_contract_end_reason",
        "x_previous_plan_churn_reason", "x_disco_date", "x_DEACT_DT", "x_final_settlement_amount", "x_write_off_flag",
        "x_winback_result", "x_退订原因", "x_末次账单", "x_停用日期", "x_携转时间", "x_结清日期",
    ],
)  # fmt: skip
def test_names_known_only_afterwards(name: str) -> None:
    assert named_afterwards(name)


@pytest.mark.parametrize(
    "name",
    [
        "x_Contract", "x_contract_end_date", "contract_months_left", "x_months_left", "x_State", "x_Marital Status",
        "x_tenure", "x_PaymentMethod", "x_TotalCharges", "x_last_month_traffic", "x_promotion_end", "x_weekend_calls",
        "x_近3个月宽带拆机", "x_合约终止日期", "x_套餐", "x_在网时长", "x_归属地市", "x_Satisfaction Score",
        "x_套餐失效时间", "x_优惠终止日期", "x_曾离网次数", "x_previously_cancelled", "x_past_churn_count",
        "x_plan_end", "x_days_since_upgrade", "x_long_term_plan", "x_collection_method", "x_discount_rate", "x_refunds",
        "x_更新时间", "x_停机保号次数", "x_term", "x_short_term",
    ],
)  # fmt: skip
def test_honest_names(name: str) -> None:
    assert not named_afterwards(name)


def people(rows: int = 4000, seed: int = 0) -> tuple[np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return (rng.random(rows) < 0.2).astype(float), rng


def test_a_number_counts_in_either_direction() -> None:
    y, rng = people()
    noise = rng.normal(size=y.size)
    assert column_auc(10 * y + noise, y) > 0.99
    assert column_auc(-10 * y + noise, y) > 0.99
    assert column_auc(noise, y) < 0.55


def test_a_number_that_tells_neither_high_nor_low_is_found() -> None:
    y, rng = people()
    assert column_auc(np.where(y == 1, 5.0, rng.choice([0.0, 10.0], y.size)), y) == 1.0
    assert (
        column_auc(np.where(y == 1, rng.normal(0, 0.1, y.size), rng.choice([-5, 5], y.size) * (1 + rng.random())), y)
        > 0.99
    )
    busy = rng.normal(size=y.size)
    assert column_auc(np.where(y == 1, 0.25, busy), y) > 0.98, "one common value among many"
    assert column_auc(busy, y) < 0.55
    assert column_auc(rng.integers(0, 200, y.size).astype(float), y) < 0.55


def test_gaps_tell_too() -> None:
    y, rng = people()
    reason = np.where(y == 1, rng.integers(0, 20, y.size), np.nan)
    assert column_auc(reason, y, categorical=True) == 1.0
    assert column_auc(np.where(y == 1, np.nan, 5.0), y) == 1.0


def test_many_categories_earn_nothing_by_chance() -> None:
    y, rng = people()
    assert column_auc(rng.integers(0, 1500, y.size).astype(float), y, categorical=True) < 0.57
    assert column_auc(y * 3 + rng.integers(0, 3, y.size), y, categorical=True) > 0.99


def test_scan_of_a_large_table_reads_a_part_of_it() -> None:
    y, rng = people(120_000)
    X = np.column_stack([rng.normal(size=y.size), y + rng.normal(0, 0.1, y.size), np.full(y.size, 3.0)])
    areas = scan(X, y, most=20_000)
    assert areas[0] < 0.53
    assert areas[1] > 0.99
    assert areas[2] == 0.5


@pytest.mark.parametrize(
    "name",
    ["x_etl_date", "x_Load DT", "x_updated_at", "x_last_modified_on", "x_snapshot_date", "x_入库时间", "x_更新日期"],
)
def test_names_of_loads(name: str) -> None:
    assert named_load(name)
    assert not named_stay(name)


@pytest.mark.parametrize(
    "name",
    ["x_contract_start", "x_plan_change_date", "x_last_payment_date", "x_套餐更新时间", "x_payload", "x_update_count"],
)
def test_names_of_no_loads(name: str) -> None:
    assert not named_load(name)


def test_a_mark_of_some_churners_and_no_stayer_is_a_leak_whatever_its_area() -> None:
    y, rng = people()
    reason = (y == 1) & (rng.random(y.size) < 0.3)
    assert column_auc(np.where(reason, 1.0, np.nan), y) < 0.7
    assert marks_churners(reason, y)
    for honest in (rng.random(y.size) < 0.1, np.ones(y.size, bool), np.zeros(y.size, bool), y == 0):
        assert not marks_churners(honest, y)
    assert not marks_churners((y == 1) & (rng.random(y.size) < 0.02), y), "of few churners"


def test_a_mark_is_seldom_one_by_chance() -> None:
    """Columns that know nothing, in tables of few customers: none of 2,000 is refused."""
    rng = np.random.default_rng(5)
    for _ in range(2000):
        y = (rng.random(60) < 0.4).astype(float)
        assert not marks_churners(rng.random(60) < rng.random(), y) or y.sum() == 0


def test_a_stay_counted_to_the_day_of_leaving() -> None:
    y, rng = people(600)
    since = rng.integers(6, 60, y.size).astype(float)
    before = np.where(y == 1, rng.integers(2, 6, y.size), 0)
    assert ends_early(since - before, since, y)
    assert ends_early(np.round(since - before), since + rng.random(y.size), y)
    assert not ends_early(since, since, y)
    assert not ends_early(since - rng.integers(0, 6, y.size), since, y), "an old extract: short for all"
    assert not ends_early(rng.permutation(since), since, y), "another date"
    assert not ends_early(np.full(y.size, np.nan), since, y)
