"""Names and numbers planted in attributes that ingest lets in: the model, its side-car and the results hold none."""

import csv
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from telcli.cli import main

GIVEN = ["Ivan", "Li", "Zoe", "Wen", "Omar", "Kofi"]
FAMILY = ["Petrov", "Novak", "Quist", "Abara", "Haddad", "Mensah"]
NUMBERS = [f"555-01{i:02d}-77{i}" for i in range(8)]
SHOPS = [f"Corner {i:02d} shop" for i in range(70)]
SECRETS = [*GIVEN[2:], *FAMILY, *NUMBERS, "Given", "Family", "Corner", "K000"]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One labelled table, its planted columns all telling a little of who leaves; ingested and scored."""
    place, rng = tmp_path_factory.mktemp("persons"), np.random.default_rng(4)
    rows, body = 1400, []
    for i in range(rows):
        name, shop, number = rng.integers(6), rng.integers(70), rng.integers(8)
        risk = 0.1 + 0.25 * (name < 2) + 0.3 * (shop < 20) + 0.15 * (number < 2)
        body.append(
            {
                "customer_id": f"K{i:05d}",
                "tenure": int(rng.integers(1, 60)),
                "Dealer contact": f"{GIVEN[name]} {FAMILY[name]}",
                "Served by": f"Given{name * 7} Family{name * 7}",
                "second line": NUMBERS[number],
                "Outlet": SHOPS[shop],
                "colour": "red" if rng.random() < 0.5 else "blue",
                "churned": "Yes" if rng.random() < risk else "No",
            }
        )
    with (place / "customers.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(body[0]))
        writer.writeheader()
        writer.writerows(body)
    assert main(["ingest", str(place / "customers.csv"), "-w", str(place / "w"), "-q"]) == 0
    assert main(["customer-months", "-w", str(place / "w"), "-q"]) == 0
    assert main(["predict-churn", "-w", str(place / "w"), "-q", "--compare", "quick"]) == 0
    return place / "w"


def test_the_attributes_came_through_ingest(work: Path) -> None:
    """Else nothing below could fail."""
    columns = pl.read_parquet(work / "customers").columns
    assert {"x_Dealer_contact", "x_Served_by", "x_second_line", "x_Outlet"} <= set(columns)


def test_neither_the_model_nor_its_side_car_holds_a_name(work: Path) -> None:
    files = [file for file in (work / "models").rglob("*") if file.is_file()]
    assert {file.suffix for file in files} == {".skops", ".json"}
    for file in files:
        body = file.read_bytes()
        assert [secret for secret in SECRETS if secret.encode() in body] == [], file.name
    (side,) = (json.loads(file.read_text()) for file in files if file.suffix == ".json")
    kept = {told["name"]: told for told in side["features"]}
    assert not {"x_Dealer_contact", "x_Served_by", "x_second_line"} & set(kept)
    assert kept["x_Outlet"]["hashed"]
    assert len(kept["x_Outlet"]["levels"]) > 60
    assert sorted(kept["x_colour"]["levels"]) == ["blue", "red"], "few values are told as they are"


def test_no_result_table_holds_a_name(work: Path) -> None:
    tables = [folder for folder in sorted(work.glob("churn_*")) if any(folder.rglob("*.parquet"))]
    assert {"churn_scores", "churn_shapes", "churn_drivers"} <= {folder.name for folder in tables}
    for folder in tables:
        frame = pl.read_parquet(folder)
        texts = [name for name, kind in frame.schema.items() if kind == pl.String and name != "customer_id"]
        shown = set().union(*(frame[name].drop_nulls().unique().to_list() for name in texts))
        secrets = [
            secret for secret in SECRETS if (folder.name, secret) != ("churn_by", "Corner")
        ]  # outlets, no persons
        assert [text for text in shown if any(secret in text for secret in secrets)] == [], folder.name
    scores = pl.read_parquet(work / "churn_scores")
    said = set().union(*(scores[f"reason_{n}"].drop_nulls().to_list() for n in (1, 2, 3)))
    assert "Outlet: risk of this value" in said


def test_what_is_left_out_is_told(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["predict-churn", "-w", str(work), "--format", "json", "--compare", "quick"]) == 0
    told = json.loads(capsys.readouterr().out)
    left_out = told["metrics"]["left_out"]
    names = ("x_Dealer_contact", "x_Served_by", "x_second_line")
    assert [left_out[name] for name in names] == ["may name persons"] * 3
    (notice,) = (one["message"] for one in told["warnings"] if one["code"] == "columns-of-persons")
    assert "Dealer_contact, Served_by, second_line" in notice
