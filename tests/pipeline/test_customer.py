"""One customer's card out of a working directory: found by identifier or source key, pinned, and honest about gaps."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError, MissingInputError, UsageError
from telcli.pipeline.customer import customer
from telcli.pipeline.purge import purge
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.stage import Stage
from telcli.pipeline.workdir import Workdir
from telcli.stages import Outcome
from tests.pipeline.test_diff import PLANS, month
from tests.pipeline.test_loads import CRM, JUNE, MAY, load

MONTHS = date(2024, 5, 1), date(2024, 6, 1)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("two")
    month(place, MAY | PLANS[5])
    month(place, JUNE | PLANS[6])
    return place / "work"


def test_a_card_is_read_while_another_command_writes_and_writes_nothing(two: Path) -> None:
    def held() -> dict[Path, int]:
        files = [path for path in two.rglob("*") if path.is_file() and path.name not in (".lock", "audit.jsonl")]
        return {path: path.stat().st_mtime_ns for path in files}

    before = held()
    with Workdir(two).writing(0):
        found = customer(two, "a")
    assert (found.as_of, found.found_by) == (MONTHS[1], "customer_id")
    assert found.body["who"]["region"] == "east"
    assert [line["plan_id"] for line in found.body["lines"]] == ["P2"]
    revenue = next(one for one in found.body["months"]["series"] if one["column"] == "revenue")
    assert (found.body["months"]["months"], revenue["values"]) == (["2024-05", "2024-06"], [5.0, 7.0])
    assert (found.rows["customer_months"], found.rows["customers"]) == (2, 1)
    assert before == held()


def test_an_earlier_month_is_shown_as_it_was(two: Path) -> None:
    found = customer(two, "a", MONTHS[0])
    assert (found.as_of, found.body["who"]["region"]) == (MONTHS[0], "north")
    assert [line["plan_id"] for line in found.body["lines"]] == ["P1"]
    assert found.body["months"]["months"] == ["2024-05"]
    with pytest.raises(MissingInputError) as caught:
        customer(two, "a", date(2023, 1, 1))
    assert (caught.value.code, caught.value.exit_code) == ("table-month-absent", 3)


def test_results_that_were_not_made_name_the_command_that_makes_them(two: Path) -> None:
    absent = {one.section: one for one in customer(two, "b").absent}
    made, given = ("segment", "value", "churn"), ("contacts", "payments", "campaigns")
    assert {name: one.why for name, one in absent.items()} == dict.fromkeys(made, "not-made") | dict.fromkeys(
        given, "not-given"
    )
    assert absent["contacts"].command == f"telcli ingest SOURCES... -w {two}"
    assert absent["churn"].command == f"telcli predict-churn -w {two}"


@pytest.mark.parametrize("asked", ["nobody", "a1", "", "1381234567890", "138-1234-5678"])
def test_nobody_is_called_so_and_nobody_is_near(two: Path, asked: str) -> None:
    with pytest.raises(MissingInputError) as caught:
        customer(two, asked)
    assert (caught.value.code, caught.value.exit_code) == ("customer-nobody", 3)
    assert not {"1381234567890", "138-1234-5678"} & set(caught.value.values.values())


def test_a_key_of_a_source_system_finds_its_customer(tmp_path: Path) -> None:
    card, head = "11010519491231002X", "客户编号,证件号码,性别\n"
    load(tmp_path, {"crm.csv": f"{head}a,{card},女\nb,,男\n", "shop.csv": f"{head}S7,{card},女\nS8,,男\n"})
    keys = pl.read_parquet(tmp_path / "work" / "crosswalk" / "part-0.parquet")
    known = dict(keys.select("source_key", "customer_id").iter_rows())
    other = next(key for key, name in known.items() if key != name)
    found = customer(tmp_path / "work", f" {other} ")
    assert (found.found_by, found.body["customer_id"]) == ("source_key", known[other])
    assert len(found.body["systems"]) == 2
    assert customer(tmp_path / "work", known[other], by_key=True).found_by == "source_key"
    with pytest.raises(MissingInputError):
        customer(tmp_path / "work", "nobody", by_key=True)


CARD, ABROAD = "11010519491231002X", "990000200206160049"
PEOPLE = (
    "customer_id,手机号码,证件号码,region\n"
    f"K000123,13912345678,{CARD},north\nK000456,,,south\nK000789,13912345678,{ABROAD},south\n"
)
LINES = "用户编号,客户编号,手机号码,入网时间,销户时间\n" + "".join(
    f"{line},{who},{number},2023-01-01,{ended}\n"
    for line, who, number, ended in (
        ("U1", "K000123", "13812345678", "2024-05-02"),
        ("U2", "K000456", "13812345678", ""),
        ("U3", "K000123", "87654321", ""),
    )
)


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("numbered")
    month(place, {"crm.csv": PEOPLE, "lines.csv": LINES, "bills.csv": BILLS})
    return place / "work"


BILLS = "customer_id,month,amount\n" + "".join(f"K000{who},2024-0{at},9\n" for who in (123, 456) for at in (4, 5, 6))


@pytest.mark.parametrize(
    ("asked", "who", "by"),
    [
        ("13812345678", "K000456", "number"),
        ("+86 138-1234-5678", "K000456", "number"),
        ("87654321", "K000123", "number"),
        (CARD, "K000123", "certificate"),
        (ABROAD, "K000789", "certificate"),
        ("U3", "K000123", "line"),
        ("U1", "K000123", "line"),
    ],
)
def test_a_number_or_a_line_finds_its_customer(numbered: Path, asked: str, who: str, by: str) -> None:
    found = customer(numbered, asked)
    assert (found.body["customer_id"], found.found_by) == (who, by)


def test_a_number_is_looked_up_under_its_pseudonym_too(numbered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = pl.read_parquet(numbered / "subscriptions" / "part-0.parquet")
    pseudonym = lines.filter(subscription_id="U2")["number_h"].item()
    monkeypatch.delenv("TELCLI_KEY")
    found = customer(numbered, pseudonym)
    assert (found.body["customer_id"], found.found_by) == ("K000456", "pseudonym")


def test_a_number_of_several_customers_names_them(numbered: Path) -> None:
    with pytest.raises(UsageError) as caught:
        customer(numbered, "13912345678")
    assert caught.value.code == "customer-number-shared"
    assert (caught.value.values["count"], caught.value.values["ids"]) == (2, "K000123, K000789")
    assert "13912345678" not in str(caught.value) + caught.value.hint
    with pytest.raises(UsageError) as caught:
        customer(numbered, "13812345678", date(2024, 4, 1))
    assert caught.value.values["ids"] == "K000123, K000456", "both had it in April"


@pytest.mark.parametrize("key", [None, "00" * 31 + "01"])
def test_without_the_key_a_number_says_what_is_needed(
    numbered: Path, key: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("TELCLI_KEY", key) if key else monkeypatch.delenv("TELCLI_KEY")
    with pytest.raises(MissingInputError) as caught:
        customer(numbered, "13812345678")
    assert caught.value.code == "customer-number-keyless"
    assert "TELCLI_KEY" in caught.value.hint
    assert "13812345678" not in str(caught.value) + caught.value.hint
    assert not list(tmp_path.rglob("*.key")), "no key is made"
    with pytest.raises(MissingInputError) as caught:
        customer(numbered, "12345678")
    assert caught.value.code == "customer-nobody", "it may be no number"
    assert customer(numbered, "K000456").found_by == "customer_id"


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("k000123", "K000123"),
        ("K123", "K000123"),
        ("K00456", "K000456"),
        ("K000132", "K000123"),
        ("K000799", "K000789"),
    ],
)
def test_who_is_near_is_named(numbered: Path, asked: str, near: str) -> None:
    with pytest.raises(MissingInputError) as caught:
        customer(numbered, asked)
    assert (caught.value.code, caught.value.values["near"]) == ("customer-nobody-near", near)


def test_a_key_of_several_customers_is_refused_without_naming_them(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from telcli.io import parquet_rows

    real = parquet_rows.rows_where

    def shared(files: Any, name: str, text: str) -> Any:
        return [[{"customer_id": "a"}, {"customer_id": "b"}]] if name == "source_key" else real(files, name, text)

    monkeypatch.setattr(parquet_rows, "rows_where", shared)
    with pytest.raises(UsageError) as caught:
        customer(two, "S7")
    assert (caught.value.code, caught.value.values["count"]) == ("customer-key-shared", 2)
    assert "a" not in caught.value.values.values()


def test_who_was_purged_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    month(tmp_path, MAY)
    purge(tmp_path / "work", "a")
    with pytest.raises(MissingInputError) as caught:
        customer(tmp_path / "work", "a")
    assert caught.value.code == "customer-purged"
    with pytest.raises(MissingInputError) as caught:
        customer(tmp_path / "work", "nobody")
    assert caught.value.code == "customer-nobody"
    assert customer(tmp_path / "work", "b").body["customer_id"] == "b"
    monkeypatch.setenv("TELCLI_KEY", "00" * 32)
    with pytest.raises(MissingInputError) as caught:
        customer(tmp_path / "work", "a")
    assert caught.value.code == "customer-nobody-or-purged"


def test_a_base_without_months_has_a_card(tmp_path: Path) -> None:
    load(tmp_path, {"crm.csv": CRM + "a,F,north\n"})
    found = customer(tmp_path / "work", "a")
    assert found.body["who"]["region"] == "north"
    assert {one.section for one in found.absent} >= {"segment", "value", "churn"}


def test_a_directory_that_is_not_there_and_a_file_that_is_damaged_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError):
        customer(tmp_path / "nowhere", "a")
    load(tmp_path, {"crm.csv": CRM + "a,F,north\n"})
    with (tmp_path / "work" / "customers" / "part-0.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(DataError) as caught:
        customer(tmp_path / "work", "a")
    assert caught.value.code == "table-damaged"


def test_a_file_of_the_right_size_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    load(tmp_path, {"crm.csv": CRM + "a,F,north\n"})
    file = tmp_path / "work" / "customers" / "part-0.parquet"
    file.write_bytes(b"\0" * file.stat().st_size)
    with pytest.raises(DataError) as caught:
        customer(tmp_path / "work", "a")
    assert (caught.value.code, caught.value.values["file"]) == ("table-damaged", "customers/part-0.parquet")


TICKETS = "工单编号,客户编号,受理时间,办结时间,工单类型\n"
PAID = "payment_id,customer_id,paid_at,amount\n"
FACTS = {
    "crm.csv": CRM + "a,F,north\nb,M,south\n",
    "bills.csv": "customer_id,month,amount\n" + "".join(f"{who},2024-0{at},9\n" for who in "ab" for at in (3, 4, 5, 6)),
    "tickets.csv": TICKETS + "T1,a,2024-03-02 10:00:00,,投诉\nT2,a,2024-06-02 10:00:00,2024-06-03 10:00:00,咨询\n",
    "payments.csv": PAID + "".join(f"Q{at},a,2024-0{at}-09 10:00:00,{at}\n" for at in (3, 4, 6)),
}


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    month(tmp_path, FACTS)
    return tmp_path / "work"


def opened(work: Path, monkeypatch: pytest.MonkeyPatch, who: str) -> list[str]:
    """The files of contacts and payments that are read for a customer."""
    from telcli.io import parquet_rows

    real, seen = parquet_rows.rows_where, []

    def watched(files: Any, name: str, text: str) -> Any:
        seen.extend(Path(place).readlink() for place, _ in files)
        return real(files, name, text)

    monkeypatch.setattr(parquet_rows, "rows_where", watched)
    customer(work, who)
    parts = [place.relative_to(work).parts for place in seen]
    return sorted(f"{table} {folder[6:13]}" for table, folder, *_ in parts if table in ("contacts", "payments"))


def test_only_months_in_which_the_customer_has_some_are_read(facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = customer(facts, "a").body
    assert [contact["contact_id"] for contact in found["contacts"]] == ["T1", "T2"], "the open one first"
    assert [payment["amount"] for payment in found["payments"]] == [6.0, 4.0], "of the newest two months with some"
    read = ["contacts 2024-03", "contacts 2024-06", "payments 2024-04", "payments 2024-06"]
    assert opened(facts, monkeypatch, "a") == read
    paid_back = ["payments 2024-03", "payments 2024-04", "payments 2024-06"]
    assert opened(facts, monkeypatch, "b") == paid_back, "nothing paid may have been paid back"


def test_counts_are_believed_of_the_files_alone_that_they_are_of(facts: Path, tmp_path: Path) -> None:
    load(tmp_path, {"tickets_2.csv": TICKETS + "T3,b,2024-06-05 10:00:00,,投诉\n"})
    assert [contact["contact_id"] for contact in customer(facts, "b").body["contacts"]] == ["T3"]


def test_results_of_data_that_have_changed_are_named(
    facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {
        "customer_id": "a",
        "segment": 1,
        "segment_name": "all",
        "segment_name_zh": "全部",
        "customer_class": "public",
    }
    row |= {"lifecycle_stage": "maturity", "consumption_tier": "mid"}
    made = pl.LazyFrame([row])
    loaded = Stage.load
    monkeypatch.setattr(
        Stage,
        "load",
        lambda one: (
            (lambda inputs, _: Outcome({"segments": made.with_columns(as_of=pl.lit(inputs.as_of))}))
            if one.name == "segment"
            else loaded(one)
        ),
    )
    run_stage("segment", Request(facts))
    assert not customer(facts, "a").notices
    load(tmp_path, {"bills_2.csv": "customer_id,month,amount\na,2024-06,60\n"})
    run_stage("customer-months", Request(facts))
    assert "customer-results-older" in {notice.code for notice in customer(facts, "a").notices}


@pytest.mark.slow
def test_old_complaints_that_are_open_and_payments_that_were_paid_back_are_on_the_card(tmp_path: Path) -> None:
    months = [f"{2022 + at // 12}-{at % 12 + 1:02}" for at in range(30)]
    told = "".join(f"k{at},a,{month}-09,{month}-09,enquiry\n" for at, month in enumerate(months))
    paid = "".join(f"p{at},a,{month}-09 12:00:00,50,{'Y' if at == 29 else 'N'}\n" for at, month in enumerate(months))
    files = {
        "crm.csv": CRM + "a,F,north\n",
        "contacts.csv": "contact_id,customer_id,opened_at,closed_at,kind\nold,a,2022-03-09,,complaint\n" + told,
        "payments.csv": "payment_id,customer_id,paid_at,amount,reversed\n" + paid,
    }
    load(tmp_path, files)
    run_stage("customer-months", Request(tmp_path / "work"))
    body = customer(tmp_path / "work", "a").body
    assert (body["contacts_open"], body["contacts_in_all"]) == (1, 31)
    assert [(one["payment_id"], one["reversed"]) for one in body["payments"]][:2] == [("p29", True), ("p28", False)]
