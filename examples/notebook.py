# %% [markdown]
# # From raw extracts to a retention plan, in Python
#
# Each cell is one step of the walk. `jupytext --to notebook notebook.py` makes a notebook of it; VS Code and PyCharm
# run the cells as they are. Nobody in these data exists: `telcli.simulate` made them.

# %%
from pathlib import Path

import altair as alt
import numpy as np
import polars as pl

import telcli

raw, work = Path("raw"), Path("work")

# %% [markdown]
# ## Data
# The same settings and seed give the same files. With extracts of your own, name them in place of `raw`.

# %%
telcli.simulate(raw, customers=600, months=12, seed=1, force=True)
loaded = telcli.ingest(raw, workdir=work)
loaded

# %% [markdown]
# What each column was taken for, and how sure that is:

# %%
pl.DataFrame(
    [
        {"source": source["source"], "column": theirs, "taken for": f"{source['table']}.{ours}"}
        for source in loaded["ingest"].metrics["sources"]
        for ours, theirs in source["mapped"].items()
    ]
)

# %% [markdown]
# ## Segments, value and risk
# Arguments are the settings of the stage: `help(telcli.segment)` has each with its unit, range and default. What is
# not given comes from the environment, from telcli.toml, or is the default. `fit_seconds` is work, not the clock's:
# with less the model of churn is coarser.

# %%
segments = telcli.segment(work, algorithm="kmeans", max_segments=5)
segments.table("segment_profiles").select("segment_name", "customers", "revenue_share", "rule")

# %%
value = telcli.score_value(work, horizon_months=24)
churn = telcli.predict_churn(work, fit_seconds=1, compare="quick", earlier_tests=0)
print(f"AUC {churn.metrics['auc']:.3f} ({churn.metrics['auc_low']:.3f} to {churn.metrics['auc_high']:.3f})")
for notice in churn.warnings:
    print(notice.message)

# %% [markdown]
# ## A table, and a chart
# Tables are polars frames: join, filter and draw them.

# %%
risk = (
    telcli.scan(work, "churn_scores", columns="customer_id, churn_probability, risk_band, expected_saving")
    .join(telcli.scan(work, "value_scores", columns="customer_id, lifetime_value, value_tier"), on="customer_id")
    .join(telcli.scan(work, "segments", columns="customer_id, segment_name"), on="customer_id")
    .collect()
)
risk.sort("expected_saving", descending=True).head()

# %%
chart = (
    alt.Chart(risk, title="Value and risk")
    .mark_circle(opacity=0.6)
    .encode(
        x=alt.X("churn_probability:Q", title="Chance of leaving").axis(format="%"),
        y=alt.Y("lifetime_value:Q", title="Lifetime value, CNY"),
        color=alt.Color("segment_name:N", title="Segment"),
        tooltip=["customer_id", "risk_band", "value_tier"],
    )
)
chart.save("value_and_risk.svg")
chart

# %% [markdown]
# Any metric by any dimensions, over months; groups of few customers are hidden:

# %%
telcli.cube(work, ["customers", "revenue", "revenue_per_customer"], by="segment_name, risk_band").frame

# %% [markdown]
# ## The methods alone, on arrays
# `telcli.methods` has the estimators behind the stages, with scikit-learn's conventions.

# %%
from sklearn.model_selection import train_test_split

from telcli.methods import GLKM, BehaviourPreparation, ChurnModel, empc, top_lift

months = telcli.read(work, "customer_months")
last = months["month"].unique().sort()[-4]
before = months.filter(pl.col("month") == last, pl.col("active"))
gone = months.filter(pl.col("month") > last, pl.col("left"))["customer_id"]
columns = ["revenue", "call_minutes", "data_mb", "tenure_months", "active_days"]
X = before.select(columns).to_numpy().astype(float)
y = before["customer_id"].is_in(gone.implode()).to_numpy().astype(int)

# %%
seen, new, seen_y, new_y = train_test_split(X, y, test_size=0.5, stratify=y, random_state=0)
model = ChurnModel(seconds=2.0).fit(seen, seen_y)
p = model.predict_proba(new)[:, 1]
print(f"{seen_y.sum()} of {len(seen)} left in the rows learned from, {new_y.sum()} of {len(new)} in those tested")
print(f"top-decile lift {top_lift(new_y, p):.2f}, expected maximum profit {empc(new_y, p).profit:.2f} a customer")

# %%
behaviour = BehaviourPreparation().fit_transform(X)
groups = GLKM(n_clusters=3, random_state=0).fit(behaviour)
np.bincount(groups.labels_)

# %% [markdown]
# ## Plan and report

# %%
plan = telcli.plan_retention(work, holdout=0.2)
plan.table("retention_plan").group_by("action").len().sort("action")

# %%
report = telcli.report(work, files="html, xlsx")
report
