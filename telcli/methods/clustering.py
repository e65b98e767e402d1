"""K-means that learns on a sample and finishes on every row."""

from __future__ import annotations

import warnings
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, validate_data

from telcli.methods.threads import threads

__all__ = ["SampledKMeans", "assign", "cluster_sums", "distances", "draw_rows"]

_CHUNK = 65_536
_FLOATS = [np.float64, np.float32]

Floats = NDArray[np.floating]
Labels = NDArray[np.int32]


class SampledKMeans(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Minimise the summed squared distance to the nearest centre: sum_k sum_{i in k} |x_i - c_k|^2.

    The best of `n_init` k-means++ starts on `sample_rows` rows gives the centres, Lloyd's steps over all rows finish
    them. One thread and float64 sums, so that neither threads nor chunks change a result; memory beside X is a few
    chunks. A clusterer of another kind takes its place by the same methods and attributes.

    Parameters
    ----------
    n_clusters : wanted; fewer are found where the sample has fewer distinct rows.
    n_init : starts.  sample_rows : rows of the sample.  max_passes, tol : stop after so many passes over
        all rows, or when inertia improves by a smaller share.

    Attributes
    ----------
    cluster_centers_ : clusters x columns, float64.  labels_ : int32 from 0.  inertia_ : float.  n_iter_ : passes.

    References
    ----------
    Lloyd (1982), IEEE Trans. Inf. Theory 28(2); Arthur and Vassilvitskii (2007), k-means++.

    >>> found = SampledKMeans(2).fit([[0.0], [0.2], [9.0], [9.2]])
    >>> round(found.inertia_, 6), sorted(found.cluster_centers_.ravel().round(3).tolist())
    (0.04, [0.1, 9.1])
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        n_init: int = 10,
        sample_rows: int = 25_000,
        max_passes: int = 10,
        tol: float = 1e-5,
        random_state: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_init = n_init
        self.sample_rows = sample_rows
        self.max_passes = max_passes
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Find the centres of rows x columns finite floats; at least one row."""
        matrix = validate_data(self, X, dtype=_FLOATS)
        sample = matrix[draw_rows(len(matrix), self.sample_rows, self.random_state)]
        clusters = min(self.n_clusters, len(np.unique(sample, axis=0)))
        with threads(1):
            with warnings.catch_warnings():
                # of nearly equal rows K-means may find fewer: what is found tells so itself
                warnings.simplefilter("ignore", ConvergenceWarning)
                centres = self._start(sample, clusters)
            self._finish(matrix, centres)
        return self

    def predict(self, X: ArrayLike) -> Labels:
        """The nearest centre of each row."""
        check_is_fitted(self)
        with threads(1):
            return assign(validate_data(self, X, dtype=_FLOATS, reset=False), self.cluster_centers_)[0]

    def _start(self, sample: Floats, clusters: int) -> NDArray[np.float64]:
        """The centres that the sample gives."""
        found = KMeans(clusters, n_init=self.n_init, random_state=self.random_state).fit(sample)
        return np.asarray(found.cluster_centers_, dtype=np.float64)

    def _finish(self, matrix: Floats, centres: NDArray[np.float64]) -> None:
        before = np.inf
        for done in range(1, self.max_passes + 1):
            labels, inertia = assign(matrix, centres)
            counts, sums = cluster_sums(matrix, labels, len(centres))
            filled = counts > 0
            centres[filled] = sums[filled] / counts[filled, None]
            self.n_iter_ = done
            if before - inertia <= self.tol * inertia:
                break
            before = inertia
        self.cluster_centers_ = centres
        self.labels_, self.inertia_ = assign(matrix, centres)


def draw_rows(rows: int, wanted: int, seed: int) -> NDArray[np.int64]:
    """Row numbers of a sample without replacement, ascending; all rows when there are no more than wanted.

    >>> draw_rows(3, 5, seed=0).tolist()
    [0, 1, 2]
    """
    if rows <= wanted:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, wanted, replace=False))


def assign(matrix: Floats, centres: NDArray[np.float64]) -> tuple[Labels, float]:
    """Each row's nearest centre and the sum of squared distances to it."""
    labels = np.empty(len(matrix), dtype=np.int32)
    middle = _middle(centres)
    moved, off = centres - middle, middle.astype(matrix.dtype)
    narrow = moved.astype(matrix.dtype)
    sizes = np.einsum("ij,ij->i", narrow, narrow)
    total = 0.0
    for start in range(0, len(matrix), _CHUNK):
        rows = matrix[start : start + _CHUNK] - off
        nearest = np.argmin(sizes - 2.0 * (rows @ narrow.T), axis=1)
        labels[start : start + _CHUNK] = nearest
        away = rows - moved[nearest]
        total += float(np.einsum("ij,ij->", away, away))
    return labels, total


def _middle(centres: Floats) -> NDArray[np.float64]:
    """What is taken off rows and centres: far from the origin the difference of their squares would lose all digits."""
    middle: NDArray[np.float64] = centres.mean(axis=0, dtype=np.float64)
    return middle


def distances(matrix: Floats, centres: Floats) -> Floats:
    """Squared distances, rows x centres, in the precision of the matrix; never below 0.

    >>> distances(np.array([[0.0], [3.0]]), np.array([[1.0]])).tolist()
    [[1.0], [4.0]]
    """
    middle = _middle(centres)
    narrow, rows = (centres - middle).astype(matrix.dtype), matrix - middle.astype(matrix.dtype)
    squared: Floats = np.einsum("ij,ij->i", rows, rows)[:, None] + np.einsum("ij,ij->i", narrow, narrow)
    squared -= 2.0 * (rows @ narrow.T)
    return np.maximum(squared, 0.0, out=squared)


def cluster_sums(matrix: Floats, labels: Labels, clusters: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows per cluster and the sum of each column in it, in float64.

    >>> cluster_sums(np.array([[1.0], [2.0], [5.0]]), np.array([0, 0, 1], dtype=np.int32), 2)[1].tolist()
    [[3.0], [5.0]]
    """
    counts = np.bincount(labels, minlength=clusters)
    columns = [np.bincount(labels, weights=column, minlength=clusters) for column in matrix.T]
    return counts, np.stack(columns, axis=1) if columns else np.zeros((clusters, 0))
