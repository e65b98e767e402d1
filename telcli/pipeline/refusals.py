"""Which lines of which source an ingest refused and why, and whether they are more than may be lost.

One number is told everywhere: lines refused, each once, whatever the tables it gives rows to and the rules it breaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from telcli.errors import DataError
from telcli.io.durable import named
from telcli.pipeline.doors import Landed
from telcli.pipeline.workdir import STAGING
from telcli.tables import SUBJECTS
from telcli.tables.histories import HISTORY_OF

__all__ = ["REFUSED", "counts", "refuse_beyond"]

REFUSED = "rejects.csv"
"""Where in the working directory the refused lines stand when nothing was published."""

_TABLES = (*SUBJECTS, *HISTORY_OF.values())
_OF_EACH = 1_000
_WORDS = 8
_FORMULA = r"^[=+\-@\t\r＝＋－＠]"
_NUMBER = r"^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$"


def counts(sources: Sequence[Mapping[str, Any]], landed: Mapping[str, Landed], most: float) -> dict[str, Any]:
    """What became of the lines of each source, of the rows of each table, and how many lines broke each rule."""
    rules = _by_rule(landed)
    return {
        "sources": [_counted(source, landed) for source in sources],
        "rejects_by_rule": rules.to_dicts(),
        "rejects_by_table": {
            table: {"kept": found.rows, "rejected": found.rejected_rows, "copies": found.copies.height}
            for table, found in landed.items()
            if table in _TABLES
        },
        "lost_amounts": _lost(landed),
        "max_reject_share": most,
    }


def _lost(landed: Mapping[str, Landed]) -> list[dict[str, Any]]:
    """Amounts less discounts of the rows that were refused, and of copies that were dropped, by table, file and month.

    `month` is None where it could not be read; `unread` of the rows have no amount that could.
    """
    found = []
    for table, one in sorted(landed.items()):
        keys = ["source", "month", "what"]
        sums = one.lost.group_by(keys).agg(pl.col("rows", "unread", "cents").sum()).sort(keys)
        for row in sums.to_dicts() if table in _TABLES else ():
            month = f"{row['month']:%Y-%m}" if row["month"] else None
            amount = row.pop("cents") / 100
            found.append({"table": table, **row, "month": month, "amount": amount})
    return found


def _by_rule(landed: Mapping[str, Landed]) -> pl.DataFrame:
    """Distinct lines by source, column and rule, the commonest first, each with the first line that has it."""
    found = [one.rejects for table, one in landed.items() if table in _TABLES]
    empty = pl.DataFrame(schema={"source": pl.String, "line": pl.Int64, "rule": pl.String, "column": pl.String})
    rows = pl.concat([empty, *[one.select(empty.columns) for one in found]])
    folded = rows.group_by("rule", "column", "source").agg(
        count=pl.col("line").n_unique().cast(pl.Int64), first_line=pl.col("line").min()
    )
    order = ["count", "source", "column", "rule"]
    return folded.sort(order, descending=[True, False, False, False], nulls_last=True)


def _counted(source: Mapping[str, Any], landed: Mapping[str, Landed]) -> dict[str, Any]:
    """Add to what was read of one extract what became of it: rows read = kept + rejected + duplicate + unused.

    One line may give rows to several tables: it is rejected where any of them was refused, and else a duplicate only
    where its own table had it before; a copy of what it lends, such as its bill, leaves the line itself kept.
    """
    rejected = _lines(source, [found.rejects for table, found in landed.items() if table in _TABLES])
    theirs = (source["table"], HISTORY_OF.get(source["table"]))
    own = _lines(source, [found.copies for table, found in landed.items() if table in theirs])
    lost = {
        "rows_rejected": rejected.len(),
        "rows_duplicate": own.filter(~own.is_in(rejected.implode())).len(),
        "rows_unused": source.get("rows_unused", 0),
    }
    return {**source, **lost, "rows_kept": source["rows_read"] - sum(lost.values())}


def _lines(source: Mapping[str, Any], frames: Sequence[pl.DataFrame]) -> pl.Series:
    """The lines of one extract that these frames name, each once."""
    named = [frame.filter(source=source["source"]).select(pl.col("line").cast(pl.Int64)) for frame in frames]
    return pl.concat([pl.DataFrame(schema={"line": pl.Int64}), *named])["line"].unique()


def refuse_beyond(found: Mapping[str, Any], landed: Mapping[str, Landed], workdir: Path) -> None:
    """Refuse an ingest of which a source or a table would lose a larger share than `max_reject_share`.

    What would have been refused is then written beside the tables, up to a thousand lines of each reason.

    Raises
    ------
    DataError
        More is lost than allowed.
    """
    most, worst = found["max_reject_share"], _worst(found)
    if not worst:
        return
    _refuse_twins(found, landed)
    what, rejected, rows = worst
    rules = [one for one in found["rejects_by_rule"] if one["source"] == what]
    rules = rules or _by_rule({what: landed[what]}).to_dicts()
    place = workdir / REFUSED
    _write([one.rejects for table, one in landed.items() if table in _TABLES], place)
    _refuse_strangers(rules[0], rows, what, place)
    _refuse_words(found, rules[0], rows, landed, place)
    raise DataError(
        "too-many-rejects",
        "{rejected} of {rows} rows of {what} break a rule, more than the {most} allowed; nothing was changed. "
        "Most often: {rules}. First: {source} line {line}, {column}. The refused lines are in {file}.",
        hint="Mend the extract or the mapping (--map), or allow more with --max-rejects.",
        rejected=f"{rejected:,}",
        rows=f"{rows:,}",
        what=what,
        most=f"{most:.3g}" if 0 < most < 0.001 else f"{most:.1%}",
        rules="; ".join(f"{one['rule']} on {one['column']} ({one['count']})" for one in rules[:3]),
        source=rules[0]["source"],
        line=rules[0]["first_line"],
        column=rules[0]["column"],
        file=str(place),
    )


def _refuse_strangers(first: Mapping[str, Any], rows: int, what: str, place: Path) -> None:
    """Most rows of a source are of customers whom no source gives: an extract of them was left out."""
    if first["rule"] == "orphan" and 2 * first["count"] > rows:
        raise DataError(
            "rows-of-strangers",
            "{count} of {rows} rows of {what} are of customers or lines that no source gives; nothing was changed. "
            "First: {source} line {line}, {column}. The refused lines are in {file}.",
            hint="Name the extract of these customers or lines in the same command too; or, where there is none, "
            "ingest without the extract of other customers.",
            count=f"{first['count']:,}",
            rows=f"{rows:,}",
            what=what,
            source=first["source"],
            line=first["first_line"],
            column=first["column"],
            file=str(place),
        )


def _refuse_words(
    found: Mapping[str, Any], first: Mapping[str, Any], rows: int, landed: Mapping[str, Landed], place: Path
) -> None:
    """Words of a column that no list has: the commonest, and where to say what they mean."""
    source = next(one for one in found["sources"] if one["source"] == first["source"])
    known, *values = source.get("word_lists", {}).get(first["column"], [""])
    if first["rule"] != "unknown-word" or not known:
        return
    named = [
        one.rejects.filter(**{name: first[name] for name in ("source", "rule", "column")}) for one in landed.values()
    ]
    words = (
        pl.concat(named)
        .select("line", "value")
        .unique()["value"]
        .value_counts(name="n")
        .sort("n", "value", descending=[True, False])
    )
    shown = words["value"].fill_null("").to_list()[:_WORDS]
    raise DataError(
        "words-unknown",
        "{count} of {rows} rows of {source} have words in {header} that telcli does not know: {words}; nothing was "
        "changed. The first is in line {line}; the refused lines are in {file}.",
        hint='Say in telcli.toml what they mean: under [dictionary.words.{list}], {value} = ["{word}"] or the like, '
        "with one of {values}; or let the rows go with --max-rejects.",
        count=f"{first['count']:,}",
        rows=f"{rows:,}",
        source=first["source"],
        header=source["mapped"].get(first["column"], first["column"]),
        words=", ".join(shown) + (" ..." if words.height > _WORDS else ""),
        word=shown[0],
        line=first["first_line"],
        file=str(place),
        list=known,
        value=values[0],
        values=", ".join(values),
    )


def _worst(found: Mapping[str, Any]) -> tuple[str, int, int] | None:
    """The source, else the table, of those beyond the threshold that loses the largest share: name, rejected, rows."""
    sources = [(one["source"], one["rows_rejected"], one["rows_read"] - one["rows_unused"]) for one in found["sources"]]
    tables = [
        (table, one["rejected"], one["rejected"] + one["kept"] + one["copies"])
        for table, one in found["rejects_by_table"].items()
    ]
    for kind in (sources, tables):
        beyond = [one for one in kind if one[1] / max(one[2], 1) > found["max_reject_share"]]
        if beyond:
            return max(beyond, key=lambda one: (one[1] / max(one[2], 1), one[1]))
    return None


def _refuse_twins(found: Mapping[str, Any], landed: Mapping[str, Landed]) -> None:
    """Two files of the same months, or the same payments, with other values: only one of them is wanted."""
    for table in SUBJECTS:
        if table not in landed:
            continue
        rejects = landed[table].rejects.filter(rule="duplicate-key")
        twice = dict(rejects.group_by("source").agg(pl.col("line").n_unique()).rows())
        of_it = [one for one in found["sources"] if one["table"] == table]
        same = [one["source"] for one in of_it if 2 * twice.get(one["source"], 0) > one["rows_read"] > 0]
        others = [one["source"] for one in of_it if one["source"] not in same]
        if same and others:
            raise DataError(
                "same-rows",
                "{file} gives rows of {table} that {others} has already, under the same keys but with other values; "
                "nothing was changed.",
                hint="Two loads of one month, it seems: name only the one that holds.",
                file=", ".join(same),
                others=", ".join(others),
                table=table,
            )


def _write(rejects: Sequence[pl.DataFrame], place: Path) -> None:
    """Write the refused lines for a spreadsheet: no cell can be taken for a formula."""
    rows = pl.concat(rejects).unique().sort("source", "line", "rule", "column", nulls_last=True)
    few = rows.filter(pl.int_range(pl.len()).over("source", "rule", "column") < _OF_EACH)
    safe = few.with_columns(_no_formula(name) for name in ("source", "column", "value"))
    fresh = place.parent / STAGING / place.name
    safe.select("source", "line", "rule", "column", "value").write_csv(fresh, include_bom=True)
    named(fresh, place)


def _no_formula(name: str) -> pl.Expr:
    text = pl.col(name)
    risky = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return pl.when(risky).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)
