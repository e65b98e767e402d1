"""Each name that operators' systems are known to use is understood, kept as an attribute, or dropped as personal.

One entry per extract: its file, the table it is, and what each header is: a place (with the unit that its name
carries), ``attribute``, or ``dropped``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from telcli.intake.mapping import guess
from telcli.intake.slots import slots
from tests.stages.test_ingest import good, ran, rules

NAMES: list[tuple[str, str, dict[str, str]]] = [
    (
        "crm.csv",
        "customers",
        {
            "customer_id": "customer_id",
            "customer_name": "dropped",
            "customer_type": "customer_class",
            "cert_type": "attribute",
            "cert_no_h": "certificate_h",
            "gender": "gender",
            "birth_date": "birth_year",
            "age": "attribute",
            "segment": "attribute",
            "star_level": "star_level",
            "vip_level": "attribute",
            "industry": "attribute",
            "group_id": "group_id",
            "group_name": "attribute",
            "manager_id": "manager_id",
            "grid": "branch",
            "area_code": "region",
            "created_at": "joined_on",
        },
    ),
    (
        "crm2.csv",
        "customers",
        {
            "客户编号": "customer_id",
            "客户名称": "dropped",
            "客户类型": "customer_class",
            "证件类型": "attribute",
            "证件号码": "certificate_h",
            "性别": "gender",
            "年龄": "attribute",
            "客群": "attribute",
            "星级": "star_level",
            "行业": "attribute",
            "集团编号": "group_id",
            "归属集团名称": "attribute",
            "客户经理编号": "manager_id",
            "归属网格": "branch",
            "归属地市": "region",
            "区县": "attribute",
            "建档时间": "joined_on",
        },
    ),
    (
        "acct.csv",
        "accounts",
        {
            "account_id": "account_id",
            "customer_id": "customer_id",
            "payment_method": "payment_method",
            "bill_cycle": "attribute",
            "credit_class": "credit_class",
            "credit_limit": "credit_limit",
            "balance": "balance",
            "state": "attribute",
        },
    ),
    (
        "acct2.csv",
        "accounts",
        {
            "账户编号": "account_id",
            "客户编号": "customer_id",
            "付费方式": "payment_method",
            "账期": "attribute",
            "信用等级": "credit_class",
            "信用额度": "credit_limit",
            "账户余额": "balance",
        },
    ),
    (
        "sub.csv",
        "subscriptions",
        {
            "subscription_id": "subscription_id",
            "account_id": "account_id",
            "msisdn_h": "number_h",
            "msisdn_mask": "dropped",
            "imsi_h": "sim_h",
            "imei_h": "device_h",
            "service_type": "service_type",
            "pay_mode": "pay_mode",
            "brand": "attribute",
            "plan_id": "plan_id",
            "plan_name": "attribute",
            "plan_fee": "plan_fee",
            "activation_date": "activated_on",
            "tenure_months": "tenure_months",
            "status": "status",
            "status_date": "attribute",
            "contract_type": "attribute",
            "contract_end": "contract_end",
            "is_mix": "attribute",
            "main_sub_flag": "attribute",
            "network": "attribute",
            "channel_id": "channel_id",
            "dealer_id": "attribute",
            "port_in": "attribute",
            "port_out": "attribute",
        },
    ),
    (
        "sub2.csv",
        "subscriptions",
        {
            "用户编号": "subscription_id",
            "账户编号": "account_id",
            "手机号码": "number_h",
            "业务类型": "service_type",
            "付费类型": "pay_mode",
            "品牌": "attribute",
            "主套餐": "plan_id",
            "月租": "plan_fee",
            "入网时间": "activated_on",
            "网龄": "tenure_months",
            "用户状态": "status",
            "合约类型": "attribute",
            "合约到期日": "contract_end",
            "是否融合": "attribute",
            "主副卡": "attribute",
            "入网渠道": "channel_id",
        },
    ),
    (
        "sub3.csv",
        "subscriptions",
        {
            "用户ID": "subscription_id",
            "账户编号": "account_id",
            "接入号": "number_h",
            "业务类型": "service_type",
            "付费类型": "pay_mode",
            "品牌": "attribute",
            "主套餐": "plan_id",
            "套餐费": "plan_fee",
            "开户时间": "activated_on",
            "在网时长": "tenure_months",
            "用户状态": "status",
        },
    ),
    (
        "sub4.csv",
        "subscriptions",
        {
            "用户ID": "subscription_id",
            "账户编号": "account_id",
            "设备号": "number_h",
            "业务类型": "service_type",
            "主套餐": "plan_id",
            "开户时间": "activated_on",
        },
    ),
    (
        "prod.csv",
        "products",
        {
            "subscription_id": "subscription_id",
            "product_id": "product_id",
            "offer_name": "attribute",
            "start": "started_on",
            "end": "ended_on",
            "recurring_fee": "monthly_fee",
            "agent": "attribute",
        },
    ),
    (
        "prod2.csv",
        "products",
        {
            "用户编号": "subscription_id",
            "产品编码": "product_id",
            "订购时间": "started_on",
            "退订时间": "ended_on",
        },
    ),
    (
        "tmf678.csv",
        "bills",
        {
            "id": "attribute",
            "customer_id": "customer_id",
            "bill_no": "attribute",
            "billing_period": "month",
            "bill_date": "attribute",
            "payment_due_date": "due_on",
            "amount_due": "amount",
            "tax_included_amount": "attribute",
            "remaining_amount": "attribute",
            "state": "attribute",
            "category": "attribute",
        },
    ),
    (
        "bill3.csv",
        "bills",
        {
            "客户编号": "customer_id",
            "账单编号": "attribute",
            "账期": "month",
            "缴费期限": "due_on",
            "应收金额": "amount",
            "欠费金额": "attribute",
        },
    ),
    (
        "rates.csv",
        "bills",
        {
            "customer_id": "customer_id",
            "billing_period": "month",
            "type": "kind",
            "amount": "amount",
        },
    ),
    (
        "bill5.csv",
        "bills",
        {
            "客户编号": "customer_id",
            "账期": "month",
            "月租费": "recurring",
            "语音费": "voice",
            "流量费": "data",
            "短信费": "text",
            "增值费": "value-added",
            "套外费": "over-bundle",
            "优惠/减免": "discount",
            "滞纳金/违约金": "penalty",
        },
    ),
    (
        "pay.csv",
        "payments",
        {
            "payment_id": "payment_id",
            "account_id": "account_id",
            "paid_at": "paid_at",
            "amount": "amount",
            "method": "method",
            "channel": "channel",
            "reversed": "reversed",
        },
    ),
    (
        "pay2.csv",
        "payments",
        {
            "payment_id": "payment_id",
            "账户编号": "account_id",
            "缴费时间": "paid_at",
            "缴费金额": "amount",
            "缴费方式": "method",
            "缴费渠道": "channel",
            "冲正": "reversed",
        },
    ),
    (
        "usage.csv",
        "usage",
        {
            "subscription_id": "subscription_id",
            "month": "month",
            "mou": "call_minutes",
            "mo": "attribute",
            "mt": "attribute",
            "on_net": "attribute",
            "off_net": "attribute",
            "roam": "attribute",
            "intl": "attribute",
            "sms": "texts",
            "dou": "data_mb",
            "night_share": "attribute",
            "call_days": "attribute",
            "active_days": "active_days",
            "contacts": "attribute",
            "saturation": "attribute",
            "over_bundle_fee": "over_bundle_fee",
            "arpu": "bills.total",
        },
    ),
    (
        "usage2.csv",
        "usage",
        {
            "用户编号": "subscription_id",
            "账期": "month",
            "计费时长(分钟)": "call_minutes@分钟",
            "主叫": "attribute",
            "被叫": "attribute",
            "网内": "attribute",
            "网间": "attribute",
            "漫游": "attribute",
            "短信(条)": "texts@条",
            "流量(MB)": "data_mb@mb",
            "通话天数": "active_days",
            "交往圈": "attribute",
            "语音饱和度(%)": "voice_saturation@%",
            "流量饱和度(%)": "data_saturation@%",
            "套外费": "over_bundle_fee",
        },
    ),
    (
        "usage3.csv",
        "usage",
        {
            "用户编号": "subscription_id",
            "账期": "month",
            "流量(GB)": "data_mb@gb",
        },
    ),
    (
        "cdr.csv",
        "calls",
        {
            "record_type": "kind",
            "served_msisdn": "subscription_id",
            "other_party": "counterpart",
            "event_ts": "started_at",
            "call_duration (s)": "duration_s@s",
            "cause_for_term": "attribute",
            "cell_id": "cell_id",
            "imei": "device_h",
            "direction": "direction",
            "service": "attribute",
        },
    ),
    (
        "cdr2.csv",
        "calls",
        {
            "recordType": "kind",
            "servedMSISDN": "subscription_id",
            "otherParty": "counterpart",
            "eventTs": "started_at",
            "callDuration": "duration_s",
            "causeForTerm": "attribute",
            "LAC-CI": "cell_id",
            "direction": "direction",
            "charge": "attribute",
        },
    ),
    (
        "cdr3.csv",
        "calls",
        {
            "recordType": "kind",
            "servedMSISDN": "subscription_id",
            "recordOpeningTime": "started_at",
            "listOfTrafficVolumes": "attribute",
            "duration": "duration_s",
            "apn": "attribute",
            "rat": "attribute",
            "chargingId": "attribute",
            "TAC-ECI": "cell_id",
            "charge": "attribute",
        },
    ),
    (
        "tt.csv",
        "contacts",
        {
            "ticket_id": "contact_id",
            "customer_id": "customer_id",
            "type": "kind",
            "category": "topic",
            "severity": "severity",
            "created": "opened_at",
            "resolved": "closed_at",
            "sla": "attribute",
            "repeat_flag": "repeat",
            "compensation": "attribute",
        },
    ),
    (
        "tt2.csv",
        "contacts",
        {
            "工单编号": "contact_id",
            "客户编号": "customer_id",
            "工单类型": "kind",
            "一级类别": "topic",
            "二级类别": "attribute",
            "三级类别": "attribute",
            "投诉重要性": "severity",
            "受理时间": "opened_at",
            "重复投诉": "repeat",
        },
    ),
    (
        "tt3.csv",
        "contacts",
        {
            "ticketId": "contact_id",
            "customerId": "customer_id",
            "ticketType": "kind",
            "severity": "severity",
            "creationDate": "opened_at",
            "resolutionDate": "closed_at",
            "status": "attribute",
            "description": "text",
        },
    ),
    (
        "survey.csv",
        "surveys",
        {
            "survey_id": "attribute",
            "respondent": "customer_id",
            "survey_date": "surveyed_on",
            "wave": "attribute",
            "item": "item",
            "score": "score",
            "expected_score": "expected",
            "comment": "attribute",
            "weight": "weight",
        },
    ),
    (
        "camp.csv",
        "campaigns",
        {
            "campaign_id": "campaign_id",
            "customer_id": "customer_id",
            "wave": "attribute",
            "arm": "arm",
            "channel": "channel",
            "contact_ts": "contacted_on",
            "result": "outcome",
            "offer": "offer_id",
            "response": "response",
            "cost": "cost",
        },
    ),
    (
        "camp2.csv",
        "campaigns",
        {
            "活动编码": "campaign_id",
            "客户编号": "customer_id",
            "渠道": "channel",
            "接触时间": "contacted_on",
            "接触结果": "response",
        },
    ),
    (
        "arrears.csv",
        "customers",
        {
            "用户编号": "customer_id",
            "停机时间": "attribute",
            "复机时间": "attribute",
            "停机原因": "attribute",
            "用户状态": "subscriptions.status",
        },
    ),
    (
        "mobile_tags.csv",
        "customers",
        {
            "用户编号": "customer_id",
            "半年内投诉": "attribute",
            "重点投诉客户": "attribute",
            "近三个月是否降过档": "attribute",
            "近三个月是否升过档": "attribute",
            "潜在流失客户": "attribute",
            "集团属性": "attribute",
            "副卡数量": "attribute",
            "融合类型": "attribute",
            "合约资质": "attribute",
            "近3个月折扣活动到期客户": "attribute",
            "近3个月宽带拆机": "attribute",
            "宽带活动到期时长": "attribute",
            "对手进攻": "attribute",
            "套餐不适配": "attribute",
            "弃老用新": "attribute",
            "移动双卡": "attribute",
            "我主异副": "attribute",
            "异主我副": "attribute",
            "近3个月月均ARPU(元)": "bills.total@元",
            "近3个月月均MOU(分钟)": "usage.call_minutes@分钟",
            "近3个月月均DOU(G)": "usage.data_mb@g",
            "语音饱和度(%)": "usage.voice_saturation@%",
            "流量饱和度(%)": "usage.data_saturation@%",
            "近3个月流量超套次数": "attribute",
            "终端换机潜客": "attribute",
        },
    ),
    (
        "unicom.csv",
        "customers",
        {
            "USERID": "customer_id",
            "service_type": "subscriptions.service_type",
            "is_mix_service": "attribute",
            "online_time": "subscriptions.tenure_months",
            "1_total_fee": "bills.total",
            "2_total_fee": "attribute",
            "3_total_fee": "attribute",
            "4_total_fee": "attribute",
            "month_traffic": "usage.data_mb",
            "many_over_bill": "attribute",
            "contract_type": "attribute",
            "contract_time": "attribute",
            "is_promise_low_consume": "attribute",
            "net_service": "attribute",
            "pay_times": "attribute",
            "pay_num": "attribute",
            "last_month_traffic": "attribute",
            "local_trafffic_month": "attribute",
            "local_caller_time": "attribute",
            "service1_caller_time": "attribute",
            "service2_caller_time": "attribute",
            "gender": "gender",
            "age": "attribute",
            "complaint_level": "attribute",
            "former_complaint_num": "attribute",
            "former_complaint_fee": "attribute",
        },
    ),
    (
        "b2b.csv",
        "products",
        {
            "订购ID": "subscription_id",
            "订单受理时间": "attribute",
            "订单生效时间": "started_on",
            "订单到期时间": "ended_on",
            "产品规格": "product_id",
            "单价_元": "monthly_fee@元",
            "地市": "attribute",
            "区县": "attribute",
            "集团客户名称": "attribute",
            "省内集团编号": "customer_id",
            "看管人员姓名": "dropped",
            "看管人员工号": "attribute",
            "归属网格名称": "attribute",
            "微格名称": "attribute",
            "当月预估收入_元": "attribute",
            "集团价值等级": "attribute",
            "客户经理姓名": "dropped",
            "客户经理ID": "attribute",
        },
    ),
    (
        "bill4.csv",
        "bills",
        {
            "客户编号": "customer_id",
            "账期": "month",
            "月租费": "recurring",
            "语音费": "voice",
            "流量费": "data",
            "短信费": "text",
            "增值费": "value-added",
            "套外费": "over-bundle",
            "优惠": "discount",
            "滞纳金": "penalty",
        },
    ),
    (
        "bill6.csv",
        "bills",
        {
            "客户编号": "customer_id",
            "账期": "month",
            "应收金额": "amount",
            "减免": "discount",
            "违约金": "penalty",
        },
    ),
    (
        "pay3.csv",
        "payments",
        {
            "payment_id": "payment_id",
            "subscription_id": "subscription_id",
            "paid_at": "paid_at",
            "amount": "amount",
            "reversed": "reversed",
        },
    ),
    (
        "tmf.csv",
        "bills",
        {
            "customerId": "customer_id",
            "billNo": "attribute",
            "billingPeriod": "month",
            "billDate": "attribute",
            "paymentDueDate": "due_on",
            "amountDue": "amount",
            "taxIncludedAmount": "attribute",
            "remainingAmount": "attribute",
            "state": "attribute",
            "category": "attribute",
        },
    ),
]


@pytest.mark.parametrize(("file", "table", "names"), NAMES, ids=[file for file, _, _ in NAMES])
def test_every_header_is_what_it_is_said_to_be(file: str, table: str, names: dict[str, str]) -> None:
    found = guess(file, {name: name for name in names}, {})
    assert found is not None
    assert (found.table, found.ties) == (table, ())
    meant: dict[str, list[str]] = {}
    for slot, use in found.columns.items():
        unit = f"@{use.unit}" if use.unit else ""
        meant.setdefault(use.header, []).append(slot.removeprefix(f"{table}.") + unit)
        assert not use.unit or use.factor(slots()[slot]) > 0
    dropped = dict.fromkeys(found.personal, "dropped")
    assert {name: "+".join(meant.get(name, [])) or dropped.get(name, "attribute") for name in names} == names


def test_discount_and_reduction_apart_are_asked_for() -> None:
    from telcli.errors import DataError

    with pytest.raises(DataError, match="优惠, 减免"):
        guess("b.csv", {name: name for name in ("客户编号", "账期", "月租费", "优惠", "减免")}, {})


def test_one_fee_of_the_contest_is_in_fen(tmp_path: Path) -> None:
    table = "USERID,1_total_fee,pay_num,former_complaint_fee,gender\nu1,12.5,30,1250,01\nu2,9,10,0,02\n"
    found = ran(tmp_path, {"unicom.csv": table})
    columns = ("customer_id", "gender", "x_pay_num", "x_former_complaint_fee")
    assert good(found, "customers", *columns) == [("u1", "male", 30.0, 12.5), ("u2", "female", 10.0, 0.0)]
    assert good(found, "bills", "amount") == [(12.5,), (9.0,)]
    assert found.metrics["sources"][0]["units"] == {"x_former_complaint_fee": "分"}
    assert "attribute-unit" in {notice.code for notice in found.notices}


def test_orders_of_groups_name_no_persons(tmp_path: Path) -> None:
    order = "订购ID,订单受理时间,订单生效时间,订单到期时间,产品规格,单价_元,地市,省内集团编号,"
    order += "看管人员姓名,看管人员工号,客户经理姓名\n"
    order += "O1,2024-01-02,2024-02-01,2025-01-31,互联网专线100M,1200,福州,G1,王小明,W07,李雷\n"
    order += "O2,2024-01-03,2024-02-01,2025-01-31,互联网专线100M,800,福州,G1,王小明,W07,李雷\n"
    found = ran(tmp_path, {"订单.csv": order, "crm.csv": "客户编号,性别\nG1,男\nG2,女\n"})
    columns = ("subscription_id", "product_id", "started_on", "monthly_fee")
    assert [(row[0], row[1], row[3]) for row in good(found, "products", *columns)] == [
        ("O1", "互联网专线100M", 1200.0),
        ("O2", "互联网专线100M", 800.0),
    ]
    kept = found.tables["products"].collect()
    assert not [name for name in kept.columns if "姓名" in name]
    assert not any(word in str(row) for row in kept.rows() for word in ("王小明", "李雷"))


def test_bills_and_payments_known_by_account_alone(tmp_path: Path) -> None:
    files = {
        "crm.csv": "客户编号,性别\nc1,男\nc2,女\n",
        "账户.csv": "账户编号,客户编号,账户余额\na1,c1,3\na2,c1,4\na3,c2,5\n",
        "账单.csv": "账户编号,账期,应收金额\na1,202406,10\na2,202406,5\na3,202406,7\na9,202406,1\n",
        "缴费.csv": "缴费流水号,账户编号,缴费时间,缴费金额\np1,a2,20240620,15\np2,a3,20240621,7\n",
    }
    found = ran(tmp_path, files)
    assert good(found, "bills", "customer_id", "amount") == [("c1", 15.0), ("c2", 7.0)]
    assert good(found, "payments", "customer_id", "amount") == [("c1", 15.0), ("c2", 7.0)]
    assert rules(found, "bills") == [(5, "orphan", "customer_id", "a9")]
