"""Every command of telcli in one process: `python -m tests.trust.offline FOLDER` keeps what each printed, as JSON.

Run it where no network can be reached, and see whether any of them minds. `counted` is what the kernel counted of
attempts to reach one meanwhile, by whatever code; it is of this network namespace, and so tells something only of one
that nobody else is in.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path

__all__ = ["counted", "told"]

COUNTERS = ("OutRequests", "OutNoRoutes", "ActiveOpens", "OutDatagrams", "OutSegs")
"""Of IP: packets sent, or not sent for want of a way; of TCP and UDP: connections opened, segments and datagrams."""
WORDS = {
    "help": ["months"],
    "show": ["bills"],
    "customer": ["C00000003"],
    "cube": ["customers,revenue", "--by", "region", "-o", "cube.html"],
    "export": ["segments", "-o", "segments.xlsx"],
    "init": ["-o", "other.toml"],
    "merge": ["work", "other", "-w", "merged"],
    "purge": ["--customer", "C00000005"],
    "simulate": ["-o", "small", "--customers", "5", "--months", "1"],
    "import-outcomes": ["work/tasks"],
    "ingest": ["raw"],
    "run": ["raw"],
}
"""What commands need to be told, the other ones nothing."""
COARSE = """
[segment]
algorithm = "kmeans"
max_segments = 4

[predict-churn]
fit_seconds = 1.0
compare = "quick"
earlier_tests = 1
max_snapshots = 2

[evaluate-retention]
model_customers = 0
draws = 40
"""
"""How good results are is not what this is about."""
LAST = ("report", "cube", "merge", "purge")


def counted() -> dict[str, int]:
    """What the kernel counted in this network namespace, of both versions of IP."""
    found = dict.fromkeys(COUNTERS, 0)
    lines = Path("/proc/self/net/snmp").read_text(encoding="ascii").splitlines()
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        for name, value in zip(names.split()[1:], values.split()[1:], strict=True):
            if name in found and not names.startswith("Icmp"):
                found[name] += int(value)
    six = Path("/proc/self/net/snmp6")
    for line in six.read_text(encoding="ascii").splitlines() if six.is_file() else []:
        name, value = line.split()
        found["OutNoRoutes"] += int(value) if name == "Ip6OutNoRoutes" else 0
    return found


def campaigns(raw: Path) -> None:
    """A campaign of the past, of which some were held out, so that there is something to evaluate and to learn."""
    rows = [f"C{n:08},autumn,{'control' if n % 3 == 0 else 'treated'},ten off,2024-02-01\n" for n in range(1, 250)]
    head = "customer_id,campaign_id,arm,offer_id,contacted_on\n"
    (raw / "campaigns.csv").write_text(head + "".join(rows), encoding="utf-8")


def leftover() -> Path:
    """What an interrupted run of long ago left."""
    place = Path("work", "manifest.json.new")
    place.write_text("{", encoding="utf-8")
    return place


def told(folder: Path) -> tuple[dict[str, int], dict[str, str]]:
    """Make an imaginary operator in a folder and run every command on it; the exit code of each and its JSON."""
    import shutil

    from telcli.cli import COMMANDS, main

    os.chdir(folder)
    codes: dict[str, int] = {}
    printed: dict[str, str] = {}

    def run(name: str, *more: str) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            codes[name] = main([name, *(more or WORDS.get(name, [])), "--format", "json"])
        printed[name] = out.getvalue()

    run("simulate", "-o", "raw", "--customers", "250", "--months", "8", "--surveys", "--fraud", "--seed", "5")
    campaigns(Path("raw"))
    Path("work").mkdir()
    Path("work", "telcli.toml").write_text(COARSE, encoding="utf-8")
    for name in COMMANDS:  # the whole walk comes first: its stages are up to date when they are called one by one
        if name not in ("simulate", *LAST):
            left = leftover() if name == "gc" else None
            run(name)
            assert left is None or not left.exists()
    shutil.copytree("work", "other")
    for name in LAST:
        run(name)
    return codes, printed


if __name__ == "__main__":
    ended, out = told(Path(sys.argv[1]))
    said = {"codes": ended, "printed": out, "counted": counted()}
    (Path(sys.argv[1]) / "told.json").write_text(json.dumps(said), encoding="utf-8")
