"""Names and home addresses of persons, told by the values of a column whose header says nothing of them.

A column is one of names where it has many different values and nearly all of them are a common family name and one or
two characters more; a city, a plan or a brand has few, or begins otherwise. Only whole columns are judged: one value
alone is never taken for a name.
"""

from __future__ import annotations

import polars as pl

__all__ = ["are_names", "home_addresses", "like_names", "mostly_own"]

_FAMILIES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜"
    "崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪"
    "劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蕭葉蘇呂盧譚陸賈鄒"
)
"""The hundred or so commonest, which nine of ten people have; some in both ways of writing."""
_DOUBLE = "欧阳|上官|司马|诸葛|东方|夏侯|皇甫|尉迟|公孙|慕容|令狐|司徒|端木|歐陽|司馬|諸葛"
_NAME = rf"^(?:[{_FAMILIES}]|{_DOUBLE})\s?\p{{Han}}{{1,2}}$"
_NO_NAME = r"[村庄屯乡镇县区市州路街巷店厅站部组局所卡包版型类户级机员桥湾沟寨堡网]$"
"""How places, shops and products end, and names hardly do."""
_STREET = r"(?:路|街|巷|弄|道|胡同|村|小区|花园|苑|里|园|坊|城)"
_ADDRESS = rf"{_STREET}.{{0,12}}?\d+(?:-\d+)?\s?(?:号|號|弄|幢|栋|座|室|单元|层|楼|组)"
_NO_HOME = r"(?:厅|店|站|局|所|点|柜|公司|网格|小区|基站|机房|商场|广场)$"
_MANY = 20
_NAMES, _HOMES = 0.8, 0.5


def are_names(text: pl.Expr) -> pl.Expr:
    """Which texts could be a Chinese name of a person.

    >>> texts = pl.Series("t", ["张伟明", "欧阳娜", "南京", "张庄", "李记通讯"])
    >>> texts.to_frame().select(are_names(pl.col("t")))["t"].to_list()
    [True, True, False, False, False]
    """
    plain = text.str.strip_chars()
    return plain.str.contains(_NAME) & ~plain.str.contains(_NO_NAME)


def home_addresses(text: pl.Expr) -> pl.Expr:
    """Which texts are an address with a number of a house; shops and masts at one are not.

    >>> texts = pl.Series("t", ["南京市玄武区中山路12号", "幸福小区3栋502室", "中山路12号营业厅", "中山路"])
    >>> texts.to_frame().select(home_addresses(pl.col("t")))["t"].to_list()
    [True, True, False, False]
    """
    plain = text.str.strip_chars()
    return plain.str.contains(_ADDRESS) & ~plain.str.contains(_NO_HOME)


def like_names(text: pl.Series) -> pl.Series:
    """Which texts could be a name or an address of a person; whether they are, the whole column tells."""
    return text.to_frame("t").select((are_names(pl.col("t")) | home_addresses(pl.col("t"))).fill_null(value=False))["t"]


def mostly_own(frame: pl.LazyFrame, headers: list[str]) -> frozenset[str]:
    """The columns with many different values, of which nearly all are names, or most are addresses.

    >>> people = [f"{family}{given}" for family in "王李张刘陈" for given in "伟芳娜敏静"]
    >>> mostly_own(pl.LazyFrame({"a": people, "b": ["王者卡", "南京"] * 12 + ["高邮"]}), ["a", "b"])
    frozenset({'a'})
    """
    if not headers:
        return frozenset()
    wanted = {}
    for number, header in enumerate(headers):
        text = pl.col(header).str.strip_chars()
        wanted[f"all {number}"] = text.filter(text != "").n_unique()
        wanted[f"names {number}"] = text.filter(are_names(text)).n_unique()
        wanted[f"homes {number}"] = text.filter(home_addresses(text)).n_unique()
    found = frame.select(**wanted).collect(engine="streaming").row(0, named=True)
    return frozenset(
        header
        for number, header in enumerate(headers)
        if max(found[f"names {number}"], found[f"homes {number}"]) >= _MANY
        and (
            found[f"names {number}"] >= _NAMES * found[f"all {number}"]
            or found[f"homes {number}"] >= _HOMES * found[f"all {number}"]
        )
    )
