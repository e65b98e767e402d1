"""What a plan costs: its monthly fee, what the fee includes, and the prices beyond."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ROUNDED", "SERVICES", "Tariff"]

SERVICES = ("voice", "text", "data")
ROUNDED = ("month", "session")
"""Whether data is rounded up by the month's total or by each session."""


@dataclass(frozen=True)
class Tariff:
    """One plan.

    Parameters
    ----------
    plan : its code or name, as lines have it.
    monthly_fee : currency a month.
    minutes, texts, mb : included in the fee each month; infinite where there is no limit.
    per_minute, per_text, per_data : price beyond, of a minute, a text, and a begun `data_unit_mb`.
    call_unit_s : each call is rounded up to whole units of so many seconds.
    data_unit_mb : data beyond the bundle is charged by begun units of so many MB.
    data_rounded : what is rounded up to whole units, one of `ROUNDED`.
    name : what it is called beside its code.
    on_sale : whether a customer may move to it.

    >>> Tariff("surf", 20.0, minutes=500.0, per_minute=0.03).call_unit_s
    60.0
    """

    plan: str
    monthly_fee: float
    minutes: float = 0.0
    texts: float = 0.0
    mb: float = 0.0
    per_minute: float = 0.0
    per_text: float = 0.0
    per_data: float = 0.0
    call_unit_s: float = 60.0
    data_unit_mb: float = 1.0
    data_rounded: str = "month"
    name: str = ""
    on_sale: bool = True
