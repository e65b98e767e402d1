"""Files without header: told by their values where these are enough, asked for where they are not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from telcli.cli import main
from telcli.errors import DataError
from telcli.pipeline.sources import open_sources
from telcli.settings import IngestSettings
from telcli.stages import Inputs
from telcli.stages.ingest import ingest
from tests.keeping import kept

ROWS = 60


def md5(number: int) -> str:
    return hashlib.md5(f"138{number:08d}".encode(), usedforsecurity=False).hexdigest()


CDR = [
    (md5(at % 6), md5(100 + at), f"202207{1 + at % 28:02d}", f"{at % 24:02d}:10:{at % 60:02d}", str(3 + 7 * at), "主叫")
    for at in range(ROWS)
]


def write(path: Path, rows: list[tuple[str, ...]], delimiter: str) -> Path:
    path.write_text("".join(delimiter.join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read(path: Path, tmp_path: Path, **told: list[str]) -> tuple[dict[str, str], dict[str, float], list[str]]:
    extracts, _ = open_sources([path], tmp_path / "scratch")
    found = ingest(
        Inputs({}, None, extracts=tuple(extracts), keep=kept, key=lambda: bytes(32), choices={"map": told}),
        IngestSettings(),
    )
    one = found.metrics["sources"][0]
    mapped = {name: header for name, header in one["mapped"].items() if not header.startswith("@")}
    assert not [name for name in mapped if told == {} and one["evidence_by_column"][name] != "values"]
    return {"table": one["table"], **mapped}, one["confidence_by_column"], [notice.code for notice in found.notices]


def test_call_records_of_two_characters_and_hashes(tmp_path: Path) -> None:
    mapped, sure, codes = read(write(tmp_path / "x.txt", CDR, "€€"), tmp_path)
    assert mapped == {
        "table": "calls",
        "subscription_id": "column_1",
        "counterpart": "column_2",
        "started_at": "column_3",
        "started_time": "column_4",
        "duration_s": "column_5",
        "direction": "column_6",
    }
    assert sure["counterpart"] == 0.8
    assert sure["duration_s"] == 0.6
    assert "named-by-values" in codes


def test_the_order_of_columns_is_that_of_the_values(tmp_path: Path) -> None:
    mapped, _, _ = read(write(tmp_path / "x.txt", [(*row[2:], *row[:2]) for row in CDR], "|"), tmp_path)
    assert (mapped["started_time"], mapped["direction"], mapped["duration_s"]) == ("column_2", "column_4", "column_3")


def test_a_call_that_begins_and_ends(tmp_path: Path) -> None:
    rows = [(a, b, day + "101010", day + "101112") for a, b, day, *_ in CDR]
    mapped, _, _ = read(
        write(tmp_path / "calls.txt", [(*row, one[4]) for row, one in zip(rows, CDR, strict=True)], "|"), tmp_path
    )
    assert mapped["started_at"] == "column_3"


def test_payments_and_customers_told_by_the_name_of_the_file_and_their_forms(tmp_path: Path) -> None:
    pay = [(f"138{1 + at % 7:08d}", "2022-07-01 10:11:12", f"{at}.50") for at in range(1, ROWS)]
    mapped, _, _ = read(write(tmp_path / "缴费.txt", pay, "|"), tmp_path)
    assert mapped == {"table": "payments", "subscription_id": "column_1", "paid_at": "column_2", "amount": "column_3"}
    crm = [("K0001", "11010519491231002X", "男"), ("K0002", "110105194912310100", "女")]
    mapped, _, _ = read(write(tmp_path / "crm.txt", crm, "|"), tmp_path)
    assert mapped == {
        "table": "customers",
        "customer_id": "column_1",
        "certificate_h": "column_2",
        "gender": "column_3",
    }


def test_which_amount_is_which_is_asked(tmp_path: Path) -> None:
    rows = [(f"138{at:08d}", "202207", f"{at}.10", f"{at * 3}.25") for at in range(ROWS)]
    path = write(tmp_path / "bills_202207.txt", rows, "|")
    with pytest.raises(DataError) as caught:
        read(path, tmp_path)
    assert caught.value.code == "columns-unnamed"
    assert "column_3: decimal 0.1..59.1 distinct=60" in str(caught.value)
    assert '--map "bills_202207.txt:amount=column_3|column_4"' in caught.value.hint
    assert "138" not in str(caught.value).replace("138.", "")
    told = {"table": "bills", "subscription_id": "column_1", "month": "column_2", "amount": "column_4"}
    mapped, _, _ = read(path, tmp_path, **{f"{path.name}:{name}": [column] for name, column in told.items()})
    assert mapped == told


@pytest.mark.parametrize(
    "rows",
    [
        [(one[1], md5(900 + at // 4), *one[2:]) for at, one in enumerate(CDR)],  # fewer are called than call
        [(*one[:4], str(at), str(5 * at)) for at, one in enumerate(CDR)],  # two columns that could be how long
        [(one[0], one[4]) for one in CDR],  # nothing says what it is
    ],
)
def test_where_the_values_are_not_enough_nothing_is_guessed(rows: list[tuple[str, ...]], tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(write(tmp_path / "x.txt", rows, "|"), tmp_path)
    assert caught.value.code == "columns-unnamed"
    assert md5(0) not in str(caught.value) + caught.value.hint


def test_the_proposal_is_written_to_be_edited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [(*one[:4], str(at), str(5 * at)) for at, one in enumerate(CDR)]
    path, mapping = write(tmp_path / "x.txt", rows, "|"), tmp_path / "m.toml"
    work = str(tmp_path / "work")
    assert main(["ingest", str(path), "-w", work, "--write-mapping", str(mapping)]) == 4
    text = mapping.read_text(encoding="utf-8")
    assert '"duration_s" = "column_5|column_6"' in text
    mapping.write_text(text.replace("column_5|", ""), encoding="utf-8")
    assert main(["ingest", str(path), "-w", work, "--mapping", str(mapping)]) == 0
    assert "column_6 → duration_s (pinned 1.00)" in capsys.readouterr().out


def test_the_proposal_for_months_of_use_is_enough_and_refused_while_it_is_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        (f"2022{7 + at % 2:02d}", f"32{at // 2:06d}", f"138{at // 2:08d}", f"{at}", f"{at * 37}") for at in range(40)
    ]
    path, mapping = write(tmp_path / "用量_202208.txt", rows, "|"), tmp_path / "m.toml"
    args = ["ingest", str(path), "-w", str(tmp_path / "work")]
    assert main([*args, "--write-mapping", str(mapping)]) == 4
    text = mapping.read_text(encoding="utf-8")
    assert 'file = "用量_*.txt"' in text
    assert main([*args, "--mapping", str(mapping)]) == 4
    assert "leaves open which column" in capsys.readouterr().err
    lines = text.splitlines()
    short = [line for line in lines if "_minutes" not in line and "data_mb" not in line]
    mapping.write_text("\n".join(short), encoding="utf-8")
    assert main([*args, "--mapping", str(mapping)]) == 4
    assert "it lacks data_mb" in capsys.readouterr().err
    mapping.write_text("\n".join([*short, '"data_mb" = { column = "column_5", unit = "GB" }']), encoding="utf-8")
    assert main([*args, "--mapping", str(mapping)]) == 0
    assert "usage                      40 rows" in capsys.readouterr().out


def test_who_called_is_not_assumed_in_silence(tmp_path: Path) -> None:
    _, sure, codes = read(write(tmp_path / "x.txt", [(*one[:5], "1") for one in CDR], "|"), tmp_path)
    assert "direction-assumed" in codes
    assert sure["direction"] == 0.5
