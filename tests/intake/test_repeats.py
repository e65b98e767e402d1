"""Rows given twice: every line read is kept, rejected or a copy, whatever road it takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from telcli.pipeline import show
from telcli.pipeline.run import Request, run_stage
from telcli.pipeline.workdir import Workdir
from tests.stages.test_ingest import good, ran, rules

FILES = {
    "lines.csv": "用户编号,客户编号,入网时间\n" + "".join(f"u{n},c{n},20200101\n" for n in range(200)),
    "usage.csv": "用户编号,账期,短信条数\n" + "".join(f"u{n},202406,{n}\n" for n in (*range(200), 7, 7, 8)),
    "pay.csv": "customer_id,paid_at,amount\n" + "".join(f"c{n},20240601,5\n" for n in (*range(100), 3)),
    "calls.csv": "id,user_id,call_date,duration\n1,c1,2024-06-27,8.5\n2,c1,2024-06-28,0\n",
}


def test_lines_read_are_kept_rejected_or_copies(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    work = tmp_path / "work"
    run_stage("ingest", Request(work, sources=tuple(tmp_path / name for name in FILES)))
    sources = Workdir(work).manifest().stages["ingest"][""].metrics["sources"]
    names = ("rows_read", "rows_kept", "rows_rejected", "rows_duplicate")
    assert {source["source"]: tuple(source[name] for name in names) for source in sources} == {
        "lines.csv": (200, 200, 0, 0),
        "usage.csv": (203, 200, 0, 3),
        "pay.csv": (101, 100, 0, 1),
        "calls.csv": (2, 2, 0, 0),
    }


def test_no_record_of_a_nested_list_vanishes_and_each_is_counted(tmp_path: Path) -> None:
    parts = [{"type": "rent", "fee": 1}, {"type": "use", "fee": 2}, {"type": "rent", "fee": 1}]
    records = [json.dumps({"customerId": f"K{n}", "billNo": f"B{n}", "parts": parts}) for n in range(2)]
    (tmp_path / "crm.jsonl").write_text("\n".join(records), encoding="utf-8")
    choices = {"map": {"crm.jsonl#parts:table": "customers"}}
    request = Request(
        tmp_path / "w", sources=(tmp_path / "crm.jsonl",), flags={"max_reject_share": 0.9}, choices=choices
    )
    run_stage("ingest", request)
    refused = show.read(tmp_path / "w", "rejects").frame.select("source", "line", "rule").collect().rows()
    assert refused == [("crm.jsonl#parts", 2, "duplicate-key"), ("crm.jsonl#parts", 5, "duplicate-key")]
    assert show.read(tmp_path / "w", "customers").frame.select("customer_id", "x_parts_type").collect().rows() == [
        ("K0", "rent"),
        ("K1", "rent"),
    ]
    sources = {one["source"]: one for one in Workdir(tmp_path / "w").manifest().stages["ingest"][""].metrics["sources"]}
    nested = sources["crm.jsonl#parts"]
    assert [nested[f"rows_{name}"] for name in ("read", "kept", "rejected", "duplicate")] == [6, 2, 2, 2]


LINES = "用户编号,客户编号,入网时间\n" + "".join(f"u{n},c{n},20200101\n" for n in range(3))
USED = ["u0,202406,#REF!,4", "u0,202406,10,4", "u1,202406,1,1", "u2,202406,3,", "u2,202406,3,9"]
NAMED = ["客户编号,性别,年龄\n", "c0,,", "c0,女,50", "c1,男,40", "c2,男,30"]


@pytest.mark.parametrize("back", [False, True])
def test_a_row_that_knows_more_is_kept_whatever_the_order(tmp_path: Path, back: bool) -> None:
    step = -1 if back else 1
    used = "用户编号,账期,流量(MB),短信条数\n" + "".join(f"{row}\n" for row in USED[::step])
    named = NAMED[0] + "".join(f"{row}\n" for row in NAMED[1:][::step])
    found = ran(tmp_path, {"lines.csv": LINES, "usage.csv": used, "crm.csv": named})
    assert good(found, "usage", "customer_id", "data_mb", "texts") == [
        ("c0", 10.0, 4.0),
        ("c1", 1.0, 1.0),
        ("c2", 3.0, 9.0),
    ]
    assert [row[1] for row in rules(found, "usage")] == ["duplicate-key"] * 2
    assert good(found, "customers", "customer_id", "gender") == [("c0", "female"), ("c1", "male"), ("c2", "male")]
    assert [row[1] for row in rules(found, "customers")] == ["duplicate-key"]
