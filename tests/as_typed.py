"""Commands of a document, as a reader would type them: in a folder with the sample data, with nothing else set."""

import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["typed"]

SAMPLE = Path(__file__).parent.parent / "sample_data"


def typed(folder: Path, commands: str) -> subprocess.CompletedProcess[str]:
    """Run commands of the shell, each of which must end well, beside a copy of the sample data."""
    shutil.copytree(SAMPLE, folder / "sample_data")
    ran = subprocess.run(
        ["sh", "-ec", commands],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(folder)},
    )
    assert ran.returncode == 0, f"{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"
    return ran
