"""The rivals of `churn_quality.py`: telcli's own model as predict-churn makes it, and others as an analyst would.

A maker takes a part and a seed and gives the chance of leaving of the rows tested. Peers see the columns that telcli
would look at, with every value of a category. All run on one thread. Those whose library is not installed are missing.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable

import numpy as np
import polars as pl
from churn_quality_sets import Part
from numpy.typing import NDArray
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from telcli.features.churn_design import learn_design
from telcli.methods.churn_training import train
from telcli.stages.predict_churn_study import level_rows

Array = NDArray[np.float64]
_NOT_FOR_PEERS = ("empty", "constant", "identifier", "near-unique text")


def telcli(part: Part, seed: int) -> Array:
    known, left = part.frame[part.learn], part.y[part.learn]
    columns = [name for name in known.columns if name != "month"]
    design = learn_design(known, columns, level_rows=level_rows(1))
    model = train(design.matrix(known), left, categorical=design.categorical, seed=seed)
    return model.predict_proba(design.matrix(part.frame[part.check]))[:, 1]


class Columns:
    """What peers get: numbers with gaps, and categories as codes of every value seen while learning; -1 is a gap."""

    def __init__(self, part: Part) -> None:
        known = part.frame[part.learn]
        columns = [name for name in known.columns if name != "month"]
        left_out = learn_design(known, columns).left_out
        used = [name for name in columns if left_out.get(name) not in _NOT_FOR_PEERS]
        self.words = [name for name in used if known.schema[name] == pl.String]
        self.numbers = [name for name in used if name not in self.words]
        self.levels = {name: sorted(known[name].drop_nulls().unique().to_list()) for name in self.words}
        self.learn, self.check = self._matrix(known), self._matrix(part.frame[part.check])
        self.coded = list(range(len(self.numbers), len(used)))

    def _matrix(self, frame: pl.DataFrame) -> Array:
        parts = [frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in self.numbers]
        for name, levels in self.levels.items():
            code = frame[name].replace_strict(levels, range(len(levels)), default=len(levels), return_dtype=pl.Float64)
            parts.append(pl.select(pl.when(frame[name].is_null()).then(-1.0).otherwise(code)).to_series().to_numpy())
        return np.column_stack(parts)

    def pandas(self, *, codes: bool = False) -> tuple[object, object]:
        """Frames to learn from and to test on; categories as such, or as whole numbers."""
        import pandas as pd

        names = [*self.numbers, *self.words]
        found = []
        for matrix in (self.learn, self.check):
            frame = pd.DataFrame(matrix, columns=names)
            for name, levels in self.levels.items():
                code = frame[name].astype(int)
                frame[name] = code if codes else pd.Categorical(code, categories=range(len(levels)))
            found.append(frame)
        return found[0], found[1]


def logistic(part: Part, seed: int) -> Array:
    columns = Columns(part)
    prepared = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), columns.coded),
        (make_pipeline(SimpleImputer(), StandardScaler()), list(range(len(columns.numbers)))),
    )
    model = make_pipeline(prepared, LogisticRegression(max_iter=1000))
    return model.fit(columns.learn, part.y[part.learn]).predict_proba(columns.check)[:, 1]


def histogram(part: Part, seed: int) -> Array:
    """scikit-learn's boosting; it takes 255 values of a category, with more their codes are numbers to it."""
    columns = Columns(part)
    few = [j for j, name in zip(columns.coded, columns.words, strict=True) if len(columns.levels[name]) < 254]
    model = HistGradientBoostingClassifier(categorical_features=few or None, random_state=seed)
    return model.fit(columns.learn, part.y[part.learn]).predict_proba(columns.check)[:, 1]


def lightgbm(part: Part, seed: int) -> Array:
    from lightgbm import LGBMClassifier

    learn, check = Columns(part).pandas()
    model = LGBMClassifier(random_state=seed, n_jobs=1, verbose=-1, deterministic=True)
    return model.fit(learn, part.y[part.learn]).predict_proba(check)[:, 1]


def xgboost(part: Part, seed: int) -> Array:
    from xgboost import XGBClassifier

    learn, check = Columns(part).pandas()
    model = XGBClassifier(random_state=seed, n_jobs=1, enable_categorical=True, tree_method="hist")
    return model.fit(learn, part.y[part.learn]).predict_proba(check)[:, 1]


def catboost(part: Part, seed: int) -> Array:
    from catboost import CatBoostClassifier, Pool

    columns = Columns(part)
    learn, check = columns.pandas(codes=True)
    model = CatBoostClassifier(random_seed=seed, thread_count=1, verbose=0, allow_writing_files=False)
    model.fit(Pool(learn, part.y[part.learn], cat_features=columns.words))
    return model.predict_proba(Pool(check, cat_features=columns.words))[:, 1]


def explainable(part: Part, seed: int) -> Array:
    """Explainable boosting as it does best here: one bag, no pairs, rate .05."""
    from interpret.glassbox import ExplainableBoostingClassifier

    columns = Columns(part)
    kinds = ["continuous"] * len(columns.numbers) + ["nominal"] * len(columns.words)
    model = ExplainableBoostingClassifier(
        feature_types=kinds, outer_bags=1, interactions=0, learning_rate=0.05, max_rounds=1000, n_jobs=1,
        random_state=seed,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(columns.learn, part.y[part.learn])
        return model.predict_proba(columns.check)[:, 1]


def empulse(part: Part, seed: int) -> Array:
    """Cost-sensitive logistic regression (AGPL: beside, never inside). It learns from the costs of these customers."""
    from empulse.models import CSLogitClassifier

    columns = Columns(part)
    ready = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False, max_categories=50), columns.coded),
        (make_pipeline(SimpleImputer(), StandardScaler()), list(range(len(columns.numbers)))),
    )
    learn = ready.fit_transform(columns.learn)
    costs = {"fp_cost": part.wasted[part.learn], "fn_cost": part.missed[part.learn]}
    model = CSLogitClassifier().fit(learn, part.y[part.learn], **costs)
    return model.predict_proba(ready.transform(columns.check))[:, 1]


def imbalanced(part: Part, seed: int) -> Array:
    """AdaCost of imbalanced-ensemble."""
    from imbens.ensemble import AdaCostClassifier

    columns = Columns(part)
    filled = SimpleImputer().fit(columns.learn)
    model = AdaCostClassifier(random_state=seed).fit(filled.transform(columns.learn), part.y[part.learn])
    return model.predict_proba(filled.transform(columns.check))[:, 1]


MODELS: dict[str, tuple[str, Callable[[Part, int], Array]]] = {
    "telcli": ("telcli", telcli),
    "logistic": ("sklearn", logistic),
    "hgb": ("sklearn", histogram),
    "lightgbm": ("lightgbm", lightgbm),
    "xgboost": ("xgboost", xgboost),
    "catboost": ("catboost", catboost),
    "ebm": ("interpret", explainable),
    "empulse": ("empulse", empulse),
    "imbens": ("imbens", imbalanced),
}


def installed(names: list[str]) -> tuple[list[str], list[str]]:
    """Those of `names` that can run here, and those that cannot."""
    here = [name for name in names if importlib.util.find_spec(MODELS[name][0])]
    return here, [name for name in names if name not in here]
