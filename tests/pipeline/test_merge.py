"""Working directories of branches as one: what is settled, refused, told, and that it is all or nothing."""

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from telcli.errors import DataError, MissingInputError, TelcliError, UsageError
from telcli.pipeline.merge import Merged, Wish, merge
from telcli.pipeline.purge import purge
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.show import read
from tests.resealed import reseal

PERSONS = ("110101199001010015", "110101199001010031", "110101199001010058")
CUSTOMERS = {
    "north": f"客户编号,归属地市,网格,证件号码,积分\nC1,甲市,,{PERSONS[0]},5\nC2,甲市,甲1网格,{PERSONS[1]},7\n",
    "south": f"客户编号,归属地市,网格,证件号码,等级备注\nC2,乙市,乙1网格,{PERSONS[1]},好\nC3,乙市,,{PERSONS[2]},中\n",
}
BILLS = {
    "north": "客户编号,账期,应收金额\nC1,202405,10\nC1,202406,11\nC2,202405,20\nC2,202406,21.5\n",
    "south": "客户编号,账期,应收金额\nC2,202406,22\nC2,202407,23\nC3,202406,30\nC3,202407,31\n",
}
PAYMENTS = {
    "north": "缴费流水号,客户编号,缴费时间,缴费金额\nP1,C1,2024-06-03,11\nP2,C2,2024-06-04,20\n",
    "south": "缴费流水号,客户编号,缴费时间,缴费金额\nP1,C3,2024-06-05,30\nP2,C2,2024-06-04,20\n",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two branches: C2 moved from north to south, and both number their payments from P1."""
    top = tmp_path_factory.mktemp("branches")
    for name in CUSTOMERS:
        place = top / f"{name}-extracts"
        place.mkdir()
        for table, rows in (("customers", CUSTOMERS), ("bills", BILLS), ("payments", PAYMENTS)):
            (place / f"{table}.csv").write_text(rows[name], encoding="utf-8")
        run_stage("ingest", Request(top / name, sources=(place,)))
    return top


@pytest.fixture
def branches(made: Path, tmp_path: Path) -> list[Path]:
    for name in CUSTOMERS:
        shutil.copytree(made / name, tmp_path / name)
    return [tmp_path / "north", tmp_path / "south"]


def merged(branches: list[Path], wish: Wish | None = None, **more: bool) -> Merged:
    return merge(Request(branches[0].parent / "all", **more), branches, wish or Wish())


def rows(branches: list[Path], table: str, *columns: str) -> list[tuple[object, ...]]:
    return read(branches[0].parent / "all", table).frame.select(columns).collect().rows()


def codes(done: Merged) -> set[str]:
    return {notice.code for notice in done.notices}


def test_the_newest_stands_and_the_other_goes_to_the_history(branches: list[Path]) -> None:
    done = merged(branches)
    assert rows(branches, "customers", "customer_id", "region", "branch") == [
        ("C1", "甲市", "north"), ("C2", "乙市", "乙1网格"), ("C3", "乙市", "south")
    ]  # fmt: skip
    assert rows(branches, "customers", "x_merged_from") == [("north",), ("south",), ("south",)]
    assert rows(branches, "customer_history", "customer_id", "branch", "valid_from", "valid_to") == [
        ("C2", "甲1网格", date(2024, 6, 1), date(2024, 7, 1))
    ]
    assert done.customers == 1
    assert {"merge-several", "merge-fewer", "merge-months", "merge-columns"} <= codes(done)
    said = rows(branches, "conflicts", "customer_id", "attribute", "source", "value", "chosen", "rule")
    assert ("C2", "region", "north", "甲市", "乙市", "newest") in said


def test_months_are_put_together_and_the_home_is_believed_of_the_same_one(branches: list[Path]) -> None:
    merged(branches)
    of_two = [row for row in rows(branches, "bills", "customer_id", "month", "amount") if row[0] == "C2"]
    assert of_two == [("C2", date(2024, 5, 1), 20.0), ("C2", date(2024, 6, 1), 22.0), ("C2", date(2024, 7, 1), 23.0)]
    assert len(rows(branches, "bills", "customer_id")) == 7


def test_numbers_of_payments_that_two_branches_gave_are_told_apart(branches: list[Path]) -> None:
    merged(branches)
    assert sorted(rows(branches, "payments", "payment_id", "customer_id")) == [
        ("P2", "C2"), ("north:P1", "C1"), ("south:P1", "C3")
    ]  # fmt: skip


def test_columns_of_one_branch_are_null_in_the_other_and_sources_are_led_by_it(branches: list[Path]) -> None:
    merged(branches)
    frame = read(branches[0].parent / "all", "customers").frame.collect()
    own = [name for name in frame.columns if name.startswith("x_") and name != "x_merged_from"]
    assert len(own) == 2
    assert frame.filter(customer_id="C1").select(own).null_count().row(0).count(1) == 1
    sources = {row[0] for row in rows(branches, "source_quality", "source")}
    assert {"north/bills.csv", "south/bills.csv"} <= sources


def test_the_order_changes_no_byte_and_the_same_again_does_nothing(branches: list[Path], tmp_path: Path) -> None:
    first = merged(branches)
    manifest = (tmp_path / "all" / "manifest.json").read_bytes()
    assert merge(Request(tmp_path / "other"), branches[::-1], Wish()).rows == first.rows
    assert (tmp_path / "other" / "manifest.json").read_bytes() == manifest
    assert merged(branches[::-1]).skipped
    assert not merged(branches, force=True).skipped
    assert (tmp_path / "all" / "manifest.json").read_bytes() == manifest


def test_what_it_was_merged_from_is_kept_and_the_walk_goes_on(branches: list[Path], tmp_path: Path) -> None:
    merged(branches, Wish({"north": "北区"}))
    held = json.loads((tmp_path / "all" / "manifest.json").read_text("utf-8"))
    assert sorted(held["loads"][0]["sources"]) == ["south", "北区"]
    assert [one["branch"] for one in held["stages"]["ingest"][""]["metrics"]["merged"]] == ["south", "北区"]
    run = run_stage("customer-months", Request(tmp_path / "all"))
    assert not run.skipped
    assert rows(branches, "customers", "branch")[0] == ("北区",)
    (tmp_path / "more.csv").write_text("客户编号,账期,应收金额\nC1,202407,12\n", encoding="utf-8")
    run_stage("ingest", Request(branches[0], sources=(tmp_path / "more.csv",)))
    assert not merged(branches, Wish({"north": "北区"})).skipped
    assert not run_stage("customer-months", Request(tmp_path / "all")).skipped


def test_ids_of_each_branch_may_be_kept_apart(branches: list[Path]) -> None:
    merged(branches, Wish(apart=True))
    assert [row[0] for row in rows(branches, "customers", "customer_id")] == [
        "north:C1",
        "north:C2",
        "south:C2",
        "south:C3",
    ]
    assert {row[0] for row in rows(branches, "bills", "customer_id")} == {
        "north:C1",
        "north:C2",
        "south:C2",
        "south:C3",
    }


def other_persons(branches: list[Path]) -> None:
    place = branches[1] / "customers" / "part-0.parquet"
    pl.read_parquet(place).with_columns(certificate_h=pl.lit("0" * 32)).write_parquet(place)
    reprint(branches[1], place)


def reprint(workdir: Path, place: Path) -> None:
    """Have the manifest say what a file holds now."""
    from telcli.pipeline.provenance import file_sha256

    held = json.loads((workdir / "manifest.json").read_text("utf-8"))
    part = next(
        part
        for parts in held["tables"].values()
        for part in parts.values()
        if part["path"] == str(place.relative_to(workdir))
    )
    part |= {"sha256": file_sha256(place), "bytes": place.stat().st_size}
    reseal(workdir / "manifest.json", held)


def other_key(branches: list[Path]) -> None:
    place = branches[0] / "manifest.json"
    held = json.loads(place.read_text("utf-8"))
    held["key_id"] = "00000000"
    reseal(place, held)


def half(branches: list[Path]) -> None:
    next((branches[0] / "bills").rglob("*.parquet")).unlink()


def no_workdir(branches: list[Path]) -> None:
    (branches[0] / "manifest.json").unlink()


def damaged(branches: list[Path]) -> None:
    (branches[0] / "manifest.json").write_text("{", encoding="utf-8")


def newer(branches: list[Path]) -> None:
    place = branches[0] / "manifest.json"
    place.write_text(json.dumps({**json.loads(place.read_text("utf-8")), "format": 99}), encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "kind", "code"),
    [
        (other_persons, DataError, "merge-numbered-apart"),
        (other_key, DataError, "merge-keys"),
        (half, DataError, "table-damaged"),
        (no_workdir, MissingInputError, "merge-no-workdir"),
        (damaged, DataError, "manifest-damaged"),
        (newer, DataError, "workdir-newer"),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_what_does_not_go_together_is_refused_and_nothing_is_left(
    harm: object, kind: type[TelcliError], code: str, branches: list[Path], tmp_path: Path
) -> None:
    harm(branches)  # type: ignore[operator]
    with pytest.raises(kind) as refused:
        merged(branches)
    assert refused.value.code == code
    left = tmp_path / "all"
    assert not left.exists() or {one.name for one in left.iterdir()} <= {".lock"}


def test_a_directory_stands_once_and_the_target_is_none_of_them(branches: list[Path], tmp_path: Path) -> None:
    north, south = branches
    for given, target, wish, code in (
        ([north], "all", Wish(), "merge-few"),
        ([north, tmp_path / "south" / ".." / "north"], "all", Wish(), "merge-twice"),
        ([north, south], "south", Wish(), "merge-twice"),
        ([north, south], "all", Wish({"north": "south"}), "merge-alike"),
        ([north, south], "all", Wish({"east": "e"}), "merge-as-unknown"),
        ([north, south], "all", Wish(strict=True), "merge-strict"),
    ):
        with pytest.raises(TelcliError) as refused:
            merge(Request(tmp_path / target), given, wish)
        assert refused.value.code == code
    shutil.copytree(north, tmp_path / "own")
    with pytest.raises(UsageError) as refused:
        merge(Request(tmp_path / "own"), branches, Wish())
    assert refused.value.code == "merge-target-own"


def test_a_branch_that_changes_meanwhile_ends_it(branches: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from telcli.stages import merge as stage

    before = stage.disputed

    def meanwhile(*given: object) -> pl.DataFrame:
        place = branches[0] / "manifest.json"
        held = json.loads(place.read_text("utf-8"))
        del held["tables"]["bills"]
        reseal(place, held)
        return before(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(stage, "disputed", meanwhile)
    with pytest.raises(DataError) as refused:
        merged(branches)
    assert refused.value.code == "merge-changed"
    assert not list((branches[0].parent / "all").glob("*.json"))


def test_who_was_purged_does_not_come_back(branches: list[Path], tmp_path: Path) -> None:
    merged(branches)
    purge(tmp_path / "all", "C1")
    assert merged(branches).skipped
    with pytest.raises(UsageError) as refused:
        merged(branches, force=True)
    assert refused.value.code == "merge-purged-here"
    purge(branches[0], "C1")
    assert "C1" not in {row[0] for row in rows(branches, "customers", "customer_id")}
    assert "merge-purged" in codes(merge(Request(tmp_path / "new"), branches, Wish()))


def ingested(top: Path, name: str, files: dict[str, str]) -> Path:
    """A branch of these extracts."""
    (top / f"{name}-extracts").mkdir()
    for table, text in files.items():
        (top / f"{name}-extracts" / f"{table}.csv").write_text(text, encoding="utf-8")
    run_stage("ingest", Request(top / name, sources=(top / f"{name}-extracts",)))
    return top / name


def numbered(letter: str, *, person: str = "", years: int = 0) -> dict[str, str]:
    """Forty customers, each with an account; the numbers of accounts are A1 to A40 in any branch."""
    many = range(1, 41)
    heads = "客户编号,归属地市" + (",出生年份" if years else "") + "\n"
    told = [f"{letter}{one:03},甲市" + (f",{years + one}" if years else "") for one in many]
    accounts = [f"A{one:03},{person or letter}{one:03},{one}" for one in many]
    bills = [f"{letter}{one:03},202406,{one}" for one in many]
    return {
        "customers": heads + "\n".join(told) + "\n",
        "accounts": "账户编号,客户编号,账户余额\n" + "\n".join(accounts) + "\n",
        "bills": "客户编号,账期,应收金额\n" + "\n".join(bills) + "\n",
    }


def test_accounts_of_one_number_and_two_customers_are_led_by_the_branch(tmp_path: Path) -> None:
    branches = [ingested(tmp_path, name, numbered(name[0])) for name in ("north", "south")]
    with pytest.raises(DataError) as refused:
        merged(branches, Wish(strict=True))
    assert refused.value.code == "merge-strict-rows"
    done = merged(branches)
    assert "merge-accounts" in codes(done)
    assert "merge-fewer" not in codes(done)
    found = rows(branches, "accounts", "account_id", "customer_id", "balance")
    assert len(found) == 80
    assert ("south:A007", "s007", 7.0) in found


@pytest.mark.parametrize(("years", "code"), [((1940, 1960), "merge-numbered-apart"), ((0, 0), "merge-unconfirmed")])
def test_ids_of_strangers_are_refused_without_certificates_too(
    years: tuple[int, int], code: str, tmp_path: Path
) -> None:
    pairs = zip(("north", "south"), years, strict=True)
    branches = [ingested(tmp_path, name, numbered("C", years=first)) for name, first in pairs]
    with pytest.raises(DataError) as refused:
        merged(branches)
    assert refused.value.code == code
    assert merged(branches, Wish(apart=True)).rows["customers"] == 80
    if not years[0]:
        assert merge(Request(tmp_path / "one"), branches, Wish(same=True)).rows["customers"] == 40


def test_what_a_merge_wrote_takes_no_extracts(branches: list[Path], tmp_path: Path) -> None:
    merged(branches)
    (tmp_path / "more.csv").write_text("客户编号,账期,应收金额\nC1,202407,12\n", encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        run_stage("ingest", Request(tmp_path / "all", sources=(tmp_path / "more.csv",)))
    assert refused.value.code == "ingest-merged"
    assert "north, south" in str(refused.value)
    assert len(rows(branches, "bills", "customer_id")) == 7


def test_directories_of_one_name_are_told_apart_by_their_paths(branches: list[Path], tmp_path: Path) -> None:
    for place in branches:
        (tmp_path / place.name[0]).mkdir()
        place.rename(tmp_path / place.name[0] / "work")
    given = [tmp_path / "n" / "work", tmp_path / "s" / "work"]
    with pytest.raises(UsageError) as refused:
        merge(Request(tmp_path / "all"), given, Wish())
    assert refused.value.code == "merge-alike"
    done = merge(Request(tmp_path / "all"), given, Wish({str(given[0]): "north", f"{given[1]}/": "south"}))
    assert [one["branch"] for one in done.branches] == ["north", "south"]


def test_who_was_purged_in_one_branch_does_not_come_from_another(
    branches: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    purge(branches[0], "C2")
    done = merged(branches)
    assert "merge-purged" in codes(done)
    for table in ("customers", "bills", "payments"):
        assert "C2" not in {row[0] for row in rows(branches, table, "customer_id")}
    assert merge(Request(tmp_path / "apart"), branches, Wish(apart=True)).rows["customers"] == 2
    monkeypatch.setenv("TELCLI_KEY", "1" * 64)
    with pytest.raises(DataError) as refused:
        merge(Request(tmp_path / "keyless"), branches, Wish())
    assert refused.value.code == "key-other"


def test_campaigns_and_managers_of_each_branch(tmp_path: Path) -> None:
    branches = []
    for name, offer in (("north", "O1"), ("south", "O2")):
        told = {"customers": f"客户编号,客户经理编号\n{name},M1\n"}
        told["campaigns"] = f"活动编号,客户编号,优惠编码,触达日期\nX1,{name},{offer},2024-06-03\n"
        branches.append(ingested(tmp_path, name, told))
    assert "merge-campaigns" in codes(merged(branches))
    assert "merge-campaigns" not in codes(merged(branches, Wish(apart=True)))
    assert rows(branches, "campaigns", "campaign_id") == [("north:X1",), ("south:X1",)]
    assert rows(branches, "customers", "manager_id") == [("north:M1",), ("south:M1",)]
