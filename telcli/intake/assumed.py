"""Units that no header names: what is assumed of them, and that it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from telcli.errors import Notice
from telcli.intake.candidates import Use
from telcli.intake.date_forms import date_notice
from telcli.intake.dictionary import bare
from telcli.intake.mapping import SourceMap
from telcli.intake.numbers import numbers
from telcli.intake.plausible import percent_doubts, share_unit, unit_doubts
from telcli.intake.slots import slots
from telcli.intake.told import NONE_ONE
from telcli.intake.words import meant
from telcli.intake.zone_marks import marks_notices
from telcli.intake.zones import offsets_written

__all__ = ["duration_unit", "epoch_marked", "epoch_told", "share_units", "units_assumed", "with_gender_codes"]

_HEAD = 2000
_DURATION = "calls.duration_s"
_MINUTES = ("min", "分")
_GENDER = "customers.gender"
_MONEY = ("元", "yuan", "rmb", "cny", "usd", "eur")
_OWN_UNITS = ("_s", "_mb", "_minutes")
_PLAIN_UNITS = {"MB": ("mb",), "minutes": ("min", "mou", "分钟", "分"), "seconds": ("sec", "秒", *_MINUTES)}
_PLAIN_UNITS["share"] = ("%", "percent", "pct", "百分")


def duration_unit(mapped: SourceMap, head: pl.DataFrame) -> SourceMap:
    """Settle the unit of how long calls lasted: as the header says, else minutes where there are fractions of one.

    Switches measure whole seconds, so lengths with fractions have been turned into minutes.

    >>> mapped = SourceMap("c.csv", "calls", 1.0, {"calls.duration_s": Use("duration")})
    >>> duration_unit(mapped, pl.DataFrame({"duration": ["8.52", "0"]})).columns["calls.duration_s"].unit
    'min'
    """
    use = mapped.columns.get(_DURATION)
    if use is None or use.unit or use.header not in head.columns:
        return mapped
    name = bare(use.header)
    values = numbers(head[use.header])[0].drop_nulls()
    parts = not any(mark in name for mark in _PLAIN_UNITS["seconds"]) and bool((values % 1.0 != 0.0).any())
    if not parts and not any(mark in name for mark in _MINUTES):
        return mapped
    return replace(mapped, columns={**mapped.columns, _DURATION: replace(use, unit="min")})


def epoch_told(mapped: SourceMap, head: pl.DataFrame) -> SourceMap:
    """Read the start of calls as seconds since 1970 too, where it is such a number or has an offset from UTC."""
    use = mapped.columns.get("calls.started_at")
    if use is None or use.header not in head.columns:
        return mapped
    exact = use.unit in ("epoch", "epochms") or bool(offsets_written(head[use.header]).is_not_null().any())
    return _with_moments(mapped, use) if exact else mapped


def epoch_marked(mapped: SourceMap, marks: Mapping[str, Sequence[str]]) -> SourceMap:
    """The same where only later rows, which the first do not tell of, carry an offset; else the map as it is."""
    use = mapped.columns.get("calls.started_at")
    return _with_moments(mapped, use) if use and marks.get(use.header) else mapped


def _with_moments(mapped: SourceMap, started: Use) -> SourceMap:
    """The same with exact moments out of the column of starts, where no column of its own tells them."""
    if "calls.started_epoch_s" in mapped.columns:
        return mapped
    return replace(mapped, columns={**mapped.columns, "calls.started_epoch_s": Use(started.header)})


def share_units(mapped: SourceMap, frame: pl.LazyFrame) -> SourceMap:
    """Settle by all their values whether columns of shares without a unit are in %.

    >>> mapped = SourceMap("u.csv", "usage", 1.0, {"usage.data_saturation": Use("流量饱和度")})
    >>> share_units(mapped, pl.LazyFrame({"流量饱和度": ["85"]})).columns["usage.data_saturation"].unit
    '%'
    """
    names = frame.collect_schema().names()
    found = {
        name: replace(use, unit=share_unit(mapped.source, use.header, slots()[name].column, frame))
        for name, use in mapped.columns.items()
        if slots()[name].unit == "share" and not use.unit and use.header in names
    }
    return replace(mapped, columns={**mapped.columns, **found}) if found else mapped


def with_gender_codes(columns: Mapping[str, Use], head: pl.DataFrame) -> dict[str, Use]:
    """Genders of which the column holds 0 and 1 alone are women and men; elsewhere 1 and 2 are men and women.

    >>> head = pl.DataFrame({"sex": ["1", "0", None]})
    >>> with_gender_codes({"customers.gender": Use("sex")}, head)["customers.gender"].unit
    '01'
    """
    use = columns.get(_GENDER)
    if use is None or use.unit or use.header not in head.columns:
        return dict(columns)
    seen = set(meant(head[use.header]).drop_nulls().str.replace(r"\.0$", ""))
    return {**columns, _GENDER: replace(use, unit=NONE_ONE)} if seen == {"0", "1"} else dict(columns)


def units_assumed(
    mapped: SourceMap, frame: pl.LazyFrame, zone: str, marks: Mapping[str, Sequence[str]]
) -> list[Notice]:
    """Numbers whose header names no unit, units that the values speak against, and forms of dates.

    `marks` are what stands behind the times of each column of their zone.
    """
    notices = []
    headers = list({use.header: None for use in mapped.columns.values() if not use.header.startswith("@")})
    head = frame.select(headers).head(_HEAD).collect(engine="streaming")
    for name, use in mapped.columns.items():
        slot = slots()[name]
        if use.constant:
            continue
        if name == _GENDER and use.unit == NONE_ONE:
            notices.append(
                Notice(
                    "gender-assumed",
                    "{file}: {header} holds 0 and 1 alone; 1 was taken for male and 0 for female.",
                    {"file": mapped.source, "header": use.header},
                )
            )
        if slot.form in ("day", "month", "moment") and use.unit:
            notices.append(date_notice(mapped.source, use.header, use.unit, zone))
        if slot.form in ("day", "month", "moment"):
            notices += marks_notices(mapped.source, use.header, marks.get(use.header, ()), zone)
        if slot.form == "number" and not use.unit and slot.table in ("bills", "usage", "calls"):
            each = slot.table == "calls"
            notices += unit_doubts(mapped.source, use.header, slot.column, slot.unit, head[use.header], each=each)
        if unit := _unit_assumed(mapped, name, use):
            about = {"file": mapped.source, "header": use.header, "column": slot.column}
            notices.append(
                Notice(
                    "unit-assumed",
                    "{file}: {header} names no unit; {unit} was assumed (else: --map {column}={header}@UNIT).",
                    {**about, "unit": unit},
                )
            )
    notices += _percents_doubted(mapped, frame)
    return [*notices, *_money_assumed(mapped, head, {str(one.values.get("header")) for one in notices})]


def _percents_doubted(mapped: SourceMap, frame: pl.LazyFrame) -> list[Notice]:
    """Columns whose header says that they are percentages, and whose values are shares."""
    names = frame.collect_schema().names()
    return [
        notice
        for name, use in mapped.columns.items()
        if slots()[name].unit == "share" and use.factor(slots()[name]) < 1.0 and use.header in names
        if mapped.why(name).how not in ("told", "pinned")
        for notice in percent_doubts(mapped.source, use.header, slots()[name].column, frame)
    ]


def _unit_assumed(mapped: SourceMap, name: str, use: Use) -> str:
    """The unit that a column of numbers was given, where neither its header nor the analyst names one."""
    slot = slots()[name]
    if slot.form == "epoch" or (bare(use.header) == bare(slot.column) and slot.column.endswith(_OWN_UNITS)):
        return ""  # a time, or the column's own name, which ends with its unit
    if any(mark in bare(use.header) for mark in _PLAIN_UNITS.get(slot.unit, ("",))):
        return ""
    by_values = {_DURATION: {"min": "minutes"}}.get(name, {"%": "%", "share": "share"} if slot.unit == "share" else {})
    if use.unit:
        return "" if mapped.why(name).how in ("told", "pinned") else by_values.get(use.unit, "")
    return "" if slot.unit == "share" else slot.unit


def _money_assumed(mapped: SourceMap, head: pl.DataFrame, told: set[str]) -> list[Notice]:
    """Amounts whose header names no unit and whose values are whole numbers, as those in 分 are; `told` are others."""
    found: dict[str, str] = {}
    for name, use in mapped.columns.items():
        slot = slots()[name]
        if (
            slot.table not in ("bills", "payments")
            or slot.unit != "currency"
            or use.unit
            or use.header not in head.columns
        ):
            continue
        text = head[use.header].drop_nulls()
        written = any(mark in bare(use.header) for mark in _MONEY)
        if not written and use.header not in told and text.len() and not text.str.contains(r"[.．¥￥元$€a-zA-Z]").any():
            found.setdefault(use.header, name)
    if not found:
        return []
    headers, first = ", ".join(found), next(iter(found))
    return [
        Notice(
            "money-assumed",
            "{file}: {headers} names no unit, and its values are whole numbers; 元 was assumed "
            "(if it is 分: --map {file}:{column}={header}@分).",
            {"file": mapped.source, "headers": headers, "column": found[first], "header": first},
        )
    ]
