"""What score-value says on the screen: fits 80 columns in both languages, and says only what is known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.cli._help import wide
from telcli.cli._stage_view import view
from telcli.cli._value_view import next_step
from telcli.cli._words import said, settle
from telcli.errors import Notice
from telcli.pipeline.provenance import Manifest, Part, file_sha256
from telcli.pipeline.run import Output, StageRun

TIERS = ("platinum", "gold", "silver", "bronze")
METRICS: dict[str, Any] = {
    "customers": 1600,
    "current_value_total": 1_069_870.3,
    "incremental_value_total": 9_635.0,
    "retention_value_total": 1_708_112.0,
    "lifetime_value_total": 2_787_617.3,
    "loss_maker_share": 0.0037,
    "horizon_months": 24,
    "discount_rate": 0.1,
    "recent_months": 12,
    "margin_basis": "margin",
    "margin_parts": {"lines": "set", "content": "not-set", "interconnect": "not-set", "subsidy": "no-data"},
    "lost_with_leavers": {
        "customers": 375,
        "owing": 51,
        "owed": 21_705.69,
        "over_90_days": 7_210.45,
        "expected": 27_299.6,
    },
    "assumptions": ["Everything stays as it was."],
    "tiers": {"platinum": 60, "gold": 240, "silver": 500, "bronze": 800},
    "backtest": {
        "as_of": "2024-02",
        "months": 4,
        "rank_correlation": 0.9,
        "naive_rank_correlation": 0.8,
        "score_rank_correlation": 0.7,
        "score_without": ["arpu", "risk"],
        "calibration": 0.983,
        "error": 43.68,
        "median_error": 30.21,
        "naive_error": 32.13,
        "squared_error": 102.8,
        "naive_squared_error": 12345.6,
    },
    "payment_timing": "middle",
    "tail": "fading",
    "survival": {"signs": {"used": True}},
    "consistency": {
        "nodes": {"goal": {"cr": 0.01, "ri": 0.0}, "current": {"cr": 0.03, "ri": 0.9}},
        "random_index": "classic",
    },
    "sensitivity": {"item": "current", "step": "down", "factor": 0.75, "tiers_changed": 0.107},
    "moves": {
        "before": "2024-05",
        "up": 3,
        "down": 2,
        "same": 1590,
        "matrix": {one: dict.fromkeys((*TIERS, "none"), 1) for one in (*TIERS, "none")},
    },
    "stars": [{"star": "五星", "customers": 11}, {"star": None, "customers": 1589}],
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    settle(["--lang", "en"])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> StageRun:
    folder = tmp_path_factory.mktemp("vw")
    weights = [
        ("current", "goal", "current value", "当前价值", 0.6),
        ("own", "goal", "my own", "my own", 0.4),
        ("arpu", "current", "Revenue", "收入", 0.6),
    ]
    frames = {
        "value_scores": pl.DataFrame({"customer_id": ["a"]}),
        "value_margin": pl.DataFrame(
            {
                "part": ["revenue", "lines", "bad_debt", "content", "margin"],
                "amount": [100.0, 40.0, 5.0, 0.0, 55.0],
                "revenue_share": [1.0, 0.4, 0.05, 0.0, 0.55],
            }
        ),
        "value_backtest": pl.DataFrame(
            {
                "decile": [*range(1, 11)],
                "predicted": [123_456.0] * 10,
                "naive": [9999.4] * 10,
                "realised": [-12_345_678.0] * 10,
            }
        ),
        "value_tiers": pl.DataFrame({"value_tier": TIERS, "least_score": [75.04, 65.0, None, 0.0]}),
        "value_weights": pl.DataFrame(
            [
                dict(zip(("item", "node", "name", "name_zh", "global_weight", "place"), (*row, place), strict=True))
                for place, row in enumerate(weights, 1)
            ]
        ),
    }
    outputs, tables = [], {}
    for name, frame in frames.items():
        path = f"{name}/as_of=2024-06-01/part-0.parquet"
        place = folder / path
        place.parent.mkdir(parents=True)
        frame.write_parquet(place)
        outputs.append(Output(name, str(place), frame.height))
        tables[name] = {"2024-06-01": Part(path, file_sha256(place), frame.height, place.stat().st_size)}
    (folder / "manifest.json").write_text(Manifest(tables).to_json(), encoding="utf-8")
    return replace(told(METRICS, tuple(outputs)), workdir=folder)


def told(metrics: dict[str, Any], outputs: tuple[Output, ...] = ()) -> StageRun:
    return StageRun("score-value", date(2024, 6, 1), outputs, metrics, (), False, 0, 0, 0)


def lines(run: StageRun, lang: str, *, verbose: bool = False) -> list[str]:
    settle(["--lang", lang])
    return [str(line) for line in view(run, verbose=verbose)]


WORDS = {
    "en": (
        "1,069,870  margin of 12 months, 55.0% of revenue",
        "1,708,112  what stays in 24 months and after, at 10% a year",
        "off revenue: lines 40.0%, bad_debt 5.0%",
        "left owing in 12 months: 51 of 375 who left, 21,706; expected",
        "content, interconnect (no rate set); subsidy (not in the data)",
        "platinum        75.0         60   3.8%",
        "silver             -",
        "0.8000 (better); foretold 98.3% of what came; the score ranks 0.7000 (without Revenue, risk)",
        "error per customer: 43.7 (middle of ranges 30.2), of plain average 32.1; root mean square 102.8, 12k",
        "foretold 123k 123k",
        "plain average 9999 9999",
        "came -12M -12M",
        "others of their tenure and signs (complaints, arrears, faults, use) did",
        "money comes at the middle of a month; months after the 24 count: fading",
        "weights: current value 0.600, my own 0.400",
        "at most 0.030 (current value; random index 0.9, table classic)",
        "weight of current value x 0.75: 10.7%",
        "tiers since 2024-05: 3 up, 2 down",
    ),
    "zh": (
        "当前价值      1,069,870  近12个月毛利，占收入 55.0%",
        "收入扣减：号码维持 40.0%、坏账 5.0%",
        "近 12 个月离网客户 375 户，其中 51 户欠费离网，共 21,706",
        "内容分成、网间结算（未设费率）；终端补贴（数据中没有）",
        "权重：当前价值 0.600、my own 0.400",
        "当前价值的权重乘以 0.75",
        "未来 24 个月及以后留存",
        "评分的秩相关 0.7000（不含收入、risk）",
        "户均误差 43.7（区间中位 30.2），简单平均 32.1",
        "资金于每月中到账；24 个月之后的月份：一直计入，离网率递减",
        "与 2024-05 相比的等级：升 3，降 2",
    ),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_screen_is_short_and_tells_all(run: StageRun, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = lines(run, lang)
    assert len(shown) <= 52
    assert max(map(wide, shown)) <= 80, shown
    text = " ".join(" ".join(shown).split()) if lang == "en" else "".join(line.removeprefix("    ") for line in shown)
    for words in WORDS[lang]:
        assert " ".join(words.split()) in " ".join(text.split()), (words, text)


def test_all_tables_and_assumptions_with_more_asked(run: StageRun) -> None:
    assert not any("value_tiers" in line and "rows" in line for line in lines(run, "en"))
    more = lines(run, "en", verbose=True)
    assert any(line.startswith("  value_tiers") and "4 rows" in line for line in more)
    assert "    Everything stays as it was." in more


def test_what_is_not_known_is_not_told(tmp_path: Path) -> None:
    bare = {name: METRICS[name] for name in METRICS if name.endswith("_total") or name == "loss_maker_share"}
    bare |= {
        "customers": 5,
        "horizon_months": 24,
        "discount_rate": 0.0,
        "margin_basis": "known-costs",
        "backtest": None,
    }
    gone = Output("value_tiers", str(tmp_path / "gone.parquet"), 4)
    shown = "\n".join(lines(told(bare, (gone,)), "en"))
    assert "revenue less costs in the data, of 12 months" in shown
    assert not any(word in shown for word in ("back-test", "weights", "tiers since", "off revenue", "None"))
    untold = StageRun("score-value", None, (), bare, (Notice("value-no-incremental", ""),), False, 0, 0, 0)
    assert any(line.endswith("-  not known") for line in lines(untold, "en"))
    assert lines(told({}), "en") == ["score-value  2024-06"]


@pytest.mark.parametrize(("found", "judged"), [(0.80004, "as good"), (0.8001, "better"), (0.7, "worse")])
def test_the_back_test_is_judged_beside_the_plain_average(found: float, judged: str) -> None:
    verdict = {**METRICS["backtest"], "rank_correlation": found}
    assert f"({judged})" in " ".join(lines(told({"backtest": verdict}), "en"))


def test_a_back_test_that_failed_is_not_called_as_good() -> None:
    both = {"rank_correlation": -0.7146, "naive_rank_correlation": -0.7146}
    for found in ({**both}, {"rank_correlation": 0.1, "foretells": False}):
        shown = " ".join(" ".join(lines(told({"backtest": {**METRICS["backtest"], **found}}), "en")).split())
        assert "(values do not foretell what came)" in shown
    many = {**METRICS["backtest"], "score_without": ["a", "b", "c", "d", "e"]}
    assert "(without a, b, c and 2 more)" in " ".join(" ".join(lines(told({"backtest": many}), "en")).split())


def test_experts_are_told_with_how_far_they_agree() -> None:
    goal = {"cr": 0.01, "ri": 0.58, "experts": {"li": 0.02, "wang": None}, "kendall_w": 0.07, "agree": False}
    nodes = {"goal": goal, "own": {**goal, "experts": {"li": 0.09}, "kendall_w": 1.0, "agree": True}}
    metrics = {**METRICS, "consistency": {"nodes": nodes, "random_index": "classic"}}
    shown = " ".join(" ".join(lines(told(metrics), "en")).split())
    assert "experts, largest ratio of each: li 0.090, wang -" in shown
    assert "Kendall's W of experts: customer value 0.07, own 1.00; no more than chance: customer value" in shown
    assert "experts" not in " ".join(lines(told(METRICS), "en"))


def test_only_the_months_there_are_are_told() -> None:
    one = " ".join(lines(told({**METRICS, "margin_basis": "revenue", "months_known": 1}), "en"))
    assert "revenue of 1 month: no cost is known" in one
    assert "what the one known did" in " ".join(one.split())
    three = " ".join(" ".join(lines(told({**METRICS, "months_known": 3}), "en")).split())
    assert "margin of 3 months" in three
    assert "a month brings what the last 3 tell" in three
    assert "近3个月毛利" in "".join(lines(told({**METRICS, "months_known": 3}), "zh"))


def test_the_horizon_ends_where_nothing_after_counts() -> None:
    shown = " ".join(" ".join(lines(told({**METRICS, "tail": "none"}), "en")).split())
    assert "what stays in 24 months at 10% a year" in shown


def test_customers_who_cannot_be_ranked_have_their_totals_told() -> None:
    verdict = {**METRICS["backtest"], "rank_correlation": None}
    shown = " ".join(" ".join(lines(told({"backtest": verdict}), "en")).split())
    assert "customers cannot be ranked; foretold 98.3% of what came" in shown


def test_the_next_step_names_the_directory(run: StageRun) -> None:
    settle(["--lang", "en"])
    who, then = next_step(run)
    assert "telcli show value_moves -w " in who
    assert then.startswith("  Next: telcli predict-churn -w ")
    here = told({}, (Output("value_scores", "work/value_scores/as_of=2024-06-01/part-0.parquet", 1),))
    assert list(next_step(here)) == ["  Next: telcli predict-churn"]


def test_indicators_of_the_product_are_named_in_chinese_and_own_ones_stay() -> None:
    settle(["--lang", "zh"])
    spoken = said("value-indicators-dropped", "{names}", {"names": "churn_risk, payer"})
    assert "流失概率、payer" in spoken
    settle(["--lang", "en"])
    assert said("value-indicators-dropped", "{names}", {"names": "churn_risk, payer"}) == "churn_risk, payer"
