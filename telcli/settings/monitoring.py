"""Settings of monitor."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.lifecycle_watching import LifecycleWatchSettings
from telcli.settings.setting import setting

__all__ = ["MonitorSettings"]


@dataclass(frozen=True)
class MonitorSettings(LifecycleWatchSettings):
    """What is watched, and what makes an alert."""

    watch: str = setting(
        "accounts, kpis, mix, pipeline, days, lifecycle",
        "What is watched, with commas between: accounts, kpis, mix, pipeline, days, lifecycle.",
        "监测内容，逗号分隔：accounts（重点客户）、kpis（指标）、mix（收入结构）、pipeline（数据流水线）、days（逐日量）、lifecycle（生命周期阶段转移）。",
    )
    top_accounts: int = setting(
        50,
        "Customers of the highest revenue that are watched beside those of class key.",
        "除重点客户外，按收入排名监测的客户数。",
        unit="customers",
        low=0,
        high=100_000,
    )
    baseline: str = setting(
        "auto",
        "What a month is expected to be: the median of the last months, the same month last year times the trend, or "
        "what foretold earlier months better.",
        "基线：最近数月的中位数（median）、去年同月乘以趋势（last-year），或自动选择对历史预测更准者（auto）。",
        choices=("auto", "median", "last-year"),
    )
    baseline_months: int = setting(
        12, "Months that a median is of, at most.", "中位数基线最多使用的月数。", unit="months", low=6, high=36
    )
    least_months: int = setting(
        6,
        "Earlier months that must be known before a series is judged.",
        "判断某一序列所需的最少历史月数。",
        unit="months",
        low=5,
        high=36,
    )
    holidays: str = setting(
        "china",
        "Working days that minutes, data, payments, complaints and new customers go by: china, weekends, or a file.",
        "工作日历（通话、流量、缴费、投诉、新增按工作日调整）：china（国务院）、weekends（仅周末）或文件。",
    )
    peers: str = setting(
        "on",
        "Whether what the months of all accounts have in common is taken off before an account is judged.",
        "判断单个客户前是否先扣除全体客户共有的月度变化。",
        choices=("on", "off"),
    )
    direction: str = setting(
        "bad",
        "What an alert may be: changes for the worse alone, or both ways.",
        "告警方向：仅不利变化（bad）或双向（both）。",
        choices=("bad", "both"),
    )
    fdr: float = setting(
        0.1,
        "Of the alerts of one kind, the share that may be chance.",
        "同类告警中允许的误报比例（FDR）。",
        unit="0..1",
        low=0.001,
        high=0.5,
    )
    least_amount: float = setting(
        100.0,
        "A change in money that matters, a month.",
        "每月金额变化达到多少才值得告警。",
        unit="currency",
        low=0.0,
        high=1e9,
    )
    least_change: float = setting(
        0.1,
        "A change that matters, as a share of what was expected.",
        "相对预期变化达到多少才值得告警。",
        unit="0..1",
        low=0.0,
        high=10.0,
    )
    ewma_weight: float = setting(
        0.2, "Weight of the last month in the EWMA.", "EWMA 中最近一月的权重。", unit="0..1", low=0.01, high=1.0
    )
    cusum_slack: float = setting(
        0.5,
        "What a month may be off before a CUSUM adds it up, in sd.",
        "CUSUM 的允许偏移（标准差倍数）。",
        unit="sd",
        low=0.0,
        high=3.0,
    )
    chart_months: int = setting(
        12, "Last months that EWMA and CUSUM add up.", "EWMA 与 CUSUM 累计的最近月数。", unit="months", low=2, high=36
    )
    loss_months: int = setting(
        12,
        "Months that a change is taken to last, for the loss expected of it.",
        "估算预期损失时假设变化持续的月数。",
        unit="months",
        low=1,
        high=60,
    )
    margin_share: float = setting(
        0.6,
        "Share of revenue that is margin, of customers without value scores; an assumption.",
        "无价值评分客户的毛利占收入比例（假设值）。",
        unit="0..1",
        low=0.0,
        high=1.0,
    )
    loss_weights: str = setting(
        "revenue=100, lines=100, minutes=50, data=50, paid=30, complaints=10",
        "Percent of what a customer brings that is taken to hang on each metric; an assumption that ranks.",
        "各指标变化对应客户价值损失的百分比（假设值，用于排序）。",
        form="capacities",
    )
    kpi_by: str = setting(
        "branch",
        "By what KPIs are told beside the whole, with commas between: branch, region, customer_class, segment.",
        "指标除整体外的细分维度，逗号分隔：branch（网格）、region（地市）、customer_class（客户类型）、segment（客群）。",
    )
    kpi_least_amount: float = setting(
        1000.0,
        "A change of a KPI in money that matters, a month.",
        "金额类指标每月变化达到多少才值得告警。",
        unit="currency",
        low=0.0,
        high=1e12,
    )
    kpi_least_change: float = setting(
        0.03,
        "A change of a KPI that matters, as a share of what was expected.",
        "指标相对预期变化达到多少才值得告警。",
        unit="0..1",
        low=0.0,
        high=10.0,
    )
    day_least_change: float = setting(
        0.3,
        "A change of a day's calls, contacts, payments or activations that matters, as a share of what was expected.",
        "某日通话、接触、缴费或开通量相对预期变化达到多少才值得告警。",
        unit="0..1",
        low=0.0,
        high=10.0,
    )
    small_cell: int = setting(
        10,
        "Groups of fewer customers than this are not watched.",
        "客户数少于此值的分组不予监测。",
        unit="customers",
        low=1,
        high=1000,
    )
    known: str = setting(
        "",
        "File of what is known to come: entity, metric, from, to, reason.",
        "已知原因清单文件：entity、metric、from、to、reason。",
    )
    acknowledged: str = setting(
        "",
        "File of alerts that somebody has seen to: entity, metric, from, to.",
        "已处理告警清单文件：entity、metric、from、to。",
    )
    mix_least: float = setting(
        0.05,
        "A change of the mix of revenue that matters, as the share of revenue that is of other kinds.",
        "收入结构变化（发生变化的收入占比）达到多少才值得告警。",
        unit="0..1",
        low=0.0,
        high=1.0,
    )
    pipeline_least: float = setting(
        0.2,
        "A change of rows that came in, or of how late they are, that matters.",
        "入库行数或滞后天数的相对变化达到多少才值得告警。",
        unit="0..1",
        low=0.0,
        high=10.0,
    )
    reject_limit: float = setting(
        0.02,
        "Share of a source's rows that may be refused.",
        "来源数据允许的拒绝行占比。",
        unit="0..1",
        low=0.0,
        high=1.0,
    )
    psi_limit: float = setting(
        0.25,
        "PSI of a column against the month before from which on it shifted.",
        "列分布较上月的 PSI 达到多少视为偏移。",
        unit="index",
        low=0.0,
        high=10.0,
    )
