"""Inertia of GLKM at the time of its peers: python tests/benchmarks/segment_search.py [--rows N] [--k K ...].

Each peer runs in one thread on the same prepared rows; K-means and MiniBatchKMeans start again until they have had
the time that GLKM took, and the best counts ("at equal time"); scikit-learn's n_init=10 stands beside with its own.
faiss-cpu and hgmeans take part where they are installed. CPU seconds; the median ratio over the seeds.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans, MiniBatchKMeans
from threadpoolctl import threadpool_limits

from telcli.methods.clustering import assign
from telcli.methods.glkm import GLKM
from telcli.methods.preparation import BehaviourPreparation

Rows = NDArray[np.float32]
Way = Callable[[Rows, int, int], float]


def planted(rows: int, clusters: int, seed: int, columns: int = 12, spread: float = 2.0) -> Rows:
    random = np.random.default_rng(seed)
    centres = random.normal(scale=spread, size=(clusters, columns)).astype(np.float32)
    shares = random.dirichlet(np.full(clusters, 3.0))
    places = random.choice(clusters, rows, p=shares)
    return centres[places] + random.standard_normal((rows, columns), dtype=np.float32)


def of_workdir(workdir: Path) -> Rows:
    """The customers of the newest month of a working directory, their behaviour prepared as `telcli segment` does."""
    import polars as pl

    from telcli.features.behaviour import FEW, as_matrix, behaviour_columns, numeric_attributes, snapshot, unsmoothed
    from telcli.tables.months import FEATURES

    months = pl.scan_parquet(workdir / "customer_months" / "**" / "*.parquet")
    frame = snapshot(months, months.select(pl.max("month")).collect().item(), FEATURES)
    customers = pl.read_parquet(workdir / "customers" / "*.parquet")
    frame = frame.join(customers, on="customer_id", how="left", maintain_order="left")
    behaviour = unsmoothed(frame, behaviour_columns())
    if sum(frame[name].n_unique() > 1 for name in behaviour) < FEW:
        behaviour += numeric_attributes(frame)
    return BehaviourPreparation().fit_transform(as_matrix(frame, behaviour))


def glkm(rows: Rows, k: int, seed: int) -> float:
    return GLKM(k, random_state=seed).fit(rows).inertia_


def k_means_10(rows: Rows, k: int, seed: int) -> float:
    return inertia(rows, KMeans(k, n_init=10, random_state=seed).fit(rows).cluster_centers_)


def k_means(rows: Rows, k: int, seed: int) -> float:
    return inertia(rows, KMeans(k, n_init=1, random_state=seed).fit(rows).cluster_centers_)


def mini_batch(rows: Rows, k: int, seed: int) -> float:
    return inertia(rows, MiniBatchKMeans(k, n_init=3, random_state=seed).fit(rows).cluster_centers_)


def faiss(rows: Rows, k: int, seed: int) -> float:
    import faiss

    made = faiss.Kmeans(rows.shape[1], k, niter=25, seed=seed, max_points_per_centroid=10**9)
    made.train(np.ascontiguousarray(rows))
    return inertia(rows, made.centroids)


def hg_means(rows: Rows, k: int, seed: int) -> float:
    import hgmeans

    return float(hgmeans.HGMeans().Go(rows.astype(float).tolist(), 10, 50, [k], 0, 0, seed)[0])


def inertia(rows: Rows, centres: NDArray[np.floating]) -> float:
    """Of the rows as given, in one way for all peers."""
    return assign(rows, centres.astype(np.float64))[1]


def timed(way: Way, rows: Rows, k: int, seed: int) -> tuple[float, float]:
    start = time.process_time()
    found = way(rows, k, seed)
    return found, time.process_time() - start


def at_equal_time(way: Way, rows: Rows, k: int, seed: int, most: float) -> tuple[float, float, int]:
    best, spent, starts = np.inf, 0.0, 0
    while spent < most and starts < 500:
        found, took = timed(way, rows, k, 1000 * seed + starts)
        spent, starts = spent + took, starts + 1
        best = min(best, found)
    return best, spent, starts


def peers() -> Iterator[tuple[str, Way]]:
    yield "KMeans", k_means
    yield "MiniBatchKMeans", mini_batch
    for name, way in (("faiss", faiss), ("hgmeans", hg_means)):
        if importlib.util.find_spec(name):
            yield name, way


def compare(label: str, rows: Rows, k: int, seeds: int) -> None:
    told: dict[str, list[tuple[float, float, int]]] = {}
    for seed in range(seeds):
        own, took = timed(glkm, rows, k, seed)
        told.setdefault("GLKM", []).append((0.0, took, 1))
        ten, spent = timed(k_means_10, rows, k, seed)
        told.setdefault("KMeans n_init=10", []).append((ten / own - 1, spent, 10))
        for name, way in peers():
            best, spent, starts = at_equal_time(way, rows, k, seed, took)
            told.setdefault(f"{name} at equal time", []).append((best / own - 1, spent, starts))
    for name, found in told.items():
        over, spent, starts = np.median(found, axis=0)
        line = f"{label:<24} k {k:>2}  {name:<30} inertia {over:+.4%}  {spent:8.2f} CPU s, {starts:.0f} starts"
        print(line, flush=True)  # noqa: T201


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rows", type=int, nargs="*", default=[100_000])
    given.add_argument("--k", type=int, nargs="*", default=[5, 8, 12, 25, 50])
    given.add_argument("--seeds", type=int, default=3)
    given.add_argument("--workdir", type=Path, nargs="*", default=[], help="working directories with customer_months")
    asked = given.parse_args()
    with threadpool_limits(1):
        for k in asked.k:
            for path in asked.workdir:
                compare(path.name, of_workdir(path), k, asked.seeds)
            for rows in asked.rows:
                compare(f"planted {rows:,} x 12", planted(rows, k, 7), k, asked.seeds)


if __name__ == "__main__":
    main()
