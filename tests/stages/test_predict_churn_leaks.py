"""What is written after the outcome is refused with why, and what only looks like it passes."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import DataError
from telcli.features.churn_design import learn_design
from telcli.settings import PredictChurnSettings
from telcli.stages import Inputs
from telcli.stages.predict_churn_leaks import refuse_leaks, tell_copies
from telcli.stages.predict_churn_study import Study

AS_OF = date(2024, 6, 1)
ROWS = 400
rng = np.random.default_rng(0)
Y = (np.arange(ROWS) % 4 == 0).astype(float)
LEFT = pl.Series(Y == 1)
SOME = pl.Series((Y == 1) & (rng.random(ROWS) < 0.4))
JOINED = pl.Series([AS_OF - timedelta(days=int(days)) for days in rng.integers(200, 2000, ROWS)])
MONTHS = pl.Series([(date(2024, 6, 30) - joined).days // 30.4375 for joined in JOINED])


def where(mark: pl.Series, value: Any, other: Any = None) -> pl.Series:
    return pl.select(pl.when(mark).then(value).otherwise(other)).to_series()


def refused(*, flat: bool = True, allowed: tuple[str, ...] = (), **columns: pl.Series) -> tuple[str, Study]:
    frame = pl.DataFrame({"customer_id": [f"c{i}" for i in range(ROWS)], "month": [AS_OF] * ROWS, **columns})
    study = Study(Inputs({}, AS_OF), PredictChurnSettings(), AS_OF)
    design = learn_design(frame, list(columns))
    try:
        refuse_leaks(study, frame, Y, design, set(allowed), flat=flat)
    except DataError as error:
        return str(error.values["places"]), study
    return "", study


@pytest.mark.parametrize(
    ("name", "column", "why"),
    [
        ("x_note", where(SOME, pl.lit("price"), None), "filled for churners alone"),
        ("x_login", where(SOME, None, pl.lit("web")), "empty for churners alone"),
        ("x_seen", where(SOME, date(2024, 8, 3), JOINED), "after the snapshot for churners alone"),
        ("x_etl_date", JOINED, "the date of a load or an update, by its name"),
        ("x_Churn Reason", where(LEFT, pl.lit("a"), pl.lit("b")), "by its name"),
        ("x_final", pl.Series(Y + rng.normal(0, 0.05, ROWS)), "alone it tells who leaves: AUC 1.000"),
    ],
)
def test_each_kind_is_told_with_why(name: str, column: pl.Series, why: str) -> None:
    found, _ = refused(**{name: column, "x_noise": pl.Series(rng.normal(size=ROWS))})
    assert found == f"{name.removeprefix('x_')} ({why})"
    found, study = refused(allowed=(name,), **{name: column})
    assert found == ""
    assert [notice.code for notice in study.notices] == ["leak-allowed"]


def test_a_stay_up_to_the_cancellation_is_told() -> None:
    stay = pl.Series(MONTHS.to_numpy() - np.where(Y == 1, rng.integers(2, 5, ROWS), 0))
    assert refused(x_joined=JOINED, x_tenure=stay)[0] == "tenure (churners' stay ends before the snapshot)"
    assert refused(x_joined=JOINED, x_tenure=MONTHS)[0] == ""
    assert refused(x_joined=JOINED, x_points=stay)[0] == "", "another number"


@pytest.mark.parametrize(
    "column",
    [
        pl.Series(rng.gamma(2, 20, ROWS)),
        where(pl.Series(rng.random(ROWS) < 0.3), None, pl.lit("web")),
        where(pl.Series(rng.random(ROWS) < 0.3), 0.0, 1.5),
        where(~LEFT, date(2024, 12, 1), date(2023, 12, 1)).shuffle(seed=1),
        JOINED,
    ],
)
def test_what_is_honest_passes(column: pl.Series) -> None:
    assert refused(x_column=column)[0] == ""


def test_contract_ends_to_come_are_no_leak() -> None:
    """Those who stay have renewed; the end lies ahead for many of them and for some churners."""
    ahead = pl.Series(rng.random(ROWS) < np.where(Y == 1, 0.3, 0.8))
    assert refused(x_contract_end=where(ahead, date(2024, 12, 1), date(2023, 12, 1)))[0] == ""


@pytest.mark.parametrize(
    ("name", "column", "why"),
    [
        ("x_bill", where(SOME, 0.0, pl.Series(rng.gamma(2, 20, ROWS))), "zero for churners alone"),
        ("x_disputes", where(SOME, 2.0, 0.0), "other than zero for churners alone"),
        ("x_asked_for_a_code", SOME, "yes for churners alone"),
        ("x_Refund_Amount", pl.Series(rng.gamma(2, 20, ROWS)), "by its name"),
    ],
)
def test_what_may_be_news_is_told_and_used(name: str, column: pl.Series, why: str) -> None:
    found, study = refused(**{name: column})
    assert found == ""
    (notice,) = study.notices
    assert notice.code == "leak-suspected"
    assert notice.values["places"] == f"{name.removeprefix('x_')} ({why})"


def test_a_state_of_the_union_is_no_status() -> None:
    places = pl.Series(rng.choice(["CA", "NY", "TX"], ROWS))
    found, study = refused(x_Customer_State=places, x_account_state=places)
    assert (found, study.notices) == ("", [])
    status = where(SOME, pl.lit("Closed"), pl.lit("Active"))
    assert refused(x_account_state=status)[0] == "account_state (by its name)"


def test_a_sure_sign_goes_before_an_unsure_one() -> None:
    final = pl.Series(Y + rng.normal(0, 0.05, ROWS))
    assert refused(x_Refund_Amount=final)[0] == "Refund_Amount (alone it tells who leaves: AUC 1.000)"


def test_monthly_features_are_of_their_month() -> None:
    bill = where(SOME, None, pl.Series(rng.gamma(2, 20, ROWS)))
    assert refused(flat=False, revenue=bill)[0] == ""
    assert refused(flat=True, revenue=bill)[0] == "revenue (empty for churners alone)"


def test_copies_are_told() -> None:
    values = pl.Series(rng.normal(size=ROWS))
    for column, copies in ((values, 0), (values.head(300).append(values.head(100)), 100), (values.round(0), 0)):
        frame = pl.DataFrame({"month": [AS_OF] * ROWS, "x_a": column})
        study = Study(Inputs({}, AS_OF), PredictChurnSettings(), AS_OF)
        tell_copies(study, frame, learn_design(frame, ["x_a"]))
        assert [notice.values["copies"] for notice in study.notices] == ([copies] if copies else [])
