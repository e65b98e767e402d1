"""``purge``: who a person is in the tables, and each table without that person."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from telcli.errors import MissingInputError, UsageError
from telcli.features.fraud_callers import outside_code
from telcli.intake.identity import identifiers, personal
from telcli.intake.pseudonyms import Pseudonyms
from telcli.intake.suppression import tokens, without_purged
from telcli.intake.words import masked
from telcli.tables.evidence import masked_id

__all__ = ["LOOKED_IN", "Person", "find", "of_person", "scrubbed", "without", "without_listed"]

LOOKED_IN: Mapping[str, tuple[str, ...]] = {
    "customers": ("customer_id", "phone_h", "certificate_h"),
    "subscriptions": ("subscription_id", "number_h", "customer_id"),
    "accounts": ("account_id", "customer_id"),
    "crosswalk": ("source_key", "customer_id"),
}
"""Tables that know a person -> columns by which one may be named."""
_ALIASES = ("subscription_id", "account_id", "source_key")
_ELSEWHERE = ("subject_id", "entity", "value", "caller")
"""Columns of tables without customers that may hold an identifier all the same."""
_NUMBERED = {"counterpart": "purged", "main_number_h": None}
"""Columns where the person's number stands in rows of others -> what stands there afterwards."""
_HOME = "household_id"


@dataclass(frozen=True)
class Person:
    """One customer: the identifier, the other keys (lines, accounts, keys of other systems), numbers, certificates."""

    customer_id: str
    aliases: tuple[str, ...]
    numbers: tuple[str, ...]
    certificates: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Every identifier under which the person stands in a table."""
        return [self.customer_id, *self.aliases]

    def tokens(self, key: Callable[[], bytes]) -> list[str]:
        """What the list of purged persons keeps: hashes under the key, from which nobody can be told."""
        return tokens(pl.Series([*self.names, *self.certificates]), Pseudonyms(key)).to_list()


def find(tables: Mapping[str, pl.LazyFrame], asked: str, key: Callable[[], bytes] | None) -> Person:
    """Find a customer by identifier, or by the raw number or certificate of which a pseudonym stands in the tables.

    There are none of them where there is no `key`.

    Raises
    ------
    MissingInputError
        There is no such customer.
    UsageError
        Several customers answer to it.

    >>> people = {"customers": pl.LazyFrame({"customer_id": ["a", "b"], "phone_h": [None, "x"]})}
    >>> find(people, "b", lambda: bytes(32)).customer_id
    'b'
    """
    named = _candidates(asked.strip(), key)
    found: set[str] = set()
    for table, columns in LOOKED_IN.items():
        frame = tables.get(table)
        have = [name for name in columns if frame is not None and name in frame.collect_schema()]
        if frame is not None and "customer_id" in have:
            match = pl.any_horizontal(pl.col(have).is_in(named))
            found |= set(frame.filter(match).collect(engine="streaming")["customer_id"].drop_nulls())
    exact = found & {asked.strip()}
    found = exact or found
    shown = masked(pl.Series([asked]))[0] if asked.strip() not in named[:1] or len(named) > 1 else asked
    if not found:
        raise MissingInputError(
            "customer-unknown",
            "No customer is called {customer}; nothing was changed.",
            hint="Give the customer_id as it stands in the tables (telcli show customers), or the whole number or "
            "certificate.",
            customer=shown,
        )
    if len(found) > 1:
        raise UsageError(
            "customer-several",
            "{customer} belongs to {count} customers: {ids}; nothing was changed.",
            hint="Purge each by its customer_id.",
            customer=shown,
            count=len(found),
            ids=", ".join(sorted(found)[:10]),
        )
    return _person(tables, found.pop())


def _candidates(asked: str, key: Callable[[], bytes] | None) -> list[str]:
    """The text itself, and its pseudonym as a number or certificate; a key is asked only where it is one."""
    if key is None:
        return list(dict.fromkeys((asked, asked.lower())))
    text, people = pl.Series([asked]), Pseudonyms(key)
    made = [identifiers(text, people)[0][0]]
    made += [personal(text, form, people)[0][0] for form in ("phone", "certificate")]
    return list(dict.fromkeys(value for value in (asked, *made) if value))


def _person(tables: Mapping[str, pl.LazyFrame], customer: str) -> Person:
    values: dict[str, list[str]] = {
        "phone_h": [],
        "number_h": [],
        "certificate_h": [],
        **{name: [] for name in _ALIASES},
    }
    for table in LOOKED_IN:
        if table not in tables:
            continue
        rows = tables[table].filter(pl.col("customer_id") == customer)
        have = [name for name in values if name in rows.collect_schema()]
        own = rows.select(have).collect(engine="streaming") if have else pl.DataFrame()
        for name in have:
            values[name] += own[name].drop_nulls().to_list()
    aliases = [value for name in _ALIASES for value in values[name] if value != customer]
    numbers = [*values["phone_h"], *values["number_h"]]
    unique = [tuple(sorted(set(one))) for one in (aliases, numbers, values["certificate_h"])]
    return Person(customer, *unique)


def of_person(frame: pl.LazyFrame, table: str, person: Person) -> pl.Expr:
    """Which rows of a table are the person's."""
    have = frame.collect_schema()
    tests = [pl.col("customer_id") == person.customer_id] if "customer_id" in have else []
    tests += [pl.col(name).is_in(person.aliases) for name in _ALIASES[:2] if name in have]
    called = [*person.names, *map(outside_code, person.numbers)]  # who rings others goes by a code of her number
    tests += [pl.col(name).is_in(called) for name in _ELSEWHERE if not tests and have.get(name) == pl.String]
    if table == "rejects":  # a key of several columns is shown whole, its long numbers hidden
        names = sorted({*person.names, *map(masked_id, person.names)})
        tests += [pl.col("value").str.split(", ").list.set_intersection(names).list.len() > 0]
    if table == "report_figures":
        tests += [pl.col(name).str.contains(_word(person)) for name in ("text", "text_zh", "metric") if name in have]
    return pl.any_horizontal(test.fill_null(value=False) for test in tests) if tests else pl.lit(value=False)


def without(frame: pl.LazyFrame, table: str, person: Person) -> tuple[pl.LazyFrame, int]:
    """The table without the person, and how many rows went or lost the person's number on their other side."""
    own = of_person(frame, table, person)
    named = [*person.names, *person.numbers]
    met = {
        name: pl.col(name).is_in(named).fill_null(value=False)
        for name in (*_NUMBERED, _HOME)
        if name in frame.collect_schema()
    }
    count = int(frame.select(pl.any_horizontal(own, *met.values()).sum()).collect(engine="streaming").item())
    left = frame.filter(~own)
    after = {name: pl.lit(_NUMBERED[name], dtype=pl.String) for name in met if name != _HOME}
    if _HOME in met:  # called after the smallest customer in it: now after the next, and no household of one
        several = pl.col("customer_id").n_unique().over(_HOME) > 1
        after[_HOME] = pl.when(several).then(pl.col("customer_id").min().over(_HOME))
    return left.with_columns(
        pl.when(met[name]).then(new).otherwise(name).alias(name) for name, new in after.items()
    ), count


def without_listed(
    tables: Mapping[str, pl.LazyFrame], listed: frozenset[str], key: Callable[[], bytes], *, ids: bool
) -> dict[str, pl.LazyFrame]:
    """The tables without persons whose tokens are listed; by certificates alone where their ids are not `ids` alike.

    >>> people = {"customers": pl.LazyFrame({"customer_id": ["a", "b"]}), "bills": pl.LazyFrame({"customer_id": ["a"]})}
    >>> a = frozenset(Person("a", (), (), ()).tokens(lambda: bytes(32)))
    >>> left = without_listed(people, a, lambda: bytes(32), ids=True)
    >>> [frame.collect().rows() for frame in left.values()]
    [[('b',)], []]
    """
    people, customers = Pseudonyms(key), tables["customers"]
    have = customers.collect_schema()
    known = [name for name in ("customer_id", "certificate_h") if name in have and (ids or name != "customer_id")]
    kept, _ = without_purged(customers, known, listed, people)
    gone = customers.select("customer_id").join(kept.select("customer_id"), on="customer_id", how="anti")
    persons = [_person(tables, name) for name in gone.collect()["customer_id"].sort()]
    left = dict(tables)
    for table, frame in tables.items():
        for person in persons:
            left[table] = without(left[table], table, person)[0]
        named = [name for name in ("customer_id", *_ALIASES[:2]) if ids and name in frame.collect_schema()]
        left[table] = without_purged(left[table], named, listed, people)[0]
    return left


def scrubbed(value: Any, person: Person) -> Any:
    """Metrics or notices in which the person's identifiers, where they stand as words, are hidden."""
    if isinstance(value, str):
        return re.sub(_word(person), "***", value)
    if isinstance(value, Mapping):
        return {name: scrubbed(item, person) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(scrubbed(item, person) for item in value)
    return value


def _word(person: Person) -> str:
    return _words(person.names)


def _words(names: Sequence[str]) -> str:
    return r"\b(?:" + "|".join(re.escape(name) for name in names) + r")\b"
