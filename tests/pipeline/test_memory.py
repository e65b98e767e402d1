"""The limit of memory is kept by the process as a whole, also where tables are checked again first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.features.operators import random_operator
from tests.pipeline.clusters import laid, published
from tests.resealed import reseal

TIMES, LIMIT = 150, 450
_NAMED = {"customer_id", "account_id", "subscription_id", "payment_id", "contact_id", "campaign_id"}


def operator() -> dict[str, pl.LazyFrame]:
    """An operator with something of everything, many times over under other names."""
    found = {}
    for name, rows in random_operator(7, customers=200).items():
        named = sorted(_NAMED.intersection(rows.collect_schema()))
        found[name] = pl.concat([rows.with_columns(pl.col(named) + f"-{n}") for n in range(TIMES)])
    return found


_MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""By a process of its own: one that is started begins with the memory of who starts it, and that counts."""


def peak(place: Path, *words: str) -> float:
    """Megabytes that customer-months takes at most, libraries and all."""
    command = [sys.executable, "-m", "telcli", "customer-months", "-w", str(place), "--force", "-q", *words]
    measure = [sys.executable, "-c", _MEASURE, *command]
    found = subprocess.run(
        measure, env={**os.environ, "POLARS_MAX_THREADS": "2"}, stdout=subprocess.PIPE, text=True, check=True
    )
    return float(found.stdout.split()[-1])


@pytest.mark.slow
def test_a_limit_is_kept_where_it_would_else_be_passed(tmp_path: Path) -> None:
    place = laid(tmp_path / "work", operator())
    free = peak(place)
    made = published(place)
    assert free > LIMIT
    assert peak(place, "--memory", f"{LIMIT}MB") <= LIMIT
    assert published(place) == made
    manifest = place / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    reseal(manifest, json.loads(text.replace('"contract": "', '"contract": "other ')))
    assert peak(place, "--memory", f"{LIMIT}MB") <= LIMIT
    assert published(place) == made
