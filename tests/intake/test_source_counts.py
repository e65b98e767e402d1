"""What each source filled is what stands in it."""

import polars as pl

from telcli.settings import IngestSettings
from telcli.stages import Inputs
from telcli.stages.ingest import ingest
from telcli.tables import contract
from telcli.tables.extract import Extract
from tests.keeping import kept


def test_rows_values_and_unreadable_ones_are_counted_by_source_and_column() -> None:
    bills = {"customer_id": ["a", "b", "", "d"], "month": ["2024-05"] * 3 + ["2024-06"], "amount": ["5", "x", "", "7"]}
    usage = {"customer_id": ["a", "b"], "month": ["2024-05"] * 2, "texts": ["1", "-"]}
    extracts = [
        Extract(name, pl.LazyFrame(raw).with_row_index("_line", 2).cast({"_line": pl.Int64}), "utf-8", ",", name)
        for name, raw in (("bills.csv", bills), ("usage.csv", usage))
    ]
    found = ingest(Inputs({}, None, extracts=tuple(extracts), keep=kept), IngestSettings()).tables["source_quality"]
    assert not contract("source_quality").split(found).rejected_rows
    names = ("table", "rows", "filled", "unreadable")
    rows = {(one["source"], one["column"]): one for one in found.collect().rows(named=True)}
    assert {key: tuple(one[name] for name in names) for key, one in rows.items()} == {
        ("bills.csv", "*"): ("bills", 4, 4, 0),
        ("bills.csv", "customer_id"): ("bills", 4, 3, 0),
        ("bills.csv", "month"): ("bills", 4, 4, 0),
        ("bills.csv", "amount"): ("bills", 4, 2, 1),
        ("usage.csv", "*"): ("usage", 2, 2, 0),
        ("usage.csv", "customer_id"): ("usage", 2, 2, 0),
        ("usage.csv", "month"): ("usage", 2, 2, 0),
        ("usage.csv", "texts"): ("usage", 2, 1, 0),
    }
    assert {str(rows["bills.csv", "*"]["last_on"]), str(rows["usage.csv", "*"]["last_on"])} == {
        "2024-06-01",
        "2024-05-01",
    }
