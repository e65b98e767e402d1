"""What is made of a pseudonym without any key, and has to be made of the next one when the key is turned.

Whoever held the old key could otherwise try numbers against it; and a row delivered again would not be known again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import combinations

import polars as pl

from telcli.features.case_name import name_of
from telcli.features.fraud_callers import outside_code
from telcli.intake.repeats import SAID, content_name
from telcli.tables import SUBJECTS

__all__ = ["AFTER", "cases", "named_anew", "outside_codes", "renamed_facts", "wanted_of"]

_PLACES = ("caller", "subject_id", "entity")
_MADE = r"^([0-9a-f]{20})(-\d+)?$"
_APART = ("", "apart")
AFTER = "_after_"
Turned = Callable[[pl.Series], pl.Series]


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
    sealed: Callable[[str, str], str],
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


def renamed_facts(tables: Mapping[str, pl.LazyFrame], turned: Turned) -> dict[str, str]:
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
    held = named_anew(rows.with_columns(after), "contacts").collect(engine="streaming")
    pairs = held.select("contact_id", f"{AFTER}contact_id").iter_rows()
    return {old: new for old, new in pairs if old != new}


def named_anew(rows: pl.LazyFrame, table: str) -> pl.LazyFrame:
    """Facts whose name was made of what they say (`telcli.intake.repeats`), named after what they say now.

    Every column stands beside what it is now, which is called `AFTER` and its name. Which columns their extract had is
    not known any more: all it may have had are tried. A name that none explains is a number of its own, and stays.
    """
    key = f"{table.removesuffix('s')}_id"
    have = rows.collect_schema()
    optional = [name for name in SAID[table] if name in have]
    stem, names = pl.col(key).str.extract(_MADE, 1), []
    for count in range(len(optional), 0, -1):
        for said in combinations(optional, count):
            now = content_name(rows, [f"{AFTER}{name}" for name in said])
            names.append(pl.when(stem == content_name(rows, said)).then(now))
    ending = pl.col(key).str.extract(_MADE, 2).fill_null("")
    anew = pl.coalesce(*names, pl.lit(None, dtype=pl.String)) + ending
    return rows.with_columns(pl.coalesce(anew, f"{AFTER}{key}").alias(f"{AFTER}{key}"))


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
