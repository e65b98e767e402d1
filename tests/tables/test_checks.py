"""Good rows part from bad ones, and nothing is lost on the way."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli import tables
from telcli.errors import DataError, UsageError
from telcli.features.customer_month import customer_months
from telcli.features.survey import evidence, span_of
from telcli.tables import SUBJECTS, contract
from telcli.tables.checks import ColumnInfo, bucket
from telcli.tables.refused import FAULTS, LINE, SOURCE
from tests.features.operators import random_operator

MAY = date(2024, 5, 1)
FAULT = pl.List(pl.Struct({"rule": pl.String, "column": pl.String, "value": pl.String}))


def bills(rows: list[tuple[str | None, date, str, float, list[dict[str, str]]]]) -> pl.LazyFrame:
    body = {
        "customer_id": [row[0] for row in rows],
        "month": [row[1] for row in rows],
        "kind": [row[2] for row in rows],
        "amount": [row[3] for row in rows],
        SOURCE: ["billing.txt"] * len(rows),
        LINE: list(range(2, len(rows) + 2)),
        FAULTS: [row[4] for row in rows],
    }
    return pl.LazyFrame(
        body,
        schema_overrides={
            "customer_id": pl.String,
            "month": pl.Date,
            "kind": pl.String,
            "amount": pl.Float64,
            FAULTS: FAULT,
        },
    )


def test_each_kind_of_bad_row_is_rejected_with_its_reason() -> None:
    split = tables.contract("bills").split(
        bills(
            [
                ("a", MAY, "total", 1.0, []),
                ("a", MAY, "total", 1.0, []),
                ("a", MAY, "total", 2.0, []),
                ("b", MAY, "total", 3.0, [{"rule": "not-a-date", "column": "due_on", "value": "x"}]),
                (None, MAY, "total", 4.0, []),
                ("c", date(2024, 5, 2), "total", 5.0, []),
                ("d", MAY, "bribe", 5.0, []),
            ]
        )
    )
    good = split.good.collect()
    assert good.select("customer_id", "amount").rows() == [("a", 1.0)]
    assert not set(good.columns) & {SOURCE, LINE, FAULTS}
    reasons = {(line, rule, column) for _, line, rule, column, _ in split.rejects.rows()}
    assert reasons == {
        (4, "duplicate-key", "customer_id, month, kind"),
        (5, "not-a-date", "due_on"),
        (6, "missing", "customer_id"),
        (7, "first-day-of-month", "month"),
        (8, "one-of", "kind"),
    }
    (again,) = split.rejects.filter(rule="duplicate-key")["value"]
    assert again == "a, 2024-05-01, total"
    assert split.rejected_rows == 5
    assert split.copies.rows() == [("billing.txt", 3)]


@pytest.mark.parametrize("turned", [False, True])
def test_of_rows_that_share_a_key_the_one_that_knows_most_is_kept_wherever_it_stands(turned: bool) -> None:
    told: list[tuple[str, float | None, float | None]] = [("a", None, None), ("a", 5.0, 1.0), ("a", 7.0, None)]
    rows = pl.DataFrame(told, schema=["customer_id", "data_mb", "texts"], orient="row")
    rows = rows.reverse() if turned else rows
    lines = rows.with_columns(pl.lit(MAY).alias("month"), pl.lit("u.csv").alias(SOURCE)).with_row_index(LINE, 2)
    split = tables.contract("usage").split(lines.with_columns(pl.col(LINE).cast(pl.Int64)).lazy())
    assert split.good.collect().select("data_mb", "texts").rows() == [(5.0, 1.0)]
    assert split.rejects["rule"].to_list() == ["duplicate-key"] * 2


def test_a_rule_of_whole_rows_names_its_columns_and_shows_what_they_hold() -> None:
    days = {"activated_on": [date(2024, 5, 9)] * 2, "ended_on": [date(2024, 5, 1), None]}
    lines = pl.LazyFrame({"subscription_id": ["13812345678", "b"], "customer_id": ["k"] * 2, **days})
    split = tables.contract("subscriptions").split(lines)
    found = split.rejects.select("rule", "column", "value").rows()
    assert found == [("ends-after-activation", "activated_on, ended_on", "2024-05-09, 2024-05-01")]
    one = lines.tail(1)
    both = pl.concat([one.with_columns(plan_id=pl.lit(plan)) for plan in "PQ"])
    twice = tables.contract("subscriptions").split(both)
    assert twice.rejects["value"].to_list() == ["b"]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.sampled_from("abc")),
            st.sampled_from([MAY, date(2024, 6, 1), date(2024, 6, 3)]),
            st.sampled_from(["total", "voice", "nonsense"]),
            st.sampled_from([1.0, 2.0, 1e12, float("nan")]),
            st.sampled_from([[], [{"rule": "r", "column": "c", "value": "v"}]]),
        ),
        max_size=12,
    )
)
def test_rows_in_are_rows_out_plus_rejects_plus_copies(
    rows: list[tuple[str, date, str, float, list[dict[str, str]]]],
) -> None:
    rules = tables.contract("bills")
    split = rules.split(bills(rows))
    good = split.good.collect()
    assert good.height + split.rejected_rows + split.copies.height == len(rows)
    assert good.select(rules.key).is_unique().all()
    assert split.rejects["line"].n_unique() == split.rejected_rows
    assert int(split.lost["rows"].sum()) == split.rejected_rows + split.copies.height
    whole = sum(row[3] for row in rows if row[3] == row[3])
    assert whole == good["amount"].fill_nan(0.0).sum() + split.lost["cents"].sum() / 100
    rules.require(split.good)


def test_attributes_are_kept_where_the_contract_admits_them() -> None:
    frame = pl.LazyFrame({"customer_id": ["a"], "x_zeta": [1.0], "x_alpha": ["k"], "other": [1]})
    assert tables.contract("customers").split(frame).good.collect().columns[-2:] == ["x_alpha", "x_zeta"]


def test_a_missing_or_mistyped_column_is_named() -> None:
    rules = tables.contract("payments")
    with pytest.raises(DataError, match="no column customer_id"):
        rules.conform(pl.LazyFrame({"payment_id": ["1"]}))
    frame = pl.LazyFrame({"payment_id": ["1"], "customer_id": ["a"], "paid_at": ["2024-01-01"], "amount": [1.0]})
    with pytest.raises(DataError, match="Column paid_at of table payments is String"):
        rules.conform(frame)


def test_require_says_which_rule_and_how_often() -> None:
    frame = bills([("a", MAY, "total", 1e12, [])]).drop(SOURCE, LINE, FAULTS)
    with pytest.raises(DataError, match="1 rows; first: too-high on amount"):
        tables.contract("bills").require(frame)


@pytest.mark.parametrize("name", tables.NAMES)
def test_every_column_says_what_it_is_in_both_languages(name: str) -> None:
    rules = tables.contract(name)
    assert rules.name == name
    assert rules.meaning
    assert rules.zh
    assert (rules.folder if rules.partition else None) == tables.PARTITIONS.get(name)
    for column in rules.columns():
        assert column.meaning, column.name
        assert any("一" <= letter <= "鿿" for letter in column.zh), column.name
        if column.type.startswith("Float"):
            assert column.unit, column.name


def test_an_unknown_table_lists_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        tables.contract("bill")
    assert "bills" in caught.value.hint


@pytest.mark.parametrize("spelling", ["C{:08d}", "{}", "C{:05d}-CRM-BRANCH01", "{:032x}"])
def test_customers_of_any_spelling_are_spread_over_the_buckets(spelling: str) -> None:
    ids = pl.DataFrame({"id": [spelling.format(number) for number in range(8000)]})
    counts = ids.select(bucket("id", 8)).to_series().value_counts()["count"]
    assert counts.len() == 8
    assert counts.min() > 700
    assert counts.max() < 1300


MADE = [(name, column) for name in ("customer_months", "call_months") for column in contract(name).columns()]


@pytest.mark.parametrize("column", [one for _, one in MADE], ids=[f"{name}.{one.name}" for name, one in MADE])
def test_every_feature_says_of_which_subject_tables_it_is_made(column: ColumnInfo) -> None:
    sources = column.source.split(", ")
    assert set(sources) <= {*SUBJECTS, "subscription_history"}
    assert len(sources) == len(set(sources))


@pytest.fixture(scope="module")
def sound() -> dict[str, pl.DataFrame]:
    """Tables that keep their contracts."""
    raw = random_operator(3)
    found = {name: contract(name).require(frame).collect() for name, frame in raw.items()}
    span = span_of(evidence(raw))
    assert span is not None
    return {**found, "customer_months": customer_months(raw, span).collect()}


@pytest.mark.slow
@pytest.mark.parametrize("table", ["bills", "customers", "usage", "contacts", "campaigns", "customer_months"])
def test_rows_pass_that_dataframely_calls_valid(table: str, sound: dict[str, pl.DataFrame]) -> None:
    rules, plain = contract(table), sound[table]
    assert rules.passes(plain)
    found = []
    some = plain.columns[:: max(plain.width // 10, 1)]  # all of a wide table would take long
    for name in [column for column in some if column not in rules.key]:
        kind = plain.schema[name]
        for value in (None, *((-1, 10**9) if kind.is_numeric() else ("", "?") if kind == pl.String else ())):
            first = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(value).cast(kind))
            rows = plain.with_columns(first.otherwise(name).alias(name))
            found.append(rules.passes(rows))
            assert found[-1] == rules.schema.is_valid(rows), (name, value)
    assert set(found) == {True, False}
    assert not rules.passes(plain.with_columns(pl.lit(1.5).alias(plain.columns[0])))
