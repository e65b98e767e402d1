"""The sheet of past experience: what its columns are called, in English and Chinese, and which words stand for all."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["HEADERS", "THEMES", "WHOLE", "column_of", "part_named", "theme_named"]

HEADERS: Mapping[str, tuple[str, ...]] = {
    "segment_name": ("segment", "客群", "segment name", "customer group", "客户群", "细分群体", "客户分群"),
    "theme": ("reason", "流失原因", "theme", "churn reason", "原因", "原因主题", "流失主题"),
    "offer_id": ("offer", "优惠", "offer id", "offer code", "优惠编码", "方案", "挽留方案", "挽留策略", "套餐优惠"),
    "channel": ("channel", "渠道", "触达渠道", "接触渠道"),
    "period": ("period", "期间", "month", "月份", "账期", "时间", "活动月份", "date"),
    "treated": ("contacted", "接触客户数", "treated", "实验组", "实验组客户数", "触达客户数", "接触人数", "treated n"),
    "held_out": ("held out", "对照客户数", "control", "对照组", "对照组客户数", "未接触客户数", "control group"),
    "stayed_treated": (
        *("contacted stayed", "接触留网数", "stayed treated", "treated stayed", "实验组留网数", "实验组留存"),
        *("stayed of contacted", "retained contacted", "实验组留网率", "接触留网率"),
    ),
    "stayed_held_out": (
        *("held out stayed", "对照留网数", "stayed held out", "control stayed", "对照组留网数", "对照组留存"),
        *("stayed of held out", "retained control", "对照组留网率", "对照留网率"),
    ),
    "uplift": ("uplift", "留网率增益", "gain", "增益", "提升", "留网率提升", "effect"),
    "uplift_low": ("uplift low", "增益下限", "uplift from", "下限", "lower", "gain low"),
    "uplift_high": ("uplift high", "增益上限", "uplift to", "上限", "upper", "gain high"),
    "accepted": ("accepted", "接受客户数", "接受数", "接受人数", "taken"),
    "cost": ("cost", "成本", "total cost", "总成本", "费用"),
}
"""Columns: their header in English and Chinese, then others that mean the same."""
THEMES: Mapping[str, tuple[str, ...]] = {
    "contract": ("合约",),
    "network": ("网络",),
    "service": ("服务",),
    "price": ("资费", "价格"),
    "payment": ("缴费",),
    "competition": ("竞争",),
    "use": ("使用",),
    "product": ("产品",),
    "life": ("个人情况", "生活"),
    "other": ("其他",),
}
WHOLE = ("", "any", "all", "*", "-", "全部", "所有", "不限", "任意")
"""Words for a segment, reason or channel that is any."""
_TOTAL = re.compile(r"^(sub-?total|grand total|total|sum|overall)\b|(小计|合计|总计|总和|汇总)$", re.IGNORECASE)
_SPACES = re.compile(r"[\s_\-（()）]+")


def column_of(header: str) -> str:
    """The column that a header names, in either language; empty where there is none.

    >>> column_of(" Held-out "), column_of("留网率增益"), column_of("colour")
    ('held_out', 'uplift', '')
    """
    return _NAMES.get(_plain(header), "")


def part_named(text: str) -> str:
    """What a segment, reason, channel or offer is called, without the word for a sum; empty where it is any.

    >>> part_named("重度小计"), part_named("Total"), part_named("全部"), part_named("Totally new")
    ('重度', '', '', 'Totally new')
    """
    found = _TOTAL.sub("", text.strip()).strip(" :：-")
    return "" if found.lower() in WHOLE else found


def theme_named(text: str) -> str:
    """The theme that a word is exactly; empty where it is none.

    >>> theme_named("Price"), theme_named("网络"), theme_named("weather")
    ('price', 'network', '')
    """
    return _THEMES.get(_plain(text), "")


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text.strip().lower()).strip()


_NAMES = {_plain(name): column for column, names in HEADERS.items() for name in names}
_THEMES = {_plain(name): theme for theme, names in THEMES.items() for name in (theme, *names)}
