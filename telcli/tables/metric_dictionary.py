"""The metric dictionary: what each metric is called, its unit, its one formula, and the table it comes from.

`metric_dictionary.toml` holds the entries. The formula that is shown is put together from the parts that are worked
out, so that the two cannot differ.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["UNKNOWN", "Metric", "metrics"]

UNKNOWN = "unknown"
"""The group of customers of whom a dimension is not known."""


@dataclass(frozen=True)
class Metric:
    """One metric over rows per customer and month.

    Parameters
    ----------
    name, en, zh : what it is called.
    unit : ``customers``, ``currency``, ``share`` (0..1) and so on.
    table : where its columns come from.
    sum : an SQL expression of one row, summed; true counts 1. Null is not known, and is left out.
    per : another, summed, that the sum is divided by; empty where the metric is a sum.
    also : what else it is called, in either language.
    """

    name: str
    en: str
    zh: str
    unit: str
    table: str
    sum: str
    per: str = ""
    also: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether the metric of a whole is the sum over its groups."""
        return not self.per

    @property
    def formula(self) -> str:
        """The formula as SQL.

        >>> metrics()["revenue_per_customer"].formula
        'SUM(revenue) / SUM(active)'
        """
        return f"SUM({self.sum}) / SUM({self.per})" if self.per else f"SUM({self.sum})"


@cache
def metrics() -> dict[str, Metric]:
    """Every metric by name, in the order of the dictionary.

    >>> metrics()["customers"].zh, metrics()["churn_rate_month"].adds_up
    ('客户数', False)
    """
    found = tomllib.loads((files("telcli.tables") / "metric_dictionary.toml").read_text("utf-8"))
    return {name: Metric(name, **entry) for name, entry in found.items()}
