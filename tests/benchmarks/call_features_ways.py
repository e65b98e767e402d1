"""Ways to the same thirteen features of calls, each imported only where it is run; see `call_features`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from call_features_sql import CHDB, DUCKDB, SPARK

FEATURES = [
    *("calls_out", "calls_in", "call_minutes_out", "call_minutes_in", "texts_out", "counterparts"),
    *("counterpart_entropy", "counterpart_balance", "counterpart_top_share", "night_share", "interaction_days"),
    *("interevent_mean_s", "interevent_sd_s"),
]
LIMIT = 2_000_000
"""Rows of a file that are worked on at a time."""
GROUP = 100_000
Way = Callable[[Path, int], pl.DataFrame]


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("month=*/bucket=*/part-0.parquet"))


def pieces(file: Path) -> list[pl.LazyFrame]:
    """A file whole, or where it is large by rows of whole customers, found at the edges of its row groups alone."""
    scan = pl.scan_parquet(file)
    rows = scan.select(pl.len()).collect().item()
    cuts = [0]
    for at in range(LIMIT, rows, LIMIT):
        edge, low = scan.slice(at, 1).select("customer_id").collect().item(), at
        while low > cuts[-1]:  # the first row of the customer at the edge
            low = max(low - GROUP, cuts[-1])
            before = scan.slice(low, at - low).select(pl.col("customer_id") < edge).collect()["customer_id"]
            if before.any():
                low += before.sum()
                break
        cuts += [low] if low > cuts[-1] else []
    return [scan.slice(low, high - low) for low, high in pairwise([*cuts, rows])]


def of_telcli() -> Way:
    from telcli.features.call_month import call_months

    def work(folder: Path, _: int) -> pl.DataFrame:
        months = [call_months(piece, features=FEATURES) for file in files(folder) for piece in pieces(file)]
        return pl.concat(months)

    return work


def by_time(folder: Path) -> Path:
    """The same rows as a foreign system has them: one file, in the order of time."""
    return folder.with_name(f"{folder.name}-by-time.parquet")


def of_telcli_foreign() -> Way:
    from telcli.features.call_month import call_months

    return lambda folder, _: call_months(pl.scan_parquet(by_time(folder)), features=FEATURES)


def of_polars() -> Way:
    def work(folder: Path, _: int) -> pl.DataFrame:
        rows = pl.scan_parquet(files(folder))
        voice, out, talk = pl.col("kind") == "voice", pl.col("direction") == "out", pl.col("kind") != "data"
        clock, minutes = pl.col("started_at").dt.time(), pl.col("duration_s") / 60
        night = (clock <= time(7)) | (clock >= time(19))
        gaps = pl.col("started_at").filter(talk).sort().diff().dt.total_microseconds() / 1e6
        base = rows.group_by("customer_id").agg(
            calls_out=(voice & out).sum(),
            calls_in=(voice & ~out).sum(),
            call_minutes_out=minutes.filter(voice & out).sum(),
            call_minutes_in=minutes.filter(voice & ~out).sum(),
            texts_out=((pl.col("kind") == "text") & out).sum(),
            interaction_days=pl.col("started_at").filter(talk).dt.date().n_unique(),
            night_share=pl.when(talk.any()).then((night & talk).sum() / talk.sum()),
            interevent_mean_s=gaps.mean(),
            interevent_sd_s=gaps.std(ddof=0),
        )
        known = rows.filter(talk & (pl.col("counterpart") != "unknown"))
        pairs = known.group_by("customer_id", "counterpart").agg(n=pl.len(), made=out.sum())
        share = pl.col("n") / pl.col("n").sum()
        people = pairs.group_by("customer_id").agg(
            counterparts=pl.len(),
            counterpart_entropy=-(share * share.log()).sum(),
            counterpart_balance=(pl.col("made") / pl.col("n")).mean(),
            counterpart_top_share=share.max(),
        )
        joined = base.join(people, on="customer_id", how="left").with_columns(pl.col("counterparts").fill_null(0))
        return joined.collect(engine="streaming")

    return work


def of_duckdb(places: Callable[[Path], list[Path]] = files) -> Way:
    import duckdb

    def work(folder: Path, _: int) -> pl.DataFrame:
        base = duckdb.connect()
        base.execute("SET threads = 2")
        query = DUCKDB.format(files=[str(file) for file in places(folder)])
        found = pl.from_arrow(base.sql(query).to_arrow_table())
        assert isinstance(found, pl.DataFrame)
        return found

    return work


def of_chdb() -> Way:
    import chdb

    def work(folder: Path, _: int) -> pl.DataFrame:
        plan = CHDB.format(files=f"{folder}/*/*/part-0.parquet", features=", ".join(FEATURES))
        found = pl.from_arrow(chdb.query(plan, "ArrowTable"))
        assert isinstance(found, pl.DataFrame)
        return found.with_columns(pl.col("customer_id").cast(pl.String), pl.col("counterparts").fill_null(0))

    return work


def of_pandas() -> Way:
    import pandas as pd

    columns = ["customer_id", "started_at", "counterpart", "direction", "kind", "duration_s"]

    def bucket(file: Path) -> pl.DataFrame:
        rows = pd.read_parquet(file, columns=columns)
        at, who = rows["started_at"], rows["customer_id"]
        voice, out, talk = rows["kind"] == "voice", rows["direction"] == "out", rows["kind"] != "data"
        minutes, second = rows["duration_s"].fillna(0) / 60, at.dt.hour * 3600 + at.dt.minute * 60 + at.dt.second
        night = (second <= 7 * 3600) | (second >= 19 * 3600)
        parts = {
            "calls_out": voice & out,
            "calls_in": voice & ~out,
            "call_minutes_out": minutes * (voice & out),
            "call_minutes_in": minutes * (voice & ~out),
            "texts_out": (rows["kind"] == "text") & out,
            "talk": talk,
            "night": night & talk,
        }
        found = pd.DataFrame(parts).groupby(who).sum()
        found["night_share"] = found["night"] / found["talk"].where(found["talk"] > 0)
        found["interaction_days"] = at.where(talk).dt.normalize().groupby(who).nunique()
        times = rows.loc[talk, ["customer_id", "started_at"]].sort_values(["customer_id", "started_at"])
        gaps = times.groupby("customer_id")["started_at"].diff().dt.total_seconds().groupby(times["customer_id"])
        found["interevent_mean_s"], found["interevent_sd_s"] = gaps.mean(), gaps.std(ddof=0)
        known = talk & (rows["counterpart"] != "unknown")
        pairs = out[known].groupby([who[known], rows["counterpart"][known]]).agg(["size", "sum"])
        person = pairs.index.get_level_values(0)
        whole = pairs["size"].groupby(person).transform("sum")
        share = pairs["size"] / whole
        found["counterparts"] = pairs["size"].groupby(person).size()
        found["counterparts"] = found["counterparts"].fillna(0)
        found["counterpart_entropy"] = -(share * np.log(share)).groupby(person).sum()
        found["counterpart_balance"] = (pairs["sum"] / pairs["size"]).groupby(person).mean()
        found["counterpart_top_share"] = share.groupby(person).max()
        plain = {name: found[name].astype(float).to_numpy() for name in FEATURES}
        return pl.DataFrame({"customer_id": found.index.to_list(), **plain}).with_columns(
            pl.col(FEATURES).fill_nan(None)
        )

    return lambda folder, _: pl.concat([bucket(file) for file in files(folder)])


def of_numba() -> Way:
    from call_features_kernel import passed

    unknown = pl.Series(["unknown"]).hash().item()
    columns = {
        "at": pl.col("started_at").cast(pl.Int64),
        "party": pl.col("counterpart").hash(),
        "out": pl.col("direction") == "out",
        "kind": pl.when(pl.col("kind") == "voice")
        .then(0)
        .when(pl.col("kind") == "text")
        .then(1)
        .otherwise(2)
        .cast(pl.Int8),
        "seconds": pl.col("duration_s").fill_null(0.0),
    }

    def bucket(rows: pl.DataFrame) -> pl.DataFrame:
        people = rows["customer_id"].rle().struct.unnest()
        ends = people["len"].cast(pl.Int64).cum_sum().to_numpy(writable=True)
        found = passed(ends, *(rows[name].to_numpy(writable=True) for name in columns), unknown)
        return pl.DataFrame(found, schema=FEATURES).with_columns(pl.all().fill_nan(None), customer_id=people["value"])

    def work(folder: Path, _: int) -> pl.DataFrame:
        scans = [pl.scan_parquet(file).select("customer_id", **columns) for file in files(folder)]
        return pl.concat([bucket(scan.collect(engine="streaming")) for scan in scans])

    few = {"customer_id": ["a"], "at": [0], "party": [1], "out": [True], "kind": [0], "seconds": [0.0]}
    types = {"party": pl.UInt64, "kind": pl.Int8}
    bucket(pl.DataFrame(few, schema_overrides=types))
    return work


def spark_way(found: Callable[[Any], Any]) -> Way:
    """Spark on this machine with two threads; its start and the end of its virtual machine are counted in."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    def work(folder: Path, _: int) -> pl.DataFrame:
        made = SparkSession.builder.master("local[2]").config("spark.sql.session.timeZone", "UTC")
        made = made.config("spark.ui.enabled", "false").config("spark.driver.memory", "6g")
        spark = made.config("spark.sql.shuffle.partitions", "8").config("spark.log.level", "ERROR").getOrCreate()
        spark.read.parquet(str(folder)).createOrReplaceTempView("events")
        result = pl.from_arrow(found(spark).toArrow())
        gateway = SparkContext._gateway
        spark.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()
        assert isinstance(result, pl.DataFrame)
        return result.with_columns(pl.col("counterparts").fill_null(0))

    return work


def of_spark_sql() -> Way:
    return spark_way(lambda spark: spark.sql(SPARK.format(features=", ".join(FEATURES))))


def of_spark_telcli() -> Way:
    """The function of telcli, bucket by bucket, by applyInArrow."""

    def months(bucket: Any) -> Any:
        import pyarrow as pa

        from telcli.features.call_month import call_months

        rows = pl.from_arrow(bucket)
        assert isinstance(rows, pl.DataFrame)
        found = call_months(rows.drop("bucket", "month").lazy(), features=FEATURES)
        table = found.select("customer_id", pl.col(FEATURES).cast(pl.Float64)).to_arrow()
        return table.set_column(0, "customer_id", table["customer_id"].cast(pa.string()))

    schema = ", ".join(["customer_id string", *(f"{name} double" for name in FEATURES)])
    return spark_way(lambda spark: spark.table("events").groupBy("bucket").applyInArrow(months, schema))


def of_bandicoot() -> Way:
    from tests.features.bandicoot_old import revive

    revive()
    import bandicoot
    from bandicoot import individual as own

    both = {"interaction": "callandtext", "groupby": None}

    def user(rows: pl.DataFrame) -> Any:
        found = bandicoot.core.User()
        kinds = {"voice": "call", "text": "text"}
        found.records = [
            bandicoot.core.Record(kinds[kind], way, other, at, seconds, bandicoot.core.Position())
            for at, other, way, kind, seconds in rows.filter(pl.col("kind") != "data").iter_rows()
        ]
        return found

    def person(who: Any) -> tuple[float | None, ...]:
        def of(function: Any, kind: str = "callandtext", **more: Any) -> Any:
            return function(who, **both | {"interaction": kind}, **more)["allweek"]["allday"][kind]

        def way(function: Any, kind: str, direction: str, **more: Any) -> Any:
            return of(function, kind, direction=direction, **more)

        lengths = [way(own.call_duration, "call", each, summary=None) or [] for each in ("out", "in")]
        per = of(own.interactions_per_contact, summary=None)
        return (
            *(way(own.number_of_interactions, "call", each) for each in ("out", "in")),
            *(sum(each) / 60 for each in lengths),
            way(own.number_of_interactions, "text", "out"),
            of(own.number_of_contacts),
            of(own.entropy_of_contacts),
            of(own.balance_of_contacts, weighted=False)["mean"],
            max(per) / sum(per),
            of(own.percent_nocturnal),
            of(own.active_days),
            *of(own.interevent_time).values(),
        )

    def work(folder: Path, sample: int) -> pl.DataFrame:
        columns = ["customer_id", "started_at", "counterpart", "direction", "kind", "duration_s"]
        rows = pl.scan_parquet(files(folder)[0]).select(columns)
        ids = rows.select(pl.col("customer_id").unique().sort().head(sample)).collect()["customer_id"]
        some = rows.filter(pl.col("customer_id") <= ids[-1]).collect()
        found = {who[0]: person(user(mine.drop("customer_id"))) for who, mine in some.group_by("customer_id")}
        return pl.DataFrame(list(found.values()), schema=FEATURES, orient="row").with_columns(
            customer_id=pl.Series(list(found))
        )

    return work


WAYS: dict[str, Callable[[], Way]] = {
    "telcli": of_telcli,
    "polars": of_polars,
    "duckdb": of_duckdb,
    "pandas": of_pandas,
    "numba": of_numba,
    "chdb": of_chdb,
    "spark-sql": of_spark_sql,
    "spark-telcli": of_spark_telcli,
    "telcli-foreign": of_telcli_foreign,
    "duckdb-foreign": lambda: of_duckdb(lambda folder: [by_time(folder)]),
    "bandicoot": of_bandicoot,
}
NEEDS = {name: {"spark": "pyspark"}.get(name.split("-")[0], name.split("-")[0]) for name in WAYS}
