"""What changed in the base, on the screen, as JSON and as rows."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telcli.cli import _rows
from telcli.cli._aligned import aligned
from telcli.cli._help import pack
from telcli.cli._kinds import COLUMNS, KINDS, MOVES
from telcli.cli._words import meant, tr
from telcli.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from telcli.cli._options import Call
    from telcli.pipeline.diff import Diff

__all__ = ["Wanted", "tell", "wanted"]

_LABELLED = (*KINDS, "churned")
_FEW = 6
_OUTSIDE = (
    "outside: billed, but in the base at neither end: of who left a month ago the last bill falls away, which the "
    "report's bridge tells apart from those who left now."
)


@dataclass(frozen=True)
class Wanted:
    """Which rows to show, none of them where `rows` is false; all kinds and columns where none are named."""

    rows: bool
    kinds: tuple[str, ...]
    columns: tuple[str, ...]
    limit: int | None

    @property
    def own(self) -> tuple[str, ...]:
        """The operator's own attributes among the kinds."""
        return tuple(name for name in self.kinds if name.startswith("x_"))

    def of(self, changes: pl.DataFrame) -> pl.DataFrame:
        """The rows of the kinds and columns that are wanted."""
        import polars as pl

        kept = changes.filter(pl.col("what").is_in(self.kinds)) if self.kinds else changes
        return kept.select(self.columns) if self.columns else kept


def wanted(what: str | None, columns: str | None, limit: int | None, *, rows: bool) -> Wanted:
    """Read what is asked for; columns, a limit or kinds of change ask for rows.

    >>> wanted("left, joined", None, None, rows=False)
    Wanted(rows=True, kinds=('left', 'joined'), columns=(), limit=None)
    """
    kinds = _listed("--what", what, _LABELLED, own=True)
    names = _listed("--columns", columns, COLUMNS)
    return Wanted(rows or bool(kinds or names) or limit is not None, kinds, names, limit)


def _listed(option: str, given: str | None, known: Sequence[str], *, own: bool = False) -> tuple[str, ...]:
    """Names parted by commas, all of them known, or with `own` the operator's own attributes."""
    names = tuple(name.strip() for name in (given or "").split(",") if name.strip())
    for name in names:
        if name not in known and not (own and name.startswith("x_")):
            raise UsageError(
                "diff-name-unknown",
                "{option} knows no {name}.",
                hint="It takes {known}.",
                option=option,
                name=name,
                known=", ".join(known),
            )
    return names


def tell(call: Call, found: Diff, asked: Wanted) -> None:
    """Print what changed."""
    from telcli.pipeline.diff import told_of

    rows = asked.of(found.changes)
    limited = rows if asked.limit is None else rows.head(asked.limit)
    if asked.rows and not sys.stdout.isatty():
        call.out.caution(told_of(call.workdir, found, limited))
    if call.out.form == "csv":
        _rows.csv(iter([limited]))
        return
    more: dict[str, Any] = {"rows": limited.rows(named=True)} if asked.rows and call.out.form == "json" else {}
    screen = rows.head(_rows.SCREEN_ROWS) if asked.limit is None else limited

    def human() -> Iterator[str]:
        yield from _view(found.metrics, asked.kinds)
        if asked.rows:
            yield ""
            yield from _rows.grid(screen, rows.height)
        else:
            yield "  " + tr("Row by row: --rows, or all with --format csv; --what left,plan_id picks.")

    call.out.result(human, as_of=found.after, metrics=found.metrics, notices=found.notices, **more)


def _view(metrics: Mapping[str, Any], kinds: Sequence[str]) -> Iterator[str]:
    yield f"diff  {metrics['from']} → {metrics['to']}"
    base = (metrics["customers_before"], metrics["customers_after"])
    yield "  " + tr("customers in the base") + f"  {base[0]:,} → {base[1]:,}  {_step(base[1] - base[0], base[0], ',')}"
    if metrics["revenue_effect"] is not None:
        money = (metrics["revenue_before"], metrics["revenue_after"])
        step = _step(metrics["revenue_effect"], money[0], ",.2f")
        yield "  " + tr("revenue of the month") + f"  {money[0]:,.2f} → {money[1]:,.2f}  {step}"
    yield ""
    yield from aligned(list(_lines(metrics)), right=range(1, 5), indent=2)
    if any(change["what"] == "outside" and _billed(change) for change in metrics["changes"]):
        yield "  " + tr(_OUTSIDE)
    if metrics["passed_through"]:
        yield "  " + tr("Came and went in between: {n}", n=f"{metrics['passed_through']:,}")
    yield ""
    yield from _ways([move for move in metrics["moves"] if not kinds or move["what"] in kinds])


def _lines(metrics: Mapping[str, Any]) -> Iterator[list[str]]:
    """The table of kinds of change; of money only where it is known, of no kind that is nought in everything."""
    money = ["revenue_before", "revenue_after", "revenue_effect"] if metrics["revenue_effect"] is not None else []
    heads = {"revenue_before": "revenue before", "revenue_after": "revenue after", "revenue_effect": "difference"}
    yield [tr("change"), meant("head", "customers"), *(tr(heads[name]) for name in money)]
    for change in metrics["changes"]:
        if change["what"] == "outside" and not _billed(change):
            continue
        cells = [f"{change[name]:{'+' if name == 'revenue_effect' else ''},.2f}" for name in money]
        yield [_name(change["what"]), f"{change['customers']:,}", *cells]


def _billed(change: Mapping[str, Any]) -> bool:
    return bool(change["revenue_before"] or change["revenue_after"])


def _ways(moves: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """From which value to which, the most frequent first."""
    width = min(shutil.get_terminal_size((80, 24)).columns, 100) - 4
    for kind in dict.fromkeys(move["what"] for move in moves):
        ways = [move for move in moves if move["what"] == kind]
        told = [_way(move) for move in ways[:_FEW] if move["before"] or move["after"]]
        if len(ways) > _FEW:
            told.append(tr("and {n} more", n=len(ways) - _FEW))
        first, *rest = pack([_name(kind) + tr(": ") + told[0], *told[1:]], " · ", width) if told else [""]
        yield from (f"  {first}", *(f"    {line}" for line in rest)) if told else ()


def _way(move: Mapping[str, Any]) -> str:
    moved = move["what"] in MOVES  # such have a stage on one side alone
    kind = "lifecycle_stage" if moved else move["what"]
    sides = [move[side] for side in ("before", "after")]
    told = [meant(kind, side) if side else "-" for side in sides if side or not moved]
    return f"{' → '.join(told)} {move['customers']:,}"


def _name(what: str) -> str:
    """A kind of change as rows name it, with its meaning where that is not English."""
    meaning = meant("what", what)
    return meaning if meaning == what else f"{meaning} {what}"


def _step(difference: float, before: float, form: str) -> str:
    share = f", {difference / before:+.1%}" if before else ""
    return f"({difference:+{form}}{share})"
