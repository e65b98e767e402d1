"""Rows of calls: when they began to the second, while roaming, with a competitor; and the months of use they make."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from telcli.cli import main
from telcli.errors import DataError, UsageError
from telcli.intake.events import usage_of_calls
from telcli.intake.hotlines import among
from telcli.intake.pseudonyms import Pseudonyms
from telcli.settings import resolve
from telcli.tables import contract
from tests.stages.test_ingest import codes, good, ran, rules

CDR = "user_id,call_time,other_number,duration"
BERLIN = {"time_zone": "Europe/Berlin"}


def ingested(tmp_path: Path, name: str, content: str) -> list[tuple[Any, ...]]:
    """What the command makes of one file of calls, in a working directory of its own."""
    work = tmp_path / f"work {name}"
    (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    assert main(["ingest", str(tmp_path / f"{name}.csv"), "-w", str(work), "-q"]) == 0
    frame = pl.read_parquet(work / "calls", hive_partitioning=False)
    return frame.sort(contract("calls").key).select("started_at", "started_epoch_s").rows()


EPOCHS = ["1717200000", "1717200000000"]
OFFSETS = ["2024-06-01T00:00:00Z", "2024-06-01 05:30:00+05:30"]


@pytest.mark.parametrize(
    ("zone", "hour", "written"), [("Asia/Shanghai", 8, [*EPOCHS, *OFFSETS]), ("Europe/Berlin", 2, OFFSETS[:1])]
)
def test_one_moment_is_one_row_however_the_file_writes_it(
    zone: str, hour: int, written: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELCLI_INGEST_TIME_ZONE", zone)
    monkeypatch.setenv("TELCLI_KEY", "0" * 64)
    expected = [(datetime(2024, 6, 1, hour), 1_717_200_000)]
    for place, text in enumerate([*written, f"2024-06-01 0{hour}:00:00"]):
        found = ingested(tmp_path, f"{place}", f"{CDR}\nu,{text},v,60\n")
        assert found == expected, text


def test_shanghai_is_assumed_and_an_unknown_zone_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TELCLI_KEY", "0" * 64)
    assert ingested(tmp_path, "calls", f"{CDR}\nu,2024-06-01 08:00:00,v,60\n") == [
        (datetime(2024, 6, 1, 8), 1_717_200_000)
    ]
    monkeypatch.setenv("TELCLI_INGEST_TIME_ZONE", "Asia/Shangai")
    assert main(["ingest", str(tmp_path / "calls.csv"), "-w", str(tmp_path / "w")]) == 2
    told = "[ingest] time_zone = Asia/Shangai (from TELCLI_INGEST_TIME_ZONE) must be a time zone such as Asia/Shanghai"
    assert told in capsys.readouterr().err
    assert main(["config", "--lang", "zh"]) == 2
    assert "应为时区名，如 Asia/Shanghai 或 Europe/Berlin" in capsys.readouterr().err


@pytest.mark.parametrize("zone", ["Asia", "", "localtime", "posix/UTC", "../etc/passwd", "+08:00", "CST8"])
def test_what_is_no_zone_of_the_database_is_refused(zone: str) -> None:
    with pytest.raises(UsageError, match="must be a time zone"):
        resolve("ingest", {"time_zone": zone}, environ={})


@pytest.mark.parametrize("numbers", ["ten", "10010;10000", "10"])
def test_what_is_no_list_of_numbers_is_refused(numbers: str) -> None:
    with pytest.raises(UsageError, match="must be numbers"):
        resolve("ingest", {"competitor_numbers": numbers}, environ={})


def test_two_calls_of_an_hour_that_comes_twice_stay_two(tmp_path: Path) -> None:
    rows = ["u,2024-10-27T00:30:00Z,v,60", "u,2024-10-27T01:30:00Z,v,60"]
    found = ran(tmp_path, {"calls.csv": "\n".join([CDR, *rows])}, options=BERLIN)
    assert sorted(row[1] for row in good(found, "calls", "started_at", "started_epoch_s")) == [
        1_729_989_000,
        1_729_992_600,
    ]
    assert {row[0].replace(microsecond=0) for row in good(found, "calls", "started_at")} == {
        datetime(2024, 10, 27, 2, 30)
    }
    assert "offsets-converted" in codes(found)
    plain = ran(tmp_path, {"calls.csv": f"{CDR}\nu,2024-10-27 02:30:00,v,60\n"}, options=BERLIN)
    assert good(plain, "calls", "started_epoch_s") == [(1_729_989_000,)]


PLAIN = "u,2024-05-01 08:00:{second:02d},v,{n}\n"
MANY = "".join(PLAIN.format(second=n % 60, n=n) for n in range(2100))


def test_offsets_that_come_late_in_a_file_are_told_and_make_the_moment(tmp_path: Path) -> None:
    late = "u,2024-10-27T01:30:00Z,v,60\n"
    found = ran(tmp_path, {"calls.csv": f"{CDR}\n{MANY}{late}"}, options=BERLIN)
    told = [notice for notice in found.notices if notice.code == "offsets-converted"]
    assert [one.values["offsets"] for one in told] == ["Z"]
    assert max(good(found, "calls", "started_epoch_s")) == (1_729_992_600,)


def test_letters_of_the_zone_are_an_assumption_said_aloud(tmp_path: Path) -> None:
    found = ran(tmp_path, {"calls.csv": f"{CDR}\n{MANY}u,Sat Jun 01 08:00:00 CST 2024,v,60\n"})
    (told,) = [notice for notice in found.notices if notice.code == "zone-letters-taken"]
    assert (told.values["letters"], told.values["zone"]) == ("CST", "Asia/Shanghai")
    assert "offsets-converted" not in codes(found)
    assert max(good(found, "calls", "started_at")) == (datetime(2024, 6, 1, 8),)


def test_letters_of_another_zone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        ran(tmp_path, {"calls.csv": f"{CDR}\nu,Sat Jun 01 08:00:00 EDT 2024,v,60\n"})
    assert (caught.value.code, caught.value.values["letters"]) == ("zone-letters", "EDT")
    found = ran(tmp_path, {"calls.csv": f"{CDR}\n{MANY}u,Sat Jun 01 08:00:00 EDT 2024,v,60\n"})
    assert [row[:3] for row in rules(found, "calls")] == [(2102, "zone-unknown", "started_at")]


WITH_EPOCH = "user_id,started_at,other_number,duration,epoch"


def test_a_garbled_epoch_is_a_fault_of_its_row(tmp_path: Path) -> None:
    sound = "".join(f"u,2024-06-01 08:00:{n:02d},v,{n},{1_717_200_000 + n}\n" for n in range(1, 60))
    found = ran(tmp_path, {"calls.csv": f"{WITH_EPOCH}\n{sound}u,2024-06-01 09:00:00,v,60,17172#3600\n"})
    assert [row[:3] for row in rules(found, "calls")] == [(61, "not-a-time", "started_epoch_s")]
    empty = ran(tmp_path, {"calls.csv": f"{WITH_EPOCH}\n{sound}u,2024-06-01 09:00:00,v,60,\n"})
    assert good(empty, "calls", "started_epoch_s")[-1] == (1_717_203_600,)
    assert "epoch-differs" not in codes(empty)


@pytest.mark.parametrize(
    ("local", "count", "zoned"),
    [
        ("2024-06-01 08:00:07", 0, 0),
        ("2024-06-01 08:00:08", 0, 0),
        ("2024-06-01 08:00", 0, 0),
        ("2024-06-01", 0, 0),
        ("2024-06-01 00:00:07", 1, 1),
        ("2024-06-01 08:10:07", 1, 0),
        ("2024-05-31", 1, 0),
    ],
)
def test_an_epoch_that_contradicts_the_local_time_is_counted(
    local: str, count: int, zoned: int, tmp_path: Path
) -> None:
    rows = [f"u,{local},v,60,1717200007", "u,2024-06-01 09:00:00,v,60,1717203600"]
    found = ran(tmp_path, {"calls.csv": "\n".join([WITH_EPOCH, *rows])})
    told = [notice.values for notice in found.notices if notice.code == "epoch-differs"]
    assert [(one["count"], one["zoned"], one["line"]) for one in told] == ([(count, zoned, 2)] if count else [])


def test_the_second_of_two_like_hours_is_no_contradiction(tmp_path: Path) -> None:
    rows = ["u,2024-10-27 02:30:00,v,60,1729989000", "u,2024-10-27 02:30:00,v,90,1729992600"]
    found = ran(tmp_path, {"calls.csv": "\n".join([WITH_EPOCH, *rows])}, options=BERLIN)
    assert "epoch-differs" not in codes(found)
    assert sorted(good(found, "calls", "started_epoch_s")) == [(1_729_989_000,), (1_729_992_600,)]


def test_the_moment_of_a_column_is_read_in_its_form(tmp_path: Path) -> None:
    rows = ["u,27/10/2024 00:30:00 +00:00,v,60", "u,27/10/2024 01:30:00 +00:00,v,60"]
    found = ran(tmp_path, {"calls.csv": "\n".join([CDR, *rows])}, options=BERLIN)
    assert sorted(good(found, "calls", "started_epoch_s")) == [(1_729_989_000,), (1_729_992_600,)]


def test_a_unit_that_the_values_are_not_in_is_refused(tmp_path: Path) -> None:
    for said, text, right in (("epochms", "1717200000", "epoch"), ("epoch", "1717200000000", "epochms")):
        with pytest.raises(DataError) as caught:
            ran(tmp_path, {"calls.csv": f"{CDR}\nu,{text},v,60\n"}, map={"started_at": f"call_time@{said}"})
        assert (caught.value.code, caught.value.values["form"]) == ("dates-other-unit", right)
        assert f"@{right}" in caught.value.hint


def test_times_of_long_ago_are_told(tmp_path: Path) -> None:
    found = ran(tmp_path, {"calls.csv": f"{CDR}\n{MANY}u,1970-01-20 20:00:00,v,60\n"})
    (told,) = [notice for notice in found.notices if notice.code == "times-long-ago"]
    assert (told.values["count"], told.values["first"]) == (1, "1970-01-20")
    assert "times-long-ago" not in codes(ran(tmp_path, {"calls.csv": f"{CDR}\n{MANY}"}))


def test_rows_told_apart_by_microseconds_keep_their_second(tmp_path: Path) -> None:
    rows = [f"u,2024-06-01 08:00:00,v,{seconds}" for seconds in (60, 30, 90)]
    found = good(ran(tmp_path, {"calls.csv": "\n".join([CDR, *rows])}), "calls", "started_at", "started_epoch_s")
    assert [row[0].microsecond for row in found] == [0, 1, 2]
    assert {row[1] for row in found} == {1_717_200_000}


def test_a_date_and_a_time_of_day_make_the_second(tmp_path: Path) -> None:
    calls = "user_id,call_date,call_time,dauer\nu,2024-06-01,08:00:01,60\n"
    assert good(ran(tmp_path, {"calls.csv": calls}), "calls", "started_epoch_s") == [(1_717_200_001,)]


def test_a_number_of_date_and_minute_is_no_count_of_seconds(tmp_path: Path) -> None:
    found = ran(tmp_path, {"calls.csv": f"{CDR}\nu,202406010800,v,60\n"})
    assert good(found, "calls", "started_at", "started_epoch_s") == [(datetime(2024, 6, 1, 8), 1_717_200_000)]


def test_calls_before_1970_are_no_fault(tmp_path: Path) -> None:
    found = ran(tmp_path, {"calls.csv": f"{CDR}\nu,1969-06-01 08:00:00,v,60\n"})
    assert good(found, "calls", "started_epoch_s") == [(-18_489_600,)]


def test_epochs_are_told_with_their_zone(tmp_path: Path) -> None:
    found = ran(tmp_path, {"calls.csv": f"{CDR}\nu,1717200000,v,60\n"})
    told = next(notice for notice in found.notices if notice.code == "times-read-as")
    assert told.message == (
        "calls.csv: the times in call_time were read as seconds since 1970; "
        "they are told in local time of Asia/Shanghai."
    )


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("漫游类型", {"本地": False, "省内漫游": True, "省际漫游": True, "国际漫游": True, "国内漫游": True, "": None}),
        ("漫游标志", {"0": False, "1": True, "非漫游": False}),
        ("roam_type", {"Home": False, "International Roaming": True}),
        ("Roaming Flag", {"Y": True, "N": False}),
    ],
)
def test_roaming_is_told_by_its_words(header: str, words: dict[str, bool | None], tmp_path: Path) -> None:
    rows = [f"u,2024-06-01 08:00:{place:02},v,60,{word}" for place, word in enumerate(words)]
    found = ran(tmp_path, {"calls.csv": "\n".join([f"{CDR},{header}", *rows])})
    assert good(found, "calls", "roaming") == [(value,) for value in words.values()]
    assert not rules(found, "calls")


def test_networks_and_countries_are_told_by_their_words(tmp_path: Path) -> None:
    rows = [
        "u,2024-06-01 08:00:00,v,60,网内,国内长途",
        "u,2024-06-01 08:00:01,v,60,网间,港澳台",
        "u,2024-06-01 08:00:02,v,60,异网,本地",
    ]
    found = ran(tmp_path, {"calls.csv": "\n".join([f"{CDR},网间标志,国际标志", *rows])})
    assert good(found, "calls", "off_net", "international") == [(False, False), (True, True), (True, False)]


def test_a_roaming_column_of_other_words_stays_an_attribute(tmp_path: Path) -> None:
    found = ran(tmp_path, {"calls.csv": f"{CDR},漫游类型\nu,2024-06-01 08:00:00,v,60,类别甲\n"})
    assert good(found, "calls", "roaming") == [(None,)]
    assert "x_漫游类型" in found.tables["calls"].collect_schema()


HOTLINES = [
    "10010",
    "+86 10010",
    "8610010",
    "01010010",
    "0371-10010",
    "１００１０",
    "10000",
    "10086",
    "13812345678",
    "KD0231",
]


def test_calls_with_competitors_are_flagged_and_name_nobody(tmp_path: Path) -> None:
    rows = [f"u,2024-06-01 08:00:{place:02},{number},60" for place, number in enumerate(HOTLINES)]
    calls = {"calls.csv": "\n".join([CDR, *rows])}
    found = ran(tmp_path, calls, options={"competitor_numbers": "10010, 10000"})
    assert [row[0] for row in good(found, "calls", "competitor")] == [True] * 7 + [False, False, None]
    parties = [row[0] for row in good(found, "calls", "counterpart")]
    [known] = Pseudonyms(bytes(32)).of(pl.Series(["10010"]), "msisdn")
    assert parties[:6] == [known] * 6
    assert not [party for party in parties if "10010" in party or party == "10000"]
    plain = ran(tmp_path, calls)
    assert {row[0] for row in good(plain, "calls", "competitor")} == {None}
    assert good(plain, "calls", "counterpart")[7] == ("10086",)


def test_of_calls_abroad_the_range_is_kept_and_no_number(tmp_path: Path) -> None:
    numbers = ["+88213012345678", "0088213012345679", "13812345678", "+37155512345"]
    rows = [f"u,2024-06-01 08:00:{place:02},{number},60" for place, number in enumerate(numbers)]
    calls = {"calls.csv": "\n".join([CDR, *rows])}
    found = ran(tmp_path, calls, options={"number_ranges": "+882, 00371"})
    assert [row[0] for row in good(found, "calls", "destination")] == ["+882", "+882", None, "+371"]
    assert {row[0] for row in good(ran(tmp_path, calls), "calls", "destination")} == {None}


def test_whole_numbers_can_be_listed_too() -> None:
    found, bad = among(pl.Series(["+86 138-1234-5678", "13812345679", "138****5678"]), ["13812345678"])
    assert (found.to_list(), bad.any()) == ([True, False, None], False)


EVENTS = [
    ("2024-06-01 08:00:00", "voice", 90.0, True),
    ("2024-06-01 23:59:59", "voice", 30.0, False),
    ("2024-06-30 00:00:00", "text", None, True),
    ("2024-06-30 12:00:00", "voice", 60.0, None),
    ("2024-07-31 12:00:00", "data", None, None),
]


def test_months_of_use_count_days_and_minutes_while_roaming(tmp_path: Path) -> None:
    rows = [("a", at, "out", kind, "k", length, None, roaming) for at, kind, length, roaming in EVENTS]
    names = ["customer_id", "started_at", "direction", "kind", "counterpart", "duration_s", "data_mb", "roaming"]
    frame = pl.DataFrame(rows, names, orient="row", schema_overrides={"data_mb": pl.Float64})
    frame = frame.with_columns(pl.col("started_at").str.to_datetime(time_unit="us"))
    several = pl.concat([frame[place : place + 1] for place in (4, 2, 0, 3, 1)], rechunk=False)
    for events in (frame, several, several.reverse()):
        made = usage_of_calls(events.lazy()).sort("month").collect(engine="streaming")
        assert made.select("month", "active_days", "roaming_minutes").rows() == [
            (date(2024, 6, 1), 2.0, 1.5),
            (date(2024, 7, 1), 1.0, None),
        ]
    file = tmp_path / "many.parquet"
    many = pl.DataFrame({"day": range(20_000)}).select(
        customer_id=pl.format("C{}", pl.col("day") % 7),
        started_at=datetime(2024, 1, 1) + pl.duration(days=pl.col("day") * 13 % 366, hours=pl.col("day") % 24),
        kind=pl.lit("voice"), direction=pl.lit("in"), duration_s=pl.lit(60.0), data_mb=pl.lit(None, dtype=pl.Float64),
        roaming=pl.lit(None, dtype=pl.Boolean),
    )  # fmt: skip
    many.write_parquet(file, row_group_size=500)
    found = usage_of_calls(pl.scan_parquet(file)).collect(engine="streaming").sort("customer_id", "month")
    day = pl.col("started_at").dt.date()
    counted = many.group_by("customer_id", day.dt.month_start().alias("month")).agg(
        day.n_unique().cast(pl.Float64).alias("n")
    )
    assert found["active_days"].to_list() == counted.sort("customer_id", "month")["n"].to_list()
    assert found["roaming_minutes"].null_count() == found.height


def test_a_data_session_needs_no_direction(tmp_path: Path) -> None:
    rows = "u,2024-06-01 08:00:00,被叫,语音,90\nu,2024-06-01 09:00:00,,流量,\nu,2024-06-01 10:00:00,,短信,\n"
    found = ran(tmp_path, {"cdr.csv": "用户编号,开始时间,呼叫类型,通信类型,通话时长(秒)\n" + rows})
    assert good(found, "calls", "direction", "kind") == [("in", "voice"), ("out", "data")]
    assert {row[1] for row in rules(found, "calls")} == {"missing"}


def test_who_has_none_of_a_kind_that_others_have_used_none_of_it() -> None:
    at = datetime(2024, 6, 1, 8)
    rows = [("a", "voice", "out", 20.0, None)] * 3000
    rows += [("b", "text", "out", None, None), ("c", "data", "out", None, 5.0), ("d", "voice", "in", None, None)]
    names = ["customer_id", "kind", "direction", "duration_s", "data_mb"]
    events = pl.DataFrame(rows, names, orient="row", infer_schema_length=None).with_columns(
        started_at=at, roaming=pl.lit(None, pl.Boolean)
    )
    july = events.filter(customer_id="a").with_columns(started_at=datetime(2024, 7, 1, 8))
    made = usage_of_calls(pl.concat([events, july]).lazy()).sort("month", "customer_id").collect()
    june = made.filter(month=date(2024, 6, 1))
    assert june["call_minutes"].to_list() == [1000.0, 0.0, 0.0, None], "a call of unknown length is no call of none"
    assert june["texts"].to_list() == [0.0, 1.0, 0.0, 0.0]
    assert june["data_mb"].to_list() == [0.0, 0.0, 5.0, 0.0]
    assert june["calls_in"].to_list() == [0.0, 0.0, 0.0, 1.0]
    assert june["roaming_minutes"].is_null().all()
    assert made.filter(month=date(2024, 7, 1)).select("texts", "data_mb").row(0) == (None, None), "none are recorded"


@pytest.mark.parametrize(
    ("lengths", "minutes"), [((None, 60.0), None), ((30.0, 60.0), 0.5), ((0.0, 60.0), 0.0), ((None, None), None)]
)
def test_a_roaming_call_of_unknown_length_beside_one_at_home_is_no_minutes_of_none(
    lengths: tuple[float | None, float | None], minutes: float | None
) -> None:
    """Lengths of a roaming call and of one at home -> minutes while roaming."""
    names = ["customer_id", "duration_s", "roaming"]
    rows = [("a", lengths[0], True), ("a", lengths[1], False), ("b", None, False), ("c", 60.0, None)]
    events = pl.DataFrame(rows, names, orient="row").with_columns(
        kind=pl.lit("voice"), direction=pl.lit("out"), data_mb=pl.lit(None, pl.Float64), started_at=datetime(2024, 6, 1)
    )
    made = usage_of_calls(events.lazy()).sort("customer_id").collect()
    assert made["roaming_minutes"].to_list() == [minutes, 0.0, None]


def test_use_made_of_ingested_calls_has_them(tmp_path: Path) -> None:
    rows = [["u", "2024-06-01 08:00:00", "v", "90", "国内漫游"], ["u", "2024-06-03 08:00:00", "v", "30", "本地"]]
    with (tmp_path / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*CDR.split(","), "漫游类型"], *rows])
    found = ran(tmp_path, {"calls.csv": (tmp_path / "rows.csv").read_text(encoding="utf-8")})
    assert good(found, "usage", "roaming_minutes", "active_days") == [(1.5, 2.0)]


@pytest.mark.parametrize(
    ("header", "words", "kinds", "directions"),
    [
        ("通话类型", ["语音", "短信", "数据"], ["voice", "text", "data"], ["out"] * 3),
        ("call_type", ["Voice", "SMS", "Data"], ["voice", "text", "data"], ["out"] * 3),
        ("呼叫类型", ["语音", "短信", "数据业务"], ["voice", "text", "data"], ["out"] * 3),
        ("通话类型", ["主叫", "被叫", "主叫"], ["voice"] * 3, ["out", "in", "out"]),
        ("call type", ["in", "out", "in"], ["voice"] * 3, ["in", "out", "in"]),
        ("业务类型", ["被叫", "主叫", "主叫"], ["voice"] * 3, ["in", "out", "out"]),
        ("type", ["MTC", "MOC", "MOC"], ["voice"] * 3, ["in", "out", "out"]),
    ],
)
def test_the_type_of_calls_is_their_kind_or_direction_by_its_words(
    header: str, words: list[str], kinds: list[str], directions: list[str], tmp_path: Path
) -> None:
    result = ran(tmp_path, {"calls.csv": _typed(header, words)})
    assert good(result, "calls", "kind", "direction") == list(zip(kinds, directions, strict=True))
    assert "kind-assumed" not in codes(result)


@pytest.mark.parametrize("words", [["主叫", "被叫", "短信"], ["本地", "长途", "漫游"], ["1", "2", "1"]])
def test_a_type_of_calls_in_other_words_is_kept_and_said(words: list[str], tmp_path: Path) -> None:
    result = ran(tmp_path, {"calls.csv": _typed("通话类型", words)})
    assert [kind for kind, kept in good(result, "calls", "kind", "x_通话类型") if kept] == ["voice"] * len(words)
    assert "kind-assumed" in codes(result)


def _typed(header: str, words: list[str]) -> str:
    """Three calls, an hour apart, with a column of types."""
    rows = [f"u,2024-06-01 0{hour}:00:00,v,60,{word}" for hour, word in enumerate(words)]
    return "\n".join([f"{CDR},{header}", *rows, ""])
