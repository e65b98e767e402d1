"""What becomes of each kind of column, and that a design gives the same matrix everywhere."""

import json
from datetime import date

import numpy as np
import polars as pl
import pytest

from telcli.errors import DataError
from telcli.features.churn_design import ChurnDesign, Feature, learn_design
from telcli.features.churn_words import phrases

ROWS = 400


def table() -> pl.DataFrame:
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "month": [date(2024, 6, 1)] * ROWS,
            "x_plan": rng.choice(["A", "B", "C"], ROWS, p=[0.6, 0.37, 0.03]),
            "x_yes": rng.random(ROWS) < 0.5,
            "x_senior": rng.integers(0, 2, ROWS),
            "x_fee": rng.gamma(2, 10, ROWS),
            "x_since": [date(2024, 5, 1 + i % 28) for i in range(ROWS)],
            "x_holes": [None if i % 3 else float(i % 7) for i in range(ROWS)],
            "x_broken": [float("inf") if i == 0 else float(i % 5) for i in range(ROWS)],
            "x_only_yes": [True if i % 2 else None for i in range(ROWS)],
            "x_empty": pl.Series([None] * ROWS, dtype=pl.Float64),
            "x_nothing": [float("nan")] * ROWS,
            "x_constant": ["same"] * ROWS,
            "x_account id": rng.permutation(ROWS * 10)[:ROWS],
            "x_row": range(ROWS),
            "x_name": [f"Mr {i}" for i in range(ROWS)],
            "x_note": [f"note {i * 2 // 3}" if i < 380 else None for i in range(ROWS)],
            "x_dealer": [f"dealer {i % 90}" for i in range(ROWS)],
        }
    )


def learned() -> ChurnDesign:
    frame = table()
    return learn_design(frame, [name for name in frame.columns if name != "month"], level_rows=20)


def test_each_column_finds_its_place() -> None:
    design = learned()
    assert {feature.name: feature.kind for feature in design.features} == {
        "x_plan": "category",
        "x_yes": "flag",
        "x_senior": "flag",
        "x_fee": "number",
        "x_since": "date",
        "x_holes": "number",
        "x_broken": "number",
        "x_only_yes": "flag",
    }
    assert design.left_out == {
        "x_empty": "empty",
        "x_nothing": "empty",
        "x_constant": "constant",
        "x_account id": "identifier",
        "x_row": "identifier",
        "x_name": "identifier",
        "x_note": "near-unique text",
        "x_dealer": "few rows per value",
    }


def test_rare_values_share_a_code_and_gaps_are_gaps() -> None:
    design = learned()
    strange = table().head(4).with_columns(x_plan=pl.Series(["A", "C", "never seen", None]))
    codes = design.matrix(strange)[:, design.names.index("x_plan")]
    assert codes[:3].tolist() == [0.0, 2.0, 2.0]
    assert np.isnan(codes[3])
    assert np.isnan(design.matrix(table())[0, design.names.index("x_broken")])


def test_dates_are_days_before_the_snapshot() -> None:
    design = learned()
    assert design.matrix(table())[0, design.names.index("x_since")] == 31.0


def test_a_design_is_described_as_json_can_hold_it() -> None:
    told = learned().describe()
    assert json.loads(json.dumps(told)) == told
    assert [feature["name"] for feature in told] == list(learned().names)


def test_a_column_that_is_missing_later_is_all_gaps() -> None:
    design = learned()
    assert np.isnan(design.matrix(table().drop("x_fee"))[:, design.names.index("x_fee")]).all()


def test_columns_can_be_taken_out_by_name() -> None:
    design = learned().without({"x_fee"}, "excluded")
    assert "x_fee" not in design.names
    assert design.left_out["x_fee"] == "excluded"


def test_no_rows_is_said() -> None:
    with pytest.raises(DataError) as caught:
        learn_design(table().clear(), ["x_fee"])
    assert caught.value.code == "no-rows"


def test_whole_numbers_named_as_codes_are_categories_in_every_month() -> None:
    rng = np.random.default_rng(1)
    codes = rng.choice([101, 102, 205, 333], ROWS)
    frame = pl.DataFrame(
        {
            "month": [date(2024, 6, 1)] * ROWS,
            "x_region_code": codes,
            "x_机构编码": codes.astype(float),
            "x_PlanID": codes,
            "x_paid": codes,
            "x_decode": codes,
            "x_age": codes,
        }
    )
    design = learn_design(frame, frame.columns[1:], level_rows=2)
    kinds = {feature.name: feature.kind for feature in design.features}
    assert [kinds[name] for name in ("x_region_code", "x_机构编码", "x_PlanID")] == ["category"] * 3
    assert [kinds[name] for name in ("x_paid", "x_decode", "x_age")] == ["number"] * 3
    later = frame.with_columns(pl.col("x_region_code").cast(pl.Float64), pl.col("x_机构编码").cast(pl.Int64))
    assert (design.matrix(frame) == design.matrix(later)).all()


def test_branches_by_the_thousand_keep_their_codes() -> None:
    branch = [f"B{i % 3000:04d}" for i in range(9000)]
    frame = pl.DataFrame({"month": [date(2024, 6, 1)] * 9000, "x_branch": branch})
    design = learn_design(frame, ["x_branch"], level_rows=2)
    assert len(design.features[0].levels) == 3000
    assert np.unique(design.matrix(frame)).size == 3000


def test_a_month_in_which_columns_are_empty_or_of_another_kind_is_read() -> None:
    design = learned()
    later = (
        table()
        .head(3)
        .with_columns(
            x_plan=pl.lit(None, dtype=pl.String),
            x_fee=pl.lit(None),
            x_yes=pl.lit(None, dtype=pl.Boolean),
            x_since=pl.lit(None, dtype=pl.Date),
            x_holes=pl.lit(None, dtype=pl.Int64),
        )
    )
    found = design.matrix(later)
    for name in ("x_plan", "x_fee", "x_yes", "x_since", "x_holes"):
        assert np.isnan(found[:, design.names.index(name)]).all()


def test_many_values_of_a_free_attribute_are_kept_as_digests_and_known_again() -> None:
    shops = [f"Shop {i % 80}" for i in range(800)]
    table = pl.DataFrame(
        {
            "month": [date(2024, 6, 1)] * 800,
            "x_shop": shops,
            "branch": shops,
            "x_few": (shops[:60] * 14)[:800],
        }
    )
    design = learn_design(table, ["x_shop", "branch", "x_few"])
    shop, branch, few = design.features
    assert (shop.hashed, branch.hashed, few.hashed) == (True, False, False)
    assert "Shop" not in json.dumps(design.describe()[0])
    again = ChurnDesign(tuple(Feature(**{**told, "levels": tuple(told["levels"])}) for told in design.describe()), {})
    other = table.with_columns(x_shop=pl.when(pl.int_range(pl.len()) < 3).then(None).otherwise("x_shop"))
    other = other.with_columns(x_shop=pl.when(pl.int_range(pl.len()) == 5).then(pl.lit("new")).otherwise("x_shop"))
    codes = again.matrix(other)[:, 0]
    known = np.setdiff1d(np.arange(800), [0, 1, 2, 5])
    assert np.isnan(codes[[0, 1, 2, 5]]).all()
    assert np.array_equal(codes[known], design.matrix(table)[known, 0])
    assert len(np.unique(codes[known])) == 80
    said = phrases(shop, np.array([3.0]), 0.0)
    assert [text[0] for text in said] == ["shop: risk of this value", "shop：该取值的风险偏高"]
