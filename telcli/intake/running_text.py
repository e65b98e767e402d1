"""Free text such as that of tickets: who and where somebody is goes out of it, what it is about stays.

Names are hidden that the extracts themselves tell, in their columns of names, wherever they stand; and others where
something says that a name comes: a title, a word such as customer or 客户 before them, a verb of speaking after them.
Addresses are hidden from the street on, numbers of telephones, documents and mail as in any other text. A name that no
column tells, and beside which nothing stands, is not known for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from telcli.intake.own_names import ADDRESS, COMMON_WORDS, FAMILIES, FAMILY, FIRST_NAMES, PINYIN, SYLLABLE
from telcli.intake.privacy import discreet
from telcli.intake.words import Read, by_distinct, few_distinct, folded

__all__ = ["NOBODY_NAMED", "Names", "free_text", "full_names", "nameless", "names_among"]

_MARK = "***"
_LIKE_NAME = r"^\p{Han}{2,4}(?:·\p{Han}{1,8})?$|^\p{L}[\p{L}'’.-]+(?:,? \p{L}[\p{L}'’.-]*){1,3}$"
_NO_NAMES = rf"^(?:{COMMON_WORDS}|未知|不详|测试|匿名|无名.?|客户.{{0,2}}|用户.{{0,2}})$"
_VERBS = (
    "反映|反应|反應|反馈|來電|投訴|稱|諮詢|說|訊號|資費|來|來訪|来电|来访|投诉|申诉|称|表示|要求|咨询|说|讲|致电|诉|申请|办理|先生|女士|电话|您好|你好|于|因|从|打|催|查询|质疑|不满|认为|希望|需要|"
    "号码|手机|联系|预约|报修|报障|告知|提出|对|想|已|再次|多次|又|名下|家|的|今|昨|本月|上月|发现|收到|使用|购买|开通|取消|退|缴|充|不|没|无"
)
_ABOUT = (
    "信号|资费|宽带|网络|流量|套餐|账单|话费|费用|上网|网速|光猫|机顶盒|通话|短信|5G|4G|5g|4g|合约|积分|发票|停机|欠费"
)
_SAFE = FAMILIES
for _odd in "于向方任高常严易万文白金石江余何史孔安施段程路童包计解":
    _SAFE = _SAFE.replace(_odd, "")
_WHO = (
    "客户|用户|机主|户主|业主|联系人|姓名|户名|经办人|本人|我叫|我是|名叫|叫做|名为|投诉人|来电人|申请人|法人|代理人|收件人|主叫人|报障人|"
    "客戶|用戶|機主|戶主|業主|聯繫人|聯絡人|戶名"
)
_BEFORE = rf"((?:{_WHO})(?:姓名|名称)?(?:是|为|為|叫)?[:： “\"【(（]{{0,2}})"
_NEAR = (
    "亲属|親屬|家属|家屬|代办人|代辦人|受托人|委托人|委托|监护人|配偶|妻子|丈夫|爱人|儿子|女儿|父亲|母亲|兄弟|姐姐|妹妹|"
    "哥哥|弟弟|同事|朋友|联系(?:到|上|了)?|聯繫|户主|机主|联系人|经办人|本人"
)
"""Words beside which somebody stands, customer or not."""
_BESIDE = rf"((?:{_NEAR})(?:姓名)?(?:是|为|為|叫)?[:： “\"【(（]{{0,2}})"
_NOBODY = "位名个個某该該的数數些各们們和与及或大老男女小此本新旧前后"
_DOUBLE = FAMILY.partition("|")[2]
_NOT_SO = {
    **{
        "马": "上",
        "周": "一二三四五六日末边围期内",
        "方": "便式面法案向",
        "高": "层级管度速",
        "任": "务何意",
        "严": "重格厉",
    },
    **{
        "易": "",
        "万": "科达元兆",
        "白": "天色金领",
        "金": "额融牌卡",
        "石": "油家",
        "江": "苏西南北",
        "何": "时处人种",
    },
    **{
        "史": "",
        "孔": "",
        "安": "装全排徽",
        "施": "工",
        "段": "",
        "程": "序度",
        "童": "",
        "包": "装月年括",
        "常": "用规见州",
    },
}
"""Letters behind a family name that make it a common word."""
_PERSON = (
    rf"(?:(?:{_DOUBLE})\p{{Han}}|[{_SAFE.replace('马', '').replace('周', '')}]\p{{Han}}|"
    + "|".join(rf"{name}[\p{{Han}}--[{_NOBODY}{rest}]]" for name, rest in _NOT_SO.items())
    + ")"
)
"""How a name begins, where something says that one comes."""
_LATIN_TWO = r"\p{Lu}[\p{Latin}'’-]+(?: \p{Lu}\.?)?[ ·]\p{Lu}[\p{Latin}'’-]+"
_AFTER = rf"({_VERBS}|{_ABOUT}|[\s,，。.;；、:：！!？?)）”\"】\d]|$)"
_TITLES = "先生|女士|小姐|太太|老师|大爷|大妈|大姐|大哥|阿姨|總|总"
_STAFF = "师傅|師傅|经理|經理|主任|店长|工程师"
_REPORT = "投訴|來電|反應|稱|說|反映|反应|来电|投诉|称|表示|说|致电|咨询|要求|申请|告知|报修"
_PART, _LIVES = "(?:号|號|弄|幢|栋|座|室|单元|层|楼|组)", "(?:地址|住址|家住|住在|住)"
_HAN_RULES: tuple[tuple[str, str], ...] = (
    (rf"(?:{FAMILY})\p{{Han}}{{0,2}}?({_TITLES})", f"{_MARK}$1"),
    (rf"\p{{Han}}{{0,2}}[\p{{Han}}--[{_NOBODY}]](先生|女士|小姐|太太)", f"{_MARK}$1"),
    (rf"[{_SAFE}]\p{{Han}}{{0,2}}?({_STAFF})", f"{_MARK}$1"),
    (rf"{_BEFORE}(?:{FAMILY})\p{{Han}}{{1,2}}?{_AFTER}", f"$1{_MARK}$2"),
    (rf"{_BEFORE}(?:[{_SAFE}]\p{{Han}}{{1,2}})", f"$1{_MARK}"),
    (rf"{_BESIDE}{_PERSON}\p{{Han}}??(代办|代为|{_VERBS}|{_ABOUT}|[^\p{{Han}}]|$)", f"$1{_MARK}$2"),
    (rf"{_BESIDE}{_PERSON}\p{{Han}}?", f"$1{_MARK}"),
    (rf"((?:{_WHO}|{_NEAR})(?:是|为|為|叫)?[:： “\"(（]{{0,2}}){_LATIN_TWO}", f"$1{_MARK}"),
    (rf"({_NEAR})([:： ]{{0,2}})\p{{Lu}}\p{{Ll}}+", f"$1$2{_MARK}"),
    (rf"(由|^|[\s,，。;；])(?:[{_SAFE}]|{_DOUBLE})\p{{Han}}{{1,2}}?(代办|代为|代理)", f"$1{_MARK}$2"),
    (r"((?:姓名|户名|联系人|名叫|我叫)(?:是|为|叫)?[:： ]{1,2})\p{Han}{2,4}", f"$1{_MARK}"),
    (rf"(^|[\s,，。;；、:：])(?:[{_SAFE}]\p{{Han}}{{1,2}}?)({_REPORT})", f"$1{_MARK}$2"),
    (rf"[老小阿][{_SAFE}]({_REPORT})", f"{_MARK}$1"),
    (rf"^\s*[{_SAFE}]\p{{Han}}{{1,2}}\s*$", _MARK),
    (rf"(?:\p{{Han}}{{2,3}}(?:省|市|区|县|镇|乡|街道))*\p{{Han}}{{1,4}}?{ADDRESS}(?:\d+{_PART}?)*", _MARK),
    (rf"({_LIVES}(?:是|为|在)?[:： ]{{0,2}})[^,，。;；\s]{{2,30}}?\d+\s?{_PART}(?:\d+{_PART}?)*", f"$1{_MARK}"),
)
_LATIN_NAME = r"\p{Lu}[\p{L}'’-]+\.?(?:[ -]\p{Lu}[\p{L}'’-]*\.?){0,2}"
_GIVEN = "|".join(name.capitalize() for name in FIRST_NAMES.split("|"))
_PINYIN = "|".join(name.capitalize() for name in PINYIN.split("|"))
_TWO = r"\p{Lu}[\p{L}'’-]+ (?:\p{Lu}\.? )?\p{Lu}[\p{L}'’-]+"
_SAYS = (
    "sa(?:ys|id)|call(?:s|ed)|complain(?:s|ed)|report(?:s|ed)|want(?:s|ed)|state[sd]|ask(?:s|ed)|claims|is|was|ha[sd]"
)
_PRESENTS = "my name is|name is|mein name ist|name|account holder|on behalf of|spoke to|spoke with|contact person"
_WRITTEN_SO = rf"\b(?:{_PINYIN}) (?:[ZCS]h?|[BPMFDTNLGKHJQXRYW]){SYLLABLE[SYLLABLE.index(')?') + 2 :]}(?:{SYLLABLE})?\b"
"""Names of Chinese persons in Latin letters, with capitals."""
_ROAD = "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Crescent|Boulevard|Blvd|Square|Terrace|Gardens|Way"
_LATIN_RULES: tuple[tuple[str, str], ...] = (
    (
        rf"\b((?i:mr|mrs|herrn?|frau|mme|señora?)\.? ?|(?:Ms|MS|Miss|Mx|Dr|Prof|Sir|Madam)\.? ){_LATIN_NAME}",
        f"$1{_MARK}",
    ),
    (r"\b((?i:mr|mrs)\.? )\p{Ll}[\p{L}'’-]+", f"$1{_MARK}"),
    (rf"\b((?i:{_PRESENTS})[:, ]{{1,2}}){_LATIN_NAME}", f"$1{_MARK}"),
    (rf"\b(?:{_GIVEN})(?: \p{{Lu}}\.?)? \p{{Lu}}[\p{{L}}'’-]+", _MARK),
    (_WRITTEN_SO, _MARK),
    (
        rf"\b((?i:customer|client|subscriber|caller|user|kunde|kundin)[:, ]{{1,2}}){_TWO}( (?:{_SAYS}))\b",
        f"$1{_MARK}$2",
    ),
    (rf"\b((?:i am|I am|I'm|i'm|this is|This is) )(?:{_GIVEN})\b", f"$1{_MARK}"),
    (rf"\b\d{{1,5}}[A-Za-z]?,? (?:\p{{Lu}}[\p{{L}}'.-]+ ){{1,3}}(?:{_ROAD})\b", _MARK),
    (r"\b\p{Lu}\p{Ll}+(?:straße|strasse|str\.|weg|platz|gasse|allee) \d+[a-z]?\b", _MARK),
)
_RING = "电话|号码|手机|致电|回电|联系|電話|phone|tel|mobile|call|number|rückruf"
_DOCUMENT = (
    "护照|通行证|军官证|驾驶证|驾照|身份证|证件|passport|id card|identity card|licen[cs]e|certificate",
    r"号码|号|[ ]?no\.?|[ ]?number",
)
_DIGITS: tuple[tuple[str, str], ...] = (
    (r"(^|[^\d.])0\d{2,4}[ -]\d{3,4}[ -]\d{3,4}([^\d]|$)", f"$1{_MARK}$2"),
    (rf"((?i:{_RING})[^\d\n]{{0,12}})\d(?:[ -]?\d){{5,13}}", f"$1{_MARK}"),
    (
        rf"((?i:{_DOCUMENT[0]})(?i:{_DOCUMENT[1]})?(?:是|为)?[:： ]{{0,2}})[A-Za-z]{{0,3}}\d[A-Za-z0-9]{{4,}}",
        f"$1{_MARK}",
    ),
)


@dataclass(frozen=True, eq=False)
class Names:
    """Names of persons that extracts tell, in memory only."""

    known: tuple[str, ...] = ()


NOBODY_NAMED = Names()


def full_names(first: pl.Series, last: pl.Series) -> pl.Series:
    """Names of which two columns hold a part each, in both orders.

    >>> full_names(pl.Series(["Ann"]), pl.Series(["Lee"])).to_list()
    ['Ann Lee', 'Lee Ann', 'Lee, Ann']
    """
    both = pl.DataFrame({"f": first.str.strip_chars(), "l": last.str.strip_chars()}).drop_nulls().unique()
    ways = [pl.concat_str("f", pl.lit(" "), "l"), *(pl.concat_str("l", pl.lit(mark), "f") for mark in (" ", ", "))]
    return pl.concat([both.select(way.alias("n"))["n"] for way in ways])


def names_among(columns: Iterable[pl.Series]) -> Names:
    """What could be a person's full name in columns of names, each once; short words of everyday are left out.

    >>> names_among([pl.Series(["王小明", "李娜", "Ann Lee", "Telecom", "方便", None])]).known
    ('Ann Lee', '李娜', '王小明')
    """
    found: set[str] = set()
    for column in columns:
        plain = folded(column.cast(pl.String).drop_nulls().unique().str.strip_chars())
        like = plain.str.contains(_LIKE_NAME) & ~plain.str.contains(_NO_NAMES)
        found |= set(plain.filter(like.fill_null(value=False)))
    return Names(tuple(sorted(found)))


def free_text(text: pl.Series, names: Names = NOBODY_NAMED) -> Read:
    """Free text, with names, addresses, and all that `discreet` hides, hidden.

    >>> said = pl.Series(["客户王小明反映信号差", "Mr Smith says: no signal", "张开通了宽带，住中山路12号3栋502室"])
    >>> free_text(said)[0].to_list()
    ['客户***反映信号差', 'Mr *** says: no signal', '张开通了宽带,***']
    >>> free_text(pl.Series(["投诉没有找到仇英本人", "客户反映资费高"]), Names(("仇英",)))[0].to_list()
    ['投诉没有找到***本人', '客户反映资费高']
    """

    def read(distinct: pl.Series) -> Read:
        plain = folded(distinct)
        found = _without(plain, names)
        return discreet(distinct.zip_with(found.eq_missing(plain), found))

    return by_distinct(text, read) if few_distinct(text) else read(text)


def nameless(text: pl.Series, names: Names) -> pl.Series:
    """The texts without names that extracts tell.

    >>> nameless(pl.Series(["急王小明", "急"]), Names(("王小明",))).to_list()
    ['急***', '急']
    """
    return text.str.replace_many(list(names.known), [_MARK], leftmost=True) if names.known else text


def _without(text: pl.Series, names: Names) -> pl.Series:
    """The texts without names and addresses; digits that only running text tells for numbers too."""
    text = nameless(text, names)
    han = text.str.contains(r"\p{Han}").fill_null(value=False)
    for rules, chosen in ((_HAN_RULES, han), (_LATIN_RULES, text.str.contains(r"\p{Lu}|\bm(?:r|rs)\b"))):
        text = _ruled(text, rules, chosen.fill_null(value=False))
    return _ruled(text, _DIGITS, text.str.contains(r"\d{4}").fill_null(value=False))


def _ruled(text: pl.Series, rules: Sequence[tuple[str, str]], chosen: pl.Series) -> pl.Series:
    if not chosen.any():
        return text
    places = chosen.arg_true()
    said = text.gather(places)
    for pattern, instead in rules:
        said = said.str.replace_all(pattern, instead)
    return text.clone().scatter(places, said)
