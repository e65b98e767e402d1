"""telcli segment: planted groups come back, nothing but the data decides, and poor data end in a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_iris
from sklearn.metrics import adjusted_rand_score

from telcli.errors import DataError, UsageError
from telcli.methods.cluster_count import Maker
from telcli.methods.clustering import SampledKMeans, assign
from telcli.methods.glkm import GLKM
from telcli.methods.preparation import BehaviourPreparation
from telcli.settings import SegmentSettings
from telcli.stages import Inputs, Outcome, segment_count
from telcli.stages.segment import segment
from telcli.stages.segment_count import clusterer
from telcli.tables import contract
from telcli.tables.months import FEATURES

AS_OF = date(2024, 6, 1)
MONTHS = [date(2024, month, 1) for month in range(1, 7)]
KINDS = {
    "young": (80.0, 30_000.0, 60.0, 12.0),
    "voice": (180.0, 4_000.0, 1_200.0, 40.0),
    "old": (30.0, 300.0, 150.0, 110.0),
}


def months_of(rows: pl.DataFrame) -> pl.LazyFrame:
    """Six months alike, with every column of the contract."""
    spread = rows.join(pl.DataFrame({"month": MONTHS}), how="cross")
    ago = (pl.lit(AS_OF).dt.month() - pl.col("month").dt.month()).cast(pl.Float64)
    filled = spread.with_columns(
        tenure_months=(pl.col("tenure_months") - ago).clip(0), active=pl.lit(True), left=pl.lit(False)
    )
    gaps = [pl.lit(None, dtype=pl.Float64).alias(name) for name in FEATURES if name not in filled.columns]
    return contract("customer_months").conform(filled.with_columns(gaps).lazy())


def planted(each: int = 120, seed: int = 0) -> tuple[pl.DataFrame, list[str]]:
    random = np.random.default_rng(seed)
    parts, truth = [], []
    for kind, middles in KINDS.items():
        around = [middle * random.lognormal(0, 0.2, each) for middle in middles]
        parts.append(np.column_stack(around))
        truth += [kind] * each
    values = np.vstack(parts)
    names = ["revenue", "data_mb", "call_minutes", "tenure_months"]
    frame = pl.DataFrame(values, schema=names).with_columns(
        *(pl.col(name).alias(f"{name}_mean_3") for name in names[:3]),
        customer_id=pl.Series([f"C{number:05d}" for number in range(len(truth))]),
    )
    return frame, truth


def customers_of(frame: pl.DataFrame, **more: Any) -> pl.LazyFrame:
    found = frame.select("customer_id", **{name: pl.Series(values) for name, values in more.items()})
    return contract("customers").conform(found.lazy())


def brief(n_segments: int = 3, **more: Any) -> SegmentSettings:
    """So many segments; K-means finds what is planted too, and sooner, and one number more is measured at most."""
    return SegmentSettings(**{"n_segments": n_segments, "max_segments": 2, "algorithm": "kmeans", **more})


def run(frame: pl.DataFrame, seed: int = 0, customers: pl.LazyFrame | None = None, **settings: Any) -> Outcome:
    """Three kinds are planted: where no number is asked for, 2 to 4 are measured."""
    tables = {"customer_months": months_of(frame), "customers": customers_of(frame) if customers is None else customers}
    few = {} if "n_segments" in settings else {"n_segments": 0, "max_segments": 4}
    return segment(Inputs(tables, AS_OF, seed), brief(**{**few, **settings}))


def out(outcome: Outcome, table: str) -> pl.DataFrame:
    return contract(table).require(outcome.tables[table]).collect()


def codes(outcome: Outcome) -> list[str]:
    """What is told, but for what is true of every history here: nobody is known to have left."""
    return [notice.code for notice in outcome.notices if notice.code != "segment-leaving-unknown"]


SEARCHED: dict[str, Any] = {"max_segments": 5, "algorithm": "glkm"}


@pytest.fixture(scope="module")
def found() -> Outcome:
    return run(planted()[0], **SEARCHED)


def test_planted_groups_come_back_and_keep_the_contract(found: Outcome) -> None:
    segments = out(found, "segments")
    assert adjusted_rand_score(planted()[1], segments["segment"]) > 0.95
    assert found.metrics["k"] == 3
    assert found.as_of == AS_OF
    assert [notice.code for notice in found.notices] == ["segment-leaving-unknown"]


def test_the_first_segment_brings_the_most_revenue(found: Outcome) -> None:
    profiles = out(found, "segment_profiles")
    assert profiles["segment"].to_list() == [1, 2, 3]
    assert profiles["revenue_share"].is_sorted(descending=True)
    assert profiles["revenue_share"].sum() == pytest.approx(1)
    assert profiles["customer_share"].sum() == pytest.approx(1)
    assert profiles["customers"].sum() == 360
    weighted = (profiles["value_index"] * profiles["customer_share"]).sum()
    assert weighted == pytest.approx(1)


def test_segments_have_names_sentences_rules_and_advice(found: Outcome) -> None:
    profiles = out(found, "segment_profiles")
    assert profiles["segment_name_zh"].to_list() == ["高端消费重语音客户", "中消费重流量客户", "低消费长网龄客户"]
    assert profiles["segment_name"].n_unique() == 3
    voice = profiles.row(0, named=True)
    assert "x the average call time" in voice["profile"]
    assert "通话时长为平均的" in voice["profile_zh"]
    assert voice["rule_precision"] > 0.95
    assert voice["rule_recall"] > 0.95
    assert "right for" in voice["rule"]
    assert "客户" in profiles.row(0, named=True)["treatment_zh"] or voice["treatment_zh"]


def test_the_rule_can_be_asked_as_it_stands(found: Outcome) -> None:
    months = months_of(planted()[0]).filter(pl.col("month") == AS_OF)
    gone = months.with_columns(active=False, customer_id=pl.format("{}-gone", "customer_id"))
    months = pl.concat([months, gone]).collect()
    assert set(out(found, "segment_profiles")["rule_table"]) == {"customer_months"}
    for row in out(found, "segment_profiles").iter_rows(named=True):
        hit = pl.SQLContext(m=months).execute(f"SELECT customer_id FROM m WHERE {row['rule_filter']}", eager=True)  # noqa: S608
        members = out(found, "segments").filter(pl.col("segment") == row["segment"])
        right = hit.join(members, on="customer_id").height
        assert right / hit.height == pytest.approx(row["rule_precision"])
        assert right / members.height == pytest.approx(row["rule_recall"])


def test_what_the_rules_are_worth_as_a_set(found: Outcome) -> None:
    months = months_of(planted()[0]).filter(pl.col("month") == AS_OF).collect()
    profiles, segments = out(found, "segment_profiles"), out(found, "segments")
    put: dict[str, int] = {}
    for row in profiles.sort("rule_precision", "rule_recall", "segment", descending=[True, True, False]).iter_rows(
        named=True
    ):
        hit = pl.SQLContext(m=months).execute(f"SELECT customer_id FROM m WHERE {row['rule_filter']}", eager=True)  # noqa: S608
        for customer in hit["customer_id"]:
            put.setdefault(customer, row["segment"])
    right = segments.with_columns(
        right=pl.Series([put.get(one) for one in segments["customer_id"]]) == pl.col("segment")
    )
    told = right.group_by("segment").agg(pl.col("right").fill_null(value=False).mean()).sort("segment")
    assert profiles.sort("segment")["rule_fidelity"].to_list() == pytest.approx(told["right"].to_list())
    rules = found.metrics["rules"]
    assert rules["fidelity"] == pytest.approx(right["right"].sum() / right.height)
    assert rules["unfound"] == pytest.approx(1 - len(put) / right.height)
    assert rules["largest"] == pytest.approx(profiles["customers"].max() / 360)


def test_metrics_that_scripts_read(found: Outcome) -> None:
    metrics = found.metrics
    for name in ("k", "inertia", "silhouette", "davies_bouldin", "calinski_harabasz", "stability"):
        assert metrics[name] > 0
    assert metrics["information_gain"] is None  # no month tells of anybody who left
    assert [one["k"] for one in metrics["k_table"]] == [2, 3, 4, 5]
    assert "silhouette" in metrics["criterion"]
    assert "轮廓系数" in metrics["criterion_zh"]
    assert metrics["k_by_measure"]["silhouette"] == 3
    assert "alone would take: silhouette 3," in metrics["criterion"]
    assert all(one["gap_se"] > 0 for one in metrics["k_table"])
    assert metrics["gain_over_kmeans"] >= 0
    used = [one["column"] for one in metrics["preparation"]["used"]]
    assert used[:2] == ["revenue_mean_3", "tenure_months"]
    assert sum(metrics["lifecycle"].values()) == pytest.approx(1)


def test_order_of_rows_and_columns_does_not_matter(found: Outcome) -> None:
    frame, _ = planted()
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=7).select(sorted(frame.columns, reverse=True))
    again = run(shuffled, **SEARCHED)
    for table in ("segments", "segment_profiles"):
        assert out(again, table).equals(out(found, table))
    assert again.metrics == found.metrics


def test_units_do_not_matter_to_who_is_where(found: Outcome) -> None:
    frame, _ = planted()
    gigabytes = frame.with_columns(pl.col("data_mb", "data_mb_mean_3") / 1024)
    assert out(run(gigabytes), "segments")["segment"].equals(out(found, "segments")["segment"])


@pytest.mark.slow
def test_another_seed_finds_the_same_groups(found: Outcome) -> None:
    again = out(run(planted()[0], seed=11, algorithm="glkm"), "segments")
    assert adjusted_rand_score(again["segment"], out(found, "segments")["segment"]) > 0.99


@pytest.mark.slow
def test_a_label_is_measured_but_never_used() -> None:
    frame, truth = planted()
    random = np.random.default_rng(0)
    left = [bool(random.random() < (0.6 if kind == "young" else 0.1)) for kind in truth]
    left[5] = None  # type: ignore[call-overload]
    outcome = run(frame, customers=customers_of(frame, churned=left))
    assert outcome.metrics["information_gain"] > 0.1
    assert outcome.metrics["about_churn"]["p_value"] < 0.01
    profiles = out(outcome, "segment_profiles")
    assert profiles.filter(pl.col("segment_name").str.contains("data"))["churn_rate"].item() > 0.4
    assert (out(outcome, "segments")["lifecycle_stage"] == "churned").sum() == sum(one is True for one in left)
    assert out(outcome, "segments")["segment"].equals(out(run(frame), "segments")["segment"])


def test_attributes_describe() -> None:
    frame, truth = planted()
    service = ["Fiber optic" if kind == "young" else "DSL" for kind in truth]
    names = [f"Person {number}" for number in range(len(truth))]
    outcome = run(frame, customers=customers_of(frame, x_InternetService=service, x_Nick=names))
    young = out(outcome, "segment_profiles").filter(pl.col("segment_name").str.contains("data"))
    assert "mostly internet service = Fiber optic (100% vs 33%)" in young["profile"].item()
    assert not any("Person" in text for text in out(outcome, "segment_profiles")["profile"])


def flat(rows: int = 300) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    random = np.random.default_rng(3)
    kind = random.integers(0, 2, rows)
    frame = pl.DataFrame(
        {
            "customer_id": [f"R{number:04d}" for number in range(rows)],
            "month": [AS_OF] * rows,
            "active": [True] * rows,
            "left": [False] * rows,
            "tenure_months": np.where(kind, 50.0, 8.0) + random.normal(0, 3, rows),
            "revenue": np.where(kind, 90.0, 30.0) + random.normal(0, 5, rows),
        }
    )
    gaps = [pl.lit(None, dtype=pl.Float64).alias(name) for name in FEATURES if name not in frame.columns]
    people = customers_of(frame, x_Calls=random.normal(60, 9, rows), x_Churn_Score=random.random(rows))
    return contract("customer_months").conform(frame.with_columns(gaps).lazy()), people


def test_a_flat_table_lends_its_numbers_and_tells_what_it_cannot_know() -> None:
    months, people = flat()
    outcome = segment(Inputs({"customer_months": months, "customers": people}, AS_OF), brief(0, max_segments=3))
    used = [one["column"] for one in outcome.metrics["preparation"]["used"]]
    assert {"revenue", "x_Calls"} <= set(used)
    assert outcome.metrics["k"] >= 2
    stages = out(outcome, "segments").group_by("lifecycle_stage").len().sort("lifecycle_stage")
    assert set(stages["lifecycle_stage"]) <= {"acquisition", "growth", "unknown"}
    assert "x_Churn_Score" not in str(outcome.metrics["preparation"])


def test_number_asked_for() -> None:
    outcome = run(planted()[0], n_segments=5, max_segments=4)
    assert outcome.metrics["k"] == 5
    assert outcome.metrics["recommended"] == 3
    assert outcome.metrics["criterion"].startswith("The number asked for by n_segments. The rule recommends 3. Each")
    assert "按规则推荐3个" in outcome.metrics["criterion_zh"]
    rows = out(outcome, "segment_counts").select("k", "recommended", "in_use").rows()
    assert rows == [(2, False, False), (3, True, False), (4, False, False), (5, False, True)]
    one = run(planted()[0], n_segments=1, max_segments=3)
    assert one.metrics["k"] == 1
    rows = out(one, "segment_counts").select("k", "recommended", "in_use").rows()
    assert rows == [(1, False, True), (2, False, False), (3, True, False)]


def test_segments_of_a_continuum_are_told_to_be_cuts() -> None:
    """One factor moves every column: whatever the split, the customers on both sides of a border are alike."""
    random = np.random.default_rng(0)
    factor = random.normal(0, 1, 360)
    frame = planted()[0].with_columns(
        pl.Series(name, 100 + 10 * factor + random.normal(0, 1, 360))
        for name in ("revenue_mean_3", "data_mb_mean_3", "call_minutes_mean_3", "tenure_months")
    )
    for settings in ({}, {"n_segments": 3}):
        outcome = run(frame, max_segments=3, evaluation_months=0, **settings)
        assert outcome.metrics["k_by_measure"]["gap"] == 1
        assert "segment-continuum" in codes(outcome)
        assert "the split cuts a continuum" in outcome.metrics["criterion"]
        assert "连续分布" in outcome.metrics["criterion_zh"]


@pytest.fixture
def measured_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a number is worth is measured by single runs of K-means, where the search alone matters."""
    monkeypatch.setattr(
        segment_count, "_quick", lambda settings: lambda k, seed: SampledKMeans(k, n_init=1, random_state=seed)
    )


@pytest.mark.slow
@pytest.mark.usefixtures("measured_soon")
def test_the_genetic_search_is_at_work() -> None:
    """Of many overlapping groups ten starts of K-means miss what the search finds; K-means itself is left behind."""
    random = np.random.default_rng(0)
    places = random.normal(scale=2, size=(20, 8))[random.integers(0, 20, 600)]
    prepared = (places + random.normal(size=places.shape)).astype(np.float32)
    inputs = Inputs({}, AS_OF)
    ways = [SegmentSettings(n_segments=20, max_segments=2, algorithm=way) for way in ("glkm", "kmeans")]
    searched, started = (segment_count.grouped(prepared, BehaviourPreparation(), way, inputs) for way in ways)
    assert searched.gain is not None
    assert searched.gain > 0.001
    inertias = [assign(prepared, one.centres)[1] for one in (searched, started)]
    assert inertias[0] < inertias[1] * 0.999


@pytest.mark.slow
@pytest.mark.usefixtures("measured_soon")
def test_the_number_in_use_is_searched_with_patience() -> None:
    """The best known optimum of Iris with 10 centres, which a search of the patience of trials misses."""
    rows = load_iris().data
    settings = SegmentSettings(n_segments=10, max_segments=2)
    found = segment_count.grouped(rows, BehaviourPreparation(), settings, Inputs({}, AS_OF))
    assert assign(rows, found.centres)[1] == pytest.approx(25.83522, rel=1e-4)
    assert clusterer(settings)(10, 0).fit(rows).inertia_ > 25.83522 * 1.001


def test_nearly_equal_customers_make_fewer_segments_without_a_raw_warning() -> None:
    """Rows that differ by less than K-means can tell; a warning of scikit-learn would fail this test."""
    heaps = np.repeat(np.arange(4.0), 10)[:, None] * np.ones((1, 4))
    prepared = heaps + 1e-8 * np.random.default_rng(0).random((40, 4))
    settings = SegmentSettings(n_segments=8, max_segments=2, algorithm="kmeans")
    GLKM(8, n_init=2, patience=1).fit(prepared)
    found = segment_count.grouped(prepared, BehaviourPreparation(), settings, Inputs({}, AS_OF, 5))
    assert len(np.unique(found.labels)) < 8
    assert "segment-fewer-than-asked" in [one.code for one in found.notices]


def test_tiers_take_the_shares_of_the_settings() -> None:
    segments = out(run(planted()[0], high_tier_share=0.1, low_tier_share=0.5), "segments")
    counted = dict(segments.group_by("consumption_tier").len().iter_rows())
    assert counted == {"high": 36, "mid": 144, "low": 180}


def test_the_largest_spenders_are_called_so_where_they_outnumber_the_high_tier() -> None:
    """A third of the customers pay the most; the tier has room for 45% of them."""
    first = out(run(planted()[0], n_segments=3, high_tier_share=0.15), "segment_profiles").row(0, named=True)
    assert first["value_index"] > 1.5
    assert first["segment_name"].startswith("Top spenders")
    assert "45% high" in first["profile"]
    assert first["treatment"].startswith("Give them first place in the service queue")


@pytest.mark.parametrize(
    ("rows", "code"), [(1, "segment-few-rows"), (10, "segment-few-rows"), (29, "segment-few-rows")]
)
def test_few_customers_form_one_segment(rows: int, code: str) -> None:
    outcome = run(planted()[0].head(rows))
    profiles = out(outcome, "segment_profiles")
    assert codes(outcome) == [code]
    assert profiles["segment_name_zh"].to_list() == ["全体客户"]
    assert profiles["customers"].to_list() == [rows]
    assert out(outcome, "segments").height == rows
    assert outcome.metrics["silhouette"] is None
    assert outcome.metrics["k"] == 1


def test_everybody_alike_forms_one_segment() -> None:
    frame, _ = planted()
    same = frame.with_columns(pl.exclude("customer_id").first())
    outcome = run(same)
    assert codes(outcome) == ["segment-no-variation", "segment-high-tier-tied", "segment-low-tier-tied"]
    assert set(out(outcome, "segments")["consumption_tier"]) == {"mid"}


@pytest.mark.parametrize(
    ("alike", "told"),
    [(143, []), (144, ["segment-high-tier-tied"]), (360, ["segment-high-tier-tied", "segment-low-tier-tied"])],
)
def test_tiers_that_are_empty_for_equal_revenue_are_told(alike: int, told: list[str]) -> None:
    frame, _ = planted()
    place = pl.int_range(pl.len())
    money = pl.when(place < alike).then(pl.lit(999.0)).otherwise(place.cast(pl.Float64) / 9)
    tied = frame.with_columns(money.alias(name) for name in ("revenue", "revenue_mean_3") if name in frame.columns)
    outcome = run(tied, n_segments=2)
    assert [code for code in codes(outcome) if "tied" in code] == told
    tiers = out(outcome, "segments")["consumption_tier"]
    assert (tiers == "high").sum() == (0 if told else alike)
    if told:
        notice = next(one for one in outcome.notices if one.code == told[0])
        assert notice.values["share"] == f"{alike / 360:.0%}"
        amounts = run(tied, n_segments=2, high_tier_revenue=900.0, low_tier_revenue=1.0)
        assert (out(amounts, "segments")["consumption_tier"] == "high").sum() == alike
        assert [code for code in codes(amounts) if "tied" in code] == []


def test_too_little_known_is_not_taken_for_no_difference() -> None:
    frame, _ = planted()
    numbers = [name for name in frame.columns if frame.schema[name].is_numeric()]
    few = pl.int_range(pl.len()) % 3 == 0
    assert "segment-nothing-known" in codes(run(frame.with_columns(pl.when(few).then(pl.col(numbers)))))


def test_nothing_known_forms_one_segment() -> None:
    frame, _ = planted()
    empty = frame.with_columns(
        pl.lit(None, dtype=pl.Float64).alias(name) for name in frame.columns if name != "customer_id"
    )
    outcome = run(empty)
    assert codes(outcome) == ["segment-no-variation", "segment-lifecycle-unknown", "segment-no-revenue"]
    profile = out(outcome, "segment_profiles").row(0, named=True)
    assert profile["revenue_share"] is None
    assert profile["value_index"] is None
    assert set(out(outcome, "segments")["consumption_tier"]) == {None}


def test_fewer_kinds_of_customer_than_asked() -> None:
    frame, _ = planted(each=20)
    two = frame.with_columns(
        pl.when(pl.int_range(pl.len()) < 30).then(pl.col(name).first()).otherwise(pl.col(name).last()).alias(name)
        for name in frame.columns
        if name != "customer_id"
    )
    outcome = run(two, n_segments=5)
    assert outcome.metrics["k"] == 2
    assert codes(outcome) == ["segment-fewer-than-asked", "segment-high-tier-tied"]


@pytest.mark.parametrize("wanted", [5, 30])
def test_as_many_segments_as_customers_cannot_be_had(wanted: int) -> None:
    outcome = run(planted()[0].gather_every(72), n_segments=wanted)
    assert outcome.metrics["k"] == out(outcome, "segments").height - 1 == 4
    (told,) = (notice for notice in outcome.notices if notice.code == "segment-fewer-customers")
    assert "there are 5 customers" in told.message
    assert "segment-fewer-than-asked" not in codes(outcome)


@pytest.mark.slow
def test_a_number_asked_for_that_is_not_stable_is_told() -> None:
    frame = planted()[0]
    told = [notice for notice in run(frame, n_segments=8).notices if notice.code == "segment-asked-unstable"]
    assert len(told) == 1
    assert "0.75 is wanted (min_stability)" in told[0].message
    assert "segment-asked-unstable" not in codes(run(frame, n_segments=3))


def test_no_groups_but_some_asked_of_noise_is_told() -> None:
    random = np.random.default_rng(0)
    frame = planted(each=100)[0].with_columns(
        pl.Series(name, random.normal(100, 1, 300))
        for name in ("revenue_mean_3", "data_mb_mean_3", "call_minutes_mean_3", "tenure_months")
    )
    outcome = run(frame, min_stability=0.99)
    assert codes(outcome) == ["segment-unstable", "segment-continuum"]
    assert "没有方案" in outcome.metrics["criterion_zh"]


def test_negative_revenue_keeps_shares_within_bounds() -> None:
    frame, truth = planted()
    owed = pl.Series([kind == "old" for kind in truth])
    credit = frame.with_columns(
        pl.when(owed).then(-pl.col(name)).otherwise(pl.col(name)).alias(name) for name in ("revenue", "revenue_mean_3")
    )
    profiles = out(run(credit), "segment_profiles")
    assert profiles["revenue_share"].min() == 0
    assert profiles["value_index"].min() < 0


def test_nobody_active_is_an_error_with_a_way_out() -> None:
    frame, _ = planted(each=5)
    gone = months_of(frame).with_columns(active=pl.lit(False))
    with pytest.raises(DataError, match=r"No customer is active in 2024-06\.") as caught:
        segment(Inputs({"customer_months": gone, "customers": customers_of(frame)}, AS_OF), SegmentSettings())
    assert "--as-of" in caught.value.hint


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(UsageError, match="together exceed 1"):
        run(planted(each=5)[0], high_tier_share=0.7, low_tier_share=0.7)
    with pytest.raises(UsageError, match="No month"):
        segment(Inputs({}, None), SegmentSettings())


def test_progress_is_told() -> None:
    frame, _ = planted()
    heard: list[tuple[str, int, int]] = []
    tables = {"customer_months": months_of(frame), "customers": customers_of(frame)}
    told = Inputs(tables, AS_OF, progress=lambda what, done, total: heard.append((what, done, total)))
    segment(told, brief(0, max_segments=4))
    assert heard == [("segments tried", 1, 3), ("segments tried", 2, 3), ("segments tried", 3, 3)]


@pytest.mark.slow
@pytest.mark.parametrize("asked", [0, 3])
def test_what_was_tried_on_all_rows_is_not_looked_for_again(monkeypatch: pytest.MonkeyPatch, asked: int) -> None:
    months, people = planted()[0], planted()[0]
    inputs = Inputs({"customer_months": months_of(months), "customers": customers_of(people)}, AS_OF)
    settings = brief(asked, max_segments=3, evaluation_months=0)
    made: list[int] = []

    def counting(settings: SegmentSettings, patience: int | None = 4) -> Maker:
        make = clusterer(settings, patience)
        return lambda k, seed: made.append(k) or make(k, seed)  # type: ignore[func-returns-value]

    monkeypatch.setattr(segment_count, "clusterer", counting)
    once = segment(inputs, settings)
    assert sorted(made) == [2, 3]
    monkeypatch.setattr(segment_count, "SAMPLE_ROWS", 200)
    segment(inputs, settings)  # the sample has fewer rows, so that all of them are fitted anew
    assert len(made) == 5
    assert once.metrics["inertia"] == pytest.approx(segment(inputs, settings).metrics["inertia"], rel=0.05)
