"""What predict-churn says of its model."""

from telcli.cli._churn_view import _ways, modelled

TRIALS = {kind: {"log_loss": loss, "excess": 0.0, "error": 0.0} for kind, loss in (("additive", 0.41), ("pairs", 0.4))}


def test_the_model_is_told_with_what_each_part_did() -> None:
    model = {"trials": TRIALS, "weights": {"additive": 0.25, "pairs": 0.7}}
    plan = {"bins": 64, "columns": 9, "pairs": 60}
    said = list(modelled({"model": {**model, "plan": plan}}))
    told = "0.25 single tables (0.4100) + 0.70 tables and pairs (0.4000)"
    assert " ".join(line.strip() for line in said) == f"model, with log-loss of each alone: {told}"
    assert all(len(line) <= 80 for line in said)
    short = list(modelled({"model": {**model, "plan": {**plan, "bins": 8, "pairs": 0}}}))
    assert "8 steps of a number, 9 columns, 0 pairs" in short[-1]
    assert list(modelled({"model": {"trials": {}, "weights": {}, "plan": plan}})) == []


def test_kinds_stand_behind_those_who_left_by_them() -> None:
    counts = {"left_in_gap": 17, "left_otherwise": 11, "censored": 16}
    others = {"involuntary": 5, "inactive": 6, "internal": 2}
    told = _ways({"snapshot": "2024-03-01", "by_kind": {"voluntary": 3}, "others_by_kind": others, **counts})
    assert told[1].startswith("no label: left in the gap 17, left in another way 11 (")
    first, last = told[1].split("not seen to the end 16")
    assert all(number in first for number in ("5", "6"))
    assert last.endswith("2)")
