"""Whom the contact policy leaves alone: suppressed, contacted lately or often, in a campaign that excludes an offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.stages.plan_retention_study import Study

__all__ = ["Policy", "policy_of"]

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Policy:
    """What the policy says of each customer and offer.

    `codes` is why a customer is left alone, empty where she is not; `excluded` of shape (customers, offers) are pairs
    that another campaign excludes; `overlap` makes the table plan_overlap of a finished plan.
    """

    codes: NDArray[np.str_]
    excluded: Flags
    overlap: Callable[[pl.DataFrame], pl.DataFrame]

    @property
    def free(self) -> Flags:
        """Who may be contacted at all."""
        free: Flags = self.codes == ""
        return free


def policy_of(study: Study, people: pl.DataFrame, offers: pl.DataFrame) -> Policy:
    """The policy by the settings, and contacts of the past as far as campaigns, plans and outcomes tell them."""
    listed = set(study.inputs.choices.get("left_alone", ()))
    unknown = len(listed - set(people["customer_id"]))
    if unknown:
        study.tell(
            "plan-suppressed-unknown",
            "Of {listed} lines of the list {file}, {unknown} name no customer of this month.",
            file=study.settings.suppress,
            listed=len(listed),
            unknown=unknown,
        )
    known = people["customer_id"].is_in(list(listed)).to_numpy()
    codes = np.where(known, "suppressed", "")
    from telcli.tables.plan_results import CONTRACTS

    empty = pl.DataFrame(schema={name: kind.dtype for name, kind in CONTRACTS["plan_overlap"].schema.columns().items()})
    return Policy(codes, np.zeros((people.height, offers.height), dtype=bool), lambda plan: empty)
