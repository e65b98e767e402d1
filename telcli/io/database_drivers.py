"""Connections to databases: each lists its tables and reads one of them in batches of text, and writes nothing."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import polars as pl

from telcli.errors import DataError, MissingInputError
from telcli.io.cells import as_text
from telcli.io.csv_extract import unique_names
from telcli.io.database_url import Address
from telcli.io.scratch_table import BATCH

__all__ = ["VALUE", "Connection", "connect"]

VALUE = 1 << 22
"""Bytes of one row of an SQLite file: what is longer is no cell of a table of customers."""
_PIECE, _BYTES, _NUMBER = 64, 1 << 26, 16
"""Rows taken at a time, and bytes of those that make a batch."""
_SURE, _TIMES = 1 << 24, 100
"""Bytes that may come out of an SQLite file anyway, and how many times what it holds: views make rows of nothing."""
_PATIENCE, _STEPS = 120, 10_000_000
"""Seconds of processor time, and one more for each MB, in which all of it is read; steps between looks at the clock."""


class Connection(Protocol):
    """What is asked of a database."""

    def tables(self) -> list[str]:
        """Its tables, in order of their names."""

    def read(self, table: str, query: str) -> Iterator[pl.DataFrame]:
        """A table, or what a query gives, in batches of String columns; the first tells the columns of none too."""

    def close(self) -> None:
        """Leave it as it was."""


def connect(address: Address) -> Connection:
    """Open a database for reading; raises what its driver raises.

    Raises
    ------
    MissingInputError
        The driver is not installed.
    """
    made = {"sqlite": _sqlite, "postgresql": _Postgres, "mysql": _mysql, "oracle": _oracle}[address.engine]
    try:
        return made(address)
    except ModuleNotFoundError:
        raise MissingInputError(
            "database-extra",
            "Reading {kind} databases needs a driver that is not installed.",
            hint='Install it: pip install "telcli[db]"',
            kind=address.engine,
        ) from None


class _Rows:
    """Any driver of Python's DB-API: rows of Python values, fetched piece by piece."""

    def __init__(self, connection: Any, listing: str, mark: str, most: int = 0) -> None:
        self._connection, self._listing, self._mark, self._most = connection, listing, mark, most

    def tables(self) -> list[str]:
        with contextlib.closing(self._connection.cursor()) as cursor:
            cursor.execute(self._listing)
            return [str(name) for (name,) in cursor.fetchall()]

    def read(self, table: str, query: str) -> Iterator[pl.DataFrame]:
        with contextlib.closing(self._connection.cursor()) as cursor:
            cursor.execute(query or f"SELECT * FROM {_quoted(table, self._mark)}")  # noqa: S608 - quoted, read only
            names, _ = unique_names([str(column[0]) for column in cursor.description])
            yield pl.DataFrame(schema=dict.fromkeys(names, pl.String()))
            for rows in self._batches(cursor):
                columns = zip(*rows, strict=True)
                yield pl.DataFrame([as_text(values).alias(name) for name, values in zip(names, columns, strict=True)])

    def _batches(self, cursor: Any) -> Iterator[list[Any]]:
        """Rows that are taken at once: as many as hold few bytes."""
        rows: list[Any] = []
        size = whole = 0
        while more := cursor.fetchmany(_PIECE):
            rows += more
            taken = sum(len(value) if isinstance(value, str | bytes) else _NUMBER for row in more for value in row)
            size, whole = size + taken, whole + taken
            if self._most and whole > self._most:
                raise DataError(
                    "database-endless",
                    "What is asked of the database comes to more than {most} MB, many times what its file holds.",
                    hint="A view that counts without end is not read; save what is wanted as a table.",
                    most=self._most >> 20,
                )
            if len(rows) >= BATCH or size >= _BYTES:
                yield rows
                rows, size = [], 0
        if rows:
            yield rows

    def close(self) -> None:
        self._connection.close()


class _Postgres:
    """PostgreSQL through ADBC; its server writes every value as text, so that none passes through another type."""

    def __init__(self, address: Address) -> None:
        from adbc_driver_postgresql import dbapi

        self._connection = dbapi.connect(address.url, autocommit=True)
        with self._connection.cursor() as cursor:
            for setting in (
                "SET default_transaction_read_only TO on",
                "SET datestyle TO ISO",
                "SET extra_float_digits TO 1",
                "SET synchronize_seqscans TO off",  # an unchanged table comes in the same order
            ):
                cursor.execute(setting)

    def tables(self) -> list[str]:
        listing = (
            "SELECT CASE table_schema WHEN 'public' THEN table_name ELSE table_schema || '.' || table_name END "
            "FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
            "AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        )
        with self._connection.cursor() as cursor:
            cursor.execute(listing)
            return [str(name) for (name,) in cursor.fetchall()]

    def read(self, table: str, query: str) -> Iterator[pl.DataFrame]:
        source = f"({query}\n) AS asked" if query else _quoted(table, '"')
        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {source} LIMIT 0")  # noqa: S608 - quoted, read only
            written = [column[0] for column in cursor.description]
        names, _ = unique_names(written)
        texts = ", ".join(f"{_quoted_name(name, chr(34))}::text" for name in written)
        yield pl.DataFrame(schema=dict.fromkeys(names, pl.String()))
        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT {texts} FROM {source}")  # noqa: S608 - quoted, read only
            for batch in cursor.fetch_record_batch():
                found = pl.DataFrame(pl.from_arrow(batch))
                yield found.rename(dict(zip(found.columns, names, strict=True))).cast(pl.String)

    def close(self) -> None:
        self._connection.close()


def _sqlite(address: Address) -> Connection:
    """SQLite by Python's own module: its columns may hold values of any type, which ADBC's driver refuses."""
    import sqlite3

    path = Path(address.database)
    if not path.is_file():
        raise MissingInputError(
            "source-missing", "{file} does not exist.", hint="Check the path; nothing was changed.", file=str(path)
        )
    connection = sqlite3.connect(f"file:{quote(os.fsencode(path.resolve()))}?mode=ro", uri=True)
    connection.text_factory = lambda data: data.decode("utf-8", errors="replace")
    listing = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE)  # of a row too
    started, patience = time.process_time(), _PATIENCE + (path.stat().st_size >> 20)
    connection.set_progress_handler(lambda: time.process_time() - started > patience, _STEPS)
    return _Rows(connection, listing, '"', max(_SURE, _TIMES * path.stat().st_size))


def _mysql(address: Address) -> Connection:
    import pymysql
    from pymysql.cursors import SSCursor

    connection = pymysql.connect(
        host=address.host or "localhost",
        port=address.port or 3306,
        user=address.user or None,
        password=address.password or os.environ.get("MYSQL_PWD", ""),
        database=address.database,
        charset="utf8mb4",
        cursorclass=SSCursor,
        init_command="SET SESSION TRANSACTION READ ONLY",
        **dict(address.options),
    )
    listing = (
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1"
    )
    return _Rows(connection, listing, "`")


def _oracle(address: Address) -> Connection:
    import oracledb

    oracledb.defaults.fetch_decimals = True
    connection = oracledb.connect(
        user=address.user,
        password=address.password,
        dsn=f"{address.host}:{address.port or 1521}/{address.database}",
        **dict(address.options),
    )
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    return _Rows(connection, "SELECT table_name FROM user_tables ORDER BY 1", '"')


def _quoted(table: str, mark: str) -> str:
    """A table's name, with its schema or without, as SQL writes it.

    >>> _quoted('bss.odd"name', '"')
    '"bss"."odd""name"'
    """
    schema, dot, name = table.partition(".")
    return f"{_quoted_name(schema, mark)}.{_quoted_name(name, mark)}" if dot else _quoted_name(table, mark)


def _quoted_name(name: str, mark: str) -> str:
    return mark + name.replace(mark, mark * 2) + mark
