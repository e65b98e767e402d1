"""Conditions of --fail-if: a metric, a comparison, a number."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telcli.errors import ThresholdError, UsageError

__all__ = ["Threshold", "crossed", "parse"]

_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_FORM = re.compile(r"\s*([a-z][a-z0-9_.]*)\s*(<=|>=|<|>)\s*(\S+)\s*")


@dataclass(frozen=True)
class Threshold:
    """Fail where the metric compares with the number as said."""

    metric: str
    compare: str
    number: float

    def holds(self, value: float) -> bool:
        """Whether a value crosses it.

        >>> Threshold("auc", "<", 0.7).holds(0.6)
        True
        """
        return bool(_COMPARE[self.compare](value, self.number))

    def __str__(self) -> str:
        return f"{self.metric}{self.compare}{self.number:g}"


def parse(given: str) -> Threshold:
    """Read a condition.

    Raises
    ------
    UsageError
        It is not METRIC, one of < <= > >=, NUMBER.

    >>> parse("auc < 0.7")
    Threshold(metric='auc', compare='<', number=0.7)
    """
    found = _FORM.fullmatch(given)
    try:
        number = float(found[3]) if found else math.nan
    except ValueError:
        number = math.nan
    if not found or not math.isfinite(number):
        raise UsageError(
            "fail-if-invalid",
            "--fail-if must be a metric, one of < <= > >=, and a number, such as auc<0.7, not {value}.",
            hint="In a shell, put it in quotes.",
            value=repr(given),
        )
    return Threshold(found[1], found[2], number)


def crossed(thresholds: Sequence[Threshold], metrics: Mapping[str, Any]) -> ThresholdError | None:
    """The first threshold that is crossed, or whose metric could not be measured.

    Raises
    ------
    UsageError
        There is no such metric.
    """
    for threshold in thresholds:
        value: Any = metrics
        for name in threshold.metric.split("."):
            value = value.get(name, _absent) if isinstance(value, Mapping) else _absent
        if value is _absent or isinstance(value, Mapping | str | list):
            numbers = [name for name, found in metrics.items() if isinstance(found, int | float)]
            raise UsageError(
                "fail-if-unknown",
                "--fail-if {condition}: there is no metric called {metric}.",
                hint="Metrics: {known}.",
                condition=str(threshold),
                metric=threshold.metric,
                known=", ".join(sorted(numbers)),
            )
        if value is None:
            return ThresholdError(
                "threshold-unmeasured", "{metric} could not be measured, so {condition} cannot be ruled out.",
                hint="What was measured: the same command with --format json",
                metric=threshold.metric, condition=str(threshold),
            )  # fmt: skip
        if threshold.holds(value):
            return ThresholdError(
                "threshold-crossed", "{metric} is {value:.4g}, which crosses --fail-if {condition}.",
                hint="The results are published all the same.",
                metric=threshold.metric, value=float(value), condition=str(threshold),
            )  # fmt: skip
    return None


_absent = object()
