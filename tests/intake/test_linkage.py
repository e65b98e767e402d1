"""Customers that look alike: what is joined, what is not, what is said, and that nothing of it can be read."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from telcli.errors import ExitCode, MissingInputError, UsageError
from telcli.intake import likeness
from telcli.methods.components import pair_quality
from telcli.pipeline.sources import open_sources
from telcli.settings import IngestSettings
from telcli.stages import Inputs, Outcome
from telcli.stages.ingest import ingest
from telcli.tables import contract
from tests.keeping import kept

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙", "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平"
CRM = "客户编号,客户名称,证件号码,手机号码,性别,出生年份,归属地市\n"
BOSS = "cust no,customer name,ID card,mobile,gender,birth date,city\n"
ANN, BEN = "C1,王小明,,13812345678,男,1980,南京\n", "C2,李大勇,,13987654321,男,1975,苏州\n"


def certificate(day: str, serial: int) -> str:
    first = f"990105{day}{serial:03d}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS, strict=True)) % 11]


def two_systems(customers: int, seed: int) -> tuple[str, str, dict[str, int]]:
    """Two systems' customers, and who each is: most share a key, some only look alike, a few differ in some respect."""
    chance = random.Random(seed)  # noqa: S311
    crm, boss, truth = [], [], {}
    for number in range(customers):
        name = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
        day = f"{chance.randrange(1950, 2003)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}"
        card, phone = certificate(day, chance.randrange(1000)), f"154{chance.randrange(10**8):08d}"
        woman, city = chance.random() < 0.5, chance.choice(("南京", "苏州", "无锡", "常州"))
        crm.append(f"C{number},{name},{card},{phone},{'女' if woman else '男'},{day[:4]},{city}")
        truth[f"C{number}"] = number
        if chance.random() < 0.3:
            continue
        kind = chance.random()
        card = "" if kind < 0.4 else card[:6] + "********" + card[14:] if kind < 0.5 else card
        phone = f"154{chance.randrange(10**8):08d}" if kind < 0.5 else phone
        spelled = name[:2] + chance.choice(GIVEN) if chance.random() < 0.1 else name
        born = f"{day[:4]}-{day[4:6]}-{day[6:]}" if chance.random() < 0.8 else ""
        boss.append(f"9{number:05d},{spelled},{card},{phone},{'F' if woman else 'M'},{born},{city}")
        truth[f"9{number:05d}"] = number
    chance.shuffle(boss)
    return CRM + "\n".join(crm) + "\n", BOSS + "\n".join(boss) + "\n", truth


def ran(tmp_path: Path, crm: str, boss: str, tables: dict[str, pl.LazyFrame] | None = None, **knobs: Any) -> Outcome:
    files = {"crm.csv": crm, "boss.csv": boss} if boss else {"crm.csv": crm}
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    extracts, _ = open_sources([tmp_path / name for name in files], tmp_path / "scratch")
    inputs = Inputs(tables or {}, date(2024, 6, 1), extracts=tuple(extracts), keep=kept, key=lambda: bytes(32))
    return ingest(inputs, IngestSettings(**{"linkage": "on", "trust": "crm*", **knobs}))


def crosswalk(found: Outcome) -> pl.DataFrame:
    return contract("crosswalk").require(found.tables["crosswalk"]).collect()


def who(found: Outcome) -> dict[str, str]:
    return dict(crosswalk(found).select("source_key", "customer_id").iter_rows())


def codes(found: Outcome) -> set[str]:
    return {notice.code for notice in found.notices if notice.code.startswith("linkage")}


@pytest.fixture(scope="module")
def messy() -> tuple[str, str, dict[str, int]]:
    return two_systems(700, 3)


@pytest.fixture(scope="module")
def linked(messy: tuple[str, str, dict[str, int]], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return ran(tmp_path_factory.mktemp("linked"), messy[0], messy[1])


@pytest.mark.slow
def test_linkage_finds_more_and_hardly_errs(
    tmp_path: Path, messy: tuple[str, str, dict[str, int]], linked: Outcome
) -> None:
    crm, boss, truth = messy
    quality = []
    for found in (ran(tmp_path, crm, boss, linkage="off"), linked):
        rows = crosswalk(found).select("source_key", "customer_id")
        labels = rows["customer_id"].rank("dense").to_numpy()
        quality.append(pair_quality(np.array([truth[key] for key in rows["source_key"]]), labels))
    keys, alike = quality
    assert keys.precision == 1.0
    assert keys.recall < 0.6
    assert alike.recall > 0.85
    assert alike.precision > 0.99
    rows = crosswalk(linked).filter(rule="linkage")
    assert rows.height > 100
    assert rows["score"].is_between(0.95, 0.999).all()
    assert linked.metrics["linkage"]["learned"] is True
    assert linked.metrics["joined"]["linkage"] == rows.height
    assert {rule["rule"] for rule in linked.metrics["linkage"]["rules"] if rule["used"]} >= {"name + birth year"}
    assert codes(linked) == {"linkage-blocks", "linkage-found"}


def test_nothing_that_was_compared_can_be_read_or_is_kept(
    messy: tuple[str, str, dict[str, int]], linked: Outcome
) -> None:
    kept = "".join(str(frame.collect().rows()) for frame in linked.tables.values())
    said = kept + repr(linked.metrics) + "".join(notice.message for notice in linked.notices)
    for line in messy[0].splitlines()[1:20]:
        assert not [secret for secret in line.split(",")[1:4] if secret in said]
    assert not {"name", "address", "phone_ends"} & set(linked.tables["customers"].collect_schema())


@pytest.mark.slow
def test_the_order_of_rows_changes_nothing(
    tmp_path: Path, messy: tuple[str, str, dict[str, int]], linked: Outcome
) -> None:
    crm, boss, _ = messy
    head, *rows = boss.splitlines()
    turned = "\n".join([head, *reversed(rows)]) + "\n"
    assert crosswalk(ran(tmp_path, crm, turned)).equals(crosswalk(linked))


@pytest.mark.parametrize(
    ("record", "joined"),
    [
        ("71,王小明,,,M,1980,南京\n", True),
        ("71,王 小明先生,,,M,1980-02-03,南京市\n", True),
        ("71,王*明,,138****5678,M,1980,南京\n", True),
        ("71,王小明,,,F,1956,苏州\n", False),
        ("71,王小红,,,M,1981,南京\n", False),
    ],
)
def test_by_fixed_values_where_records_are_few(tmp_path: Path, record: str, joined: bool) -> None:
    found = ran(tmp_path, CRM + ANN + BEN, BOSS + record)
    assert (who(found)["71"] == "C1") == joined
    if joined:
        assert "linkage-few" in codes(found)


def test_one_address_written_in_two_ways_counts(tmp_path: Path) -> None:
    crm = "客户编号,客户名称,性别,装机地址\nC1,王小明,男,江苏省南京市中山路12号3栋502室\n"
    crm += "C2,李大勇,男,苏州市人民路7号1栋101室\n"
    boss = "cust no,customer name,gender,address\n71,王小明,M,中山路12-3-502\n72,王小明,M,中山路12-3-503\n"
    found = who(ran(tmp_path, crm, boss))
    assert (found["71"], found["72"]) == ("C1", "72")


def test_different_certificates_are_never_one(tmp_path: Path) -> None:
    one, other = certificate("19800203", 1), certificate("19800203", 2)
    alike = ("C1,王小明,{},13812345678,男,1980,南京\n", "71,王小明,{},,M,1980-02-03,南京\n")
    apart = ran(tmp_path, CRM + alike[0].format(one) + BEN, BOSS + alike[1].format(other))
    assert who(apart)["71"] == "71"
    mistyped = one[:-1] + ("0" if one[-1] != "0" else "1")
    assert who(ran(tmp_path, CRM + alike[0].format(one) + BEN, BOSS + alike[1].format(mistyped)))["71"] == "C1"


def test_who_resembles_two_of_one_system_is_joined_to_neither(tmp_path: Path) -> None:
    twins = "71,王小明,,138****5678,M,1980,南京\n72,王小明,,138****5678,M,1980,南京\n"
    others = "".join(f"D{n},{SURNAMES[n]}{GIVEN[n]},,,女,19{60 + n},无锡\n" for n in range(12))
    found = ran(tmp_path, CRM + ANN + BEN + others, BOSS + twins)
    assert {who(found)["71"], who(found)["72"]} == {"71", "72"}
    assert found.metrics["linkage"]["pairs_unclear"] == 2


@pytest.mark.slow
def test_blocks_are_counted_first_and_kept_in_bounds(
    tmp_path: Path, messy: tuple[str, str, dict[str, int]], linked: Outcome
) -> None:
    crm, boss, _ = messy
    sizes = {rule["rule"]: rule["pairs"] for rule in linked.metrics["linkage"]["rules"]}
    most = sizes["name + region"]
    assert most == max(sizes.values())
    capped = ran(tmp_path, crm, boss, link_max_pairs=most - 1)
    (told,) = (notice.values["rules"] for notice in capped.notices if notice.code == "linkage-rules-left-out")
    assert told == "name + region"
    assert capped.metrics["linkage"]["run"] is True
    none = ran(tmp_path, crm, boss, link_max_pairs=1)
    assert {"linkage-blocks", "linkage-rules-left-out", "linkage-not-run"} <= codes(none)
    assert none.metrics["linkage"]["run"] is False
    assert "linkage" not in none.metrics["joined"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value", "code"), [("_ROUNDS", 1, "unsettled"), ("_sensible", None, "senseless")])
def test_learning_that_fails_is_said(
    tmp_path: Path, messy: tuple[str, str, dict[str, int]], monkeypatch: Any, name: str, value: Any, code: str
) -> None:
    monkeypatch.setattr(likeness, name, value or (lambda linker: False))
    found = ran(tmp_path, messy[0], messy[1])
    assert f"linkage-{code}" in codes(found)
    assert found.metrics["linkage"]["learned"] is False
    assert found.metrics["joined"]["linkage"] > 100


def test_one_system_has_nothing_to_be_compared(tmp_path: Path) -> None:
    found = ran(tmp_path, CRM + ANN + BEN, "")
    assert codes(found) == {"linkage-alone"}


def test_what_linkage_found_holds_in_later_months(tmp_path: Path) -> None:
    may = ran(tmp_path, CRM + ANN + BEN, BOSS + "71,王小明,,,M,1980,南京\n")
    tables = {name: may.tables[name].select(contract(name).schema.column_names()) for name in ("crosswalk",)}
    held = contract("customers").split(may.tables["customers"]).good.collect().lazy()
    june = ran(
        tmp_path, CRM + ANN + BEN, BOSS + "71,王小明,,,M,1980,南京\n", {**tables, "customers": held}, linkage="off"
    )
    (row,) = crosswalk(june).filter(source_key="71").select("customer_id", "rule", "score").rows()
    assert row[:2] == ("C1", "linkage")
    assert 0.95 <= row[2] <= 0.999


def test_too_little_memory_is_said(tmp_path: Path, messy: tuple[str, str, dict[str, int]], monkeypatch: Any) -> None:
    monkeypatch.setattr(likeness, "_DUCKDB", {**likeness._DUCKDB, "memory_limit": "1MB"})
    with pytest.raises(UsageError) as caught:
        ran(tmp_path, messy[0], messy[1])
    assert caught.value.code == "linkage-memory"


@pytest.mark.slow
def test_many_pairs_are_compared_a_part_at_a_time(
    tmp_path: Path, messy: tuple[str, str, dict[str, int]], linked: Outcome, monkeypatch: Any
) -> None:
    monkeypatch.setattr(likeness, "_AT_ONCE", 100)
    assert crosswalk(ran(tmp_path, messy[0], messy[1])).equals(crosswalk(linked))


@pytest.mark.slow
def test_customers_known_to_every_system_given_are_not_compared_again(
    tmp_path: Path, messy: tuple[str, str, dict[str, int]], linked: Outcome
) -> None:
    held = {
        name: contract(name).split(linked.tables[name]).good.collect().lazy() for name in ("crosswalk", "customers")
    }
    old = pl.DataFrame([("old.csv", "7", "old", "C1", "own-id", 1.0)], held["crosswalk"].collect_schema(), orient="row")
    gone = {**held, "crosswalk": pl.concat([held["crosswalk"], old.lazy()])}
    first, again = (ran(tmp_path, messy[0], messy[1], tables) for tables in (held, gone))
    pairs = [sum(rule["pairs"] for rule in found.metrics["linkage"]["rules"]) for found in (linked, first, again)]
    assert pairs[0] > 5 * pairs[1]
    assert pairs[1] == pairs[2]


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(likeness, "find_spec", lambda name: None)
    with pytest.raises(MissingInputError) as caught:
        ran(tmp_path, CRM + ANN, BOSS)
    assert caught.value.exit_code == ExitCode.MISSING_INPUT
    assert 'pip install "telcli[link]"' in caught.value.hint
