"""Kinds of change that `telcli diff` tells, and the columns of its rows."""

__all__ = ["COLUMNS", "KINDS", "MOVES"]

COLUMNS = ("customer_id", "what", "before", "after", "subscription_id")
MOVES = ("joined", "returned", "left", "stayed", "outside")
_ATTRIBUTES = ("customer_class", "region", "branch", "manager_id", "star_level")
KINDS = (*MOVES[:3], "line", "plan_id", "lifecycle_stage", *_ATTRIBUTES)
