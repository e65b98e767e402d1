"""A small working directory made by the real pipeline from stages that are a few lines each.

What a stage computes is tested elsewhere; here it is enough that tables, months, records and notices are there.
"""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.errors import Notice
from telcli.pipeline import publish as publishing
from telcli.pipeline import run as running
from telcli.pipeline.stage import Stage
from telcli.stages import Inputs, Outcome

MONTHS = [date(2024, month, 1) for month in (4, 5, 6)]
MAPPING = {
    "source": [
        {
            "file": "crm_*.csv",
            "table": "customers",
            "columns": {"customer_id": "客户编号", "usage.data_mb": {"column": "流量(GB)", "unit": "gb"}},
            "attributes": {"x_备注": {"column": '备 "注"', "type": "String"}},
            "drop": ["姓名"],
        }
    ]
}
IDS = ["000123", "客户二", "c,3"]


def ingest(inputs: Inputs, settings: Any) -> Outcome:
    """Three customers and their bills, whatever the extracts say."""
    source: dict[str, Any] = {
        "source": "crm.csv",
        "table": "customers",
        "rows_read": 3,
        "encoding": "utf-8",
        "unmapped": ["备注"],
    }
    source["mapped"] = {"customer_id": "客户编号", "region": "region"}
    source |= {"confidence": 0.97, "confidence_by_column": {"customer_id": 0.81, "region": 1.0}}
    source["evidence_by_column"] = {"customer_id": "word", "region": "name"}
    source |= {"rivals": ["bills"], "rivals_by_column": {"customer_id": ["用户编号"]}}
    rows = [(name, month, "total", 10.0 * at) for at, name in enumerate(IDS) for month in MONTHS]
    names = ["customer_id", "month", "kind", "amount"]
    tables = {
        "customers": pl.LazyFrame({"customer_id": IDS}),
        "bills": pl.LazyFrame(rows, schema=names, orient="row"),
    }
    return Outcome(
        tables, {"sources": [source], "mapping": MAPPING}, (Notice("said", "Said of {file}.", {"file": "crm.csv"}),)
    )


def customer_months(inputs: Inputs, settings: Any) -> Outcome:
    """Every customer in every month."""
    names = ["customer_id", "month", "active", "left"]
    rows = [(name, month, True, False) for name in IDS for month in MONTHS]
    inputs.progress("customer-months", 1, 1)
    return Outcome({"customer_months": pl.LazyFrame(rows, schema=names, orient="row")})


def segment(inputs: Inputs, settings: Any) -> Outcome:
    """Everybody in one segment."""
    frame = pl.LazyFrame({"customer_id": IDS}).with_columns(
        as_of=pl.lit(inputs.as_of),
        segment=pl.lit(1, pl.Int64),
        segment_name=pl.lit("all"),
        segment_name_zh=pl.lit("全部"),
        customer_class=pl.lit("public"),
        lifecycle_stage=pl.lit("maturity"),
        consumption_tier=pl.lit("mid"),
    )
    return Outcome({"segments": frame}, {"k": 1, "silhouette": float("nan"), "stability": 1.0})


def predict_churn(inputs: Inputs, settings: Any) -> Outcome:
    """Metrics to compare with."""
    frame = pl.LazyFrame(
        {"as_of": [inputs.as_of], "method": ["nobody"], "cost": [1.0], "contacted": [0], "chosen": [True]},
        schema_overrides={"contacted": pl.Int64},
    )
    metrics = {"split": "out-of-time", "rows": 3, "auc": 0.81, "brier": None, "total_cost": {"nobody": 1.0}}
    return Outcome({"churn_costs": frame}, metrics)


def figures(inputs: Inputs, settings: Any) -> Outcome:
    """A report of one number."""
    frame = pl.LazyFrame({"as_of": [inputs.as_of]}).with_columns(
        section=pl.lit("kpi"), row=pl.lit(1, pl.Int64), metric=pl.lit("customers"), value=pl.lit(12.0),
        text=pl.lit(None, pl.String), text_zh=pl.lit(None, pl.String),
    )  # fmt: skip
    return Outcome({"report_figures": frame}, {"customers": 12})


FUNCTIONS: dict[str, Callable[..., Outcome]] = {
    "ingest": ingest,
    "customer-months": customer_months,
    "segment": segment,
    "predict-churn": predict_churn,
}


def fake(place: Path, patched: pytest.MonkeyPatch) -> Path:
    """An empty place to work in, an extract, and the stages above instead of the real ones."""
    patched.chdir(place)
    patched.setattr(Stage, "load", lambda self: FUNCTIONS[self.name])
    for name in ("TELCLI_WORKDIR", "TELCLI_LANG", "TELCLI_CONFIG", "TELCLI_DEBUG"):
        patched.delenv(name, raising=False)
    patched.setenv("COLUMNS", "100")
    (place / "crm.csv").write_text("customer_id\n1\n", encoding="utf-8")
    return place


@pytest.fixture
def faked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """See `fake`."""
    return fake(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory after two stages, for `work` to copy."""
    from telcli.cli import main

    with pytest.MonkeyPatch.context() as patched:
        place = fake(tmp_path_factory.mktemp("worked"), patched)
        assert main(["ingest", "crm.csv", "-q"]) == 0
        assert main(["segment", "-q"]) == 0
    return place / "work"


@pytest.fixture
def work(faked: Path, worked: Path) -> Path:
    """The same with two stages run."""
    shutil.copytree(worked, faked / "work")
    return faked


__all__ = ["FUNCTIONS", "IDS", "MONTHS", "fake", "faked", "publishing", "running", "work", "worked"]
