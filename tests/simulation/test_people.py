"""Imaginary persons: valid check digits, nobody's numbers, one certificate for a person registered twice."""

from __future__ import annotations

import re

import numpy as np

from telcli.simulation.people import certificate_check, certificates, credit_code_check, names, phones
from telcli.simulation.population import populate
from telcli.simulation.world import World


def test_certificates_carry_their_check_digit_and_an_unassigned_area(world: World) -> None:
    people = populate(world, 0)
    found = certificates(world, 0, people, 2024)
    for code, customer_class in zip(found.tolist(), people.customer_class.tolist(), strict=True):
        check = credit_code_check if customer_class else certificate_check
        assert len(code) == 18
        assert code[17] == check(code[:17])
        assert code.startswith("9199" if customer_class else "99")


def test_only_twins_share_a_certificate_and_a_name(world: World) -> None:
    for block in (0, 1):
        people = populate(world, block)
        found, called = certificates(world, block, people, 2024), names(world, block, people)
        twins = np.flatnonzero(people.twin >= 0)
        assert 5 <= len(twins) <= 60
        assert (people.twin[twins] < twins).all()
        assert (found[twins] == found[people.twin[twins]]).all()
        assert (called[twins] == called[people.twin[twins]]).all()
        assert len(np.unique(found)) == len(found) - len(twins)


def test_numbers_are_of_the_unallocated_range_and_unique(world: World) -> None:
    found = [number for block in (0, 1) for number in phones(world, block, populate(world, block)).tolist()]
    bare = [re.sub(r"^(\+86|86-|0086)", "", number) for number in found]
    assert all(re.fullmatch(r"154\d{8}", number) for number in bare)
    assert len(set(bare)) == len(bare)
