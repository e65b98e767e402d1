"""telcli segment from month to month: names go with the customers, tables tell who belongs."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import MissingInputError
from telcli.stages import Earlier, Inputs, Outcome
from telcli.stages.segment import segment
from telcli.stages.segment_claims import contradicted
from telcli.stages.segment_traits import Difference, Portrait
from tests.stages.test_segment import AS_OF, MONTHS, brief, customers_of, months_of, out, planted

MAY = MONTHS[-2]
STRAINED = ("segment-columns-lost", "segment-sizes-shifted")
RECALLED = ("segments", "segment_profiles", "segment_preparation", "segment_centres", "segment_origins")


def earlier(outcome: Outcome, *tables: str) -> Earlier:
    assert outcome.as_of is not None
    return Earlier(outcome.as_of, {name: out(outcome, name).lazy() for name in tables or RECALLED})


def run(frame: pl.DataFrame, as_of: date = AS_OF, before: Earlier | None = None, **settings: Any) -> Outcome:
    tables = {"customer_months": months_of(frame), "customers": customers_of(frame)}
    return segment(Inputs(tables, as_of, earlier=before), brief(**settings))


def named(outcome: Outcome) -> dict[str, str]:
    return dict(out(outcome, "segments").select("customer_id", "segment_name").iter_rows())


@pytest.fixture(scope="module")
def may() -> Outcome:
    return run(planted()[0], MAY)


def swapped(share: float = 0.0) -> pl.DataFrame:
    """The base a month later: voice customers pay little now, so that segments are numbered otherwise."""
    frame, truth = planted()
    voice = pl.Series([kind == "voice" for kind in truth])
    cheaper = [
        pl.when(voice).then(pl.col(name) / 9).otherwise(pl.col(name)).alias(name)
        for name in ("revenue", "revenue_mean_3")
    ]
    return frame.with_columns(cheaper).tail(round(360 * (1 - share)))


def test_names_go_with_the_customers_though_numbers_change(may: Outcome) -> None:
    june = run(swapped(), before=earlier(may))
    assert named(june) == named(may)
    assert out(june, "segments")["segment"].to_list() != out(may, "segments")["segment"].to_list()
    profiles = out(june, "segment_profiles")
    assert profiles["since"].to_list() == [MAY] * 3
    assert (profiles["overlap"] > 0.95).all()
    assert profiles["revenue_share"].is_sorted(descending=True)
    told = june.metrics["names"]
    assert (told["before"], len(told["kept"]), told["new"], told["gone"]) == ("2024-05", 3, [], [])


def test_a_name_keeps_its_first_month(may: Outcome) -> None:
    june = run(planted()[0], before=earlier(may))
    later = run(planted()[0], before=earlier(june))
    assert out(later, "segment_profiles")["since"].to_list() == [MAY] * 3


def test_the_first_snapshot_has_nothing_to_compare_with(may: Outcome) -> None:
    assert may.metrics["names"] is None
    assert out(may, "segment_profiles")["since"].to_list() == [MAY] * 3
    assert out(may, "segment_profiles")["overlap"].null_count() == 3


def test_customers_new_and_gone_change_no_name(may: Outcome) -> None:
    frame = swapped()
    joined = frame.head(40).with_columns(customer_id=pl.col("customer_id").str.replace("C", "N"))
    june = run(pl.concat([frame.tail(280), joined]), before=earlier(may))
    before, now = named(may), named(june)
    assert all(now[customer] == before[customer] for customer in now if customer in before)


def test_another_number_of_segments_keeps_what_it_can(may: Outcome) -> None:
    tables = {"customer_months": months_of(planted()[0]), "customers": customers_of(planted()[0])}
    june = segment(Inputs(tables, AS_OF, earlier=earlier(may)), brief(4))
    told = june.metrics["names"]
    assert len(told["kept"]) + len(told["new"]) == 4
    assert 1 <= len(told["kept"]) <= 3
    profiles = out(june, "segment_profiles")
    assert profiles["segment_name"].n_unique() == profiles["segment_name_zh"].n_unique() == 4
    had = set(out(may, "segment_profiles")["segment_name"])
    assert not had & set(told["new"])
    assert profiles.filter(pl.col("since") == AS_OF).height == len(told["new"])


def test_other_people_altogether_get_other_names(may: Outcome) -> None:
    strangers = planted()[0].with_columns(customer_id=pl.col("customer_id").str.replace("C", "N"))
    june = run(strangers, before=earlier(may))
    assert june.metrics["names"]["kept"] == []
    assert not set(named(june).values()) & set(named(may).values())


def test_everybody_in_one_segment_continues_no_part(may: Outcome) -> None:
    tables = {"customer_months": months_of(planted()[0]), "customers": customers_of(planted()[0])}
    whole = segment(Inputs(tables, AS_OF, earlier=earlier(may)), brief(1))
    assert whole.metrics["names"]["kept"] == []
    assert set(named(whole).values()) == {"All customers"}
    again = run(planted()[0], before=earlier(whole))
    assert again.metrics["names"]["gone"] == ["All customers"]


def test_centres_and_preparation_tell_who_is_where(may: Outcome) -> None:
    """By the tables alone, as somebody without telcli would do it."""
    rows = out(may, "segment_preparation").filter(pl.col("kind") != "dropped").sort("place")
    month = months_of(planted()[0]).filter(pl.col("month") == MAY).collect().sort("customer_id")
    columns = []
    for row in rows.iter_rows(named=True):
        values = month[row["column"]].fill_null(row["fill"]).clip(row["low"], row["high"]).to_numpy()
        if row["kind"] == "log":
            values = np.log1p(values / row["unit"])
        columns.append((values - row["centre"]) / row["scale"])
    assert set(rows["kind"]) <= {"log", "linear"}
    centres = out(may, "segment_centres").pivot("column", index="segment", values="value").sort("segment")
    away = [
        ((np.column_stack(columns) - np.array(row)) ** 2).sum(axis=1)
        for row in centres.select(rows["column"].to_list()).rows()
    ]
    assert (np.argmin(away, axis=0) + 1).tolist() == out(may, "segments")["segment"].to_list()
    labels = out(may, "segments")["segment"].to_numpy()
    effects = out(may, "segment_centres").pivot("column", index="segment", values="effect").sort("segment")
    for name, values in zip(rows["column"], columns, strict=True):
        means = [values[labels == number].mean() for number in (1, 2, 3)]
        assert effects[name].to_list() == pytest.approx((np.array(means) - values.mean()) / values.std(), abs=1e-4)
    assert effects.drop("segment").to_numpy().max() > 1


def test_means_are_in_the_unit_of_the_column(may: Outcome) -> None:
    month = months_of(planted()[0]).filter(pl.col("month") == MAY).collect()
    both = out(may, "segments").join(month, on="customer_id").group_by("segment").agg(pl.col("data_mb_mean_3").mean())
    told = out(may, "segment_centres").filter(column="data_mb_mean_3").select("segment", "mean").sort("segment")
    assert both.sort("segment")["data_mb_mean_3"].to_list() == pytest.approx(told["mean"].to_list())


def test_what_is_dropped_is_written_with_its_reason(may: Outcome) -> None:
    rows = out(may, "segment_preparation")
    dropped = rows.filter(pl.col("kind") == "dropped")
    assert set(dropped["reason"]) == {"missing"}
    assert dropped["fill"].null_count() == dropped.height
    assert [row["column"] for row in may.metrics["preparation"]["used"]] == (
        rows.filter(pl.col("kind") != "dropped")["column"].to_list()
    )


def test_without_refit_customers_join_the_segments_of_before(may: Outcome) -> None:
    same = run(planted()[0], MAY, before=earlier(may), refit="never")
    assert named(same) == named(may)
    assert out(same, "segment_centres").equals(out(may, "segment_centres"))
    assert out(same, "segment_preparation").equals(out(may, "segment_preparation"))
    frame = planted()[0]
    grown = frame.with_columns(pl.col("data_mb", "data_mb_mean_3") * 40)
    june = run(grown, before=earlier(may), refit="never")
    told = june.metrics["names"]
    assert told["new"] == []
    assert june.metrics["criterion"].startswith("The segments of the snapshot before")
    heavy = [name for name in told["kept"] if "data" in name]
    shares = {name: sum(one == name for one in named(june).values()) for name in heavy}
    assert sum(shares.values()) > 150  # of 360, where it was a third in May


def test_without_refit_another_number_cannot_be_had(may: Outcome) -> None:
    tables = {"customer_months": months_of(planted()[0]), "customers": customers_of(planted()[0])}
    asked = brief(5, refit="never")
    outcome = segment(Inputs(tables, AS_OF, earlier=earlier(may)), asked)
    assert outcome.metrics["k"] == 3
    assert [one.values for one in outcome.notices if one.code == "segment-number-kept"] == [{"wanted": 5, "k": 3}]


def test_without_refit_a_segment_that_nobody_joins_is_gone(may: Outcome) -> None:
    young = planted()[0].head(100)
    june = run(young, before=earlier(may), refit="never")
    assert june.metrics["k"] == 1
    assert len(june.metrics["names"]["gone"]) == 2
    assert set(named(june).values()) == {named(may)["C00000"]}


def test_without_refit_there_must_be_segments_of_before(may: Outcome) -> None:
    with pytest.raises(MissingInputError, match="no segments of a month before 2024-06") as caught:
        run(planted()[0], refit="never")
    assert "--refit" in caught.value.hint
    old = earlier(may, "segments", "segment_profiles")
    with pytest.raises(MissingInputError, match="2024-05 were made without"):
        run(planted()[0], before=old, refit="never")


def test_a_snapshot_of_an_older_telcli_still_lends_its_names(may: Outcome) -> None:
    tables = {
        "segments": out(may, "segments").lazy(),
        "segment_profiles": out(may, "segment_profiles").with_columns(since=pl.lit(None, pl.Date)).lazy(),
    }
    june = run(swapped(), before=Earlier(MAY, tables))
    assert named(june) == named(may)
    assert out(june, "segment_profiles")["since"].to_list() == [MAY] * 3


def test_columns_that_are_no_longer_there_count_as_missing(may: Outcome) -> None:
    frame = planted()[0].drop("data_mb", "data_mb_mean_3")
    june = run(frame, before=earlier(may), refit="never")
    assert out(june, "segments").height == 360
    (lost,) = [one for one in june.notices if one.code == "segment-columns-lost"]
    assert lost.values == {"month": "2024-05", "columns": "data_mb_mean_3"}


def test_without_refit_columns_known_of_most_and_steady_sizes_are_no_matter(may: Outcome) -> None:
    few = pl.when(pl.col("customer_id") >= "C00100").then("data_mb_mean_3").alias("data_mb_mean_3")
    june = run(planted()[0].with_columns(few), before=earlier(may), refit="never")
    assert [one.code for one in june.notices if one.code in STRAINED] == []
    anew = run(planted()[0].drop("data_mb", "data_mb_mean_3"), before=earlier(may))
    assert [one.code for one in anew.notices if one.code in STRAINED] == []


def test_without_refit_sizes_that_shifted_are_told_of(may: Outcome) -> None:
    grown = planted()[0].with_columns(pl.col("data_mb", "data_mb_mean_3") * 40)
    june = run(grown, before=earlier(may), refit="never")
    (told,) = [one for one in june.notices if one.code in STRAINED]
    assert told.code == "segment-sizes-shifted"
    assert float(told.values["psi"]) == pytest.approx(june.metrics["between_months"]["size_psi"], abs=0.005)


def test_a_name_that_no_longer_fits_is_told_of(may: Outcome) -> None:
    """Young and voice customers become one segment: it goes by the name of one, though it is both."""
    frame, truth = planted()
    both = frame.head(200)  # 120 young, 80 voice
    old = frame.tail(120)
    middle = both.with_columns(
        pl.lit(value).alias(name) for name, value in zip(both.columns[:3], (100.0, 9_000.0, 300.0), strict=True)
    ).with_columns(
        tenure_months=pl.lit(25.0),
        **{f"{name}_mean_3": pl.col(name) for name in ("revenue", "data_mb", "call_minutes")},
    )
    tables = {
        "customer_months": months_of(pl.concat([middle.select(frame.columns), old])),
        "customers": customers_of(frame),
    }
    june = segment(Inputs(tables, AS_OF, earlier=earlier(may)), brief(2))
    (notice,) = [one for one in june.notices if one.code == "segment-name-loose"]
    assert notice.values["name"] == named(may)["C00000"]
    assert notice.values["share"] == "60%"
    assert notice.values["anew"] not in (notice.values["name"], "")
    assert june.metrics["names"]["anew"][0]["overlap"] == pytest.approx(120 / 200)
    assert len(truth) == 360


def exchanged(month: int, share: float = 0.12) -> pl.DataFrame:
    """The base with `share` of the voice and the old customers exchanged each month; young ones stay as they are."""
    frame, _ = planted()
    number = round(120 * share) * month
    assert number < 120
    order = list(range(frame.height))
    order[120 : 120 + number], order[240 : 240 + number] = order[240 : 240 + number], order[120 : 120 + number]
    return frame.drop("customer_id")[order].with_columns(frame["customer_id"])


@pytest.mark.slow
def test_a_name_whose_customers_change_slowly_is_told_of_when_most_have() -> None:
    """Each month is much like the one before; the customers of the first month are mostly gone in the end."""
    month = run(exchanged(0), MONTHS[0])
    first = {name: set(of["customer_id"]) for (name,), of in out(month, "segments").group_by("segment_name")}
    told = []
    for number, as_of in enumerate(MONTHS[1:], start=1):
        # Habits of use differ a little from month to month, so that a name anew would be another
        frame = exchanged(number).with_columns(tenure_months=pl.lit(30.0))
        month = run(frame, as_of, earlier(month))
        profiles = out(month, "segment_profiles")
        assert profiles["since"].to_list() == [MONTHS[0]] * 3
        assert profiles["overlap"].min() > 0.75
        for name, overlap in profiles.select("segment_name", "overlap_since").iter_rows():
            now = set(out(month, "segments").filter(segment_name=name)["customer_id"])
            assert overlap == pytest.approx(len(now & first[name]) / len(now | first[name]))
        told.append([one for one in month.notices if one.code == "segment-name-drifted"])
    lowest = profiles["overlap_since"].min()
    assert lowest < 0.5
    assert not any(told[:2])
    assert told[-1]
    assert told[-1][0].values["since"] == "2024-01"
    assert told[-1][0].values["share"] == f"{lowest:.0%}"


def test_who_was_there_when_names_were_made_goes_on_from_month_to_month(may: Outcome) -> None:
    june = run(swapped(0.1), before=earlier(may))
    origins = out(june, "segment_origins")
    assert origins["since"].unique().to_list() == [MAY]
    assert origins.height == 360  # those who are no longer there too: they may come back
    then = dict(out(may, "segments").select("customer_id", "segment_name").iter_rows())
    today = dict(out(june, "segment_profiles").select("segment", "segment_name").iter_rows())
    assert {row[0]: today[row[1]] for row in origins.select("customer_id", "segment").iter_rows()} == then


def test_a_new_name_begins_with_todays_customers(may: Outcome) -> None:
    june = segment(
        Inputs(
            {"customer_months": months_of(planted()[0]), "customers": customers_of(planted()[0])},
            AS_OF,
            earlier=earlier(may),
        ),
        brief(2),
    )
    profiles, origins = out(june, "segment_profiles"), out(june, "segment_origins")
    new = profiles.filter(pl.col("since") == AS_OF)
    assert new["overlap_since"].to_list() == [None] * new.height
    for number, since in profiles.select("segment", "since").iter_rows():
        members = origins.filter(pl.col("since") == since, pl.col("segment") == number)
        assert members.height
    assert origins.group_by("since").len()["len"].to_list() == [360] * profiles["since"].n_unique()


@pytest.mark.slow
def test_a_snapshot_without_origins_tells_the_overlap_with_its_own_month_alone(may: Outcome) -> None:
    older = ("segments", "segment_profiles", "segment_preparation", "segment_centres")
    june = out(run(swapped(), before=earlier(may, *older)), "segment_profiles")
    assert june["overlap_since"].to_list() == june["overlap"].to_list()
    past = earlier(may, *older)
    since = past.tables["segment_profiles"].with_columns(since=pl.lit(date(2023, 1, 1)))
    unknown = run(swapped(), before=Earlier(past.as_of, {**past.tables, "segment_profiles": since}))
    assert out(unknown, "segment_profiles")["overlap_since"].to_list() == [None] * 3
    assert out(unknown, "segment_origins").height == 0


def test_a_name_that_says_the_opposite_is_told_of_though_the_customers_stay(may: Outcome) -> None:
    """The voice customers, all of them, pay little now: their name says that they pay the most."""
    june = run(swapped(), before=earlier(may))
    notices = [one for one in june.notices if one.code == "segment-name-contradicted"]
    (notice,) = [one for one in notices if one.values["name"].startswith("Top spenders")]
    assert notice.values["anew"].startswith("Low spenders")
    assert notice.values["since"] == "2024-05"
    told = {one["name"]: one["contradicted"] for one in june.metrics["names"]["anew"]}
    assert told[notice.values["name"]] is True
    assert sum(told.values()) == len(notices)


@pytest.mark.parametrize(
    ("name", "index", "differences", "contradicts"),
    [
        ("Top spenders, heavy data", 1.8, [("data_mb_mean_3", -0.4)], True),
        ("Top spenders, heavy data (2)", 1.8, [("data_mb_mean_3", -0.4)], True),
        ("Top spenders, heavy data", 1.8, [("data_mb_mean_3", 0.4)], False),
        ("Top spenders, heavy data", 1.8, [("data_mb_mean_3", -0.1)], False),
        ("Top spenders, heavy data", 0.6, [], True),
        ("Top spenders", 1.0, [], True),
        ("High spenders", 1.6, [], False),
        ("Low spenders", 1.0, [], True),
        ("Data use above average", None, [("data_mb_mean_3", -0.4)], True),
        ("Prepaid, high Score A", None, [("x_Score A", -0.4)], True),
        ("Prepaid, low Score A", None, [("x_Score A", -0.4)], False),
        ("Average customers", None, [("data_mb_mean_3", -2.0)], False),
    ],
)
def test_what_is_against_a_name(
    name: str, index: float | None, differences: list[tuple[str, float]], *, contradicts: bool
) -> None:
    found = tuple(Difference(column, effect, 5.0 if effect > 0 else 2.0, 3.0) for column, effect in differences)
    assert contradicted(name, Portrait(index, found)) is contradicts
