"""Databases as extracts: SQLite always, PostgreSQL and MariaDB where their servers are installed."""

# ruff: noqa: S608 - the queries are the tests' own
from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from telcli.errors import DataError, MissingInputError, TelcliError, UsageError
from telcli.io.database import fetch
from telcli.io.database_url import parse_url

ROWS = [
    ("A1", 110101199003072316, 12.5, "2024-06-01", "中"),
    ("A2", None, 3.0, None, 'quote " and ; '),
]


def read(url: str) -> dict[str, list[tuple[object, ...]]]:
    held = fetch(parse_url(url))
    return {one.name: one.frame.collect().rows() for one in held.extracts}


def digests(url: str) -> list[str]:
    return [one.sha256 for one in fetch(parse_url(url)).extracts]


@pytest.fixture
def crm(tmp_path: Path) -> str:
    base = sqlite3.connect(tmp_path / "crm.db")
    base.execute("CREATE TABLE bills (id TEXT, cert, fee REAL, due TEXT, note TEXT)")
    base.executemany("INSERT INTO bills VALUES (?, ?, ?, ?, ?)", ROWS)
    base.execute("CREATE TABLE empty (id TEXT)")
    base.execute("CREATE VIEW seen AS SELECT id, fee AS _line FROM bills")
    base.commit()
    base.close()
    return f"sqlite:///{tmp_path}/crm.db"


def test_all_tables_one_table_a_view_and_a_query(crm: str) -> None:
    bills = [
        ("A1", "110101199003072316", "12.5", "2024-06-01", "中", 1),
        ("A2", None, "3", None, 'quote " and ; ', 2),
    ]
    assert read(crm) == {"crm.db#bills": bills, "crm.db#empty": []}
    assert read(f"{crm}#bills") == {"crm.db#bills": bills}
    assert read(f"{crm}?table=seen") == {"crm.db#seen": [("A1", "12.5", 1), ("A2", "3", 2)]}
    assert read(f"{crm}?query=SELECT id AS k, fee * 2 FROM bills WHERE fee > 5;") == {"crm.db#query": [("A1", "25", 1)]}


def test_columns_that_hold_values_of_several_types(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "a.db")
    base.execute("CREATE TABLE t (id, x)")
    base.executemany("INSERT INTO t VALUES (?, ?)", [(1, 1.5), ("007", b"bytes"), (None, 10**17)])
    base.commit()
    base.close()
    assert read(f"sqlite:///{tmp_path}/a.db")["a.db#t"] == [
        ("1", "1.5", 1),
        ("007", "bytes", 2),
        (None, "1" + "0" * 17, 3),
    ]


def test_the_digest_is_that_of_what_was_read(crm: str) -> None:
    before = digests(f"{crm}#bills")
    assert digests(f"{crm}#bills") == before
    base = sqlite3.connect(crm.removeprefix("sqlite:///"))
    base.execute("UPDATE bills SET fee = 4 WHERE id = 'A2'")
    base.commit()
    base.close()
    assert digests(f"{crm}#bills") != before


def test_scratch_goes_with_what_was_fetched_and_after_a_kill(crm: str, tmp_path: Path) -> None:
    work = tmp_path / "work"
    killed = work / ".telcli-killed"
    killed.mkdir(parents=True)
    held = fetch(parse_url(crm), work)
    assert not killed.exists() and len(list(work.iterdir())) == 1
    other = fetch(parse_url(crm), work)
    assert len(list(work.iterdir())) == 2, "one in use is no leftover"
    del held, other
    assert not list(work.iterdir())


def test_nothing_can_be_written(crm: str) -> None:
    with pytest.raises(DataError):
        read(f"{crm}?query=DELETE FROM bills")
    assert len(read(crm)["crm.db#bills"]) == 2


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("{crm}#bill", "database-table"),
        ("{crm}?query=SELEC 1", "database-failed"),
        ("{crm}x", "source-missing"),
        ("{crm}?query=SELECT 1#bills", "database-url"),
        ("postgresql://user:geheim@localhost:99999/x", "database-url"),
        ("postgresql://host", "database-url"),
        ("mongodb://host/x", "database-kind"),
        ("postgresql://ann:geheim@127.0.0.1:1/crm", "database-failed"),
        ("mysql://ann:geheim@127.0.0.1:1/crm", "database-failed"),
        ("oracle://ann:geheim@127.0.0.1:1/crm", "database-failed"),
    ],
)
def test_what_goes_wrong_is_said_without_the_password(crm: str, url: str, code: str) -> None:
    for driver, engine in (("adbc_driver_postgresql", "postgresql"), ("pymysql", "mysql"), ("oracledb", "oracle")):
        if code == "database-failed" and url.startswith(engine):
            pytest.importorskip(driver)
    with pytest.raises(TelcliError) as caught:
        read(url.format(crm=crm))
    assert caught.value.code == code
    assert "geheim" not in f"{caught.value} {caught.value.hint}"


def test_a_driver_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for driver, url in (
        ("pymysql", "mysql://h/x"),
        ("adbc_driver_postgresql", "postgres://h/x"),
        ("oracledb", "oracle://h/x"),
    ):
        monkeypatch.setitem(sys.modules, driver, None)
        with pytest.raises(MissingInputError) as caught:
            read(url)
        assert 'pip install "telcli[db]"' in caught.value.hint


def test_oracle_by_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server of Oracle's can be had here: a stand-in for its driver checks what it is asked."""
    asked: list[object] = []

    class Cursor:
        description = (("ID",), ("FEE",))

        def execute(self, sql: str) -> None:
            asked.append(sql)
            self._rows = [("BILLS",)] if "user_tables" in sql else [("A1", 12.0)]

        def fetchall(self) -> list[tuple[object, ...]]:
            return self._rows

        def fetchmany(self, size: int) -> list[tuple[object, ...]]:
            rows, self._rows = self._rows[:size], []
            return rows

        def close(self) -> None:
            asked.append("closed")

    def connect(**given: object) -> SimpleNamespace:
        asked.append(given)
        return SimpleNamespace(cursor=Cursor, close=lambda: asked.append("left"))

    monkeypatch.setitem(sys.modules, "oracledb", SimpleNamespace(connect=connect, defaults=SimpleNamespace()))
    assert read("oracle://ann:pw%40@db/service") == {"service#BILLS": [("A1", "12", 1)]}
    assert asked[0] == {"user": "ann", "password": "pw@", "dsn": "db:1521/service"}
    assert asked[1] == "SET TRANSACTION READ ONLY"
    assert 'SELECT * FROM "BILLS"' in asked
    assert asked[-1] == "left"


def test_addresses() -> None:
    found = parse_url("mariadb://u%20x:p%23@h:3307/bss?table=a,b&charset=utf8")
    assert (found.engine, found.user, found.password, found.port, found.tables) == (
        "mysql",
        "u x",
        "p#",
        3307,
        ("a", "b"),
    )
    assert found.options == (("charset", "utf8"),)
    assert found.shown == "mysql://u x:***@h:3307/bss?charset=utf8"
    assert parse_url("sqlite:////a/b.db").database == "/a/b.db"
    assert parse_url("sqlite:///b.db").database == "b.db"
    with pytest.raises(UsageError):
        parse_url("postgresql:///")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def as_user(name: str) -> dict[str, object]:
    """Servers refuse to run as root."""
    return {"user": name, "group": name} if os.getuid() == 0 else {}


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    pytest.importorskip("adbc_driver_postgresql")
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if not shutil.which("initdb") else []
    initdb = shutil.which("initdb") or (str(binaries[-1] / "initdb") if binaries else "")
    if not initdb or not Path(initdb).exists():
        pytest.skip("PostgreSQL is not installed: its reader was not tested")
    home, port = Path("/tmp") / f"telcli-pg-{os.getpid()}", free_port()  # noqa: S108 - its socket needs a short path
    home.mkdir(mode=0o700)
    who = as_user("postgres")
    if who:
        shutil.chown(home, "postgres", "postgres")
    quiet = {"stdout": subprocess.DEVNULL, "cwd": home, **who}
    try:
        subprocess.run(
            [initdb, "-D", home / "data", "-U", "ann", "-A", "trust", "-E", "UTF8", "--locale=C"], check=True, **quiet
        )
        control, options = Path(initdb).with_name("pg_ctl"), f"-k {home} -p {port} -c listen_addresses=127.0.0.1"
        subprocess.run(
            [control, "-D", home / "data", "-o", options, "-l", home / "log", "-w", "start"], check=True, **quiet
        )
        yield f"postgresql://ann:geheim@127.0.0.1:{port}/postgres"
        subprocess.run([control, "-D", home / "data", "-m", "immediate", "stop"], check=True, **quiet)
    finally:
        shutil.rmtree(home)


@pytest.mark.slow
def test_a_real_postgresql(postgres: str) -> None:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(postgres, autocommit=True) as base, base.cursor() as cursor:
        for statement in (
            "CREATE TABLE bills (id text, cert bigint, fee numeric(10,2), ratio double precision, due date,"
            " at timestamp, zoned timestamptz, yes boolean, tags text[], raw bytea, big double precision)",
            "INSERT INTO bills VALUES ('A1', 110101199003072316, 12.50, 3, '2024-06-01', '2024-06-01 01:02:03',"
            " '2024-06-01 01:02:03+00', true, '{a,b}', 'x', 123456789012345678)",
            "INSERT INTO bills (id) VALUES ('A2')",
            "CREATE SCHEMA bss",
            'CREATE TABLE bss."odd ""name" AS SELECT g AS id, repeat(\'x\', 20) FROM generate_series(1, 250000) g',
        ):
            cursor.execute(statement)
    held = fetch(parse_url(f"{postgres}?options=-c timezone=UTC"))
    found = held.extracts
    assert [(one.name, one.rows) for one in found] == [("postgres#bills", 2), ('postgres#bss.odd "name', 250_000)]
    first = found[0].frame.collect().rows()[0]
    assert first[:7] == (
        "A1",
        "110101199003072316",
        "12.50",
        "3",
        "2024-06-01",
        "2024-06-01 01:02:03",
        "2024-06-01 01:02:03+00",
    )
    assert first[7:] == ("true", "{a,b}", "\\x78", "1.2345678901234568e+17", 1)
    assert found[0].frame.collect().rows()[1] == ("A2", *[None] * 10, 2)
    assert digests(postgres) == digests(postgres)
    assert read(f"{postgres}?query=SELECT id FROM bills WHERE fee > 1 --end")["postgres#query"] == [("A1", 1)]
    for url, code in (
        (f"{postgres}#bil", "database-table"),
        (f"{postgres}?query=DELETE FROM bills RETURNING 1", "database-failed"),
        (f"{postgres}?query=SELEC", "database-failed"),
    ):
        with pytest.raises(TelcliError) as caught:
            read(url)
        assert caught.value.code == code
        assert "geheim" not in str(caught.value)
    assert len(read(f"{postgres}#bills")["postgres#bills"]) == 2


@pytest.fixture
def mariadb(tmp_path: Path) -> Iterator[str]:
    pytest.importorskip("pymysql")
    install, server = (
        shutil.which("mariadb-install-db"),
        shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin"),
    )
    if not install or not server:
        pytest.skip("MariaDB is not installed: its reader was not tested")
    home, port = Path("/tmp") / f"telcli-my-{os.getpid()}", free_port()  # noqa: S108 - its socket needs a short path
    home.mkdir(mode=0o755)
    who = as_user("mysql")
    if who:
        shutil.chown(home, "mysql", "mysql")
    common = ["--no-defaults", f"--datadir={home}/data"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": home, **who}
    running = None
    try:
        subprocess.run([install, *common, "--auth-root-authentication-method=normal"], check=True, **quiet)
        running = subprocess.Popen(
            [
                server,
                *common,
                f"--socket={home}/s",
                f"--port={port}",
                f"--pid-file={home}/pid",
                "--bind-address=127.0.0.1",
            ],
            **quiet,
        )
        yield f"mysql://root@127.0.0.1:{port}/crm"
    finally:
        if running:
            running.terminate()
            running.wait(30)
        shutil.rmtree(home)


@pytest.mark.slow
def test_a_real_mariadb(mariadb: str) -> None:
    import pymysql

    address = parse_url(mariadb)
    for _ in range(120):
        try:
            base = pymysql.connect(host=address.host, port=address.port, user="root", autocommit=True)
            break
        except pymysql.OperationalError:
            time.sleep(0.25)
    with base, base.cursor() as cursor:
        for statement in (
            "CREATE DATABASE crm CHARACTER SET utf8mb4",
            "USE crm",
            "CREATE TABLE bills (id varchar(9), cert bigint unsigned, fee decimal(10,2), ratio double, due date,"
            " at datetime, took time, yes tinyint(1), raw blob)",
            "INSERT INTO bills VALUES ('中', 18446744073709551615, 12.50, 3, '2024-06-01', '2024-06-01 01:02:03',"
            " '30:00:01', 1, 'x'), ('A2', null, null, null, null, null, null, null, null)",
        ):
            cursor.execute(statement)
    assert read(mariadb) == {
        "crm#bills": [
            ("中", "18446744073709551615", "12.50", "3", "2024-06-01", "2024-06-01 01:02:03", "30:00:01", "1", "x", 1),
            ("A2", *[None] * 8, 2),
        ]
    }
    for url, code in ((f"{mariadb}#bil", "database-table"), (f"{mariadb}?query=DELETE FROM bills", "database-failed")):
        with pytest.raises(TelcliError) as caught:
            read(url)
        assert caught.value.code == code
    assert len(read(f"{mariadb}#bills")["crm#bills"]) == 2
