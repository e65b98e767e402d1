"""The knowledge base: a campaign counts once, planted effects are found, small groups drawn to their like."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import DataError, MissingInputError
from telcli.features.known_offers import known
from telcli.settings import KnowledgeSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.knowledge import knowledge
from telcli.tables.experience_sheet import HEADERS
from telcli.tables.opened import Opened

AUGUST, SEPTEMBER = date(2024, 8, 1), date(2024, 9, 1)
GAINS = {"call": 0.08, "credit": -0.08}


def evidence(months: int = 4, as_of: date = AUGUST, seed: int = 0, share: float = 0.25) -> pl.DataFrame:
    """Evaluated campaigns: in every segment and reason `call` keeps customers and `credit` drives them away."""
    rng = np.random.default_rng(seed)
    rows = []
    for month in range(1, months + 1):
        for offer, gain in GAINS.items():
            for segment in ("heavy", "light"):
                for theme in ("price", "service", "unknown"):
                    sizes = int(400 * (1 - share)), int(400 * share)
                    stayed = [int(rng.binomial(n, 0.75 + g)) for n, g in zip(sizes, (gain, 0.0), strict=True)]
                    rows.append(
                        {
                            "as_of": as_of,
                            "campaign_id": f"retention-2024-0{month}",
                            "segment_name": segment,
                            "theme": theme,
                            "offer_id": offer,
                            "channel": "phone" if offer == "call" else "sms",
                            "plan_month": date(2024, month, 1),
                            "treated": sizes[0],
                            "held_out": sizes[1],
                            "stayed_treated": stayed[0],
                            "stayed_held_out": stayed[1],
                            "accepted": sizes[0] // 4,
                            "cost": 2.0 * sizes[0],
                        }
                    )
    return pl.DataFrame(rows)


def sheet(*rows: dict[str, str], file: str = "past.xlsx") -> Opened:
    told = [dict.fromkeys(HEADERS) | {"file": file, "line": line} | row for line, row in enumerate(rows, start=2)]
    schema = {"file": pl.String, "line": pl.Int64, **dict.fromkeys(HEADERS, pl.String)}
    return Opened(file, pl.DataFrame(told, schema=schema))


GOOD = {"offer_id": "gift", "segment_name": "轻度", "theme": "资费", "channel": "电话", "period": "2023年第4季度"}
GOOD |= {"treated": "1,000", "held_out": "1000", "stayed_treated": "90%", "stayed_held_out": "0.8", "cost": "￥5000"}


def run(*opened: Opened, frame: pl.DataFrame | None = None, month: date = SEPTEMBER, **given: Any) -> Outcome:
    tables = {name: found.lazy() for name, found in given.pop("tables", {}).items()}
    if frame is not None:
        tables["retention_evidence"] = frame.lazy()
    return knowledge(Inputs(tables, month, opened=opened), KnowledgeSettings(**given))


def table(found: Outcome, name: str = "retention_knowledge") -> pl.DataFrame:
    return found.tables[name].collect()


def row(frame: pl.DataFrame, offer: str, segment: str = "any", theme: str = "any", channel: str = "any") -> dict:
    return frame.row(
        by_predicate=(pl.col("offer_id") == offer)
        & (pl.col("segment_name") == segment)
        & (pl.col("theme") == theme)
        & (pl.col("channel") == channel),
        named=True,
    )


@pytest.fixture(scope="module")
def base() -> pl.DataFrame:
    return table(run(frame=evidence()))


def test_planted_effects_are_found_and_harm_is_told(base: pl.DataFrame) -> None:
    call, credit = row(base, "call"), row(base, "credit")
    assert call["verdict"] == "works" and credit["verdict"] == "harms"
    assert call["uplift_low"] < GAINS["call"] < call["uplift_high"]
    assert call["uplift_next_low"] < call["uplift_low"] and call["uplift_next_high"] > call["uplift_high"]
    assert (call["periods"], call["treated"], call["held_out"]) == (4, 4 * 6 * 300, 4 * 6 * 100)
    assert call["left_held_out"] == pytest.approx(0.25, abs=0.03)
    assert (call["accept_rate"], call["cost_per_contact"]) == pytest.approx((0.25, 2.0), abs=1e-6)
    assert call["source"] == "trial" and call["needed"] == 0
    assert set(base["theme"]) == {"any", "price", "service"}  # of unknown reasons nothing is told by itself


def test_a_campaign_evaluated_again_counts_once(base: pl.DataFrame) -> None:
    worse = evidence(as_of=date(2024, 7, 1), seed=9)
    again = table(run(frame=pl.concat([worse, evidence()])))
    assert again.equals(base)
    dropped = worse.with_columns(campaign_id=pl.lit("older"))
    assert row(table(run(frame=pl.concat([dropped, evidence()]))), "call")["periods"] == 5


def test_small_cells_lie_between_their_own_and_their_like() -> None:
    frame = evidence()
    tiny = frame.head(1).with_columns(
        theme=pl.lit("network"), treated=20, held_out=10, stayed_treated=4, stayed_held_out=9, accepted=0
    )
    found = table(run(frame=pl.concat([frame, tiny.cast(dict(frame.schema))])))
    cell, offer = row(found, "call", "heavy", "network"), row(found, "call")
    own = 4 / 20 - 9 / 10
    assert own < cell["uplift"] < offer["uplift"]
    assert offer["uplift"] - cell["uplift"] < 0.5 * (offer["uplift"] - own)
    assert cell["uplift_high"] - cell["uplift_low"] > offer["uplift_high"] - offer["uplift_low"]
    unseen = row(found, "credit", "heavy", "network")
    assert (unseen["treated"], unseen["periods"]) == (0, 0)
    assert unseen["uplift_high"] - unseen["uplift_low"] > cell["uplift_high"] - cell["uplift_low"]


def test_the_worth_of_customers_comes_from_the_plan_before(base: pl.DataFrame) -> None:
    plan = pl.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "as_of": [AUGUST] * 3,
            "segment_name": ["heavy", "heavy", "light"],
            "segment_name_zh": ["重度", "重度", "轻度"],
            "theme": ["price", "service", "price"],
            "action": ["offer", "held-out", "offer"],
            "worth": [100.0, 300.0, 50.0],
        }
    )
    found = table(run(frame=evidence(), tables={"retention_plan": plan}))
    heavy = row(found, "call", "heavy")
    assert heavy["worth"] == 200.0 and row(found, "call")["worth"] == 150.0
    assert heavy["expected_value"] == pytest.approx(heavy["uplift"] * 200 - heavy["cost_per_contact"])
    assert row(base, "call")["expected_value"] is None


def test_order_of_rows_changes_no_byte(base: pl.DataFrame) -> None:
    assert table(run(frame=evidence().sample(fraction=1.0, shuffle=True, seed=1))).equals(base)


def test_who_asks_gets_the_most_particular_row(base: pl.DataFrame) -> None:
    people = pl.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "segment_name": ["heavy", "elsewhere", None],
            "theme": ["price", "price", None],
        }
    )
    offers = pl.DataFrame({"offer_id": ["call", "credit", "new"], "channel": ["phone", "visit", "sms"]})
    found = known(base, people, offers)
    assert found.height == 6 and "new" not in set(found["offer_id"])
    levels = dict(found.filter(offer_id="call").select("customer_id", "level").iter_rows())
    assert levels == {"a": "cell", "b": "offer-theme", "c": "offer-channel"}
    assert found.filter(customer_id="a", offer_id="credit")["level"].item() == "offer-segment-theme"
    whole = found.filter(customer_id="c", offer_id="credit").row(0, named=True)
    assert whole["level"] == "offer" and whole["uplift"] == row(base, "credit")["uplift"]


def test_experience_counts_less_than_a_trial_and_stays_apart() -> None:
    plan = pl.DataFrame({"segment_name": ["light"], "segment_name_zh": ["轻度"], "as_of": [AUGUST], "action": ["none"]})
    plan = plan.with_columns(customer_id=pl.lit("a"), theme=pl.lit(None, pl.String), worth=pl.lit(1.0))
    found = run(sheet(GOOD), tables={"retention_plan": plan})
    (kept,) = table(found, "retention_experience").to_dicts()
    assert (kept["segment_name"], kept["theme"], kept["channel"]) == ("light", "price", "phone")
    assert (kept["stayed_treated"], kept["stayed_held_out"]) == (900, 800)
    assert (kept["period"], kept["cost"], kept["line"]) == (date(2023, 12, 1), 5000.0, 2)
    gift = row(table(found), "gift", "light", "price")
    assert gift["source"] == "imported" and gift["cost_per_contact"] == pytest.approx(5.0)
    wide = gift["uplift_high"] - gift["uplift_low"]
    alone = row(table(run(sheet(GOOD), tables={"retention_plan": plan}, imported_weight=1.0)), "gift", "light", "price")
    assert wide > alone["uplift_high"] - alone["uplift_low"]
    unused = run(sheet(GOOD), imported_weight=0.0)
    assert "retention_knowledge" not in unused.tables and unused.metrics["experience"] == 1


def test_the_same_sheet_again_counts_once_in_whatever_file() -> None:
    first = run(sheet(GOOD), frame=evidence())
    held = {"retention_experience": table(first, "retention_experience")}
    again = run(sheet(GOOD, GOOD, file="copy.csv"), frame=evidence(), tables=held)
    assert again.metrics["brought_in"]["new"] == 0 and again.metrics["brought_in"]["repeated"] == 2
    assert table(again).equals(table(first))
    assert table(again, "retention_experience").equals(held["retention_experience"])
    later = run(frame=evidence(), tables=held, month=date(2024, 10, 1))
    assert "retention_experience" not in later.tables and later.metrics["experience"] == 1


@pytest.mark.parametrize(
    ("change", "column", "why"),
    [
        ({"offer_id": ""}, "offer_id", "is missing"),
        ({"treated": "many"}, "treated", "is no number"),
        ({"treated": "-3"}, "treated", "is no number of customers"),
        ({"held_out": "0"}, "held_out", "is nobody"),
        ({"stayed_treated": "1001"}, "stayed_treated", "is not between 0"),
        ({"stayed_treated": "", "uplift": "3"}, "uplift", "is not between -100%"),
        ({"stayed_treated": "", "uplift": "3%", "uplift_low": "4%", "uplift_high": "5%"}, "uplift_low", "does not go"),
        ({"stayed_treated": ""}, "uplift", "is missing, and the customers"),
        ({"period": "next year"}, "period", "is no month"),
        ({"period": "2023-13"}, "period", "is no month"),
        ({"theme": "weather"}, "theme", "is no reason"),
        ({"cost": "-1"}, "cost", "is no amount"),
        ({"accepted": "1001"}, "accepted", "is more than were contacted"),
        ({"period": "2024-10"}, "period", "is not over"),
        ({"period": "2024"}, "period", "is not over"),
        ({"segment_name": "张伟 13812345678"}, "segment_name", "number of a person"),
        ({"offer_id": "13812345678"}, "offer_id", "number of a person"),
        ({"offer_id": "合计"}, "offer_id", "stands for all"),
    ],
)
def test_a_faulty_row_is_told_by_file_row_column_and_value(change: dict[str, str], column: str, why: str) -> None:
    found = run(sheet(GOOD, GOOD | change))
    (fault,) = found.metrics["brought_in"]["refused"]
    assert "张伟" not in fault["value"] and "138123" not in fault["value"]
    assert (fault["file"], fault["line"], fault["column"]) == ("past.xlsx", 3, column) and why in fault["why"]
    assert found.notices[0].code == "experience-rows-refused"
    with pytest.raises(DataError, match="row 2"):
        run(sheet(GOOD | change))


def test_gains_alone_will_do_and_words_of_periods_are_understood() -> None:
    told = {"offer_id": "gift", "uplift": "3%", "uplift_low": "0.01", "uplift_high": "5％", "period": "2023"}
    found = run(sheet(told, told | {"period": "2023-04"}, told | {"period": "2023年5月"}, told | {"period": "2023Q2"}))
    assert found.metrics["brought_in"]["refused"] == []
    periods = table(found, "retention_experience")["period"].sort().to_list()
    assert periods == [date(2023, month, 1) for month in (4, 5, 6, 12)]
    assert row(table(found), "gift")["uplift"] == pytest.approx(0.03, abs=1e-6)


def test_nothing_known_and_nothing_to_compare_are_sentences() -> None:
    with pytest.raises(MissingInputError, match="no evaluated campaign"):
        run()
    lonely = evidence().with_columns(held_out=pl.lit(0, pl.Int64), stayed_held_out=pl.lit(0, pl.Int64))
    found = run(frame=lonely)
    assert found.tables == {} and found.notices[0].code == "knowledge-nothing-compared"


@pytest.mark.parametrize(
    "total",
    [
        {"segment_name": "合计"},
        {"segment_name": "轻度小计", "channel": ""},
        {"segment_name": "all", "theme": "total", "period": ""},
        {"period": "2023"},
        {"segment_name": ""},
    ],
)
def test_a_total_beside_its_parts_counts_nobody_twice(total: dict[str, str]) -> None:
    parts = [GOOD, GOOD | {"segment_name": "重度"}]
    alone = run(sheet(*parts))
    for order in ([*parts, GOOD | total], [GOOD | total, *parts]):
        found = run(sheet(*order))
        assert table(found).equals(table(alone))
        assert found.metrics["totals"] == 1 and found.notices[-1].code == "experience-totals"
    later = run(sheet(*parts), tables={"retention_experience": table(run(sheet(GOOD | total)), "retention_experience")})
    assert table(later).equals(table(alone))
    assert run(sheet(GOOD | total)).metrics["totals"] == 0  # by itself it counts
