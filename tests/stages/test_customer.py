"""A card made of one customer's rows: as they stood at the end of a month, and nothing that came later."""

from datetime import date, datetime
from typing import Any

from telcli.stages.customer import COLUMNS, RESULTS, SERIES, card
from telcli.stages.customer_naming import purged
from telcli.tables import contract

MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)


def month(at: date, **values: Any) -> dict[str, Any]:
    return {"month": at, "active": True, "left": False, **dict.fromkeys(SERIES), **values}


def contact(opened: datetime, closed: datetime | None = None, **values: Any) -> dict[str, Any]:
    return dict.fromkeys(COLUMNS["contacts"]) | {"opened_at": opened, "closed_at": closed} | values


def line(name: str, **values: Any) -> dict[str, Any]:
    return dict.fromkeys(COLUMNS["subscriptions"]) | {"subscription_id": name, "status": "active"} | values


def test_every_column_that_is_read_stands_in_its_contract() -> None:
    for table, columns in COLUMNS.items():
        known = {column.name for column in contract(table).columns()}
        assert set(columns) <= known, table
    assert set(RESULTS.values()) <= set(COLUMNS)


def test_units_of_the_series_are_those_of_the_contract() -> None:
    units = {column.name: column.unit for column in contract("customer_months").columns()}
    assert {name: units[name] for name in SERIES} == SERIES


def test_months_have_gaps_zeros_and_extremes_and_leave_out_what_nobody_knows() -> None:
    rows = [month(date(2024, 6, 1), revenue=5.0, arrears=0.0), month(date(2024, 3, 1), revenue=9.0, arrears=0.0)]
    rows.append(month(date(2024, 4, 1), arrears=2.0))
    found = card({"customer_months": rows}, "a", JUNE)["months"]
    assert found["months"] == ["2024-03", "2024-04", "2024-05", "2024-06"]
    assert {one["column"]: one["values"] for one in found["series"]} == {
        "revenue": [9.0, None, None, 5.0],
        "arrears": [0.0, 2.0, None, 0.0],
    }
    revenue = found["series"][0]
    assert [revenue[name] for name in ("first", "last", "min", "max", "unit")] == [9.0, 5.0, 5.0, 9.0, "currency"]
    assert card({}, "a", JUNE)["months"] == {"months": [], "series": []}


def test_attributes_and_lines_are_those_of_the_month() -> None:
    rows = {
        "customers": [{"region": "east", "valid_from": JUNE, "valid_to": None}],
        "customer_history": [{"region": "north", "valid_from": None, "valid_to": JUNE}],
        "subscriptions": [
            line("n1", plan_id="new", valid_from=JUNE),
            line("n2", ended_on=date(2024, 6, 9), status="ended"),
            line("n3", activated_on=date(2024, 6, 3)),
        ],
        "subscription_history": [line("n1", plan_id="old", valid_to=JUNE)],
    }
    now, then = card(rows, "a", JUNE), card(rows, "a", MAY)
    assert (now["who"]["region"], then["who"]["region"]) == ("east", "north")
    assert [(one["subscription_id"], one["plan_id"], one["status"]) for one in now["lines"]] == [
        ("n1", "new", "active"),
        ("n3", None, "active"),
        ("n2", None, "ended"),
    ]
    assert [(one["subscription_id"], one["plan_id"], one["status"], one["ended_on"]) for one in then["lines"]] == [
        ("n1", "old", "active", None),
        ("n2", None, "active", None),
    ]


def test_what_was_not_known_yet_and_who_is_gone_is_told() -> None:
    now = {"region": "east", "valid_from": JUNE, "valid_to": None}
    assert card({"customers": [now]}, "a", MAY)["who"]["known_from"] == JUNE
    assert card({"customers": [now]}, "a", JUNE)["who"]["known_from"] is None
    past = {"region": "north", "valid_from": None, "valid_to": MAY}
    gone = card({"customers": [], "customer_history": [past]}, "a", JUNE)["who"]
    assert (gone["region"], gone["gone_on"]) == ("north", MAY)


def test_nothing_of_later_stands_on_a_card_of_a_past_month() -> None:
    joined = {"joined_on": date(2024, 6, 9), "churned": True, "valid_from": JUNE, "valid_to": None}
    then, now = (card({"customers": [joined]}, "a", at)["who"] for at in (MAY, JUNE))
    assert (then["joined_on"], then["joins_on"], then["churned"]) == (None, date(2024, 6, 9), None)
    assert (now["joined_on"], now["joins_on"], now["churned"]) == (date(2024, 6, 9), None, True)
    early = card({"customers": [joined], "customer_months": [month(MAY)]}, "a", MAY)["who"]
    assert (early["joined_on"], early["joins_on"]) == (None, None), "billed before, so a customer"


def test_who_returned_has_left_and_is_back() -> None:
    gone, back = month(date(2024, 3, 1), active=False, left=True), month(MAY)
    who = card({"customer_months": [gone]}, "a", date(2024, 4, 1))["who"]
    assert (who["active"], who["left_in"], who["back_in"]) == (False, "2024-03", None)
    who = card({"customer_months": [back, gone]}, "a", MAY)["who"]
    assert (who["active"], who["left_in"], who["back_in"]) == (True, "2024-03", "2024-05")


def test_calls_are_those_of_the_last_month() -> None:
    rows = [{"month": at, "active_days": days, "counterparts": 3.0, "night_share": None} for at, days in CALL_DAYS]
    assert card({"call_months": rows}, "a", JUNE)["calls"] == {
        "month": "2024-06",
        "active_days": 9.0,
        "counterparts": 3.0,
        "night_share": None,
    }
    assert card({}, "a", JUNE)["calls"] is None


CALL_DAYS = ((JUNE, 9.0), (MAY, 2.0))


def test_contacts_are_open_or_closed_as_of_the_month_the_newest_first() -> None:
    rows = [
        contact(datetime(2024, 5, 3), datetime(2024, 5, 4), contact_id="old"),
        contact(datetime(2024, 5, 30, 9), datetime(2024, 6, 2), contact_id="late"),
        contact(datetime(2024, 6, 1), contact_id="new"),
    ]
    may, june = (card({"contacts": rows}, "a", at) for at in (MAY, JUNE))
    assert [(one["contact_id"], one["open"]) for one in may["contacts"]] == [("late", True), ("old", False)]
    assert [(one["contact_id"], one["open"]) for one in june["contacts"]] == [
        ("new", True),
        ("late", False),
        ("old", False),
    ]
    assert (june["contacts_in_all"], june["contacts_open"]) == (3, 1)


def test_conflicts_say_who_won_and_pseudonyms_are_cut() -> None:
    def row(attribute: str, source: str, value: str, chosen: str) -> dict[str, str]:
        return {"attribute": attribute, "source": source, "value": value, "chosen": chosen, "rule": "trusted"}

    rows = [row("region", "crm", "north", "north"), row("region", "billing", "south", "north")]
    rows += [row("phone_h", "crm", "0123456789abcdef", "0123456789abcdef"), row("phone_h", "b", "f" * 16, "01")]
    region, phone = card({"conflicts": rows}, "a", JUNE)["conflicts"]
    assert (region["chosen"], region["won"], region["rule"]) == ("north", ["crm"], "trusted")
    assert [(said["source"], said["value"], said["won"]) for said in region["says"]] == [
        ("crm", "north", True),
        ("billing", "south", False),
    ]
    assert [one["value"] for one in phone["says"]] == ["012345…", "ffffff…"]


def test_why_somebody_left_is_in_words_and_what_calls_for_care_is_there() -> None:
    left = [
        {"month": date(2024, m, 1), "kind": "voluntary", "reason": r, "reason_source": "recorded"}
        for m, r in ((2, "moved"), (5, "price"))
    ]
    care = [
        {"trigger": name, "new": True, "since": JUNE, "text": "x", "text_zh": "y"} for name in ("no-use", "line-lost")
    ]
    found = card({"churn_register": left, "care_triggers": care}, "a", JUNE)
    assert (found["left"]["month"], found["left"]["reason_name"]) == (date(2024, 5, 1), "Price")
    assert [one["trigger"] for one in found["care"]] == ["line-lost", "no-use"]
    assert card({"churn_register": [left[0] | {"reason": "mine"}]}, "a", JUNE)["left"]["reason_name_zh"] == "mine"
    assert (card({}, "a", JUNE)["left"], card({}, "a", JUNE)["care"]) == (None, [])


def test_keys_of_source_systems_are_masked() -> None:
    row = {"source": "s", "source_key": "13812345678", "system": "s", "rule": "own-id", "score": 1.0}
    assert card({"crosswalk": [row]}, "a", JUNE)["systems"][0]["source_key"] == "138******78"


def test_the_list_of_purged_persons_is_known_by_the_key_alone() -> None:
    import polars as pl

    from telcli.intake.pseudonyms import Pseudonyms
    from telcli.intake.suppression import tokens

    listed = tokens(pl.Series(["C1"]), Pseudonyms(bytes(32))).to_list()
    assert purged(["C1"], listed, lambda: bytes(32))
    assert not purged(["C2"], listed, lambda: bytes(32))
    assert not purged(["C1"], listed, lambda: bytes([1] * 32))


def test_two_records_of_one_system_that_disagree_are_both_told() -> None:
    said = {"attribute": "region", "source": "crm", "chosen": "north", "rule": "newest"}
    rows = [said | {"source_key": "K1", "value": "north"}, said | {"source_key": "13812345678", "value": "south"}]
    (region,) = card({"conflicts": rows}, "a", JUNE)["conflicts"]
    assert region["won"] == ["crm"]
    assert [(one["source_key"], one["won"]) for one in region["says"]] == [("K1", True), ("138******78", False)]


def test_contacts_that_are_open_come_before_newer_ones() -> None:
    days = {"T1": (1, None), "T2": (2, datetime(2024, 6, 3)), "T3": (3, datetime(2024, 6, 4))}
    rows = [contact(datetime(2024, 6, day), closed, contact_id=name) for name, (day, closed) in days.items()]
    assert [one["contact_id"] for one in card({"contacts": rows}, "a", JUNE)["contacts"]] == ["T1", "T3", "T2"]


def test_views_are_told_in_few_words_of_both_languages() -> None:
    row = dict.fromkeys(COLUMNS["customer_views"]) | {
        "account_class": "key",
        "account_reason": "told-key",
        "value_overlap": "profitable+loyal",
        "rfm_group": "slipping",
        "value_mode": "partner",
        "online": True,
        "exit_candidate": True,
        "exit_remedy": "e-bill",
        "own_groups": "campus",
    }
    found = card({"customer_views": [row]}, "a", JUNE)["views"]
    assert found["told"] == [
        "key account",
        "profitable and loyal",
        "RFM: valuable and slipping away",
        "value mode: partner",
        "online",
        "exit candidate, first send bills electronically",
        "campus",
    ]
    assert found["told_zh"][-2:] == ["退出候选，改用电子账单", "campus"]
    assert len(found["told_zh"]) == len(found["told"])
    assert found["account_reason"] == "told-key"
    assert card({"customer_views": [dict.fromkeys(row)]}, "a", JUNE)["views"]["told"] == []
    assert card({}, "a", JUNE)["views"] is None
