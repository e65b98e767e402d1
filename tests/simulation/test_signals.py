"""What an honest analyst can find: segments by clustering, and leavers ahead of time, neither too well."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import adjusted_rand_score, roc_auc_score

from telcli.simulation.behaviour import charge, use
from telcli.simulation.departures import STAYS, depart
from telcli.simulation.lines import monthly_fees, open_lines
from telcli.simulation.population import populate
from telcli.simulation.service import contact
from telcli.simulation.troubles import live_through
from telcli.simulation.world import BLOCK, Array, World


def _seen(world: World, block: int) -> dict[str, Array]:
    """What the extracts show of a block, by customer and month, without the files."""
    people = populate(world, block)
    troubles = live_through(world, block, people)
    gone = depart(world, block, people, troubles)
    used = use(world, block, people, troubles, gone)
    fees = monthly_fees(open_lines(world, block, people, gone), BLOCK, world.months)
    charges = charge(world, block, people, troubles, used, fees)
    tickets = contact(world, block, people, troubles, gone)
    bad = np.zeros(used.there.shape)
    np.add.at(bad, (tickets.owner, tickets.month), np.isin(tickets.kind, (0, 2)))
    month = np.arange(world.months)[None, :]
    return {
        "minutes": used.call_minutes,
        "data": used.data_mb,
        "texts": used.texts,
        "days": used.active_days,
        "revenue": charges.total / 100,
        "over": charges.over_bundle / 100,
        "bad": bad,
        "tenure": month - people.joined[:, None],
        "contract": np.clip(people.contract_end[:, None] - month, -12, 24),
        "prepaid": np.broadcast_to(people.prepaid[:, None], used.there.shape),
        "kind": people.kind,
        "leaves": gone.month,
        "joined": people.joined,
    }


def _matrix(seen: dict[str, Array], month: int) -> tuple[Array, Array]:
    """Features up to a month and whether the customer leaves two or three months later."""
    columns = []
    for name in ("minutes", "data", "days", "revenue"):
        late = seen[name][:, month - 2 : month + 1].mean(axis=1)
        columns += [late, late / (seen[name][:, month - 5 : month - 2].mean(axis=1) + 1)]
    columns += [seen[name][:, month - 2 : month + 1].sum(axis=1) for name in ("over", "bad")]
    columns += [seen[name][:, month] for name in ("over", "tenure", "contract", "prepaid")]
    here = (seen["joined"] <= month) & (seen["leaves"] > month)
    return np.column_stack(columns)[here], np.isin(seen["leaves"] - month, (2, 3))[here]


@pytest.fixture(scope="module")
def seen(world: World) -> list[dict[str, Array]]:
    return [_seen(world, block) for block in range(4)]


def test_leavers_are_found_ahead_of_time_but_not_all(seen: list[dict[str, Array]]) -> None:
    past = [_matrix(block, month) for block in seen for month in (5, 6)]
    later = [_matrix(block, 8) for block in seen]
    model = HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.06, max_leaf_nodes=8, min_samples_leaf=60, random_state=0
    )
    model.fit(np.concatenate([x for x, _ in past]), np.concatenate([y for _, y in past]))
    labels = np.concatenate([y for _, y in later])
    auc = roc_auc_score(labels, model.predict_proba(np.concatenate([x for x, _ in later]))[:, 1])
    assert 0.72 <= auc <= 0.88


def test_planted_segments_are_found_by_clustering(seen: list[dict[str, Array]]) -> None:
    """Six groups: the five planted ones, and those whose use has run dry."""
    month = 11
    here = (seen[0]["joined"] <= month) & (seen[0]["leaves"] >= STAYS)
    levels = [seen[0][name][here, month - 2 :].mean(axis=1) for name in ("minutes", "data", "texts", "days", "revenue")]
    scaled = np.log1p(np.column_stack(levels))
    scaled = (scaled - scaled.mean(axis=0)) / scaled.std(axis=0)
    found = KMeans(6, n_init=5, random_state=0).fit_predict(scaled)
    assert adjusted_rand_score(seen[0]["kind"][here], found) >= 0.75


def test_use_declines_and_shocks_rise_before_leaving_for_them(world: World) -> None:
    people = populate(world, 0)
    troubles = live_through(world, 0, people)
    gone = depart(world, 0, people, troubles)
    used = use(world, 0, people, troubles, gone)
    fees = monthly_fees(open_lines(world, 0, people, gone), BLOCK, world.months)
    over = charge(world, 0, people, troubles, used, fees).over_bundle

    def leavers(reason: int) -> tuple[Array, Array]:
        who = np.flatnonzero((gone.month < STAYS) & (gone.month >= 6) & (gone.reason == reason) & (people.joined < 0))
        return who, gone.month[who]

    who, month = leavers(5)
    assert np.median(used.data_mb[who, month - 1] / used.data_mb[who, month - 6]) < 0.7
    who, month = leavers(1)
    stayers = over[gone.month == STAYS].mean()
    assert over[who, month - 2].mean() > 5 * stayers
