"""What a customer's card says before anything else: why she left, what is planned for her, what calls for care."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from telcli.cli._words import language, tr
from telcli.tables.masking import plain

__all__ = ["care", "left_for", "planned"]

Line = tuple[str, str]
"""What is said, and its style."""


def left_for(body: Mapping[str, Any]) -> Iterator[Line]:
    """Why the customer left, as far as anything tells."""
    left = body["left"]
    if left and left["reason_source"]:
        reason = plain(left["reason_name_zh" if language() == "zh" else "reason_name"])
        yield tr("Reason for leaving in {month}: {reason}", month=f"{left['month']:%Y-%m}", reason=reason), ""


def planned(body: Mapping[str, Any]) -> Iterator[Line]:
    """Her task of the month's plan; or that she is held out of it, which a well-meant call would spoil."""
    task, plan = body["task"], body["plan"]
    if task:
        what = plain(task["what_zh" if language() == "zh" else "what"])
        yield tr("Task {task} until {day}: {what}", task=task["task_id"], day=task["deadline"], what=what), "yellow"
    elif plan and plan["held_out"]:
        held = tr("Held out of {campaign} to measure it: not to be contacted for it", campaign=plan["campaign_id"])
        yield held, "yellow"


def care(body: Mapping[str, Any]) -> Iterator[Line]:
    """What calls for care at once."""
    for event in body["care"]:
        said = plain(event["text_zh" if language() == "zh" else "text"])
        yield (tr("{event} (new)", event=said) if event["new"] else said), "yellow"
