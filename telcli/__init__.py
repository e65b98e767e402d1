"""telcli: customer analytics for telecom operators, from the terminal and from Python.

Every command has a function of its name: `telcli.ingest(["sample_data"], workdir="work")`,
`telcli.segment("work")`, `telcli.read("work", "segments")`. The methods behind them are in
`telcli.methods`, what goes wrong is in `telcli.errors`. Nothing is loaded before it is used.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

__all__ = [
    "Result",
    "Results",
    "__version__",
    "assess_credit",
    "audit",
    "campaigns",
    "complaints",
    "config",
    "cube",
    "customer",
    "customer_months",
    "detect_fraud",
    "diff",
    "errors",
    "evaluate_retention",
    "export",
    "gc",
    "import_outcomes",
    "ingest",
    "knowledge",
    "merge",
    "methods",
    "metrics",
    "migrate",
    "monitor",
    "plan_retention",
    "predict_churn",
    "profile",
    "purge",
    "read",
    "recommend_offers",
    "report",
    "rotate_key",
    "run",
    "scan",
    "schema",
    "score_satisfaction",
    "score_value",
    "segment",
    "simulate",
    "status",
    "suggest",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'telcli' has no attribute {name!r}")
    # by name alone: the floors below import this package for its version, and are no part of what stands above them
    if name in ("errors", "methods"):
        return import_module(f"telcli.{name}")
    found = import_module("telcli.api.public").public(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    """The function `telcli.report` stays when the package of that name is imported, which is found by its path."""

    def __setattr__(self, name: str, value: object) -> None:
        if name != "report" or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
