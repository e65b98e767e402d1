"""Delimited text as an extract: any delimiter, UTF-8 or GB18030; lazy, every value still text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
from polars.exceptions import ComputeError, SchemaError

from telcli.errors import DataError
from telcli.io import limits
from telcli.io.csv_blocks import in_blocks
from telcli.io.csv_shape import Shape, first_records, one_byte_delimiter, sniff_delimiter, survey
from telcli.io.csv_title import without_lines, without_title
from telcli.io.encoding import as_utf8
from telcli.io.header_rows import clean_name, looks_like_data, names_of_two
from telcli.io.totals import without_totals
from telcli.io.wide import refuse_wide
from telcli.tables.extract import RAGGED, Extract, outside_name
from telcli.tables.refused import LINE

__all__ = ["read_csv", "unique_names"]

MAX_RAGGED = 100_000
_ONE_WORD = re.compile(r"[\w -]+([(（][^)）]*[)）])?")


def read_csv(path: Path, scratch: Path, *, beside: bool = False) -> Extract:
    """Open one file of delimited text.

    The whole file is looked at once for its encoding and once for its shape; the frame reads it again, lazily. A file
    that is not UTF-8 is written anew in `scratch`. `beside` is set where other files stand beside it:
    a header alone is a table without rows then, such as a month without tickets.

    Raises
    ------
    DataError
        Empty, header alone, binary, of unknown encoding, one column where a delimiter was missed, or too ragged.
    """
    text = as_utf8(path, scratch)
    single, written = one_byte_delimiter(text.path, scratch / f"{text.sha256[:16]}.single")
    eol = _line_end(single)
    plain, above = without_title(single, scratch / f"{text.sha256[:16]}.untitled", eol, looks_like_data)
    delimiter = sniff_delimiter(plain)
    header = names_of_two(first_records(plain, delimiter or ","))
    over = bool(header)
    if over:
        plain = without_lines(plain, scratch / f"{text.sha256[:16]}.ungrouped", eol, 1)
    header = header or _header(path.name, plain, delimiter)
    headed = not looks_like_data(header)
    shape = survey(plain, delimiter or ",", len(header), eol)
    _refuse_shape(path.name, shape, len(header))
    found = Extract(path.name, pl.LazyFrame(), text.encoding, written or delimiter, text.sha256, headed, titles=above)
    if shape.records < 1 + headed:
        return _without_rows(found, header, beside=beside)
    _check_ragged(path.name, shape, len(header), shape.records - headed, above + over)
    names, repeated = unique_names(header if headed else [""] * len(header))
    frame = _frame(plain, delimiter or ",", names, headed, shape, eol).with_columns(pl.col(LINE) + above + over)
    if shape.quotes:
        _check_quotes(path.name, frame)
    hiding = _hiding(frame, names, delimiter or ",", eol) if shape.quoted_newlines else ()
    frame, sums = without_totals(frame, names, plain, eol)
    rows = None if shape.blank or shape.quotes else shape.records - headed - sums
    return replace(found, frame=frame, repeated=repeated, rows=rows, hiding=hiding, sums=sums)


def _header(name: str, plain: Path, delimiter: str) -> list[str]:
    """The cells of the first record."""
    records = first_records(plain, delimiter or ",")
    if not records or not any(cell.strip() for cell in records[0]):
        raise DataError("header-missing", "{file} has no header in its first line.", file=name)
    header = [clean_name(cell) for cell in records[0]]
    if len(header) == 1 and not _ONE_WORD.fullmatch(header[0]):
        _refuse_one_column(name)
    return header


def _without_rows(found: Extract, header: Sequence[str], *, beside: bool) -> Extract:
    """A header alone, which is a table without rows where other files stand beside it."""
    if not beside:
        raise DataError(
            "header-only",
            "{file} has a header but no rows.",
            hint="Export it again, or leave it out of the sources.",
            file=found.name,
        )
    names, repeated = unique_names(header)
    frame = pl.LazyFrame(schema={**dict.fromkeys(names, pl.String()), LINE: pl.Int64()})
    return replace(found, frame=frame, repeated=repeated, rows=0)


def unique_names(header: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Make header names unique: blank ones get a number, repeated ones a suffix, hidden ones another name.

    >>> unique_names(["id", "note", "", "note"])
    (['id', 'note', 'column_3', 'note_2'], {'note_2': 'note'})
    """
    names: dict[str, None] = {}
    repeated: dict[str, str] = {}
    copies: dict[str, int] = {}
    known = set(header)
    for place, written in enumerate(header, start=1):
        wanted = outside_name(written) or f"column_{place}"
        name, copy = wanted, copies.get(wanted, 1)
        while name in names or (copy > 1 and name in known):
            copy += 1
            name = f"{wanted}_{copy}"
        copies[wanted] = copy
        if name != wanted and written:
            repeated[name] = written
        names[name] = None
    return list(names), repeated


def _frame(path: Path, delimiter: str, names: Sequence[str], headed: bool, shape: Shape, eol: str) -> pl.LazyFrame:
    """The records of a file: block by block where a line is a record, else as polars finds them."""

    def parse(text: Path | bytes, before: int) -> pl.LazyFrame:
        skipped = int(headed and not before)
        raw = pl.scan_csv(
            text,
            has_header=False,
            skip_rows=skipped,
            separator=delimiter,
            schema=dict.fromkeys(names, pl.String()),
            quote_char='"' if shape.quotes else None,
            extra_columns="ignore",
            missing_columns="insert",
            row_index_name=LINE,
            eol_char=eol,
            glob=False,
        )
        return _placed(raw, names, shape, eol, before or skipped)

    schema = {LINE: pl.Int64(), **dict.fromkeys(names, pl.String())} | ({RAGGED: pl.String()} if shape.ragged else {})
    plain = not (shape.blank or shape.quoted_newlines)
    found = in_blocks(path, eol, parse, schema) if plain else parse(path, 0)
    if not (shape.blank or shape.quotes):
        return found
    return found.filter(~pl.all_horizontal(pl.col(name).is_null() for name in names))


def _placed(raw: pl.LazyFrame, names: Sequence[str], shape: Shape, eol: str, before: int) -> pl.LazyFrame:
    """Records with the line on which each begins, and what is ragged of them; `before` lines stand before them."""
    number = pl.col(LINE).cast(pl.Int64) + before
    line = number + 1
    if shape.quoted_newlines:
        inside = pl.sum_horizontal(pl.col(name).str.count_matches(eol, literal=True) for name in names)
        line = line + inside.fill_null(0).cum_sum().shift(1, fill_value=0).cast(pl.Int64)
    return raw.with_columns(line.alias(LINE), *_ragged(number, shape, len(names)))


def _ragged(number: pl.Expr, shape: Shape, width: int) -> list[pl.Expr]:
    """The `_ragged` column, where any record has too few or too many fields."""
    if not shape.ragged:
        return []
    short = [record for record, fields in shape.ragged.items() if fields < width]
    long = [record for record, fields in shape.ragged.items() if fields > width]
    found = (
        pl.when(number.is_in(pl.lit(pl.Series(short, dtype=pl.Int64)).implode()))
        .then(pl.lit("too-few-fields"))
        .when(number.is_in(pl.lit(pl.Series(long, dtype=pl.Int64)).implode()))
        .then(pl.lit("too-many-fields"))
    )
    return [found.alias(RAGGED)]


def _check_ragged(name: str, shape: Shape, width: int, rows: int, above: int) -> None:
    """A few ragged records are rejected one by one; a file full of them was not understood."""
    ragged = {number: fields for number, fields in shape.ragged.items() if fields > 1 or width == 1}
    if len(ragged) > MAX_RAGGED or (len(ragged) > 0.2 * rows and rows > 0):
        first = min(ragged)
        raise DataError(
            "ragged",
            "{file} has {count} records whose number of fields is not the header's {width}; the first, with {found},"
            " is record {record}.",
            hint="The delimiter may stand inside values: export with quotes, or with another delimiter. If a title "
            "stands above the header, take it out.",
            file=name,
            count=len(ragged),
            width=width,
            found=ragged[first],
            record=first + 1 + above,
        )


def _refuse_shape(name: str, shape: Shape, width: int) -> None:
    """Refuse what no export looks like, before memory is asked for it."""
    if shape.unclosed:
        _refuse_quotes(name)
    refuse_wide(name, width)
    if shape.endless:
        raise DataError(
            "line-long",
            "{file} has a line of more than {most} MB, which is no record.",
            hint="Export it with a line end after each record.",
            file=name,
            most=limits.LINE >> 20,
        )
    if shape.lost:
        raise DataError(
            "lines-blank",
            "{file} has more than {most} lines that are blank or too short to be records.",
            hint="Export it again without them.",
            file=name,
            most=limits.RAGGED,
        )


def _check_quotes(name: str, frame: pl.LazyFrame) -> None:
    """Quotes that do not pair up would swallow lines: parse the file once to be sure that they do."""
    try:
        frame.select(pl.all().count()).collect(engine="streaming")
    except (ComputeError, SchemaError):
        _refuse_quotes(name)


def _hiding(frame: pl.LazyFrame, names: Sequence[str], delimiter: str, eol: str) -> tuple[int, ...]:
    """Lines of records with a value that spans lines, and could be several records: two stray quotes pair up so."""
    whole = max(len(names) - 1, 1)
    several = pl.any_horizontal(
        pl.col(name).str.contains(eol, literal=True)
        & (pl.col(name).str.count_matches(delimiter, literal=True) >= whole)
        for name in names
    )
    return tuple(frame.filter(several).select(LINE).collect(engine="streaming")[LINE].to_list())


def _refuse_quotes(name: str) -> None:
    raise DataError(
        "quotes-broken",
        "{file} has quotation marks that do not pair up, so its records cannot be told apart.",
        hint="Double the marks inside quoted values, or export without quotes.",
        file=name,
    ) from None


def _refuse_one_column(name: str) -> None:
    """Nothing of the line is shown: a file without a header begins with somebody's number and name."""
    raise DataError(
        "one-column",
        "{file} has one column only: no delimiter parts its lines into equally many fields.",
        hint="Export it with comma, semicolon, tab or bar between the fields, and without a title above.",
        file=name,
    )


def _line_end(path: Path) -> str:
    """Line feed, with or without a carriage return before it; the carriage return alone in files of old systems."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    return "\r" if b"\r" in head and b"\n" not in head else "\n"
