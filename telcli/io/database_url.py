"""The address of a database as an analyst types it, taken apart; its password is never shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from telcli.errors import UsageError

__all__ = ["ENGINES", "Address", "is_url", "parse_url"]

ENGINES = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "oracle": "oracle",
}


@dataclass(frozen=True)
class Address:
    """Which database, and what is wanted of it: some tables, one query, or (neither given) every table.

    `options` are those of the driver (``sslmode=require``); `database` is the path of the file for SQLite.
    """

    engine: str
    database: str
    host: str = ""
    port: int | None = None
    user: str = ""
    password: str = ""
    options: tuple[tuple[str, str], ...] = ()
    tables: tuple[str, ...] = ()
    query: str = ""

    @property
    def name(self) -> str:
        """What the source is called: the database alone, without host, user or password."""
        return PurePosixPath(self.database).name or self.engine

    @property
    def shown(self) -> str:
        """The address for messages, its password masked."""
        masked = replace(self, password="***" if self.password else "")
        return unquote(masked.url)

    @property
    def url(self) -> str:
        """The address for a driver, without tables and query."""
        word = f":{quote(self.password, safe='')}" if self.password else ""
        user = f"{quote(self.user, safe='')}{word}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        options = f"?{urlencode(self.options, quote_via=quote)}" if self.options else ""
        return f"{self.engine}://{user}{self.host}{port}/{quote(self.database)}{options}"


def is_url(source: str) -> bool:
    """Whether a source is an address rather than a path.

    >>> is_url("sqlite:///crm.db"), is_url("crm.db"), is_url("C://crm.csv")
    (True, False, False)
    """
    scheme, colon, _ = source.partition("://")
    return bool(colon) and len(scheme) > 1


def parse_url(source: str) -> Address:
    """Take an address apart: ``ENGINE://USER:PASSWORD@HOST:PORT/DATABASE?query=SELECT...#TABLE,TABLE``.

    >>> found = parse_url("postgresql://ann:s3cret@db:5433/crm?sslmode=require#customers,bss.bills")
    >>> found.name, found.tables, found.shown
    ('crm', ('customers', 'bss.bills'), 'postgresql://ann:***@db:5433/crm?sslmode=require')

    Raises
    ------
    UsageError
        No such kind of database, or no database is named.
    """
    scheme = source.partition("://")[0].lower()
    if scheme not in ENGINES:
        raise UsageError(
            "database-kind",
            "{kind} is no kind of database that is read.",
            hint="Known: {known}.",
            kind=f"{scheme}://",
            known=", ".join(f"{name}://" for name in ENGINES),
        )
    try:
        parts = urlsplit(source)
        port = parts.port
    except ValueError:
        raise _unreadable(scheme) from None
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    query = given.pop("query", "").strip().rstrip(";")
    named = [*given.pop("table", "").split(","), *unquote(parts.fragment).split(",")]
    tables = tuple(name.strip() for name in named if name.strip())
    database = _database(parts, scheme)
    if not database or (query and tables):
        raise _unreadable(scheme)
    return Address(
        ENGINES[scheme],
        database,
        parts.hostname or "",
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        tuple(sorted(given.items())),
        tables,
        query,
    )


def _database(parts: SplitResult, scheme: str) -> str:
    path = unquote(parts.path)
    if scheme == "sqlite":
        return parts.netloc + path if parts.netloc else path.removeprefix("/")
    return path.strip("/")


def _unreadable(scheme: str) -> UsageError:
    return UsageError(
        "database-url",
        "The address of the database cannot be understood.",
        hint="Write {scheme}://USER@HOST/DATABASE, with #TABLE or ?query=SELECT... after it where not every table is "
        "wanted; a # or @ in a password is written %23 or %40.",
        scheme=scheme,
    )
