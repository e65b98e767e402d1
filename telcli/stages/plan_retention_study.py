"""What the parts of plan-retention share: the run, its campaign, what the analyst should know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from telcli.errors import Notice
from telcli.settings import PlanRetentionSettings
from telcli.stages import Inputs
from telcli.stages.telling import Telling

__all__ = ["Study"]


@dataclass
class Study(Telling):
    """One run: what was asked, and what is told of it."""

    inputs: Inputs
    settings: PlanRetentionSettings
    as_of: date
    notices: list[Notice] = field(default_factory=list)

    @property
    def campaign_id(self) -> str:
        """The campaign that the plan of this month is."""
        return f"retention-{self.as_of:%Y-%m}"
