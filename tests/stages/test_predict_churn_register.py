"""Which attributes are taken to record why customers left."""

from datetime import date

import polars as pl
import pytest

from telcli.errors import UsageError
from telcli.pipeline.parting import ordered
from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs
from telcli.stages.predict_churn_register import reason_columns, records_reason
from telcli.stages.predict_churn_study import Study
from telcli.tables import contract

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


def study(reason_columns: str = "", **customers: list[str]) -> Study:
    settings = PredictChurnSettings(reason_columns=reason_columns)
    return Study(Inputs({"customers": pl.LazyFrame(customers)}, None), settings, date(2024, 6, 1))


def test_a_reason_goes_before_the_category_that_it_is_of() -> None:
    told = {"x_Churn_Category": ["Other", "Price"] * 2, "x_Churn_Reason": ["Moved", "Price too high", "Died", "Fees"]}
    assert reason_columns(study(**told)) == ["x_Churn_Reason", "x_Churn_Category"]
    assert reason_columns(study("churn_category, churn_reason", **told)) == ["x_Churn_Reason", "x_Churn_Category"]


def test_a_reason_column_where_there_are_no_attributes_is_refused_in_a_sentence() -> None:
    with pytest.raises(UsageError) as caught:
        reason_columns(study("why", customer_id=["a"]))
    assert caught.value.code == "reason-column-none"


def test_the_most_important_rows_of_what_is_ranked_come_first() -> None:
    assert contract("churn_by").order == ("rank", "dimension", "level")
    rows = pl.DataFrame({"customer_id": ["a", "b", "b"], "trigger": ["no-use", "no-use", "line-lost"]})
    ranked = ordered(
        contract("care_triggers"), rows.with_columns(priority=pl.Series([2, 1, 1]), as_of=date(2024, 6, 1))
    )
    assert ranked.select("customer_id", "trigger").rows() == [("b", "line-lost"), ("b", "no-use"), ("a", "no-use")]
    assert not contract("care_triggers").repeats(ranked)
    assert contract("care_triggers").repeats(pl.concat([ranked, ranked.head(1)]))
