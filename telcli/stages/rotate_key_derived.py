"""What is made of a pseudonym without any key, and has to be made of the next one when the key is turned.

Whoever held the old key could otherwise try numbers against it; and a row delivered again would not be known again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import product

import polars as pl

from telcli.features.case_name import name_of
from telcli.features.fraud_callers import outside_code
from telcli.intake.repeats import SAID, UNSAID, content_parts, name_of_parts
from telcli.tables import SUBJECTS

__all__ = ["AFTER", "cases", "named_anew", "outside_codes", "renamed_facts", "wanted_of"]

_PLACES = ("caller", "subject_id", "entity")
_MADE = re.compile(r"([0-9a-f]{20})((?:-\d+)?)")
_IDS = ("customer_id", "subscription_id", "account_id")
_ALWAYS = ("paid_at", "amount", "opened_at")
"""Columns without which a row is refused."""
_APART = ("", "apart")
AFTER = "_after_"
Turned = Callable[[pl.Series], pl.Series]
Sealed = Callable[[str, str], str]
Way = tuple[int, ...]


def outside_codes(tables: Mapping[str, pl.LazyFrame], turned: Turned) -> dict[str, str]:
    """Codes of outside callers that stand in results, by the calls that are held; some may be of plain numbers."""
    wanted = {code for code in wanted_of(tables, r"caller-[0-9a-f]{10}") if code}
    if not wanted or "calls" not in tables:
        return {}
    found: dict[str, str] = {}
    parties = tables["calls"].select(pl.col("counterpart").unique().drop_nulls()).collect(engine="streaming")
    for piece in parties.iter_slices(100_000):
        party = piece["counterpart"]
        codes = [outside_code(one) for one in party.to_list()]
        hit = pl.Series(codes).is_in(list(wanted))
        after = [outside_code(one) for one in turned(party.filter(hit)).to_list()]
        found |= dict(zip((code for code in codes if code in wanted), after, strict=True))
    return found


def cases(
    tables: Mapping[str, pl.LazyFrame],
    codes: Mapping[str, str],
    turned: Turned,
    sealed: Sealed,
) -> dict[str, str]:
    """Names of cases one of whose subjects is called otherwise now; those made of another one long gone are sealed."""
    found: dict[str, str] = {}
    parts = []
    for frame in tables.values():
        have = frame.collect_schema().names()
        if {"case_id", "subject_id"} <= set(have):
            pattern = pl.col("pattern") if "pattern" in have else pl.lit(None, dtype=pl.String).alias("pattern")
            parts.append(frame.select("case_id", pattern, "subject_id").unique())
    if not parts:
        return found
    rows = pl.concat(parts).unique().collect(engine="streaming").sort("case_id", "subject_id", "pattern")
    now = turned(rows["subject_id"]).replace(list(codes), list(codes.values())) if rows.height else rows["subject_id"]
    patterns = rows["pattern"].drop_nulls().unique().sort().to_list()
    for (case, told, subject), other in zip(rows.iter_rows(), now.to_list(), strict=True):
        if other == subject:
            continue
        ways = [[name, *filter(None, [apart])] for name in ([told] if told else patterns) for apart in _APART]
        made = next(
            (name_of(name, other, *apart) for name, *apart in ways if name_of(name, subject, *apart) == case),
            "",
        )
        found[case] = made or found.get(case) or sealed(case, "case")[: len(case)]
    return found


def renamed_facts(tables: Mapping[str, pl.LazyFrame], turned: Turned, sealed: Sealed) -> dict[str, str]:
    """Names of tickets that results name, where they were made of a pseudonym."""
    if "contacts" not in tables:
        return {}
    named = [
        frame.select("contact_id").drop_nulls().unique()
        for table, frame in tables.items()
        if table not in SUBJECTS and "contact_id" in frame.collect_schema()
    ]
    if not named:
        return {}
    rows = tables["contacts"].join(pl.concat(named).unique(), on="contact_id", how="semi")
    have = rows.collect_schema().names()
    after = [
        pl.col(name).map_batches(turned, return_dtype=pl.String, is_elementwise=True).alias(f"{AFTER}{name}")
        if name in SAID["contacts"][:2]
        else pl.col(name).alias(f"{AFTER}{name}")
        for name in have
    ]
    held = named_anew(rows.with_columns(after), "contacts", sealed).collect(engine="streaming")
    pairs = held.select("contact_id", f"{AFTER}contact_id").iter_rows()
    return {old: new for old, new in pairs if old != new}


def named_anew(rows: pl.LazyFrame, table: str, sealed: Sealed) -> pl.LazyFrame:
    """Facts whose name was made of what they say (`telcli.intake.repeats`), named after what they say now.

    Every column stands beside what it is now, which is called `AFTER` and its name. Which columns their extract had,
    and which identifiers it told, is not known any more: all it may have had are tried. A name of this form that none
    explains was made of what the fact said then; beside a pseudonym it is sealed with the new key, since whoever held
    the old one could try numbers against it. A name of another form is a number of its own, and stays.
    """
    key = f"{table.removesuffix('s')}_id"
    have = rows.collect_schema()
    said = [name for name in SAID[table] if name in have]
    parts = [*content_parts(rows, said), *content_parts(rows, [f"{AFTER}{name}" for name in said])]
    whole = pl.struct(pl.col(key).alias("name"), *(part.alias(str(at)) for at, part in enumerate(parts)))
    anew = whole.map_batches(_Namer(said, sealed).all, return_dtype=pl.String, is_elementwise=True)
    return rows.with_columns(pl.coalesce(anew, f"{AFTER}{key}").alias(f"{AFTER}{key}"))


class _Namer:
    """Names facts of these columns anew, each told as a text by what it was and what it is now."""

    def __init__(self, said: Sequence[str], sealed: Sealed) -> None:
        self._said, self._sealed = said, sealed
        self._ids = [at for at, name in enumerate(said) if name in _IDS]

    def all(self, rows: pl.Series) -> pl.Series:
        """The names; null for those that were not made of anything."""
        ways = cache(self._ways)  # most rows were made in the same way: what explained one is tried first on the next
        return pl.Series([self._one(row, ways) for row in rows.struct.unnest().iter_rows()], dtype=pl.String)

    def _one(self, row: tuple[str | None, ...], ways: Callable[[tuple[bool, ...], bool], list[Way]]) -> str | None:
        found = _MADE.fullmatch(row[0] or "")
        if found is None:
            return None
        count = len(self._said)
        before, after = [part or UNSAID for part in row[1 : count + 1]], [part or UNSAID for part in row[count + 1 :]]
        likely = ways(tuple(part != UNSAID for part in before), found[1].isdigit())
        before.append(UNSAID)
        for at, way in enumerate(likely):
            if name_of_parts([before[place] for place in way]) == found[1]:
                likely.insert(0, likely.pop(at))
                return name_of_parts([[*after, UNSAID][place] for place in way]) + found[2]
        if found[1].isdigit() or not any(before[at] != after[at] for at in self._ids):
            return None
        return self._sealed(found[1], "fact")[: len(found[1])] + found[2]

    def _ways(self, told: tuple[bool, ...], number: bool) -> list[Way]:
        """Which columns a name may have been made of, each by its place, that behind the last one for one not told.

        A name of digits alone is a `number` of its own but for one in ten thousand: less is tried.
        """
        choices = []
        for at, name in enumerate(self._said):
            untold = [len(self._said)] if name in _IDS and told[at] and not number else []
            choices.append([at] if name in _ALWAYS else [at, *untold, None])
        ways = (tuple(place for place in way if place is not None) for way in product(*choices))
        return [way for way in ways if way]


def wanted_of(tables: Mapping[str, pl.LazyFrame], pattern: str) -> set[str]:
    """Every word of a pattern in results and rejects."""
    word = re.compile(pattern)
    rough = r"caller-[0-9a-f]{10}|\d\*{6}\d"
    found: set[str] = set()
    for table, frame in tables.items():
        if table in SUBJECTS:
            continue
        for name in [name for name, kind in frame.collect_schema().items() if kind == pl.String]:
            texts = frame.select(t=pl.col(name)).filter(pl.col("t").str.contains(rough)).unique()
            for text in texts.collect(engine="streaming")["t"].to_list():
                found |= {match[0] for match in word.finditer(text)}
    return found
