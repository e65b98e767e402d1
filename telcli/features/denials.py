"""What a text says that it is not about, taken out before words are looked for; and traditional characters folded."""

from __future__ import annotations

import polars as pl

__all__ = ["affirmed"]

_TRADITIONAL = (
    "訊號網寬頻帶電視機話帳單錯誤擾圾簡騷銷戶轉過處態務業辦規則積優動蓋維裝約協議繳費復額漲價貴慢斷線覆掉問題經發現開通達時應實際沒無為這個來給對還說請預報壞聽雜"
    "離網遊際長途閱證號換選鎖終門廳資產贈獎紅禮賠償返補貼導騙隱瞞虛傳擅強購訂閱惡劣禮貌專業敷衍罵詐盜個護與並並並涉異見滿體驗測試語音誠諾許變級檔權益員樂計劃"
)
_SIMPLIFIED = (
    "讯号网宽频带电视机话账单错误扰圾简骚销户转过处态务业办规则积优动盖维装约协议缴费复额涨价贵慢断线覆掉问题经发现开通达时应实际没无为这个来给对还说请预报坏听杂"
    "离网游际长途阅证号换选锁终门厅资产赠奖红礼赔偿返补贴导骗隐瞒虚传擅强购订阅恶劣礼貌专业敷衍骂诈盗个护与并并并涉异见满体验测试语音诚诺许变级档权益员乐计划"
)
_PAIRS = {old: new for old, new in zip(_TRADITIONAL, _SIMPLIFIED, strict=True) if old != new}
_CLAUSE, _END = r"[^，。；,;！!？?、\s吗么]", r"([，。；,;！!、\s]|$)"
_TROUBLE = "投诉|异议|意见|不满|问题|故障"
_DENIED: tuple[tuple[str, str], ...] = (
    (r"是不是", "是否"),
    (rf"(?:并不是|并非|不是)[^，。；,;！!？?、\s吗么就]{{1,14}}{_END}", "$1"),
    (rf"(?:与|和|跟){_CLAUSE}{{1,8}}?无关", ""),
    (rf"(?:未发生|没有发生|不存在|不涉及|未出现|没有出现){_CLAUSE}{{1,14}}{_END}", "$1"),
    (rf"对{_CLAUSE}{{1,10}}?(?:没有|没|无|未提出)(?:任何|什么)?(?:{_TROUBLE})", ""),
    (rf"(?:没有|没|无)(?:任何|什么)?(?:{_TROUBLE})?投诉", ""),
    (rf"[\p{{Han}}--[不未没无非]]{{1,4}}(?:正常|没问题|没有问题|无问题|良好){_END}", "$1"),
    (r"\bnot (?:really )?(?:about|because of|related to|due to|a matter of) [^.,;!?]{1,40}", ""),
    (
        r"\bno (?:complaints?|problems?|issues?|trouble|concerns?)(?: at all| whatsoever)? "
        r"(?:about|with|regarding) [^.,;!?]{1,40}",
        "",
    ),
    (r"\bnothing (?:wrong|to do) with [^.,;!?]{1,40}", ""),
)


def affirmed(text: pl.Expr) -> pl.Expr:
    """A text in small letters and simplified characters, without what it says that it is not about.

    >>> said = pl.DataFrame({"t": ["不是資費問題，是訊號差", "Not about the bill, change my plan", "没有信号"]})
    >>> said.select(affirmed(pl.col("t")))["t"].to_list()
    ['，是讯号差', ', change my plan', '没有信号']
    """
    plain = text.str.to_lowercase().str.replace_many(_PAIRS)
    for pattern, instead in _DENIED:
        plain = plain.str.replace_all(pattern, instead)
    return plain
