"""Taking up and giving up month by month: against the chain multiplied out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcli.methods.uptake import changed

CHANCE = st.floats(0.0, 1.0)


@given(CHANCE, CHANCE, st.integers(0, 30))
def test_the_chain_multiplied_out_says_the_same(there, back, months):
    chain = np.linalg.matrix_power(np.array([[1 - there, there], [back, 1 - back]]), months)
    assert changed([there], [back], months)[0] == pytest.approx(chain[0, 1], abs=1e-9)


def test_nobody_takes_up_what_nobody_ever_took():
    assert changed([0.0, 0.0], [0.0, 1.0], 24).tolist() == [0.0, 0.0]
