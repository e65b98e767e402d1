"""Make the golden working directory of a version: ``python -m tests.golden.workdirs.make VERSION-formatN``.

Run it at the commit of a release, once, and keep what it writes beside this file: every later version must go on with
it (tests/trust/test_golden_workdirs.py). It holds a small operator's working directory after every stage, with a model,
pages, task sheets, a purged person and pseudonyms of the test key, and ``next/``, the extracts of the month after.
An archive is never made anew: what a released version wrote stays what it was.
"""

from __future__ import annotations

import contextlib
import io
import lzma
import os
import sys
import tarfile
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from tests.coarser import coarser_churn_models
from tests.loop import extracts
from tests.loop.operator import FIRST, Operator, month_of
from tests.loop.walk import Walk, called, settings

__all__ = ["HERE", "KEY", "packed"]

HERE = Path(__file__).parent
KEY = "5e" * 32
"""The key of pseudonyms of all tests."""
CUSTOMERS, KNOWN = 42, 5
"""Customers at first, and months that are brought at once."""
_MORE = """
[segment]
algorithm = "kmeans"
max_segments = 4
"""
_ASIDE = ("assess-credit", "recommend-offers", "score-satisfaction", "complaints", "detect-fraud", "profile")


def packed(name: str) -> Path:
    """Make the directory and pack it; the path of the archive."""
    target = HERE / f"{name}.tar.xz"
    if target.exists():
        raise SystemExit(f"{target.name} is there: an archive is never made anew.")
    os.environ["TELCLI_KEY"] = KEY
    with TemporaryDirectory() as folder, contextlib.chdir(folder), coarser_churn_models():
        made(Path())
        pack(Path(), target)
    return target


def pack(place: Path, target: Path) -> None:
    """Pack the working directory and the extracts of the next month."""
    with (
        lzma.open(target, "wb", preset=9 | lzma.PRESET_EXTREME) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w") as archive,
    ):
        for file in sorted(one for top in ("work", "next") for one in (place / top).rglob("*")):
            if file.is_file() and file.name != ".lock":
                _add(archive, file, str(file.relative_to(place)))


def _add(archive: tarfile.TarFile, file: Path, name: str) -> None:
    """One file, without what says who made it and when."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = file.stat().st_size, 0o644
    archive.addfile(entry, io.BytesIO(file.read_bytes()))


def made(place: Path) -> None:
    """A working directory in which every stage has run, and the extracts of the month that follows."""
    world = Operator(3, customers=CUSTOMERS)
    world.manager %= 3
    walk = Walk(world, place, hands=60)
    walk.work.mkdir(parents=True)
    (walk.work / "telcli.toml").write_text(_settings(), encoding="utf-8")
    walk.run("ingest", delivered(world, range(1 - KNOWN, 1), place / "first"))
    for command in ("segment", "score-value", "predict-churn"):
        walk.run(command)
    walk.plan()
    walk.live()
    code, said = called("purge", "--customer", "C000007", "-w", walk.work)
    assert code == 0, said
    walk.run("ingest", delivered(world, [world.now], place / "second"))
    for command in ("segment", "assess-credit", "score-value"):
        walk.run(command)
    walk.run("predict-churn", "--model", walk.work / f"models/as_of={FIRST}/churn.skops")
    walk.learn()
    walk.run("campaigns")
    for command in _ASIDE:
        walk.run(command)
    walk.run("monitor", "--watch", "kpis,mix,pipeline,days,lifecycle")
    walk.run("report")
    world.now += 1
    delivered(world, [world.now], place / "next")


def _settings() -> str:
    """Those of the loop; so few customers tell by the contract's end alone who leaves, which counts as a leak."""
    return settings("auto", 60).replace("trust_export", "exclude") + _MORE


def delivered(world: Operator, months: range | list[int], folder: Path) -> Path:
    """Extracts of some months: those of the operator, and small ones of what it does not have."""
    frames = extracts.frames(world, months)
    ids = frames["usage"].select("customer_id", "month")
    frames["payments"] = frames["bills"].filter(pl.col("kind") == "recurring").select(
        payment_id=pl.format("P{}{}", pl.col("month").dt.strftime("%y%m"), "customer_id"),
        customer_id="customer_id",
        paid_at=pl.col("month").dt.offset_by("11d").dt.strftime("%Y-%m-%d 10:00:00"),
        amount="amount",
        method=pl.lit("wallet"),
        channel=pl.lit("app"),
    ).filter(pl.int_range(pl.len()) % 9 > 0)  # fmt: skip
    frames["surveys"] = _surveys(ids)
    frames["products"] = _products(frames["subscriptions"])
    frames["campaigns"] = _campaigns(frames["customers"], max(months))
    frames["calls"] = _calls(ids)
    folder.mkdir(parents=True)
    for name, frame in frames.items():
        frame.write_csv(folder / f"{name}.csv")
    return folder


def _surveys(ids: pl.DataFrame) -> pl.DataFrame:
    latest = ids.filter(pl.col("month") == pl.col("month").max())
    items = pl.DataFrame({"item": ["Overall", "Price", "Network"]})
    asked = latest.filter(pl.int_range(pl.len()) % 2 == 0).join(items, how="cross")
    return asked.select(
        "customer_id",
        "item",
        surveyed_on=pl.col("month").dt.offset_by("20d"),
        score=5 + (pl.int_range(pl.len()) * 7 % 11) % 6,
        nps=pl.int_range(pl.len()) * 3 % 11,
    )


def _products(lines: pl.DataFrame) -> pl.DataFrame:
    offered = pl.DataFrame(
        {"product_id": ["video", "roaming", "cloud"], "monthly_fee": [15.0, 10.0, 6.0], "every": [2, 3, 4]}
    )
    held = lines.with_row_index("row").join(offered, how="cross").filter(pl.col("row") % pl.col("every") == 0)
    return held.select("subscription_id", "product_id", "monthly_fee", started_on=pl.col("activated_on"))


def _campaigns(customers: pl.DataFrame, month: int) -> pl.DataFrame:
    treated = pl.int_range(pl.len()) % 4 != 0
    return customers.select(
        "customer_id",
        campaign_id=pl.lit(f"SPRING{month}"),
        arm=pl.when(treated).then(pl.lit("treated")).otherwise(pl.lit("held_out")),
        offer_id=pl.lit("GIFT"),
        channel=pl.lit("sms"),
        contacted_on=pl.lit(month_of(month) + timedelta(4)),
        cost=pl.lit(1.0),
    )


def _calls(ids: pl.DataFrame) -> pl.DataFrame:
    """Few calls, of the last month, so that hours of the day and counterparts are there."""
    last = ids.filter(pl.col("month") == pl.col("month").max()).head(2)
    turns = pl.DataFrame({"turn": range(5)})
    hour = pl.duration(hours=8 + pl.col("turn") * 29, minutes=pl.col("row") % 50)
    calls = last.join(turns, how="cross").with_row_index("row")
    return calls.select(
        "customer_id",
        started_at=(pl.col("month").cast(pl.Datetime) + hour).dt.strftime("%Y-%m-%d %H:%M:%S"),
        counterpart=pl.format("154{}", (pl.col("row") * 7919 % 90000000 + 10000000).cast(pl.String)),
        direction=pl.when(pl.col("row") % 2 == 0).then(pl.lit("out")).otherwise(pl.lit("in")),
        kind=pl.lit("voice"),
        duration_s=30 + pl.col("row") * 13 % 400,
    )  # fmt: skip


if __name__ == "__main__":
    print(packed(sys.argv[1]))  # noqa: T201
