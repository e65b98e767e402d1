"""One block of files: the same at any size and in any order, consistent, and as dirty as the key says."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from telcli.simulation.block import FLAWS, Block, simulate_block
from telcli.simulation.world import BLOCK, World, month_index

Pair = tuple[Block, Block]


def _all(blocks: Pair, name: str) -> pl.DataFrame:
    return pl.concat([block.frames[name] for block in blocks])


def _clean(blocks: Pair, name: str) -> pl.DataFrame:
    """Good rows once: no copies, nothing to be refused."""
    frame = _all(blocks, name).unique(maintain_order=True)
    for column, value in FLAWS["billing" if name.startswith("billing") else name].values():
        frame = frame.filter(pl.col(column).is_not_null() if value is None else pl.col(column) != value)
    return frame


def test_first_customers_do_not_depend_on_how_many_follow(world: World, blocks: Pair) -> None:
    few = simulate_block(dataclasses.replace(world, customers=700), 0)
    for name, frame in few.frames.items():
        assert 0 < frame.height < blocks[0].frames[name].height
        assert_frame_equal(frame, blocks[0].frames[name].head(frame.height))


def test_a_block_does_not_depend_on_the_blocks_before(world: World, blocks: Pair) -> None:
    again = simulate_block(world, 1)
    assert again.planted == blocks[1].planted
    for name, frame in again.frames.items():
        assert_frame_equal(frame, blocks[1].frames[name])
    assert not blocks[0].frames["usage.csv"].equals(blocks[1].frames["usage.csv"])


def test_another_seed_makes_other_customers(world: World, blocks: Pair) -> None:
    other = simulate_block(dataclasses.replace(world, seed=1), 0)
    assert not other.frames["usage.csv"].equals(blocks[0].frames["usage.csv"])


@pytest.mark.parametrize(("customers", "months"), [(1, 1), (1, 120), (10, 2)])
def test_tiny_and_long_worlds_hold(customers: int, months: int) -> None:
    made = simulate_block(World(customers, months, month_index("2000-01"), 3), 0)
    assert made.planted["customers"] == customers
    assert made.frames["answer_key/planted.csv"].height == customers


def test_counts_of_the_key_are_those_of_the_files(blocks: Pair) -> None:
    planted = blocks[0].planted + blocks[1].planted
    for name in blocks[0].frames:
        if name.startswith("answer_key"):
            continue
        frame = _all(blocks, name)
        assert frame.height == planted[f"{name}/rows"]
        for rule, (column, value) in FLAWS["billing" if name.startswith("billing") else name].items():
            broken = pl.col(column).is_null() if value is None else pl.col(column) == value
            assert frame.filter(broken).height == planted[f"{name}/bad/{rule}"], (name, rule)
        assert _clean(blocks, name).height == frame.height - planted[f"{name}/copies"] - sum(
            count for key, count in planted.items() if key.startswith(f"{name}/bad/")
        )


def test_dirt_is_about_as_frequent_as_planted(blocks: Pair) -> None:
    planted = blocks[0].planted + blocks[1].planted
    rows = sum(count for key, count in planted.items() if key.endswith("/rows"))
    copies = sum(count for key, count in planted.items() if key.endswith("/copies"))
    bad = sum(count for key, count in planted.items() if "/bad/" in key)
    assert copies / rows == pytest.approx(0.003, rel=0.15)
    assert bad / rows == pytest.approx(0.001, rel=0.2)


def test_bills_and_use_cover_the_same_months_of_the_same_customers(blocks: Pair) -> None:
    bills = pl.concat([_clean(blocks, name) for name in ("billing_2023.txt", "billing_2024.txt")])
    of_bills = bills.select(pl.col("客户编号").str.strip_chars().alias("id"), pl.col("账期").alias("month"))
    of_use = _clean(blocks, "usage.csv").select(id="customer_id", month=pl.col("month").str.replace("-", ""))
    assert_frame_equal(of_bills.sort("id", "month"), of_use.sort("id", "month"))
    assert of_use.height == blocks[0].planted["billed_months"] + blocks[1].planted["billed_months"]


def test_nobody_is_billed_after_leaving_or_falling_silent(blocks: Pair) -> None:
    key = _all(blocks, "answer_key/planted.csv")
    last = _clean(blocks, "usage.csv").group_by("customer_id").agg(last=pl.max("month"))
    both = key.join(last, on="customer_id")
    assert both.height == key.height
    day = pl.col("silent_since").str.to_date("%Y-%m", strict=False).dt.offset_by("-1mo").dt.strftime("%Y-%m")
    assert both.filter(pl.col("last") != pl.coalesce(day, pl.col("leaves_in"), pl.lit("2024-06"))).is_empty()
    silent = both.filter(pl.col("silent_since").is_not_null())
    third = pl.col("silent_since").str.to_date("%Y-%m", strict=False).dt.offset_by("2mo").dt.strftime("%Y-%m")
    known = pl.when(third <= "2024-06").then(third)
    assert silent.height > 50
    assert silent.filter(~known.eq_missing(pl.col("leaves_in"))).is_empty()


def test_who_rests_or_is_billed_without_use_comes_back_within_two_months(blocks: Pair) -> None:
    """So that 90 days without use mean leaving, and one or two months do not."""
    use = _clean(blocks, "usage.csv").with_columns(idle=pl.col("active_days").cast(pl.Int64) == 0)
    prepaid = (
        _clean(blocks, "crm_subscriptions.csv").filter(pl.col("付费类型") == "预付").select(customer_id="客户编号")
    )
    runs = (
        use.join(prepaid.unique(), on="customer_id")
        .sort("customer_id", "month")
        .with_columns(run=pl.col("idle").rle_id().over("customer_id"))
        .filter("idle")
        .group_by("customer_id", "run")
        .len()
    )
    assert runs.height > 100
    assert runs["len"].max() <= 2


def test_lines_end_in_the_month_of_leaving_and_internal_moves_go_on(blocks: Pair) -> None:
    lines = _clean(blocks, "crm_subscriptions.csv").with_columns(
        end=pl.when(pl.col("销户时间") != "99991231").then("销户时间")
    )
    alive = lines.group_by("客户编号").agg(
        end=pl.when(pl.col("end").is_null().any()).then(None).otherwise(pl.col("end").max())
    )
    key = _all(blocks, "answer_key/planted.csv").join(alive, left_on="customer_id", right_on="客户编号")
    said = pl.when(pl.col("silent_since").is_null()).then("leaves_in").str.replace("-", "")
    assert key.filter(~said.eq_missing(pl.col("end").str.slice(0, 6))).is_empty()
    moved = lines.filter(pl.col("离网原因").is_in(["套餐迁移", "过户"]))
    assert moved.height == blocks[0].planted["internal_moves"] + blocks[1].planted["internal_moves"] > 0


def test_bills_are_paid_to_the_fen(blocks: Pair) -> None:
    """Every payment of a postpaid customer that was not taken back is the net amount of one bill."""
    fees = ["月租费", "语音费", "流量费", "短信费", "套外费"]
    bills = pl.concat([_clean(blocks, name) for name in ("billing_2023.txt", "billing_2024.txt")])
    fen = [pl.col(n).str.replace(",", "").replace("-", "0").cast(pl.Float64) * 100 for n in [*fees, "优惠"]]
    nets = bills.select(
        id=pl.col("客户编号").str.strip_chars(), fen=(sum(fen[:-1], pl.lit(0.0)) - fen[-1]).round().cast(pl.Int64)
    )
    paid = _clean(blocks, "payments.csv").filter((pl.col("method") != "top-up") & (pl.col("reversed") == "N"))
    amounts = paid.select(id="customer_id", fen=(pl.col("amount").cast(pl.Float64) * 100).round().cast(pl.Int64))
    assert amounts.height > 50_000
    assert amounts.join(nets.unique(), on=["id", "fen"], how="anti").is_empty()


def test_margins_have_a_tail_of_loss_makers(blocks: Pair) -> None:
    margin = _all(blocks, "answer_key/planted.csv")["planted_value"].cast(pl.Float64)
    assert 0.02 <= (margin < 0).mean() <= 0.10
    assert margin.mean() > 40


def test_tickets_are_opened_while_the_customer_is_there_and_close_after(world: World, blocks: Pair) -> None:
    tickets = _clean(blocks, "tickets.csv").with_columns(
        opened=pl.col("受理时间").str.to_datetime("%Y/%m/%d %H:%M:%S"),
        closed=pl.col("办结时间").str.to_datetime("%Y/%m/%d %H:%M:%S"),
    )
    assert tickets["opened"].max() < tickets["closed"].max()
    assert tickets.filter(pl.col("closed") < pl.col("opened")).is_empty()
    assert tickets["closed"].max().date() < world.end
    key = _all(blocks, "answer_key/planted.csv")
    gone = tickets.join(key, left_on="客户编号", right_on="customer_id").filter(
        pl.col("opened").dt.strftime("%Y-%m") > pl.col("leaves_in")
    )
    assert gone.is_empty()
    assert np.isin(tickets["工单类型"].unique().to_numpy(), ["投诉", "咨询", "故障", "办理"]).all()
    assert tickets["工单编号"].n_unique() == tickets.height
    assert BLOCK == 5_000
