"""What pictures are drawn of: few are hidden with what would betray them, and sums stay right."""

from datetime import date
from itertools import accumulate, combinations
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from telcli.figures.finding import Facts
from telcli.figures.picture_findings import RULES
from telcli.figures.risk_pictures import calibration_rows, lift_rows, rate_rows
from telcli.figures.segment_pictures import migration, trait_rows
from telcli.figures.source_pictures import missed_rows, source_rows
from telcli.figures.watched_series import account_rows, base_rows
from telcli.methods.churn_metrics import deciles
from telcli.methods.reliability import reliability

AS_OF = date(2024, 6, 1)
LEAST = 10
COUNTS = st.lists(st.tuples(st.integers(1, 200), st.floats(0, 1)), min_size=1, max_size=10)


@settings(max_examples=80, deadline=None)
@given(COUNTS)
def test_tenths_of_few_leavers_stand_with_others_and_all_add_up(parts: list[tuple[int, float]]) -> None:
    people = [many for many, _ in parts]
    left = [int(many * share) for many, share in parts]
    table = pl.DataFrame({"decile": range(1, len(parts) + 1), "customers": people, "churners": left})
    rows = lift_rows(table.with_columns(mean_probability=pl.lit(0.1)), LEAST)
    if min(sum(left), sum(people) - sum(left)) < LEAST:
        assert rows == []
        return
    assert all(row["churners"] >= LEAST and row["customers"] - row["churners"] >= LEAST for row in rows)
    assert (sum(row["customers"] for row in rows), sum(row["churners"] for row in rows)) == (sum(people), sum(left))
    assert (rows[-1]["customer_share"], rows[-1]["churner_share"]) == (1.0, 1.0)
    assert all(row["lift_low"] <= row["lift"] + 1e-9 and row["lift"] <= row["lift_high"] + 1e-9 for row in rows)


def test_groups_of_few_expected_leavers_and_of_few_that_left_stand_together() -> None:
    table = pl.DataFrame(
        {"bin": [1, 2, 3, 4, 5], "customers": [50, 100, 200, 400, 800], "churners": [9, 9, 3, 20, 12],
         "expected": [10.0, 10.5, 25.0, 22.0, 9.0]}
    )  # fmt: skip
    rows = calibration_rows(table, LEAST)
    assert [(row["customers"], row["churners"], row["off"]) for row in rows] == [(150, 18, 0.0), (1400, 35, 1.0)]
    assert calibration_rows(table.with_columns(churners=pl.Series([1, 2, 3, 0, 3])), LEAST) == []


def _sums(rows: list[dict[str, Any]]) -> set[tuple[int, int]]:
    return set(zip(*(list(accumulate(row[name] for row in rows)) for name in ("customers", "churners")), strict=True))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(100, 6000), st.sampled_from([1, 2, 9]), st.floats(0.3, 3))
def test_tenths_and_groups_of_like_risk_together_tell_nothing_of_few(
    seed: int, people: int, digits: int, scale: float
) -> None:
    random = np.random.default_rng(seed)
    p = np.clip(np.round(random.beta(0.6, 12, people), digits), 1e-4, 0.95)
    y = random.random(people) < np.minimum(scale * p, 1.0)
    lift = lift_rows(pl.DataFrame(deciles(y, p)), LEAST)
    groups = calibration_rows(pl.DataFrame(reliability(y, p)), LEAST, lift)
    assert bool(lift) == bool(groups)
    cuts = sorted({(0, 0), *_sums(lift), *_sums(groups)})
    for (first, left), (last, more) in combinations(cuts, 2):
        assert more - left >= LEAST
        assert last - first - (more - left) >= LEAST
    if groups:
        assert (sum(row["customers"] for row in groups), sum(row["churners"] for row in groups)) == (people, y.sum())


def test_groups_of_like_risk_stay_their_own_where_many_left() -> None:
    random = np.random.default_rng(3)
    p = random.beta(0.6, 6, 20000)
    y = random.random(p.size) < p
    groups = calibration_rows(pl.DataFrame(reliability(y, p)), LEAST, lift_rows(pl.DataFrame(deciles(y, p)), LEAST))
    assert len(groups) == 10


def test_leavers_of_the_whole_base_are_told_however_few_and_hidden_where_the_base_is_few() -> None:
    rows = rate_rows(
        [{"month": date(2024, 5, 1), "customers": 900, "left": 3, "churn_rate": 3 / 900},
         {"month": date(2024, 6, 1), "customers": 8, "left": 2, "churn_rate": 2 / 9}], LEAST
    )  # fmt: skip
    assert (rows[0]["left"], rows[1]) == (3, {"month": "2024-06", "small": 1.0})
    assert rows[0]["rate_low"] < rows[0]["churn_rate"] < rows[0]["rate_high"]


def _way(one: str, other: str, people: int) -> dict[str, Any]:
    return {"view": "segment", "from_group": one, "to_group": other, "before": date(2024, 5, 1), "customers": people,
            "share": 0.5}  # fmt: skip


def _segment(name: str, each: float, customers: int | None = 100, at: int = 1) -> dict[str, Any]:
    return {"segment": at, "name": name, "name_zh": name, "customers": customers, "revenue_per_customer": each}


def test_migration_is_counted_and_priced_and_silent_of_few() -> None:
    held = [_segment("a", 100.0), _segment("b", 40.0, at=2)]
    ways = [_way("a", "a", 80), _way("b", "b", 70), _way("a", "b", 20), _way("b", "a", 30), _way("a", "left", 15)]
    (row,) = migration(pl.DataFrame(ways), held, LEAST)
    assert (row["moved"], row["of"], row["up"], row["down"], row["money"]) == (50, 200, 30, 20, 600.0)
    finding = RULES[0](Facts("CNY", blocks={"migration": [row]}))
    assert finding is not None and (finding.kind, finding.amount) == ("segments-rose", 600.0)
    few = [*ways[:2], _way("a", "b", 2), _way("b", "a", 3)]
    assert migration(pl.DataFrame(few), held, LEAST) == []


def test_traits_are_ranked_by_how_far_they_part_segments_and_hidden_ones_are_left_out() -> None:
    cells = [(1, "x", 2.0), (2, "x", -1.0), (3, "x", 0.0), (1, "y", 0.1), (2, "y", 0.2), (3, "y", 9.0)]
    centres = pl.DataFrame(
        [{"segment": at, "column": name, "mean": effect, "effect": effect} for at, name, effect in cells]
    )
    held = [_segment("a", 1.0, at=1), _segment("b", 1.0, at=2), _segment("c", 1.0, None, at=3)]
    rows = trait_rows(centres, held, lambda name: (name, name))
    assert [(row["trait"], row["name"], row["effect"]) for row in rows] == [
        ("x", "a", 2.0), ("x", "b", -1.0), ("y", "a", 0.1), ("y", "b", 0.2)
    ]  # fmt: skip


def _series(kind: str, entity: str, metric: str, seen: list[float]) -> list[dict[str, Any]]:
    about = {"as_of": AS_OF, "kind": kind, "entity": entity, "metric": metric, "expected": 50.0, "low": 40.0}
    return [{**about, "high": 60.0, "month": date(2024, 3 + at, 1), "observed": one} for at, one in enumerate(seen)]


def _alert(entity: str, metric: str, loss: float | None, **other: Any) -> dict[str, Any]:
    told = {"kind": "account", "entity": entity, "metric": metric, "rank": 1, "state": "new", "acknowledged": False}
    return {**told, "expected_loss": loss, "why": f"{entity} fell", "why_zh": f"{entity} 下降", **other}


def test_control_charts_mark_months_outside_and_list_accounts_as_long_as_customers_may_be_listed() -> None:
    series = pl.DataFrame(
        [*_series("kpi", "all", "active", [50, 4, 70, 55]), *_series("account", "C1", "paid", [50, 50, 50, 0]),
         *_series("account", "C2", "paid", [50, 50, 50, 0])]
    )  # fmt: skip
    alerts = pl.DataFrame(
        [_alert("C1", "paid", 5.0), _alert("C2", "paid", 9.0), _alert("C3", "paid", 99.0, acknowledged=True)]
    )
    base = base_rows(series, alerts, LEAST)
    assert [(row["month"], row["beyond"]) for row in base] == [("2024-03", 0.0), ("2024-05", 1.0), ("2024-06", 0.0)]
    assert [row["entity"] for row in account_rows(series, alerts, 1)] == ["C2"] * 4
    assert [row["alert"] for row in account_rows(series, alerts, 5)] == [0.0, 0.0, 0.0, 1.0] * 2
    assert account_rows(series, alerts, 0) == account_rows(series, None, 5) == []


def test_shares_of_sources_and_what_monitor_missed() -> None:
    counts = {"source": ["a.csv"] * 3, "table": ["bills"] * 3, "column": ["*", "x", "y"], "rows": [100] * 3}
    quality = pl.DataFrame({**counts, "filled": [100, 90, 50], "unreadable": [0, 10, 0]})
    (row,) = source_rows(quality, [{"source": "a.csv", "rows_read": 100, "rows_rejected": 10}], None)
    assert (row["kept"], row["filled"], round(row["readable"], 4)) == (0.9, 0.7, 0.9333)
    pipeline = {"kind": "pipeline", "state": "new"}
    alerts = pl.DataFrame(
        [
            _alert("a.csv", "rows", None, **pipeline),
            _alert("segment", "stale", None, **pipeline),
            _alert("C1", "paid", 5.0),
        ]
    )
    rows = missed_rows(alerts)
    assert [row["entity"] for row in rows] == ["a.csv"]
    finding = RULES[2](Facts("CNY", blocks={"data_missed": rows}))
    assert finding is not None and "a.csv fell" in finding.texts["title"].en


def test_a_level_that_is_off_tells_what_the_loss_would_be() -> None:
    told = {"expected": 50.0, "left": 40, "odds_low": 0.6, "odds_high": 0.9}
    finding = RULES[1](Facts("CNY", bands=[{"at_risk_value": 1000.0}], blocks={"level": [told]}))
    assert finding is not None and finding.kind == "chances-too-high"
    assert finding.amount is not None and round(finding.amount, 6) == 200.0
    assert "¥800.00" in finding.texts["detail"].en
    unpriced = RULES[1](Facts("CNY", bands=[{"at_risk_value": None}], blocks={"level": [told]}))
    assert unpriced is not None and "detail" not in unpriced.texts and unpriced.amount is None
    assert [rule(Facts("CNY")) for rule in RULES] == [None] * 3
