"""What changed between two months of a working directory: months that are held, in loads of every kind."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from telcli.errors import MissingInputError, UsageError
from telcli.pipeline.diff import Diff, diff
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.workdir import Workdir
from tests.pipeline.test_loads import BILLS, CRM, JUNE, MAY, load

MONTHS = date(2024, 5, 1), date(2024, 6, 1)
LINES = "subscription_id,customer_id,plan_id,activated_on,ended_on\n"
PLANS = {
    5: {"lines_202405.csv": LINES + "n1,a,P1,2020-01-01,\nn2,b,P1,2020-01-01,\n"},
    6: {"lines_202406.csv": LINES + "n1,a,P2,2020-01-01,\nn2,b,P1,2020-01-01,2024-06-09\nn3,c,P1,2024-06-03,\n"},
}


def month(tmp_path: Path, files: dict[str, str], **more: Any) -> None:
    load(tmp_path, files, **more)
    run_stage("customer-months", Request(tmp_path / "work"))


def rows(found: Diff) -> list[tuple[Any, ...]]:
    return found.changes.rows()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("two")
    month(place, MAY | PLANS[5])
    month(place, JUNE | PLANS[6])
    return place / "work"


def test_months_loaded_one_after_the_other(two: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in two.rglob("*")}
    with Workdir(two).writing(0):  # another command writes it
        found = diff(Request(two))
    assert (found.before, found.after) == MONTHS
    assert rows(found) == [
        ("a", "plan_id", "P1", "P2", "n1"),
        ("a", "region", "north", "east", None),
        ("b", "left", "unknown", None, None),
        ("c", "joined", None, "acquisition", None),
    ]
    after = {path: path.stat().st_mtime_ns for path in two.rglob("*")}
    assert {path.name for path in before.keys() ^ after.keys()} <= {".lock"}
    assert {str(p) for p in before if p.is_file() and before[p] != after[p]} <= {str(two / ".lock")}
    assert (found.metrics["revenue_before"], found.metrics["revenue_after"]) == (11.0, 24.0)
    assert not found.notices


def test_tables_of_the_whole_base_know_who_has_gone(tmp_path: Path) -> None:
    flat = "customer_id,region,churned\n"
    month(tmp_path, {"base.csv": flat + "a,N,No\nb,N,No\n"}, as_of=MONTHS[0])
    month(tmp_path, {"base.csv": flat + "b,S,Yes\nc,N,No\n"}, as_of=MONTHS[1])
    found = diff(Request(tmp_path / "work"))
    assert [row[:4] for row in rows(found)] == [
        ("a", "left", None, None),
        ("b", "churned", "false", "true"),
        ("b", "region", "N", "S"),
        ("c", "joined", None, "unknown"),
    ]


def test_flat_tables_with_fees_keep_the_revenue_of_who_has_gone(tmp_path: Path) -> None:
    flat = "customer_id,MonthlyCharges,Bonus\n"
    month(tmp_path, {"base.csv": flat + "a,10,tin\nb,20,tin\n"}, as_of=MONTHS[0])
    month(tmp_path, {"base.csv": flat + "b,25,gold\nc,5,tin\n"}, as_of=MONTHS[1])
    found = diff(Request(tmp_path / "work"))
    assert [row[:2] for row in rows(found)] == [("a", "left"), ("c", "joined")]
    own = diff(Request(tmp_path / "work"), own=["x_Bonus"])
    assert ("b", "x_Bonus", "tin", "gold", None) in rows(own)
    assert {"x_Bonus", "joined"} < {change["what"] for change in own.metrics["changes"]}
    with pytest.raises(UsageError):
        diff(Request(tmp_path / "work"), own=["x_Bonu"])
    assert (found.metrics["revenue_before"], found.metrics["revenue_after"]) == (30.0, 30.0)


@pytest.mark.parametrize(
    ("before", "after", "kind", "code"),
    [
        (date(2024, 4, 1), None, MissingInputError, "diff-month-absent"),
        (None, date(2024, 7, 1), MissingInputError, "diff-month-absent"),
        (None, MONTHS[0], MissingInputError, "diff-no-earlier-month"),
        (MONTHS[1], None, UsageError, "diff-order"),
        (MONTHS[0], MONTHS[0], UsageError, "diff-order"),
        (MONTHS[1], MONTHS[0], UsageError, "diff-order"),
    ],
)
def test_months_that_cannot_be_compared(
    two: Path, before: date | None, after: date | None, kind: type[Exception], code: str
) -> None:
    with pytest.raises(kind) as caught:
        diff(Request(two), before, after)
    assert (caught.value.code, caught.value.exit_code) == (code, 3 if kind is MissingInputError else 2)


def test_nothing_held_is_said(tmp_path: Path) -> None:
    load(tmp_path, {"crm.csv": CRM + "a,F,north\n", "bills.csv": BILLS + "a,2024-05,5\n"})
    with pytest.raises(MissingInputError) as caught:
        diff(Request(tmp_path / "work"))
    assert (caught.value.code, caught.value.values["first"].split()[0]) == ("stage-first", "customer-months")
