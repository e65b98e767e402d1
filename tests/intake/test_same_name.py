"""Attributes of one name in several extracts."""

from __future__ import annotations

from pathlib import Path

import pytest

from telcli.intake.words import meant
from tests.stages.test_ingest import good, ran

ONE = "客户编号,Contract,Backup,Internet,ratio,zero\n1,One year,No service,DSL,#DIV/0!,1\n2,Two Year,Yes,No,0.5,0\n"
TWO = "客户编号,Contract,Backup,Internet,ratio,zero\n1,ONE  YEAR,No,Yes,0.25,Yes\n2,one year,Yes,No,0.5,No\n"


def test_they_are_read_alike_and_only_contradictions_are_conflicts(tmp_path: Path) -> None:
    found = ran(tmp_path, {"a.csv": ONE, "b.csv": TWO})
    torn = found.tables["conflicts"].collect().select("customer_id", "attribute").unique().sort("customer_id").rows()
    assert torn == [("1", "x_Backup"), ("2", "x_Contract")]  # One year and ONE  YEAR are the same
    columns = ("customer_id", "x_ratio", "x_Internet", "x_Internet_flag", "x_Backup")
    assert good(found, "customers", *columns) == [
        ("1", 0.25, "DSL", True, "No service"),
        ("2", 0.5, "No", False, "Yes"),
    ]
    assert good(found, "customers", "x_zero") == [(True,), (False,)]
    told = next(notice for notice in found.notices if notice.code == "attribute-apart")
    assert told.values == {"file": "b.csv", "header": "Internet", "name": "x_Internet_flag"}


def test_a_number_among_text_stays_as_it_was_written(tmp_path: Path) -> None:
    codes = {"a.csv": "客户编号,grade\n1,1\n2,2\n", "b.csv": "客户编号,grade\n1,1\n2,2B\n"}
    found = ran(tmp_path, codes)
    conflicts = found.tables["conflicts"].collect().select("customer_id", "value").sort("value").rows()
    assert conflicts == [("2", "2"), ("2", "2B")]


@pytest.mark.parametrize("word", ["#DIV/0!", "#VALUE!", "#N/A", "#REF!", "#NUM!", "#NAME?"])
def test_what_excel_writes_for_a_failed_formula_is_nothing(word: str) -> None:
    import polars as pl

    assert meant(pl.Series([word, "5"])).to_list() == [None, "5"]


def test_other_words_for_the_same_are_said(tmp_path: Path) -> None:
    one = "客户编号,pays\n" + "".join(f"{at},Bank transfer\n" for at in range(30))
    found = ran(tmp_path, {"a.csv": one, "b.csv": one.replace("Bank transfer", "bank withdrawal")})
    told = next(notice for notice in found.notices if notice.code == "sources-mean-otherwise")
    assert told.values == {"attributes": "x_pays"}
