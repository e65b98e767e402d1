"""simulate --surveys: drivers are planted beside what there was, which stays as it is, and are found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from telcli.methods.driver_ranking import claimed, rank_drivers
from telcli.settings import SimulateSettings
from telcli.simulation.block import simulate_block
from telcli.simulation.surveys import SURVEY_KEY, SURVEYS
from telcli.simulation.world import World, month_index

ITEMS = ("服务态度", "套餐内容", "网络信号", "资费价格")


def _frames(surveys: str) -> dict[str, pl.DataFrame]:
    return simulate_block(World(900, 4, month_index("2024-06"), 5, surveys=surveys), 0).frames


def _ranked(frames: dict[str, pl.DataFrame]) -> str:
    wide = (
        frames[SURVEYS].with_columns(pl.col("评分").cast(pl.Float64)).pivot("测评项目", index="客户编号", values="评分")
    )
    ranking = rank_drivers(wide.select(ITEMS).to_numpy(), wide["总体满意度"].to_numpy(), rounds=200)
    return claimed(ranking, [0, 1, 3]).verdict


def test_planted_drivers_are_found_and_where_none_is_nobody_can_tell() -> None:
    plain, planted, null = (_frames(surveys) for surveys in ("off", "on", "null"))
    assert set(planted) - set(plain) == {SURVEYS, SURVEY_KEY}
    assert all(frame.equals(planted[name]) for name, frame in plain.items())
    assert (_ranked(planted), _ranked(null)) == ("holds", "cannot tell")


def test_the_answer_key_says_what_is_true_of_everybody() -> None:
    frames = _frames("on")
    key, answers = frames[SURVEY_KEY], frames[SURVEYS].filter(pl.col("测评项目") == "总体满意度")
    assert key.height == 900
    assert set(key.filter(pl.col("asked") == "true")["customer_id"]) == set(answers["客户编号"])
    both = answers.join(key, left_on="客户编号", right_on="customer_id")
    said, truth = both["评分"].cast(pl.Float64).to_numpy(), both["satisfaction"].cast(pl.Float64).to_numpy()
    assert np.abs((said - 1) / 9 * 100 - truth).max() == pytest.approx(100 / 18, abs=0.1)


def test_surveys_go_again_with_the_next_simulation(tmp_path: Path) -> None:
    from telcli.pipeline.simulate import simulate

    simulate(tmp_path, SimulateSettings(customers=40, months=2, surveys="on"), seed=3)
    assert (tmp_path / SURVEYS).is_file()
    assert "satisfaction.csv" in (tmp_path / "answer_key/README.txt").read_text(encoding="utf-8")
    simulate(tmp_path, SimulateSettings(customers=40, months=2), seed=3, force=True)
    assert not (tmp_path / SURVEYS).exists()
    assert not (tmp_path / SURVEY_KEY).exists()
