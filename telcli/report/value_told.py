"""What the sections on value say in sentences: how much, from whom, what eats it, what is expected, how sure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from telcli.report.model import Report, Row
from telcli.report.value_charts import eaten, stay_years, stayed, swayed

__all__ = ["moved", "tested", "worth"]

_MOST_PARTS, _YEAR = 3, 12
_NO_MARGIN = ("revenue", "known-costs")
"""What values count where no rate of cost is set."""
_DIGITS = 4
"""Rank correlations that are equal to so many decimals are as good, as on the screen."""
_LEVEL = 0.05
"""Less of a difference between years of the stay, over the largest, is none."""


def worth(report: Report) -> list[str]:
    """Margin, what eats it, who brings it, what is expected, what left, tenure, and how sure all of this is."""
    return [
        *_margin(report),
        *_best(report),
        *_expected(report),
        *_left(report),
        *_tenure(report),
        *_stay(report),
        *tested(report),
    ]


def _margin(report: Report) -> Iterator[str]:
    about, parts = report.first("value_told"), {row.text("part"): row for row in report.rows("value_margin")}
    months = about.number("months") or 0
    span = report.word("told.span", n=f"{months:.0f}") if months > 1 else report.word("told.span_one")
    customers = report.write(about.number("customers"), "customers")
    if about.text("basis") in _NO_MARGIN and about.number("current_value_total") is not None:
        margin = report.write(about.number("current_value_total"), "money")
        basis = report.known("basis", about.text("basis"))
        yield report.word("told.unpriced", span=span, customers=customers, margin=margin, basis=basis)
    elif "margin" in parts:
        margin, revenue = (report.write(_amount(parts.get(name)), "money") for name in ("margin", "revenue"))
        share = report.write(parts["margin"].number("revenue_share"), "percent")
        yield report.word(
            _margin_word(parts), span=span, customers=customers, margin=margin, revenue=revenue, share=share
        )
    yield from _parts(report)


def _left(report: Report) -> Iterator[str]:
    """What those who left brought, who are in no other amount, and what they left unpaid."""
    about = report.first("value_left")
    if about.number("customers") is None:
        return
    money = {name: report.write(about.number(name), "money") for name in ("revenue", "margin", "owed", "expected")}
    customers = report.write(about.number("customers"), "customers")
    yield report.word("told.left", customers=customers, revenue=money["revenue"], margin=money["margin"])
    if about.number("owed") is not None:
        yield report.word("told.owing", owed=money["owed"], expected=money["expected"])


def _margin_word(parts: Mapping[str, Row]) -> str:
    """With its share of revenue, where that is above nothing; beside revenue, where that may be told; alone."""
    if parts["margin"].number("revenue_share") is not None:
        return "told.margin"
    return "told.margin_alone" if _amount(parts.get("revenue")) is None else "told.margin_beside"


def _amount(row: Row | None) -> float | None:
    return row.number("amount") if row else None


def _parts(report: Report) -> Iterator[str]:
    """What eats revenue, so that it adds up to what is left of it; and what may, but is not known."""
    parts = sorted(eaten(report), key=lambda row: -(row.number("amount") or 0.0))
    most = [row for row in parts if (row.number("amount") or 0.0) > 0][:_MOST_PARTS]
    rest = [row for row in parts if row not in most]
    listed = [(_named(report, row), row) for row in (*most, *(rest if len(rest) == 1 else []))]
    if len(rest) > 1:
        sums = {name: math.fsum(row.number(name) or 0.0 for row in rest) for name in ("amount", "revenue_share")}
        sums = sums if all(row.number("revenue_share") is not None for row in rest) else {"amount": sums["amount"]}
        listed.append((report.word("told.all_else"), Row(sums, {})))
    if listed:
        said = [report.word("told.part", part=name, share=_share(report, row)) for name, row in listed]
        word = "told.eaten" if parts[0].number("revenue_share") is not None else "told.taken_off"
        yield report.word(word, parts=report.word("told.between").join(said))
    blank = []
    for why, word in (("not-set", "told.not_set"), ("no-data", "told.no_data")):
        names = [_named(report, row) for row in report.rows("value_margin") if row.text("counted") == why]
        if names:
            blank.append(report.word(word, parts=report.word("told.between").join(names)))
    if blank:
        yield report.word("told.uncounted", parts=report.word("told.then").join(blank))


def _share(report: Report, row: Row) -> str:
    """Over revenue, or in money where that is not above nothing."""
    share = row.number("revenue_share")
    return report.write(row.number("amount"), "money") if share is None else report.write(share, "percent")


def _named(report: Report, row: Row) -> str:
    name = report.known("part", row.text("part"))
    return name[:1].lower() + name[1:]


def _best(report: Report) -> Iterator[str]:
    rows = [row for row in report.rows("value_tiers") if row.text("tier") in ("platinum", "gold")]
    known = [row for row in rows if row.number("current_share") is not None]
    if len(known) == 2:
        share, part = (
            report.write(sum(row.number(name) or 0.0 for row in known), "percent")
            for name in ("customer_share", "current_share")
        )
        yield report.word("told.best", share=share, part=part)


def _expected(report: Report) -> Iterator[str]:
    about = report.first("value_told")
    stay, more, months = (
        about.number(name) for name in ("retention_value_total", "incremental_value_total", "horizon_months")
    )
    if stay is None or not months:
        return
    after = "told.ahead" if about.text("tail") in ("", "none") else "told.ahead_endless"
    words = {"ahead": report.word(after, months=f"{months:.0f}"), "retention": report.write(stay, "money")}
    if more:
        yield report.word("told.expected_more", **words, incremental=report.write(more, "money"))
    else:
        yield report.word("told.expected", **words)


def _tenure(report: Report) -> Iterator[str]:
    rows = report.rows("value_stays")
    if len(rows) < 2 or rows[0].number("from_year") != 1:
        return
    money = [row.number("margin_a_month") or 0.0 for row in rows]
    most = money.index(max(money))
    if max(money) - min(money) < _LEVEL * abs(max(money)):
        word = "told.level"
    elif 0 < most < len(rows) - 1:
        word = "told.peaks"
    else:
        word = "told.grows" if most else "told.shrinks"
    first, peak, last = (report.write(money[at], "money") for at in (0, most, -1))
    years, best = stay_years(report, rows[-1]), stay_years(report, rows[most])
    yield report.word(word, first=first, peak=peak, last=last, years=years, best=best)


def _stay(report: Report) -> Iterator[str]:
    if not report.rows("survival"):
        return
    year = next((row for row in stayed(report) if row.number("tenure_month") == _YEAR), None)
    if year is None:
        yield report.word("told.stay_unknown", months=_YEAR)
    elif year.number("survival_low") is not None:
        share, low, high = (
            report.write(year.number(name), "percent") for name in ("survival", "survival_low", "survival_high")
        )
        yield report.word("told.stay", share=share, months=_YEAR, low=low, high=high)


def tested(report: Report) -> Iterator[str]:
    """How sure values are: the back-test beside the plain average."""
    about = report.first("value_verdict")
    found, plain = (about.number(name) for name in ("rank_correlation", "naive_rank_correlation"))
    if not about.text("as_of") or found is None or plain is None:
        return
    found, plain = round(found, _DIGITS), round(plain, _DIGITS)
    verdict = "told.alike" if found == plain else "told.better" if found > plain else "told.worse"
    if about.number("foretells") == 0:
        verdict = "told.chance"
    middle = about.number("median_error")
    yield report.word(
        "told.tested",
        month=report.in_words(about.text("as_of")),
        months=f"{about.number('months') or 0:.0f}",
        foretold=_foretold(report, about),
        verdict=report.word(verdict),
        found=f"{found:.{_DIGITS}f}",
        naive=f"{plain:.{_DIGITS}f}",
        error=report.write(about.number("error"), "money"),
        middle="" if middle is None else report.word("told.middle", error=report.write(middle, "money")),
        plain_error=report.write(about.number("naive_error"), "money"),
    )
    if about.number("coverage") is not None:
        level, coverage = (report.write(about.number(name), "percent") for name in ("level", "coverage"))
        yield report.word("told.within", level=level, coverage=coverage)


def _foretold(report: Report, about: Row) -> str:
    """Of what came the share that was predicted, where what came is above nothing."""
    share = about.number("calibration")
    if share is None:
        return report.word("told.foretold_nothing")
    return report.word("told.foretold", share=report.write(share, "percent"))


def moved(report: Report) -> list[str]:
    """Who changed tier and by what, what tiers hang on, and how well the score ranks later margin."""
    return [*_moved(report), *_sway(report), *_ranked(report)]


def _moved(report: Report) -> Iterator[str]:
    about = report.first("value_moved")
    counts = [
        report.word(f"told.{name}", n=report.write(about.number(name), "customers"))
        for name in ("up", "down", "same")
        if about.number(name) is not None
    ]
    if about.text("before") and counts:
        month, said = report.in_words(about.text("before")), report.word("told.between").join(counts)
        yield report.word("told.moved", month=month, counts=said)
        if any(about.number(name) is None for name in ("up", "down", "same")):
            balance = about.number("balance")
            more = "" if balance is None else report.word("told.more_rose" if balance > 0 else "told.more_fell")
            yield more + report.word("told.moved_hidden")
        for row in report.rows("value_reasons")[:1]:
            yield report.word("told.moved_by", name=row.text("name"))


def _sway(report: Report) -> Iterator[str]:
    for row in swayed(report)[:1]:
        yield report.word("told.sway", name=row.text("name"), share=report.write(row.number("changed"), "percent"))


def _ranked(report: Report) -> Iterator[str]:
    about = report.first("value_verdict")
    score, plain = (about.number(name) for name in ("score_rank_correlation", "naive_rank_correlation"))
    if score is not None and plain is not None:
        word = "told.score_worse" if round(plain, _DIGITS) > round(score, _DIGITS) else "told.score_well"
        yield report.word(word, score=f"{score:.3f}", naive=f"{plain:.3f}")
