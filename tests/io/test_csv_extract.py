"""Delimited text: encoding, delimiter, quotes and ragged records, decided on the whole file."""

from __future__ import annotations

import csv
import io
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telcli.errors import DataError, TelcliError
from telcli.io import csv_shape, encoding, mixed
from telcli.io.csv_extract import read_csv
from telcli.pipeline.opening import about
from telcli.tables.extract import Extract


def opened(tmp_path: Path, content: bytes, name: str = "a.csv") -> Extract:
    path = tmp_path / name
    path.write_bytes(content)
    return read_csv(path, tmp_path / "scratch")


def rows(extract: Extract) -> list[tuple[object, ...]]:
    return extract.frame.collect(engine="streaming").rows()


def refused(tmp_path: Path, content: bytes, name: str = "a.csv") -> DataError:
    with pytest.raises(DataError) as caught:
        opened(tmp_path, content, name)
    assert str(caught.value)
    return caught.value


def test_every_value_is_text_and_has_its_line(tmp_path: Path) -> None:
    found = opened(tmp_path, b"id,fee\n007,1.50\n008,\n")
    assert rows(found) == [(2, "007", "1.50"), (3, "008", None)]
    assert found.frame.collect_schema() == {"_line": pl.Int64, "id": pl.String, "fee": pl.String}
    assert (found.name, found.encoding, found.delimiter, found.rows) == ("a.csv", "utf-8", ",", 2)
    assert found.sha256 == sha256(b"id,fee\n007,1.50\n008,\n").hexdigest()


@pytest.mark.parametrize(
    "delimiter", [",", ";", "\t", "|", "€€", "||", "|~|", "^", ":", "§", "~^", "@@@", "\x01", "||||"]
)
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (["客户编号", "月租"], ["1", "2,5"], ["3", "4"])) + "\n"
    if delimiter == ",":
        text = text.replace("2,5", "2.5")
    found = opened(tmp_path, text.encode())
    assert found.delimiter == delimiter
    assert [row[1:] for row in rows(found)] == [("1", "2.5" if delimiter == "," else "2,5"), ("3", "4")]


def test_a_comma_in_quotes_does_not_win_over_the_delimiter(tmp_path: Path) -> None:
    found = opened(tmp_path, b'id;name;fee\n1;"a, b, c";2\n2;"d, e, f";3\n')
    assert found.delimiter == ";"


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "gb18030"])
def test_encodings(tmp_path: Path, mark: str) -> None:
    text = "客户编号|账期\n一|202401\n" + "二|202402\n" * 50_000 + "龍㐀|202403\n"
    found = opened(tmp_path, text.encode(mark))
    assert found.encoding == {"utf-8-sig": "utf-8"}.get(mark, mark)
    assert rows(found)[-1] == (50_003, "龍㐀", "202403")
    assert next(iter(found.frame.collect_schema().names()[1:])) == "客户编号"


def test_gb18030_that_only_the_last_line_shows(tmp_path: Path) -> None:
    plain = b"id,name\n" + b"1,abc\n" * 200_000
    assert opened(tmp_path, plain + "2,中国移动\n".encode("gb18030")).encoding == "gb18030"


def test_characters_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_PIECE", 7)
    text = "编号,名称\n1,客户甲乙丙\n2,丁戊己庚辛\n"
    for mark in ("utf-8", "gb18030", "utf-16"):
        assert rows(opened(tmp_path, text.encode(mark), f"{mark}.csv"))[1] == (3, "2", "丁戊己庚辛")


def test_a_zero_far_behind_the_first_chinese_letter_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_PIECE", 64)
    content = "编号,名称\n".encode("gb18030") + b"1,abc\n" * 100 + b"2,a\x00b\n"
    error = refused(tmp_path, content)
    assert (error.code, error.values["offset"]) == ("binary-file", content.index(0))


def test_a_bad_byte_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path, b"id,name\n1,ab\xff\xff\n")
    assert error.code == "encoding-unknown"
    assert (error.values["offset"], error.values["line"]) == (12, 2)


@pytest.mark.parametrize("piece", [1 << 19, 256])
@pytest.mark.parametrize("order", [("gb18030", "utf-8"), ("utf-8", "gb18030"), ("big5", "utf-8"), ("utf-8", "big5")])
def test_two_exports_put_together_are_refused_where_they_meet(
    order: tuple[str, str], piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mixed, "_PIECE", piece)
    first = ("id,名\n" + "".join(f"C{n},大方用心\n" for n in range(100))).encode(order[0])
    error = refused(tmp_path, first + "".join(f"C{n},大方用心\n" for n in range(60)).encode(order[1]))
    assert error.code == "encoding-mixed"
    assert (error.values["line"], error.values["offset"]) == (102, len(first) + len("C0,"))


def test_one_damaged_byte_is_no_second_encoding(tmp_path: Path) -> None:
    rows = [f"C{n},大方用心\n".encode() for n in range(99)]
    error = refused(tmp_path, "编号,名\n".encode() + b"".join(rows[:50]) + b"C,\xff\n" + b"".join(rows[50:]))
    assert (error.code, error.values["line"]) == ("encoding-unknown", 52)


def test_another_encoding_is_not_taken_for_chinese(tmp_path: Path) -> None:
    error = refused(tmp_path, "id,name\n1,Müller\n2,Gräf\n3,Jürgens\n4,Böhm\n".encode("latin-1"))
    assert error.code == "encoding-unknown"


def test_quotes_may_hold_delimiters_line_ends_and_quotes(tmp_path: Path) -> None:
    found = opened(tmp_path, b'id,note,x\r\n1,"a\nb, ""c""",2\r\n3,,4\r\n\r\n5,"\n\n",6\r\n7,8,9\r\n')
    assert [row[:4] for row in rows(found)] == [
        (2, "1", 'a\nb, "c"', "2"),
        (4, "3", None, "4"),
        (6, "5", "\n\n", "6"),
        (9, "7", "8", "9"),
    ]


@pytest.mark.parametrize("size", [5, 11, 64])
def test_ragged_records_are_named_wherever_chunks_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(csv_shape, "_CHUNK", size)
    body = "".join(f"{n},{n},{n}\n" for n in range(20))
    found = opened(tmp_path, f"a,b,c\n{body}1,2\n1,2,3,4\n1,2,3,\n\n7,8,9".encode())
    marked = found.frame.collect().filter(pl.col("_ragged").is_not_null())
    assert marked.select("_line", "_ragged").rows() == [
        (22, "too-few-fields"),
        (23, "too-many-fields"),
        (24, "too-many-fields"),
    ]
    assert rows(found)[-1][:4] == (26, "7", "8", "9")


def test_a_file_full_of_ragged_records_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, b"a,b,c\n1,2,3\n" + b"1,2\n" * 10)
    assert (error.code, error.values["count"], error.values["width"]) == ("ragged", 10, 3)


def test_blank_lines_and_lines_of_delimiters_are_no_records(tmp_path: Path) -> None:
    assert len(rows(opened(tmp_path, b"a,b\n1,2\n\n,\n3,4\r\n,\r\n\r\n"))) == 2


def test_headers_are_cleaned_and_made_unique(tmp_path: Path) -> None:
    found = opened(tmp_path, b" id ,\xef\xbb\xbfx,a  b,a b,\n1,2,3,4,5\n")
    assert list(found.frame.collect_schema()) == ["_line", "id", "x", "a b", "a b_2", "column_5"]
    assert found.repeated == {"a b_2": "a b"}


def test_no_header(tmp_path: Path) -> None:
    found = opened(tmp_path, b"1;2024-01-02;3.5;x\n2;2024-01-03;4.5;y\n")
    assert not found.headed
    assert rows(found)[0] == (1, "1", "2024-01-02", "3.5", "x")


@pytest.mark.parametrize("number", ["13831939071", "+86 138-3193-9071", "110105194912310021", "138****9071", "a@b.cn"])
def test_a_line_with_the_number_of_a_person_is_no_header(tmp_path: Path, number: str) -> None:
    found = opened(tmp_path, f"K0,张伟明,{number},南京,公众,畅享\nK1,李娜,{number},南京,公众,畅享\n".encode())
    assert not found.headed
    assert rows(found)[0][1:4] == ("K0", "张伟明", number)


def test_an_unusual_delimiter_between_quoted_fields_is_found(tmp_path: Path) -> None:
    found = opened(tmp_path, '"id"€€"memo"€€"fee"\n"1"€€"a, b"€€"2"\n"2"€€""€€"3"\n'.encode())
    assert (found.delimiter, rows(found)[0][1:]) == ("€€", ("1", "a, b", "2"))


def test_a_delimiter_within_quotes_is_part_of_the_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_shape, "_CHUNK", 7)
    lines = ["id€€memo€€fee", '1€€"a€€c"€€2', '2€€"x\ny"€€3', '3€€"say ""€€"""€€€4', *["4€€b€€5"] * 60]
    found = opened(tmp_path, "\n".join(lines).encode())
    assert [row[2] for row in rows(found)[:3]] == ["a€€c", "x\ny", 'say "€€"']
    assert rows(found)[2][3] == "€4"


def test_quotes_that_may_have_swallowed_records_are_known_by_line(tmp_path: Path) -> None:
    stray = opened(tmp_path, b'id,memo,fee\n1,a,2\n2,"x,2\n3,b,2\n4,y",2\n5,"c\nd",2\n')
    assert stray.hiding == (3,)
    assert [notice.code for notice in about(stray)] == ["quotes-hide-records"]
    assert about(stray)[0].values["lines"] == "3"
    assert opened(tmp_path, b'id,memo,fee\n1,"a,\nb",2\n', "b.csv").hiding == ()


def test_names_of_hidden_columns_are_only_names(tmp_path: Path) -> None:
    found = opened(tmp_path, b"id,_line,_ragged,_source\n1,a,b,c\n2,d,e,f\n")
    assert found.frame.collect().to_dicts()[1] == {
        "id": "2",
        "_line_": "d",
        "_ragged_": "e",
        "_source_": "f",
        "_line": 3,
    }


def test_months_as_headers_are_headers(tmp_path: Path) -> None:
    assert opened(tmp_path, b"id,202401,202402\n1,2,3\n").headed


def test_old_line_ends(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, b"a,b\r1,2\r3,4\r")) == [(2, "1", "2"), (3, "3", "4")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"\n\n", "header-missing"),
        (b"id,name\n", "header-only"),
        (b"id,name", "header-only"),
        (b"id:name:fee\n1:a\n", "one-column"),
        (b"id\x00name\n1,2\n", "binary-file"),
        (b'a,b\n1,"2\n3,4\n', "quotes-broken"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, content: bytes, code: str) -> None:
    error = refused(tmp_path, content)
    assert (error.code, error.exit_code) == (code, 4)


def test_one_column_of_identifiers_is_a_file(tmp_path: Path) -> None:
    assert rows(opened(tmp_path, b"subscriber_id\n007\n008\n")) == [(2, "007"), (3, "008")]


def test_quotation_marks_inside_values_without_quoting(tmp_path: Path) -> None:
    error_or_rows = b'id,screen\n1,5"\n2,6"\n'
    assert refused(tmp_path, error_or_rows).code == "quotes-broken"


_CELL = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufeff"), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_CELL, _CELL, _CELL), min_size=1, max_size=8), st.sampled_from([",", ";", "|"]))
def test_what_csv_writes_is_what_is_read(tmp_path: Path, records: list[tuple[str, str, str]], delimiter: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows([("id", "b", "c"), *[(f"k{n}", b, c) for n, (_, b, c) in enumerate(records)]])
    found = opened(tmp_path, text.getvalue().encode())
    assert found.delimiter == delimiter
    wanted = [(f"k{n}", b or None, c or None) for n, (_, b, c) in enumerate(records)]
    assert [row[1:4] for row in rows(found)] == wanted


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), st.text(alphabet='a1,;|"\n\r\t\x00é客 ', max_size=80).map(str.encode)))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        found = read_csv(path, tmp_path / "scratch")
    except TelcliError as error:
        assert error.exit_code == 4
        return
    frame = found.frame.collect(engine="streaming")
    assert frame["_line"].is_sorted()
    assert found.rows is None or found.rows == frame.height


def test_without_a_delimiter_nothing_of_the_line_is_shown(tmp_path: Path) -> None:
    error = refused(tmp_path, "13812345678^张三\n13812345679\n".encode())
    assert error.code == "one-column"
    assert "138" not in f"{error} {error.hint} {error.values}"


def test_empty_fields_are_no_delimiter_of_two_bars(tmp_path: Path) -> None:
    found = opened(tmp_path, b"a|b||d\n1|2||4\n1|||4\n")
    assert (found.delimiter, len(rows(found)[0])) == ("|", 5)


CHINESE = "客戶編號,帳期,月租費,姓名\n一,202401,應收金額,臺北市中正區忠孝東路\n二,202402,繳費期限,服務號碼\n"


@pytest.mark.parametrize("encoding_", ["big5", "gb18030", "utf-16-le", "utf-16-be", "utf-16", "utf-8"])
def test_traditional_chinese_in_any_encoding(tmp_path: Path, encoding_: str) -> None:
    found = opened(tmp_path, CHINESE.encode(encoding_))
    assert found.encoding == ("utf-16" if encoding_.startswith("utf-16") else encoding_)
    assert rows(found)[0][1:] == ("一", "202401", "應收金額", "臺北市中正區忠孝東路")


def test_a_bad_byte_far_into_a_file_of_one_line_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_PIECE", 64)
    monkeypatch.setattr(encoding, "_LONGEST", 100)
    content = ("é" * 500).encode() + b"\xff\xff" + b"\n"
    error = refused(tmp_path, content)
    assert (error.code, error.values["offset"]) == ("encoding-unknown", 1000)


def test_utf_16_that_breaks_off_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "客户编号,a\n1,2\n".encode("utf-16")[:-1]).code == "encoding-unknown"


def test_two_letters_of_latin_1_are_not_taken_for_chinese(tmp_path: Path) -> None:
    error = refused(tmp_path, "id,city\n1,Málaga ñé\n2,Madrid\n".encode("latin-1"))
    assert error.code == "encoding-unknown"


HEADED = "客户编号,性别,星级\nA1,男,3\nA2,女,4\n"


@pytest.mark.parametrize("pad", ["", ",,"])
def test_titles_above_and_sums_below_are_no_records(tmp_path: Path, pad: str) -> None:
    found = opened(tmp_path, f"南京市客户资料清单{pad}\n导出时间:2026-05-01 08:00{pad}\n{HEADED}合 计,2,\n".encode())
    assert rows(found) == [(4, "A1", "男", "3"), (5, "A2", "女", "4")]
    assert (found.titles, found.sums, found.rows, found.headed) == (2, 1, 2, True)


def test_a_short_sum_is_one_too_and_a_kind_of_charge_is_none(tmp_path: Path) -> None:
    assert opened(tmp_path, (HEADED + "A3,男,5\n" * 4 + "合计,6\n").encode()).sums == 1
    kinds = "kind,id,fee\n" + "".join(f"{kind},A{at},{at}\n" for at in range(4) for kind in ("语音费", "合计"))
    assert len(rows(opened(tmp_path, kinds.encode()))) == 8


@pytest.mark.parametrize(
    "text",
    [
        "客户编号,,\n张三,男,南京\n李四,女,南京\n",  # a header with gaps: below it stands no other
        "A1,,\nid,sex,level\nA2,女,4\n",  # an identifier is no title
        "Notes of May,,\nA1,男,2026\nA2,女,2027\n",  # the row below is a record
    ],
)
def test_what_is_not_certain_to_be_a_title_is_left(tmp_path: Path, text: str) -> None:
    assert opened(tmp_path, text.encode()).titles == 0


@pytest.mark.parametrize("mark", ["utf-8-sig", "gb18030"])
def test_a_header_of_two_rows_names_every_part(mark: str, tmp_path: Path) -> None:
    text = "客户编号,账期,费用(元),,\n,,月租费,语音,流量\nC1,202405,30,5,7\nC2,202405,31,,8\n"
    found = opened(tmp_path, text.encode(mark))
    names = ["_line", "客户编号", "账期", "月租费", "费用(元) 语音", "费用(元) 流量"]
    assert found.frame.collect_schema().names() == names
    assert rows(found) == [(3, "C1", "202405", "30", "5", "7"), (4, "C2", "202405", "31", None, "8")]


@pytest.mark.parametrize(
    ("above", "line"), [("五月账单明细,,,,\n客户编号,账期,费用,,\n", 4), ("客户编号,账期,费用,费用,费用\n", 3)]
)
def test_groups_below_a_title_or_filled_into_each_cell(above: str, line: int, tmp_path: Path) -> None:
    found = opened(tmp_path, f"{above}客户编号,账期,月租费,通话费,流量费\nC1,202405,30,5,7\n".encode())
    assert found.frame.collect_schema().names()[1:] == ["客户编号", "账期", "月租费", "通话费", "流量费"]
    assert rows(found) == [(line, "C1", "202405", "30", "5", "7")]


@pytest.mark.parametrize(
    "text",
    [
        "name,city,\nAnn,,x\nBob,Oslo,y\n",
        "id,fee,\nC1,a,b\nC2,1,2\n",
        "id,fee,,\n,a,b,\nC1,1,2,3\n",
        "id,fee,\n,a,b\nC1,x,y\n",
        "id,fee,\n,a,a\nC1,1,2\n",
        "fee,\na,b\n1,2\n",
    ],
)
def test_a_second_row_that_is_not_certain_to_name_parts_is_a_record(text: str, tmp_path: Path) -> None:
    assert rows(opened(tmp_path, text.encode()))[0][0] == 2
