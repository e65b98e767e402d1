"""Tables of value from further sides: products, groups against all, what tiers hold, signs of leaving."""

from __future__ import annotations

from telcli.report.blocks import Cell, Column, Table, table
from telcli.report.model import Report, Row

__all__ = ["groups_beside", "holdings", "products", "signs"]

_PRODUCTS = (
    Column("item", label="part"),
    Column("holders", "count"),
    Column("eligible", "count"),
    Column("take_up", "percent"),
    Column("give_up", "percent"),
    Column("monthly_fee", "money"),
    Column("expected_margin", "money"),
    Column("expected_loss", "money"),
    Column("counted", label="product_counted", words="product_counted"),
)
_INDEX = (
    Column("kind", label="view", words="index_kind"),
    Column("group", words="value_group"),
    Column("customers", "count"),
    Column("customer_share", "percent"),
    Column("revenue_index", "times"),
    Column("margin_index", "times"),
)
_HELD = (
    Column("kind", label="held_kind", words="held_kind"),
    Column("item", label="held_item", words="service"),
    Column("customers", "count", "holders_of_tier"),
    Column("share_of_holders", "percent"),
    Column("share_index", "times"),
    Column("held_by", words="held_by"),
)
_SIGNS = (
    Column("sign", words="sign"),
    Column("level", words="level"),
    Column("at_risk", "count"),
    Column("odds_ratio", "times"),
    Column("odds_low", "times", "survival_low"),
    Column("odds_high", "times", "survival_high"),
)
_TIERS = ("platinum", "gold", "silver", "bronze")
_COUNTS = ("plans_held", "services_held", "products_held", "competitor_contacts")
"""Measures that are numbers of things; the others are shares and changes."""


def products(report: Report) -> list[Table]:
    """What products will bring, and what is lost as they are given up."""
    rows = report.rows("value_products")
    if not rows:
        return []
    of = rows[0].number("of") or 0
    cut = of > len(rows)
    title = report.word("table.value_products_cut" if cut else "table.value_products", n=len(rows), of=f"{of:.0f}")
    made = table(report, title, rows, _PRODUCTS)
    head = [Cell(report.known("reach", "product")), *made.head[1:]]
    return [Table(title, head, made.rows, wide=True, rest="telcli show value_products" if cut else "")]


def groups_beside(report: Report) -> list[Table]:
    """Groups over all; the name of a grouping stands beside its first group alone."""
    rows = report.rows("value_index")
    if not rows:
        return []
    whole = table(report, report.word("table.value_index"), rows, _INDEX, wide=True)
    body, last = [], ""
    for row in whole.rows:
        body.append([Cell("") if row[0].text == last else row[0], *row[1:]])
        last = row[0].text
    return [Table(whole.title, whole.head, body, wide=True)]


def signs(report: Report) -> list[Table]:
    """Signs of leaving and by how much they change its odds."""
    rows = report.rows("value_signs")
    return [table(report, report.word("table.value_signs"), rows, _SIGNS, wide=True)] if rows else []


def holdings(report: Report) -> list[Table]:
    """What tiers hold, and what the best one holds by more than chance."""
    found = []
    facts, best = report.rows("value_tier_facts"), report.rows("value_top_held")
    if facts:
        shown = [tier for tier in _TIERS if any(row.number(tier) is not None for row in facts)]
        head = [Cell(report.word("col.measure")), *(Cell(report.known("tier", tier), number=True) for tier in shown)]
        body = [
            [Cell(report.known("fact", row.text("measure"))), *(_fact(report, row, tier) for tier in shown)]
            for row in facts
        ]
        found.append(Table(report.word("table.value_tier_facts"), head, body, wide=True))
    if best:
        title = report.word("table.value_top_held", tier=report.known("tier", best[0].text("tier")))
        made = table(report, title, best, _HELD)
        found.append(Table(title, made.head, made.rows, wide=True, rest="telcli show value_top_held"))
    return found


def _fact(report: Report, row: Row, tier: str) -> Cell:
    mean = row.number(tier)
    if mean is None:
        return Cell(report.word("page.hidden") if row.number(f"small_{tier}") else "–", number=True)
    return Cell(report.write(mean, "decimal" if row.text("measure") in _COUNTS else "percent"), number=True)
