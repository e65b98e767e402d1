"""However small the parts in which a table is landed, it is the same table, with the same rows refused."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest

from telcli.intake.cleaning import NO_FAULTS
from telcli.pipeline import parting
from telcli.pipeline.doors import Landed, land
from telcli.pipeline.keeping import Gatherer
from telcli.tables import contract


def bills(seed: int) -> pl.LazyFrame:
    chance = Random(seed)  # noqa: S311
    rows = [
        {
            "customer_id": f"C{chance.randrange(40):02}" if chance.random() > 0.02 else None,
            "month": date(2024, chance.randrange(1, 4), 1),
            "kind": chance.choice(("total", "voice", "no such kind")),
            "amount": float(chance.randrange(4)),
        }
        for _ in range(300)
    ]
    return pl.LazyFrame(rows).with_columns(NO_FAULTS, _source=pl.lit("a.csv"), _line=pl.int_range(2, 302))


def bills_by_month(seed: int) -> pl.LazyFrame:
    return bills(seed).sort("month", maintain_order=True)


def calls(seed: int) -> pl.LazyFrame:
    chance = Random(seed)  # noqa: S311
    rows = [
        {
            "customer_id": f"C{chance.randrange(40):02}" if chance.random() > 0.02 else None,
            "started_at": datetime(2024, 5, 31, 23) + timedelta(minutes=chance.randrange(90)),
            "counterpart": "10086",
            "direction": "out",
            "kind": "voice",
            "duration_s": float(chance.randrange(3)),
        }
        for _ in range(300)
    ]
    return pl.LazyFrame(rows).with_columns(NO_FAULTS, _source=pl.lit("a.csv"), _line=pl.int_range(2, 302))


def told(landed: Landed) -> tuple[dict[str, pl.DataFrame], list[object], int, list[object]]:
    tables = {name: pl.read_parquet(landed.staged[part.path]) for name, part in landed.parts.items()}
    rejects = landed.rejects.sort("source", "line", "rule", "column").rows()
    return tables, rejects, landed.rejected_rows, landed.copies.sort("source", "line").rows()


@pytest.mark.slow
@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize(("table", "made"), [("bills", bills), ("bills", bills_by_month), ("calls", calls)])
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_the_size_of_parts_does_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, made: object, seed: int, light: bool
) -> None:
    frame = made(seed)  # type: ignore[operator]
    whole = told(land(contract(table), frame, tmp_path / "whole", strict=False, light=light))
    monkeypatch.setattr(parting, "_CELLS", 100)
    monkeypatch.setattr(parting, "_BATCH", 32)
    monkeypatch.setattr(parting, "_BUFFERED", 70)
    monkeypatch.setattr(parting, "_RUN", 20)
    parted = told(land(contract(table), frame, tmp_path / "parted", strict=False, light=light))
    assert list(whole[0]) == list(parted[0])
    for name, rows in whole[0].items():
        assert parted[0][name].equals(rows)
        assert rows.equals(rows.sort(contract(table).key))
    assert whole[1:] == parted[1:]
    assert whole[2] > 0
    assert sum(rows.height for rows in whole[0].values()) + whole[2] + len(whole[3]) == 300


def test_many_rows_are_read_month_by_month_only_where_months_stand_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rules, apart, together = contract("bills"), contract("bills").conform(bills(0)), bills_by_month(0)
    assert len(parting.sifted(rules, apart) or ()) == 3
    monkeypatch.setattr(parting, "_CELLS", 100)
    monkeypatch.setattr(parting, "_RUN", 20)
    assert parting.sifted(rules, apart) is None
    assert [piece.name for piece in parting.sifted(rules, together) or ()] == ["2024-01-01", "2024-02-01", "2024-03-01"]


def gathered(folder: Path, count: int) -> tuple[pl.LazyFrame, Gatherer]:
    """Months of bills, of ever later customers, as a stage hands them on bucket by bucket."""
    months = [date(2024, number, 1) for number in (1, 2, 3)]
    buckets = [
        pl.DataFrame([{"customer_id": f"C{n:03}{k}", "month": at, "kind": "total"} for k in range(8) for at in months])
        for n in range(count)
    ]
    gather = Gatherer(folder)
    return gather((one.with_columns(amount=pl.lit(1.0)) for one in buckets), "month"), gather


def test_files_of_a_month_are_landed_as_the_frame_is_and_dropped_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parting, "_CELLS", 100)
    rules = contract("bills")
    frame, gather = gathered(tmp_path / "gathered", 12)
    files = gather.files(frame, "month")
    assert files is not None
    assert gather.files(frame.filter(True), "month") is None
    as_frame = land(rules, frame, tmp_path / "frame", strict=True, light=True)
    as_files = land(rules, frame, tmp_path / "files", strict=True, light=True, files=files)
    assert as_files.parts == as_frame.parts  # hashes and all
    assert not list((tmp_path / "gathered").iterdir())


def test_a_part_opens_the_files_that_may_have_rows_of_it_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all files opened for each part, twice the customers took four times as long."""
    monkeypatch.setattr(parting, "_CELLS", 200)
    opened: dict[int, int] = {}
    for count in (12, 24):
        frame, gather = gathered(tmp_path / str(count), count)
        sizes: list[int] = []
        monkeypatch.setattr(parting.Piece, "of_files", _counting(sizes))
        land(contract("bills"), frame, tmp_path / f"{count}-out", strict=True, files=gather.files(frame, "month"))
        opened[count] = sum(sizes)
    assert 0 < opened[24] <= 2.2 * opened[12]


def _counting(sizes: list[int]) -> Callable[[parting.Piece, Sequence[Path]], pl.LazyFrame]:
    def of_files(piece: parting.Piece, chosen: Sequence[Path]) -> pl.LazyFrame:
        sizes.append(len(chosen))
        return piece.made(parting.scanned(list(chosen)))

    return of_files


def test_raw_files_are_gone_when_their_rows_are_staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    drop = parting.Piece.drop

    def dropped(piece: parting.Piece) -> None:
        drop(piece)
        left.append(len(list((tmp_path / "bills" / "raw").iterdir())))

    monkeypatch.setattr(parting.Piece, "drop", dropped)
    land(contract("bills"), bills(0), tmp_path, strict=False)
    assert left == [2, 1, 0]
