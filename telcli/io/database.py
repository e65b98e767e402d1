"""Tables of a database as extracts, read once, in batches, into scratch."""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import polars as pl

from telcli.errors import DataError, MissingInputError, TelcliError
from telcli.io.database_drivers import Connection, connect
from telcli.io.database_url import Address
from telcli.io.digest import sha256_of
from telcli.io.scratch import Scratch
from telcli.io.scratch_table import ScratchTable
from telcli.tables.extract import Extract, outside_name
from telcli.tables.refused import LINE

__all__ = ["Fetched", "fetch", "read_tables"]


class Fetched:
    """What was read of one database; its scratch folder goes when nobody holds this any more."""

    def __init__(self, address: Address, near: Path | None) -> None:
        self._folder = Scratch(near if near is not None and near.is_dir() else None)
        self.extracts = read_tables(address, self._folder.path)


def fetch(address: Address, near: Path | None = None) -> Fetched:
    """Read what is wanted of a database into a scratch folder, beside `near` where that is a folder."""
    return Fetched(address, near)


def read_tables(address: Address, scratch: Path) -> list[Extract]:
    """The tables named, that of the query, or all; called ``database#table``. `_line` is the row as it came.

    The digest of each is that of every value read, in order.

    Raises
    ------
    MissingInputError
        No such table or file, or the driver is not installed.
    DataError
        The database cannot be reached, or refuses.
    """
    with _refusing(address), contextlib.closing(connect(address)) as connection:
        wanted = [""] if address.query else _wanted(address, connection)
        return [_read(address, connection, table, scratch / str(number)) for number, table in enumerate(wanted)]


def _wanted(address: Address, connection: Connection) -> Sequence[str]:
    if address.tables:
        return address.tables
    known = connection.tables()
    if not known:
        raise DataError(
            "database-empty",
            "The database {name} has no tables that this user may see.",
            hint="Name a view or another schema: {shown}#SCHEMA.TABLE",
            name=address.name,
            shown=address.shown,
        )
    return known


def _read(address: Address, connection: Connection, table: str, folder: Path) -> Extract:
    rows = 0
    try:
        with ScratchTable(folder) as scratch:
            for raw in connection.read(table, address.query):
                batch = raw.rename(outside_name)
                lines = pl.int_range(rows + 1, rows + 1 + batch.height, dtype=pl.Int64, eager=True)
                scratch.append(batch.with_columns(lines.alias(LINE)))
                rows += batch.height
    except TelcliError:
        raise
    except Exception as error:
        raise _no_table(address, connection, table, error) from None
    files = sorted(folder.iterdir(), key=lambda file: int(file.stem))
    digest = sha256("".join(map(sha256_of, files)).encode()).hexdigest()
    return Extract(f"{address.name}#{table or 'query'}", scratch.scan(), address.engine, "", digest, rows=rows)


def _no_table(address: Address, connection: Connection, table: str, error: Exception) -> Exception:
    """The driver's own words, unless the table is simply not there."""
    if not table:
        return error
    with contextlib.suppress(Exception):
        known = connection.tables()
        if table not in known:
            near = difflib.get_close_matches(table, known, n=3, cutoff=0.5) or known[:10]
            return MissingInputError(
                "database-table",
                "The database {name} has no table {table} that this user may see.",
                hint="Its tables: {known}.",
                name=address.name,
                table=table,
                known=", ".join(near),
            )
    return error


@contextlib.contextmanager
def _refusing(address: Address) -> Iterator[None]:
    """A driver's exception as one sentence, without password and without values."""
    try:
        yield
    except (TelcliError, MemoryError):
        raise
    except OSError as error:
        if error.filename:
            raise  # the scratch folder's, not the database's
        raise _failed(address, error) from None
    except Exception as error:
        raise _failed(address, error) from None


def _failed(address: Address, error: Exception) -> DataError:
    words = str(error.args[-1] if error.args else error)
    if address.password:
        words = words.replace(address.password, "***")
    words = re.sub(r"\d{6,}", "***", words)
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return DataError(
        "database-failed",
        "The database {shown} could not be read: {why}",
        hint="Check host, database, user and password, and that the user may read the tables.",
        shown=address.shown,
        why=" ".join(lines[:2])[:300] or type(error).__name__,
    )
