"""Whether ids of branches are of one kind, and what a merge tells of rows of which one of several stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from telcli.errors import DataError, Notice

if TYPE_CHECKING:
    import polars as pl

    from telcli.pipeline.doors import Landed

__all__ = ["campaigns", "gone", "refuse_apart", "settled", "strictly"]

_UNLIKE: Mapping[str, tuple[float, int]] = {"certificate_h": (0.5, 1), "birth_year": (0.5, 5), "gender": (0.2, 5)}
"""What never changes of a person -> share of customers of several branches that it is unlike of beyond which their ids
are not of one kind, and of how many it must be known. Half of any two strangers are of different gender."""
_ALIKE = ("certificate_h", "birth_year", "phone_h", "joined_on")
"""What confirms that one id is one person, where it is alike of half."""
_MOST = 0.5
_MANY, _SHARE = 10, 0.1
"""So many ids, and so many of the smallest branch, are more than customers who moved."""


def refuse_apart(
    rows: Mapping[str, pl.LazyFrame], several: Mapping[str, pl.DataFrame], fewest: int, *, same: bool
) -> None:
    """Refuse branches that number their customers or lines apart; `fewest` are the customers of the smallest branch.

    `same` says that one id is one customer, where nothing confirms it.

    Raises
    ------
    DataError
        Persons or owners of one id are different ones, or many ids are in both and nothing confirms that they are one.
    """
    from telcli.stages.merge import compared, owners

    shared = several["customers"].height
    told = compared(rows["customers"], several["customers"]) if shared else {}
    for name, (most, least) in _UNLIKE.items():
        known, unlike = told.get(name, (0, 0))
        if known >= least and unlike > most * known:
            raise _apart(shared, known, unlike, name)
    lines = several.get("subscriptions")
    known, unlike = owners(rows["subscriptions"], lines) if lines is not None and lines.height else (0, 0)
    if known >= _UNLIKE["birth_year"][1] and unlike > _MOST * known:
        raise _lines_apart(known, unlike)
    alike = [told.get(name, (0, 0)) for name in _ALIKE]
    sure = any(known >= _SHARE * shared and unlike <= _MOST * known for known, unlike in alike if known)
    if not same and not sure and shared >= max(_MANY, _SHARE * fewest):
        raise DataError(
            "merge-unconfirmed",
            "{n} customers have an id that another branch has too, and nothing confirms that they are the same: "
            "certificates, years of birth, telephone numbers and days of joining are unlike, or not known.",
            hint="Put the branch before every id with --apart; or say with --same that one id is one customer.",
            n=shared,
        )


def _apart(shared: int, known: int, unlike: int, by: str) -> DataError:
    return DataError(
        "merge-numbered-apart",
        "{n} customers have an id that another branch has too, and of {told} whose {by} is known in both {other} are "
        "different persons: the branches number their customers apart.",
        hint="Put the branch before every id with --apart.",
        n=shared,
        told=known,
        by=by,
        other=unlike,
    )


def _lines_apart(known: int, unlike: int) -> DataError:
    return DataError(
        "merge-lines-apart",
        "{told} lines have an id that another branch has too, and {other} of them are of different customers: the "
        "branches number their lines apart.",
        hint="Put the branch before every id with --apart.",
        told=known,
        other=unlike,
    )


def strictly(shared: int, lines: int, accounts: int, fewer: Mapping[str, int]) -> None:
    """Refuse to settle what stands in several branches.

    Raises
    ------
    DataError
        Something does.
    """
    if shared or lines:
        raise DataError(
            "merge-strict",
            "{n} customers and {lines} lines stand in several branches, and --strict settles none.",
            hint="Mend the extracts of the branch that they left; or leave --strict out: the newest stands then.",
            n=shared,
            lines=lines,
        )
    if accounts or fewer:
        raise DataError(
            "merge-strict-rows",
            "{accounts} accounts have a number that another branch gave to another customer, and of these rows one of "
            "several would stand: {rows}. --strict settles none.",
            hint="Mend the extracts; or leave --strict out: the branch goes before such a number then.",
            accounts=accounts,
            rows=_told(fewer) or "-",
        )


def settled(shared: int, lines: int, accounts: int, fewer: Mapping[str, int]) -> list[Notice]:
    """Customers, lines and accounts of several branches, and rows of which one of several stands."""
    found = []
    if shared or lines:
        words = (
            "{n} customers and {lines} lines stand in several branches: the newest of each stands (telcli show "
            "conflicts)."
        )
        found.append(Notice("merge-several", words, {"n": shared, "lines": lines}))
    if accounts:
        words = "{n} accounts have a number that another branch gave to another customer: the branch goes before it."
        found.append(Notice("merge-accounts", words, {"n": accounts}))
    if fewer:
        words = "Rows of which one of several stands: {rows}."
        found.append(Notice("merge-fewer", words, {"rows": _told(fewer)}))
    return found


def campaigns(rows: Mapping[str, pl.LazyFrame]) -> list[Notice]:
    """Tell campaigns of one id that are of different offers or days in two branches."""
    from telcli.stages.merge import unlike_campaigns

    names = unlike_campaigns(rows["campaigns"]) if "campaigns" in rows else []
    words = "{n} campaigns of one id have other offers or days in two branches, and count as one ({ids}): --apart."
    return [Notice("merge-campaigns", words, {"n": len(names), "ids": ", ".join(names[:5])})] if names else []


def gone(given: Mapping[str, int], landed: Mapping[str, Landed]) -> dict[str, int]:
    """Table -> rows of which another stands."""
    return {table: given[table] - one.rows for table, one in landed.items() if one.rows < given.get(table, 0)}


def _told(fewer: Mapping[str, int]) -> str:
    return ", ".join(f"{table} {count}" for table, count in fewer.items())
