"""Names and home addresses of persons, told by the values of a column whose header says nothing of them.

A column is one of names where it has many different values and nearly all of them are a common family name and one or
two characters more; a city, a plan or a brand has few, or begins otherwise. A column of few values (those who sold, or
look after customers) is one of names where all of them are. Names in Latin letters are two or three words of which one
is a common first name, or all are syllables of Chinese with a common family name; half of a few need be. Only whole
columns are judged: one value alone is never taken for a name.
"""

from __future__ import annotations

import polars as pl

__all__ = [
    "ADDRESS",
    "COMMON_WORDS",
    "FAMILIES",
    "FAMILY",
    "FIRST_NAMES",
    "PINYIN",
    "SYLLABLE",
    "are_names",
    "home_addresses",
    "like_names",
    "mostly_own",
]

FAMILIES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜"
    "崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪"
    "劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蕭葉蘇呂盧譚陸賈鄒"
)
"""The hundred or so commonest, which nine of ten people have; some in both ways of writing."""
_DOUBLE = "欧阳|上官|司马|诸葛|东方|夏侯|皇甫|尉迟|公孙|慕容|令狐|司徒|端木|歐陽|司馬|諸葛"
FAMILY = rf"[{FAMILIES}]|{_DOUBLE}"
_NAME = rf"^(?:{FAMILY})\s?\p{{Han}}{{1,2}}$"
_NO_NAME = r"[村庄屯乡镇县区市州路街巷店厅站部组局所卡包版型类户级机员桥湾沟寨堡网]$"
"""How places, shops and products end, and names hardly do."""
_STREET = r"(?:路|街|巷|弄|道|胡同|村|小区|花园|苑|里|园|坊|城)"
ADDRESS = rf"{_STREET}.{{0,12}}?\d+(?:-\d+)?\s?(?:号|號|弄|幢|栋|座|室|单元|层|楼|组)"
_NO_HOME = r"(?:厅|店|站|局|所|点|柜|公司|网格|小区|基站|机房|商场|广场)$"
COMMON_WORDS = (
    "周.|方案.|方式.|付.|付费.|余额.?|钱包.?|高[一二三端中校频速清级价]|高价值|高风险|黄金|白金|白银|金融业?|金牌|江[苏西南北]|白领|方便|"
    "常[用规见]|温和|[万千]兆|安全|康复|易流失|程序|石油|龙江|陆地|施工|毛利|夏季|于今|向[上下]|任[意何]"
)
"""Common words that begin like names."""
_NOTHING = r"(?i)^(?:[-—/.]*|n/?a|null|none|nan|unknown|others?|unassigned|无|空|未知|其他|其它|待定|未分配)$"
PINYIN = (
    "wang|li|zhang|liu|chen|yang|huang|zhao|wu|zhou|xu|sun|ma|zhu|hu|guo|he|lin|gao|luo|zheng|liang|xie|song|tang|han|"
    "feng|deng|cao|peng|zeng|xiao|tian|dong|pan|yuan|cai|jiang|yu|du|ye|cheng|wei|su|lu|ding|ren|yao|shen|zhong|cui|tan|"
    "fan|liao|shi|jin|jia|xia|fu|fang|zou|xiong|bai|meng|qin|qiu|hou|yin|xue|yan|duan|lei|long|tao|mao|hao|gu|gong|shao|"
    "wan|qian|dai|mo|kong|xiang|chang|chan|wong|cheung|leung|lee|ng|ho|lau|kwok|chow|tsang"
)
SYLLABLE = (
    r"(?:[zcs]h?|[bpmfdtnlgkhjqxryw])?(?:i?ang|i?ong|ueng|[aeiu]ng|i?an|u?an|uo|ia|ie|i?ao|i?u|ua|ui|uai|ue|[aeiu]n|ai|"
    r"ei|ou|[aeiou]|v)"
)
_ROMAN = rf"(?i)^(?:(?:{PINYIN})[ ,]+{SYLLABLE}{{1,2}}(?:[ -]{SYLLABLE})?|{SYLLABLE}{{1,2}}[ -]+(?:{PINYIN}))$"
FIRST_NAMES = (
    "james|john|robert|michael|david|william|richard|joseph|thomas|charles|christopher|daniel|matthew|anthony|"
    "steven|paul|andrew|joshua|kenneth|kevin|brian|george|edward|ronald|timothy|jason|jeffrey|ryan|jacob|gary|nicholas|"
    "eric|jonathan|stephen|larry|justin|scott|brandon|benjamin|samuel|gregory|frank|alexander|patrick|jack|dennis|jerry|"
    "peter|henry|adam|simon|oliver|harry|luke|felix|lukas|jonas|stefan|andreas|hans|klaus|jose|juan|carlos|luis|"
    "pedro|miguel|antonio|pierre|jean|marie|mary|patricia|jennifer|linda|elizabeth|barbara|susan|jessica|sarah|karen|"
    "lisa|nancy|betty|margaret|sandra|ashley|kimberly|emily|donna|michelle|carol|amanda|melissa|deborah|stephanie|"
    "rebecca|sharon|laura|cynthia|kathleen|amy|angela|anna|anne|ann|emma|nicole|helen|samantha|katherine|christine|"
    "rachel|maria|julia|jane|alice|diana|claire|sophie|sophia|lucy|ella|eva|petra|sabine|monika|olga|elena|irina|"
    "natalia|ivan|sergei|dmitri|vladimir|mohammed|mohamed|muhammad|ahmed|ali|fatima|omar|hassan|ibrahim|priya|raj|amit|"
    "rahul|sanjay|anil|sunil|deepak|neha|pooja|yuki|hiroshi|kenji"
)
_WORD = r"\p{Lu}[\p{L}'’.-]*"
_LATIN = rf"^(?i:(?:{FIRST_NAMES}))(?:[ -]{_WORD}){{1,2}}$|^{_WORD}, ?(?i:(?:{FIRST_NAMES}))$"
_SHAPE = rf"^{_WORD}(?:,? {_WORD}){{1,2}}$"
"""Two or three words with capitals: no name by itself, but beside names perhaps one that is not known here."""
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


def latin_names(text: pl.Expr) -> pl.Expr:
    """Which texts could be a name of a person in Latin letters.

    >>> texts = pl.Series("t", ["Wang Fang", "Li Xiao-Ming", "Anna K. Smith", "Smith, John", "Credit card", "Two year"])
    >>> texts.to_frame().select(latin_names(pl.col("t")))["t"].to_list()
    [True, True, True, True, False, False]
    """
    plain = text.str.strip_chars()
    return plain.str.contains(_ROMAN) | plain.str.contains(_LATIN)


def home_addresses(text: pl.Expr) -> pl.Expr:
    """Which texts are an address with a number of a house; shops and masts at one are not.

    >>> texts = pl.Series("t", ["南京市玄武区中山路12号", "幸福小区3栋502室", "中山路12号营业厅", "中山路"])
    >>> texts.to_frame().select(home_addresses(pl.col("t")))["t"].to_list()
    [True, True, False, False]
    """
    plain = text.str.strip_chars()
    return plain.str.contains(ADDRESS) & ~plain.str.contains(_NO_HOME)


def like_names(text: pl.Series) -> pl.Series:
    """Which texts could be a name or an address of a person; whether they are, the whole column tells."""
    like = _shaped(pl.col("t")) | home_addresses(pl.col("t"))
    return text.to_frame("t").select(like.fill_null(value=False))["t"]


def _names(text: pl.Expr) -> pl.Expr:
    return are_names(text) | latin_names(text)


def _shaped(text: pl.Expr) -> pl.Expr:
    return _names(text) | text.str.contains(_SHAPE)


def mostly_own(frame: pl.LazyFrame, headers: list[str]) -> frozenset[str]:
    """The columns whose values are all names, or many different ones, nearly all names or mostly addresses.

    >>> people = [f"{family}{given}" for family in "王李张刘陈" for given in "伟芳娜敏静"]
    >>> mostly_own(pl.LazyFrame({"a": people, "b": ["王者卡", "南京"] * 12 + ["高邮"]}), ["a", "b"])
    frozenset({'a'})
    """
    if not headers:
        return frozenset()
    wanted = {}
    for number, header in enumerate(headers):
        text = pl.col(header).str.strip_chars()
        known = text.filter(~text.str.contains(_NOTHING))
        wanted[f"all {number}"] = known.n_unique()
        wanted[f"names {number}"] = known.filter(_names(known)).n_unique()
        wanted[f"homes {number}"] = known.filter(home_addresses(known)).n_unique()
        wanted[f"odd {number}"] = known.filter(
            ~_shaped(known) | known.str.contains(rf"^(?:{COMMON_WORDS})$")
        ).n_unique()
    found = frame.select(**wanted).collect(engine="streaming").row(0, named=True)
    counts = (
        [found[f"{kind} {number}"] for kind in ("all", "names", "homes", "odd")] for number in range(len(headers))
    )
    return frozenset(header for header, told in zip(headers, counts, strict=True) if _own(*told))


def _own(values: int, names: int, homes: int, odd: int) -> bool:
    """Whether a column of so many different values is one of persons; of a few, none may be odd."""
    if values < _MANY:
        return values > 1 and 2 * names >= values and not odd
    return max(names, homes) >= _MANY and (names >= _NAMES * values or homes >= _HOMES * values)
