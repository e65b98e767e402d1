"""What recommend-offers says on the screen: the rules that stand, how plans fit, what was never used."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from typing import Any

from telcli.cli._aligned import aligned
from telcli.cli._help import pack
from telcli.cli._words import tr

__all__ = ["offered"]

_FITS = {
    "over-bundle": "charged beyond the bundle",
    "tight": "nearly used up",
    "fits": "fits",
    "unused": "hardly used",
}
_MEASURES = {
    "retain": "moving pays as retention",
    "wait": "moving costs more than it keeps",
    "unknown": "risk not known",
}
_HEAD = ("product held", "taken next", "of holders", "lift", "95%")
_AT_ONCE = (_HEAD[0], "held too", *_HEAD[2:4], "")


def offered(metrics: Mapping[str, Any]) -> Iterator[str]:
    """Lines on the offers by where they come from."""
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    for parts in (_rules(metrics.get("rules") or {}), _plans(metrics.get("plans") or {}), _unused(metrics)):
        yield from ("  " + line for line in pack(list(parts), " · ", width - 2))
    rules = metrics.get("rules") or {}
    best = rules.get("best") or ()
    if best:
        head = [tr(word) if word else "" for word in (_HEAD if rules.get("in_time") else _AT_ONCE)]
        yield from aligned([head, *map(_cells, best)], [2, 3], indent=4)


def _rules(told: Mapping[str, Any]) -> Iterator[str]:
    if told.get("tested"):
        yield tr("rules tested {n}", n=f"{told['tested']:,}")
        yield tr("found {n}", n=f"{told['found']:,}")
        yield (
            tr("stand in the months after {n}", n=f"{told['stand']:,}")
            if told.get("in_time") is not False
            else tr("held at once, in no order of time")
        )


def _plans(told: Mapping[str, Any]) -> Iterator[str]:
    if not told:
        return
    yield tr("plans compared for {n} customers", n=f"{told['customers']:,}")
    yield tr(
        "a month {cost}, beyond bundles {over}",
        cost=_money(told["cost_a_month"]),
        over=_money(told["over_bundle_a_month"]),
    )
    yield from (f"{tr(_FITS[kind])} {count:,}" for kind, count in told["fit"].items() if count)
    if told["movers"]:
        saved = _money(told["saving_a_month"])
        yield tr("{n} would pay {saved} less a month on another plan", n=f"{told['movers']:,}", saved=saved)
    yield from (
        f"{tr(_MEASURES[kind])} {count:,}" for kind, count in told["measure"].items() if count and kind in _MEASURES
    )
    checked = told["checked"]
    if checked["customers"]:
        said = "chosen without the last month: saved {realised} in it of {expected} foretold"
        yield tr(said, realised=_money(checked["realised_saving"]), expected=_money(checked["expected_saving"]))


def _unused(metrics: Mapping[str, Any]) -> Iterator[str]:
    told = metrics.get("unused") or {}
    if told:
        yield tr("never used {n}", n=f"{told['unused']:,}")
        if told["monthly_fees"]:
            yield tr("their fees a month {money}", money=_money(told["monthly_fees"]))


def _cells(rule: Mapping[str, Any]) -> list[str]:
    """One rule; of the months after where it was tested there.

    >>> _cells({"first": "cloud", "second": None, "product_id": "films", "confidence": 0.1, "lift": 2.0,
    ...     "next_confidence": 0.12, "next_lift": 2.5, "next_lift_low": 2.0, "next_lift_high": 3.1})
    ['cloud', '→ films', '12.0%', '2.50', '2.00..3.10']
    """
    later = rule["next_lift"] is not None
    share, lift = (rule["next_confidence"], rule["next_lift"]) if later else (rule["confidence"], rule["lift"])
    first = rule["first"] + (f" + {rule['second']}" if rule["second"] else "")
    ends = f"{rule['next_lift_low']:.2f}..{rule['next_lift_high']:.2f}" if later else ""
    return [first, f"→ {rule['product_id']}", f"{share:.1%}", f"{lift:.2f}", ends]


def _money(amount: float) -> str:
    return f"{amount:,.0f}"
