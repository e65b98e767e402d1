"""Engines beside the embedded one: what travels, which files a cluster is named, and what is refused beforehand."""

from __future__ import annotations

import socket
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.errors import ExitCode, TelcliError
from telcli.features.customer_month import customer_months
from telcli.features.survey import evidence, span_of
from telcli.pipeline.engines import engine_for, spark_session
from telcli.pipeline.engines.sight import Opened, Sight
from telcli.pipeline.engines.spark_worker import declared, mapped, pack, unpacked
from telcli.pipeline.provenance import Manifest, Part, file_sha256
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.workdir import Workdir
from telcli.settings import CustomerMonthsSettings, PredictChurnSettings
from telcli.stages.engine import EMBEDDED
from tests.features.operators import random_operator
from tests.pipeline.clusters import laid, published


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_what_travels_in_parcels_makes_the_same(seed: int) -> None:
    tables = random_operator(seed, customers=20)
    span = span_of(evidence(tables))
    assert span is not None
    work = partial(customer_months, span=span)
    schemas = {name: dict(frame.collect_schema()) for name, frame in tables.items()}
    parcels = pl.concat(
        pl.DataFrame(pl.from_arrow(batch))
        for name, frame in tables.items()
        for batch in pack(
            frame.collect().to_arrow().to_batches(max_chunksize=7), name=name, schema=schemas[name], count=3
        )
    )
    assert parcels["bucket"].n_unique() == 3
    made = [
        pl.DataFrame(pl.from_arrow(unpacked(group.to_arrow(), work=work, schemas=schemas)))
        for group in parcels.partition_by("bucket")
    ]
    assert sum(one.height > 0 for one in made) == 3
    found = pl.concat(made).sort("customer_id", "month")
    assert found.equals(work(tables).collect())


def test_all_types_of_columns_come_back_as_they_went() -> None:
    kinds = {
        "customer_id": pl.String,
        "Plan `a`.b": pl.String,
        "flag": pl.Boolean,
        "lines": pl.UInt32,
        "small": pl.Int8,
        "day": pl.Date,
        "at": pl.Datetime("us"),
        "share": pl.Float64,
    }
    rows = [
        ("a", None, True, 2**32 - 1, -128, date(1900, 1, 1), datetime(2024, 3, 31, 2, 30, 0, 1), 0.1),
        ("b", "é", None, None, None, None, None, None),
    ]
    frame = pl.DataFrame(rows, schema=kinds, orient="row")
    (batch,) = pack(iter(frame.to_arrow().to_batches()), name="t", schema=frame.schema, count=1)
    back = unpacked(
        pl.DataFrame(pl.from_arrow(batch)).to_arrow(), work=lambda bucket: bucket["t"], schemas={"t": frame.schema}
    )
    typed = pl.DataFrame(pl.from_arrow(back)).select(pl.col(name).cast(kind) for name, kind in kinds.items())
    assert typed.equals(frame)
    assert "`Plan ``a``.b` string" in declared(frame.schema)


def test_rows_that_travel_come_back_in_the_types_that_are_made() -> None:
    rows = pl.DataFrame({"customer_id": ["a", "b", "c"], "lines": [1, 2, None]}, schema_overrides={"lines": pl.UInt32})
    kinds = {"customer_id": pl.String(), "lines": pl.UInt32(), "words": pl.String()}
    nothing = rows.clear().to_arrow().to_batches()
    batches = [*nothing, *rows.cast({"lines": pl.Int64}).to_arrow().to_batches(max_chunksize=2)]
    seen: list[pl.DataFrame] = []

    def work(part: pl.DataFrame) -> pl.DataFrame:
        seen.append(part)
        return part.with_columns(words=pl.lit(None))

    made = [
        pl.DataFrame(pl.from_arrow(one)) for one in mapped(iter(batches), work=work, schema=rows.schema, kinds=kinds)
    ]
    assert [part.height for part in seen] == [2, 1]
    assert pl.concat(seen).equals(rows)
    assert pl.concat(made).schema == {"customer_id": pl.String, "lines": pl.Int64, "words": pl.String}


def opened(place: Path) -> Opened:
    """Everything in a working directory, as a stage would find it."""
    workdir = Workdir(place)
    manifest = workdir.manifest()
    chosen = {name: manifest.partitions(name) for name in manifest.tables}
    tables = {name: workdir.scan(manifest, name, names) for name, names in chosen.items()}
    parts = {
        name: {one: partial(workdir.scan, manifest, name, (one,)) for one in names} for name, names in chosen.items()
    }
    return Opened(workdir, manifest, chosen, tables, parts)


def test_a_published_table_is_its_files_and_any_other_frame_is_written_for_the_cluster(tmp_path: Path) -> None:
    found = opened(laid(tmp_path / "work", random_operator(1)))
    sight = Sight(found, "hdfs://names/data/")
    bills, at = found.tables["bills"], "hdfs://names/data/"
    paths = [part.path for part in found.manifest.tables["bills"].values()]
    assert sight.files("bills", bills) == [f"{at}{path}" for path in sorted(paths)]
    few = bills.filter(pl.col("kind") == "total")
    (written,) = sight.files("bills", few)
    assert written.startswith(f"{at}.staging/")
    assert pl.read_parquet(tmp_path / "work" / written.removeprefix(at)).equals(few.collect())
    name, opener = next(iter(found.parts["bills"].items()))
    assert sight.part("bills", name, opener, bills.collect_schema()) == f"{at}bills/month={name}/part-0.parquet"
    other = sight.part("bills", name, lambda: few, bills.collect_schema())
    assert pl.read_parquet(tmp_path / "work" / other.removeprefix(at)).equals(few.collect())


def test_files_that_do_not_agree_on_a_type_are_settled_here(tmp_path: Path) -> None:
    kinds, parts = {"one": pl.Int64, "two": pl.Float64}, {}
    for name, kind in kinds.items():
        pl.DataFrame({"customer_id": [name], "x_a": [1]}, schema_overrides={"x_a": kind}).write_parquet(tmp_path / name)
        parts[name] = Part(name, file_sha256(tmp_path / name), 1, (tmp_path / name).stat().st_size)
    manifest, names = Manifest({"t": parts}), tuple(kinds)
    frame = Workdir(tmp_path).scan(manifest, "t", names)
    sight = Sight(Opened(Workdir(tmp_path), manifest, {"t": names}, {"t": frame}, {}), "")
    (written,) = sight.files("t", frame)
    assert pl.read_parquet(written.removeprefix("file://"))["x_a"].to_list() == [1.0, 1.0]


def test_no_result_depends_on_the_engine_and_so_none_is_made_twice(tmp_path: Path) -> None:
    place = laid(tmp_path / "work", random_operator(2))
    first = run_stage("customer-months", Request(place))
    before = published(place)
    again = run_stage("customer-months", Request(place, flags={"engine": "spark", "master": "local[2]"}))
    assert (first.skipped, again.skipped) == (False, True)
    assert published(place) == before


NOTHING = Opened(Workdir(Path()), Manifest(), {}, {}, {})


def refused(flags: dict[str, Any]) -> TelcliError:
    settings = CustomerMonthsSettings(**flags)
    with pytest.raises(TelcliError) as raised:
        engine_for("customer-months", settings, flags, NOTHING)
    return raised.value


def test_without_a_cluster_work_is_done_here() -> None:
    assert engine_for("customer-months", CustomerMonthsSettings(), {}, NOTHING) is EMBEDDED
    assert engine_for("segment", object(), {}, NOTHING) is EMBEDDED


@pytest.mark.parametrize("master", ["", "cluster:7077", "http://cluster:7077", "local[2", "sc://"])
def test_what_is_no_cluster_is_refused(master: str) -> None:
    error = refused({"engine": "spark", "master": master})
    assert (error.code, error.exit_code) == ("spark-master", ExitCode.USAGE)


def test_customers_are_scored_where_the_settings_say() -> None:
    assert engine_for("predict-churn", PredictChurnSettings(), {}, NOTHING) is EMBEDDED
    with pytest.raises(TelcliError) as raised:
        engine_for("predict-churn", PredictChurnSettings(engine="spark", master="nowhere"), {}, NOTHING)
    assert raised.value.code == "spark-master"
    assert raised.value.values["section"] == "predict-churn"


def test_a_cluster_named_in_vain_is_refused() -> None:
    assert refused({"master": "local[2]"}).code == "master-unused"


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None if name == "pyspark" else True)
    error = refused({"engine": "spark", "master": "local[2]"})
    assert (error.code, error.exit_code) == ("spark-extra", ExitCode.MISSING_INPUT)
    assert "pyspark" in str(error)
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None if name == "zstandard" else True)
    assert "zstandard" in str(refused({"engine": "spark", "master": "sc://127.0.0.1:1"}))


@pytest.mark.parametrize(
    "master", ["spark://127.0.0.1:{}", "spark://127.0.0.1:{0},127.0.0.1:{0}", "sc://127.0.0.1:{}/;a=b"]
)
def test_a_cluster_that_does_not_answer_is_told_at_once(master: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda _: True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # a port that nobody else gets and nobody listens at
        error = refused({"engine": "spark", "master": master.format(taken.getsockname()[1])})
    assert (error.code, error.exit_code) == ("spark-silent", ExitCode.USAGE)


def test_one_master_of_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda _: True)
    with socket.create_server(("127.0.0.1", 0)) as open_, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ports = (taken.getsockname()[1], open_.getsockname()[1])
        spark_session.require("spark://127.0.0.1:{},127.0.0.1:{}".format(*ports), "customer-months")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[JAVA_GATEWAY_EXITED] Java gateway process exited", "spark-java"),
        ("PythonException: ... ModuleNotFoundError: No module named 'polars'\n at ...", "spark-worker-lacks"),
        ("PythonException: ... ImportError: scikit-learn 1.9 is needed here, not 1.8\n at", "spark-worker-version"),
        ("[PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.9", "spark-worker-python"),
        ("[PATH_NOT_FOUND] Path does not exist: file:/data/work/bills", "spark-workdir"),
        ("All masters are unresponsive! Giving up.", "spark-silent"),
    ],
)
def test_what_fails_on_the_cluster_is_one_sentence(text: str, code: str) -> None:
    error = spark_session.told(text, "spark://a:7077", "file:///data/work")
    assert error is not None
    assert error.code == code


def test_what_is_not_known_is_left_as_it_is() -> None:
    assert spark_session.told("SchemaError: left", "spark://a:7077", "file:///data/work") is None
