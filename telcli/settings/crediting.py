"""Settings of assess-credit: the operator's own calendar of dunning, what is never paid, and how that is foretold."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["AssessCreditSettings"]


@dataclass(frozen=True)
class DunningSettings:
    """What is done with debts by their age."""

    steps: str = setting(
        "remind:1, bar-outgoing:31, bar-both:46, pre-disconnect:76, disconnect:91, write-off:366",
        "Steps of dunning and the days past due from which each holds, by comma; names are the operator's own.",
        "催缴步骤及各步骤起始逾期天数，逗号分隔；步骤名称可自定。",
    )
    suspend_from: str = setting(
        "bar-outgoing",
        "Step from which service is suspended: key accounts go to their manager there instead.",
        "从哪一步骤起停机：重点客户自该步骤起转客户经理处理，不予停机。",
    )
    late_fee_rate: float = setting(
        0.003,
        "Late fee a day, as a share of what is past due.",
        "每日滞纳金占逾期金额的比例。",
        unit="share",
        low=0.0,
        high=0.05,
    )
    late_fee_most: float = setting(
        1.0,
        "The most of late fees, as a share of what is past due.",
        "滞纳金上限占逾期金额的比例。",
        unit="share",
        low=0.0,
        high=10.0,
    )
    least_arrears: float = setting(
        0.01,
        "Customers who owe less than this past due are not dunned.",
        "逾期欠费低于此金额的客户不催缴。",
        unit="currency",
        low=0.0,
        high=1e6,
    )
    holidays: str = setting(
        "china",
        "Days off, on which no step of dunning begins but on the next working day: china (State Council), weekends, a "
        "file, or empty: steps begin on any day.",
        "哪些日子不启动催缴步骤（顺延至下一工作日）：china（国务院）、weekends（仅周末）或文件；留空则任何日子均可启动。",
    )
    hold_columns: str = setting(
        "",
        "Attributes of customers that say by yes or no that someone is in hardship or disputes a bill, by comma; those "
        "whose name says so where this is empty.",
        "以是/否表示客户困难或账单有争议的客户属性，逗号分隔；留空时按列名识别。",
    )


@dataclass(frozen=True)
class AssessCreditSettings(DunningSettings):
    """What customers owe, what will not be paid, and what to do about it."""

    credit_days: int = setting(
        25,
        "Days after the month billed by which a bill without a due date is to be paid.",
        "账单未注明缴费期限时，自账期结束起几天内应缴。",
        unit="days",
        low=0,
        high=180,
    )
    grace_days: int = setting(
        0,
        "Days past due within which a bill still counts as paid in time.",
        "逾期多少天内付清仍视为按时缴费。",
        unit="days",
        low=0,
        high=90,
    )
    learn_months: int = setting(
        12,
        "Last months, as far as it is known who paid, that chances of non-payment are learned from and tested on.",
        "学习和检验未缴费概率所用的最近月数（仅限缴费结果已知的月份）。",
        unit="months",
        low=1,
        high=36,
    )
    fit_seconds: int = setting(
        20,
        "Work that fitting a model may take, in seconds of an ordinary processor; never told by the clock.",
        "拟合模型允许的计算量，以普通处理器的秒数计；结果与实际时钟无关。",
        unit="seconds",
        low=1,
        high=3600,
    )
    roll_months: int = setting(
        12,
        "Last months whose flows between ages of debt tell what is never paid.",
        "计算迁徙率所用的最近月数。",
        unit="months",
        low=1,
        high=60,
    )
    full_provision_days: int = setting(
        90,
        "Days past due beyond which the operators' rule provides for all of a debt.",
        "按运营商规则，超过缴费期限多少天即全额计提坏账准备。",
        unit="days",
        low=0,
        high=720,
    )
    loss_of_oldest: float = setting(
        1.0,
        "Share of debts of the oldest age that is never paid.",
        "最老账龄的欠费最终无法收回的比例。",
        unit="share",
        low=0.0,
        high=1.0,
    )
