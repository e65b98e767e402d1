"""A table of tariffs: headers in English and Chinese, values with or without units, checked cell by cell."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from telcli.errors import DataError, Notice
from telcli.intake.numbers import measured
from telcli.intake.tariff_faults import HINT, TariffFaults
from telcli.intake.words import meant
from telcli.tables.tariffs import Tariff

__all__ = ["MOST", "tariffs"]

MOST = 1_000
"""A list of plans is short."""
_GB = 1024.0
_MONEY = re.compile(r"(?<![a-z])(?:usd|eur|gbp|cny|rmb|hkd)(?![a-z])|[¥￥$€£]")
_UNITS = re.compile(r"(?:元/分钟?|元/条|元/月|元|分钟|条|秒|/月)$")
_HEADERS: Mapping[str, str] = {
    "plan": "plan planid plancode tariff tariffid tariffcode package packageid 套餐 套餐编码 套餐编号 "
    "套餐代码 主套餐 资费 资费编码 资费代码 产品编码",
    "name": "planname tariffname packagename name 套餐名称 套餐名 资费名称 产品名称 名称",
    "monthly_fee": "monthlyfee fee monthlypay monthlyprice monthlycharge monthlyrental planfee rental "
    "pricepermonth permonth 月费 月租 月租费 套餐费 套餐月费 套餐费用 套餐价格 月功能费 资费标准 档位 "
    "元/月",
    "minutes": "minutesincluded includedminutes minutes voiceminutes minutespermonthincluded callminutes "
    "含分钟数 包含分钟数 套餐内分钟数 语音分钟数 通话分钟数 含语音 包含语音 套餐内语音 国内语音 语音 "
    "含通话时长 通话时长 套餐内通话 分钟数",
    "texts": "messagesincluded includedmessages textsincluded includedtexts smsincluded includedsms texts "
    "messages sms 含短信 包含短信 短信条数 套餐内短信 含短信条数 国内短信 短信",
    "mb": "permonthincluded included dataincluded includeddata data dataallowance 含流量 包含流量 套餐内流量 "
    "国内流量 流量 通用流量",
    "per_minute": "perminute priceperminute minuteprice voiceprice 语音单价 超出语音单价 套外语音 "
    "套外语音单价 超套语音单价 语音超出单价 通话单价 元/分钟",
    "per_text": "permessage pricepermessage pertext pricepertext persms pricepersms textprice smsprice "
    "短信单价 超出短信单价 套外短信 套外短信单价 超套短信单价 短信超出单价 元/条",
    "per_data": "per priceper dataprice priceperunit 流量单价 超出流量单价 套外流量 套外流量单价 "
    "超套流量单价 流量超出单价 元/",
    "call_unit_s": "callunits callunit callrounding callroundings callroundingseconds 语音计费单位 "
    "通话计费单位 计费单位 计费单位秒 语音取整",
    "data_unit_mb": "dataunit datarounding dataroundingunit 流量计费单位 流量取整单位",
    "data_rounded": "datarounded dataroundedby 流量取整方式 流量取整",
    "on_sale": "onsale forsale sold 在售 是否在售 可办理",
}
_NAMES = {name: column for column, names in _HEADERS.items() for name in names.split()}
_OF_DATA = ("mb", "per_data", "data_unit_mb")
_MEASURE = {"minutes": ("minutes", 1.0), "mb": ("MB", 1.0), "call_unit_s": ("", 1.0), "data_unit_mb": ("MB", 1.0)}
_NO_LIMIT = ("unlimited", "no limit", "inf", "infinite", "不限", "不限量", "无限", "无限量", "畅享")
_WORDS: Mapping[str, Mapping[str, Any]] = {
    "data_rounded": {"month": "month", "monthly": "month", "月": "month", "按月": "month"}
    | {"session": "session", "次": "session", "按次": "session"},
    "on_sale": {**dict.fromkeys(("yes", "true", "1", "y", "是", "在售"), True)}
    | dict.fromkeys(("no", "false", "0", "n", "否", "停售"), False),
}
_INCLUDED = {"minutes": "per_minute", "texts": "per_text", "mb": "per_data"}


def tariffs(file: str, rows: pl.DataFrame, lines: Sequence[int] | None = None) -> tuple[list[Tariff], list[Notice]]:
    """The plans of a table of text, in its order, and what is to be said of it.

    Parameters
    ----------
    file : str
        Its name.
    rows : DataFrame
        A row per plan, every column text.
    lines : sequence of int, optional
        The line of the file that each row stands in; where it is not told, rows follow the header's line.

    Raises
    ------
    DataError
        Of a column that plans cannot do without; or of all cells that are empty or hold something else than they
        should, by line and column, the first ten of them, with the shape of what stands there.

    >>> told = {"plan_name": ["surf"], "usd_monthly_pay": ["20"], "minutes": ["500"], "usd_per_minute": [".03"]}
    >>> found, _ = tariffs("plans.csv", pl.DataFrame(told))
    >>> found[0].plan, found[0].monthly_fee, found[0].per_minute
    ('surf', 20.0, 0.03)
    """
    columns, gigabytes, unknown = _columns(file, [name for name in rows.columns if not name.startswith("_")])
    _need(file, columns, rows)
    faults = TariffFaults(file, list(lines or range(2, rows.height + 2)))
    read = {column: _read(faults, column, rows[header], gigabytes) for column, header in columns.items()}
    _check(faults, columns, read)
    faults.told()
    found = [_tariff(place, read, gigabytes) for place in range(rows.height)]
    return found, list(_notices(file, columns, unknown, gigabytes))


def _columns(file: str, headers: Sequence[str]) -> tuple[dict[str, str], dict[str, bool | None], list[str]]:
    """The header of each column, whether those of data count GB (None: not told), and headers not known."""
    columns: dict[str, str] = {}
    gigabytes: dict[str, bool | None] = {}
    unknown: list[str] = []
    for header in headers:
        column, unit = _meaning(header)
        if column is None:
            unknown.append(header)
        elif column in columns:
            raise _named(
                "tariff-columns-twice",
                "{file}: the columns {first} and {second} say the same.",
                file=file,
                first=columns[column],
                second=header,
            )
        else:
            columns[column] = header
            gigabytes |= {column: unit} if column in _OF_DATA else {}
    return columns, gigabytes, unknown


def _meaning(header: str) -> tuple[str | None, bool | None]:
    """What a header says, and whether it counts GB.

    >>> _meaning("usd_per_gb"), _meaning("含流量(GB)"), _meaning("mb_per_month_included"), _meaning("note")
    (('per_data', True), ('mb', True), ('mb', False), (None, None))
    """
    plain = unicodedata.normalize("NFKC", header).lower()
    bare = re.sub(r"[\s_\-.:()\[\]【】]+", "", _MONEY.sub("", plain))
    bare = bare if bare in _NAMES else _UNITS.sub("", bare)
    if bare in _NAMES:
        return _NAMES[bare], None
    for unit in ("gb", "mb", "g", "m"):
        rest = bare.replace(f"/{unit}", "/", 1) if f"/{unit}" in bare else bare.replace(unit, "", 1)
        rest = rest.removesuffix("元/") if rest != "元/" else rest
        if unit in bare and _NAMES.get(rest) in _OF_DATA:
            return _NAMES[rest], unit.startswith("g")
    return None, None


def _need(file: str, columns: Mapping[str, str], rows: pl.DataFrame) -> None:
    if not {"plan", "name"} & set(columns):
        raise _named("tariff-no-plan", "{file} has no column that names the plan.", file=file)
    if "monthly_fee" not in columns:
        raise _named("tariff-no-fee", "{file} has no column of monthly fees.", file=file)
    if not {*_INCLUDED, *_INCLUDED.values()} & set(columns):
        raise _named(
            "tariff-no-use",
            "{file} says neither what is included in a plan nor what use beyond costs: what each plan would have cost "
            "cannot be told.",
            file=file,
        )
    if not 0 < rows.height <= MOST:
        raise _named(
            "tariff-rows", "{file} has {rows} plans; there must be 1 to {most}.", file=file, rows=rows.height, most=MOST
        )


def _read(faults: TariffFaults, column: str, text: pl.Series, gigabytes: Mapping[str, bool | None]) -> list[Any]:
    """The cells of a column; None where one is empty, or at fault."""
    plain = meant(text.cast(pl.String).str.normalize("NFKC"))
    if column in ("plan", "name"):
        return plain.to_list()
    lower = plain.str.to_lowercase()
    if column in _WORDS:
        for place in (lower.is_not_null() & ~lower.is_in(list(_WORDS[column]))).arg_true():
            faults.add(place, text.name, "tariff-word", value=lower[place], words=", ".join(_WORDS[column]))
        return [_WORDS[column].get(cell) for cell in lower.to_list()]
    unit, factor = _MEASURE.get(column, ("currency", 1.0))
    factor = _GB if gigabytes.get(column) and column != "per_data" else factor
    endless = lower.is_in(list(_NO_LIMIT)).fill_null(value=False)
    values, bad = measured(plain.set(endless, None), unit, factor)
    wrong = bad | (values < 0).fill_null(value=False)
    wrong = wrong if column in _INCLUDED else wrong | endless
    for place in wrong.arg_true():
        faults.add(place, text.name, "tariff-number", value=plain[place])
    if column in ("call_unit_s", "data_unit_mb"):
        for place in (values == 0).fill_null(value=False).arg_true():
            faults.add(place, text.name, "tariff-unit-zero")
    return values.set(endless, math.inf).set(wrong, None).to_list()


def _check(faults: TariffFaults, columns: Mapping[str, str], read: Mapping[str, list[Any]]) -> None:
    """Cells that a plan cannot do without, and plans named twice."""
    by = "plan" if "plan" in read else "name"
    first: dict[str, int] = {}
    for place, plan in enumerate(read[by]):
        if plan is None:
            faults.add(place, columns[by], "tariff-plan-empty")
        elif plan in first:
            faults.add(place, columns[by], "tariff-twice", earlier=faults.lines[first[plan]])
        else:
            first[plan] = place
        if read["monthly_fee"][place] is None:
            faults.add(place, columns["monthly_fee"], "tariff-fee-empty")
    for included, price in _INCLUDED.items():
        limits = read.get(included, [])
        unpriced = [
            place
            for place, limit in enumerate(limits)
            if limit != math.inf and not faults.at(place, columns[included]) and _empty(read, price, place)
        ]
        # of a column that is not there, once
        for place in unpriced if price in columns else unpriced[:1]:
            faults.add(place, columns.get(price, columns[included]), "tariff-price-empty")


def _empty(read: Mapping[str, list[Any]], column: str, place: int) -> bool:
    return column not in read or read[column][place] is None


def _tariff(place: int, read: Mapping[str, list[Any]], gigabytes: Mapping[str, bool | None]) -> Tariff:
    told = {column: cells[place] for column, cells in read.items() if cells[place] is not None}
    priced = _GB if gigabytes.get("per_data") else 1.0
    told.setdefault("data_unit_mb", priced)
    if "per_data" in told:
        told["per_data"] = told["per_data"] * told["data_unit_mb"] / priced
    told.setdefault("plan", told.get("name"))
    return Tariff(**told)


def _notices(
    file: str, columns: Mapping[str, str], unknown: Sequence[str], gigabytes: Mapping[str, bool | None]
) -> Iterator[Notice]:
    missing = [
        service
        for service, (included, price) in zip(("voice", "texts", "data"), _INCLUDED.items(), strict=True)
        if not {included, price} & set(columns)
    ]
    if missing:
        yield Notice(
            "tariff-service-missing",
            "{file} says nothing of {services}: it is taken to cost nothing.",
            {"file": file, "services": ", ".join(missing)},
        )
    silent = [columns[column] for column in ("mb", "per_data") if column in columns and gigabytes[column] is None]
    if silent:
        yield Notice(
            "tariff-data-unit",
            "{file}: {headers} names no unit where a cell names none either; MB was assumed.",
            {"file": file, "headers": ", ".join(silent)},
        )
    if unknown:
        yield Notice(
            "tariff-unknown-columns",
            "{file}: columns not used: {headers}.",
            {"file": file, "headers": ", ".join(unknown[:6])},
        )


def _named(code: str, template: str, **values: Any) -> DataError:
    return DataError(code, template, hint=HINT, **values)
