"""Any stage: skipped when nothing changed, nothing published when it fails, snapshots side by side."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.errors import DataError, MissingInputError, Notice
from telcli.methods.level_rates import LevelRates
from telcli.pipeline.catalog import STAGES, stage
from telcli.pipeline.dropped import GONE
from telcli.pipeline.provenance import Basis
from telcli.pipeline.publish import publish
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.stage import Stage
from telcli.pipeline.workdir import Workdir
from telcli.settings import IngestSettings
from telcli.stages import Inputs, Outcome
from telcli.tables.refused import FAULTS, LINE, SOURCE

MONTHS = [date(2024, month, 1) for month in (4, 5, 6)]
BASIS = Basis("0", {}, 0, "", {}, {})


def ingested(place: Path, frame: pl.LazyFrame, settings: IngestSettings | None = None) -> None:
    metrics = {"sources": [{"source": "crm.csv", "table": "customers", "rows_read": 3}]}
    workdir = Workdir(place)
    with workdir.writing(0) as manifest:
        workdir.staging()
        outcome = Outcome({"customers": frame}, metrics)
        publish(stage("ingest"), workdir, manifest, outcome, settings or IngestSettings(), BASIS, None)


def customers(*ids: str | None) -> pl.LazyFrame:
    fault = pl.List(pl.Struct({"rule": pl.String, "column": pl.String, "value": pl.String}))
    return pl.LazyFrame(
        {
            "customer_id": list(ids),
            SOURCE: ["crm.csv"] * len(ids),
            LINE: range(2, len(ids) + 2),
            FAULTS: [[]] * len(ids),
        },
        schema_overrides={FAULTS: fault, "customer_id": pl.String},
    )


def months(inputs: Inputs, _: Any) -> Outcome:
    ids = inputs.tables["customers"].collect()["customer_id"]
    rows = [(name, month, True, False, 10.0) for name in ids for month in MONTHS]
    names = ["customer_id", "month", "active", "left", "revenue"]
    return Outcome({"customer_months": pl.LazyFrame(rows, schema=names, orient="row")}, {"months": 3})


def segments(inputs: Inputs, settings: Any) -> Outcome:
    seen = inputs.tables["customer_months"].collect()
    last = seen.filter(pl.col("month") == inputs.as_of)
    frame = last.select(
        "customer_id",
        as_of="month",
        segment=pl.lit(1, pl.Int64),
        segment_name=pl.lit(f"n{settings.n_segments}"),
        segment_name_zh=pl.lit("群"),
        customer_class=pl.lit("public"),
        lifecycle_stage=pl.lit("maturity"),
        consumption_tier=pl.lit("mid"),
    )
    return Outcome(
        {"segments": frame.lazy()}, {"months": seen["month"].n_unique()}, (Notice("n", "said {x}", {"x": 1}),)
    )


def modelled(inputs: Inputs, settings: Any) -> Outcome:
    outcome = segments(inputs, settings)
    model = LevelRates([0]).fit([[0.0], [1.0], [2.0]], [0, 0, 1])
    return Outcome(outcome.tables, models={"churn": (model, {"as_of": str(inputs.as_of)})})


def broken(inputs: Inputs, settings: Any) -> Outcome:
    frame = segments(inputs, settings).tables["segments"]
    return Outcome({"segments": frame.with_columns(consumption_tier=pl.lit("enormous"))})


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with customers and months, whose stages are the small functions above."""
    monkeypatch.chdir(tmp_path)
    using(monkeypatch, {"customer-months": months, "segment": segments})
    ingested(tmp_path / "work", customers("a", "b", "c"))
    run_stage("customer-months", Request(tmp_path / "work"))
    return tmp_path / "work"


def using(monkeypatch: pytest.MonkeyPatch, functions: dict[str, Callable[..., Outcome]]) -> None:
    monkeypatch.setattr(Stage, "load", lambda self: functions[self.name])


def content(place: Path) -> dict[str, bytes]:
    return {str(file.relative_to(place)): file.read_bytes() for file in place.rglob("*") if file.is_file()}


def test_a_stage_is_run_once_and_skipped_after(work: Path) -> None:
    first = run_stage("segment", Request(work))
    before = content(work)
    again = run_stage("segment", Request(work))
    assert (first.skipped, again.skipped) == (False, True)
    assert (first.metrics, first.notices, first.outputs) == (again.metrics, again.notices, again.outputs)
    assert content(work) == before
    assert first.as_of == MONTHS[-1]
    assert first.outputs[0].path == str(work / "segments/as_of=2024-06-01/part-0.parquet")
    assert pl.read_parquet(first.outputs[0].path).height == first.outputs[0].rows == 3
    assert first.notices[0].message == "said 1"
    forced = run_stage("segment", Request(work, force=True))
    assert not forced.skipped
    assert content(work) == before, "a forced rerun gives the same bytes"


def test_a_changed_setting_or_input_runs_it_again(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_stage("segment", Request(work))
    changed = run_stage("segment", Request(work, flags={"n_segments": 4}))
    assert not changed.skipped
    assert pl.read_parquet(changed.outputs[0].path)["segment_name"].unique().to_list() == ["n4"]
    ingested(work, customers("a", "b", "z"))
    run_stage("customer-months", Request(work))
    assert not run_stage("segment", Request(work, flags={"n_segments": 4})).skipped


def test_snapshots_stand_side_by_side_and_see_no_later_month(work: Path) -> None:
    june = run_stage("segment", Request(work))
    kept = content(work / "segments/as_of=2024-06-01")
    may = run_stage("segment", Request(work, as_of=MONTHS[1]))
    assert (june.metrics["months"], may.metrics["months"]) == (3, 2)
    assert content(work / "segments/as_of=2024-06-01") == kept
    assert pl.scan_parquet(work / "segments").collect()["as_of"].unique().sort().to_list() == MONTHS[1:]


def test_a_deleted_output_is_made_again(work: Path) -> None:
    run = run_stage("segment", Request(work))
    Path(run.outputs[0].path).unlink()
    assert not run_stage("segment", Request(work)).skipped
    assert Path(run.outputs[0].path).is_file()


def test_a_result_that_breaks_its_contract_changes_nothing(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_stage("segment", Request(work))
    before = content(work)
    using(monkeypatch, {"segment": broken})
    with pytest.raises(DataError, match=r"segments breaks its contract in 3 rows; first: one-of on consumption_tier"):
        run_stage("segment", Request(work, force=True))
    with Workdir(work).writing(0):
        pass
    assert content(work) == before


def test_too_many_rejects_change_nothing_and_say_why(work: Path) -> None:
    before = content(work)
    with pytest.raises(DataError, match=r"1 of 3 rows of crm.csv .* missing on customer_id .* crm\.csv line 3"):
        ingested(work, customers("a", None, "c"))
    with Workdir(work).writing(0):
        pass
    assert content(work).keys() - before.keys() == {"rejects.csv"}, "the refused lines stand beside"
    assert {name: found for name, found in content(work).items() if name != "rejects.csv"} == before


def test_few_rejects_are_kept_with_their_reasons(work: Path) -> None:
    ingested(work, customers("a", None, "a"), IngestSettings(max_reject_share=0.5))
    record = Workdir(work).manifest().stages["ingest"][""]
    (source,) = record.metrics["sources"]
    assert (source["rows_read"], source["rows_kept"], source["rows_rejected"], source["rows_duplicate"]) == (3, 1, 1, 1)
    assert (record.rejected, record.duplicates) == (1, 1)
    assert pl.read_parquet(work / "rejects/part-0.parquet")["rule"].to_list() == ["missing"]


def test_out_of_order_names_the_stage_to_run(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError) as caught:
        run_stage("segment", Request(tmp_path / "none"))
    assert "telcli ingest" in caught.value.hint
    assert not (tmp_path / "none").exists(), "asking for a result makes no directory"
    ingested(tmp_path / "work", customers("a", "b", "c"))
    with pytest.raises(MissingInputError, match="needs the table customer_months"):
        run_stage("segment", Request(tmp_path / "work"))


def test_a_month_that_is_not_there(work: Path) -> None:
    with pytest.raises(MissingInputError, match="nothing for 2023-01; months run from 2024-04 to 2024-06"):
        run_stage("segment", Request(work, as_of=date(2023, 1, 1)))


def test_a_damaged_input_is_refused(work: Path) -> None:
    victim = work / "customer_months/month=2024-05-01/part-0.parquet"
    victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    with pytest.raises(DataError, match="customer_months/month=2024-05-01") as caught:
        run_stage("segment", Request(work))
    assert "telcli customer-months" in caught.value.hint


def test_every_stage_has_a_place_in_the_walk() -> None:
    made: set[str] = set()
    for found in STAGES:
        own = set(found.gives) if found.name == "ingest" else set()  # what it held before
        assert set(found.needs) | set(found.uses) <= made | own
        made |= set(found.gives)


def test_each_month_keeps_its_own_model(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    using(monkeypatch, {"segment": modelled})
    for month in (MONTHS[1], MONTHS[2], MONTHS[1]):
        run = run_stage("segment", Request(work, as_of=month))
        side = next(Path(output.path) for output in run.outputs if output.path.endswith(".json"))
        assert f"as_of={month}" in str(side)
        assert str(month) in side.read_text()
    assert run.skipped, "May's model was left alone by June's run"


def test_pages_of_the_same_figures_stand_together_and_go_together(work: Path) -> None:
    def drawn(lang: str, **more: Any) -> list[str]:
        pages = {f"2024-06.{lang}.html": b"page"}
        run = run_stage("segment", Request(work, choices={"lang": lang}, render=lambda _: pages, **more))
        return [one.values["page"] for one in run.notices if one.code == "page-removed"]

    def pages() -> list[str]:
        return sorted(file.name for file in (work / "reports").iterdir())

    assert not [*drawn("en"), *drawn("zh")]
    assert pages() == ["2024-06.en.html", "2024-06.zh.html"]
    (said,) = drawn("en", flags={"n_segments": 5})
    assert pages() == ["2024-06.en.html"], "the Chinese page showed older figures"
    assert said == "reports/2024-06.zh.html"


def test_several_files_that_go_are_named_in_one_warning(work: Path) -> None:
    def drawn(*names: str, **more: Any) -> list[Any]:
        pages = dict.fromkeys(names, b"page")
        run = run_stage("segment", Request(work, choices={"files": names}, render=lambda _: pages, **more))
        return [one.values for one in run.notices if one.code in GONE]

    assert not drawn("a.html", "a.xlsx", "a.md")
    assert not drawn("b.html"), "other files of the same figures stay"
    (said,) = drawn("b.html", flags={"n_segments": 5})
    assert said == {"count": 3, "pages": "reports/a.html, reports/a.md, reports/a.xlsx"}


def test_the_report_leaves_out_what_its_inputs_have_outrun(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []

    def report(inputs: Inputs, _: Any) -> Outcome:
        seen.append(set(inputs.tables))
        row = {"as_of": inputs.as_of, "section": "kpi", "row": 1, "metric": "customers", "value": 3.0}
        return Outcome({"report_figures": pl.LazyFrame([row])})

    using(monkeypatch, {"customer-months": months, "segment": segments, "report": report})
    run_stage("segment", Request(work))
    run_stage("report", Request(work))
    ingested(work, customers("a", "b", "z"))
    run_stage("customer-months", Request(work))
    run_stage("report", Request(work))
    assert ["segments" in tables for tables in seen] == [True, False]


def test_a_stage_is_not_up_to_date_over_an_input_that_is_gone(work: Path) -> None:
    run_stage("segment", Request(work))
    (work / "customer_months/month=2024-05-01/part-0.parquet").unlink()
    with pytest.raises(DataError, match="customer_months/month=2024-05-01"):
        run_stage("segment", Request(work))


def test_a_working_directory_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "bills.csv").write_text("customer_id,month,amount\nC1,2024-05,30\nC1,2024-06,31\n")
    request = Request(workdir=tmp_path / "本[1]*?", sources=(tmp_path / "bills.csv",))
    assert run_stage("ingest", request).rows_in == 2
    (tmp_path / "july.csv").write_text("customer_id,month,amount\nC1,2024-07,30\n")
    run_stage("ingest", Request(workdir=request.workdir, sources=(tmp_path / "july.csv",)))
    found = run_stage("customer-months", Request(workdir=request.workdir))
    assert {output.table: output.rows for output in found.outputs} == {"customer_months": 3}
