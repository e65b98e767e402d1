"""The register of leavings: what tells the reason, what goes before what, and that nothing said is kept."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.errors import UsageError
from telcli.features.churn_causes import THEMES, causes, intents
from telcli.features.churn_pareto import churn_pareto
from telcli.features.churn_register import SOURCES, churn_register
from telcli.features.exit_kinds import exit_kind
from telcli.features.text_codes import coded
from telcli.settings import own_reasons
from telcli.settings.own_reasons import REASON_THEMES
from telcli.tables import churn_around_results as results
from telcli.tables import contract

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)


def table(name: str, rows: list[dict[str, Any]]) -> pl.LazyFrame:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    known = contract(name).schema.columns()
    typed = [pl.col(column).cast(known[column].dtype) for column in frame.columns if column in known]
    return contract(name).conform(frame.with_columns(typed).lazy()).collect().lazy()


def left(kind: str = "voluntary", told: dict[str, Any] | None = None, **tables: pl.LazyFrame) -> dict[str, Any]:
    """The register of one customer who left in June."""
    month = {"customer_id": "a", "active": True, "left": False, "revenue": 30.0, "tenure_months": 4.0}
    rows = [{**month, "month": MAY}, {**month, "month": JUNE, "left": True, "active": False, **(told or {})}]
    gone = pl.LazyFrame({"customer_id": ["a"], "month": [JUNE], "kind": [kind]})
    held = {"customers": table("customers", [{"customer_id": "a", "region": "N"}]), **tables}
    found = churn_register({"customer_months": table("customer_months", rows), **held}, gone, causes(), ["x_why"], 12.0)
    return found.row(0, named=True)


def line(**more: Any) -> pl.LazyFrame:
    return table("subscriptions", [{"subscription_id": "1", "customer_id": "a", "ended_on": date(2024, 6, 9), **more}])


def said(**more: Any) -> dict[str, Any]:
    fixed = {"contact_id": "1", "customer_id": "a", "opened_at": datetime(2024, 5, 3), "kind": "complaint"}
    return {**fixed, "topic": "资费争议", **more}


def test_a_recorded_text_goes_before_a_complaint_and_that_before_signs() -> None:
    contacts = table("contacts", [said()])
    signs = {"months_overdue": 3.0}
    recorded = left(told=signs, contacts=contacts, subscriptions=line(x_why="Attitude of support person"))
    assert (recorded["reason"], recorded["theme"], recorded["reason_source"]) == ("attitude", "service", "recorded")
    complained = left(told=signs, contacts=contacts, subscriptions=line(x_why="?"))
    assert (complained["reason"], complained["reason_source"]) == ("price", "contact")
    owed = left(told=signs)
    assert (owed["reason"], owed["reason_source"]) == ("arrears", "signs")
    silent = left()
    assert (silent["reason"], silent["theme"], silent["reason_source"]) == ("unknown", "unknown", None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"opened_at": datetime(2024, 6, 30, 23)}, "price"),
        ({"opened_at": datetime(2024, 4, 1)}, "price"),
        ({"opened_at": datetime(2024, 3, 31, 23)}, "unknown"),
        ({"opened_at": datetime(2024, 7, 1)}, "unknown"),
        ({"kind": "enquiry"}, "unknown"),
        ({"topic": "else", "text": "总是掉线"}, "network-quality"),
    ],
)
def test_a_contact_of_the_three_months_tells(row: dict[str, Any], reason: str) -> None:
    assert left(contacts=table("contacts", [said(**row)]))["reason"] == reason


def test_the_latest_contact_with_a_code_counts() -> None:
    rows = [
        said(),
        said(contact_id="2", opened_at=datetime(2024, 6, 1), topic="服务态度"),
        said(contact_id="3", topic="?"),
    ]
    assert left(contacts=table("contacts", rows))["reason"] == "attitude"


@pytest.mark.parametrize(
    ("kind", "told", "more", "reason"),
    [
        ("involuntary", {}, {}, "arrears"),
        ("voluntary", {"faults": 1.0}, {}, "network-quality"),
        ("voluntary", {"over_bundle_fee": 10.0}, {}, "over-bundle"),
        ("voluntary", {}, {"contract_end": date(2024, 5, 31)}, "contract"),
        ("voluntary", {}, {"contract_end": date(2023, 5, 31)}, "unknown"),
        ("port-out", {}, {}, "unknown"),
        ("inactive", {}, {}, "not-needed"),
    ],
)
def test_what_is_known_of_the_time_tells(kind: str, told: dict[str, Any], more: dict[str, Any], reason: str) -> None:
    assert left(kind, told, subscriptions=line(**more))["reason"] == reason


def test_what_was_lost_and_where() -> None:
    row = left(subscriptions=line(plan_id="P9"))
    assert (row["revenue_usual"], row["value_lost"], row["region"], row["plan_id"], row["tenure"]) == (
        30,
        360,
        "N",
        "P9",
        4,
    )
    assert not {"x_why", "text", "topic"} & set(row)


names = st.sampled_from(["price", "attitude", "moved", "unknown"])


@given(st.lists(st.tuples(names, st.sampled_from(["voluntary", "inactive"])), min_size=1))
def test_the_pareto_sums_to_one(rows: list[tuple[str, str]]) -> None:
    known = causes()
    reasons = [reason for reason, _ in rows]
    register = pl.DataFrame(
        {
            "kind": [kind for _, kind in rows],
            "reason": reasons,
            "theme": ["unknown" if reason == "unknown" else known[reason].theme for reason in reasons],
            "reason_source": [None if reason == "unknown" else "signs" for reason in reasons],
            "value_lost": [10.0] * len(rows),
        }
    )
    for _, mine in churn_pareto(register, known).group_by("scope"):
        told = mine.drop_nulls("share_known").sort("rank")
        assert mine["share"].sum() == pytest.approx(1)
        assert mine["churners"].sum() in (len(rows), sum(kind == "voluntary" for _, kind in rows))
        if told.height:
            assert told["share_known"].sum() == pytest.approx(1)
            assert told["cumulative"][-1] == pytest.approx(1)
            assert told["churners"].is_sorted(descending=True)
            assert mine["reason"].to_list()[:-1].count("unknown") == 0


def test_the_texts_of_a_public_file_are_coded() -> None:
    """Reasons as the IBM sample has them, in the themes that its own categories come to."""
    themes = {
        "Competitor had better devices": "product", "Competitor made better offer": "price", "Moved": "life",
        "Competitor offered more data": "price", "Competitor offered higher download speeds": "network",
        "Attitude of support person": "service", "Poor expertise of phone support": "service", "Deceased": "life",
        "Network reliability": "network", "Price too high": "price", "Extra data charges": "price",
        "Product dissatisfaction": "product", "Service dissatisfaction": "service", "Don't know": None,
        "Limited range of services": "product", "主动：搬家": "life", "信号不好": "network", "客服推诿": "service",
    }  # fmt: skip
    known = causes()
    words = {name: cause.words for name, cause in known.items()}
    found = pl.DataFrame({"text": list(themes)}).select(coded(pl.col("text"), words)).to_series().to_list()
    assert [known[code].theme if code else None for code in found] == list(themes.values())


@pytest.mark.parametrize(
    ("text", "found"), [("家里wifi信号差", "network"), ("WiFi信号", "network"), ("mywifi信号", None)]
)
def test_words_of_letters_and_signs_start_at_a_word_wherever_they_are_looked_for(text: str, found: str | None) -> None:
    """The same rule for causes and for kinds of leaving."""
    rows = pl.DataFrame({"text": [text]})
    assert rows.select(coded(pl.col("text"), {"network": ["wifi信号"]})).item() == found
    kind = rows.select(exit_kind(pl.col("text"), {"inactive": ["wifi信号"]})).item()
    assert kind == ("inactive" if found else "unknown")


def test_themes_and_sources_are_one_list() -> None:
    assert THEMES == results.THEMES == (*REASON_THEMES, "unknown")
    assert SOURCES == results.REASON_SOURCES
    assert all(cause.theme in THEMES and cause.words and cause.zh for cause in causes().values())
    assert set(intents()) == {"port-out", "cancel"}


def test_own_reasons_go_before_and_may_take_the_place_of_others() -> None:
    own = own_reasons(
        {"reasons": {"roaming": {"theme": "price", "words": ["Roaming"]}, "price": {"words": ["teurer"]}}}, "f"
    )
    words = {name: cause.words for name, cause in causes(own).items()}
    texts = pl.DataFrame({"text": ["roaming price", "price too high", "wird teurer"]})
    assert texts.select(coded(pl.col("text"), words)).to_series().to_list() == ["roaming", None, "price"]


@pytest.mark.parametrize(
    "reasons",
    [
        {"a b": {"theme": "price"}},
        {"unknown": {"theme": "price"}},
        {"mine": "price"},
        {"mine": {"theme": "prices"}},
        {"mine": {"words": "roaming"}},
        {"mine": {"words": [" "]}},
        {"mine": {"zh": 3}},
        {"mine": {"colour": "red"}},
    ],
)
def test_what_is_no_reason_is_refused(reasons: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        own_reasons({"reasons": reasons}, "telcli.toml")
    assert caught.value.code == "reason-invalid"
