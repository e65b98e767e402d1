"""The walk itself: raw extracts in, a report out, and what was planted is found again."""

import contextlib
import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import adjusted_rand_score, roc_auc_score

from telcli import tables
from telcli.cli import main
from telcli.pipeline.catalog import STAGES
from tests.coarser import coarser_churn_models

SAMPLE = Path(__file__).parent.parent / "sample_data"
ABSENT = (
    *("call_months", "accounts", "account_bills", "products", "calls", "surveys", "campaigns"),
    *("segment_agreement", "value_moves", "value_stars", "value_products"),
    *(table for stage in STAGES if stage.aside and stage.name != "profile" for table in stage.gives),
)
"""Subjects of which the sample has no extract, what takes another grouping, a month before or levels, and what commands
beside the walk make.
"""
GIVEN = [name for name in tables.NAMES if name not in ABSENT and not name.endswith("_history")]
"""Tables that one load of the sample makes: nothing has succeeded anything yet."""


def called(*words: object) -> tuple[int, dict[str, Any]]:
    """Run telcli in this process with --format json; returns the exit code and the one object on stdout."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main([*map(str, words), "--format", "json"])
    return code, json.loads(out.getvalue())


def digest(place: Path) -> dict[str, str]:
    """Content hash of every file of a working directory; the lock and the log of who took what aside."""
    files = sorted(file for file in place.rglob("*") if file.is_file() and file.name not in (".lock", "audit.jsonl"))
    return {str(file.relative_to(place)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def planted() -> pl.DataFrame:
    return pl.read_csv(SAMPLE / "answer_key" / "planted.csv", infer_schema_length=None)


LIGHT = """
[segment]
algorithm = "kmeans"
max_segments = 7

[predict-churn]
fit_seconds = 1.0
compare = "quick"
earlier_tests = 1
"""
"""A coarser model of churn and a shorter search: how good the best is, and what others cost, is not what these tests
are about. With the settings that telcli comes with README's own walk is run by `.ci/run`.
"""


def light(work: Path) -> Path:
    """A working directory whose settings are such."""
    work.mkdir()
    (work / "telcli.toml").write_text(LIGHT, encoding="utf-8")
    return work


@pytest.fixture(scope="module", autouse=True)
def coarser_models() -> Iterator[None]:
    """See `coarser_churn_models`."""
    with coarser_churn_models():
        yield


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, coarser_models: None) -> tuple[Path, dict[str, Any]]:
    """A working directory after `telcli run sample_data` and `telcli profile`, and what the first said."""
    work = light(tmp_path_factory.mktemp("walk") / "work")
    code, said = called("run", SAMPLE, "-w", work)
    assert code == 0
    assert called("profile", "-w", work)[0] == 0
    return work, said


def table(work: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(work / name / "**/*.parquet", hive_partitioning=False)


def test_run_says_what_it_did_in_one_object(walked: tuple[Path, dict[str, Any]]) -> None:
    work, said = walked
    assert said["metrics"]["predict-churn"]["split"] == "out-of-time"
    assert {"schema_version", "stage", "as_of", "outputs", "metrics", "warnings"} <= set(said)
    assert (said["stage"], said["as_of"]) == ("run", "2024-06")
    for output in said["outputs"]:
        assert Path(output["path"]).exists()
    page = (work / "reports" / "2024-06.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")


def test_every_table_keeps_its_contract(walked: tuple[Path, dict[str, Any]]) -> None:
    for name in GIVEN:
        assert tables.contract(name).require(table(walked[0], name).lazy()).collect().height


def test_rows_read_are_kept_rejected_or_copies_and_match_what_was_planted(walked: tuple[Path, dict[str, Any]]) -> None:
    truth = json.loads((SAMPLE / "answer_key" / "truth.json").read_text(encoding="utf-8"))["files"]
    sources = {source["source"]: source for source in walked[1]["metrics"]["ingest"]["sources"]}
    assert set(sources) == set(truth)
    for name, source in sources.items():
        assert source["rows_read"] == truth[name]["rows"]
        assert source["rows_duplicate"] == truth[name]["copies"]
        assert source["rows_rejected"] == sum(truth[name]["bad"].values())
        assert source["rows_read"] == source["rows_kept"] + source["rows_rejected"] + source["rows_duplicate"]


def test_no_personal_data_reach_the_working_directory(walked: tuple[Path, dict[str, Any]]) -> None:
    with (SAMPLE / "crm_customers.csv").open(encoding="utf-8-sig", newline="") as handle:
        people = list(csv.DictReader(handle))
    secrets = {person[name] for person in people for name in ("客户名称", "证件号码", "手机号码") if person[name]}
    assert len(secrets) > 3000
    for name in GIVEN:
        frame = table(walked[0], name)
        for column in frame.select(pl.col(pl.String)).columns:
            assert not secrets & set(frame[column].drop_nulls().unique()), f"{name}.{column}"
    for file in walked[0].rglob("*"):
        if file.suffix in {".json", ".html"}:
            text = file.read_text(encoding="utf-8")
            assert not [secret for secret in secrets if len(secret) > 8 and secret in text], file.name


def test_everyone_who_left_was_seen_leaving_in_that_month(walked: tuple[Path, dict[str, Any]]) -> None:
    left = (
        table(walked[0], "customer_months")
        .filter("left")
        .select("customer_id", month=pl.col("month").dt.strftime("%Y-%m"))
    )
    told = planted().filter(pl.col("leaves_in").is_not_null()).select("customer_id", month="leaves_in")
    both = left.join(told, on=["customer_id", "month"])
    assert both.height >= 0.98 * told.height
    assert both.height >= 0.98 * left.height


def test_planted_segments_are_found(walked: tuple[Path, dict[str, Any]]) -> None:
    found = table(walked[0], "segments").join(planted(), on="customer_id")
    assert adjusted_rand_score(found["planted_segment"], found["segment"]) > 0.7


def test_planted_value_is_ranked(walked: tuple[Path, dict[str, Any]]) -> None:
    found = table(walked[0], "value_scores").join(planted(), on="customer_id")
    assert spearmanr(found["lifetime_value"], found["planted_value"]).statistic > 0.9


@pytest.mark.slow
def test_segments_keep_their_names_and_take_in_the_customers_of_another_month(
    tmp_path: Path, walked: tuple[Path, dict[str, Any]]
) -> None:
    work = shutil.copytree(walked[0], tmp_path / "work")
    assert (
        called("segment", "-w", work, "--as-of", "2024-05", "--no-refit")[1]["error"]["code"] == "segment-none-before"
    )
    assert called("segment", "-w", work, "--as-of", "2024-05")[0] == 0
    code, said = called("segment", "-w", work, "--as-of", "2024-06")
    assert (code, said["skipped"]) == (0, False)
    may, june = (pl.read_parquet(work / f"segments/as_of=2024-{month}-01/*.parquet") for month in ("05", "06"))
    assert set(may["segment_name"]) == set(june["segment_name"]) == set(said["metrics"]["names"]["kept"])
    both = may.join(june, on="customer_id")
    assert (both["segment_name"] == both["segment_name_right"]).mean() > 0.8
    moves = pl.read_parquet(work / "segment_moves/as_of=2024-06-01/*.parquet").filter(pl.col("view") == "segment")
    outside = ("left", "not yet a customer", "returned", "inactive")
    assert moves.filter(~pl.col("to_group").is_in(outside))["customers"].sum() == june.height
    assert moves.filter(~pl.col("from_group").is_in(outside))["customers"].sum() == may.height
    assert said["metrics"]["evaluation"]["month"] == "2024-03"
    assert said["metrics"]["information_gain"] == said["metrics"]["evaluation"]["churn"]["information_gain"] > 0
    assert called("segment", "-w", work, "--as-of", "2024-06")[1]["skipped"]
    code, said = called("segment", "-w", work, "--as-of", "2024-06", "--no-refit")
    assert (code, said["skipped"]) == (0, False)
    centres = [pl.read_parquet(work / f"segment_centres/as_of=2024-{month}-01/*.parquet") for month in ("05", "06")]
    assert centres[0].sort("value")["value"].equals(centres[1].sort("value")["value"])


@pytest.mark.slow
def test_leavers_of_later_months_were_ranked_before_they_left(
    tmp_path: Path, walked: tuple[Path, dict[str, Any]]
) -> None:
    """Score as of March from March's data, then look at who left in May and June: out of time by construction."""
    work = shutil.copytree(walked[0], tmp_path / "work")
    code, _ = called("predict-churn", "-w", work, "--as-of", "2024-03")
    assert code == 0
    scores = pl.read_parquet(work / "churn_scores/as_of=2024-03-01/part-0.parquet")
    later = planted().select(
        "customer_id", leaves=pl.col("leaves_in").is_in(["2024-05", "2024-06"]).fill_null(value=False)
    )
    found = scores.join(later, on="customer_id")
    assert roc_auc_score(found["leaves"], found["churn_probability"]) > 0.65
    assert (
        abs(found["churn_probability"].mean() - found["leaves"].mean()) < 0.03
    )  # 1,600 customers: one in a hundred is noise


def test_a_rerun_skips_everything_and_changes_no_byte(walked: tuple[Path, dict[str, Any]]) -> None:
    work, _ = walked
    before = digest(work)
    code, said = called("run", SAMPLE, "-w", work)
    assert code == 0
    assert all(stage["skipped"] for stage in said["stages"])
    assert digest(work) == before


def flat(path: Path, rows: int = 900) -> Path:
    """A table with a row per customer: two numbers and a contract that move churn, one id-like text, one constant."""
    chance = np.random.default_rng(7)
    tenure = chance.integers(0, 72, rows)
    fee = chance.normal(70, 25, rows).clip(18, 120).round(2)
    monthly = chance.random(rows) < 0.55
    risk = 1 / (1 + np.exp(2.2 + 0.05 * tenure - 0.015 * fee - 1.6 * monthly))
    left = chance.random(rows) < risk
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["customerID", "tenure", "MonthlyCharges", "Contract", "Country", "Ref", "Churn"])
        for row in range(rows):
            label = "" if row % 30 == 0 else "Yes" if left[row] else "No"
            kind = "Month-to-month" if monthly[row] else "Two year"
            writer.writerow([f"{row:04d}-AB", tenure[row], fee[row], kind, "X", f"ref{row * 7919}", label])
    return path


@pytest.mark.slow
def test_a_flat_table_walks_the_same_road(tmp_path: Path) -> None:
    source = flat(tmp_path / "flat.csv")
    work = light(tmp_path / "work")
    code, said = called("run", source, "-w", work, "--map", "customer_id=customerID", "--map", "churned=Churn",
                        "--as-of", "2024-06")  # fmt: skip
    assert code == 0
    churn = said["metrics"]["predict-churn"]
    assert churn["split"] == "cross-validation"
    assert 0.65 < churn["auc"] < 0.95
    assert churn["auc_low"] < churn["auc"] < churn["auc_high"]
    scores = table(work, "churn_scores")
    assert scores.height == 900
    assert scores["labelled"].value_counts().sort("labelled").rows() == [("final-model", 30), ("out-of-fold", 870)]
    months = table(work, "customer_months")
    asked = pl.read_csv(source, schema_overrides={"customerID": pl.String})
    back = months.join(asked, left_on="customer_id", right_on="customerID")
    assert back["tenure_months"].to_list() == back["tenure"].to_list()
    assert back["revenue"].to_list() == back["MonthlyCharges"].to_list()


BEFORE_CHURN = {
    table
    for stage in STAGES
    if stage.name in ("ingest", "customer-months", "segment", "score-value")
    for table in stage.gives
}
"""Tables that hang on no model of churn."""
CHAIN = """
set -e
telcli ingest "$1" -w "$2" -q
telcli segment -w "$2" -q
telcli score-value -w "$2" -q
telcli predict-churn -w "$2" -q
telcli report -w "$2" --format json
"""


@pytest.mark.slow
def test_the_five_stages_chain_in_a_shell_script(tmp_path: Path, walked: tuple[Path, dict[str, Any]]) -> None:
    """In another place they give the same bytes. Of processes of their own models are not coarser, and churn hangs on
    them: that it is the same anywhere too is shown by `test_every_stage_gives_the_same_from_python`.
    """
    light(tmp_path / "work")
    ran = subprocess.run(
        ["sh", "-c", CHAIN, "chain", str(SAMPLE), str(tmp_path / "work")],
        capture_output=True,
        text=True,
        check=False,
        env={
            "TELCLI_KEY": os.environ["TELCLI_KEY"],
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(tmp_path),
        },
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert json.loads(ran.stdout)["stage"] == "report"
    mine, other = digest(walked[0]), digest(tmp_path / "work")
    shared = {name for name in mine if name.partition("/")[0] in BEFORE_CHURN}
    assert len(shared) > 40
    assert {name: other.get(name) for name in shared} == {name: mine[name] for name in shared}
