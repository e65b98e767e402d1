"""What a quarter or a year says, against the period before and the same a year before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from telcli.figures.bridge_findings import RULES as BRIDGE_RULES
from telcli.figures.finding import Facts, Finding, Pair, Value
from telcli.figures.period import MONEY
from telcli.methods.trial_effect import newcombe
from telcli.tables import units

__all__ = ["RULES"]

STEADY = 0.01
"""A change of revenue smaller than this share is called steady."""
NOTHING = Pair("", "")


def revenue(facts: Facts) -> Finding | None:
    """Revenue of the period, and what of its change is the number of customers and what each brings."""
    now, other, name = _sides(facts, "revenue")
    if "revenue" not in now:
        return None
    told: dict[str, Value] = {"period": _period(facts), "revenue": (now["revenue"], "money")}
    told["part"] = _part(facts, "revenue")
    told |= {"new": (now["revenue_per_customer"], "money"), "rows": _rows(facts, "compare")}
    if not other or other["revenue"] <= 0:
        return facts.finding("period-revenue", "neutral", None, **told)
    delta = now["revenue"] - other["revenue"]
    share, each = delta / other["revenue"], other["revenue_per_customer"]
    by_number = (now["customer_months"] - other["customer_months"]) * each
    way = "steady" if abs(share) < STEADY else "rose" if delta > 0 else "fell"
    told |= {"delta": facts.signed(delta), "share": f"{share:+.1%}", "before": name, "old": (each, "money")}
    told |= {"number": facts.signed(by_number), "rate": facts.signed(delta - by_number)}
    tone = {"steady": "neutral", "rose": "good", "fell": "bad"}[way]
    return facts.finding(f"period-revenue-{way}", tone, abs(delta), **told, year=_year(facts, "revenue"))


def leaving(facts: Facts) -> Finding | None:
    """Who left in the period, and whether the rate differs from that of the period before by more than chance."""
    now, other, name = _sides(facts, "churn_rate_month")
    if "churn_rate_month" not in now or "left" not in now:
        return None
    each = now.get("revenue_per_customer")
    told: dict[str, Value] = {"left": (now["left"], "customers"), "period": _period(facts), "part": _part(facts)}
    told |= {
        "rate": (now["churn_rate_month"], "percent"),
        "money": _money(facts, each),
        "rows": _rows(facts, "compare"),
    }
    amount = None if each is None else max(now["left"] * each, 0.0)
    if not other:
        return facts.finding("period-churn", "neutral", amount, **told)
    counts = (now["followed_left"], now["followed"], other["followed_left"], other["followed"])
    low, high = newcombe(*counts)
    way = "above" if low > 0 else "below" if high < 0 else "usual"
    told |= {"old": (other["churn_rate_month"], "percent"), "before": name, "year": _year(facts, "churn_rate_month")}
    told |= {"diff": (now["churn_rate_month"] - other["churn_rate_month"], "points"), "low": (low, "points")}
    tone = {"usual": "neutral", "above": "bad", "below": "good"}[way]
    return facts.finding(f"period-churn-{way}", tone, amount, **told, high=(high, "points"))


def base(facts: Facts) -> Finding | None:
    """How many customers there are at the end, against the end of the period before."""
    now, about = _one(facts, "now"), _one(facts, "period")
    if not now.get("opening"):
        return None
    delta = now["customers"] - now["opening"]
    sign = "+" if delta >= 0 else ""
    return facts.finding(
        "period-base",
        "neutral" if abs(delta) < STEADY * now["opening"] else "good" if delta > 0 else "bad",
        None,
        customers=(now["customers"], "customers"),
        opening=(now["opening"], "count"),
        delta=Pair(*(sign + units.count(delta, lang) for lang in ("en", "zh"))),
        period=_period(facts),
        last=Pair(*(units.month(about["last"], lang) for lang in ("en", "zh"))),
        before=Pair(*(units.month(about["opened"], lang) for lang in ("en", "zh"))),
        year=_year(facts, "customers"),
        part=_part(facts),
        rows=_rows(facts, "bridge_base"),
    )


def _one(facts: Facts, name: str) -> Mapping[str, Any]:
    return next(iter(facts.blocks.get(name, ())), {})


def _sides(facts: Facts, figure: str) -> tuple[Mapping[str, Any], Mapping[str, Any], Pair]:
    """The figures of the period, those it is compared with, and what that period is called; a year ago if need be."""
    now, about = _one(facts, "now"), _one(facts, "period")
    for side, name in (("then", "before"), ("year", "year_before")):
        if figure in _one(facts, side):
            return now, _one(facts, side), _named(facts, str(about[name]), figure)
    return now, {}, NOTHING


def _named(facts: Facts, name: str, figure: str) -> Pair:
    """A period that the one reported on is compared with; where not all months are counted, the same months of it."""
    en, zh = (units.period(name, lang) for lang in ("en", "zh"))
    about = _one(facts, "period")
    whole = about["held"] == about["wanted"] and not (figure in MONEY and about["unpriced"])
    return Pair(en, zh) if whole else Pair(f"the same months of {en}", f"{zh}同月份")


def _period(facts: Facts) -> Pair:
    return Pair(*(units.period(str(_one(facts, "period")["period"]), lang) for lang in ("en", "zh")))


def _part(facts: Facts, figure: str = "") -> Pair:
    """That the period is not whole, or of money that bills of it are lacking."""
    about = _one(facts, "period")
    held, wanted = about["held"], about["wanted"]
    if figure in MONEY and about["unpriced"]:
        held -= len(about["unpriced"].split(","))
        return Pair(
            f" Incomplete: bills of {held} of {wanted} months.", f"本期不完整：{wanted}个月中仅{held}个月有账单。"
        )
    if held == wanted:
        return NOTHING
    return Pair(f" Incomplete: {held} of {wanted} months.", f"本期不完整：{wanted}个月中仅有{held}个月。")


def _year(facts: Facts, figure: str) -> Pair:
    """The change on the same period a year before, where that is known and is not told already."""
    now, year, name = _one(facts, "now"), _one(facts, "year"), str(_one(facts, "period")["year_before"])
    if figure not in year or figure not in _one(facts, "then") or name == _one(facts, "period")["before"]:
        return NOTHING
    if figure == "churn_rate_month":
        change = [units.points(now[figure] - year[figure], lang) for lang in ("en", "zh")]
    elif year[figure] > 0:
        change = [f"{now[figure] / year[figure] - 1:+.1%}"] * 2
    else:
        return NOTHING
    named = _named(facts, name, figure)
    return Pair(f" On {named.en}: {change[0]}.", f"较{named.zh}{change[1]}。")


def _money(facts: Facts, each: float | None) -> Pair:
    """That leavers are counted, and at what revenue each."""
    if each is None:
        return Pair("Leavers are counted, not estimated.", "离网户数为统计值，非估计值。")
    at = [units.money(each, lang, facts.currency) for lang in ("en", "zh")]
    return Pair(
        f"Leavers are counted; their money is taken at the average of {at[0]} a customer and month.",
        f"离网户数为统计值；金额按月户均收入{at[1]}折算。",
    )


def _rows(facts: Facts, section: str) -> str:
    """Where the numbers stand."""
    return f"period_figures --where \"period = '{_one(facts, 'period')['period']}' AND section = '{section}'\""


RULES: tuple[Callable[[Facts], Finding | None], ...] = (revenue, leaving, *BRIDGE_RULES, base)
