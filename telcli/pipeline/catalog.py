"""Every stage in walk order: the whole product on one screen."""

from __future__ import annotations

from telcli.pipeline.stage import Stage
from telcli.tables import SUBJECTS

__all__ = ["STAGES", "maker", "stage"]

STAGES = (
    Stage(
        "ingest",
        needs=(),
        uses=("customers", "subscriptions", "crosswalk"),
        gives=(
            *SUBJECTS,
            "account_bills",
            "crosswalk",
            "conflicts",
            "rejects",
            "source_quality",
            "customer_history",
            "subscription_history",
        ),
        snapshot=False,
    ),
    Stage(
        "customer-months",
        needs=("customers",),
        uses=(
            *("subscriptions", "subscription_history", "products"),
            *("bills", "payments", "usage", "calls", "contacts", "campaigns"),
        ),
        gives=("call_months", "customer_months"),
        snapshot=False,
        heeds=("ingest",),
        adds=True,
    ),
    Stage(
        "profile",
        needs=("customers", "customer_months"),
        uses=tuple(name for name in (*SUBJECTS, "source_quality") if name != "customers"),
        gives=("quality_profile", "missing_attributes"),
        heeds=("ingest",),
        aside=True,
    ),
    Stage(
        "segment",
        needs=("customer_months", "customers"),
        uses=("subscriptions", "payments", "contacts", "products", "campaigns"),
        gives=(
            *("segments", "segment_profiles", "segment_preparation", "segment_centres"),
            *("segment_counts", "segment_moves", "segment_evaluation", "segment_agreement"),
            *("segment_origins", "segments_before", "segment_reach", "customer_views", "view_groups"),
        ),
        recalls=("segments", "segment_profiles", "segment_preparation", "segment_centres", "segment_origins"),
    ),
    Stage(
        "assess-credit",
        needs=("customers", "bills", "payments"),
        uses=(
            *("customer_months", "subscriptions", "subscription_history", "usage", "contacts", "segments"),
            "account_bills",
        ),
        gives=(
            *("credit_scores", "credit_ageing", "credit_rolls", "credit_provision", "credit_model"),
            *("credit_recovery", "credit_accounts", "dunning_list"),
        ),
        aside=True,
    ),
    Stage(
        "score-value",
        needs=("customer_months", "customers"),
        uses=("bills", "subscriptions", "products", "segments", "segments_before", "credit_scores"),
        lags=("churn_scores",),
        gives=(
            *("value_scores", "value_parts", "value_margin", "value_growth", "value_backtest", "survival_curve"),
            *("survival_groups", "survival_effects", "value_offers", "value_cohorts", "value_weights", "value_scales"),
            *("value_tiers", "value_indicators", "value_moves", "value_sensitivity", "value_stars", "value_products"),
            *("value_deciles", "value_curve", "value_index", "value_top_held", "value_wallet", "value_tier_facts"),
        ),
        recalls=(
            *("value_scores", "value_weights", "value_scales", "value_tiers", "value_indicators"),
            "value_stars",
        ),
        settles=True,
    ),
    Stage(
        "predict-churn",
        needs=("customer_months", "customers"),
        uses=(
            *("subscriptions", "subscription_history", "customer_history", "value_scores"),
            *("segments", "segments_before", "contacts"),
        ),
        gives=(
            *("churn_scores", "churn_lift", "churn_calibration", "churn_costs", "churn_profit"),
            *("churn_windows", "churn_drift"),
            *("churn_when", "churn_hazard", "churn_by_month", "churn_drivers", "churn_shapes"),
            *("churn_by", "churn_tenure", "churn_cohorts", "churn_register", "churn_causes", "care_triggers"),
        ),
        looks_back=("churn_scores",),
    ),
    Stage(
        "plan-retention",
        needs=("churn_scores", "customer_months", "customers"),
        uses=("value_scores", "segments", "customer_views", "campaigns", "contacts"),
        gives=("retention_plan", "retention_cells", "plan_offers", "plan_overlap", "retention_tasks"),
        aside=True,
        spans=("retention_plan", "retention_outcomes"),
        recent=("retention_knowledge",),
        borrows=(("evaluate-retention", "uplift"),),
        closed_by=("retention_outcomes",),
        draws="retention_tasks",
        folder="tasks/as_of={as_of}",
    ),
    Stage(
        "import-outcomes",
        needs=("retention_plan",),
        uses=("retention_tasks",),
        gives=("retention_outcomes", "outcome_rejects", "manager_results"),
        snapshot=False,
        aside=True,
        opens="task_book",
        keeps=("retention_outcomes", "outcome_rejects"),
    ),
    Stage(
        "evaluate-retention",
        needs=("customer_months",),
        uses=("campaigns",),
        spans=("retention_plan", "retention_outcomes"),
        gives=("retention_effects", "retention_by", "retention_curves", "retention_checks", "retention_evidence"),
        aside=True,
    ),
    Stage(
        "knowledge",
        needs=("customer_months",),
        uses=(),
        spans=("retention_evidence", "retention_plan"),
        recent=("retention_evidence",),
        gives=("retention_knowledge", "retention_experience"),
        opens="experience_book",
        keeps=("retention_experience",),
        aside=True,
    ),
    Stage(
        "campaigns",
        needs=("customer_months",),
        uses=("campaigns", "subscriptions"),
        gives=("campaign_status", "campaign_overlap", "campaign_response", "channel_results"),
        aside=True,
        spans=("segments", "retention_plan", "retention_outcomes"),
        recent=("segments", "retention_plan", "retention_outcomes"),
    ),
    Stage(
        "recommend-offers",
        needs=("customer_months", "customers"),
        uses=("subscriptions", "products", "calls", "churn_scores", "value_scores"),
        gives=(
            *("offer_recommendations", "offer_rules", "offer_exclusions"),
            *("plan_fit", "plan_months", "unused_products"),
        ),
        aside=True,
    ),
    Stage(
        "score-satisfaction",
        needs=("customer_months", "customers"),
        uses=("surveys", "contacts", "subscriptions", "products", "payments", "segments"),
        gives=(
            *("satisfaction_scores", "satisfaction_index", "satisfaction_items", "satisfaction_weights"),
            *("satisfaction_drivers", "satisfaction_trials", "satisfaction_calibration", "satisfaction_links"),
            "loyalty_parts",
        ),
        aside=True,
    ),
    Stage(
        "complaints",
        needs=("contacts", "customer_months", "customers"),
        uses=("value_scores", "churn_scores", "segments"),
        gives=(
            "complaint_topics",
            "complaint_handling",
            "complaint_sla",
            "complaint_customers",
            "complaint_words",
            "complaint_groups",
            "contact_load",
            "contact_agents",
        ),
        aside=True,
    ),
    Stage(
        "detect-fraud",
        needs=("customer_months", "customers"),
        uses=("subscriptions", "calls"),
        gives=("fraud_cases", "fraud_evidence", "fraud_channels", "fraud_named", "fraud_days", "fraud_callers"),
        aside=True,
        adds=True,
        recalls=("fraud_cases", "fraud_evidence"),
        keeps=("fraud_named",),
    ),
    Stage(
        "monitor",
        needs=("customer_months", "customers"),
        uses=(
            *("value_scores", "churn_scores", "subscriptions", "subscription_history", "products"),
            *("bills", "usage", "payments", "contacts", "calls", "rejects", "source_quality"),
        ),
        spans=("segments",),
        recent=("segments",),
        gives=(
            *("alerts", "monitor_series", "monitor_by_day", "monitor_suppressed", "monitor_coverage"),
            *("lifecycle_moves", "lifecycle_warnings"),
        ),
        recalls=("alerts",),
        aside=True,
    ),
    Stage(
        "report",
        needs=("customer_months", "customers"),
        uses=(
            "segments",
            "segments_before",
            "segment_profiles",
            "segment_counts",
            "segment_moves",
            *("segment_centres", "segment_evaluation"),
            "segment_agreement",
            "segment_reach",
            "customer_views",
            "value_scores",
            "value_tiers",
            "value_margin",
            "value_offers",
            "value_cohorts",
            "value_moves",
            "value_weights",
            "value_sensitivity",
            "value_stars",
            "value_backtest",
            "value_products",
            "value_deciles",
            "value_curve",
            "value_index",
            "value_top_held",
            "value_tier_facts",
            "survival_curve",
            "survival_groups",
            "survival_effects",
            "churn_scores",
            *("churn_lift", "churn_calibration"),
            "churn_costs",
            *("churn_by", "churn_tenure", "churn_causes", "care_triggers"),
            *("churn_profit", "churn_hazard", "churn_by_month", "churn_drivers", "churn_drift"),
            *("retention_cells", "plan_offers", "retention_effects"),
            *("satisfaction_index", "satisfaction_items", "complaint_topics"),
            *("credit_ageing", "credit_rolls"),
            *("alerts", "monitor_series", "lifecycle_warnings", "fraud_cases"),
            *("rejects", "source_quality", "bills", "payments", "satisfaction_scores"),
        ),
        gives=("report_figures", "period_figures"),
        heeds=("ingest", "customer-months", "segment", "score-value", "predict-churn"),
        fresh=True,
        beside="period_figures",
    ),
)


def stage(name: str) -> Stage:
    """Return one stage by name.

    >>> stage("segment").recalls
    ('segments', 'segment_profiles', 'segment_preparation', 'segment_centres', 'segment_origins')
    """
    return next(found for found in STAGES if found.name == name)


def maker(table: str) -> str:
    """Name the stage that makes a table.

    >>> maker("customer_months")
    'customer-months'
    """
    return next(found.name for found in STAGES if table in found.gives)
