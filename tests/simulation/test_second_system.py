"""The second system: who its records are, what was done to them, and that nothing else of the world moves."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from telcli.intake.certificates import certificates
from telcli.intake.phones import phones
from telcli.simulation.block import Block, simulate_block
from telcli.simulation.second_system import FILE, SAME
from telcli.simulation.world import World


@pytest.fixture(scope="module")
def made(world: World) -> Block:
    return simulate_block(replace(world, second=True), 0)


@pytest.fixture(scope="module")
def both(made: Block) -> pl.DataFrame:
    """Records of the second system with their truth, those that were written once and well."""
    told = made.frames[SAME].filter(source=FILE)
    return made.frames[FILE].drop_nulls("客户编码").unique().join(told, left_on="客户编码", right_on="source_key")


def test_the_rest_of_the_world_is_as_it_was(made: Block, blocks: tuple[Block, Block]) -> None:
    for name, frame in blocks[0].frames.items():
        assert made.frames[name].equals(frame), name
    assert set(made.frames) - set(blocks[0].frames) == {FILE, SAME}


def test_a_smaller_operator_is_the_beginning_of_a_larger(made: Block, world: World) -> None:
    small = simulate_block(replace(world, second=True, customers=100), 0)
    for name in (FILE, SAME):
        assert small.frames[name].equals(made.frames[name].head(small.frames[name].height))


def test_every_record_is_somebody(made: Block, both: pl.DataFrame) -> None:
    truth = made.frames[SAME]
    assert truth.select("source", "source_key").is_unique().all()
    crm = truth.filter(source="crm_customers.csv")
    assert crm.height == 5_000
    planted = made.frames["answer_key/planted.csv"].select(
        "customer_id", first=pl.coalesce("duplicate_of", "customer_id")
    )
    assert crm.select("source_key", "true_customer").rows() == planted.rows()
    strangers = both.filter(pl.col("true_customer").str.starts_with("N"))
    assert 100 < strangers.height < 200
    known = both.filter(~pl.col("true_customer").str.starts_with("N"))
    assert set(known["true_customer"]) <= set(crm["true_customer"])
    assert 30 < known.height - known["true_customer"].n_unique() < 150


def test_certificates_and_numbers_are_what_the_key_says(made: Block, both: pl.DataFrame) -> None:
    crm = made.frames["crm_customers.csv"].select("客户编号", "证件号码", "手机号码").drop_nulls().unique("客户编号")
    placed = both.join(crm, left_on="true_customer", right_on="客户编号", suffix=" crm")
    read = placed.with_columns(
        card=certificates(placed["身份证号"]), number=phones(placed["联系电话"]), own=phones(placed["手机号码"])
    )
    whole = read.filter(pl.col("certificate").is_in(["same", "spelled"]))
    assert whole.height > 1_500
    assert (whole["card"] == whole["证件号码"]).all()
    assert read.filter(pl.col("certificate").is_in(["missing", "mistyped", "masked"]))["card"].null_count() > 1_500
    assert read.filter(certificate="mistyped")["card"].null_count() == read.filter(certificate="mistyped").height
    assert (read.filter(phone="same")["number"] == read.filter(phone="same")["own"]).mean() > 0.99
    assert (read.filter(phone="other")["number"] != read.filter(phone="other")["own"]).all()
    assert read.filter(phone="masked")["number"].null_count() == read.filter(phone="masked").height


def test_what_is_planted_is_counted(made: Block, both: pl.DataFrame) -> None:
    told = made.frames[SAME].filter(source=FILE)
    for column in ("certificate", "phone", "name"):
        counted = {word: made.planted[f"second/{column}/{word}"] for word in told[column].unique()}
        assert counted == dict(told[column].value_counts().iter_rows())
    assert made.planted[f"{FILE}/rows"] == made.frames[FILE].height
