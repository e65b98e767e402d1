"""Who is planted with --fraud: fraudsters, and people who only look like them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ROLES", "Role"]


@dataclass(frozen=True)
class Role:
    """One kind of planted customer, so many to a block.

    Parameters
    ----------
    name : as the answer key says.
    pattern : the pattern of fraud; empty of look-alikes.
    count : customers to a block.
    age_days : how long before the end of history they were activated.
    minutes, data_mb : use a month as usage.csv tells it.
    fee : yuan a month.
    pays : whether they pay their bills.
    same_device : customers who share a device.
    channel : who sold the line.
    """

    name: str
    pattern: str
    count: int
    age_days: int
    minutes: float
    data_mb: float
    fee: int = 39
    pays: bool = True
    same_device: int = 1
    channel: str = "营业厅"


ROLES = (
    Role("box", "sim-box", 12, 25, 2_500.0, 0.0, same_device=6, channel="代理商"),
    Role("ringer", "wangiri", 2, 15, 5.0, 0.0, channel="代理商"),
    Role("pump", "irsf", 8, 40, 60.0, 500.0, channel="网厅"),
    Role("runaway", "subscription", 6, 75, 1_500.0, 60_000.0, fee=399, pays=False, channel="网厅"),
    Role("idle-card", "fake-activation", 40, 110, 2.0, 1.0, fee=9, same_device=5, channel="代理商"),
    Role("careful-box", "sim-box", 4, 120, 1_200.0, 20.0, same_device=2, channel="代理商"),
    Role("slow-ringer", "wangiri", 2, 60, 5.0, 0.0),
    Role("small-pump", "irsf", 3, 200, 60.0, 900.0),
    Role("paying-runaway", "subscription", 3, 80, 1_400.0, 50_000.0, fee=299, channel="网厅"),
    Role("used-card", "fake-activation", 10, 110, 14.0, 40.0, fee=9, channel="代理商"),
    Role("call-centre", "", 2, 900, 4_000.0, 0.0),
    Role("new-call-centre", "", 1, 40, 4_000.0, 0.0),
    Role("courier", "", 3, 400, 2_000.0, 9_000.0),
    Role("dispatcher", "", 2, 700, 3_500.0, 800.0),
    Role("exchange", "", 2, 1_500, 5_000.0, 0.0, fee=399),
    Role("heavy-newcomer", "", 3, 75, 1_200.0, 80_000.0, fee=299),
    Role("expatriate", "", 2, 500, 600.0, 4_000.0),
    Role("elder", "", 5, 110, 2.0, 0.0, fee=9),
    Role("old-debtor", "", 3, 600, 0.0, 0.0, pays=False),
)
"""Fraudsters first, the last five kinds of them so careful that rules should miss many, then look-alikes.

The numbers of planted customers are theirs in this order.
"""
