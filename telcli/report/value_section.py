"""The section on value: margin and what eats it, who brings it, how long it lasts, how well it was foretold."""

from __future__ import annotations

from collections.abc import Iterable

from telcli.report.blocks import Cell, Chart, Column, Section, Table, table
from telcli.report.drawing import chart, drawn, missing
from telcli.report.model import Report, Row
from telcli.report.value_charts import eaten, stay_years, stayed
from telcli.report.value_sides import groups_beside, products, signs
from telcli.report.value_told import worth

__all__ = ["value", "verdict"]

_PARTS = (
    Column("part", words="part"),
    Column("amount", "money"),
    Column("revenue_share", "percent", "over_revenue"),
    Column("customers", "count", "concerned"),
    Column("counted", words="counted"),
)
_TENTHS = (
    Column("tenth", "order"),
    Column("customers", "count"),
    Column("current_value", "money"),
    Column("value_share", "percent"),
    Column("added_share", "percent"),
    Column("mean_current", "money"),
)
_POINTS = (Column("customer_share", "percent", "value_curve_x"), Column("value_share", "percent", "value_curve_y"))
_SURVIVAL = (
    Column("tenure_month", "order"),
    Column("survival", "percent"),
    Column("survival_low", "percent"),
    Column("survival_high", "percent"),
    Column("at_risk", "count"),
)
_STAYS = (
    Column("stay"),
    Column("customer_months", "count"),
    Column("revenue_a_month", "money"),
    Column("margin_a_month", "money"),
)
_TESTED = (
    Column("decile", "order"),
    Column("customers", "count"),
    Column("predicted", "money"),
    Column("naive", "money"),
    Column("realised", "money"),
)
_OFFERS = (
    Column("item", label="part"),
    Column("customers", "count"),
    Column("margin", "money"),
    Column("margin_share", "percent"),
    Column("margin_per_customer", "money"),
    Column("loss_maker_share", "percent"),
    Column("early_end_share", "percent"),
)
_LISTED = 20
"""Points of a curve that are listed all."""
_MEASURES = (("rank_correlation", ""), ("calibration", "percent"), ("error", "money"), ("squared_error", "money"))


def value(report: Report) -> Section | None:
    """Sentences, then pictures of margin, concentration, tenure and the back-test, then what they are made of."""
    title = report.word("section.value")
    if not report.rows("value_tiers"):
        return missing(report, "value_scores", title)
    if few := report.first("value_few").number("least"):
        return Section("value", title, report.word("section.value_few", n=f"{few:.0f}"))
    charts = drawn([_whale(report), _spread(report), _margin(report), _stays(report), _survival(report)])
    tested = drawn([_tested(report)])
    if len(charts) % 2:  # pictures stand in pairs
        charts, tested = [*charts, *tested], []
    tables = [*_parts(report), *_offers(report), *products(report), *groups_beside(report), *_years(report)]
    tables += [*_groups(report), *signs(report), *verdict(report)]
    return Section("value", title, _lead(report), charts, tables, tested, told=worth(report))


def _lead(report: Report) -> str:
    about = report.first("value").numbers
    if not about:
        return ""
    top, losing = report.write(about["top_20_share"], "percent"), about["loss_makers"]
    if not losing:
        return report.word("section.value_lead_gain", top=top)
    return report.word("section.value_lead", top=top, loss_makers=report.write(losing, "customers"))


def _whale(report: Report) -> Chart | None:
    about, curve, tenths = report.first("value").numbers, report.rows("value_curve"), report.rows("value_tenths")
    if not about:
        return None
    top, peak, at = (report.write(about[name], "percent") for name in ("top_20_share", "peak_share", "peak_at"))
    alt = report.word("chart.whale_alt", top=top, peak=peak, at=at)
    listed = [*curve[:-1:10], *curve[-1:]] if len(curve) > _LISTED else curve
    numbers = table(report, "", tenths, _TENTHS) if tenths else table(report, "", listed, _POINTS)
    return chart(report, "whale", alt, numbers)


def _spread(report: Report) -> Chart | None:
    rows = report.rows("value_tenths")
    if len(rows) < 2:
        return None
    first, last = (report.write(row.number("current_value"), "money") for row in (rows[0], rows[-1]))
    alt = report.word("chart.value_tenths_alt", first=first, last=last)
    return chart(report, "value_tenths", alt, table(report, "", rows, _TENTHS))


def _margin(report: Report) -> Chart | None:
    rows = {row.text("part"): row for row in report.rows("value_margin")}
    parts = eaten(report)
    if not parts or not {"revenue", "margin"} <= set(rows):
        return None
    revenue, margin = (report.write(rows[name].number("amount"), "money") for name in ("revenue", "margin"))
    most = max(parts, key=lambda row: row.number("amount") or 0.0)
    name, amount = report.known("part", most.text("part")), report.write(most.number("amount"), "money")
    alt = report.word("chart.value_margin_alt", revenue=revenue, margin=margin, name=name, amount=amount)
    shown = [row for row in report.rows("value_margin") if row.number("amount") is not None]
    gone = [report.known("part", row.text("part")) for row in report.rows("value_margin") if row.number("small")]
    key = report.word("chart.value_margin_key", parts=report.word("told.between").join(gone)) if gone else ""
    return chart(report, "value_margin", alt, table(report, "", shown, _PARTS[:3]), key)


def _stays(report: Report) -> Chart | None:
    rows = report.rows("value_stays")
    if len(rows) < 2:
        return None
    first, last = (report.write(row.number("margin_a_month"), "money") for row in (rows[0], rows[-1]))
    named = [Row(row.numbers, {"stay": stay_years(report, row)}) for row in rows]
    alt = report.word("chart.value_stays_alt", first=first, last=last)
    return chart(report, "value_stays", alt, table(report, "", named, _STAYS))


def _survival(report: Report) -> Chart | None:
    rows = stayed(report)
    if not rows:
        return None
    year = next((row for row in rows if (row.number("tenure_month") or 0.0) >= 12), rows[-1])
    words = {"year": report.write(year.number("survival"), "percent")}
    words |= {"last": report.write(rows[-1].number("survival"), "percent")}
    words |= {"months": f"{rows[-1].number('tenure_month'):.0f}", "first": f"{year.number('tenure_month'):.0f}"}
    key = report.word("chart.survival_key") if any(row.number("survival_low") is not None for row in rows) else ""
    return chart(
        report, "survival", report.word("chart.survival_alt", **words), table(report, "", rows[::6], _SURVIVAL), key
    )


def _tested(report: Report) -> Chart | None:
    rows = report.rows("value_backtest")
    if not rows:
        return None
    words = {name: report.write(rows[0].number(name), "money") for name in ("predicted", "realised")}
    alt, key = report.word("chart.value_backtest_alt", **words), report.word("chart.value_backtest_key")
    return chart(report, "value_backtest", alt, table(report, "", rows, _TESTED), key)


def _parts(report: Report) -> list[Table]:
    rows = report.rows("value_margin")
    return [table(report, report.word("table.value_margin"), rows, _PARTS, wide=True)] if rows else []


def verdict(report: Report) -> list[Table]:
    """What the back-test found, beside the plain average and the score."""
    about = report.first("value_verdict")
    if not about.text("as_of"):
        return []
    scored = about.number("score_rank_correlation") is not None
    labels = ["this_forecast", "naive", *(["this_score"] if scored else [])]
    head = [Cell(report.word("col.measure")), *(Cell(report.word(f"col.{name}"), number=True) for name in labels)]
    rows = []
    for name, kind in _MEASURES:
        found = [about.number(name), about.number(f"naive_{name}"), *([about.number(f"score_{name}")] * scored)]
        if found[0] is not None:
            written = [_figure(report, number, kind) for number in found]
            rows.append([Cell(report.word(f"verdict.{name}")), *(Cell(text, number=True) for text in written)])
    return [Table(report.word("table.value_verdict"), head, rows)]


def _figure(report: Report, number: float | None, kind: str) -> str:
    if number is None:
        return ""
    return report.write(number, kind) if kind else f"{number:.3f}"


def _offers(report: Report) -> list[Table]:
    """A table per kind: channels, plans, products."""
    found = []
    rows = report.rows("value_offers")
    for kind in dict.fromkeys(row.text("kind") for row in rows):
        held = [row for row in rows if row.text("kind") == kind]
        of, name = held[0].number("of") or 0, report.known("reach", kind)
        cut = of > len(held)
        title = report.word(
            "table.value_offers_cut" if cut else "table.value_offers", kind=name, n=len(held), of=f"{of:.0f}"
        )
        made = table(report, title, held, _OFFERS, wide=True)
        rest = f"telcli show value_offers --where \"kind = '{kind}'\"" if cut else ""
        found.append(Table(title, [Cell(name), *made.head[1:]], made.rows, wide=True, rest=rest))
    return found


def _years(report: Report) -> list[Table]:
    """Years of joining down, years of the stay across."""
    rows = report.rows("value_years")
    cells = {(row.number("cohort_year"), row.number("tenure_year")): row for row in rows}
    down, across = (_sorted(row.number(name) for row in rows) for name in ("cohort_year", "tenure_year"))
    if len(rows) == len(down):  # a year of the stay of each year of joining tells no more than the picture
        return []
    head = [Cell(report.word("col.cohort_year")), *(Cell(f"{year:.0f}", number=True) for year in across)]
    body = [[Cell(f"{one:.0f}"), *(_money(report, cells.get((one, other))) for other in across)] for one in down]
    return [Table(report.word("table.value_years"), head, body, wide=True, rest="telcli show value_cohorts")]


def _sorted(numbers: Iterable[float | None]) -> list[float]:
    return sorted({number for number in numbers if number is not None})


def _money(report: Report, row: Row | None) -> Cell:
    return Cell("–" if row is None else report.write(row.number("margin_a_month"), "money"), number=True)


def _groups(report: Report) -> list[Table]:
    """The share still here by group."""
    rows = report.rows("survival_groups")
    months = sorted(
        {int(name.removeprefix("after_")) for row in rows for name in row.numbers if name.startswith("after_")}
    )
    if not rows or not months:
        return []
    head = [Cell(report.word("col.survival_group"))]
    head += [Cell(report.word("col.after", n=month), number=True) for month in months]
    body = [
        [
            Cell(report.known("value_group", row.text("group"))),
            *(Cell(report.write(row.number(f"after_{month}"), "percent"), number=True) for month in months),
        ]
        for row in rows
    ]
    return [Table(report.word("table.survival_groups"), head, body, wide=True, rest="telcli show survival_groups")]
