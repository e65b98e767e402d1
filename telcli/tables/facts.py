"""Subject tables of facts: what customers were billed, paid, used, said and were offered, each row of its time."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from telcli.tables import columns as c
from telcli.tables.checks import Contract

__all__ = ["CONTRACTS", "Bills", "Calls", "Campaigns", "Contacts", "Payments", "Surveys", "Usage"]

BILL_KINDS = (
    "recurring",
    "voice",
    "data",
    "text",
    "value-added",
    "over-bundle",
    "one-time",
    "penalty",
    "other",
    "total",
)
CONTACT_KINDS = ("complaint", "enquiry", "fault", "request")
CALL_KINDS = ("voice", "text", "data")
DIRECTIONS = ("out", "in")
ARMS = ("treated", "held_out")


class Bills(dy.Schema):
    """One row per customer, month and kind of charge; credits are negative."""

    customer_id = c.text("Customer billed", "客户编号", key=True)
    month = c.month("Month billed", "账期", key=True)
    kind = dy.String(
        nullable=False,
        primary_key=True,
        check={"one_of": lambda column: column.is_in(list(BILL_KINDS))},
        metadata={"unit": "", "meaning": "Kind of charge", "zh": "费用类型"},
    )
    amount = c.money("Charged before discount", "应收金额", need=True)
    discount = c.money("Taken off the charge", "优惠/减免")
    due_on = c.day("Payment due", "缴费期限")


class Payments(dy.Schema):
    """One row per payment or top-up."""

    payment_id = c.text("Payment", "缴费流水号", key=True)
    customer_id = c.text("Customer who paid", "客户编号", need=True)
    paid_at = c.moment("When it was paid", "缴费时间", need=True)
    amount = c.money("Amount paid", "缴费金额", need=True)
    method = c.text("How it was paid", "缴费方式")
    channel = c.text("Where it was paid", "缴费渠道")
    reversed = c.flag("Taken back later", "冲正")


class Usage(dy.Schema):
    """One row per customer and month of use."""

    customer_id = c.text("Customer", "客户编号", key=True)
    month = c.month("Month", "账期", key=True)
    call_minutes = c.count("Minutes of voice calls", "计费时长", "minutes")
    calls_out = c.count("Calls made", "主叫次数", "calls")
    calls_in = c.count("Calls received", "被叫次数", "calls")
    texts = c.count("Texts sent", "短信条数", "texts")
    data_mb = c.count("Data used", "流量", "MB")
    roaming_minutes = c.count("Minutes while roaming", "漫游时长", "minutes")
    over_bundle_fee = c.money("Charges beyond the bundle", "套外费", low=0.0)
    active_days = c.number("Days with any use", "活跃天数", "days", low=0.0, high=31.0)
    voice_saturation = c.number(
        "Share of the bundle's minutes used; above 1 beyond it", "语音饱和度", "share", low=0.0, high=1e4
    )
    data_saturation = c.number(
        "Share of the bundle's data used; above 1 beyond it", "流量饱和度", "share", low=0.0, high=1e4
    )
    over_bundle_times = c.number("Times over the bundle", "超套次数", "times", low=0.0, high=1e5)


class Calls(dy.Schema):
    """One row per call, text or data session.

    An extract that has no time of day, or nobody at the other end, cannot tell two events of one customer apart by the
    key: the time of the second, third ... of one file then ends in 1, 2 ... microseconds.

    Of local times that come twice when clocks are put back, `started_epoch_s` means the earlier where the extract does
    not tell; one that is left out when they are put forward is that much later.
    """

    customer_id = c.text("Customer", "客户编号", key=True)
    started_at = c.moment("When it began", "开始时间", key=True)
    counterpart = c.text("Who was at the other end, as a code; unknown where not told", "对端（假名）", key=True)
    direction = c.text("Made or received", "呼叫方向", key=True, one_of=DIRECTIONS)
    kind = c.text("Call, text or data session", "通信类型", key=True, one_of=CALL_KINDS)
    duration_s = c.number("How long it lasted", "时长", "seconds", low=0.0, high=1e7)
    data_mb = c.number("Data used", "流量", "MB", low=0.0, high=1e8)
    cell_id = c.text("Cell or antenna it began in", "基站/小区")
    off_net = c.flag("With a customer of another operator", "网间/异网")
    international = c.flag("With another country", "国际")
    roaming = c.flag("While roaming", "漫游")
    competitor = c.flag("With customer service of a competitor, where its numbers are listed", "竞争对手客服")
    started_epoch_s = c.integer(
        "Seconds since 1970, UTC, as the extract tells or as local time in the time zone of ingest means",
        "开始时间（UTC 秒）",
        "seconds",
        low=-2_209_075_200,
        high=4_134_067_200,
    )
    destination = c.text(
        "Country or range of numbers called, coarse enough to be nobody's: as told, or as ingest lists them", "目的地"
    )
    device_h = c.text("Pseudonym of the device", "终端IMEI（假名）")
    sim_h = c.text("Pseudonym of the SIM card", "IMSI（假名）")


class Contacts(dy.Schema):
    """One row per contact with the operator: complaint, enquiry, fault or request."""

    contact_id = c.text("Contact or ticket", "工单编号", key=True)
    customer_id = c.text("Customer", "客户编号", need=True)
    opened_at = c.moment("When it was opened", "受理时间", need=True)
    closed_at = c.moment("When it was closed", "办结时间")
    channel = c.text("Where it came in", "受理渠道")
    kind = c.text("Kind of contact", "工单类型", one_of=CONTACT_KINDS)
    topic = c.text("What it was about", "投诉类别")
    severity = c.integer("1 ordinary, 2 important, 3 major", "投诉重要性", "grade", low=1, high=3)
    repeat = c.flag("About the same matter again", "重复投诉")
    rating = c.number("Rating by the customer", "满意度评分", "points", low=0.0, high=10.0)
    text = c.text("What was said, numbers and addresses hidden", "工单内容（号码已隐去）")

    @dy.rule()
    def closes_after_opening(cls) -> pl.Expr:
        """A contact cannot close before it opens."""
        return pl.col("closed_at").is_null() | (pl.col("closed_at") >= pl.col("opened_at"))


class Surveys(dy.Schema):
    """One row per customer, survey and item asked."""

    customer_id = c.text("Customer asked", "客户编号", key=True)
    surveyed_on = c.day("Day of the answer", "调查日期", key=True)
    item = c.text("What was asked about", "测评项目", key=True)
    expected = c.number("What was expected", "期望值", "points", low=0.0, high=100.0)
    perceived = c.number("What was found", "感知值", "points", low=0.0, high=100.0)
    score = c.number("Satisfaction as answered", "满意度评分", "points", low=0.0, high=100.0)
    nps = c.number("Would recommend", "推荐意愿", "0..10", low=0.0, high=10.0)
    weight = c.number("Customers it speaks for", "权重", "customers", low=0.0, high=1e9)


class Campaigns(dy.Schema):
    """One row per campaign and customer it was meant for, held out or not."""

    campaign_id = c.text("Campaign", "活动编号", key=True)
    customer_id = c.text("Customer", "客户编号", key=True)
    arm = c.text("Treated, or held out to compare with", "实验组/对照组", one_of=ARMS)
    offer_id = c.text("What was offered", "优惠/产品编码")
    channel = c.text("How the customer was reached", "触达渠道")
    contacted_on = c.day("Day of contact", "触达日期")
    response = c.text("What the customer answered", "客户反馈")
    cost = c.money("What it cost", "营销成本", low=0.0)
    outcome = c.text("What came of it", "营销结果")


def _facts(name: str, schema: type[dy.Schema], meaning: str, zh: str, partition: str | None = None) -> Contract:
    return Contract(name, schema, meaning, zh, partition, attributes=True)


CONTRACTS = {
    found.name: found
    for found in (
        _facts("bills", Bills, "What they were charged", "账单", "month"),
        _facts("payments", Payments, "What they paid", "缴费", "paid_at"),
        _facts("usage", Usage, "What they used each month", "月使用量", "month"),
        Contract(
            "calls",
            Calls,
            "Each call, text and session",
            "通话/短信/上网详单",
            "started_at",
            attributes=True,
            buckets=8,
            apart="started_at",
        ),
        _facts("contacts", Contacts, "What they told the operator", "客户接触/工单", "opened_at"),
        _facts("surveys", Surveys, "What they answered when asked", "满意度调查"),
        _facts("campaigns", Campaigns, "What they were offered, and what came of it", "营销活动"),
    )
}
