"""A small operator's months brought in one after the other by the real commands; what grows is measured.

    python -m tests.benchmarks.soak --months 200 --folder /somewhere/with/room
    python -m tests.benchmarks.soak --months 40 --folder /somewhere --in-process

Writes a line of JSON per month to FOLDER/soak.jsonl: CPU seconds and peak megabytes of each command, bytes and files of
the working directory, bytes of manifest.json; prints a slope per month of each, with an interval of 95%, over the
months after the first `--warm`. Each command is a process of its own; with `--in-process` all are one, and its memory
after each month tells whether something is kept.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from tests.benchmarks.soak_operator import Exports
from tests.loop.managers import contacts_of, fill
from tests.loop.operator import HISTORY, month_of
from tests.loop.walk import settings

TURNS = (
    ("score-value", "predict-churn", "plan-retention", "complaints"),
    ("evaluate-retention", "knowledge", "score-satisfaction", "recommend-offers"),
    ("detect-fraud", "campaigns", "monitor"),
)
"""Stages that take turns, month by month; with --all every month has all of them, and those that take longest too."""
SELDOM = ("profile", "assess-credit")
LATER = ("evaluate-retention", "knowledge")
"""Those which need a month that was planned before."""
EXTRA = """
[customer-months]
max_months = {history}

[report]
period = "month"

[segment]
n_segments = 4

[gc]
keep_months = {keep}
keep_facts = {keep}
keep_reports = {keep}
keep_models = {keep}
keep_tasks = {keep}
"""

_FEW = 6
"""Months of a command from which on a slope is told."""

Run = Callable[..., dict[str, float]]


def apart(*words: object) -> dict[str, float]:
    """CPU seconds and peak megabytes of one command in a process of its own; it must succeed."""
    with subprocess.Popen(
        [sys.executable, "-m", "telcli", *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr
        said = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"telcli {' '.join(map(str, words))} ended with {process.returncode}:\n{said}")
    return {"cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024}


def inside(*words: object) -> dict[str, float]:
    """The same in this process, with the megabytes that it holds afterwards."""
    from tests.loop.walk import called

    before = time.process_time()
    code, said = called(*words)
    if code:
        raise SystemExit(f"telcli {' '.join(map(str, words))} ended with {code}: {said}")
    cpu = time.process_time() - before
    gc.collect()
    return {"cpu": cpu, "peak": held()}


def held() -> float:
    """Megabytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 2**20


def yardstick() -> float:
    """CPU seconds of work that is the same each time: the machine is slower while others use it."""
    before, frame = time.process_time(), pl.DataFrame({"a": range(300_000)})
    for at in range(8):
        frame.group_by(pl.col("a") % (1000 + at)).agg(pl.len()).sort("a")
        sum(number * number for number in range(100_000))
    return time.process_time() - before


def disk(work: Path) -> dict[str, int]:
    """Bytes and files of a working directory, and bytes of its manifest."""
    places = [place for place in work.rglob("*") if place.is_file()]
    size = sum(place.stat().st_size for place in places)
    return {"bytes": size, "files": len(places), "manifest": (work / "manifest.json").stat().st_size}


def soak(
    folder: Path, exports: Exports, months: int, run: Run, *, keep: int, every: int, history: int, every_stage: bool
) -> Iterator[dict[str, Any]]:
    """Bring in month after month; yields what each cost and what the directory holds after it."""
    work, world, walked = folder / "work", exports.world, ("score-value", "predict-churn")
    work.mkdir(parents=True)
    text = settings("auto", 40) + EXTRA.format(keep=max(keep, 0), history=history)
    for at in range(months):
        source = exports.write(range(1 - HISTORY, 1) if at == 0 else range(world.now, world.now + 1), folder / "drop")
        whole = at % every == 0
        costs = {"ingest": run("ingest", source, "-w", work)}
        shutil.rmtree(source)
        if whole:
            (work / "telcli.toml").write_text(text, encoding="utf-8")
            costs["run"] = run("run", "-w", work)
            model = f'model = "{work}/models/as_of={month_of(world.now)}/churn.skops"'
            held = text.replace("[predict-churn]", f"[predict-churn]\n{model}")
        filled = folder / "filled"
        if filled.exists():
            costs["import-outcomes"] = run("import-outcomes", filled, "-w", work)
            shutil.rmtree(filled)
        due = [name for turn in (TURNS if every_stage else TURNS[at % len(TURNS) :][:1]) for name in turn]
        due += SELDOM if every_stage or whole else ()
        due = [name for name in due if (at or name not in LATER) and name not in (walked if whole else ())]
        costs |= {name: run(name, "-w", work) for name in due}
        (work / "telcli.toml").write_text(held, encoding="utf-8")
        costs["status"] = run("status", "-w", work)
        if keep >= 0:
            costs["gc"] = run("gc", "-w", work)
        yield {"month": f"{month_of(world.now):%Y-%m}", "yardstick": yardstick(), "costs": costs, **disk(work)}
        world.go_on(live(exports, work, filled))


def live(exports: Exports, work: Path, filled: Path) -> dict[int, str]:
    """Have the sheets of this month's plan filled in; whom it has contacted with what."""
    now = month_of(exports.world.now)
    part = f"as_of={now}/part-0.parquet"
    if not (work / "retention_plan" / part).exists():
        return {}
    tasks = work / "retention_tasks" / part
    if tasks.exists():
        fill(exports.world, pl.read_parquet(tasks), work / f"tasks/as_of={now}", filled)
    return dict(contacts_of(pl.read_parquet(work / "retention_plan" / part)))


def slopes(rows: list[dict[str, Any]], warm: int) -> Iterator[str]:
    """A line per quantity: its first and last values after the warm months, and its slope a month with an interval."""
    from scipy.stats import theilslopes

    rows = rows[warm:]
    curves = {name: [float(row[name]) for row in rows] for name in ("bytes", "files", "manifest")}
    for kind in ("cpu", "peak"):
        for name in sorted({name for row in rows for name in row["costs"]}):
            curves[f"{kind} {name}"] = [row["costs"][name][kind] for row in rows if name in row["costs"]]
    curves["cpu in all"] = [total(row) for row in rows]
    curves["cpu, by the yardstick"] = [total(row) / row["yardstick"] for row in rows]
    for name, values in curves.items():
        if len(values) < _FEW:
            continue
        slope, _, low, high = theilslopes(values)
        ends = sum(values[:6]) / 6, sum(values[-6:]) / 6
        yield f"{name:<26}{ends[0]:>14,.2f} {ends[1]:>14,.2f}   {slope:>10,.4f} a month ({low:,.4f} to {high:,.4f})"


def total(row: dict[str, Any]) -> float:
    """CPU seconds of a month, but for what is run in months of the whole walk alone."""
    found: float = sum(cost["cpu"] for name, cost in row["costs"].items() if name != "run")
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=100)
    options.add_argument("--months", type=int, default=200)
    options.add_argument("--keep", type=int, default=36, help="months that gc keeps; 0 all, -1 no gc")
    options.add_argument("--history", type=int, default=36, help="max_months of customer-months")
    options.add_argument("--all", action="store_true", help="every stage in every month, and not by turns")
    options.add_argument("--warm", type=int, default=48)
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument("--in-process", action="store_true")
    options.add_argument("--every", type=int, default=60, help="months between two runs of the whole walk")
    given = options.parse_args()
    if given.folder.exists():
        raise SystemExit(f"{given.folder} is there already")
    exports = Exports(given.customers, given.months, 5, date(2009, 1, 1))
    run = inside if given.in_process else apart
    how = {"keep": given.keep, "every": given.every, "history": given.history, "every_stage": given.all}
    rows = []
    for row in soak(given.folder, exports, given.months, run, **how):
        rows.append(row)
        with (given.folder / "soak.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        cpu = sum(cost["cpu"] for cost in row["costs"].values())
        peak = max(cost["peak"] for cost in row["costs"].values())
        sys.stdout.write(
            f"{row['month']}  {cpu:6.1f} s  {peak:6.0f} MB  {row['bytes']:>12,} bytes  {row['files']:>6} files  "
            f"{row['manifest']:>11,} of manifest\n"
        )
        sys.stdout.flush()
    sys.stdout.write("\n".join(slopes(rows, given.warm)) + "\n")


if __name__ == "__main__":
    main()
