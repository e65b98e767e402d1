"""The data contracts: every table telcli reads or writes, one class each.

This page is light (no polars): it knows where each contract lives, so that commands and shell completion can
name tables. `contract(name)` loads one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from telcli.errors import UsageError

if TYPE_CHECKING:
    from telcli.tables.checks import Contract

__all__ = ["NAMES", "PARTITIONS", "SUBJECTS", "contract"]

_HELD = ("customers", "accounts", "subscriptions", "products")
_FACTS = ("bills", "payments", "usage", "calls", "contacts", "surveys", "campaigns")
SUBJECTS = (*_HELD, *_FACTS)
_PLACES = {
    **dict.fromkeys(_HELD, "telcli.tables.subjects"),
    **dict.fromkeys(_FACTS, "telcli.tables.facts"),
    "account_bills": "telcli.tables.account_bills",
    "rejects": "telcli.tables.subjects",
    **dict.fromkeys(("crosswalk", "conflicts"), "telcli.tables.resolution"),
    **dict.fromkeys(("customer_history", "subscription_history"), "telcli.tables.histories"),
    **dict.fromkeys(("source_quality", "quality_profile", "missing_attributes"), "telcli.tables.quality"),
    "call_months": "telcli.tables.call_months",
    "customer_months": "telcli.tables.months",
    **dict.fromkeys(("segments", "segment_profiles", "value_scores", "survival_curve"), "telcli.tables.results"),
    **dict.fromkeys(
        ("segment_preparation", "segment_centres", "segment_origins", "segments_before", "segment_counts"),
        "telcli.tables.segment_results",
    ),
    **dict.fromkeys(
        ("segment_moves", "segment_evaluation", "segment_agreement", "segment_reach"), "telcli.tables.segment_results"
    ),
    **dict.fromkeys(("value_weights", "value_scales", "value_tiers", "value_stars"), "telcli.tables.score_results"),
    **dict.fromkeys(("value_indicators", "value_moves", "value_sensitivity"), "telcli.tables.score_results"),
    **dict.fromkeys(("customer_views", "view_groups"), "telcli.tables.views"),
    **dict.fromkeys(
        ("value_parts", "value_margin", "value_growth", "value_backtest", "survival_groups", "survival_effects"),
        "telcli.tables.value_results",
    ),
    **dict.fromkeys(("value_offers", "value_cohorts"), "telcli.tables.value_results"),
    **dict.fromkeys(
        ("value_products", "value_deciles", "value_curve", "value_index"), "telcli.tables.value_view_results"
    ),
    **dict.fromkeys(("value_top_held", "value_wallet", "value_tier_facts"), "telcli.tables.value_view_results"),
    **dict.fromkeys(
        ("churn_scores", "churn_lift", "churn_calibration", "churn_costs", "churn_profit", "churn_windows"),
        "telcli.tables.churn_results",
    ),
    **dict.fromkeys(("churn_by_month", "churn_drift"), "telcli.tables.churn_drift_results"),
    **dict.fromkeys(("churn_drivers", "churn_shapes"), "telcli.tables.churn_driver_results"),
    **dict.fromkeys(("churn_when", "churn_hazard"), "telcli.tables.churn_when_results"),
    **dict.fromkeys(
        ("churn_by", "churn_tenure", "churn_cohorts", "churn_register", "churn_causes", "care_triggers"),
        "telcli.tables.churn_around_results",
    ),
    **dict.fromkeys(("retention_plan", "retention_cells", "plan_offers", "plan_overlap"), "telcli.tables.plan_results"),
    "retention_tasks": "telcli.tables.task_results",
    **dict.fromkeys(
        ("campaign_status", "campaign_overlap", "campaign_response", "channel_results"),
        "telcli.tables.campaign_results",
    ),
    **dict.fromkeys(("retention_outcomes", "outcome_rejects", "manager_results"), "telcli.tables.task_results"),
    **dict.fromkeys(
        ("offer_recommendations", "offer_rules", "offer_exclusions", "plan_fit", "plan_months", "unused_products"),
        "telcli.tables.offer_results",
    ),
    **dict.fromkeys(
        (
            "complaint_topics",
            "complaint_handling",
            "complaint_sla",
            "complaint_customers",
            "complaint_words",
            "complaint_groups",
            "contact_agents",
            "contact_load",
        ),
        "telcli.tables.complaint_results",
    ),
    **dict.fromkeys(("lifecycle_moves", "lifecycle_warnings"), "telcli.tables.lifecycle_results"),
    **dict.fromkeys(("retention_knowledge", "retention_experience"), "telcli.tables.knowledge_results"),
    **dict.fromkeys(
        ("satisfaction_scores", "satisfaction_index", "satisfaction_items", "satisfaction_weights"),
        "telcli.tables.satisfaction_results",
    ),
    **dict.fromkeys(
        (
            "satisfaction_drivers",
            "satisfaction_trials",
            "satisfaction_calibration",
            "satisfaction_links",
            "loyalty_parts",
        ),
        "telcli.tables.satisfaction_driver_results",
    ),
    **dict.fromkeys(("credit_accounts", "dunning_list"), "telcli.tables.credit_results"),
    **dict.fromkeys(
        ("alerts", "monitor_series", "monitor_by_day", "monitor_suppressed", "monitor_coverage"),
        "telcli.tables.alert_results",
    ),
    **dict.fromkeys(("fraud_days", "fraud_callers"), "telcli.tables.fraud_days"),
    **dict.fromkeys(("fraud_cases", "fraud_evidence", "fraud_channels", "fraud_named"), "telcli.tables.fraud_results"),
    **dict.fromkeys(
        ("credit_scores", "credit_ageing", "credit_rolls", "credit_provision", "credit_model", "credit_recovery"),
        "telcli.tables.credit_results",
    ),
    "report_figures": "telcli.tables.results",
    "period_figures": "telcli.tables.period_results",
    **dict.fromkeys(
        ("retention_effects", "retention_by", "retention_curves", "retention_checks", "retention_evidence"),
        "telcli.tables.effect_results",
    ),
}
NAMES = tuple(_PLACES)
PARTITIONS = {
    **dict.fromkeys(
        (
            "bills",
            "account_bills",
            "usage",
            "payments",
            "calls",
            "contacts",
            "call_months",
            "customer_months",
            "fraud_days",
            "fraud_callers",
        ),
        "month",
    ),
    **{name: "as_of" for name, place in _PLACES.items() if place.endswith("results")},
    **dict.fromkeys(("quality_profile", "missing_attributes", "customer_views", "view_groups"), "as_of"),
}
"""Whether a table's files are of months of facts or of snapshots; absent for tables of one file."""


def contract(name: str) -> Contract:
    """Return the contract of one table.

    >>> contract("bills").key
    ('customer_id', 'month', 'kind')
    """
    if name not in _PLACES:
        raise UsageError(
            "table-unknown",
            "There is no table called {table}.",
            hint="Tables: {known}.",
            table=name,
            known=", ".join(NAMES),
        )
    found: Contract = import_module(_PLACES[name]).CONTRACTS[name]
    return found
