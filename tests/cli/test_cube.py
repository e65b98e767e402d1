"""`telcli cube` and `telcli metrics`: screens, JSON, CSV, and what is mistyped."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from telcli.cli import main
from telcli.pipeline.behind import with_behind
from telcli.pipeline.provenance import Manifest
from telcli.pipeline.run import Request, StageRun
from telcli.tables.figure_dictionary import figure_of
from tests.cli.golden import same
from tests.resealed import reseal


@pytest.fixture(autouse=True)
def everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELCLI_REPORT_SMALL_CELL", "1")
    monkeypatch.setenv("COLUMNS", "100")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_screens(lang: str, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in (
        "customers revenue revenue_per_customer --by customer_class",
        "revenue --from 2024-04 --pivot month --by customer_class",
        "customers revenue --by customer_class,region --pivot customer_class",
        "customers --by region --where region='nowhere'",
        "customers --from 2024-04 --by region --limit 2",
    ):
        assert main(["cube", *line.split(), "--lang", lang]) == 0
    assert main(["metrics", "churn", "--lang", lang]) == 0
    assert main(["metrics", "calibration", "--report", "--lang", lang]) == 0
    seen = capsys.readouterr()
    same(f"cube.{lang}", seen.out + seen.err)


def test_rows_as_json_and_csv(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cube", "customers,revenue", "--from", "2024-05", "--format", "json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["stage"], body["as_of"], body["about"]["revenue"]) == (
        "cube", "2024-06", {"unit": "CNY", "formula": "SUM(revenue)"}
    )  # fmt: skip
    assert [row["month"] for row in body["rows"]] == ["2024-05-01", "2024-06-01"]
    assert main(["cube", "customers", "--from", "2024-05", "--pivot", "month", "--format", "csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows == [["2024-05", "2024-06"], ["3", "3"]]
    assert main(["metrics", "mou", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["dictionary"]
    assert [one["formula"] for one in found] == ["SUM(call_minutes) / SUM(active)"]
    assert main(["cube", "customers", "-q"]) == 0
    assert capsys.readouterr() == ("", "")


def test_groups_of_few_are_not_told(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELCLI_REPORT_SMALL_CELL", "10")
    assert main(["cube", "customers", "--format", "json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert [row["customers"] for row in body["rows"]] == [None]
    assert [one["code"] for one in body["warnings"]] == ["cube-small"]


def test_laid_out_csv_says_what_is_hidden(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELCLI_REPORT_SMALL_CELL", "10")
    assert (
        main(["cube", "customers", "--from", "2024-05", "--by", "region", "--pivot", "month", "--format", "csv"]) == 0
    )
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0]["hidden_2024-05"] == "people,customers"
    assert rows[0]["customers_2024-05"] == ""


def test_metrics_and_dimensions_as_chinese_screens_call_them(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cube", "客户数，收入", "--by", "客户类型", "--lang", "zh", "--format", "json"]) == 0
    row = json.loads(capsys.readouterr().out)["rows"][0]
    assert {"customers", "revenue", "customer_class"} <= set(row)


def test_a_month_without_rows_of_a_source_is_told(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = Path("work/manifest.json")
    held = json.loads(manifest.read_text("utf-8"))
    gone = next(name for name in held["tables"]["bills"] if name.startswith("2024-05"))
    del held["tables"]["bills"][gone]
    reseal(manifest, held)
    assert main(["cube", "revenue", "--from", "2024-04"]) == 0
    assert "bills has no row of 2024-05: revenue" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("custmers", 2, "Did you mean customers"),
        ("zzz", 2, "telcli metrics"),
        ("customers --by risk", 2, "Did you mean risk_band"),
        ("customers --by region,region", 2, "--by takes up to 4 dimensions, each once"),
        ("customers --by region --pivot branch", 2, "--pivot branch is none of the dimensions of --by."),
        ("customers --pivot branch", 2, "Add it: --by branch. Or lay out one of: month"),
        ("customers --from 2023-01", 3, "There is nothing for 2023-01"),
        ("customers --from 2024-06 --as-of 2024-05", 2, "--from 2024-06 is after the as-of month 2024-05."),
        ("customers --where revenu>1", 2, "Did you mean revenue?"),
        ("customers --where customer_id='1'", 2, "chooses no customers by customer_id"),
        ("loyalty", 3, "telcli score-satisfaction -w work"),
        ("customers --by value_tier -w nowhere", 3, "There is no working directory nowhere."),
    ],
)
def test_mistakes(line: str, code: int, said: str, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cube", *line.split()]) == code
    assert said in capsys.readouterr().err


def test_no_such_word_in_the_dictionary(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "zzz"]) == 2
    assert "No metric has zzz" in capsys.readouterr().err


def _rewritten(change: dict[str, object]) -> None:
    """The manifest as if a load had changed a table since, or branches had been merged."""
    place = Path("work/manifest.json")
    manifest = Manifest.read(place)
    if "bills" in change:
        record = manifest.stages["customer-months"][""]
        basis = replace(record.basis, inputs=dict.fromkeys(record.basis.inputs, str(change["bills"])))
        changed = {"customer-months": {"": replace(record, basis=basis)}}
    else:
        record = manifest.stages["ingest"][""]
        changed = {"ingest": {"": replace(record, metrics={**record.metrics, "merged": change["merged"]})}}
    place.write_text(replace(manifest, stages={**manifest.stages, **changed}).to_json(), encoding="utf-8")


def test_older_results_are_told_with_what_to_run(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cube", "customers", "--format", "json"]) == 0
    assert not json.loads(capsys.readouterr().out)["warnings"]
    _rewritten({"bills": "other"})
    assert main(["cube", "customers", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["warnings"]
    assert [one["code"] for one in told] == ["results-older"]
    assert "customer-months" in told[0]["message"]
    assert main(["cube", "customers"]) == 0
    assert "telcli run -w work" in capsys.readouterr().err
    done = StageRun("report", date(2024, 6, 1), (), {}, (), skipped=False, rows_in=0, rejected=0, duplicates=0)
    told = with_behind(done, Request(Path("work"))).notices
    assert [(one.code, one.values["stages"]) for one in told] == [("results-older", "customer-months, segment")]


def test_branches_that_end_early_are_named(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _rewritten({"merged": [{"branch": "北区", "month": "2024-04"}, {"branch": "南区", "month": "2024-06"}]})
    assert main(["cube", "customers"]) == 0
    assert "their last months: 北区 2024-04." in capsys.readouterr().err
    assert main(["cube", "customers", "--as-of", "2024-04"]) == 0
    assert "last months" not in capsys.readouterr().err


def test_nobody_known_to_have_left_is_not_nought(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cube", "customers,left,churn_rate_month", "--format", "json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert [row[name] for row in body["rows"] for name in ("customers", "left", "churn_rate_month")] == [3, None, None]
    assert [one["code"] for one in body["warnings"]] == ["cube-no-leavers"]


def test_only_what_takes_the_group_apart_is_offered(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cube", "customers", "--by", "region"]) == 0
    assert "Drill" not in capsys.readouterr().out
    assert main(["metrics", "silhouette"]) == 2
    assert "telcli metrics --report" in capsys.readouterr().err
    assert main(["metrics", "silhouette", "--report"]) == 0
    assert "  = mean of (b - a) / max(a, b)" in capsys.readouterr().out


def test_every_figure_of_a_report_is_listed_by_one_command_or_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    listed = set()
    for line in ([], ["--report"]):
        assert main(["metrics", *line, "--format", "json"]) == 0
        listed |= {(one["name"], one["formula"]) for one in json.loads(capsys.readouterr().out)["dictionary"]}
    shown = [figure_of(*pair) for pair in (("kpi", "revenue"), ("segments", "churn_lift"), ("compare", "now"))]
    assert {(one.name, one.formula) for one in shown if one is not None} <= listed
    assert len(listed) > 250 and None not in shown


def test_dimensions_that_cross_in_too_many_cells_are_refused(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("telcli.stages.cube._MOST", 0)
    assert main(["cube", "customers", "--by", "region,customer_class"]) == 2
    said = capsys.readouterr().err
    assert "cells" in said
    assert "--where" in said
    assert main(["cube", "customers", "--by", "region"]) == 0


def test_columns_in_conditions_as_extracts_call_them(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cube", "ARPU", "--where", "网格 IS NULL AND 归属地市 IS NULL", "--format", "json"]) == 0
    assert [row["people"] for row in json.loads(capsys.readouterr().out)["rows"]] == [3]
    assert main(["show", "customers", "--where", "客户编号 = '客户二'", "--format", "json"]) == 0
    assert "客户二" in capsys.readouterr().out
