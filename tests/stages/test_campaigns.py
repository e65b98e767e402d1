"""How campaigns stand, where they meet and what came of them, beside plain counts and planted effects."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import MissingInputError
from telcli.methods.rates import wilson
from telcli.settings import CampaignsSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.campaigns import campaigns
from telcli.tables import contract

JUNE = date(2024, 6, 1)
MONTHS = [date(2024, month, 1) for month in range(1, 7)]
COLUMNS = ("campaign_id", "customer_id", "arm", "offer_id", "channel", "contacted_on", "response", "cost", "outcome")


def table(rows: list[tuple[Any, ...]]) -> pl.LazyFrame:
    """The subject table campaigns."""
    kinds = dict.fromkeys(COLUMNS, pl.String) | {"contacted_on": pl.Date, "cost": pl.Float64}
    return pl.LazyFrame(rows, schema=kinds, orient="row")


def plan(rows: list[dict[str, Any]]) -> pl.LazyFrame:
    """Plans, with what campaigns reads of them."""
    usual = {
        "as_of": date(2024, 4, 1),
        "campaign_id": "retention-2024-04",
        "action": "offer",
        "offer_id": "gift",
        "channel": "call",
        "held_out": False,
        "assignment": 0.2,
        "cost": 10.0,
        "deadline": date(2024, 5, 10),
        "segment_name": "Heavy",
        "segment_name_zh": "重度",
    }
    kinds = {"deadline": pl.Date, "offer_id": pl.String}
    return pl.LazyFrame([usual | row for row in rows], schema_overrides=kinds)


def outcomes(rows: list[dict[str, Any]]) -> pl.LazyFrame:
    usual = {
        "campaign_id": "retention-2024-04",
        "contacted_on": date(2024, 5, 6),
        "channel": "call",
        "offer_id": "gift",
        "result": "accepted",
        "cost": None,
    }
    return pl.LazyFrame([usual | row for row in rows], schema_overrides={"cost": pl.Float64, "offer_id": pl.String})


def looked_at(tables: dict[str, pl.LazyFrame], as_of: date = JUNE, **settings: Any) -> Outcome:
    months = pl.LazyFrame(
        {"customer_id": ["a"], "month": [JUNE], "revenue": [1.0]}, schema_overrides={"revenue": pl.Float64}
    )
    found = campaigns(Inputs({"customer_months": months, **tables}, as_of), CampaignsSettings(**settings))
    for name, frame in found.tables.items():
        contract(name).schema.validate(frame.collect(), cast=False)
    return found


def status(found: Outcome, name: str) -> dict[str, Any]:
    return found.tables["campaign_status"].filter(pl.col("campaign_id") == name).collect().row(0, named=True)


def planted(size: int = 3000, seed: int = 3) -> tuple[dict[str, pl.LazyFrame], np.ndarray]:
    """A campaign that brings 4 a month from April on to those it was meant for, one in four held out."""
    chance = np.random.default_rng(seed)
    ids = [f"C{at:05d}" for at in range(size)]
    held = chance.random(size) < 0.25
    usual = chance.lognormal(4.0, 0.5, size)
    months = [
        pl.DataFrame(
            {
                "customer_id": ids,
                "month": month,
                "revenue": usual + chance.normal(0, 4, size) + np.where(~held & (month > MONTHS[2]), 4.0, 0.0),
            }
        )
        for month in MONTHS
    ]
    channels = np.where(chance.random(size) < 0.5, "sms", "call").tolist()
    said = [("yes" if draw < 0.2 else "no") if draw < 0.6 else None for draw in chance.random(size).tolist()]
    rows = [
        ("spring", ids[at], "held_out", "o", channels[at], None, None, None, None)
        if held[at]
        else ("spring", ids[at], "treated", "o", channels[at], date(2024, 3, 1 + at % 20), said[at], 2.0, None)
        for at in range(size)
    ]
    return {"customer_months": pl.concat(months).lazy(), "campaigns": table(rows)}, held


def test_counts_rates_costs_and_the_planted_gain() -> None:
    tables, held = planted()
    segments = pl.LazyFrame(
        {
            "customer_id": [f"C{at:05d}" for at in range(3000)] * 2,
            "as_of": [date(2024, 2, 1)] * 3000 + [date(2024, 5, 1)] * 3000,
            "segment_name": ["Light", "Heavy"] * 1500 + ["Later"] * 3000,
            "segment_name_zh": ["轻度", "重度"] * 1500 + ["后来"] * 3000,
        }
    )
    found = looked_at({**tables, "segments": segments})
    told = status(found, "spring")
    assert told["gain_low"] < 4.0 < told["gain_high"] and told["gain_low"] > 3.0
    assert (told["planned"], told["held_out"], told["state"]) == (int((~held).sum()), int(held.sum()), "ended")
    assert told["cost"] == 2.0 * told["contacted"] and told["budget"] is None
    response = found.tables["campaign_response"].collect()
    assert set(response["segment_name"]) == {"all", "Light", "Heavy"}
    sent = tables["campaigns"].filter(pl.col("arm") == "treated").collect()
    for channel in ("sms", "call"):
        cell = response.filter(campaign_id="spring", segment_name="all", channel=channel).row(0, named=True)
        part = sent.filter(channel=channel)
        answers = part["response"].drop_nulls()
        assert (cell["contacted"], cell["responded"]) == (part.height, len(answers))
        assert cell["accepted"] == (answers == "yes").sum()
        low, high = wilson(len(answers), part.height)
        assert (cell["response_low"], cell["response_high"]) == (float(low), float(high))
        assert cell["cost_per_response"] == pytest.approx(2.0 * part.height / len(answers))
        assert cell["gain_low"] < 4.0 < cell["gain_high"]
    parts = response.filter(pl.col("campaign_id") == "spring", pl.col("segment_name") != "all")
    for name in ("planned", "contacted", "responded", "accepted", "held_out"):
        assert parts.filter(pl.col("channel") != "all")[name].sum() == told["answered" if name == "responded" else name]
    assert not found.notices


def nothing_changed(size: int = 3000, seed: int = 0) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Months in which risky customers leave in April, whoever calls them; who is risky, and a lot for each."""
    chance = np.random.default_rng(seed)
    ids = [f"C{at:05d}" for at in range(size)]
    risky, lot, gone = (chance.random(size) for _ in range(3))
    usual = chance.normal(80, 10, size)
    months = [
        pl.DataFrame({"customer_id": ids, "month": month, "revenue": usual}).filter(
            pl.Series(gone >= np.where(risky < 0.5, 0.5, 0.05)) | (month <= MONTHS[3])
        )
        for month in MONTHS
    ]
    return pl.concat(months), risky < 0.5, lot


def gains(found: Outcome, **only: str) -> list[tuple[float, float]]:
    rows = found.tables["campaign_response"].filter(pl.col("gain").is_not_null()).filter(**only).collect()
    ends: list[tuple[float, float]] = rows.select("gain_low", "gain_high").rows()
    return ends


@pytest.mark.parametrize("of_plan", [True, False])
def test_other_shares_held_out_of_the_risky_are_no_gain(*, of_plan: bool) -> None:
    months, risky, lot = nothing_changed()
    share = np.where(risky, 0.2, 0.1)
    held, offer = (lot < share).tolist(), np.where(risky, "rich", "plain").tolist()
    ids = [f"C{at:05d}" for at in range(len(held))]
    rows = [
        {"customer_id": ids[at], "held_out": held[at], "offer_id": offer[at], "assignment": share[at]}
        | ({"action": "held-out"} if held[at] else {})
        for at in range(len(ids))
    ]
    sent = [
        ("spring", ids[at], "held_out", offer[at], "sms", None, None, None, None)
        if held[at]
        else ("spring", ids[at], "treated", offer[at], "sms", date(2024, 5, 6), None, 1.0, None)
        for at in range(len(ids))
    ]
    known = {"retention_plan": plan(rows)} if of_plan else {"campaigns": table(sent)}
    found = looked_at({"customer_months": months.lazy(), **known})
    assert gains(found) and all(low < 0.0 < high for low, high in gains(found))
    [told] = found.tables["campaign_status"].collect().to_dicts()
    assert told["gain_low"] < 0.0 < told["gain_high"]


@pytest.mark.parametrize("of_plan", [True, False])
def test_whom_managers_called_instead_is_no_gain_of_the_channel_planned(*, of_plan: bool) -> None:
    months, risky, lot = nothing_changed()
    held = (lot < 0.15).tolist()
    ids = [f"C{at:05d}" for at in range(len(held))]
    used = np.where(risky & (lot < 0.8), "phone", "sms").tolist()
    meant = [
        {"customer_id": name, "channel": "sms", "held_out": out, "action": "held-out" if out else "offer"}
        | {"assignment": 0.15}
        for name, out in zip(ids, held, strict=True)
    ]
    told = [
        {"customer_id": name, "channel": by, "result": "refused"}
        for name, out, by in zip(ids, held, used, strict=True)
        if not out
    ]
    sent = [
        ("spring", ids[at], "held_out", "gift", "sms", None, None, None, None)
        if held[at]
        else ("spring", ids[at], "treated", "gift", used[at], date(2024, 5, 6), None, 1.0, None)
        for at in range(len(ids))
    ]
    tables = {"retention_plan": plan(meant), "retention_outcomes": outcomes(told)}
    found = looked_at({"customer_months": months.lazy(), **(tables if of_plan else {"campaigns": table(sent)})})
    assert all(low < 0.0 < high for low, high in gains(found))
    # of a plan the channel meant is known: its gain is that of everybody it was meant for
    assert len(gains(found, channel="sms", segment_name="all")) == of_plan and not gains(found, channel="phone")
    by = found.tables["campaign_response"].filter(pl.col("campaign_id") != "all", segment_name="all").collect()
    contacted = dict(by.select("channel", "contacted").iter_rows())
    assert contacted["phone"] == sum(name == "phone" and not out for name, out in zip(used, held, strict=True))


def test_no_gain_is_told_where_nobody_is_held_out_and_rates_where_no_answer_is_known() -> None:
    tables, _ = planted(200)
    all_sent = tables["campaigns"].filter(pl.col("arm") == "treated")
    silent = all_sent.with_columns(response=pl.lit(None, pl.String))
    found = looked_at({**tables, "campaigns": silent})
    told = status(found, "spring")
    assert told["gain"] is None and told["accept_rate"] is None and told["contacted"] == told["planned"] > 0
    assert "cost_per_accept" in found.tables["campaign_response"].collect_schema().names()


def test_only_what_was_said_to_the_offer_is_an_answer_and_who_is_not_reported_is_told() -> None:
    results = {"a": "accepted", "b": "thinking", "c": "not-needed", "d": "complained", "e": "unreachable"}
    people = [{"customer_id": name} for name in "abcdefg"]
    sheets = [{"customer_id": name, "result": result} for name, result in results.items()]
    found = looked_at({"retention_plan": plan(people), "retention_outcomes": outcomes(sheets)})
    told = status(found, "retention-2024-04")
    assert (told["contacted"], told["answered"], told["accepted"]) == (4, 2, 1)
    whole = found.tables["campaign_response"].collect().row(0, named=True)
    assert whole["response_rate"] == 0.5 and whole["cost_per_response"] == 2.5 * whole["cost"] / 5
    assert found.notices[0].code == "campaigns-overdue" and found.notices[0].values["left"] == 2


def test_a_plan_stands_by_its_outcomes() -> None:
    people = [{"customer_id": name} for name in "abcd"]
    people += [{"customer_id": "h", "action": "held-out", "held_out": True}, {"customer_id": "n", "action": "none"}]
    sheets = [
        {"customer_id": "a", "cost": 7.0},
        {"customer_id": "b", "result": "refused"},
        {"customer_id": "c", "result": "unreachable"},
        {"customer_id": "h"},
    ]
    tables = {"retention_plan": plan(people), "retention_outcomes": outcomes(sheets)}
    found = looked_at(tables)
    told = status(found, "retention-2024-04")
    assert (told["planned"], told["sent"], told["contacted"], told["answered"], told["accepted"]) == (4, 4, 2, 2, 1)
    assert (told["held_out"], told["held_out_contacted"]) == (1, 1)
    assert told["cost"] == 7.0 + 10.0 + 10.0 and told["budget"] == 40.0 and told["budget_used"] == 27.0 / 40.0
    assert told["state"] == "overdue" and told["source"] == "plan"
    assert [notice.code for notice in found.notices] == ["campaigns-overdue", "held-out-contacted"]
    early = status(looked_at(tables, as_of=date(2024, 4, 1)), "retention-2024-04")
    assert (early["state"], early["sent"], early["contacted"]) == ("planned", 0, 0)
    both = table([("retention-2024-04", "d", "treated", "gift", "sms", date(2024, 5, 7), "yes", 1.0, None)])
    told = status(looked_at({**tables, "campaigns": both}), "retention-2024-04")
    assert (told["source"], told["planned"], told["contacted"], told["accepted"]) == ("both", 4, 3, 2)


@pytest.mark.parametrize(
    ("days", "deadline", "state"),
    [
        ((None, None), None, "planned"),
        ((date(2024, 7, 3), date(2024, 7, 4)), None, "planned"),
        ((date(2024, 6, 3), date(2024, 7, 4)), None, "running"),
        ((date(2024, 6, 3), None), None, "running"),
        ((date(2024, 4, 3), None), None, "ended"),
        ((date(2024, 4, 3), date(2024, 4, 4)), None, "ended"),
    ],
)
def test_states(days: tuple[date | None, ...], deadline: date | None, state: str) -> None:
    rows = [("c", name, "treated", None, None, day, None, None, None) for name, day in zip("ab", days, strict=True)]
    assert status(looked_at({"campaigns": table(rows)}), "c")["state"] == state


def test_campaigns_meet_in_customers_and_in_those_held_out() -> None:
    first = [("p", name, "treated", "o", "sms", date(2024, 5, 1), "yes", 1.0, None) for name in "abc"]
    first += [("p", name, "held_out", "o", "sms", None, None, None, None) for name in "xy"]
    second = [("q", name, "treated", "o", "sms", date(2024, 5, 20), None, 1.0, None) for name in "bx"]
    third = [("r", "a", "treated", "o", "sms", date(2024, 1, 20), None, 1.0, None)]
    tables = {"campaigns": table(first + second + third)}
    found = looked_at(tables, quiet_days=10, priorities="q, gone", budgets="p=6")
    pairs = found.tables["campaign_overlap"].drop("as_of").collect().to_dicts()
    counts = {"customers_first": 3, "customers_second": 2, "both": 1, "near": 0, "held_out_first": 1}
    assert pairs == [{"first": "p", "second": "q", "keeps": "q", "held_out_second": 0} | counts]
    assert status(found, "p")["held_out_contacted"] == 1 and status(found, "p")["budget_used"] == 0.5
    assert {notice.code for notice in found.notices} == {"held-out-contacted", "campaigns-unknown"}
    near = looked_at(tables, quiet_days=30)
    assert "campaigns-too-near" in {notice.code for notice in near.notices}


def test_no_campaign_at_all_is_a_sentence() -> None:
    for tables in ({}, {"campaigns": table([])}, {"retention_plan": plan([{"customer_id": "a", "action": "none"}])}):
        with pytest.raises(MissingInputError, match="No campaign is known up to 2024-06"):
            looked_at(tables)


def test_the_order_of_rows_does_not_matter() -> None:
    tables, _ = planted(400)
    one = looked_at(tables)
    mixed = {name: frame.collect().sample(fraction=1.0, shuffle=True, seed=1).lazy() for name, frame in tables.items()}
    other = looked_at(mixed)
    for name, frame in one.tables.items():
        assert frame.collect().equals(other.tables[name].collect())
