"""Answers that stand in columns of a table with a row per customer, from text and from workbooks."""

import csv
import os
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from telcli.cli import main

HEADERS = [
    "用户id",
    "语音通话整体满意度",
    "网络覆盖与信号强度",
    "其他，请注明",
    "其他，请注明",
    "当月欠费金额",
    "内部评分",
]
ROWS: list[list[Any]] = [
    [at + 1, at % 10 + 1, "10" if at % 2 else 9.0, -1, 98 if at % 3 else -1, 3.5, at % 5] for at in range(40)
]
ROWS[3][1], ROWS[4][2] = -1, 98
DATA = Path(os.environ.get("TELCLI_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "satisfaction-zh"
NAME = "附件1语音业务用户满意度数据"


def ingested(source: Path, work: Path, *more: str) -> dict[str, pl.DataFrame]:
    told = ["--map", "customer_id=@row", "--as-of", "2022-06", "-w", str(work), "-q", *more]
    assert main(["ingest", str(source), *told]) == 0
    assert main(["score-satisfaction", "-w", str(work), "-q"]) == 0
    names = ("surveys", "customers", "customer_months", "satisfaction_items", "satisfaction_index")
    found = {name: pl.read_parquet(work / name / "**/*.parquet") for name in names}
    return found | {"scores": pl.read_parquet(work / "satisfaction_scores" / "**/*.parquet")}


def written(folder: Path) -> tuple[Path, Path]:
    """The same table as a GB18030 text and as a workbook with numbers and texts mixed and an overlong row."""
    with (folder / "flat.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(
            [HEADERS, *[[f"{cell:g}" if isinstance(cell, float) else cell for cell in row] for row in ROWS]]
        )
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [HEADERS, *ROWS]:
        sheet.append(row)
    sheet.cell(1, 16357).font = openpyxl.styles.Font(bold=True)
    book.save(folder / "flat.xlsx")
    return folder / "flat.csv", folder / "flat.xlsx"


def test_both_formats_give_the_same_answers(tmp_path: Path) -> None:
    text, book = written(tmp_path)
    one, other = ingested(text, tmp_path / "one"), ingested(book, tmp_path / "other")
    for name, frame in one.items():
        assert frame.equals(other[name]), name
    surveys = one["surveys"]
    assert set(surveys["item"]) == {"语音通话整体满意度", "网络覆盖与信号强度"} and surveys.height == 79
    assert str(surveys["surveyed_on"].unique().item()) == "2022-06-30"
    assert set(one["customers"]["x_其他_请注明"]) == {0.0} and set(one["customers"]["x_其他_请注明_2"]) == {0.0, 1.0}
    scores = one["scores"]
    assert scores["surveyed"].sum() == 39 and scores.filter(customer_id="10")["satisfaction"].item() == 100.0


def test_columns_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, _ = written(tmp_path)
    monkeypatch.setenv("TELCLI_INGEST_SURVEY_ITEMS", "内部评分")
    assert "内部评分" in set(ingested(text, tmp_path / "w")["surveys"]["item"])


def test_a_survey_with_its_items_side_by_side(tmp_path: Path) -> None:
    head = "customer_id,survey_date,总体满意度,网络覆盖与信号强度,note\n"
    rows = "".join(f"C{at},2024-05-0{at % 9 + 1},{at % 10 + 1},{10 - at % 10},x\n" for at in range(30))
    (tmp_path / "survey.csv").write_text(head + rows, encoding="utf-8")
    (tmp_path / "bills.csv").write_text(
        "customer_id,month,amount\n" + "".join(f"C{at},2024-05,10\n" for at in range(30)), encoding="utf-8"
    )
    told = ["--map", "survey.csv:table=surveys", "-w", str(tmp_path / "w"), "-q"]
    assert main(["ingest", str(tmp_path / "survey.csv"), str(tmp_path / "bills.csv"), *told]) == 0
    found = pl.read_parquet(tmp_path / "w" / "surveys" / "**/*.parquet")
    assert dict(found.group_by("item").len().iter_rows()) == {"overall": 30, "网络覆盖与信号强度": 30}
    assert found.filter(customer_id="C3", item="网络覆盖与信号强度")["score"].item() == 7.0


def test_a_number_for_no_answer_blanks_that_answer_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [(8, 9, 10), (-1, 7, 99), (9, -9, 0), (888, 6, -1), (101, 5, 3)]
    rows = "".join(f"C{at},2024-05-01,总体满意度,{e},{p},{n}\n" for at, (e, p, n) in enumerate(cells))
    (tmp_path / "survey.csv").write_text("客户编号,调查日期,测评项目,期望值,感知值,推荐意愿\n" + rows, encoding="utf-8")
    told = [str(tmp_path / "survey.csv"), "-w", str(tmp_path / "w"), "--max-rejects", "1", "--as-of", "2024-05"]
    assert main(["ingest", *told]) == 0
    assert "期望值 2, 感知值 1, 推荐意愿 2 (no_answer)" in capsys.readouterr().err
    found = pl.read_parquet(tmp_path / "w" / "surveys" / "**/*.parquet").sort("customer_id")
    assert found["customer_id"].to_list() == ["C0", "C1", "C2", "C3"]  # 101 is no code: its row is refused
    answers = found.select("expected", "perceived", "nps").rows()
    assert answers == [(8.0, 9.0, 10.0), (None, 7.0, None), (9.0, None, 0.0), (None, 6.0, None)]
    monkeypatch.setenv("TELCLI_INGEST_NO_ANSWER", "101")
    assert main(["ingest", *told, "--lang", "zh"]) == 0
    assert "期望值 2, 感知值 1, 推荐意愿 1" in capsys.readouterr().err
    found = pl.read_parquet(tmp_path / "w" / "surveys" / "**/*.parquet").sort("customer_id")
    assert found["customer_id"].to_list() == ["C0", "C2", "C4"]


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there: set TELCLI_SHARED_DATA to the folder of real data")
def test_both_formats_of_the_real_survey_give_the_same_rows(tmp_path: Path) -> None:
    one = ingested(DATA / f"{NAME}.gb18030.csv", tmp_path / "one")
    other = ingested(DATA / f"{NAME}.xlsx", tmp_path / "other")
    for name, frame in one.items():
        assert frame.equals(other[name]), name
    assert one["surveys"].height == 4 * 5433 and one["scores"]["surveyed"].all()
    assert one["surveys"]["score"].is_between(1, 10).all()
    items = {row["item"]: row for row in one["satisfaction_items"].to_dicts()}
    shown = {name: (row["scale"], row["respondents"], round(row["performance"], 1)) for name, row in items.items()}
    assert shown == {
        "语音通话整体满意度": ("1-10", 5433, 85.3),
        "网络覆盖与信号强度": ("1-10", 5433, 81.6),
        "语音通话清晰度": ("1-10", 5433, 84.8),
        "语音通话稳定性": ("1-10", 5433, 82.5),
    }
    worst = one["satisfaction_index"].filter(by="network").sort("index").row(0, named=True)
    assert (worst["group"], worst["respondents"], round(worst["index"], 1)) == ("2G", 34, 64.7)
    assert one["customers"]["x_居民小区"].sum() == 1843 and one["customers"]["x_其他_请注明"].max() == 1.0
