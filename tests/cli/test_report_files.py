"""`telcli report --files`: which kinds of files, by the command line or settings, and what is refused."""

import json
from pathlib import Path

import polars as pl
import pytest

from telcli.api.pages import renderer
from telcli.cli import _words, main
from telcli.cli._options import Call
from telcli.cli._output import Printer
from telcli.stages.report import report
from tests.cli.fakes import FUNCTIONS


def test_a_kind_that_there_is_not_is_refused_before_anything_is_done(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--files", "html,pdf"]) == 2
    seen = capsys.readouterr().err
    assert "telcli report writes no pdf." in seen
    assert "html, xlsx, md, json" in seen


@pytest.mark.parametrize(("name", "text"), [
    ("t.csv", "month,metric,amount\n2024-06,customers,4\n"),
    ("t.toml", '[[control]]\nmonth = "2024-06"\nmetric = "客户数"\namount = 4\n'),
])  # fmt: skip
def test_a_control_total_that_differs_is_told_and_can_fail_the_command(
    name: str, text: str, work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(FUNCTIONS, "report", report)
    (work / name).write_text(text, encoding="utf-8")
    told = ["report", "--control", str(work / name), "--format", "json"]
    assert main([*told, "--fail-if", "told_differ>0"]) == 5
    body = json.loads(capsys.readouterr().out)
    assert body["metrics"]["control"]["told_differ"] == 1
    said = {one["code"]: one["message"] for one in body["warnings"]}
    assert "customers of 2024-06 is 3.00 here and 4.00" in said["control-differs"]
    assert main([*told, "--fail-if", "told_unknown>0"]) == 0
    assert main(["report", "--control", str(work / "none.csv")]) == 3
    (work / name).write_text("x" if name.endswith("toml") else "a,b\n1,2\n", encoding="utf-8")
    assert main(told) == 4


@pytest.mark.parametrize(
    ("files", "lang", "names"),
    [
        (None, "en", ["2024-06.html"]),
        ("md, JSON，md", "zh", ["2024-06.zh.md", "2024-06.zh.json"]),
    ],
)
def test_files_are_named_by_month_language_and_kind(files: str | None, lang: str, names: list[str], work: Path) -> None:
    _words.settle([f"--lang={lang}"])
    call = Call("report", work, None, None, lang, False, 0.0, False, Printer("report", "quiet"))
    frame = pl.select(pl.date(2024, 6, 1).alias("as_of")).with_columns(
        section=pl.lit("kpi"), row=pl.lit(1, pl.Int64), metric=pl.lit("customers"), value=pl.lit(12.0),
        text=pl.lit(None, pl.String), text_zh=pl.lit(None, pl.String),
    )  # fmt: skip
    made = renderer(call.request({"files": files}), lang)(frame)
    assert list(made) == names
    if lang == "zh":
        assert json.loads(made[names[1]])["sections"]["kpi"] == [{"customers": 12.0}]


def test_a_period_that_there_is_not_is_refused(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--period", "month,week"]) == 2
    seen = capsys.readouterr().err
    assert "knows no period week" in seen and "month, quarter, year" in seen


def test_pages_of_quarter_and_year_stand_beside_that_of_the_month(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(FUNCTIONS, "report", report)
    assert main(["report", "--files", "json"]) == 0
    month = (work / "work" / "reports" / "2024-06.json").read_bytes()
    figures = {one: one.read_bytes() for one in (work / "work" / "report_figures").rglob("*.parquet")}
    assert main(["report", "--files", "json", "--period", "quarter,year"]) == 0
    assert "2024 is not complete: 3 of its 12 months" in capsys.readouterr().err
    pages = work / "work" / "reports"
    assert sorted(one.name for one in pages.iterdir()) == ["2024-06.json", "2024-Q2.json", "2024.json"]
    assert (pages / "2024-06.json").read_bytes() == month
    assert all(one.read_bytes() == held for one, held in figures.items())
    assert json.loads((pages / "2024.json").read_text("utf-8"))["period"] == "2024"
    assert main(["report", "--files", "json", "--period", "year", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["periods"]["2024"]["complete"] is False
