"""The index of customers by group and item, from drawn answers whose truth is known."""

from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import MissingInputError, UsageError
from telcli.settings import ScoreSatisfactionSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.score_satisfaction import score_satisfaction
from telcli.tables import contract

JUNE = date(2024, 6, 1)
_SURVEYS = {
    "customer_id": pl.String,
    "surveyed_on": pl.Date,
    "item": pl.String,
    **dict.fromkeys(("expected", "perceived", "score", "nps", "weight"), pl.Float64),
}


def surveys(rows: list[dict[str, Any]]) -> pl.LazyFrame:
    """The subject table."""
    blank: dict[str, Any] = {**dict.fromkeys(_SURVEYS), "surveyed_on": date(2024, 5, 10)}
    return pl.LazyFrame([blank | row for row in rows], schema=_SURVEYS)


def scored(tables: dict[str, pl.LazyFrame], people: int = 40, **settings: Any) -> Outcome:
    ids = [f"C{at:03d}" for at in range(people)]
    customers = pl.LazyFrame(
        {
            "customer_id": ids,
            "branch": [("north", "south")[at % 2] for at in range(people)],
            "x_network": ["5G"] * people,
        }
    )
    months = pl.LazyFrame(
        {"customer_id": ids, "month": [JUNE] * people, "active": [True] * people, "left": [False] * people}
    )
    given = {"customer_months": months, "customers": customers, **tables}
    found = score_satisfaction(Inputs(given, JUNE), ScoreSatisfactionSettings(**settings))
    for name, frame in found.tables.items():
        contract(name).schema.validate(frame.collect(), cast=False)
    return found


def group(found: Outcome, by: str, name: str) -> dict[str, Any]:
    return found.tables["satisfaction_index"].filter(by=by, group=name).collect().row(0, named=True)


def three(**more: Any) -> pl.LazyFrame:
    """Thirty customers who all say 8, 7 and 7."""
    answers = {"总体满意度": 8.0, "与期望相比": 7.0, "与理想相比": 7.0}
    rows = [
        {"customer_id": f"C{at:03d}", "item": item, "score": value} | more
        for at in range(30)
        for item, value in answers.items()
    ]
    rows.append({"customer_id": "C000", "item": "清晰度", "score": 10.0})
    return surveys(rows)


def test_three_items_make_the_acsi_index() -> None:
    found = scored({"surveys": three()}, scale="1-10")
    assert found.metrics["index"] == pytest.approx(70.370, abs=5e-4)
    assert scored({"surveys": three()}, scale="1-10", index_weights="ohio").metrics["index"] == pytest.approx(
        70.983, abs=5e-4
    )
    assert found.metrics["respondents"] == 30 and found.metrics["response_rate"] == 0.75
    few = scored({"surveys": three()}, scale="1-10", index_weights="first-component")
    assert few.metrics["weights_by"] == "equal" and few.notices[0].code == "satisfaction-weights-equal"
    own = scored({"surveys": three()}, scale="1-10", index_weights="own", own_weights="1, 0, 0")
    assert own.metrics["index"] == pytest.approx(700 / 9)
    with pytest.raises(UsageError, match="own_weights"):
        scored({"surveys": three()}, index_weights="own", own_weights="1, 2")


def test_the_last_answer_in_the_window_counts_and_groups_are_told_apart() -> None:
    rows = [
        {
            "customer_id": f"C{at:03d}",
            "item": "overall",
            "score": 10.0 if at % 2 else 1.0,
            "nps": 10.0 if at % 2 else 0.0,
        }
        for at in range(38)
    ]
    old = [{**row, "score": 5.0, "surveyed_on": date(2024, 1, 5)} for row in rows]
    gone = [{**rows[0], "customer_id": "gone"}, {**rows[0], "customer_id": "C039", "surveyed_on": date(2022, 5, 1)}]
    found = scored({"surveys": surveys(rows + old + gone)})
    ends = [group(found, "branch", name)["index"] for name in ("north", "south")]
    assert ends == pytest.approx([0.0, 100.0])
    ends = [group(found, "branch", name)["nps"] for name in ("north", "south")]
    assert ends == pytest.approx([-100.0, 100.0])
    assert group(found, "network", "5G")["respondents"] == 38 and found.metrics["index"] == pytest.approx(50.0)
    scores = found.tables["satisfaction_scores"].collect()
    assert scores.height == 40 and scores["surveyed"].sum() == 38
    assert scores.filter(customer_id="C039").select("satisfaction", "source").row(0) == (50.0, "mean")
    small = scored({"surveys": surveys(rows[:18])})
    assert group(small, "branch", "north")["withheld"] and group(small, "branch", "north")["index"] is None


def test_gaps_of_items_with_their_intervals() -> None:
    chance = np.random.default_rng(1)
    rows = [
        {
            "customer_id": f"C{at:03d}",
            "item": "coverage",
            "expected": 8.0,
            "perceived": float(np.clip(chance.normal(6.5, 1.0), 1, 10)),
        }
        for at in range(40)
    ]
    found = scored({"surveys": surveys(rows)}, scale="1-10")
    [item] = found.tables["satisfaction_items"].collect().to_dicts()
    assert item["gap_low"] < -1.5 < item["gap_high"] < 0 and item["gap_answers"] == 40 and item["role"] == "overall"
    assert item["performance"] == pytest.approx((item["perceived"] - 1) / 9 * 100)


def test_ratings_of_contacts_stand_in_and_nothing_at_all_is_a_sentence() -> None:
    contacts = pl.LazyFrame(
        {
            "customer_id": [f"C{at:03d}" for at in range(20)],
            "opened_at": [datetime(2024, 5, 3)] * 20,
            "closed_at": [None] * 20,
            "rating": [10.0, 6.0] * 10,
        },
        schema_overrides={"closed_at": pl.Datetime},
    )
    found = scored({"contacts": contacts}, scale="0-10")
    assert found.metrics["source"] == "ratings" and found.metrics["index"] == pytest.approx(80.0)
    assert found.notices[0].code == "satisfaction-ratings"
    with pytest.raises(MissingInputError, match="No customer answered"):
        scored({})
    with pytest.raises(UsageError, match="no column floor"):
        scored({"contacts": contacts}, group_by="floor")


def test_the_order_of_rows_does_not_matter() -> None:
    chance = np.random.default_rng(3)
    rows = [
        {"customer_id": f"C{at:03d}", "item": item, "score": float(chance.integers(1, 11)), "weight": float(at % 3 + 1)}
        for at in range(40)
        for item in ("overall", "signal", "price")
    ]
    one, other = (scored({"surveys": surveys(order)}) for order in (rows, rows[::-1]))
    for name, frame in one.tables.items():
        assert frame.collect().equals(other.tables[name].collect())


def test_answers_are_weighted_to_the_base() -> None:
    """Of 40 customers half are in the north; of those who answer three in four are."""
    who = [*range(0, 40, 2), *range(1, 15, 2)]
    rows = [{"customer_id": f"C{at:03d}", "item": "overall", "score": 2.0 if at % 2 else 8.0} for at in who]
    found = scored({"surveys": surveys(rows)}, scale="0-10", small_cell=5, weight_by="branch")
    assert found.metrics["weighting"] == "base" and found.metrics["index"] == pytest.approx(50.0)
    assert found.metrics["design_effect"] == pytest.approx(27 * (20 * 1 + 7 * (20 / 7) ** 2) / 40**2)
    plain = scored({"surveys": surveys(rows)}, scale="0-10", small_cell=5, weighting="none")
    assert plain.metrics["index"] == pytest.approx((20 * 80 + 7 * 20) / 27)
    shares = found.tables["satisfaction_weights"].collect()
    assert shares["base_share"].to_list() == pytest.approx(shares["weighted_share"].to_list())
    given = [{**row, "weight": 3.0 if row["score"] < 5 else 1.0} for row in rows]
    told = scored({"surveys": surveys(given)}, scale="0-10", small_cell=5)
    assert told.metrics["weighting"] == "given"
    assert told.metrics["index"] == pytest.approx((20 * 80 + 21 * 20) / 41)


def test_quadrants_find_what_matters_and_fails() -> None:
    chance = np.random.default_rng(7)
    size = 400
    points = {name: chance.integers(1, 11, size).astype(float) for name in ("signal", "price", "app", "shop")}
    points["signal"], points["app"] = np.clip(points["signal"] - 3, 1, 10), np.clip(points["app"] - 3, 1, 10)
    overall = np.clip(np.round(0.5 * points["signal"] + 0.5 * points["price"] + chance.normal(0, 0.5, size)), 1, 10)
    rows = [
        {"customer_id": f"C{at:03d}", "item": item, "score": float(values[at])}
        for item, values in {**points, "overall": overall}.items()
        for at in range(size)
    ]
    found = scored({"surveys": surveys(rows)}, people=size, scale="1-10")
    items = {row["item"]: row for row in found.tables["satisfaction_items"].collect().to_dicts()}
    quadrants = {name: items[name]["quadrant"] for name in points}
    want = {"signal": "improve-first", "price": "keep-up", "app": "improve-later", "shop": "overdone"}
    assert quadrants == want and all(items[name]["sure"] for name in points)
    assert sum(items[name]["importance"] for name in points) == pytest.approx(1.0, abs=0.01)
    assert items["overall"]["quadrant"] is None
    stated = scored({"surveys": surveys(rows)}, people=size, importance="stated")
    assert "satisfaction-not-stated" in [notice.code for notice in stated.notices]


@pytest.mark.parametrize(("answered_leave", "silent_leave", "code"), [(0, 2, "silent-leave"), (2, 0, "told-leave")])
def test_who_stayed_silent_is_looked_at(answered_leave: int, silent_leave: int, code: str) -> None:
    ids = [f"C{at:03d}" for at in range(200)]
    gone = [at % 4 < (answered_leave if at < 100 else silent_leave) for at in range(200)]
    rows = [{"customer_id": name, "item": "overall", "score": float(at % 10)} for at, name in enumerate(ids[:100])]
    may = pl.LazyFrame(
        {"customer_id": ids, "month": [date(2024, 5, 1)] * 200, "active": [True] * 200, "left": [False] * 200}
    )
    june = pl.LazyFrame({"customer_id": ids, "month": [JUNE] * 200, "active": [not out for out in gone], "left": gone})
    customers = pl.LazyFrame({"customer_id": ids})
    tables = {"customer_months": pl.concat([may, june]), "customers": customers, "surveys": surveys(rows)}
    found = score_satisfaction(Inputs(tables, JUNE), ScoreSatisfactionSettings())
    assert f"satisfaction-{code}" in [notice.code for notice in found.notices]
    told = found.metrics["nonresponse"]
    assert told["left_share_respondents"] == answered_leave / 4
    assert told["left_share_nonrespondents"] == silent_leave / 4


def test_answers_among_attributes_of_customers_are_no_drivers_beside_themselves() -> None:
    chance = np.random.default_rng(8)
    size = 300
    signal, drops = chance.integers(1, 11, size).astype(float), chance.integers(0, 9, size).astype(float)
    overall = np.clip(np.round(0.6 * signal + 4 - 0.4 * drops + chance.normal(0, 0.7, size)), 1, 10)
    rows = [
        {"customer_id": f"C{at:03d}", "item": item, "score": float(values[at])}
        for item, values in {"signal strength": signal, "our overall": overall}.items()
        for at in range(size)
    ]
    customers = pl.LazyFrame(
        {
            "customer_id": [f"C{at:03d}" for at in range(size)],
            "x_Signal_strength": signal,
            "x_our_overall": overall,
            "x_脱网次数": drops,
        }
    )
    tables = {"surveys": surveys(rows), "customers": customers}
    found = scored(tables, people=size, scale="1-10", overall_items="our overall")
    drivers = set(found.tables["satisfaction_drivers"].collect()["driver"])
    assert {"signal strength", "x_脱网次数"} <= drivers and not drivers & {"x_Signal_strength", "x_our_overall"}


def test_a_stray_answer_makes_no_scale_and_a_guessed_one_is_told() -> None:
    def of(values: list[float]) -> Outcome:
        rows = [{"customer_id": f"C{at:03d}", "item": "总体满意度", "score": value} for at, value in enumerate(values)]
        return scored({"surveys": surveys(rows)}, people=len(values), predict="never")

    high = [float(6 + at % 5) for at in range(400)]
    plain = of(high)
    assert plain.metrics["scales"] == {"总体满意度": "1-10"}
    assert "satisfaction-outside" not in {notice.code for notice in plain.notices}
    for stray, code, count in ((11.0, "outside", "rows"), (88.0, "codes", "codes"), (0.0, "outside", "rows")):
        found = of([*high, stray])
        assert found.metrics["index"] == pytest.approx(plain.metrics["index"], abs=1e-6)
        assert found.metrics["respondents"] >= 400
        (said,) = (notice for notice in found.notices if notice.code == f"satisfaction-{code}")
        assert said.values[count] == 1
    five = of([*(float(1 + at % 5) for at in range(400)), 9.0, 9.0, 9.0])
    assert five.metrics["scales"] == {"总体满意度": "1-5"} and five.metrics["index"] == pytest.approx(50.0)
    unhappy = of([float(1 + at % 5) for at in range(60)])
    assert "satisfaction-scale-guessed" in {notice.code for notice in unhappy.notices}
    assert "satisfaction-scale-guessed" not in {notice.code for notice in plain.notices}
