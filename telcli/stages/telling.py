"""What the runs of stages share that tell the analyst something as they go."""

from __future__ import annotations

from typing import Any

from telcli.errors import Notice

__all__ = ["Telling"]


class Telling:
    """A run that keeps its `notices`, in the order in which they came."""

    notices: list[Notice]

    def tell(self, code: str, template: str, **values: Any) -> None:
        """Note something the analyst should know."""
        self.notices.append(Notice(code, template, values))
