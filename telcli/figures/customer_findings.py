"""What the month says of customers: revenue, who left, value at risk, the best customers, what the model would save."""

from __future__ import annotations

import math

from telcli.figures.finding import Facts, Finding, Pair
from telcli.tables import units

__all__ = ["RULES", "leaving", "revenue"]

STEADY = 0.01
"""A change of revenue smaller than this share is called steady."""
USUAL = 0.1
"""A churn rate within this share of its average, or within two standard errors of it, is called usual."""
STANDS_OUT = 1.15
"""A segment's mean risk must be this many times that of all to be named."""
LITTLE = 0.02
"""Costs nearer to each other than this share are no news, good or bad."""
BLANKET = {
    "nobody": Pair("contacting nobody", "不联系任何客户"),
    "everybody": Pair("contacting everybody", "联系全部客户"),
}
"""The policies that need no model, by their name in churn_costs."""
SPLITS = {
    "out-of-time": Pair("on later months", "跨期检验"),
    "cross-validation": Pair("by cross-validation", "交叉验证"),
    "random": Pair("on customers set aside", "留出检验"),
}


def value_at_risk(facts: Facts) -> Finding | None:
    """The money expected to go, how much of it with customers at high risk, and what contacting saves."""
    high = next((band for band in facts.bands if band["band"] == "high"), None)
    whole = sum(band["at_risk_value"] or 0.0 for band in facts.bands)
    if high is None or not high["customers"] or (high["at_risk_value"] or 0.0) <= 0 or whole <= 0:
        return None
    targets = sum(band["targets"] for band in facts.bands)
    return facts.finding(
        "value-at-risk" if targets else "value-at-risk-no-target",
        "bad",
        whole,
        whole=(whole, "money"),
        n=(high["customers"], "customers"),
        money=(high["at_risk_value"], "money"),
        share=(high["customer_share"], "percent"),
        part=(high["at_risk_value"] / whole, "percent"),
        p=(high["churn_probability"], "percent"),
        targets=(targets, "customers"),
        saving=(sum(band["expected_saving"] or 0.0 for band in facts.bands), "money"),
        model=_tested(facts),
    )


def best_customers(facts: Facts) -> Finding | None:
    """Platinum and gold customers at high risk: the first to call."""
    best = [cell for cell in facts.grid if cell["tier"] in ("platinum", "gold")]
    if any(cell.get("small") for cell in best):
        return None
    high = [cell for cell in best if cell["band"] == "high"]
    count = sum(cell["customers"] for cell in high)
    amount = sum(cell["at_risk_value"] or 0.0 for cell in high)
    if not count or amount <= 0:
        return None
    return facts.finding(
        "best-customers-at-risk",
        "bad",
        amount,
        n=(count, "customers"),
        money=(amount, "money"),
        each=(amount / count, "money"),
        all=(sum(cell["customers"] for cell in best), "customers"),
        model=_tested(facts),
    )


def segment_at_risk(facts: Facts) -> Finding | None:
    """The segment likeliest to leave, where it stands out from all."""
    known = [row for row in facts.segments if row.get("churn_probability") is not None]
    scored = sum(band["customers"] for band in facts.bands)
    if len(known) < 2 or not scored:
        return None
    mean = sum(band["churn_probability"] * band["customers"] for band in facts.bands) / scored
    worst = max(known, key=lambda row: (row["churn_probability"], -row["segment"]))
    if worst["churn_probability"] < STANDS_OUT * mean:
        return None
    amount = worst.get("at_risk_value")
    return facts.finding(
        "segment-at-risk",
        "bad",
        None if amount is None else max(amount, 0.0),
        name=Pair(worst["name"], worst["name_zh"] or worst["name"]),
        p=(worst["churn_probability"], "percent"),
        mean=(mean, "percent"),
        n=(worst["customers"], "customers"),
        share=(worst["customer_share"], "percent"),
        each=_each(facts, worst["revenue_per_customer"]),
        treatment=Pair(worst.get("treatment") or "", worst.get("treatment_zh") or ""),
        segment=str(worst["segment"]),
        model=_tested(facts),
    )


def _each(facts: Facts, revenue: float | None) -> Pair:
    """What each customer brings, or nothing where it is not known."""
    if revenue is None:
        return Pair("", "")
    each = [units.money(revenue, lang, facts.currency) for lang in ("en", "zh")]
    return Pair(f", each bringing {each[0]} of revenue a month", f"，月户均收入{each[1]}")


def decision_saving(facts: Facts) -> Finding | None:
    """What the target list costs against the best policy that needs no model; silent where it contacts nobody.

    It is ranked without money: what was saved on held-out customers is no money of this month.
    """
    blanket = [row for row in facts.costs if row["method"] in BLANKET]
    used = next((row for row in facts.costs if row["chosen"]), None)
    if not blanket or used is None:
        return None
    best = min(blanket, key=lambda row: (row["cost"], row["method"]))
    saving = best["cost"] - used["cost"]
    if best["cost"] <= 0 or not used["contacted"]:
        return None
    way = "even" if abs(saving) < LITTLE * best["cost"] else "saving" if saving > 0 else "blanket"
    return facts.finding(
        f"decision-{way}",
        {"even": "neutral", "saving": "good", "blanket": "bad"}[way],
        None,
        share=(abs(saving) / best["cost"], "percent"),
        best=BLANKET[best["method"]],
        cost=(used["cost"], "money"),
        other=(best["cost"], "money"),
        n=(used["contacted"], "customers"),
        model=_tested(facts),
    )


def losses(facts: Facts) -> Finding | None:
    """Customers who cost more than they bring; where there are none, how concentrated value is."""
    about, months = facts.value, min(len(facts.months), 12)
    if not about:
        return None
    span = Pair("in one month", "当月") if months == 1 else Pair(f"in {months} months", f"近{months}个月")
    if not about["loss_makers"]:
        return facts.finding(
            "concentration",
            "neutral",
            None,
            share=(about["top_20_share"], "percent"),
            value=(about["value"], "money"),
            n=(about["customers"], "customers"),
            span=span,
        )
    return facts.finding(
        "loss-makers",
        "bad",
        -about["loss"],
        n=(about["loss_makers"], "customers"),
        share=(about["loss_makers"] / about["customers"], "percent"),
        loss=(-about["loss"], "money"),
        part=(-about["loss"] / about["gain"], "percent"),
        span=span,
    )


def revenue(facts: Facts) -> Finding | None:
    """Revenue against the month before, split into the number of customers and what each brings.

    number = (customers now - before) x revenue per customer before; the rest is revenue per customer.
    """
    if len(facts.months) < 2:
        return None
    before, now = facts.months[-2], facts.months[-1]
    if now["revenue"] is None or (before["revenue"] or 0.0) <= 0 or not before["customers"] or not now["customers"]:
        return None
    delta = now["revenue"] - before["revenue"]
    share = delta / before["revenue"]
    each_before = before["revenue"] / before["customers"]
    by_number = (now["customers"] - before["customers"]) * each_before
    way = "steady" if abs(share) < STEADY else "rose" if delta > 0 else "fell"
    return facts.finding(
        f"revenue-{way}",
        {"steady": "neutral", "rose": "good", "fell": "bad"}[way],
        abs(delta),
        revenue=(now["revenue"], "money"),
        delta=facts.signed(delta),
        share=f"{share:+.1%}",
        number=facts.signed(by_number),
        rate=facts.signed(delta - by_number),
        old=(each_before, "money"),
        new=(now["revenue"] / now["customers"], "money"),
    )


def leaving(facts: Facts) -> Finding | None:
    """Those who left this month, against the average of the months before; in a flat table, those labelled so."""
    if facts.kpi.get("churned"):
        left, share = facts.kpi["churned"], facts.kpi["churned_share"]
        counted = (left / share, "customers")
        return facts.finding("label-churn", "neutral", None, left=(left, "count"), n=counted, rate=(share, "percent"))
    past = [month["churn_rate"] for month in facts.months[:-1] if month["churn_rate"] is not None]
    if not past or facts.months[-1]["churn_rate"] is None or not facts.months[-1]["customers"]:
        return None
    now, mean = facts.months[-1], sum(past) / len(past)
    rate, each = now["churn_rate"], None if now["revenue"] is None else now["revenue"] / now["customers"]
    chance = 2.0 * math.sqrt(mean * (1.0 - mean) / facts.months[-2]["customers"])
    way = "usual" if abs(rate - mean) <= max(USUAL * mean, chance) else "above" if rate > mean else "below"
    return facts.finding(
        f"churn-{way}",
        {"usual": "neutral", "above": "bad", "below": "good"}[way],
        None if each is None else max(now["left"] * each, 0.0),
        left=(now["left"], "customers"),
        rate=(rate, "percent"),
        mean=(mean, "percent"),
        months=str(len(past)),
        yearly=(1 - (1 - rate) ** 12, "percent"),
        money=_counted(facts, each),
    )


def _counted(facts: Facts, each: float | None) -> Pair:
    """That leavers are counted, and at what revenue each."""
    counted = Pair("Leavers are counted, not estimated.", "离网户数为统计值，非估计值。")
    if each is None:
        return counted
    at = [units.money(each, lang, facts.currency) for lang in ("en", "zh")]
    return Pair(
        f"Leavers are counted; their money is taken at the average of {at[0]} a customer.",
        f"离网户数为统计值；金额按户均收入{at[1]}折算。",
    )


def _tested(facts: Facts) -> Pair:
    """How well risk is ranked, as the model's test found it."""
    model = facts.model
    if model.get("auc") is None:
        return Pair("Estimated by the churn model.", "为流失模型估计值。")
    low, high = model.get("auc_low"), model.get("auc_high")
    split = SPLITS.get(str(model.get("split")), SPLITS["random"])
    span = low is not None and high is not None
    en = f" ({low:.3f} to {high:.3f})" if span else ""
    zh = f"（{low:.3f}～{high:.3f}）" if span else ""
    auc = f"AUC {model['auc']:.3f}"
    return Pair(f"Estimated; tested {split.en}: {auc}{en}.", f"为估计值；{split.zh}：{auc}{zh}。")


RULES = (value_at_risk, losses, revenue, leaving, best_customers, segment_at_risk, decision_saving)
