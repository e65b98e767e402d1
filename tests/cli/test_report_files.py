"""`telcli report --files`: which kinds of files, by the command line or settings, and what is refused."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.api.pages import renderer
from telcli.cli import _words, main
from telcli.cli._options import Call
from telcli.cli._output import Printer
from telcli.stages import Inputs, Outcome
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


def gapped(inputs: Inputs, settings: Any) -> Outcome:
    """40 customers in April, nothing of May, in June 12 of them left and 15 joined: 10.00 each, of leavers 4.00."""
    april, june = date(2024, 4, 1), date(2024, 6, 1)
    rows = [(f"c{at:02}", april, True, False, 10.0, 9.0) for at in range(40)]
    rows += [(f"c{at:02}", june, at >= 12, at < 12, 4.0 if at < 12 else 10.0, 11.0) for at in range(40)]
    rows += [(f"n{at:02}", june, True, False, 10.0, 0.0) for at in range(15)]
    names = ["customer_id", "month", "active", "left", "revenue", "tenure_months"]
    return Outcome({"customer_months": pl.LazyFrame(rows, schema=names, orient="row")})


def period_rows(work: Path, as_of: str, period: str, section: str) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    files = (work / "work" / "period_figures" / f"as_of={as_of}").rglob("*.parquet")
    frame = pl.concat([pl.read_parquet(one, hive_partitioning=False) for one in files])
    for row in frame.filter(pl.col("period") == period, pl.col("section") == section).to_dicts():
        found.setdefault(row["row"], {})[row["metric"]] = row["text"] if row["value"] is None else row["value"]
    return [found[at] for at in sorted(found)]


@pytest.mark.slow
def test_numbers_of_month_quarter_and_year_with_a_month_lacking_and_of_two_snapshots(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(FUNCTIONS, "report", report)
    monkeypatch.setitem(FUNCTIONS, "customer-months", gapped)
    assert main(["customer-months", "--force", "-q"]) == 0
    asked = ["report", "--files", "json", "--period", "month,quarter,year", "--format", "json"]
    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)["metrics"]["periods"]
    assert {name: (one["customers"], one["left"], one["revenue"], one["months"]) for name, one in told.items()} == {
        "2024-Q2": (43, 12, 878.0, 2), "2024": (43, 12, 878.0, 2)
    }  # fmt: skip
    pages = work / "work" / "reports"
    parts = {"left": (-72.0, 12), "joined": (150.0, 15)}
    for page in ("2024-06", "2024-Q2", "2024"):
        held = json.loads((pages / f"{page}.json").read_text("utf-8"))["sections"]
        assert [row["amount"] for row in held["bridge_base"]] == [40, 15, -12, 43]
        headlines = {name: number for row in held["kpi"] for name, number in row.items()}
        assert headlines["revenue"] == (478.0 if page == "2024-06" else 878.0)
        money = held["bridge_revenue"]
        assert {row["part"]: (row["amount"], row["customers"]) for row in money[1:-1]} == parts
        assert (money[0]["amount"], money[1]["had"], money[-1]["amount"]) == (400.0, 120.0, 478.0)
    year = (pages / "2024.json").read_bytes()
    assert main([*asked, "--as-of", "2024-04"]) == 0
    early = json.loads(capsys.readouterr().out)["metrics"]["periods"]["2024"]
    assert (early["customers"], early["revenue"], early["months"]) == (40, 400.0, 1)
    earlier = json.loads((pages / "2024.json").read_text("utf-8"))["sections"]
    assert "bridge_base" not in earlier and earlier["kpi"][0]["customers"] == 40
    assert period_rows(work, "2024-06-01", "2024", "bridge_base")[-1]["amount"] == 43
    assert main([*asked, "--as-of", "2024-06"]) == 0
    assert (pages / "2024.json").read_bytes() == year
