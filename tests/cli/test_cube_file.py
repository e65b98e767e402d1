"""`telcli cube -o FILE`: read back by other libraries, laid out as the screen, nothing taken for a formula."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from telcli.cli import main
from telcli.cli._cube_table import laid_out
from telcli.io.extract_writer import ExtractWriter
from telcli.pipeline.cube import Cube
from telcli.pipeline.cube_file import HIDDEN, Laid, write
from telcli.tables.metric_dictionary import metrics

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
RISKY = ["=1+1", "@SUM(A1)", "plain"]


@pytest.fixture(autouse=True)
def everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELCLI_REPORT_SMALL_CELL", "1")


def laid() -> Laid:
    """Groups whose names a spreadsheet could take for formulas, one number that is not told, and all together."""
    rows = [[date(2024, 6, 1), name, value] for name, value in zip(RISKY, (-5.5, HIDDEN, None), strict=True)]
    return Laid(
        "cube", ["month", "branch", "=evil"], ["month alone", "", "currency"], rows, [], 2, [["metric"]], "metrics"
    )


def test_each_kind_of_file(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out").mkdir()
    for name in ("a.csv", "b.xlsx", "c.parquet", "d.html"):
        line = f"cube customers revenue --from 2024-05 --by region --pivot month -o out/{name} --format json"
        assert main(line.split()) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["outputs"] == [{"table": "cube", "path": f"out/{name}", "rows": 1}]
        assert [row["region"] for row in told["rows"]] == ["unknown"]
    assert Path("out/a.csv").read_text("utf-8").splitlines() == [
        "region,customers 2024-05,customers 2024-06,revenue 2024-05,revenue 2024-06", "unknown,3,3,,"
    ]  # fmt: skip
    book = openpyxl.load_workbook("out/b.xlsx")
    assert book.sheetnames == ["cube", "metrics"]
    assert [row[:2] for row in book["cube"].iter_rows(values_only=True)][1] == ("unknown", 3)
    assert "SUM(revenue)" in {cell for row in book["metrics"].iter_rows(values_only=True) for cell in row}
    assert pl.read_parquet("out/c.parquet").columns[:2] == ["region", "customers_2024-05"]
    assert "<td>unknown</td>" in Path("out/d.html").read_text("utf-8")
    assert sorted(one.name for one in Path("out").iterdir()) == ["a.csv", "b.xlsx", "c.parquet", "d.html"]


def test_titles_in_chinese_in_the_encoding_asked_for(work: Path) -> None:
    assert main(["cube", "客户数", "--by", "region", "-o", "a.csv", "--encoding", "gb18030", "--lang", "zh", "-q"]) == 0
    assert Path("a.csv").read_bytes().decode("gb18030").splitlines() == ["地市,客户数", "未知,3"]


def test_no_text_is_taken_for_a_formula_and_numbers_stay_numbers(tmp_path: Path) -> None:
    for ending in ("csv", "xlsx", "html"):
        write(tmp_path / f"a.{ending}", laid(), [["<b>", "x", "1"]], pl.DataFrame(), "utf-8", "en")
    assert (tmp_path / "a.csv").read_text("utf-8").splitlines() == [
        "month,branch,'=evil", "2024-06,'=1+1,-5.5", "2024-06,'@SUM(A1),*", "2024-06,plain,"
    ]  # fmt: skip
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["cube"]
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n", "d"}
    assert sheet.freeze_panes == "C2"
    assert (sheet["A2"].number_format, sheet["C2"].value, sheet["C3"].value) == ("yyyy-mm", -5.5, "*")
    rows = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("cube").to_python()
    assert [row[1] for row in rows[1:]] == ["'=1+1", "'@SUM(A1)", "plain"]
    assert "&lt;b&gt;" in (tmp_path / "a.html").read_text("utf-8")


def test_a_file_that_cannot_be_finished_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a.csv"
    place.write_text("before", encoding="utf-8")

    def full(self: ExtractWriter, frame: pl.DataFrame) -> None:
        raise RuntimeError

    monkeypatch.setattr(ExtractWriter, "append", full)
    with pytest.raises(RuntimeError):
        write(place, laid(), [], pl.DataFrame(), "utf-8", "en")
    assert place.read_text("utf-8") == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("customers -o a.txt", "telcli cube writes .csv, .xlsx, .parquet, .html"),
        ("customers -o none/a.csv", "There is no folder none"),
        ("customers -o work/a.csv", "lies in the working directory"),
    ],
)
def test_places_that_are_refused(line: str, said: str, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cube", *line.split()]) == 2
    assert said in capsys.readouterr().err


def test_each_month_has_its_line_of_all_together() -> None:
    found = pl.DataFrame(
        {"month": [MAY, MAY, JUNE, JUNE], "branch": ["N", "S"] * 2, "people": 1, "customers": [1, 2, 3, 4]}
    )
    found = found.with_columns(hidden=pl.lit(""))
    whole = pl.DataFrame({"month": [MAY, JUNE], "people": 1, "customers": [3, 7], "hidden": ""})
    cube = Cube(found, whole, (metrics()["customers"],), ("branch",), (MAY, JUNE), "CNY", ())
    assert laid_out(cube, None, 1).totals == [[MAY, "all together", 3], [JUNE, "all together", 7]]
    assert laid_out(cube, "month", None).totals == [["all together", 3, 7]]
    assert laid_out(cube, "month", None).lines[-1] == ["all together", 3, 7]
    assert laid_out(cube, "branch", None).totals == []
