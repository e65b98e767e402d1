"""The sheet of a manager's tasks: its columns, the words that may be filled in, and the check code of a row."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from telcli.tables.masking import hidden

__all__ = [
    "ANSWERED",
    "CHANNELS",
    "CODE",
    "FILLED",
    "GIVEN",
    "HEADERS",
    "RESULTS",
    "TALKED",
    "channel_of",
    "check_code",
    "field_of",
    "result_of",
    "word",
]

GIVEN = {
    "task_id": ("Task", "任务编号"),
    "campaign_id": ("Campaign", "活动"),
    "customer": ("Customer", "客户"),
    "priority": ("Priority", "优先级"),
    "deadline": ("Deadline", "完成期限"),
    "what": ("What to do", "任务内容"),
    "why": ("Why", "原因"),
    "talk": ("Talking points", "沟通要点"),
    "offer": ("Offer planned", "推荐方案"),
    "planned": ("Channel planned", "计划渠道"),
}
"""Columns that telcli fills: their headers in English and Chinese."""
FILLED = {
    "result": ("Result", "联系结果"),
    "contacted_on": ("Contacted on", "联系日期"),
    "channel": ("Channel used", "实际渠道"),
    "offer_given": ("Offer given", "实际方案"),
    "cost": ("Cost", "实际成本"),
    "note": ("Note", "备注"),
}
"""Columns that the manager fills."""
CODE = "code"
HEADERS: Mapping[str, tuple[str, str]] = {**GIVEN, **FILLED, CODE: ("Check code", "校验码")}
RESULTS = {
    "accepted": ("accepted", "接受", "yes", "agreed", "同意", "已接受", "成功", "愿意"),
    "refused": ("refused", "拒绝", "no", "declined", "rejected", "已拒绝", "不同意", "拒絕", "不愿意"),
    "thinking": ("thinking", "考虑中", "undecided", "考虑", "待定", "考慮中", "再考虑"),
    "unreachable": (
        "unreachable",
        "联系不上",
        "no answer",
        "not reached",
        "无人接听",
        "未接通",
        "关机",
        "没接",
        "未接",
        "聯繫不上",
    ),
    "not-needed": ("not needed", "无需维系", "not-needed", "无需", "不需要"),
    "wrong-number": ("wrong number", "号码错误", "wrong-number", "空号", "错号", "號碼錯誤"),
    "complained": ("complained", "投诉", "complaint", "客户投诉", "投訴"),
}
"""Result codes: the words of the sheet in English and Chinese, then others that mean the same."""
TALKED = ("accepted", "refused", "thinking", "not-needed", "complained")
"""Results of customers who were reached."""
ANSWERED = ("accepted", "refused", "thinking")
"""Results of those who said something to the offer itself."""
CHANNELS = {
    "phone": ("phone", "电话", "call", "hotline", "热线"),
    "outbound": ("outbound call", "外呼", "telemarketing", "电话外呼"),
    "manager": ("account manager", "客户经理"),
    "visit": ("visit", "上门", "上门拜访", "拜访"),
    "sms": ("SMS", "短信", "text", "text message"),
    "wechat": ("WeChat", "微信", "企业微信"),
    "app": ("app", "APP", "掌厅", "客户端"),
    "email": ("e-mail", "邮件", "email", "mail", "电子邮件"),
    "shop": ("shop", "营业厅", "store", "门店", "hall"),
    "online": ("online", "网上营业厅", "网厅", "web"),
    "post": ("letter", "信函", "post"),
}
"""Channels likewise; a channel of another name stands as the operator calls it."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LONG = 6
_SPACES = re.compile(r"[\s_-]+")


def check_code(campaign_id: str, task_id: str, customer: str, offer_id: str | None) -> str:
    """Six letters that go with what a row says of itself: one that was changed or mixed up has others.

    They are made of nothing that the sheet does not show, so that nothing can be learned from them. The letters guard
    against slips, not against forgery. `customer` may be the identifier or what the sheet shows of it.

    >>> check_code("c", "t", "13812345678", None) == check_code("c", "t", "138******78", None)
    True
    """
    parts = "\x1f".join((campaign_id, task_id, hidden(customer), offer_id or ""))
    number = int.from_bytes(hashlib.sha256(parts.encode()).digest()[:8], "big")
    letters = []
    for _ in range(_LONG):
        number, at = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[at])
    return "".join(letters)


def word(words: Mapping[str, tuple[str, ...]], code: str, tongue: int) -> str:
    """What a code is called on the sheet: 0 in English, 1 in Chinese; a code that is not known stands as it is.

    >>> word(RESULTS, "accepted", 1), word(CHANNELS, "kiosk", 0)
    ('接受', 'kiosk')
    """
    known = words.get(code)
    return known[tongue] if known else code


def field_of(header: str) -> str:
    """The column that a header names, in either language; empty where there is none.

    >>> field_of(" 联系结果 "), field_of("CHECK CODE"), field_of("Colour")
    ('result', 'code', '')
    """
    return _names(HEADERS).get(_plain(header), "")


def result_of(text: str) -> str:
    """The result code that a word means; empty where it means none.

    >>> result_of("Accepted"), result_of("联系不上"), result_of("maybe")
    ('accepted', 'unreachable', '')
    """
    return _names(RESULTS).get(_plain(text), "")


def channel_of(text: str) -> str:
    """The channel that a word means; empty where none is known by it.

    >>> channel_of("电话"), channel_of("pigeon")
    ('phone', '')
    """
    return _names(CHANNELS).get(_plain(text), "")


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text.strip().lower())


def _names(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """By plain word its code; the code itself is one of its words."""
    return {_plain(name): code for code, names in words.items() for name in (code, *names)}
