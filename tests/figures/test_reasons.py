"""Like reasons are counted together."""

from hypothesis import given
from hypothesis import strategies as st

from telcli.figures.reasons import merged


def test_ranges_read_well_in_both_languages() -> None:
    found = merged(
        [
            ("1 complaint in 3 months", "近3个月投诉1次", 4),
            ("12 complaints in 3 months", "近3个月投诉12次", 1),
            ("2 complaints in 3 months", "近3个月投诉2次", 3),
            ("High bill (1,050 a month)", "月账单偏高（1,050）", 2),
            ("High bill (99.5 a month)", "月账单偏高（99.5）", 2),
            ("Out of contract", "已不在合约期内", 5),
        ]
    )
    assert found == [
        ("1–12 complaints in 3 months", "近3个月投诉1～12次", 8),
        ("Out of contract", "已不在合约期内", 5),
        ("High bill (99.5–1,050 a month)", "月账单偏高（99.5～1,050）", 4),
    ]


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 50)), min_size=1, max_size=20))
def test_nobody_is_lost_and_order_has_no_effect(counts: list[tuple[int, int]]) -> None:
    told = [(f"{number} days left", f"剩余{number}天", count) for number, count in counts]
    ((en, zh, count),) = merged(told)
    assert count == sum(count for _, count in counts)
    assert merged(told[::-1]) == [(en, zh, count)]
    assert en.split(" ")[0].split("–")[0] == str(min(number for number, _ in counts))
