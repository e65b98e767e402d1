"""Units that cannot be right are doubted aloud; identifiers that a spreadsheet destroyed are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError
from telcli.intake.plausible import refuse_destroyed, share_unit, unit_doubts
from tests.stages.test_ingest import good, ran


@pytest.mark.parametrize(
    ("unit", "values", "likely"),
    [
        ("currency", ["5900", "12900", "3900"], "分"),
        ("currency", ["59", "129", "39000"], ""),
        ("MB", ["5242880", "1310720", "9999999"], "kb"),
        ("MB", ["2.5", "10", "0", "31", "8.2", "1.5"], "gb"),
        ("MB", ["2500", "10000", "0", "31000", "8200"], ""),
        ("minutes", ["36000", "18000", "42000"], "秒"),
        ("minutes", ["300", "0", "1200"], ""),
        ("texts", ["300000"] * 9, ""),
        ("currency", ["", "null"], ""),
    ],
)
def test_doubtful_units(unit: str, values: list[str], likely: str) -> None:
    found = unit_doubts("a.csv", "h", "c", unit, pl.Series(values))
    assert [notice.values["likely"] for notice in found] == ([likely] if likely else [])
    assert all("--map c=h@" in notice.message for notice in found)


@pytest.mark.parametrize(
    "values",
    [
        ["1.38E+10", "1.39E+10", "12"],
        ["1.10105E+17"],
        [f"11010519491{n:04}000" for n in range(9)],
        [f"8986{n:011}00000" for n in range(10_000, 10_009)],
    ],
)
def test_destroyed_identifiers_are_refused(values: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        refuse_destroyed("a.csv", "客户编号", pl.Series(values))
    assert caught.value.code == "ids-destroyed"
    assert "as text" in caught.value.hint


@pytest.mark.parametrize(
    "values",
    [
        ["000123", "123000"],
        ["100000000000000"],
        [f"11010519491231{n:02}2X" for n in range(9)],
        ["10000000000000000000"],
        [None],
        ["1E5", "K1", "K2"],
        [f"2024{n:013}" for n in range(1, 30)],
    ],
)
def test_other_identifiers_pass(values: list[str]) -> None:
    refuse_destroyed("a.csv", "id", pl.Series(values, dtype=pl.String))


def test_a_call_of_an_hour_may_be_one_of_a_minute() -> None:
    calls = pl.Series(["211", "31", "75", "640"])
    assert unit_doubts("a.csv", "duration", "call_minutes", "minutes", calls, each=True)[0].values["likely"] == "秒"
    assert not unit_doubts("a.csv", "duration", "call_minutes", "minutes", pl.Series(["2", "5.5", "90"]), each=True)
    assert not unit_doubts("a.csv", "duration", "call_minutes", "minutes", calls)


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        (["0.85", "0", "1"], "share"),
        (["0.4", "0.9", "1.2"], "share"),
        (["85", "40", "0.5"], "%"),
        (["85%", "40", "99"], "%"),
        (["85%", "", None], ""),
        (["0", "0"], ""),
    ],
)
def test_shares_are_told_from_percentages_by_all_values(values: list[str | None], unit: str) -> None:
    assert share_unit("a.csv", "h", "c", pl.LazyFrame({"h": values}, schema={"h": pl.String})) == unit


@pytest.mark.parametrize("values", [["2", "0.4", "2.5"], ["0.1", "0.2", "85"]])
def test_what_could_be_share_or_percentage_is_refused(values: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        share_unit("a.csv", "h", "c", pl.LazyFrame({"h": values}))
    assert caught.value.code == "unit-ambiguous"
    assert "--map a.csv:c=h@%" in caught.value.hint


@pytest.mark.parametrize(
    ("header", "value", "choices", "assumed"),
    [
        ("流量饱和度", "85", {}, "%"),
        ("流量饱和度", "0.85", {}, "share"),
        ("流量饱和度(%)", "85", {}, None),
        ("流量饱和度", "1.5", {"map": {"data_saturation": "流量饱和度@%"}}, None),
        ("流量饱和度", "85%", {}, None),
    ],
)
def test_shares_without_a_unit_are_not_percentages_in_silence(
    header: str, value: str, choices: dict[str, Any], assumed: str | None, tmp_path: Path
) -> None:
    result = ran(tmp_path, {"u.csv": f"客户编号,账期,{header}\nC1,202405,{value}\n"}, **choices)
    expected = float(value.strip("%")) / (1 if assumed == "share" else 100)
    assert good(result, "usage", "data_saturation") == [(pytest.approx(expected),)]
    told = [one.values["unit"] for one in result.notices if one.code == "unit-assumed"]
    assert told == ([assumed] if assumed else [])


@pytest.mark.parametrize(("values", "doubted"), [(("0.85", "1"), True), (("0.85", "40"), False)])
def test_percentages_that_are_shares_are_doubted(values: tuple[str, str], doubted: bool, tmp_path: Path) -> None:
    rows = "".join(f"C{n},202405,{value}\n" for n, value in enumerate(values))
    result = ran(tmp_path, {"u.csv": "客户编号,账期,流量饱和度(%)\n" + rows})
    assert ("percent-doubtful" in {one.code for one in result.notices}) == doubted
