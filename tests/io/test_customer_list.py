"""Lists of customers as people keep them."""

from pathlib import Path

import pytest

from telcli.errors import DataError
from telcli.io.customer_list import customer_list


@pytest.mark.parametrize(
    "text",
    [
        "C2\nC1\n\nC1\n",
        "\ufeffcustomer_id,reason\r\nC1,never\r\n C2 ,asked\r\n",
        '"C1";"x"\n"C2";"y"\n',
    ],
)
def test_the_first_field_of_each_line_counts(text: str, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(text.encode())
    assert list(customer_list(file, tmp_path)) == ["C1", "C2"]


def test_gb18030_and_workbooks_are_read(tmp_path: Path) -> None:
    import openpyxl

    file = tmp_path / "list.txt"
    file.write_bytes("客户编号\n客户一\n客户二\n".encode("gb18030"))
    assert {"客户一", "客户二"} <= set(customer_list(file, tmp_path))
    book = openpyxl.Workbook()
    for row in (["customer_id", "since"], ["C1", "2024"], ["C2", "2024"]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    found = customer_list(tmp_path / "list.xlsx", tmp_path)
    assert found == {"C1": (2,), "C2": (3,)}


def test_lines_are_told_as_an_editor_counts_them(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("customer_id,why\nC2,\n\nC1,x\nC2,y\n", encoding="utf-8")
    assert customer_list(file, tmp_path) == {"C1": (4,), "C2": (2, 5)}


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b" \n \n"])
def test_what_is_no_list_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(content)
    with pytest.raises(DataError) as caught:
        customer_list(file, tmp_path)
    assert caught.value.code in ("list-kind", "list-empty")
