"""What tells of money spent elsewhere: hand answers, and nothing told of what is not known."""

from datetime import date

import polars as pl

from telcli.features.wallet import wallet

MONTHS = [date(2024, month, 1) for month in (3, 4, 5, 6)]
JUNE = MONTHS[-1]


def months(who, **columns):
    """Four months of one customer; a single value is of June, or of each month where it is `active`."""
    rows = [{"customer_id": who, "month": month, "active": True} for month in MONTHS]
    for name, values in columns.items():
        for row, value in zip(rows, values if isinstance(values, list) else [None] * 3 + [values], strict=True):
            row[name] = value
    return rows


def told(*rows):
    frame = pl.LazyFrame([row for mine in rows for row in mine], infer_schema_length=None)
    return {row["customer_id"]: row for row in wallet(frame, JUNE).collect().to_dicts()}


def test_minutes_with_other_operators_over_those_of_months_that_tell():
    found = told(
        months(
            "a",
            off_net_minutes=[99.0, 10.0, None, 20.0],  # March is too long ago, May does not tell
            call_minutes_out=[99.0, 20.0, 500.0, 30.0],
            call_minutes_in=[0.0, 10.0, 500.0, 20.0],
        ),
        months("b", off_net_minutes=0.0, call_minutes_out=0.0, call_minutes_in=0.0),
    )
    assert found["a"]["off_net_share"] == 30 / 80
    assert found["b"]["off_net_share"] is None


def test_an_idle_bundle_is_one_of_which_nothing_known_is_used():
    found = told(
        months("voice", voice_saturation=[0.9, 0.1, 0.2, 0.0], data_saturation=[None] * 4),
        months("data", voice_saturation=0.0, data_saturation=0.6),
        months("none", voice_saturation=[None] * 4, data_saturation=[None] * 4),
    )
    assert [found[who]["bundle_idle"] for who in ("voice", "data", "none")] == [True, False, None]
    assert found["voice"]["voice_saturation"] == 0.1


def test_use_that_falls_while_the_bill_does_not():
    def change(who, minutes, data, bill):
        return months(who, call_minutes_change_3=minutes, data_mb_change_3=data, revenue_change_3=bill)

    found = told(
        change("data-fell", 0.0, -0.4, 0.05),
        change("calls-became-data", -0.5, 0.3, 0.0),
        change("calls-fell", -0.5, -0.1, 0.0),
        change("calls-fell-alone-known", -0.5, None, 0.0),
        change("bill-fell-too", -0.5, -0.5, -0.3),
        change("bill-not-known", -0.5, -0.5, None),
    )
    assert {who: row["use_falls"] for who, row in found.items()} == {
        "data-fell": True, "calls-became-data": False, "calls-fell": True, "calls-fell-alone-known": True,
        "bill-fell-too": False, "bill-not-known": None,
    }  # fmt: skip


def test_calls_to_competitors_and_who_is_no_customer_any_more():
    gone = [{**row, "active": row["month"] != JUNE} for row in months("gone", competitor_contacts=3.0)]
    found = told(months("a", competitor_contacts=[5.0, 0.0, 1.0, None]), months("b", competitor_contacts=0.0), gone)
    assert (found["a"]["competitor_contacts"], found["a"]["competitor_called"]) == (1.0, True)
    assert not found["b"]["competitor_called"]
    assert "gone" not in found


def test_nothing_is_told_where_nothing_is_known():
    found = told(months("a"))["a"]
    assert {name for name, value in found.items() if value is not None} == {"customer_id"}
