"""The labelled sets of `churn_quality.py`: public files in a folder, and customers drawn here whose law is known.

Each set says what a wasted contact and a missed churner cost each customer. A public file is parted by stratified
folds, or small samples are drawn from it; drawn sets are new every time (five of a seed up to 10,000 rows), and 20,000
other customers test them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.model_selection import StratifiedKFold

from telcli.methods.calibration import level_shift

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
WORTH, CONTACT = 12, 2  # months of the bill that a missed churner and a wasted contact cost
_SMALL = 10_000


@dataclass(frozen=True)
class Part:
    """Customers to learn from and others to test on, the label, and the costs of a wasted contact and of a miss."""

    frame: pl.DataFrame
    y: NDArray[np.int64]
    wasted: Array
    missed: Array
    learn: Rows
    check: Rows


@dataclass(frozen=True)
class LabelledSet:
    """`parts` gives, by seed, what to learn from and to test on; `overlap` is rows tested over rows learned from,
    for folds of one file (Nadeau and Bengio), 0 where every draw is new."""

    name: str
    parts: Callable[[int], Iterator[Part]]
    overlap: float


def sets_of(folder: Path) -> dict[str, LabelledSet]:
    """Every set by name; a file is read when its set is asked for."""
    found = [LabelledSet(name, partial(folded, read, folder, folds), 1 / (folds - 1)) for name, read, folds in FILES]
    for rows in (50, 200, 500, 1000, 2000):
        for name, read in (("ibm", ibm), ("telco-zh", chinese)):
            found.append(LabelledSet(f"{name}-{rows}", partial(sampled, read, folder, rows), 0.0))
    for kind, draw in (("sim", plain), ("codes", codes)):
        for size, rows in (("200", 200), ("1k", 1000), ("10k", 10_000), ("100k", 100_000), ("1m", 1_000_000)):
            for share in (1, 5, 25):
                name = f"{kind}-{size}-{share}%"
                found.append(LabelledSet(name, partial(drawn, draw, rows, share / 100), 0.0))
    found.append(LabelledSet("wide-5k-10%", partial(drawn, wide, 5000, 0.1), 0.0))
    return {labelled.name: labelled for labelled in found}


def folded(read: Callable[[Path], tuple], folder: Path, folds: int, seed: int) -> Iterator[Part]:
    frame, y, wasted, missed = cache(read)(folder)
    for learn, check in StratifiedKFold(folds, shuffle=True, random_state=seed).split(y, y):
        yield Part(frame, y, wasted, missed, learn, check)


def sampled(read: Callable[[Path], tuple], folder: Path, rows: int, seed: int) -> Iterator[Part]:
    """Five small samples of a file, each tested on all other rows."""
    frame, y, wasted, missed = read(folder)
    for draw in range(5):
        order = np.random.default_rng([seed, draw]).permutation(y.size)
        if 0 < y[order[:rows]].sum() < rows:
            yield Part(frame, y, wasted, missed, np.sort(order[:rows]), np.sort(order[rows:]))


def drawn(draw: Callable[..., tuple], rows: int, rate: float, seed: int) -> Iterator[Part]:
    for again in range(5 if rows <= _SMALL else 1):
        frame, y, fee = draw(np.random.default_rng([seed, rows, again]), rows + 20_000, rate)
        if y[:rows].any():
            yield Part(frame, y, CONTACT * fee, WORTH * fee, np.arange(rows), np.arange(rows, y.size))


def ibm(folder: Path) -> tuple:
    table = pl.read_csv(folder / "ibm-telco" / "Telco-Customer-Churn.csv", infer_schema_length=None, null_values=[" "])
    return _of_bill(table.drop("customerID", "Churn"), table["Churn"] == "Yes", table["MonthlyCharges"])


def ibm_workbooks(folder: Path) -> tuple:
    """The five workbooks joined, less what is known only afterwards."""
    book = folder / "ibm-telco-xlsx"
    table = pl.read_excel(book / "Telco_customer_churn.xlsx", engine="openpyxl").sort("CustomerID")
    table = table.select("CustomerID", "Churn Value", "City", "Zip Code", "Latitude", "Longitude")
    for part, drop in (("services", ["Count", "Quarter"]), ("demographics", ["Count"])):
        more = pl.read_excel(book / f"Telco_customer_churn_{part}.xlsx", engine="openpyxl").drop(drop)
        table = table.join(more, left_on="CustomerID", right_on="Customer ID", maintain_order="left")
    table = table.with_columns(pl.col("Zip Code").cast(pl.String))
    return _of_bill(table.drop("CustomerID", "Churn Value"), table["Churn Value"] == 1, table["Monthly Charge"])


def telecomx(folder: Path) -> tuple:
    rows = json.loads((folder / "telecomx-json" / "TelecomX_Data.json").read_text(encoding="utf-8"))
    flat = []
    for row in rows:
        account = dict(row["account"])
        charges = account.pop("Charges")
        flat.append({**row["customer"], **row["phone"], **row["internet"], **account, **charges, "label": row["Churn"]})
    table = pl.DataFrame(flat).filter(pl.col("label").is_in(["Yes", "No"]))
    table = table.with_columns(pl.col("Total").str.strip_chars().cast(pl.Float64, strict=False))
    return _of_bill(table.drop("label"), table["label"] == "Yes", table["Monthly"])


def chinese(folder: Path) -> tuple:
    place = folder / "telco-zh"
    table = pl.read_csv(place / "custinfo.csv").join(pl.read_csv(place / "churn.csv"), on="Customer_ID")
    table = table.join(pl.read_csv(place / "tariff.csv"), on="Tariff", how="left").sort("Customer_ID")
    return _of_bill(table.drop("Customer_ID", "Churn"), table["Churn"] == 1, table["Fixed_cost"].fill_null(10.0))


def television(folder: Path) -> tuple:
    table = pl.read_csv(folder / "tv-subscription-costs" / "churn_tv_subscriptions.csv.gz").with_columns(
        (pl.selectors.numeric()).cast(pl.Float64)
    )
    costs = ["C_FP", "C_FN", "C_TP", "C_TN"]
    # A churner who is contacted costs C_TP: it is the difference to that which a miss costs.
    missed = table["C_FN"] - table["C_TP"]
    features = table.drop("id", "target", *costs)
    return _framed(features), table["target"].cast(pl.Int64).to_numpy(), table["C_FP"].to_numpy(), missed.to_numpy()


def megaline(folder: Path) -> tuple:
    """What each user did in the first 30 days, and whether they left later: 34 of 500 did."""
    place = folder / "megaline"
    users = pl.read_csv(place / "megaline_users.csv", try_parse_dates=True)
    table = users.with_columns(month=pl.col("reg_date") + pl.duration(days=30))
    for name, when, what in (
        ("calls", "call_date", "duration"),
        ("internet", "session_date", "mb_used"),
        ("messages", "message_date", None),
    ):
        rows = pl.read_csv(place / f"megaline_{name}.csv", try_parse_dates=True).join(table, on="user_id")
        rows = rows.filter(pl.col(when) < pl.col("month"))
        amount = pl.col(what).sum() if what else pl.len().cast(pl.Float64)
        used = rows.group_by("user_id").agg(amount.alias(f"{name}_amount"), pl.len().alias(f"{name}_count"))
        table = table.join(used, on="user_id", how="left")
    table = table.filter(
        (pl.col("month") <= pl.date(2018, 12, 31)) & (pl.col("churn_date") > pl.col("month")).fill_null(True)
    )
    table = table.sort("user_id")
    fee = table["plan"].replace_strict({"surf": 20.0, "ultimate": 70.0})
    features = table.drop("user_id", "first_name", "last_name", "churn_date", "month")
    features = features.with_columns(pl.col("reg_date").dt.ordinal_day())
    return _of_bill(features, table["churn_date"].is_not_null(), fee)


FILES = [
    ("ibm", ibm, 5),
    ("ibm-workbooks", ibm_workbooks, 5),
    ("telecomx", telecomx, 5),
    ("telco-zh", chinese, 5),
    ("tv", television, 2),
    ("megaline", megaline, 5),
]


def plain(rng: np.random.Generator, rows: int, rate: float) -> tuple:
    """Thirty columns: bends, steps, pairs that matter together, categories, gaps that tell and that do not."""
    tenure, fee = rng.gamma(1.5, 20, rows), rng.lognormal(3.5, 0.6, rows)
    data, change = rng.lognormal(6, 1.5, rows), rng.normal(0, 0.4, rows)
    complaints, ends = rng.poisson(0.3, rows), rng.uniform(-60, 700, rows)
    contract = rng.choice(["month", "year", "two years"], rows, p=[0.5, 0.3, 0.2])
    region, plan = rng.integers(0, 14, rows), np.minimum(rng.geometric(0.06, rows), 40)
    paid = rng.choice(["cash", "card", "bank", "app"], rows)
    noise = rng.normal(size=(rows, 16))
    by_plan, by_region = np.random.default_rng(1).normal(0, 0.5, 41), np.random.default_rng(2).normal(0, 0.3, 14)
    score = (
        1.2 * np.exp(-tenure / 10)
        - 0.9 * (contract == "two years")
        + 0.5 * (contract == "month")
        + 0.7 * np.abs(np.log(fee / 33))
        - 0.25 * np.log(data / 400)
        - 1.2 * np.minimum(change, 0.1)
        + 0.5 * np.minimum(complaints, 3)
        + 0.9 * ((ends > 0) & (ends < 45))
        + 0.6 * (paid == "cash")
        + 0.8 * (contract == "month") * (change < -0.3)
        + 0.6 * (noise[:, 0] > 0) * (noise[:, 1] > 0)
        + 0.3 * noise[:, 2]
        + by_plan[plan]
        + by_region[region]
    )
    silent = rng.random(rows) < 0.15
    y = _leaves(rng, score + 0.7 * silent, rate)
    table = pl.DataFrame(
        {
            "tenure": tenure, "bill": fee, "data": data, "data_change": change, "complaints": complaints,
            "contract_days": np.where(contract == "month", np.nan, ends), "contract": contract,
            "region": [f"R{k}" for k in region], "tariff": [f"P{k}" for k in plan], "paid_by": paid,
            "last_survey": np.where(silent, np.nan, rng.normal(size=rows)), "senior": rng.integers(0, 2, rows),
            **{f"n{j}": np.where(rng.random(rows) < 0.05, np.nan, noise[:, j]) for j in range(16)},
        }
    )  # fmt: skip
    return _framed(table), y, fee


def codes(rng: np.random.Generator, rows: int, rate: float) -> tuple:
    """As `plain`, and post codes, branches, dealers and handsets by the thousand, each with a leaning of its own."""
    frame, _, fee = plain(rng, rows, rate)
    monthly = (frame["x_contract"] == "month").to_numpy()
    score, law, more = 0.3 * frame["x_n3"].fill_nan(0.0).to_numpy() + 0.5 * monthly, np.random.default_rng(3), {}
    for name, levels, spread in (
        ("post_code", 5000, 0.5), ("branch", 800, 0.5), ("dealer", 2000, 0.7), ("handset", 1000, 0.4)
    ):  # fmt: skip
        weight = 1.0 / (np.arange(levels) + 5.0) ** 0.8
        found = rng.choice(levels, rows, p=weight / weight.sum())
        score += law.normal(0, spread, levels)[found]
        more[f"x_{name}"] = pl.Series([f"{name[0].upper()}{code:05d}" for code in found])
    return frame.with_columns(**more), _leaves(rng, score, rate), fee


def wide(rng: np.random.Generator, rows: int, rate: float) -> tuple:
    """2,000 columns, of which twenty matter."""
    values = rng.normal(size=(rows, 2000)).astype(np.float32)
    score = values[:, :20] @ np.linspace(0.5, 0.1, 20) + 0.3 * np.abs(values[:, 0])
    frame = pl.DataFrame({f"n{j}": values[:, j] for j in range(2000)})
    return _framed(frame), _leaves(rng, score.astype(np.float64), rate), rng.lognormal(3.5, 0.6, rows)


def _leaves(rng: np.random.Generator, score: Array, rate: float) -> NDArray[np.int64]:
    """Labels whose expected rate is `rate`."""
    shift = level_shift(score, np.full(score.size, rate))
    return (rng.random(score.size) < expit(score + shift)).astype(np.int64)


def _framed(table: pl.DataFrame) -> pl.DataFrame:
    return table.rename({name: f"x_{name}" for name in table.columns}).with_columns(month=pl.lit(None))


def _of_bill(table: pl.DataFrame, label: pl.Series, bill: pl.Series) -> tuple:
    fee = bill.cast(pl.Float64).to_numpy()
    return _framed(table), label.cast(pl.Int64).to_numpy(), CONTACT * fee, WORTH * fee
