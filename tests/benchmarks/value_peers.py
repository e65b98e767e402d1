"""The rivals of `value_quality.py`, each run in a process of its own, so that one may have other libraries.

    PYTHON tests/benchmarks/value_peers.py PEER task.npz predicted.npz

A task holds what was known when values are made (arrays of `value_quality.task`); a peer gives money per customer in
the months to come. Its CPU seconds are those of fitting and foretelling: libraries and the task are loaded before.

Peers that are given a survival model alone (lifelines, sBG) multiply months by telcli's own usual month: what is
compared then is who leaves. lifetimes has its own model of money; the gradient boosting foretells money at once.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Task = Mapping[str, Any]


def naive(task: Task) -> Array:
    """The mean month of the last 12, times the months to come, as if nobody left."""
    known = task["months"][:, -12:]
    count = (~np.isnan(known)).sum(axis=1)
    return here(task, np.nansum(known, axis=1) / np.maximum(count, 1) * int(task["future"]))


def transactions(task: Task) -> tuple[Array, Array, Array, Array]:
    """Months with money as purchases, counted from the first: repeats, last, age, mean money of repeats."""
    paid = task["months"] > 0
    size = paid.shape[1]
    first = np.where(paid.any(axis=1), paid.argmax(axis=1), size - 1)
    last = np.where(paid.any(axis=1), size - 1 - paid[:, ::-1].argmax(axis=1), size - 1)
    repeats = np.maximum(paid.sum(axis=1) - 1, 0)
    later = paid & (np.arange(size) > first[:, None])
    money = np.where(later, task["months"], 0.0).sum(axis=1) / np.maximum(later.sum(axis=1), 1)
    return repeats, last - first, size - 1 - first, money


def converged(fit: Callable[[float], Any]) -> Any:
    """The model with the smallest penalty that it converges with."""
    for penalty in (0.001, 0.01, 0.1):
        try:
            return fit(penalty)
        except Exception as error:  # of lifetimes, without a class of its own in all versions
            last = error
    raise last


def spend(task: Task, repeats: Array, money: Array) -> Array:
    """Gamma-Gamma: money of a purchase, from those with repeats."""
    from lifetimes import GammaGammaFitter

    rows = (repeats > 0) & (money > 0)
    model = converged(lambda penalty: GammaGammaFitter(penalty).fit(repeats[rows], money[rows]))
    found: Array = np.asarray(model.conditional_expected_average_profit(repeats, money), dtype=float)
    return found


def here(task: Task, values: Array) -> Array:
    """Those of customers who are to be valued; models of purchases are fitted to all who were ever seen."""
    found: Array = values[task["valued"]]
    return found


def bg_nbd(task: Task) -> Array:
    """BG/NBD and Gamma-Gamma of `lifetimes`: a model for shops, which do not learn who has left."""
    from lifetimes import BetaGeoFitter

    repeats, last, age, money = transactions(task)
    model = converged(lambda penalty: BetaGeoFitter(penalty).fit(repeats, last, np.maximum(age, 0.1)))
    bought = model.conditional_expected_number_of_purchases_up_to_time(
        int(task["future"]), repeats, last, np.maximum(age, 0.1)
    )
    return here(task, np.nan_to_num(np.asarray(bought, dtype=float)) * spend(task, repeats, money))


def bg_bb(task: Task) -> Array:
    """BG/BB and Gamma-Gamma of `lifetimes`: the same for purchases that can happen once a month."""
    from lifetimes import BetaGeoBetaBinomFitter

    repeats, last, age, money = transactions(task)
    told = age >= 1
    cells, place, weights = np.unique(
        np.stack([repeats, last, age], axis=1)[told], axis=0, return_inverse=True, return_counts=True
    )
    model = converged(lambda penalty: BetaGeoBetaBinomFitter(penalty).fit(*cells.T, weights=weights))
    ahead = model.conditional_expected_number_of_purchases_up_to_time(int(task["future"]), *cells.T)
    bought = np.full(len(age), float(np.average(np.asarray(ahead), weights=weights)))
    bought[told] = np.asarray(ahead, dtype=float)[place.reshape(-1)]
    return here(task, bought * spend(task, repeats, money))


def kaplan_meier(task: Task) -> Array:
    """lifelines: a Kaplan-Meier curve of tenure for each way of paying, customers entering when first seen."""
    from lifelines import KaplanMeierFitter

    future, tenure, group = int(task["future"]), task["tenure"], task["group"]
    months = np.zeros(len(tenure))
    for code in np.unique(group):
        rows = task["stay_group"] == code
        # A month at risk at tenure k is the time from k to k + 1.
        curve = KaplanMeierFitter().fit(
            task["stay_exit"][rows] + 1, task["stay_left"][rows], entry=task["stay_entry"][rows]
        )
        mine = group == code
        steps = tenure[mine][:, None] + 1 + np.arange(future + 1)
        alive = np.asarray(curve.predict(steps.ravel())).reshape(steps.shape)
        months[mine] = np.nan_to_num(alive[:, 1:] / np.where(alive[:, :1] > 0, alive[:, :1], np.nan)).sum(axis=1)
    return np.asarray(task["usual"] * months)


def regression(task: Task, fitter: Any) -> Array:
    """Months ahead by a regression of leaving on what was known one window earlier."""
    import pandas as pd

    columns = [f"x{place}" for place in range(task["kinds_then"].shape[1])]
    told = pd.DataFrame(task["kinds_then"], columns=columns)
    told["span"], told["gone"] = task["span"], task["gone"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = fitter.fit(told, "span", event_col="gone")
    ahead = np.arange(1, int(task["future"]) + 1)
    now = pd.DataFrame(task["kinds_now"], columns=columns)
    months = np.asarray(model.predict_survival_function(now, times=ahead)).sum(axis=0)
    return np.asarray(task["usual"] * months)


def cox(task: Task) -> Array:
    from lifelines import CoxPHFitter

    return regression(task, CoxPHFitter(penalizer=0.01))


def weibull(task: Task) -> Array:
    from lifelines import WeibullAFTFitter

    return regression(task, WeibullAFTFitter(penalizer=0.01))


def boosted(task: Task, sides: tuple[str, str], loss: str = "squared_error") -> Array:
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(loss=loss, random_state=0).fit(task[sides[0]], task["money"])
    return np.asarray(model.predict(task[sides[1]]), dtype=float)


def boosting(task: Task) -> Array:
    """scikit-learn: the customer's last months, tenure and way of paying, trained one window earlier."""
    return boosted(task, ("months_then", "months_now"))


def boosting_all(task: Task) -> Array:
    """The same, with every column of customer_months beside."""
    return boosted(task, ("wide_then", "wide_now"))


def boosting_median(task: Task) -> Array:
    """The same with all columns, fitted to medians."""
    return boosted(task, ("wide_then", "wide_now"), "absolute_error")


def shifted_beta_geometric(task: Task) -> Array:
    """pymc-marketing: sBG, by maximum a posteriori, a cohort for each way of paying and month of being first seen.

    The model has no late entry, so its clock starts when a customer is first seen: the first cohort holds all who
    were there before. Whoever is new in the last month goes by the youngest cohort of her way of paying.
    """
    import logging

    import pandas as pd
    from pymc_marketing.clv import ShiftedBetaGeoModel

    logging.disable(logging.WARNING)
    seen = pd.DataFrame({"customer_id": np.arange(len(task["stay_exit"]))})
    seen["recency"] = (task["stay_exit"] - task["stay_entry"] + 1).astype(int)
    # All of a cohort could have been watched for as many months; one more than that is "did not leave in them".
    seen["T"] = int(task["months"].shape[1]) - task["stay_first"] + 1
    seen["alive"] = task["stay_left"] == 0
    seen.loc[seen["alive"], "recency"] = seen["T"]
    seen["cohort"] = [f"{code}-{first}" for code, first in zip(task["stay_group"], task["stay_first"], strict=True)]
    seen = seen[seen["T"] >= 2]
    seen["recency"] = seen["recency"].clip(1, seen["T"])
    model = ShiftedBetaGeoModel()
    model.fit(seen.drop(columns="alive"), method="map", progressbar=False)
    mine = pd.DataFrame({"first": task["first"], "code": task["group"]})
    cohorts = seen[["cohort", "T"]].drop_duplicates().set_index("cohort")
    names = [f"{code}-{first}" for code, first in zip(mine["code"], mine["first"], strict=True)]
    youngest = {code: max((n for n in cohorts.index if n.startswith(f"{code}-")), key=lambda n: int(n.split("-")[-1]))
                for code in mine["code"].unique()}  # fmt: skip
    kinds = [n if n in cohorts.index else youngest[code] for n, code in zip(names, mine["code"], strict=True)]
    asked = cohorts.loc[sorted(set(kinds))].reset_index()
    asked["customer_id"] = np.arange(len(asked))
    ends = [
        model.expected_probability_alive(asked, future_t=step - 1).squeeze() for step in range(int(task["future"]) + 1)
    ]
    months = sum(end / ends[0] for end in ends[1:])
    by_cohort = dict(zip(asked["cohort"], np.asarray(months), strict=True))
    return np.asarray(task["usual"] * np.array([by_cohort[name] for name in kinds]))


PEERS: dict[str, tuple[str, Callable[[Task], Array]]] = {
    "naive": ("numpy", naive),
    "bg-nbd": ("lifetimes", bg_nbd),
    "bg-bb": ("lifetimes", bg_bb),
    "sbg": ("pymc_marketing.clv", shifted_beta_geometric),
    "km": ("lifelines", kaplan_meier),
    "cox": ("lifelines", cox),
    "weibull": ("lifelines", weibull),
    "gbr": ("sklearn.ensemble", boosting),
    "gbr-all": ("sklearn.ensemble", boosting_all),
    "gbr-median": ("sklearn.ensemble", boosting_median),
}


def spent() -> float:
    """CPU seconds of this process and of those it started (a compiler)."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


def main() -> None:
    name, given, wanted = sys.argv[1:]
    library, peer = PEERS[name]
    __import__(library)
    with np.load(given) as stored:
        task = dict(stored)
    start = spent()
    predicted = peer(task)
    took = spent() - start
    if predicted.shape != task["usual"].shape or not np.isfinite(predicted).all():
        raise SystemExit(f"{name}: {int((~np.isfinite(predicted)).sum())} predictions are no numbers")
    np.savez(wanted, predicted=predicted, seconds=took)
    sys.stdout.write(json.dumps({"seconds": took}) + "\n")


if __name__ == "__main__":
    main()
