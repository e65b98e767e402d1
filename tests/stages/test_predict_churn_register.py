"""Which attributes are taken to record why customers left."""

import pytest

from telcli.stages.predict_churn_register import records_reason

OTHERS = (
    *("spend_category", "vendor_category", "gender_category", "weekend_category", "lend_reason", "trend_category"),
    *("friend_cause", "calendar_reason", "end_user_category", "call_termination_cause", "extend_reason", "leave"),
    *("churn_risk_reason", "previous_plan_churn_reason", "terminal_reason", "because_churned", "canceled_calls_cause"),
)
RECORDS = (
    *("Churn_Reason", "Churn Category", "ChurnReason", "churn_main_reason", "Reason_for_leaving", "cause_of_churn"),
    *("cancellation_reason", "Termination Reason Code", "exit_reason", "ended_reason", "ending_cause", "leaver_reason"),
    *("contract_end_reason", "离网原因明细", "流失理由", "拆机原因", "Kündigungsgrund", "KUENDIGUNGSGRUND"),
)


@pytest.mark.parametrize("name", OTHERS)
def test_an_ordinary_column_is_no_record_of_why_somebody_left(name: str) -> None:
    assert not records_reason(f"x_{name}")


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_why_somebody_left_is_known_by_its_name(name: str) -> None:
    assert records_reason(f"x_{name}")
