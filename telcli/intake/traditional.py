"""Headers in traditional characters, as Taiwan, Hong Kong and Macao write them, folded to simplified ones.

Only the characters that words of billing and customer systems are made of; values are left as they are.
"""

from __future__ import annotations

__all__ = ["simplified"]

_TRADITIONAL = (
    "註萬與專業嚴個鄉產億眾優會體餘儲減淨準創別製動務區協單歷縣參雙發變號後員響問團國塊備復複處實寬對屬帶應開異強當總態願戶報掛換據攜數無時暫機權條來標樣檔測遊滯滿靈點"
    "狀現電碼礎礙離種稱類緊級約納線組細終經結絡統維編繳網聯薦營裝規視觸計訂議訊設訪證証評識訴試話詢詳語請調賬帳質購費資贈轉較達遷過違遞郵鐘銀銷鎮長門間際預題額饋館驗"
    "齡項譽沖劃價內冊傳匯啟幣擇獎積筆節簡紅續罰舊補記說負財貨買賣載連週進選還錄關顯臺佔車習歲職學聲寫圖彙險檢環撥鈴裡雲頻飛階層勵執盤卻隨隱醫嗎辦歸戰躍"
)
_SIMPLIFIED = (
    "注万与专业严个乡产亿众优会体余储减净准创别制动务区协单历县参双发变号后员响问团国块备复复处实宽对属带应开异强当总态愿户报挂换据携数无时暂机权条来标样档测游滞满灵点"
    "状现电码础碍离种称类紧级约纳线组细终经结络统维编缴网联荐营装规视触计订议讯设访证证评识诉试话询详语请调账账质购费资赠转较达迁过违递邮钟银销镇长门间际预题额馈馆验"
    "龄项誉冲划价内册传汇启币择奖积笔节简红续罚旧补记说负财货买卖载连周进选还录关显台占车习岁职学声写图汇险检环拨铃里云频飞阶层励执盘却随隐医吗办归战跃"
)
_TABLE = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def simplified(header: str) -> str:
    """The header in simplified characters.

    >>> simplified("客戶編號"), simplified("帳期"), simplified("应收金额")
    ('客户编号', '账期', '应收金额')
    """
    return header.translate(_TABLE)
