"""How far two groupings of the same members agree, whatever their groups are called or numbered."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from telcli.methods.matching import crossed

__all__ = ["Agreement", "agreement"]


@dataclass(frozen=True)
class Agreement:
    """`ari` and `ami` are 1 for the same groups and 0, on average, by chance; `purity` is a share, 0..1."""

    ari: float
    ami: float
    purity: float


def agreement(found: ArrayLike, given: ArrayLike) -> Agreement:
    """Compare the labels found with those given, integers from 0 of the same members; at least one member.

    Adjusted Rand index: pairs of members that are together or apart in both groupings, less what chance would give,
    over the most there can be. Adjusted mutual information: the same of the information that one grouping gives of
    the other, over the mean of their entropies. Purity: share of members in the commonest given group of their found
    one; it grows with the number of groups found, the other two do not.

    References
    ----------
    Hubert and Arabie (1985), J. Classif. 2; Vinh, Epps and Bailey (2010), JMLR 11; scikit-learn's
    adjusted_rand_score and adjusted_mutual_info_score.

    >>> agreement([0, 0, 1, 1], [1, 1, 0, 0])
    Agreement(ari=1.0, ami=1.0, purity=1.0)
    >>> agreement([0, 0, 1, 1], [0, 1, 0, 1]).ari
    -0.5
    """
    counts = crossed(found, given)
    purity = counts.max(axis=1).sum() / counts.sum()
    ari, ami = adjusted_rand_score(given, found), adjusted_mutual_info_score(given, found)
    return Agreement(float(ari), float(ami), float(purity))
