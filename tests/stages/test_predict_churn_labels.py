"""The definition of leaving in the settings: held against the tables, told, and refused where it cannot be held to."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import DataError, TelcliError, UsageError
from telcli.settings import PredictChurnSettings, exit_words
from telcli.settings.exit_words import EXIT_KINDS
from telcli.stages import Inputs
from telcli.stages.predict_churn_labels import Labelled, label_months, settle_months
from telcli.stages.predict_churn_study import Study
from telcli.tables import contract
from telcli.tables.subjects import END_REASONS

AS_OF = date(2024, 6, 1)
SNAPSHOTS = (date(2023, 12, 1), date(2024, 3, 1))
REASONS = ("voluntary", "involuntary", "port-out", None)


def operator(rows: int = 400, **lines: Any) -> dict[str, pl.LazyFrame]:
    """Twelve months; a customer in twenty leaves each month, prepaid ones after three silent months."""
    rng = np.random.default_rng(0)
    ids = [f"c{i:04d}" for i in range(rows)]
    ends = np.minimum(rng.geometric(0.05, rows), 99).tolist()
    start = AS_OF.year * 12 + AS_OF.month - 12
    months = [date((start + t) // 12, (start + t) % 12 + 1, 1) for t in range(12)]
    made = [
        {
            "customer_id": who,
            "month": month,
            "active": end != t,
            "left": end == t,
            "months_since_use": float(max(0, t - end + 4)),
            "months_since_payment": float(max(0, t - end + 4)),
        }
        for who, end in zip(ids, ends, strict=True)
        for t, month in enumerate(months)
        if t <= end
    ]
    held = {
        "subscription_id": ids,
        "customer_id": ids,
        "account_id": [None] * rows,
        "pay_mode": ["prepaid" if i % 2 else "postpaid" for i in range(rows)],
        "activated_on": [date(2020, 1, 1)] * rows,
        "ended_on": [None if end > 11 or i % 2 else months[end].replace(day=9) for i, end in enumerate(ends)],
        "end_reason": [REASONS[i // 2 % 4] for i in range(rows)],
        **lines,
    }
    tables = {
        "customers": pl.DataFrame({"customer_id": ids}),
        "customer_months": pl.DataFrame(made),
        "subscriptions": pl.DataFrame(held, strict=False),
    }
    return {name: contract(name).conform(frame.lazy()).collect().lazy() for name, frame in tables.items()}


def study(tables: dict[str, pl.LazyFrame] | None = None, words: Any = None, **settings: Any) -> Study:
    choices = {"exit_words": words} if words else {}
    return Study(Inputs(tables or operator(), AS_OF, choices=choices), PredictChurnSettings(**settings), AS_OF)


def label(tables: dict[str, pl.LazyFrame] | None = None, **settings: Any) -> Labelled:
    return label_months(study(tables, **settings), SNAPSHOTS)


def test_the_facts_add_up_and_say_how_they_left() -> None:
    found = label()
    assert found.here is None
    assert found.facts["definition"]["silent_months"] == 0
    for row in found.facts["snapshots"]:
        known = found.rows.filter(pl.col("month") == date.fromisoformat(row["snapshot"]))
        assert row["customers"] == known.height
        assert row["churners"] == known["churned"].sum() == sum(row["by_kind"].values())
        assert {"voluntary", "port-out", "inactive"} <= set(row["by_kind"])


def test_kinds_that_do_not_count_are_left_out_and_counted() -> None:
    whole, few = label(), label(churn_kinds="Port-Out")
    for all_, some in zip(whole.facts["snapshots"], few.facts["snapshots"], strict=True):
        assert some["churners"] == all_["by_kind"]["port-out"]
        assert some["left_otherwise"] == all_["churners"] - some["churners"]
        assert {**some["by_kind"], **some["others_by_kind"]} == all_["by_kind"]


@pytest.mark.parametrize(("settings", "silent"), [({"inactive_days": 30}, 1), ({"zero_use_months": 2}, 2)])
def test_shorter_silence_leaves_earlier_and_the_silent_are_not_scored(settings: Any, silent: int) -> None:
    asked = study(**settings)
    found = label_months(asked, SNAPSHOTS)
    assert found.facts["definition"]["silent_months"] == silent
    assert found.here is not None
    told = next(notice for notice in asked.notices if notice.code == "silent-by-now")
    here = asked.inputs.tables["customer_months"].filter(pl.col("month") == AS_OF, "active").collect().height
    assert found.here.collect().height == here - told.values["customers"]


def test_days_become_whole_months_that_are_waited_for() -> None:
    assert settle_months(study(return_days=45, late_months=1)) == 3


def test_the_last_month_with_hardly_any_leaving_is_told_once_and_can_be_left_out() -> None:
    tables = operator(3000)
    last = (pl.col("month") == AS_OF) & pl.col("left")
    months = tables["customer_months"].with_columns(active=pl.col("active") | last, left=pl.col("left") & ~last)
    for late, told in ((0, True), (1, False)):
        asked = study({**tables, "customer_months": months}, late_months=late)
        label_months(asked, SNAPSHOTS)
        assert ("leavings-late" in [notice.code for notice in asked.notices]) is told


def test_an_attribute_tells_how_lines_ended_in_words_of_ones_own() -> None:
    said = ["moved away" if i % 4 else "owes us" for i in range(400)]
    tables = operator(end_reason=[None] * 400, x_Cancel_type=said)
    plain = label(tables, exit_columns="cancel_type").facts["snapshots"][0]["by_kind"]
    assert set(plain) == {"voluntary", "unknown", "inactive"}
    asked = study(tables, {"involuntary": ["owes us"]}, exit_columns="cancel_type")
    assert set(label_months(asked, SNAPSHOTS).facts["snapshots"][0]["by_kind"]) == {
        "voluntary",
        "involuntary",
        "inactive",
    }


NO_USE = pl.lit(None, pl.Float64).alias("months_since_use")


@pytest.mark.parametrize(
    ("settings", "lines", "code"),
    [
        ({"churn_kinds": "internal"}, {}, "churn-kind-unknown"),
        ({"churn_kinds": " ,"}, {}, "churn-kind-unknown"),
        ({"exit_columns": "nothing"}, {}, "exit-column-unknown"),
        ({"inactive_days": 60, "zero_use_months": 2}, {}, "silence-twice"),
        ({"inactive_days": 60, "prepaid_churn": "recorded"}, {}, "silence-unused"),
        ({"inactive_days": 150}, {}, "silence-too-long"),
        ({"prepaid_churn": "inactive"}, {"pay_mode": ["postpaid"] * 400}, "silence-no-prepaid"),
        ({"churn_level": "account"}, {}, "level-no-accounts"),
        ({"churn_level": "number"}, {"ended_on": [None] * 400}, "level-no-lines"),
        ({"churn_kinds": "port-out"}, {"end_reason": [None] * 400}, "kinds-not-known"),
    ],
)
def test_what_cannot_be_held_to_is_refused_with_what_to_do(settings: Any, lines: Any, code: str) -> None:
    with pytest.raises(TelcliError) as caught:
        label(operator(**lines), **settings)
    assert caught.value.code == code
    assert isinstance(caught.value, UsageError | DataError)
    assert caught.value.hint


def test_silence_without_use_and_levels_without_lines_are_refused() -> None:
    tables = operator()
    tables["customer_months"] = tables["customer_months"].with_columns(NO_USE)
    with pytest.raises(DataError, match="No month tells of use"):
        label(tables, zero_use_months=1)
    del tables["subscriptions"]
    for settings in ({"churn_level": "number"}, {"prepaid_churn": "inactive"}):
        with pytest.raises(DataError):
            label(tables, **settings)


def test_words_of_ones_own_are_read_by_kind_or_refused() -> None:
    assert set(EXIT_KINDS) == set(END_REASONS)
    with pytest.raises(UsageError) as caught:
        exit_words({"exit_words": {"portout": ["x"]}}, "telcli.toml")
    assert "port-out" in caught.value.hint
    with pytest.raises(UsageError) as caught:
        exit_words({"exit_words": {"port-out": "x"}}, "telcli.toml")
    assert caught.value.code == "exit-word-text"


def test_kinds_may_be_said_in_chinese() -> None:
    plain = label(churn_kinds="voluntary, port-out")
    assert label(churn_kinds="主动离网、携出").facts == plain.facts
    assert label(churn_kinds="主动，携号转出").rows.equals(plain.rows)


def test_silence_that_is_no_churn_is_refused_or_told_with_how_many() -> None:
    with pytest.raises(UsageError) as caught:
        label(churn_kinds="voluntary, port-out", prepaid_churn="inactive")
    assert caught.value.code == "silence-no-kind"
    asked = study(churn_kinds="voluntary, port-out", inactive_days=60)
    label_months(asked, SNAPSHOTS)
    (told,) = (notice for notice in asked.notices if notice.code == "silence-not-counted")
    assert told.values["customers"] > 50
    asked = study(inactive_days=60)
    label_months(asked, SNAPSHOTS)
    assert "silence-not-counted" not in {notice.code for notice in asked.notices}


@pytest.mark.parametrize(("days", "counted"), [(45, 60), (60, None), (0, None)])
def test_days_that_count_as_more_are_told(days: int, counted: int | None) -> None:
    asked = study(inactive_days=days)
    label_months(asked, SNAPSHOTS)
    told = [notice.values["counted"] for notice in asked.notices if notice.code == "days-rounded"]
    assert told == ([] if counted is None else [counted])
