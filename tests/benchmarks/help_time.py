"""How long `telcli --help` takes beside a bare Typer app with as many commands.

Run: python tests/benchmarks/help_time.py [PAIRS]. Whole processes are timed in turn, one of each per pair, and the
medians and the median of the paired ratios are printed. The bare app is timed twice: as Typer comes (help drawn by
rich), and with rich turned off, which is the harder one to match.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
BARE = """
import typer
app = typer.Typer({options})
{commands}
app()
"""
COMMAND = """
@app.command("{name}")
def command_{number}() -> None:
    "{summary}"
"""


def bare(options: str) -> str:
    """The source of an app with the same commands and nothing in them."""
    sys.path.insert(0, str(ROOT))
    from telcli.cli import COMMANDS

    bodies = [COMMAND.format(name=name, number=at, summary=text) for at, (name, text) in enumerate(COMMANDS.items())]
    return BARE.format(options=options, commands="".join(bodies))


def seconds(command: list[str]) -> float:
    """One whole process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})
    return time.perf_counter() - start


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    ours = [sys.executable, "-c", "from telcli.cli import script; script()", "--help"]
    with tempfile.TemporaryDirectory() as folder:
        for name, options in (("as Typer comes", ""), ("without rich", "rich_markup_mode=None")):
            file = Path(folder) / "bare.py"
            file.write_text(bare(options), encoding="utf-8")
            theirs = [sys.executable, str(file), "--help"]
            for command in (ours, theirs):
                seconds(command)  # fill the caches
            times = [(seconds(ours), seconds(theirs)) for _ in range(pairs)]
            mine, bares = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
            ratio = statistics.median(a / b for a, b in times)
            sys.stdout.write(f"{name:<15} telcli {mine:6.1f} ms   bare {bares:6.1f} ms   ratio {ratio:.2f}\n")


if __name__ == "__main__":
    main()
