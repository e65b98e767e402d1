"""What became of each line of each source, and what an ingest takes away."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from telcli.errors import DataError
from telcli.pipeline import show
from telcli.pipeline.run import Request, run_stage


def ingested(tmp_path: Path, files: dict[str, str], most: float = 1.0, **more: Any) -> Any:
    sources = []
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        sources.append(tmp_path / name)
    flags = {"max_reject_share": most}
    return run_stage(
        "ingest",
        Request(tmp_path / "work", date(2024, 6, 1), sources=tuple(sources), flags=flags, **more),
    )


def counts(run: Any) -> list[tuple[int, int, int, int]]:
    names = ("rows_read", "rows_kept", "rows_rejected", "rows_duplicate")
    return [tuple(source[name] for name in names) for source in run.metrics["sources"]]


def test_flat_tables_that_say_the_same_twice_lose_no_line_twice(tmp_path: Path) -> None:
    one = "Customer ID,Gender,Tenure,Monthly Charge\n" + "".join(f"k{n},Male,{n},20\n" for n in range(6))
    two = "Customer ID,Offer,Plan Colour,Tenure in Months,Monthly Charge\n"
    two += "".join(f"k{n},A,red,{max(n, 1)},20\n" for n in range(6))
    three = "Customer ID,City\n" + "".join(f"k{n},Xi'an\n" for n in range(6)) + "k1,Xi'an\n"
    run = ingested(tmp_path, {"one.csv": one, "two.csv": two, "three.csv": three})
    assert counts(run) == [(6, 6, 0, 0), (6, 6, 0, 0), (7, 6, 0, 1)]
    assert all(read == kept + bad + same for read, kept, bad, same in counts(run))


def test_a_copied_line_is_counted_once_for_all_its_tables(tmp_path: Path) -> None:
    flat = "Customer ID,Tenure,Monthly Charge\na,1,5\na,1,5\nb,2,6\nb,2,7\nc,2,x\n"
    assert counts(ingested(tmp_path, {"flat.csv": flat})) == [(5, 2, 2, 1)]


def test_tables_that_an_ingest_no_longer_gives_are_named(tmp_path: Path) -> None:
    crm = {"crm.csv": "customer_id,gender\na,F\nb,M\n"}
    bills = {"bills.csv": "customer_id,month,amount\na,2024-05,5\nb,2024-05,6\n"}
    first = ingested(tmp_path, crm | bills)
    assert not [notice for notice in first.notices if notice.code == "subjects-dropped"]
    second = ingested(tmp_path, crm)
    assert [notice.values for notice in second.notices if notice.code == "subjects-dropped"] == [{"tables": "bills"}]
    assert not [notice for notice in ingested(tmp_path, crm, force=True).notices if notice.code == "subjects-dropped"]


def test_one_table_in_two_languages_is_one_with_conflicts(tmp_path: Path) -> None:
    chinese = "customer_id,gender,Age,Plan\n" + "".join(f"k{n},男,{n},a\n" for n in range(9))
    english = "customer_id,gender,Age,Plan\n" + "".join(f"k{n},F,{n},b\n" for n in range(9))
    run = ingested(tmp_path, {"a_zh.csv": chinese, "b_en.csv": english}, most=0.05)
    assert counts(run) == [(9, 9, 0, 0), (9, 9, 0, 0)]
    (told,) = (notice.message for notice in run.notices if notice.code == "sources-disagree")
    assert "a_zh.csv ~ b_en.csv gender 100.0%" in told
    with pytest.raises(DataError) as caught:
        ingested(tmp_path, {"flat.csv": "id,gender\na,F\na,M\na,x\n"}, most=0.05)
    assert caught.value.code == "too-many-rejects"


def test_a_month_without_tickets_is_an_empty_table(tmp_path: Path) -> None:
    files = {
        "crm.csv": "customer_id,gender\na,F\nb,M\n",
        "bills.csv": "customer_id,month,amount\na,2024-05,5\nb,2024-05,6\n",
        "tickets.csv": "ticket_id,customer_id,opened_at,type,severity\n",
    }
    run = ingested(tmp_path, files)
    assert counts(run) == [(2, 2, 0, 0), (2, 2, 0, 0), (0, 0, 0, 0)]
    assert "file-without-rows" in {notice.code for notice in run.notices}


PAID = "payment_id,customer_id,paid_at,amount\n"


def test_a_number_given_in_two_months_counts_once_in_the_month_of_its_first_line(tmp_path: Path) -> None:
    crm = {"crm.csv": "customer_id,gender\na,F\nb,M\n"}
    paid = {"payments.csv": PAID + "1,a,2024-06-03,5\n2,a,2024-06-03,5\n1,a,2024-05-03,5\n3,b,2024-04-30,7\n"}
    run = ingested(tmp_path, crm | paid)
    assert counts(run)[1] == (4, 3, 1, 0)
    found = show.read(tmp_path / "work", "payments").frame.select("payment_id", "paid_at").collect()
    assert sorted((key, at.month) for key, at in found.rows()) == [("1", 6), ("2", 6), ("3", 4)]
    refused = show.read(tmp_path / "work", "rejects").frame.collect().rows(named=True)
    assert [(one["line"], one["rule"], one["column"]) for one in refused] == [(4, "duplicate-key", "payment_id")]


def test_payments_are_kept_and_shown_by_month(tmp_path: Path) -> None:
    paid = {"payments.csv": PAID + "1,a,2024-06-03,5\n2,a,2024-05-31 23:59:59,5\n"}
    ingested(tmp_path, paid)
    places = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("work/payments/**/*.parquet"))
    assert places == [f"work/payments/month=2024-0{month}-01/part-0.parquet" for month in (5, 6)]
    assert show.read(tmp_path / "work", "payments", date(2024, 5, 1)).rows == 1
    assert show.read(tmp_path / "work", "payments").rows == 2
