"""A manifest that a test has changed, sealed anew: what such a test is about is not that the change is seen."""

import json
from pathlib import Path
from typing import Any

from telcli.pipeline.seal import sealed

__all__ = ["reseal"]


def reseal(manifest: Path, body: dict[str, Any]) -> None:
    """Write a manifest as telcli would have: a seal that fits, of whatever it holds."""
    told = {name: value for name, value in body.items() if name != "seal"}
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    manifest.write_text(sealed(text), encoding="utf-8")
