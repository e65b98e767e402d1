"""Rows and columns of a table on the screen, as JSON, or as CSV; streamed, since tables may be larger than memory."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from telcli.cli._help import wide
from telcli.cli._output import SCHEMA_VERSION, month_name, warnings
from telcli.cli._words import language, rule_name, tr

if TYPE_CHECKING:
    import polars as pl

    from telcli.cli._options import Call
    from telcli.errors import Notice
    from telcli.pipeline.show import Selection

__all__ = ["SCREEN_ROWS", "csv", "grid", "show_rows", "show_schema"]

SCREEN_ROWS = 20
_WHY = {
    "value_products": "It takes products that customers hold (products).",
    "value_moves": "It takes an earlier month on the same scales, and customers whose tier changed since.",
    "churn_cohorts": "It takes months in which customers joined.",
    "churn_register": "It takes customers who left.",
    "churn_causes": "It takes customers who left in the last 12 months.",
    "care_triggers": "Nothing that calls for care happened in the month.",
    "value_stars": "It takes levels in [score-value.stars] of telcli.toml.",
}
"""What a table without rows takes."""
_AT_ONCE = 1_000
_NO_LIMIT = 1_000_000  # columns of what is no terminal


def show_rows(call: Call, table: str, where: str | None, columns: Sequence[str], limit: int | None) -> None:
    """Print rows of a table."""
    from telcli.pipeline.show import batches, count, pick, read

    found = pick(read(call.workdir, table, call.as_of), columns, where)
    limited = found.frame if limit is None else found.frame.head(limit)
    if call.out.form in ("csv", "json"):
        pieces, told = _taken(call, found, where, limit, batches(limited))
        if call.out.form == "csv":
            csv(pieces)
        else:
            _json(call, found, pieces, told)
    elif call.out.human:
        frame = found.frame if columns else found.frame.select(_spoken(found.frame.collect_schema().names()))
        few = frame.head(SCREEN_ROWS if limit is None else limit).collect(engine="streaming")
        _taken(call, replace(found, frame=few.lazy()), where, few.height, iter([few]))
        call.out.show(grid(few, found.rows if where is None else count(found.frame)))
        if found.without:
            call.out.show(iter([_nothing(found)]))


def _taken(
    call: Call, found: Selection, where: str | None, limit: int | None, pieces: Iterator[pl.DataFrame]
) -> tuple[Iterator[pl.DataFrame], tuple[Notice, ...]]:
    """The same pieces, told to the audit log unless they go to a terminal; what is wrong with it goes to stderr."""
    from telcli.pipeline.taken import taken

    if sys.stdout.isatty():
        return pieces, ()
    pieces, told = taken(call.workdir, call.stage, found, where, limit, pieces)
    call.out.caution(told)
    return pieces, told


def _nothing(found: Selection) -> str:
    """That a stage ran and had nothing to put into the table, and why that may be."""
    said = tr(
        "telcli {stage} ran for {month} and had no rows for {table}.",
        stage=found.without,
        month=month_name(found.as_of),
        table=found.table,
    )
    space = "" if language() == "zh" else " "
    return f"{said}{space}{tr(_WHY[found.table])}" if found.table in _WHY else said


def _spoken(names: Sequence[str]) -> list[str]:
    """Columns without their twins in the other language."""
    twins = [name for name in names if name.endswith("_zh") and name.removesuffix("_zh") in names]
    hidden = {name.removesuffix("_zh") for name in twins} if language() == "zh" else set(twins)
    return [name for name in names if name not in hidden]


def csv(pieces: Iterator[pl.DataFrame]) -> None:
    """Write text, so that line ends and encoding are those of stdout; little at once, to notice a reader that goes."""
    for at, piece in enumerate(pieces):
        for after, part in enumerate(piece.iter_slices(_AT_ONCE) if piece.height else [piece]):
            sys.stdout.write(part.write_csv(include_header=at == after == 0))


def _json(call: Call, found: Selection, pieces: Iterator[pl.DataFrame], told: Sequence[Notice]) -> None:
    """One object whose `rows` are written as they come."""
    head = {
        "schema_version": SCHEMA_VERSION,
        "stage": call.stage,
        "as_of": month_name(found.as_of),
        "outputs": [{"table": found.table, "path": str(found.path), "rows": found.rows}],
        "metrics": {},
        "warnings": warnings(told),
    }
    sys.stdout.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [')
    comma = ""
    for piece in pieces:
        lines = piece.write_ndjson().removesuffix("\n").split("\n")  # a text may hold other line ends, as U+2028
        if piece.height:
            sys.stdout.write(comma + ",\n".join(lines))
            comma = ",\n"
    sys.stdout.write("]}\n")


def grid(frame: pl.DataFrame, total: int) -> Iterator[str]:
    """Columns side by side, as many as fit; the others are named."""
    columns = [(name, kind.is_numeric(), _column(name, frame[name])) for name, kind in frame.schema.items()]
    sizes = [max(map(wide, [name, *cells])) for name, _, cells in columns]
    room = shutil.get_terminal_size((_NO_LIMIT, 24)).columns
    shown = max(1, sum(1 for end in accumulate(size + 2 for size in sizes) if end - 2 <= room))
    for at in range(-1, frame.height):
        words = []
        for (name, right, cells), size in zip(columns[:shown], sizes[:shown], strict=True):
            word = name if at < 0 else cells[at]
            gap = " " * (size - wide(word))
            words.append(gap + word if right else word + gap)
        yield "  ".join(words).rstrip()
    yield tr("{shown} of {total} rows", shown=f"{frame.height:,}", total=f"{total:,}")
    if shown < len(columns):
        rest = ", ".join(name for name, *_ in columns[shown:])
        yield tr("Columns that did not fit (choose with --columns): {names}", names=rest)


def _column(name: str, values: pl.Series) -> list[str]:
    cells = [_cell(value) for value in values]
    return [rule_name(cell) if cell else cell for cell in cells] if name == "rule" else cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return "".join(char if char.isprintable() else "�" for char in str(value))  # no control codes to a terminal


def show_schema(call: Call, table: str) -> None:
    """Print what the columns of a table hold."""
    from telcli.pipeline.show import known_table
    from telcli.tables import contract

    known_table(table)
    about = contract(table)
    found = about.columns()
    if call.out.form == "csv":
        import polars as pl

        csv(iter([pl.DataFrame([asdict(column) for column in found])]))
        return
    chinese = language() == "zh"

    def human() -> Iterator[Any]:
        from rich.table import Table

        yield f"{table}: {about.zh if chinese else about.meaning}"
        grid = Table(box=None, header_style="bold", pad_edge=False)
        made = ("made of",) if any(column.source for column in found) else ()
        for title in ("column", "type", "unit", "key", "needed", "meaning", *made):
            grid.add_column(tr(title), overflow="fold")
        for column in found:
            meaning = column.zh if chinese else column.meaning
            marks = ("✓" if mark else "" for mark in (column.key, column.required))
            grid.add_row(column.name, column.type, tr(column.unit), *marks, meaning, *[column.source][: len(made)])
        yield grid

    call.out.result(human, as_of=call.as_of, table=table, meaning=about.meaning, meaning_zh=about.zh, columns=found)
