"""The mathematics: arrays in, arrays out, scikit-learn conventions.

What is named here is for notebooks too: classes with `fit` and `predict` (`get_params`, `clone` and pipelines work),
and functions of arrays. Each is loaded when it is asked for, and says its formula, units, ranges and source.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telcli.methods.adacost import AdaCost as AdaCost
    from telcli.methods.adamec import CalibratedAdaMEC as CalibratedAdaMEC
    from telcli.methods.annuity import Terms as Terms
    from telcli.methods.annuity import discounted_months as discounted_months
    from telcli.methods.churn_metrics import auc as auc
    from telcli.methods.churn_metrics import expected_calibration_error as expected_calibration_error
    from telcli.methods.churn_metrics import top_lift as top_lift
    from telcli.methods.churn_model import ChurnModel as ChurnModel
    from telcli.methods.clustering import SampledKMeans as SampledKMeans
    from telcli.methods.concentration import gini as gini
    from telcli.methods.concentration import whale_curve as whale_curve
    from telcli.methods.control_charts import cusum as cusum
    from telcli.methods.control_charts import cusum_run_length as cusum_run_length
    from telcli.methods.control_charts import ewma as ewma
    from telcli.methods.control_charts import ewma_limits as ewma_limits
    from telcli.methods.cost_learning import MinimumRisk as MinimumRisk
    from telcli.methods.cost_sampling import RejectionSampling as RejectionSampling
    from telcli.methods.cost_sampling import UnderSampling as UnderSampling
    from telcli.methods.costs import CostMatrix as CostMatrix
    from telcli.methods.costs import savings as savings
    from telcli.methods.drift import stability_index as stability_index
    from telcli.methods.glkm import GLKM as GLKM
    from telcli.methods.lifetime_value import usual_margin as usual_margin
    from telcli.methods.outlook import by_tenure as by_tenure
    from telcli.methods.preparation import BehaviourPreparation as BehaviourPreparation
    from telcli.methods.profit import empc as empc
    from telcli.methods.profit import mpc as mpc
    from telcli.methods.sbg import fit_sbg as fit_sbg
    from telcli.methods.survival import life_table as life_table
    from telcli.methods.trial_design import sample_size as sample_size
    from telcli.methods.trial_effect import effect as effect
    from telcli.methods.uplift_curve import qini as qini
    from telcli.methods.uplift_learning import UpliftModel as UpliftModel

__all__ = [
    "GLKM",
    "AdaCost",
    "BehaviourPreparation",
    "CalibratedAdaMEC",
    "ChurnModel",
    "CostMatrix",
    "MinimumRisk",
    "RejectionSampling",
    "SampledKMeans",
    "Terms",
    "UnderSampling",
    "UpliftModel",
    "auc",
    "by_tenure",
    "cusum",
    "cusum_run_length",
    "discounted_months",
    "effect",
    "empc",
    "ewma",
    "ewma_limits",
    "expected_calibration_error",
    "fit_sbg",
    "gini",
    "life_table",
    "mpc",
    "qini",
    "sample_size",
    "savings",
    "stability_index",
    "top_lift",
    "usual_margin",
    "whale_curve",
]

_ROOMS = {
    "adacost": ("AdaCost",),
    "adamec": ("CalibratedAdaMEC",),
    "annuity": ("Terms", "discounted_months"),
    "churn_metrics": ("auc", "expected_calibration_error", "top_lift"),
    "churn_model": ("ChurnModel",),
    "clustering": ("SampledKMeans",),
    "concentration": ("gini", "whale_curve"),
    "control_charts": ("cusum", "cusum_run_length", "ewma", "ewma_limits"),
    "cost_learning": ("MinimumRisk",),
    "cost_sampling": ("RejectionSampling", "UnderSampling"),
    "costs": ("CostMatrix", "savings"),
    "drift": ("stability_index",),
    "glkm": ("GLKM",),
    "lifetime_value": ("usual_margin",),
    "outlook": ("by_tenure",),
    "preparation": ("BehaviourPreparation",),
    "profit": ("empc", "mpc"),
    "sbg": ("fit_sbg",),
    "survival": ("life_table",),
    "trial_design": ("sample_size",),
    "trial_effect": ("effect",),
    "uplift_curve": ("qini",),
    "uplift_learning": ("UpliftModel",),
}
"""The module that each is written in."""


def __getattr__(name: str) -> Any:
    room = next((room for room, names in _ROOMS.items() if name in names), None)
    if room is None:
        raise AttributeError(f"module 'telcli.methods' has no attribute {name!r}")
    return getattr(import_module(f"telcli.methods.{room}"), name)


def __dir__() -> list[str]:
    return __all__
