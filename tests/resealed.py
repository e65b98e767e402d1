"""A manifest that a test has changed, sealed anew: what such a test is about is not that the change is seen."""

from pathlib import Path
from typing import Any

from telcli.pipeline.provenance import written

__all__ = ["reseal"]


def reseal(manifest: Path, body: dict[str, Any]) -> None:
    """Write a manifest as telcli would have: a seal that fits, of whatever it holds."""
    manifest.write_text(written({name: value for name, value in body.items() if name != "seal"}), encoding="utf-8")
