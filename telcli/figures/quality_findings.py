"""How far the month's figures can be trusted: models no better than chance, rows that were refused."""

from __future__ import annotations

from telcli.figures.finding import Facts, Finding, Pair
from telcli.tables import units

__all__ = ["RULES"]

WEAK_AUC = 0.6
"""Below this a ranking must not steer a budget."""


def weak_model(facts: Facts) -> Finding | None:
    """A churn model that ranks little better than chance."""
    auc = facts.model.get("auc")
    if auc is None or auc >= WEAK_AUC:
        return None
    return facts.finding("weak-model", "bad", None, auc=f"{auc:.3f}")


def value_backtest(facts: Facts) -> Finding | None:
    """A value forecast that ranks no better than past value does."""
    found, naive = facts.model.get("rank_correlation"), facts.model.get("naive_rank_correlation")
    if found is None or naive is None or found >= naive:
        return None
    return facts.finding("value-backtest", "neutral", None, found=(found, "decimal"), naive=(naive, "decimal"))


def rows_refused(facts: Facts) -> Finding | None:
    """Rows that ingest refused, and the commonest reason."""
    refused, read = facts.quality.get("rejected"), facts.quality.get("read")
    if not refused:
        return None
    share = refused / read if read else 0.0
    of = Pair(f", {share:.2%} of all", f"，占{share:.2%}") if share else Pair("", "")
    return facts.finding(
        "rows-refused",
        "bad" if share > 0.01 else "neutral",
        None,
        rows=(refused, "count"),
        of=of,
        reasons=_reasons(refused, facts.quality.get("reasons")),
        rule=Pair(facts.quality["rule"], facts.quality["rule_zh"]),
        source=str(facts.quality["source"]),
        n=(facts.quality["rule_rows"], "count"),
    )


def _reasons(refused: float, reasons: float | None) -> Pair:
    """How many refusals were written down, where rows broke more than one rule."""
    if reasons is None or reasons <= refused:
        return Pair("", "")
    return Pair(
        f" ({units.count(reasons)} reasons: a row may break several rules)",
        f"（{units.count(reasons, 'zh')}条原因，一行可违反多条规则）",
    )


RULES = (weak_model, value_backtest, rows_refused)
