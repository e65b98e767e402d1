"""The customers of a trial as arrays: what is counted, of any group of them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from telcli.methods.trial_effect import stand_for

__all__ = ["Arms", "arms_of"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Arms:
    """Arrays of shape (customers,), of those whose outcome is known and who could have been in either arm.

    Parameters
    ----------
    stayed : 1 stayed, 0 left.
    treated : to be contacted, by the draw.
    chance : of being held out, 0..1, and `weight` what each counts for (`stand_for`).
    worth, before : money lost if the customer leaves, and what of it was expected to be kept.
    cost : of contacting, NaN where nobody says.
    contacted, accepted, contaminated : 1 or 0, NaN where nobody says.
    """

    stayed: Floats
    treated: Flags
    chance: Floats
    weight: Floats
    worth: Floats
    before: Floats
    cost: Floats
    contacted: Floats
    accepted: Floats
    contaminated: Floats

    def take(self, rows: Flags | NDArray[np.intp]) -> Arms:
        """Some of the customers."""
        return Arms(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    @property
    def inverse(self) -> Floats:
        """One over the chance of being in the arm that each is in."""
        return 1.0 / np.where(self.treated, 1.0 - self.chance, self.chance)


def arms_of(rows: pl.DataFrame) -> Arms:
    """Rows of `comparable` as arrays, in their order."""

    def numbers(name: str) -> Floats:
        found: Floats = rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy().astype(np.float64)
        return found

    held = rows["held_out"].to_numpy()
    risk, worth = np.nan_to_num(numbers("churn_probability")), np.nan_to_num(numbers("worth"))
    chance = numbers("chance")
    return Arms(
        stayed=numbers("stayed"),
        treated=~held,
        chance=chance,
        weight=stand_for(held, chance),
        worth=worth,
        before=worth * (1.0 - risk),
        cost=numbers("cost"),
        contacted=numbers("contacted"),
        accepted=numbers("accepted"),
        contaminated=numbers("contaminated"),
    )
