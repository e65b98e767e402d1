"""Functions that read a working directory and write nothing into it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from telcli.api.asking import as_month, explained, language, names, requested, sources_of, workdir_of

if TYPE_CHECKING:
    import polars as pl

    from telcli.pipeline.cube import Cube
    from telcli.pipeline.customer import Card
    from telcli.pipeline.diff import Diff
    from telcli.pipeline.export import Exported
    from telcli.pipeline.status import Status
    from telcli.stages.knowledge_suggest import Suggested

__all__ = ["config", "cube", "customer", "diff", "export", "metrics", "read", "scan", "schema", "status", "suggest"]

_Place = str | os.PathLike[str]


def scan(
    workdir: str | os.PathLike[str] | None,
    table: str,
    *,
    as_of: str | date | None = None,
    columns: str | Sequence[str] = (),
    where: str | None = None,
) -> pl.LazyFrame:
    """Rows of a table, read when they are collected; tables may be larger than memory.

    Parameters
    ----------
    workdir
        The working directory; None takes that of TELCLI_WORKDIR, else "work".
    table
        Its name, such as "churn_scores".
    as_of
        Month, "2024-06" or a date. Of results the newest where none is given, of monthly tables every month.
    columns
        Only these, in this order.
    where
        Only rows that meet a condition as in SQL: "amount > 100 AND kind = 'total'".

    Raises
    ------
    UsageError
        There is no such table or column, or the condition cannot be read.
    MissingInputError
        The table has not been made, or not for that month; the hint names the stage that makes it.
    """
    from telcli.pipeline.show import pick, read

    with explained():
        return pick(read(workdir_of(workdir), table, as_month(as_of)), names(columns), where).frame


def read(
    workdir: str | os.PathLike[str] | None,
    table: str,
    *,
    as_of: str | date | None = None,
    columns: str | Sequence[str] = (),
    where: str | None = None,
) -> pl.DataFrame:
    """Rows of a table, as `telcli show` picks them: see `scan`, which takes the same."""
    return scan(workdir, table, as_of=as_of, columns=columns, where=where).collect()


def schema(table: str) -> pl.DataFrame:
    """What the columns of a table mean: name, type, unit, key, required, meaning, zh, source.

    Raises
    ------
    UsageError
        There is no such table.

    >>> schema("churn_scores").row(0, named=True)["name"]
    'customer_id'
    """
    from dataclasses import asdict

    import polars as pl

    from telcli.pipeline.show import known_table
    from telcli.tables import contract

    with explained():
        known_table(table)
        return pl.DataFrame([asdict(column) for column in contract(table).columns()])


def status(
    workdir: str | os.PathLike[str] | None = None,
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    *,
    as_of: str | date | None = None,
) -> Status:
    """What the working directory holds: `tables`, `stages` (up-to-date, stale, ...), `loads`, and what to run `next`.

    With `sources` the extracts are compared too.

    Raises
    ------
    MissingInputError
        There is no such directory.
    """
    from telcli.pipeline.status import status as look

    with explained():
        return look(requested(workdir, as_of=as_of, sources=sources_of(sources)))


def customer(
    workdir: str | os.PathLike[str] | None, id: str, *, by_key: bool = False, as_of: str | date | None = None
) -> Card:
    """All that is known of one customer: `body` holds it, `absent` what is not there and why.

    Parameters
    ----------
    workdir
        The working directory; None takes that of TELCLI_WORKDIR, else "work".
    id
        The customer_id, else the customer's key in a source system, a line, or a whole number or certificate; the last
        two need the key of pseudonyms.
    by_key
        Whether `id` is the key of a source system.
    as_of
        Month of results; the newest where none is given.

    Raises
    ------
    MissingInputError
        There is no such customer.
    """
    from telcli.pipeline.customer import customer as look

    with explained():
        return look(workdir_of(workdir), id, as_month(as_of), by_key=by_key)


def metrics(word: str = "", *, report: bool = False) -> pl.DataFrame:
    """The metric dictionary: name, en, zh, unit, table, formula; those with `word` in their name or meaning.

    With `report` figures of the report's own stand there instead.

    >>> metrics("churn").height > 1, metrics("calibration", report=True).height > 0
    (True, True)
    """
    import polars as pl

    from telcli.tables.figure_dictionary import own_figures
    from telcli.tables.metric_dictionary import metrics as every

    near = word.lower()
    kinds = ("name", "en", "zh", "unit", "table", "formula")
    known = own_figures() if report else tuple(every().values())
    kept = [one for one in known if near in f"{one.name} {one.en} {one.zh} {one.also}".lower()]
    return pl.DataFrame(
        [{kind: getattr(one, kind) for kind in kinds} for one in kept], schema=dict.fromkeys(kinds, pl.String)
    )


def cube(
    workdir: str | os.PathLike[str] | None,
    metrics: str | Sequence[str],
    by: str | Sequence[str] = (),
    *,
    since: str | date | None = None,
    where: str | None = None,
    as_of: str | date | None = None,
    roll_up: str | None = None,
) -> Cube:
    """Take metrics apart by dimensions, over months: `frame` has a row per group and month, `whole` all together.

    Groups of few customers are not told, nor those by which they could be worked out: `hidden` names what is missing.

    Parameters
    ----------
    workdir
        The working directory; None takes that of TELCLI_WORKDIR, else "work".
    metrics
        Names, see `telcli.metrics`.
    by
        Dimensions, up to four, such as "branch" or ["branch", "risk_band"].
    since
        First month; the as-of month alone without it.
    where
        Only customers that meet a condition as in SQL.
    as_of
        Last month; the newest where none is given.
    roll_up
        Sums of each level of the organisation ([organisation]) down to this one, in place of `by`.

    Raises
    ------
    UsageError
        A metric or dimension does not exist, or the condition cannot be read.
    MissingInputError
        A month or a table that a metric is made of is not there.
    """
    from telcli.pipeline.cube import cube as worked_out

    with explained():
        asked = (names(metrics), names(by), as_month(since, "since"), where, roll_up)
        return worked_out(requested(workdir, as_of=as_of), *asked)


def diff(
    workdir: str | os.PathLike[str] | None = None,
    *,
    since: str | date | None = None,
    to: str | date | None = None,
    own: str | Sequence[str] = (),
) -> Diff:
    """What changed in the base from one month to another: `changes` has a row per change, `metrics` what they come to.

    Parameters
    ----------
    workdir
        The working directory; None takes that of TELCLI_WORKDIR, else "work".
    since
        The earlier month; the last one before `to`.
    to
        The later month; the newest one held.
    own
        Further attributes of customers to compare, such as "x_office".

    Raises
    ------
    UsageError, MissingInputError
        The months are not in order, or one is not held; an attribute does not exist.
    """
    from telcli.pipeline.diff import diff as compare

    with explained():
        return compare(requested(workdir), as_month(since, "since"), as_month(to, "to"), names(own))


def export(
    workdir: str | os.PathLike[str] | None,
    table: str,
    output: str | os.PathLike[str],
    *,
    columns: str | Sequence[str] = (),
    where: str | None = None,
    limit: int | None = None,
    encoding: Literal["utf-8", "utf-8-sig", "gb18030"] = "utf-8",
    unmask: bool = False,
    as_of: str | date | None = None,
    lang: Literal["en", "zh"] | None = None,
) -> Exported:
    """Write a table to a file for others, whole or not at all; its ending says the kind: .csv, .xlsx or .parquet.

    What could be a number of a person is masked. `unmask` needs the key of pseudonyms.

    Raises
    ------
    UsageError
        A table, column or ending is unknown, or the file cannot be written.
    MissingInputError
        The table has not been made, or the key is not at hand.
    """
    from telcli.pipeline.export import Wish
    from telcli.pipeline.export import export as write

    with explained():
        request = requested(workdir, {"lang": lang}, as_of=as_of)
        wish = Wish(tuple(names(columns)), where, limit, encoding, unmask, language(request))
        return write(request, table, Path(output), wish)


def suggest(
    workdir: str | os.PathLike[str] | None = None,
    segment: str = "any",
    *,
    customer: str | None = None,
    reason: str | None = None,
    as_of: str | date | None = None,
) -> Suggested:
    """Offers for a segment or a customer by what trials taught: `offers` the best first, `harmful`, `untried`.

    Parameters
    ----------
    workdir
        The working directory; None takes that of TELCLI_WORKDIR, else "work".
    segment
        Name of a segment in either language, or "any".
    customer
        customer_id of one customer, in place of a segment.
    reason
        Theme of leaving, such as "price"; a customer has her own.
    as_of
        Month as of which it is known.

    Raises
    ------
    UsageError, MissingInputError
        There is no such segment, reason or customer.
    """
    from telcli.pipeline.knowledge import suggest as ranked

    with explained():
        return ranked(
            workdir_of(workdir), [segment] if customer is None else ["customer", customer], reason, as_month(as_of)
        )


def config(workdir: str | os.PathLike[str] | None = None) -> list[dict[str, Any]]:
    """Every setting with its section, name, value, source, default, unit, low, high and choices.

    Raises
    ------
    UsageError
        telcli.toml or a variable of the environment asks for something impossible.
    """
    from telcli.api.settled import collect

    with explained():
        return collect(workdir_of(workdir), {})
