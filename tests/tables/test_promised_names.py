"""Tables and columns that scripts elsewhere read: added to freely, never renamed or dropped in silence."""

import pytest

from telcli import tables

PROMISED = {
    "customers": "customer_id customer_class gender birth_year region branch manager_id joined_on star_level group_id "
    "churned valid_from valid_to",
    "subscriptions": "subscription_id customer_id account_id service_type pay_mode plan_id plan_fee activated_on "
    "ended_on end_reason contract_end status channel_id",
    "bills": "customer_id month kind amount discount due_on",
    "payments": "payment_id customer_id paid_at amount method channel reversed",
    "usage": "customer_id month call_minutes calls_out calls_in texts data_mb roaming_minutes over_bundle_fee "
    "active_days",
    "contacts": "contact_id customer_id opened_at closed_at channel kind topic severity repeat rating text",
    "accounts": "account_id customer_id payment_method credit_class credit_limit balance",
    "products": "subscription_id product_id started_on ended_on monthly_fee",
    "calls": "customer_id started_at counterpart direction kind duration_s data_mb cell_id off_net international "
    "started_epoch_s",
    "surveys": "customer_id surveyed_on item expected perceived score nps weight",
    "campaigns": "campaign_id customer_id arm offer_id channel contacted_on response cost outcome",
    "rejects": "source line rule column value",
    "customer_months": "customer_id month",
    "segments": "customer_id as_of segment segment_name customer_class lifecycle_stage consumption_tier",
    "segment_profiles": "as_of segment segment_name customers revenue_share value_index rule treatment",
    "customer_views": "customer_id as_of account_class account_reason profitable profit_reason loyal loyalty_reason "
    "strategic strategic_reason value_overlap value_reason consumption_tier consumption_reason lifecycle_stage "
    "lifecycle_reason rfm_variant recency frequency monetary tenure_score complaint_score rfm_group rfm_reason "
    "value_mode mode_reason exit_candidate exit_reason exit_remedy online online_reason own_groups",
    "view_groups": "as_of view_name group_name reason customers customer_share revenue_share value_index churn_rate",
    "value_scores": "customer_id as_of current_value incremental_value retention_value lifetime_value value_score "
    "value_tier",
    "value_weights": "as_of item node judged_weight local_weight global_weight column better scaling known_share "
    "dropped consistency_ratio expert_ratios since",
    "value_scales": "as_of item place value score",
    "value_tiers": "as_of value_tier least_score customers customer_share since",
    "value_indicators": "customer_id as_of known_weight",
    "value_moves": "customer_id as_of before tier_before value_tier score_before score change reason_1 reason_2 "
    "reason_3 points_1 points_2 points_3",
    "value_sensitivity": "as_of item step factor node tiers_changed rank_correlation",
    "value_stars": "customer_id as_of star place star_before",
    "value_products": "as_of product_id holders eligible taken take_up take_up_used give_up_used monthly_fee counted "
    "expected_margin expected_loss",
    "value_deciles": "as_of decile customers revenue margin margin_share cumulative_share value_index loss_makers "
    "lifetime_value",
    "value_curve": "as_of point customer_share whale_margin whale_share lorenz_share",
    "value_index": "as_of kind group customers revenue_index margin_index far_above",
    "value_top_held": "as_of kind item value_tier customers in_tier share_of_holders tier_share chance held_by_tier",
    "value_wallet": "customer_id as_of off_net_share voice_saturation data_saturation bundle_idle use_falls second_sim "
    "signs signs_known",
    "value_tier_facts": "as_of value_tier measure customers known mean median distinct_items",
    "churn_scores": "customer_id as_of churn_probability risk_band target expected_saving reason_1 reason_2 reason_3",
}
KEYS = {
    "bills": ("customer_id", "month", "kind"),
    "usage": ("customer_id", "month"),
    "segments": ("customer_id", "as_of"),
    "payments": ("payment_id",),
    "accounts": ("account_id",),
    "products": ("subscription_id", "product_id", "started_on"),
    "calls": ("customer_id", "started_at", "counterpart", "direction", "kind"),
    "surveys": ("customer_id", "surveyed_on", "item"),
    "campaigns": ("campaign_id", "customer_id"),
}


@pytest.mark.parametrize("table", PROMISED)
def test_promised_columns_stand(table: str) -> None:
    have = [column.name for column in tables.contract(table).columns()]
    assert set(PROMISED[table].split()) <= set(have)


@pytest.mark.parametrize("table", KEYS)
def test_promised_keys_stand(table: str) -> None:
    assert set(tables.contract(table).key) == set(KEYS[table])
