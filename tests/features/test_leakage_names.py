"""Names of leaks in English and Chinese; honest names pass, and those that may mean either are told apart."""

import pytest

from telcli.features.leakage_names import named_afterwards, named_load, named_perhaps, named_stay


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
        "x_套餐失效时间", "x_优惠终止日期", "x_曾离网次数", "x_Refund_Amount", "x_disc_code", "x_term_code",
        "x_previously_cancelled",
        "x_past_churn_count",
        "x_plan_end", "x_days_since_upgrade", "x_long_term_plan", "x_collection_method", "x_discount_rate", "x_refunds",
        "x_更新时间", "x_停机保号次数", "x_term", "x_short_term",
    ],
)  # fmt: skip
def test_honest_names(name: str) -> None:
    assert not named_afterwards(name)


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


@pytest.mark.parametrize("name", ["x_Customer_State", "account_state", "Subscriber State"])
def test_a_state_is_a_place_or_a_status_as_its_values_tell(name: str) -> None:
    assert not named_afterwards(name, ["CA", "New York", "Jiangsu"])
    assert not named_afterwards(name, ["上海", "江苏"])
    assert named_afterwards(name, ["active", "Closed"])
    assert named_afterwards(name, ["在网", "已离网"])
    assert named_afterwards(name), "nothing is known of the values"
    assert named_afterwards("Customer Status", ["CA", "NY"])


@pytest.mark.parametrize("name", ["x_Refund_Amount", "x_disc_code", "x_term_code", "x_collection_flag"])
def test_names_that_may_mean_either(name: str) -> None:
    assert named_perhaps(name)
    assert not named_afterwards(name)
    assert not named_perhaps("x_refunds")
