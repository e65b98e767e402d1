"""Settings of ``ingest``: what is refused, and how customers of several systems become one."""

from __future__ import annotations

from dataclasses import dataclass

from telcli.settings.setting import setting

__all__ = ["IngestSettings"]


@dataclass(frozen=True)
class IngestSettings:
    """How extracts become clean tables."""

    max_reject_share: float = setting(
        0.01,
        "Fail when a source or a table loses more than this share of its rows.",
        "某个来源或某张表被拒行占比超过此值时失败。",
        unit="share",
        low=0.0,
        high=1.0,
    )
    churned_when: str = setting("", "The label's value that means the customer left.", "标签中表示已流失的取值。")
    time_zone: str = setting(
        "Asia/Shanghai",
        "Time zone in which times are told, and those in extracts are meant unless they say theirs.",
        "时间所用的时区；来源中的时间未注明时区时也按此时区理解。",
        form="time zone",
    )
    competitor_numbers: str = setting(
        "",
        "Numbers of competitors' customer service, such as 10010, 10000; calls with them are flagged.",
        "竞争对手的客服号码，如 10010, 10000；与之的通话会被标记。",
        form="numbers",
    )
    number_ranges: str = setting(
        "",
        "Beginnings of numbers, such as +882, +371; of calls with one of them it is kept as their destination.",
        "号段前缀，如 +882, +371；与这些号段的通话只保留号段作为目的地。",
        form="numbers",
    )
    number_ids: str = setting(
        "auto",
        "Whether identifiers of 7 to 15 digits are telephone numbers, hidden then; auto: where callers are called too.",
        "7至15位纯数字的客户或线路编号是否为电话号码（是则换为代码）；auto：话单中主叫也作被叫出现时视为号码。",
        choices=("auto", "yes", "no"),
    )
    systems: str = setting(
        "",
        "System of each source, such as crm_*=crm, boss_*=boss; sources of one system share their identifiers.",
        "各来源所属的系统，如 crm_*=crm, boss_*=boss；同一系统的来源共用一套客户编号。",
    )
    trust: str = setting(
        "",
        "Sources, the most trusted first, such as crm_*, boss_*; others after them, those of the larger system first.",
        "来源的可信次序，最可信的在前，如 crm_*, boss_*；其余来源在后，客户较多的系统在前。",
    )
    survivorship: str = setting(
        "trusted",
        "Whose value stands where systems disagree.",
        "各系统取值不一致时采用谁的值。",
        choices=("trusted", "newest", "most-frequent"),
    )
    survivorship_by: str = setting(
        "",
        "The same for single attributes, such as region=newest, gender=most-frequent.",
        "对个别属性另行规定，如 region=newest, gender=most-frequent。",
    )
    key_limit: int = setting(
        10,
        "A certificate, number or account that more customers of one system share joins nobody.",
        "同一系统内超过此数的客户共用的证件、号码或账户不用于合并。",
        unit="customers",
        low=1,
        high=1_000_000,
    )
    household_limit: int = setting(
        10,
        "An account, fusion package or main card that more customers share makes no household.",
        "超过此数的客户共用的账户、融合套餐或主卡不视为家庭。",
        unit="customers",
        low=2,
        high=1_000_000,
    )
    linkage: str = setting(
        "off",
        "Whether customers of several systems that no key joins are joined where they look alike.",
        "无共用键的各系统客户在足够相像时是否合并（概率匹配）。",
        choices=("off", "on"),
    )
    link_threshold: float = setting(
        0.95,
        "Chance of being one customer from which linkage joins two.",
        "概率匹配时，两条记录属同一客户的概率达到此值才合并。",
        unit="0..1",
        low=0.5,
        high=1.0,
    )
    link_max_pairs: int = setting(
        20_000_000,
        "A rule by which linkage would compare more pairs of records than this is left out.",
        "概率匹配中，需比较的记录对超过此数的分块规则不用。",
        unit="pairs",
        low=1,
        high=10_000_000_000,
    )
    survey_items: str = setting(
        "",
        "Columns with a row per customer that are answers of a survey, by comma, beside those known by name.",
        "除按列名识别的以外，一行一客户的表中属于满意度调查答案的列，逗号分隔。",
    )
    no_answer: str = setting(
        "77, 88, 97, 98, 99, 777, 888, 997, 998, 999",
        "Numbers that stand for no answer in a survey where they lie beyond its answers; those below 0 always do.",
        "调查答案中超出取值范围时视为未作答的数字；小于 0 的一律视为未作答。",
    )
    most_columns: int = setting(
        1000,
        "A table of more columns is refused: each takes some ten milliseconds to make sense of.",
        "列数超过此数的表不予读取：每列的识别约需 10 毫秒。",
        unit="columns",
        low=1,
        high=5000,
        shows=False,
    )
    key_file: str = setting(
        "",
        "File of the key of pseudonyms; where none is named, ~/.config/telcli/pseudonyms.key.",
        "假名密钥文件；未指定时为 ~/.config/telcli/pseudonyms.key。",
        shows=False,
    )
