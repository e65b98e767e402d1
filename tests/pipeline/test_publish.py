"""What became of each line of each source, and what an ingest takes away."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
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


def test_tables_that_a_later_ingest_does_not_give_stay(tmp_path: Path) -> None:
    crm = {"crm.csv": "customer_id,gender\na,F\nb,M\n"}
    bills = {"bills.csv": "customer_id,month,amount\na,2024-05,5\nb,2024-05,6\n"}
    ingested(tmp_path, crm | bills)
    ingested(tmp_path, crm)
    assert show.read(tmp_path / "work", "bills").rows == 2


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


FLAT = "Customer ID,Tenure,Monthly Charge,birth_year\n"


def test_lines_are_counted_by_rule_and_each_line_once_in_the_total(tmp_path: Path) -> None:
    flat = FLAT + "a,1,5,1980\na,1,5,1980\nb,2,x,1980\nc,x,x,1980\nd,1,5,1066\n"
    run = ingested(tmp_path, {"flat.csv": flat})
    by_rule = [tuple(one.values()) for one in run.metrics["rejects_by_rule"]]
    assert by_rule == [
        ("not-a-number", "total", "flat.csv", 2, 4),
        ("too-low", "birth_year", "flat.csv", 1, 6),
        ("not-a-number", "tenure_months", "flat.csv", 1, 5),
    ]
    assert counts(run) == [(5, 1, 3, 1)]
    assert (run.rejected, run.duplicates) == (3, 1)
    assert run.metrics["rejects_by_table"]["customers"] == {"kept": 3, "rejected": 1, "copies": 1}
    assert run.metrics["max_reject_share"] == 1.0


def test_a_small_file_refused_whole_is_not_hidden_by_a_big_one(tmp_path: Path) -> None:
    crm = "customer_id,gender\n" + "".join(f"k{n},F\n" for n in range(2000))
    usage = "customer_id,month,texts\n" + "".join(f"k{n},2024-06,{n}\n" for n in range(2000))
    late = "customer_id,month,texts\nz1,2024-05,4\nz2,2024-05,5\n"
    with pytest.raises(DataError) as caught:
        ingested(tmp_path, {"crm.csv": crm, "usage.csv": usage, "usage_late.csv": late}, most=0.01)
    assert caught.value.values["what"] == "usage_late.csv"
    assert not (tmp_path / "work" / "manifest.json").exists()


def test_what_a_refused_ingest_would_have_refused_is_written_beside_and_goes_with_the_next(tmp_path: Path) -> None:
    usage = {"usage.csv": "customer_id,month,texts\nk1,2024-05,=13812345678\nk2,2024-05,7\n"}
    with pytest.raises(DataError) as caught:
        ingested(tmp_path, usage, most=0.01)
    place = tmp_path / "work" / "rejects.csv"
    assert str(place) in str(caught.value)
    assert place.read_text(encoding="utf-8-sig").splitlines()[1:] == ["usage.csv,2,not-a-number,texts,'=138******78"]
    ingested(tmp_path, usage)
    assert not place.exists()


def test_one_month_loaded_twice_is_copies_where_it_agrees_and_refused_where_it_does_not(tmp_path: Path) -> None:
    may = "customer_id,month,amount\n" + "".join(f"k{n},2024-05,{n}\n" for n in range(9))
    run = ingested(tmp_path, {"may.csv": may, "may_again.csv": may + "k9,2024-05,3\n"}, most=0.01)
    assert counts(run) == [(9, 9, 0, 0), (10, 1, 0, 9)]
    other = "customer_id,month,amount\n" + "".join(f"k{n},2024-05,{n + 1}\n" for n in range(9))
    with pytest.raises(DataError) as caught:
        ingested(tmp_path, {"may.csv": may, "may_again.csv": other}, most=0.01)
    assert caught.value.code == "same-rows"
    assert "may_again.csv gives rows of bills that may.csv has already" in str(caught.value)


def test_the_same_file_under_two_names_is_read_once(tmp_path: Path) -> None:
    calls = "customer_id,call_date,duration\n" + "".join(f"n{n},2024-05-0{n + 1} 10:00:00,60\n" for n in range(5))
    once = ingested(tmp_path, {"calls.csv": calls})
    again = ingested(tmp_path, {"calls.csv": calls, "calls (1).csv": calls}, force=True)
    assert "file-again" in {notice.code for notice in again.notices}
    assert again.metrics["sources"] == once.metrics["sources"]


def test_facts_dated_after_today_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1718000000")  # 2024-06-10
    usage = "customer_id,month,texts\na,2024-05,4\na,2024-06,4\na,2024-07,4\n"
    run = ingested(tmp_path, {"usage.csv": usage})
    assert [(one["rule"], one["first_line"]) for one in run.metrics["rejects_by_rule"]] == [("in-the-future", 4)]


def test_what_is_lost_is_a_share_of_all_rows_copies_among_them(tmp_path: Path) -> None:
    used = "customer_id,month,texts\n"
    rows = "".join(f"k{n},2024-05,{n}\n" for n in range(40))
    again = "".join(f"k{n},2024-05,{n + 1 if n < 4 else n}\n" for n in range(40))
    run = ingested(tmp_path, {"a.csv": used + rows, "b.csv": used + again}, most=0.1)
    assert counts(run) == [(40, 40, 0, 0), (40, 0, 4, 36)]
    with pytest.raises(DataError) as caught:
        ingested(tmp_path, {"a.csv": used + rows, "b.csv": used + again}, most=0.09)
    assert (caught.value.values["rejected"], caught.value.values["rows"]) == ("4", "40")


def test_a_threshold_of_all_rows_refuses_nothing(tmp_path: Path) -> None:
    crm = "customer_id,gender\na,F\n"
    run = ingested(tmp_path, {"crm.csv": crm, "usage.csv": "customer_id,month,texts\na,2024-05,x\nb,2024-05,2\n"})
    assert counts(run)[1] == (2, 0, 2, 0)


TICKETS = "工单编号,客户编号,受理时间,工单类型\n"


def test_a_ticket_of_another_kind_has_none_and_that_is_said(tmp_path: Path) -> None:
    rows = "".join(f"W{n},k{n},2024-05-0{n},{word}\n" for n, word in enumerate(("投诉", "其他", "投诉建议", "咨询"), 1))
    run = ingested(tmp_path, {"tickets.csv": TICKETS + rows})
    kinds = pl.read_parquet(tmp_path / "work" / "contacts", hive_partitioning=False).sort("contact_id")["kind"]
    assert kinds.to_list() == ["complaint", None, "complaint", "enquiry"]
    (told,) = (notice.values for notice in run.notices if notice.code == "words-of-none")
    assert (told["words"], told["count"]) == ("其他", "1")


def test_words_that_no_list_has_are_shown_with_the_section_that_teaches_them(tmp_path: Path) -> None:
    words = ("投诉", "投诉", "咨询", "携转", "携转", "王小明")
    rows = "".join(f"W{n},k{n},2024-05-0{n},{word}\n" for n, word in enumerate(words, 1))
    with pytest.raises(DataError) as caught:
        ingested(tmp_path, {"tickets.csv": TICKETS + rows}, most=0.01)
    assert caught.value.code == "words-unknown"
    assert "携转, 王**" in str(caught.value)
    assert '[dictionary.words.kind_of_contact], complaint = ["携转"]' in caught.value.hint
