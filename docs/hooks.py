"""What mkdocs is told while it builds the guide: the pages made from the code, and where those of tables stand."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

sys.path.insert(0, str(Path(__file__).parent))

import reference

_MADE = reference.pages()


def on_config(config: Any) -> Any:
    """List the pages of tables under the entry of the navigation that names their folder."""
    config["nav"] = _filled(config["nav"])
    return config


def _filled(entry: Any) -> Any:
    """The navigation with the folder of tables as the pages in it."""
    if isinstance(entry, list):
        return [_filled(part) for part in entry]
    if isinstance(entry, dict):
        return {title: _filled(part) for title, part in entry.items()}
    if entry == "reference/tables/":
        pages = [path for path in _MADE if path.startswith(entry)]
        return [path if path.endswith("index.md") else {Path(path).stem: path} for path in pages]
    return entry


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are made from the code."""
    for path, text in _MADE.items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Blocks that tests run are marked behind their language, which fences of the guide do not know."""
    return re.sub(r"^```sh (?:example|tutorial)$", "```sh", markdown, flags=re.M)
