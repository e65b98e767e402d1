"""Segments crossed with channels, plans and products: counted by hand, hidden where few, drawn in both languages."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from telcli.figures.base import Figures
from telcli.figures.segment_reach import REACH_TEXTS, reach
from telcli.report import build
from telcli.report.reach_section import reach as drawn
from telcli.stages.segment_reach import reach_rows
from telcli.tables import contract

JUNE = date(2024, 6, 1)
SEGMENTS = pl.DataFrame(
    {
        "customer_id": ["A", "B", "C", "D"],
        "segment": [1, 1, 2, 2],
        "segment_name": ["Talkers", "Talkers", "Surfers", "Surfers"],
        "segment_name_zh": ["语音", "语音", "流量", "流量"],
    }
)


def subjects() -> dict[str, pl.LazyFrame]:
    contacts = [("A", "store", datetime(2024, 6, 30, 23)), ("A", "store", datetime(2024, 1, 1)),
                ("C", "store", datetime(2023, 12, 31, 23)), ("D", "app", datetime(2024, 7, 1)),
                ("B", None, datetime(2024, 5, 1)), ("X", "store", datetime(2024, 5, 1))]  # fmt: skip
    lines = [("s1", "A", "p1", date(2020, 1, 1), None), ("s2", "A", "p1", None, None),
             ("s3", "B", "p2", date(2024, 6, 30), date(2024, 7, 1)), ("s4", "C", "p1", None, date(2024, 6, 30)),
             ("s5", "D", "p2", date(2024, 7, 1), None)]  # fmt: skip
    taken = [("s1", "music", date(2024, 1, 1), None), ("s3", "music", date(2024, 1, 1), date(2024, 6, 1)),
             ("s4", "music", date(2024, 1, 1), None)]  # fmt: skip
    names = ["subscription_id", "customer_id", "plan_id", "activated_on", "ended_on"]
    found = {
        "contacts": pl.DataFrame(contacts, schema=["customer_id", "channel", "opened_at"], orient="row"),
        "subscriptions": pl.DataFrame(lines, schema=names, orient="row").with_columns(
            channel_id=pl.lit(None, dtype=pl.String)
        ),
        "products": pl.DataFrame(
            taken,
            schema={"subscription_id": pl.String, "product_id": pl.String, "started_on": pl.Date, "ended_on": pl.Date},
            orient="row",
        ),
    }
    return {name: frame.lazy() for name, frame in found.items()}


def test_each_customer_counts_once_for_what_it_has_in_the_month() -> None:
    found = reach_rows(SEGMENTS, subjects(), JUNE)
    counts = {(row["kind"], row["item"], row["segment"]): row["customers"] for row in found.to_dicts()}
    assert counts == {
        ("contact-channel", "store", 1): 1,
        ("plan", "p1", 1): 1,
        ("plan", "p2", 1): 1,
        ("product", "music", 1): 1,
    }
    (store,) = found.filter(kind="contact-channel").to_dicts()
    assert store["share_of_segment"] == pytest.approx(0.5)
    assert store["share_of_all"] == pytest.approx(0.25)
    assert store["share_index"] == pytest.approx(2.0)
    contract("segment_reach").require(found.lazy()).collect()


def test_without_subjects_there_are_no_rows() -> None:
    assert not contract("segment_reach").require(reach_rows(SEGMENTS, {}, JUNE).lazy()).collect().height


def table(counts: dict[tuple[str, int], int]) -> pl.DataFrame:
    rows: list[dict[str, Any]] = [
        {"kind": "plan", "item": item, "segment": segment, "segment_name": f"S{segment}", "segment_name_zh": "群",
         "customers": count, "share_of_segment": count / 100, "share_index": count / 50}
        for (item, segment), count in counts.items()
    ]  # fmt: skip
    return pl.DataFrame(rows)


def test_few_and_nearly_all_are_hidden() -> None:
    held = table({("p1", 1): 60, ("p1", 2): 95, ("p2", 1): 30, ("p2", 2): 50, ("p3", 1): 4, ("p3", 2): 30})
    rows = reach(held, {1: 100, 2: 100}, 10)
    small = {(row["item"], row["segment"]) for row in rows if row.get("small")}
    assert {("p3", 1), ("p3", 2), ("p1", 2)} <= small
    assert ("p1", 1) not in small
    assert all("customers" not in row for row in rows if row.get("small"))
    assert not [row for row in reach(held, {1: 100, 2: 100}, 0) if row.get("small")]


@pytest.mark.parametrize(("lang", "title"), [("en", "Plan by segment: "), ("zh", "客群与套餐：")])
def test_the_page_shows_shares_and_how_they_compare(lang: str, title: str) -> None:
    figures = Figures()
    held = table({("p1", 1): 60, ("p2", 2): 50, ("p2", 1): 40})
    figures.block("segment_reach", reach(held, {1: 100, 2: 100}, 10), REACH_TEXTS)
    (found,) = drawn(build(figures.frame(JUNE), lang=lang, currency="CNY"))
    assert found.title.startswith(title)
    assert [row[0].text for row in found.rows] == ["p2", "p1"]
    assert found.rows[1][1].text.startswith("60.0% · 1.20")
    assert found.rows[1][2].text == "–"
