"""`telcli export`: kinds of files read back by other libraries, what is masked, what is refused."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from telcli.cli import main
from telcli.io.table_book import book_of
from telcli.tables.evidence import masked_column
from tests.resealed import reseal

RISKY = ["=1+1", "+86", "-1", "@SUM(A1)", "|cmd", "＝1", "\t=2", "plain", "13812345678"]


def test_each_kind_of_file_holds_the_rows(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out").mkdir()
    for name, more in (("a.csv", []), ("b.xlsx", []), ("c.parquet", []), ("d.csv", ["--encoding", "gb18030"])):
        assert main(["export", "bills", "-o", f"out/{name}", "--unmask", "--format", "json", *more]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["outputs"] == [{"table": "bills", "path": f"out/{name}", "rows": 9}]
    exact = pl.read_parquet("out/c.parquet")
    assert exact.height == 9
    text = Path("out/d.csv").read_bytes().decode("gb18030")
    assert text == Path("out/a.csv").read_text("utf-8")
    assert "客户二" in text
    sheet = openpyxl.load_workbook("out/b.xlsx")["bills"]
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0]) == exact.columns
    assert [row[exact.columns.index("amount")] for row in rows[1:]] == exact["amount"].to_list()
    assert rows[1][exact.columns.index("month")].date() == date(2024, 4, 1)
    assert sheet.freeze_panes == "B2"
    assert CalamineWorkbook.from_path("out/b.xlsx").sheet_names == ["bills", "columns"]
    assert not list(Path("out").glob("*.part"))
    assert not list(Path("out").glob(".*"))


def test_the_same_rows_give_the_same_bytes(work: Path) -> None:
    Path("out").mkdir()
    for name in ("a.xlsx", "b.xlsx"):
        assert main(["export", "bills", "-o", f"out/{name}", "-q"]) == 0
    assert Path("out/a.xlsx").read_bytes() == Path("out/b.xlsx").read_bytes()


def test_excel_finds_a_mark(work: Path) -> None:
    assert (
        main(["export", "bills", "-o", "a.csv", "--encoding", "utf-8-sig", "--limit", "1", "--columns", "month", "-q"])
        == 0
    )
    assert Path("a.csv").read_bytes() == b"\xef\xbb\xbfmonth\n2024-04-01\n"


def test_numbers_of_persons_are_masked_and_formulas_inert(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pl.LazyFrame({"customer_id": RISKY, "n": [-1] * 9})
    from telcli.pipeline import export as exporting
    from telcli.pipeline.show import Selection

    monkeypatch.setattr(exporting, "read", lambda *_: Selection("customers", Path(), frame, 9))
    assert main(["export", "customers", "-o", "a.csv"]) == 0
    assert "masked in customer_id" in capsys.readouterr().err
    lines = Path("a.csv").read_text("utf-8").splitlines()[1:]
    assert [line.rpartition(",")[0].strip('"')[0] for line in lines[:7]] == ["'"] * 7
    assert lines[7:] == ["plain,-1", "138******78,-1"]
    assert main(["export", "customers", "-o", "a.xlsx"]) == 0
    cells = [row[0] for row in openpyxl.load_workbook("a.xlsx")["customers"].iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert main(["export", "customers", "-o", "a.csv", "--unmask", "-q"]) == 0
    assert "13812345678" in Path("a.csv").read_text("utf-8")


def test_text_is_masked_by_what_it_holds_and_never_cut() -> None:
    long = "84 calls a day (60 or more), from 2 cells (3 or fewer), 0 texts " * 3
    frame = pl.DataFrame({
        "manager_id": ["13912345678"], "evidence": [long], "evidence_zh": ["客户13812345678两次"],
        "x_id_card": ["110101199003071234"],
        "x_name": ["张三"], "segment_name_zh": ["低消费少接听"], "line_id": ["ec894bc8505735beca95d27b8db5ee0d"],
    })  # fmt: skip
    found = frame.select(masked_column(name, kind) for name, kind in frame.schema.items()).row(0, named=True)
    assert found == {
        "manager_id": "139******78", "evidence": long, "evidence_zh": "客户138******78两次", "x_id_card": "110******34",
        "x_name": "张**", "segment_name_zh": "低消费少接听", "line_id": "ec894bc8505735beca95d27b8db5ee0d",
    }  # fmt: skip


def test_identifiers_of_the_operator_still_tell_rows_apart() -> None:
    held = ["U9000002301", "9000002301", "13812345678", "+8613812345678", "11010119900307123X", "C1 13812345678"]
    frame = pl.DataFrame({"subject_id": held})
    found = frame.select(masked_column("subject_id", pl.String())).to_series().to_list()
    assert found == ["U9000002301", "9000002301", "138******78", "+86******78", "110******3X", "C1 138******78"]


def test_titles_of_a_workbook_are_chinese_where_the_screen_is(work: Path) -> None:
    assert main(["export", "bills", "-o", "a.xlsx", "--lang", "zh", "-q"]) == 0
    head = [cell.value for cell in next(openpyxl.load_workbook("a.xlsx")["bills"].iter_rows(max_row=1))]
    assert head[0] == "客户编号"


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    pieces = [pl.DataFrame({"a": [1, 2, 3]}), pl.DataFrame({"a": [4, 5]})]
    assert book_of(tmp_path / "a.xlsx", "t", pieces, [""], [["column"]], sheet_rows=2) == (5, 0)
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.sheet_names == ["t", "t 2", "t 3", "columns"]
    assert [book.get_sheet_by_name(name).to_python() for name in book.sheet_names[:3]] == [
        [["a"], [1.0], [2.0]], [["a"], [3.0], [4.0]], [["a"], [5.0]]
    ]  # fmt: skip


def test_cells_that_a_workbook_cannot_hold_are_counted(tmp_path: Path) -> None:
    piece = pl.DataFrame({"a": ["x" * 40_000, "short"]})
    assert book_of(tmp_path / "a.xlsx", "t", [piece], [""], [["column"]]) == (2, 1)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("bills -o a.txt", 2, "telcli export writes .csv, .xlsx, .parquet"),
        ("bills -o work/a.csv", 2, "lies in the working directory"),
        ("bils -o a.csv", 2, "Did you mean bills?"),
        ("surveys -o a.csv", 3, "telcli ingest"),
        ("bills -o a.csv --columns amont", 2, "Did you mean amount?"),
        ("bills -o a.csv --where amount", 2, "--where"),
        ("bills -o nodir/a.csv", 2, "There is no folder nodir"),
        ("bills", 2, "--output"),
    ],
)
def test_mistakes(line: str, code: int, said: str, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.csv").write_text("mine", encoding="utf-8")
    assert main(["export", *line.split()]) == code
    assert said in capsys.readouterr().err
    assert Path("a.csv").read_text("utf-8") == "mine"


def test_unmasking_needs_the_key(
    work: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = Path("work/manifest.json")
    held = json.loads(manifest.read_text("utf-8"))
    reseal(manifest, {**held, "key_id": "0" * 8})
    monkeypatch.setenv("TELCLI_KEY", "11" * 32)
    assert main(["export", "bills", "-o", "a.csv", "--unmask"]) != 0
    assert "key" in capsys.readouterr().err
    assert not Path("a.csv").exists()
