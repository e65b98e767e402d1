"""What customers owe, on the screen: by age and in all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._aligned import aligned
from telcli.cli._errors import explain
from telcli.cli._output import error_body
from telcli.cli._stage_view import payload, title
from telcli.cli._words import tr

if TYPE_CHECKING:
    from telcli.cli._options import Call
    from telcli.errors import TelcliError
    from telcli.pipeline.run import StageRun

__all__ = ["tell"]

_TABLES = ("credit_ageing",)
AGES = ("0", "1-30", "31-60", "61-90", "91-180", "181-365", "365+")
_AGEING = ("days past due", "customers", "balance", "share")
_EVERY = "all"
_WORDS = {"0": "not yet due", "credit": "paid ahead"}


def tell(call: Call, run: StageRun, limit: int, failure: TelcliError | None = None) -> None:
    """Print the run: a screen for people; the JSON holds all rows but those of single customers."""
    from telcli.pipeline.show import read

    tables: dict[str, Any] = {name: read(call.workdir, name, run.as_of).frame.collect().to_dicts() for name in _TABLES}
    error: dict[str, Any] = {"error": error_body(explain(failure))} if failure else {}
    call.out.result(lambda: _view(run, tables, limit), notices=run.notices, **payload(run), **tables, **error)


def _view(run: StageRun, tables: Mapping[str, Sequence[Mapping[str, Any]]], limit: int) -> Iterator[Any]:
    yield title(run)
    told = run.metrics
    yield "  " + tr(
        "{n} of {of} customers are past due with {arrears}: {share} of what is owed.",
        n=f"{told['in_arrears']:,}",
        of=f"{told['customers']:,}",
        arrears=f"{told['arrears']:,.2f}",
        share=f"{told['arrears_share']:.1%}",
    )
    found = {row["bucket"]: row for row in tables["credit_ageing"] if row["dimension"] == _EVERY}
    rows = [_aged(found[age]) for age in (*AGES, "credit")]
    yield from aligned([[tr(head) for head in _AGEING], *rows], [1, 2, 3])


def _aged(row: Mapping[str, Any]) -> list[str]:
    """An age and what is owed of it.

    >>> _aged({"bucket": "1-30", "customers": 1200, "balance": 3.5, "share": 0.25})
    ['1-30', '1,200', '3.50', '25.0%']
    """
    share = "" if row["share"] is None else f"{row['share']:.1%}"
    name = tr(_WORDS[row["bucket"]]) if row["bucket"] in _WORDS else row["bucket"]
    return [name, f"{row['customers']:,}", f"{row['balance']:,.2f}", share]
