"""How suggestions look on the screen: offers by what they bring, those that harm, those to try, and the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from telcli.cli._aligned import aligned
from telcli.cli._knowledge_view import offer_lines, span
from telcli.cli._words import comma, meant, tr

if TYPE_CHECKING:
    from telcli.cli._output import Printer
    from telcli.stages.knowledge_suggest import Asked, Suggested

__all__ = ["tell"]

_CAMPAIGNS, _FEW = 4, 10
"""Campaigns named of an offer; customers below which a group is not shown."""


def tell(out: Printer, found: Suggested, as_of: date | None) -> None:
    """Print suggestions as a command's whole result; the JSON holds all of them."""
    out.result(lambda: _lines(found), as_of=as_of, **asdict(found))


def _lines(found: Suggested) -> Iterator[str]:
    yield tr("suggested for {who}", who=_who(found.asked))
    if not found.offers:
        yield "  " + tr("Nothing is known to work for such customers yet.")
    yield from offer_lines(found.offers, "known offers, the best first")
    if found.harmful:
        yield "  " + tr("never: contacting such customers with these does harm")
        yield from aligned([[row["offer_id"], span(row)] for row in found.harmful], [], keep=[1])
    if found.untried:
        yield "  " + tr("never tried: what is assumed of them, and how many customers would show it")
        yield from aligned([_untried(row) for row in found.untried], [1], keep=[1, 2])
    yield from _evidence(found.offers, found.evidence)


def _who(asked: Asked) -> str:
    parts = [
        asked.customer_id or "",
        "" if asked.segment_name == "any" else asked.segment_name,
        "" if asked.theme == "any" else meant("theme", asked.theme),
    ]
    return comma().join(part for part in parts if part) or tr("any customer")


def _untried(row: Mapping[str, Any]) -> list[str]:
    if row["assumed_uplift"] is None:
        return [row["offer_id"], "", tr("nothing can be assumed: nobody's chance of leaving is known")]
    told = tr(
        "try it with {n} customers, {held} of them held out",
        n=f"{row['needed']:,}",
        held=f"{row['needed_held_out']:,}",
    )
    return [row["offer_id"], f"{100 * row['assumed_uplift']:+.1f}", told]


def _evidence(
    offers: Sequence[Mapping[str, Any]], evidence: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[str]:
    rows = []
    for offer in offers:
        behind = [each for each in evidence[offer["offer_id"]] if each["treated"] is None or _enough(each)]
        for each in behind[:_CAMPAIGNS]:
            gain = "-" if each["uplift"] is None else f"{100 * each['uplift']:+.1f}"
            month = f"{each['period']:%Y-%m}" if each["period"] else "-"
            counts = tr("{treated} against {held}", treated=each["treated"] or 0, held=each["held_out"] or 0)
            rows.append([offer["offer_id"], each["campaign_id"], month, counts, gain, tr(f"source={each['source']}")])
    if rows:
        yield "  " + tr("behind it: gains in points as each campaign had them")
        yield from aligned(rows, [4])


def _enough(row: Mapping[str, Any]) -> bool:
    return bool(row["treated"] + (row["held_out"] or 0) >= _FEW)
