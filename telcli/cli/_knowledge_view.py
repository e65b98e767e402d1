"""How the knowledge base looks on the screen: what each offer changed, how surely, and whom it harms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telcli.cli._aligned import aligned
from telcli.cli._stage_view import payload, view
from telcli.cli._words import meant, tr
from telcli.errors import UsageError

if TYPE_CHECKING:
    from telcli.cli._output import Printer
    from telcli.pipeline.run import StageRun

__all__ = ["Words", "offer_lines", "span", "tell"]

_HEAD = ("", "periods", "treated", "held out", "gain in points (95%)", "taken up", "cost", "verdict")
_MOST, _FEW = 20, 10
"""Offers and groups that are listed; customers below which a group is not shown."""


@dataclass(frozen=True)
class Words:
    """What the words after the command ask for: whether to suggest, and files or whom for."""

    suggest: bool
    rest: list[str]

    @classmethod
    def read(cls, words: Sequence[str], reason: str | None = None) -> Words:
        """Take the words apart.

        Raises
        ------
        UsageError
            The first asks for something else, or nothing follows it; or a reason is given and nothing is to suggest.
        """
        known = not words or (words[0] in ("import", "suggest") and len(words) > 1)
        suggests = bool(words) and words[0] == "suggest"
        if not known or (reason and not suggests):
            raise UsageError(
                "knowledge-words",
                "telcli knowledge does not know what to do with: {words}.",
                hint="Write: telcli knowledge, telcli knowledge import FILES, or telcli knowledge suggest SEGMENT.",
                words=" ".join(words) or f"--reason {reason}",
            )
        return cls(suggests, list(words[1:]))


def tell(out: Printer, run: StageRun) -> None:
    """Print what is known as a command's whole result."""
    out.result(lambda: [*view(run, verbose=out.verbose), *_lines(run.metrics)], notices=run.notices, **payload(run))


def _lines(metrics: Mapping[str, Any]) -> Iterator[str]:
    brought = metrics.get("brought_in", {})
    if brought.get("rows"):
        told = {name: f"{brought[name]:,}" for name in ("rows", "new", "repeated", "refused_rows")}
        said = "experience: {rows} rows read, {new} new, {repeated} held already, {refused_rows} refused"
        yield "  " + tr(said, **told)
    yield from offer_lines(metrics.get("offers", ()), "by offer, over all campaigns")
    groups = [row for row in metrics.get("harmful", ()) if row["treated"] + row["held_out"] >= _FEW]
    if groups:
        yield "  " + tr("contacts that do harm: leave these alone")
        rows = [[_group(row), row["offer_id"], span(row)] for row in groups[:_MOST]]
        yield from aligned(rows, [], keep=[1, 2])


def offer_lines(rows: Sequence[Mapping[str, Any]], title: str) -> Iterator[str]:
    """Offers, each with its gain and what stands behind it; with what a contact brings, where worths are known."""
    if not rows:
        return
    yield "  " + tr(title)
    worth = any(row["expected_value"] is not None for row in rows)
    head = [*_HEAD[:-1], *(["net value"] if worth else []), _HEAD[-1]]
    cells = [[tr(word) if word else "" for word in head], *(_cells(row, worth) for row in rows[:_MOST])]
    yield from aligned(cells, [1, 2, 3, *range(5, len(head) - 1)], keep=[4, len(head) - 1])
    if len(rows) > _MOST:
        yield "      " + tr("{n} more: {command}", n=len(rows) - _MOST, command="telcli show retention_knowledge")


def _cells(row: Mapping[str, Any], worth: bool) -> list[str]:
    word = meant("verdict", row["verdict"])
    if row["verdict"] == "cannot-tell" and row["needed"]:
        word = tr("cannot tell yet, needs {n} more", n=f"{row['needed']:,}")
    rate, cost, value = row["accept_rate"], row["cost_per_contact"], row["expected_value"]
    return [
        row["offer_id"],
        f"{row['periods']:,}",
        f"{row['treated']:,}",
        f"{row['held_out']:,}",
        span(row),
        "-" if rate is None else f"{rate:.0%}",
        "-" if cost is None else f"{cost:,.2f}",
        *(["-" if value is None else f"{value:+,.2f}"] if worth else []),
        word,
    ]


def span(row: Mapping[str, Any]) -> str:
    """A gain in points with its interval.

    >>> span({"uplift": 0.03, "uplift_low": 0.01, "uplift_high": 0.05})
    '+3.0 (+1.0 to +5.0)'
    """
    mean, low, high = (f"{100 * row[name]:+.1f}" for name in ("uplift", "uplift_low", "uplift_high"))
    return tr("{mean} ({low} to {high})", mean=mean, low=low, high=high)


def _group(row: Mapping[str, Any]) -> str:
    parts = [
        row[name] if name != "theme" else meant("theme", row[name]) for name in ("segment_name", "theme", "channel")
    ]
    return ", ".join(part for part in parts if part not in ("any", meant("theme", "any")))
