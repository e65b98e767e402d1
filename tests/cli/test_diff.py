"""`telcli diff`: the screen in both languages, one JSON object, rows as csv, and what is mistyped."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from telcli.cli import _words, main
from telcli.cli._changes import tell, wanted
from telcli.cli._options import Call
from telcli.cli._output import Printer
from telcli.errors import Notice
from telcli.pipeline.diff import Diff
from telcli.stages.diff import COLUMNS, KINDS
from tests.cli.golden import same


def money(before: float | None, after: float | None) -> dict[str, float | None]:
    effect = None if before is None or after is None else after - before
    return {"revenue_before": before, "revenue_after": after, "revenue_effect": effect}


def example(*, billed: bool = True) -> Diff:
    rows = [
        ("C1", "joined", None, "acquisition", None),
        ("C2", "left", "decline", None, None),
        ("C3", "customer_class", "business", "key", None),
        ("C3", "plan_id", "P1", "P2", "N3"),
        ("C4", "lifecycle_stage", "growth", "maturity", None),
        ("C4", "manager_id", None, "M0012", None),
    ]
    changes = pl.DataFrame(rows, schema=list(COLUMNS), orient="row")
    sums = {"joined": (0.0, 50.0), "returned": (0.0, 0.0), "left": (30.0, 10.0), "stayed": (12345.6, 12400.0)}
    sums |= {"outside": (7.5, 0.0), "plan_id": (99.0, 120.0), "lifecycle_stage": (60.0, 61.0)}
    counts = dict(zip(sums, (1, 0, 1, 1200, 4, 1, 1), strict=True))
    names = dict(zip(COLUMNS, range(5), strict=True))
    metrics = {
        "from": "2024-05",
        "to": "2024-06",
        "customers_before": 1201,
        "customers_after": 1201,
        "passed_through": 2,
        **money(*((12383.1, 12460.0) if billed else (None, None))),
        "changes": [
            {"what": what, "customers": counts[what], **money(*(pair if billed else (None, None)))}
            for what, pair in sums.items()
        ],
        "moves": [
            {name: row[at] for name, at in names.items() if name != "customer_id"} | {"customers": 1} for row in rows
        ],
    }
    told = Notice(
        "diff-unknown", "Not compared, since only one of the months knows it: {columns}.", {"columns": "branch"}
    )
    return Diff(date(2024, 5, 1), date(2024, 6, 1), changes, metrics, (told,))


def call(form: str) -> Call:
    return Call("diff", Path("work"), None, None, None, False, 0.0, False, Printer("diff", form))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_screens(lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    _words.settle([f"--lang={lang}"])
    tell(call("human"), example(), wanted(None, None, None, rows=False))
    tell(call("human"), example(billed=False), wanted("plan_id,left", "customer_id,what,after", 1, rows=False))
    seen = capsys.readouterr()
    same(f"diff.{lang}", seen.out + seen.err)


def test_csv_and_json_hold_the_rows_that_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    tell(call("csv"), example(), wanted(None, "what,customer_id", 2, rows=True))
    assert capsys.readouterr().out == "what,customer_id\njoined,C1\nleft,C2\n"
    tell(call("json"), example(), wanted(None, None, None, rows=False))
    body = json.loads(capsys.readouterr().out)
    assert (body["schema_version"], body["stage"], body["as_of"], body["outputs"]) == (1, "diff", "2024-06", [])
    assert [one["code"] for one in body["warnings"]] == ["diff-unknown"]
    assert body["metrics"]["customers_after"] == 1201
    assert "rows" not in body
    tell(call("json"), example(), wanted("left", None, None, rows=False))
    left = dict(zip(COLUMNS, ("C2", "left", "decline", None, None), strict=True))
    assert json.loads(capsys.readouterr().out)["rows"] == [left]


def test_the_whole_command(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--from", "2024-04", "--to", "202406", "--format", "json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["metrics"]["from"], body["metrics"]["customers_after"]) == ("2024-04", 3)
    assert main(["diff", "--as-of", "2024-05", "--format", "csv"]) == 0
    assert capsys.readouterr().out == ",".join(COLUMNS) + "\n"
    assert main(["diff", "-q"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("--from 2024-06 --to 2024-06", 2, "--from 2024-06 is not before --to 2024-06."),
        ("--from 2024-13", 2, "--from must be a month such as 2024-06"),
        ("--from 2023-01", 3, "There is nothing for 2023-01; months run from 2024-04 to 2024-06."),
        ("--what plan", 2, "--what knows no plan."),
        ("--columns nothing", 2, "--columns knows no nothing."),
        ("-w nowhere", 3, "There is no working directory nowhere."),
    ],
)
def test_mistakes(line: str, code: int, said: str, work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *line.split()]) == code
    assert said in capsys.readouterr().err


def test_every_kind_of_change_may_be_asked_for_and_is_named_in_chinese() -> None:
    assert wanted(",".join(KINDS), None, None, rows=False).kinds == KINDS
    for kind in (*KINDS, "stayed", "outside"):
        assert f"what={kind}" in _words._words()
