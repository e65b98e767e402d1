"""The section on segments: figures and profiles, moves between them, what they told later, another grouping."""

from __future__ import annotations

from telcli.report.blocks import Cell, Column, Section, Table, table
from telcli.report.crossed_table import crossed, heat_of_moves, heat_of_shares
from telcli.report.drawing import drawn, missing, ranked
from telcli.report.model import Report
from telcli.report.reach_section import reach
from telcli.report.segment_pictures import migrated, moves_chart, traits_chart

__all__ = ["agreed", "segments", "tried"]

PROFILE = (
    Column("name"),
    Column("customers", "count"),
    Column("revenue_share", "percent"),
    Column("revenue_per_customer", "money", "usual_revenue_per_customer"),
    Column("churn_probability", "percent"),
    Column("at_risk_value", "money"),
)
WORDS = (Column("name"), Column("profile", "long"), Column("treatment", "long"))
RULES = (Column("name"), Column("rule", "long", "segment_rule"), Column("rule_fidelity", "percent"))
COUNTS = (
    Column("k", "order"),
    Column("silhouette", "decimal"),
    Column("stability", "decimal"),
    Column("smallest_share", "percent"),
    Column("gap", "decimal"),
    Column("recommended", "flag"),
    Column("in_use", "flag"),
)
_GRADES = ((0.9, "agreement.same"), (0.65, "agreement.much"), (0.2, "agreement.some"), (-1.0, "agreement.little"))
"""Adjusted Rand indices from which groupings are called so: rules of thumb."""


def segments(report: Report) -> Section | None:
    """Each segment's size, revenue, risk, profile and treatment; moves, the trial, and another grouping beside them."""
    title, rows = report.word("section.segments"), report.rows("segments")
    if not rows:
        return missing(report, "segments", title)
    size = (
        Column("name"),
        Column("customers", "count"),
        Column("customer_share", "percent"),
        Column("revenue_share", "percent"),
    )
    risk_ = (
        Column("name"),
        Column("churn_probability", "percent"),
        Column("high_risk", "count"),
        Column("at_risk_value", "money"),
    )
    charts = [
        ranked(report, "segments", rows, "revenue_share", size, key=report.word("chart.segments_key")),
        ranked(report, "segment_risk", rows, "churn_probability", risk_),
        traits_chart(report),
        *(moves_chart(report, numbers) for numbers in _moves(report)),
    ]
    figures = table(report, report.word("table.segments"), rows, PROFILE, wide=True)
    told = table(report, report.word("table.profiles"), rows, WORDS, wide=True)
    ruled = [row for row in rows if row.text("rule")]
    rules = [table(report, report.word("table.rules"), ruled, RULES, wide=True)] if ruled else []
    lead = report.word("section.segments_lead" if len(rows) > 1 else "section.one_segment_lead", n=len(rows))
    further = [*_counts(report), *_moves(report), *tried(report), *_crossed(report), *reach(report)]
    return Section(
        "segments",
        title,
        lead,
        drawn(charts),
        [figures, told, *rules, *further],
        notes=[*_reason(report), *agreed(report)],
        told=migrated(report),
    )


def _counts(report: Report) -> list[Table]:
    """The numbers of segments that were measured."""
    rows = report.rows("segment_counts")
    return [table(report, report.word("table.counts"), rows, COUNTS)] if rows else []


def _reason(report: Report) -> list[str]:
    """Why there are so many segments."""
    reason = report.first("segment_reason").text("reason")
    return [report.word("segment_reason.why", reason=reason)] if reason else []


def _moves(report: Report) -> list[Table]:
    """Segments of the month before down, those of now across."""
    rows = report.rows("segment_moves")
    if not rows:
        return []
    title = report.word("table.moves", month=report.in_words(rows[0].text("before")))
    down, across = ("from_place", "from_group"), ("to_place", "to_group")
    return [crossed(report, rows, down, across, Cell(report.word("col.moves")), title, heat_of_moves)]


def tried(report: Report) -> list[Table]:
    """What segments of an earlier month told of the months since; nothing where no result of theirs may be shown."""
    rows = report.rows("segment_trial")
    if all(row.number(name) is None for row in rows for name in ("churn_rate", "later_revenue")):
        return []
    month, later = rows[0].text("measured_on"), report.month != rows[0].text("measured_on")
    words = {"month": report.in_words(month), "last": report.month_name}
    title = report.word("table.trial" if later else "table.trial_label", **words)
    rate = Column("churn_rate", "percent", "later_churn" if later else "")
    money = Column("later_revenue", "money", "later_margin" if rows[0].text("measure") == "margin" else "")
    lifts = (Column("churn_lift", "times"), Column("later_lift", "times"))
    columns = (Column("name"), Column("customers", "count"), rate, lifts[0], money, lifts[1])
    return [table(report, title, rows, columns, wide=True)]


def _crossed(report: Report) -> list[Table]:
    """Groups of the grouping down, segments across."""
    rows = report.rows("segment_crossed")
    if not rows:
        return []
    about, shown = report.first("segment_agreement"), len({row.number("place") for row in rows})
    column = about.text("column")
    cut = (about.number("groups") or 0) > shown
    title = report.word("table.crossed_largest" if cut else "table.crossed", column=column, n=shown)
    down, across = ("place", "group_name"), ("segment", "segment_name")
    return [crossed(report, rows, down, across, Cell(column, long=True), title, heat_of_shares)]


def agreed(report: Report) -> list[str]:
    """How far segments and the grouping agree, in a sentence."""
    about = report.first("segment_agreement")
    if not about.text("column"):
        return []
    ari = about.number("ari") or 0.0
    grade = next(word for least, word in _GRADES if ari >= least)
    figures = {name: f"{about.number(name) or 0.0:.2f}" for name in ("ari", "ami")}
    counts = {name: report.write(about.number(name), "count") for name in ("customers", "groups")}
    purity = report.write(about.number("purity"), "percent")
    said = report.word(grade, column=about.text("column"), groups=counts["groups"])
    return [said + report.word("agreement.figures", **figures, purity=purity, customers=counts["customers"])]
