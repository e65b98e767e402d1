"""Settings of `telcli profile`: what good data are."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["ProfileSettings"]


@dataclass(frozen=True)
class ProfileSettings:
    """What good data are."""

    needed: str = setting(
        "customers.customer_class, customers.gender, customers.birth_year, customers.region, customers.branch, "
        "customers.manager_id, customers.joined_on, subscriptions.service_type, subscriptions.pay_mode, "
        "subscriptions.plan_id, subscriptions.plan_fee, subscriptions.activated_on, subscriptions.status, "
        "bills.amount, payments.amount, payments.method, payments.channel, usage.call_minutes, usage.data_mb, "
        "contacts.kind, contacts.channel",
        "Columns that should be filled, as TABLE.COLUMN.",
        "应当填写的列，写作“表.列”。",
    )
    org_level: str = setting(
        "branch",
        "What is compared: branches or regions.",
        "按网格（branch）还是地市（region）比较。",
        choices=("branch", "region"),
    )
    min_rows: int = setting(
        30, "No condition is held against fewer rows than this.", "行数少于此值的范围不判定。", unit="rows", low=1
    )
    fail_if: str = setting(
        "",
        "Conditions that fail the command with code 5, as in completeness<0.9, psi>0.25.",
        "满足则以代码 5 退出的条件，如 completeness<0.9, psi>0.25。",
    )
