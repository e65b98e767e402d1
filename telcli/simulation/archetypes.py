"""The planted segments: five kinds of customer, each a centre that single customers scatter around."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ARCHETYPES", "BRANCHES", "REGIONS", "Archetype"]

REGIONS = ("青岚市", "云泽市", "星桥市", "白鹭市", "南屿市", "松泽市")
"""Imaginary cities."""

BRANCHES = 8
"""Grids per city."""


@dataclass(frozen=True)
class Archetype:
    """One planted segment.

    Parameters
    ----------
    share : of customers.
    fees : yuan a month of its plans, all as likely.
    minutes, texts, data_mb : monthly medians; single customers are log-normal around them.
    active_days : mean days with any use, of 30.
    age, age_spread : years, normal, kept within 18..90.
    tenure : mean months with the operator when the history begins, exponential.
    prepaid, business, contract : chances of each.
    regions : relative weights of `REGIONS`.
    hazard : its base risk of leaving, as a multiple of the common one.
    tenure_spread : of drawn clusters, whose tenure is log-normal around `tenure` when the history ends.
    discount : of drawn clusters, the share that its plans take off the fee.
    plan : its family of plans; a plan's name is its family and its fee, such as 畅享流量99.
    home : what it holds beside its main line: family, business or elderly, or nothing in particular.
    roams : chance of roaming at all.
    price, life : monthly chances that use outgrows the plan, and that it begins to dry up.
    """

    name: str
    share: float
    fees: tuple[int, int, int]
    minutes: float
    texts: float
    data_mb: float
    active_days: float
    age: float
    age_spread: float
    tenure: float
    prepaid: float
    business: float
    contract: float
    regions: tuple[float, ...]
    hazard: float
    tenure_spread: float = 0.0
    discount: float = 0.0
    plan: str = ""
    home: str = ""
    roams: float = 0.10
    price: float = 0.010
    life: float = 0.008


ARCHETYPES = (
    Archetype(
        "young-data",
        *(0.28, (79, 99, 129), 110.0, 4.0, 32_000.0, 29.0, 26.0, 5.0, 26.0, 0.08, 0.01, 0.45),
        regions=(3, 2, 3, 1, 1, 1),
        hazard=1.2,
        plan="畅享流量",
        roams=0.1,
        price=0.016,
        life=0.01,
    ),
    Archetype(
        "business-voice",
        *(0.14, (129, 159, 199), 1_300.0, 85.0, 6_500.0, 28.0, 43.0, 9.0, 50.0, 0.0, 0.75, 0.65),
        regions=(3, 3, 2, 1, 1, 1),
        hazard=0.8,
        plan="商务尊享",
        home="business",
        roams=0.45,
        price=0.008,
        life=0.006,
    ),
    Archetype(
        "elderly-light",
        *(0.20, (19, 29, 39), 130.0, 12.0, 350.0, 14.0, 70.0, 7.0, 90.0, 0.15, 0.0, 0.10),
        regions=(1, 1, 1, 2, 3, 3),
        hazard=0.7,
        plan="孝心",
        home="elderly",
        roams=0.03,
        price=0.004,
        life=0.012,
    ),
    Archetype(
        "family-bundle",
        *(0.18, (169, 199, 239), 380.0, 9.0, 24_000.0, 30.0, 40.0, 6.0, 60.0, 0.0, 0.02, 0.70),
        regions=(2, 2, 2, 2, 2, 1),
        hazard=0.6,
        plan="全家福融合",
        home="family",
        roams=0.15,
        price=0.006,
        life=0.005,
    ),
    Archetype(
        "budget-prepaid",
        *(0.20, (9, 19, 29), 32.0, 1.2, 3_200.0, 19.0, 34.0, 11.0, 15.0, 0.95, 0.01, 0.0),
        regions=(1, 2, 2, 2, 2, 2),
        hazard=1.5,
        plan="自由预付",
        roams=0.06,
        price=0.012,
        life=0.018,
    ),
)
