"""Every planted number, name and certificate is sought in all that every command says and leaves: none is found."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import io
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from telcli.cli import COMMANDS, main
from telcli.features.fraud_callers import outside_code
from telcli.tables.evidence import masked_id
from telcli.tables.file_names import file_hidden
from tests.trust.planted import MARKS, TOML, Planted, name, operator
from tests.trust.scanner import Scanner, texts

STAGES = (
    *("customer-months", "profile", "segment", "assess-credit", "score-value", "predict-churn", "plan-retention"),
    *("evaluate-retention", "campaigns", "recommend-offers", "score-satisfaction", "complaints", "detect-fraud"),
    *("monitor", "report"),
)
FORMS = ("human", "json")


class Operator:
    """A working directory of planted extracts, and what its commands say."""

    def __init__(self, place: Path) -> None:
        self.place, self.work, self.out, self.brought = place, place / "work", place / "out", place / "brought"
        self.planted: Planted = operator(place / "in", customers=70, months=8)
        self.scanner = Scanner(self.planted.all, MARKS)
        self.work.mkdir()
        self.out.mkdir()
        self.brought.mkdir()
        (self.work / "telcli.toml").write_text(TOML, encoding="utf-8")
        self.ran: dict[str, set[int]] = {}
        self.traces: list[str] = []
        self.leaks: list[str] = []
        self.phone, self.name = self.planted.of(1)[0], name(1)

    def run(self, *words: object, codes: Sequence[int] = (0,), where: bool = True) -> str:
        """Run one command; what it says must hold no secret that the command line itself does not hold."""
        line = [str(word) for word in words] + (["-w", str(self.work)] if where else [])
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = main([*line, "-v"])
        self.ran.setdefault(line[0], set()).add(code)
        assert code in codes, (line, code, said.getvalue()[-800:])
        text = said.getvalue()
        assert "Traceback" not in text, (line, text[-2_000:])
        typed = {part for word in line for part in (word, Path(word).name) if self.scanner.found(part.encode())}
        typed |= {file_hidden(word) for word in typed}
        for word in sorted(typed, key=len, reverse=True):  # names of files are told as they were typed, or as hidden
            text = text.replace(word, "")
        self.leaks += [f"{one} said by telcli {' '.join(line[:3])}" for one in self.scanner.found(text.encode())]
        return text

    def customer(self) -> str:
        """The identifier of one who is known by a number alone."""
        people = pl.read_parquet(self.work / "customers" / "part-0.parquet")["customer_id"]
        return str(people.filter(people.str.contains("^[0-9a-f]{32}$")).sort()[0])


def filled(one: Operator) -> list[Path]:
    """The sheets of tasks, filled in with names and numbers wherever there is room."""
    found = []
    for sheet in sorted((one.work / "tasks").rglob("*.xlsx")):
        book = openpyxl.load_workbook(sheet)
        page = book.worksheets[0]
        column = {cell.value: cell.column for cell in page[1]}
        for line in range(2, page.max_row + 1):
            page.cell(line, column["Result"]).value = ("accepted", f"{one.name} {one.phone}")[line % 2]
            page.cell(line, column["Contacted on"]).value = "2024-07-01"
            page.cell(line, page.max_column).value = f"{one.name}说回电{one.phone}"
        book.create_sheet(f"{one.name}{one.phone}")
        found.append(one.brought / f"filled-{one.phone}-{sheet.name}")
        book.save(found[-1])
    return found


def database(one: Operator) -> str:
    """An extract as a table of a database, of a secret name."""
    place = one.brought / f"{one.phone}.db"
    with contextlib.closing(sqlite3.connect(place)) as base, base:
        base.execute(f'CREATE TABLE "{one.phone}" ("客户编号" TEXT, "手机号码" TEXT)')
        base.execute(f'INSERT INTO "{one.phone}" VALUES (?, ?)', ("K1", one.phone))  # noqa: S608
    return f"sqlite://{place}"


def ingesting(one: Operator) -> None:
    one.run("ingest", *one.planted.files(), "--max-rejects", "20%")


def staging(one: Operator) -> None:
    for stage in STAGES:
        more = ["--files", "html,xlsx,md,json"] if stage == "report" else []
        for form in FORMS:  # the second time up to date, and told again
            one.run(stage, *more, "--format", form, codes=(0, 3))
    one.run("run", codes=(0, 3, 4))


def importing(one: Operator) -> None:
    for form in FORMS:
        one.run("import-outcomes", *filled(one), "--format", form, codes=(0, 3, 4))
    past = one.brought / f"past-{one.phone}.csv"
    past.write_text(
        f"offer,contacted,held out,contacted stayed,held out stayed\n{one.name}{one.phone},4,2,3,1\nx,{one.phone},,,\n"
    )
    one.run("knowledge", "import", past, codes=(0, 2, 3, 4))
    one.run("knowledge", "suggest", "--customer", one.customer(), codes=(0, 2, 3))
    one.run("knowledge", codes=(0, 2, 3))


def looking(one: Operator) -> None:
    tables = sorted(path.name for path in one.work.iterdir() if path.is_dir() and any(path.rglob("*.parquet")))
    for table in tables:
        one.run("show", table, "--format", "json", "--limit", "500")
    for form in ("human", "csv"):
        one.run("show", "customers", "--format", form)
        one.run("diff", "--format", form, codes=(0, 3))
    for form in FORMS:
        one.run("customer", one.customer(), "--format", form)
        for command in ("status", "config"):
            one.run(command, "--format", form)
        one.run("cube", "customers,revenue", "--by", "region", "--format", form)
    one.run("cube", "customers", "--by", "region", "-o", one.out / "cube.html")
    one.run("metrics", "churn", where=False)
    one.run("help", "privacy", where=False)
    one.run("audit", "--format", "json")


def exporting(one: Operator) -> None:
    for table, kind in (("customers", "csv"), ("contacts", "xlsx"), ("churn_scores", "parquet")):
        one.run("export", table, "-o", one.out / f"{table}.{kind}")
    one.run("export", "customers", "-o", one.out / "whole.csv", "--unmask", "--encoding", "gb18030")
    one.run("simulate", "-o", one.out / "sim", "--customers", "5", "--months", "2", where=False)
    one.run("init", "-o", one.out / "telcli.toml", where=False)
    shutil.copytree(one.work, one.place / "other")
    one.run("merge", one.work, one.place / "other", "-w", one.place / "all", codes=(0, 2, 4), where=False)


def provoking(one: Operator) -> None:
    """Errors, with a secret in every place where one may be typed or stand."""
    secret = f"{one.name}{one.phone}"
    odd = one.brought / f"{secret}.csv"
    odd.write_text(f"{one.phone},{one.name}\n{one.phone},{one.name}\n", encoding="utf-8")
    broken = one.brought / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04" + secret.encode())
    typed = {
        "ingest": ([database(one)], [broken], [odd], ["postgresql://ann:hunter2-secret@nowhere.invalid/db"]),
        "customer": ([one.phone], [one.planted.of(2)[2]], ["user1@secret-mail.cn"], ["139"], [f"+86 {one.phone}"]),
        "purge": (["13900000001"], ["--customer", one.planted.of(3)[4]]),
        "knowledge": (["import", broken],),
        "import-outcomes": ([broken], [odd]),
    }
    for command, lines in typed.items():
        for line in lines:
            for form in FORMS:
                one.run(command, *line, "--format", form, codes=(0, 2, 3, 4))


def names_of(one: Operator) -> set[str]:
    """Every identifier under which the person stands in a table, and what is made of them."""

    def rows(table: str) -> list[dict[str, object]]:
        found = pl.read_parquet(one.work / table / "part-0.parquet").filter(pl.col("customer_id") == who)
        return found.to_dicts()

    who = pseudonym(one.phone)
    held = [
        value for table in ("customers", "subscriptions", "crosswalk") for row in rows(table) for value in row.values()
    ]
    long = {value for value in held if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{32}", value)}
    lines = {str(row["subscription_id"]) for row in rows("subscriptions")}
    tasks = pl.read_parquet(one.work / "retention_tasks", hive_partitioning=False)
    codes = tasks.filter(pl.col("customer_id") == who)["task_id"].to_list()
    masks = {masked_id(name) for name in long | lines}
    return long | lines | masks | set(codes) | {outside_code(name) for name in long}


def pseudonym(phone: str) -> str:
    key = bytes.fromhex(os.environ["TELCLI_KEY"])
    return hmac.new(key, f"msisdn|{phone}".encode(), hashlib.sha256).hexdigest()[:32]


def traces(one: Operator, names: set[str]) -> list[str]:
    """Files that hold any of the names, in values or in bytes."""
    found = []
    for file in sorted(path for path in one.work.rglob("*") if path.is_file()):
        for where, body in texts(str(file.relative_to(one.work)), file.read_bytes()):
            found += [f"{word} in {where}" for word in names if word.encode() in body or word in where]
    return found


def changing(one: Operator) -> None:
    names = names_of(one)
    before = traces(one, names)
    assert {hit.split(" in ")[1].split("/")[0] for hit in before} >= {"customers", "calls", "crosswalk", "bills"}
    one.run("purge", "--customer", one.phone)
    one.traces = traces(one, names)
    one.run("purge", "--customer", one.phone, codes=(3,))
    other = {"TELCLI_KEY": f"{os.environ['TELCLI_KEY']},{'b7' * 32}"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TELCLI_KEY", other["TELCLI_KEY"])
        one.run("rotate-key")
    for command in ("migrate", "gc", "verify"):
        one.run(command)


def killed(one: Operator) -> None:
    """What an ingest that is killed leaves is gone, or its owner's alone, once the next command has run."""
    words = ["-m", "telcli", "ingest", *map(str, one.planted.files()), "-w", str(one.work), "--force", "-q"]
    temporary = one.place / "tmp"
    temporary.mkdir()
    process = subprocess.Popen([sys.executable, *words], env={**os.environ, "TMPDIR": str(temporary)})
    until = time.monotonic() + 20
    while not (one.work / ".staging").exists() and time.monotonic() < until and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for folder in (one.work / ".staging", *temporary.iterdir()):
        assert not folder.exists() or folder.stat().st_mode & 0o77 == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        one.run("segment", codes=(0, 3))
    assert not (one.work / ".staging").exists()


PARTS: tuple[Callable[[Operator], None], ...] = (
    *(ingesting, staging, importing, looking, exporting, provoking, killed, changing),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """The operator after every command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TELCLI_DEBUG", "1")
        patch.setenv("COLUMNS", "200")
        one = Operator(tmp_path_factory.mktemp("planted"))
        for part in PARTS:
            part(one)
        yield one


@pytest.mark.slow
def test_no_secret_is_said_by_any_command(whole: Operator) -> None:
    assert not whole.leaks
    assert whole.ran.keys() == set(COMMANDS), "a command that no scan runs"
    assert not {name: codes for name, codes in whole.ran.items() if 0 not in codes}, "none of these ran to its end"


@pytest.mark.slow
def test_no_secret_is_left_in_any_file(whole: Operator) -> None:
    assert whole.scanner.under(whole.brought)
    assert not [hit for folder in ("work", "other", "out") for hit in whole.scanner.under(whole.place / folder)]


@pytest.mark.slow
def test_nothing_is_left_of_one_person_who_was_purged(whole: Operator) -> None:
    assert not whole.traces


@pytest.mark.slow
def test_nothing_is_left_of_any_old_pseudonym_after_the_key_was_turned(whole: Operator) -> None:
    old = {pseudonym(own[0]) for own in whole.planted.numbers.values()}
    codes = {outside_code(name) for name in old} | {masked_id(name) for name in old}
    assert not traces(whole, old | codes)


def test_the_scanner_finds_what_is_planted(tmp_path: Path) -> None:
    import gzip
    import zipfile

    scanner = Scanner(["13987654321", "11010519491231002X"], MARKS)
    pl.DataFrame({"a": ["x", "13987654321"], "b": [["1"], ["王曌昶"]]}).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "b.gz").write_bytes(gzip.compress("卡11010519491231002x".encode("gb18030")))
    with zipfile.ZipFile(tmp_path / "c.xlsx", "w") as book:
        book.writestr("xl/a.xml", "<t>user1@secret-mail.cn</t>")
    (tmp_path / "d.json").write_text('{"name": "\\u738b\\u66cc\\u6636"}')
    (tmp_path / "139-8765-4321.txt").write_text("")
    (tmp_path / "e.txt").write_text("１３９８７６５４３２１", encoding="utf-8")
    (tmp_path / "f.txt").write_text("12345678931")
    found = {hit.rpartition(" in ")[2].partition("!")[0] for hit in scanner.under(tmp_path)}
    assert found == {"a.parquet", "b.gz", "c.xlsx", "d.json", "the name 139-8765-4321.txt", "e.txt", "f.txt"}
    assert not scanner.found(b"13987654322 and 1398765432")
