"""Numbers, certificates, cards and addresses planted in every column of every kind of extract: none is found again."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from telcli.cli import main
from telcli.intake.dictionary import headers_of, pseudonymous, word_list
from telcli.intake.slots import slots
from telcli.tables import SUBJECTS

PHONE, OTHER, CARD, BANK = "13987654321", "18611223344", "11010519491231002X", "6222021234567890128"
MAIL, DEVICE, SIM, NAME = "zhang.sanfeng@secret-mail.cn", "490154203237518", "460001234509876", "司马相如"
SECRETS = (PHONE, OTHER, CARD, BANK, MAIL, DEVICE, SIM, NAME, "110105491231002", "01087651234", "010-87651234")
SECRETS += ("139-8765-4321", "139 8765 4321", "1 3 9 8 7 6 5 4 3 2 1", "6222 0212 3456 7890", "110105 19491231")
CANARIES = (
    PHONE,
    "+86 139-8765-4321",
    "１３９８７６５４３２１",
    "17951" + PHONE,
    "139 8765 4321",
    "1 3 9 8 7 6 5 4 3 2 1",
    f"{OTHER}.0",
    CARD,
    CARD.lower(),
    "110105 19491231 002X",
    "110105491231002",
    BANK,
    "6222 0212 3456 7890 128",
    MAIL,
    "010-87651234",
    f"请回电{PHONE},证件{CARD},卡{BANK}",
    f"联系人：{NAME} {OTHER}",
    f"call {OTHER} or {MAIL}",
)
GOOD = {
    "id": "K{n}",
    "thing": "K{n}",
    "staff": "M1",
    "phone": PHONE,
    "certificate": CARD,
    "device": DEVICE,
    "sim": SIM,
    "text": "Gold",
    "flag": "1",
    "stars": "五星",
    "number": "5",
    "integer": "1",
    "year": "1980",
    "day": "2024-06-01",
    "month": "2024-06",
    "moment": "2024-06-01 10:00:00",
    "party": OTHER,
    "clock": "10:00",
    "epoch": "1717200000",
}
PERSONAL = {
    "客户名称": NAME,
    "E-Mail": MAIL,
    "联系地址": f"{NAME}路1号",
    "联系人": NAME,
    "备注": f"机主{NAME}，{PHONE}",
}


def columns(table: str) -> dict[str, str]:
    """A header of each column of a table, and a value that it takes."""
    found = {}
    for column in dict.fromkeys(headers_of(table).values()):
        slot = slots().get(f"{table}.{column}")
        if slot is None:
            continue
        header = next(written for written, meant in headers_of(table).items() if meant == column)
        found[header] = next(iter(word_list(slot.words))) if slot.words else GOOD[slot.form]
    found |= {words[0]: GOOD[slots()[f"{table}.{column}"].form] for column, words in pseudonymous(table).items()}
    return {
        **found,
        **(PERSONAL if table in ("customers", "contacts") else {}),
        "x1": "red",
        "x2": "7",
        "x3": "2024-06-01",
    }


def rows(table: str) -> Iterator[dict[str, str]]:
    """Plain rows, then one for each column and canary."""
    base = columns(table)
    serial = itertools.count(1)

    def row(**other: str) -> dict[str, str]:
        n = next(serial)
        return {header: value.replace("{n}", str(n)) for header, value in {**base, **other}.items()}

    for _ in range(400):
        yield row()
    for header in [
        name for name in base if headers_of(table).get(name) != "churned"
    ]:  # a strange label is an error of its own
        for canary in CANARIES:
            yield row(**{header: canary})


def written(place: Path, kind: str) -> list[Path]:
    place.mkdir()
    files = []
    for table in SUBJECTS:
        body = list(rows(table))
        file = place / f"{table}.{kind}"
        if kind == "parquet":
            pl.DataFrame(body).write_parquet(file)
        elif kind == "jsonl":
            file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in body), encoding="utf-8")
        elif kind == "xlsx":
            workbook(file, body)
        elif kind == "sqlite":
            database(file, table, body)
        else:
            text = io.StringIO()
            writer = csv.DictWriter(text, list(body[0]), delimiter="|" if kind.startswith("txt") else ",")
            writer.writeheader()
            writer.writerows(body)
            content = text.getvalue().encode("gb18030")
            file.write_bytes(gzip.compress(content) if kind.endswith("gz") else content)
        files.append(file)
    return files


def workbook(file: Path, body: list[dict[str, str]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    for values in (list(body[0]), *[list(one.values()) for one in body]):
        sheet.append(values)
    book.save(file)


def database(file: Path, table: str, body: list[dict[str, str]]) -> None:
    names = ", ".join(f'"{name}" TEXT' for name in body[0])
    places = ", ".join("?" for _ in body[0])
    with closing(sqlite3.connect(file)) as base, base:
        base.execute(f'CREATE TABLE "{table}" ({names})')
        base.executemany(f'INSERT INTO "{table}" VALUES ({places})', [tuple(one.values()) for one in body])  # noqa: S608


def found_in(work: Path) -> list[str]:
    """Where a secret stands: in values of tables, names of columns and files, or any bytes of other files."""
    found = []
    for file in sorted(work.rglob("*")):
        if file.is_dir():
            continue
        if file.suffix == ".parquet":
            frame = pl.read_parquet(file, hive_partitioning=False)
            text = frame.select(pl.all().cast(pl.String, strict=False)).write_csv()
        else:
            text = file.read_bytes().decode("utf-8", errors="replace")
        found += [f"{secret} in {file.relative_to(work)}" for secret in SECRETS if secret in text + str(file)]
    return found


OTHERS = ("txt.gz", "xlsx", "jsonl", "sqlite", "parquet")
KINDS = ["csv", *[pytest.param(kind, marks=pytest.mark.slow) for kind in OTHERS]]


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_is_found_again(kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    hidden(written(tmp_path / "in", kind), tmp_path / "work", capfd)


@pytest.mark.slow
def test_no_secret_of_a_file_by_itself_is_found_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for source in written(tmp_path / "in", "csv"):
        hidden([source], tmp_path / f"work-{source.name}", capfd)


def hidden(sources: list[Path], work: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = main(["ingest", *map(str, sources), "-w", str(work), "--max-rejects", "100%", "--as-of", "2024-06"])
    said = capfd.readouterr()
    assert "Traceback" not in said.err, said.err
    assert code == 0, said.err
    assert not [secret for secret in SECRETS if secret in said.out + said.err], said.out + said.err
    assert not found_in(work)


@pytest.mark.slow
def test_no_secret_stands_on_a_card(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    work = tmp_path / "work"
    sources = written(tmp_path / "in", "csv")
    assert main(["ingest", *map(str, sources), "-w", str(work), "--max-rejects", "100%", "--as-of", "2024-06"]) == 0
    held = pl.read_parquet(work / "contacts", hive_partitioning=False).filter(pl.col("text").is_not_null())
    people = pl.read_parquet(work / "customers" / "part-0.parquet")["customer_id"]
    known = held["customer_id"].filter(held["customer_id"].is_in(people.implode())).unique(maintain_order=True)
    odd = people.filter(people.str.len_chars() > 12)  # made of what was no plain identifier
    asked = [*known.head(8), *odd.head(8), *people.head(2)]
    assert known.len()
    capfd.readouterr()
    for name in asked:
        for form in ("human", "json"):
            code = main(["customer", name, "-w", str(work), "--format", form, "-v"])
            said = capfd.readouterr()
            assert code == 0, said.err
            assert not [secret for secret in SECRETS if secret in said.out + said.err], said.out + said.err
    for written_so in (*CANARIES, *SECRETS):
        for form in ("human", "json"):
            assert main(["customer", written_so, "-w", str(work), "--format", form]) in (0, 2, 3)
            said = capfd.readouterr()
            assert not [secret for secret in SECRETS if secret in said.out + said.err], said.out + said.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "forms"),
    [("csv", ("human", "json")), ("parquet", ("json", "human"))],
)
def test_no_secret_is_shown_when_ingest_fails(
    kind: str, forms: tuple[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for file, form in zip(written(tmp_path / "in", kind), itertools.cycle(forms), strict=False):
        main(["ingest", str(file), "-w", str(tmp_path / "work"), "--max-rejects", "0", "-v", "--format", form])
        said = capfd.readouterr()
        assert not [secret for secret in SECRETS if secret in said.out + said.err], said.out + said.err
        assert not found_in(tmp_path / "work")


@pytest.mark.parametrize(
    "header",
    [
        "phone\n",
        f"{PHONE}\n",
        f"{PHONE},{NAME}\n",
        f"customer_id,{PHONE}\n",
        f"客户编号,性别,{PHONE}\n",
        f"客户编号,性别,{NAME}\n",
        f"K0,{NAME},{PHONE},南京,公众,畅享,男,在网\n",
        f"{PHONE}/{NAME}/2024-05\n",
    ],
)
def test_no_secret_is_shown_of_a_file_that_is_no_table(
    header: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "strange.csv"
    file.write_text(header + f"{PHONE},{NAME}\n{OTHER},{NAME}\n", encoding="utf-8")
    main(["ingest", str(file), "-w", str(tmp_path / "work")])
    said = capfd.readouterr()
    secrets = (PHONE, OTHER) if header.startswith("客户编号") else (PHONE, OTHER, NAME)  # a header is shown as it is
    assert not [secret for secret in secrets if secret in said.out + said.err], said.out + said.err
    assert not [found for found in found_in(tmp_path / "work") if found.partition(" in ")[0] in secrets]
