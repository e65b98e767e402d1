"""Settings of the business views that `segment` writes beside its clusters: what makes a customer one of a group."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["ViewSettings"]


@dataclass(frozen=True)
class _MoneySettings:
    """What a customer spends and earns the operator."""

    high_tier_revenue: float = setting(
        0.0,
        "Monthly revenue from which a customer is in the high tier; 0 goes by high_tier_share.",
        "月收入达到此值为高消费层；0 表示按 high_tier_share 划分。",
        unit="currency",
        low=0.0,
    )
    low_tier_revenue: float = setting(
        0.0,
        "Monthly revenue below which a customer is in the low tier; 0 goes by low_tier_share.",
        "月收入低于此值为低消费层；0 表示按 low_tier_share 划分。",
        unit="currency",
        low=0.0,
    )
    margin_months: int = setting(
        6,
        "Last months whose mean tells what a customer earns and pays.",
        "以最近几个月的平均值衡量客户的毛利与缴费。",
        unit="months",
        low=1,
        high=12,
    )
    profitable_index: float = setting(
        1.0,
        "A customer is profitable from this many times the mean margin of all.",
        "毛利达到全体平均的多少倍为盈利客户。",
        unit="x the mean",
        low=0.0,
        high=100.0,
    )
    exit_months: int = setting(
        6,
        "Months running without any margin after which a customer may be given up.",
        "连续多少个月无毛利可列为退出候选。",
        unit="months",
        low=2,
        high=12,
    )
    exit_margin: float = setting(
        0.0,
        "A month at or below this margin counts as one without any.",
        "月毛利不超过此值视为无毛利。",
        unit="currency",
    )


@dataclass(frozen=True)
class ViewSettings(_MoneySettings):
    """What makes a customer one of a group."""

    key_share: float = setting(
        0.01,
        "Share of customers, by margin, who are key accounts for their profit.",
        "按毛利排名前多少占比的客户列为大客户。",
        unit="share",
        low=0.0,
        high=0.5,
    )
    potential_share: float = setting(
        0.1,
        "Share of customers, by margin, among whom a rising one is a key account for the potential.",
        "毛利排名在此占比之内且收入上升的客户列为潜力大客户。",
        unit="share",
        low=0.0,
        high=0.5,
    )
    potential_rise: float = setting(
        0.3,
        "Rise of revenue over 6 months that makes the potential.",
        "半年收入增幅达到此值视为有潜力。",
        unit="ratio",
        low=0.0,
        high=10.0,
    )
    business_lines: int = setting(
        10,
        "Lines from which a customer told to be none is a business.",
        "在网号码达到此数的客户视为商业客户。",
        unit="lines",
        low=2,
    )
    strategic_lines: int = setting(
        20, "Lines from which a customer is strategic.", "在网号码达到此数为战略客户。", unit="lines", low=2
    )
    strategic_group: int = setting(
        20,
        "Customers of one group_id from which its members are strategic; 0 never.",
        "同一集团的客户达到此数时其成员为战略客户；0 表示不计。",
        unit="customers",
        low=0,
    )
    strategic_stars: int = setting(
        7,
        "Star level from which a customer is strategic.",
        "星级达到此值为战略客户。",
        unit="stars",
        low=1,
        high=10,
    )
    loyal_months: int = setting(
        24, "Tenure from which a customer may be loyal.", "网龄达到此值方为忠诚客户。", unit="months", low=1, high=240
    )
    loyal_complaints: int = setting(
        1,
        "The most complaints in 6 months of a loyal customer.",
        "忠诚客户半年内投诉不超过此数。",
        unit="complaints",
        low=0,
    )
    loyal_arrears: int = setting(
        1,
        "The most months with arrears, of 6, of a loyal customer.",
        "忠诚客户近6个月中欠费月数不超过此数。",
        unit="months",
        low=0,
        high=6,
    )
    very_low_minutes: float = setting(
        5.0,
        "Minutes of calls a month below which, with very_low_mb, a customer uses next to nothing.",
        "月通话低于此分钟数且流量低于 very_low_mb 为极低使用。",
        unit="minutes",
        low=0.0,
    )
    very_low_mb: float = setting(
        5.0,
        "Data a month below which, with very_low_minutes, a customer uses next to nothing.",
        "月流量低于此值且通话低于 very_low_minutes 为极低使用。",
        unit="MB",
        low=0.0,
    )
    without_months: int = setting(
        3,
        "Months running without voice, data or texts that make more of it than a month of none.",
        "连续多少个月无语音、无流量、无短信为三无客户。",
        unit="months",
        low=2,
        high=12,
    )
    online_share: float = setting(
        0.6,
        "Share of payments and contacts in 6 months through online channels that makes an online customer.",
        "半年内缴费与接触中线上渠道占比达到此值为线上客户。",
        unit="share",
        low=0.01,
        high=1.0,
    )
    online_touches: int = setting(
        3,
        "Payments and contacts in 6 months below which nothing is said of the share.",
        "半年内缴费与接触少于此数时不按占比判断。",
        unit="touches",
        low=1,
    )
    online_channels: str = setting(
        "app, web, webapp, webshop, website, online, on-line, internet, portal, self-care, e-shop, e-commerce, "
        "wechat, alipay, wallet, e-wallet, bestpay, quickpass, paypal, whatsapp, messenger, chat, chatbot, e-mail, "
        "mini program, 网厅, 网上, 网银, 互联网, 线上, 在线, 掌厅, 掌上, 手厅, 微厅, 微营业厅, 手机营业厅, 电子营业厅, "
        "网络营业厅, 电子渠道, 电子商务, 电商平台, 电商渠道, 客户端, 手机银行, 微信, 小程序, 公众号, 支付宝, 翼支付, "
        "云闪付, 沃支付, 沃钱包, 和包支付, 财付通, 电子钱包, 淘宝, 天猫, 京东商城, 京东支付, 抖音",
        "Words in the name of a channel that make it an online one, by comma.",
        "渠道名称含其一即为线上渠道，逗号分隔。",
    )
    offline_channels: str = setting(
        "off-line, agent, agency, agencies, dealer, reseller, franchise, kiosk, terminal, cafe, walk-in, in person, "
        "non-online, not online, non-web, 线下, 代理, 代办, 加盟, 实体, 自助终端, 自助机, 终端机, 网吧, "
        "非线上, 非在线, 非电子, 非网上, 非互联网",
        "Words in the name of a channel that make it none online, whatever else it holds, by comma.",
        "渠道名称含其一即不是线上渠道，无论另含何词，逗号分隔。",
    )
    part_signals: int = setting(
        2,
        "Signs of taking part (online, several services, an offer taken up, a question asked) that are enough.",
        "参与迹象（线上、多业务、接受过营销、主动咨询）达到此数视为愿意参与。",
        unit="signs",
        low=1,
        high=4,
    )
