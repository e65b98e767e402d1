"""The command knowledge: a past campaign is evaluated, experience brought in, offers suggested."""

import json
from pathlib import Path

import pytest

from telcli.cli import main

PEOPLE, GONE = 600, {"call": 8, "credit": 2, None: 4}


def leaves(at: int) -> bool:
    """Of those called few leave, of those with a credit many."""
    offer = "call" if at % 2 else "credit"
    return (at // 8) % GONE[None if held(at) else offer] == 0


def held(at: int) -> bool:
    return (at // 2) % 3 == 0


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("knowledge")
    months = "customer_id,month,revenue\n" + "".join(
        f"C{at},2024-0{month},{40 + at % 7}\n"
        for at in range(PEOPLE)
        for month in range(1, 8)
        if month < 5 or not leaves(at)
    )
    sent = "campaign_id,customer_id,arm,offer_id,channel,contacted_on,response,cost\n" + "".join(
        f"spring,C{at},{'held_out' if held(at) else 'treated'},{'call' if at % 2 else 'credit'},phone,"
        f"{'' if held(at) else '2024-02-05'},,1.5\n"
        for at in range(PEOPLE)
    )
    lines = "subscription_id,customer_id,activated_on,ended_on\n" + "".join(
        f"S{at},C{at},2020-01-05,{'2024-04-20' if leaves(at) else ''}\n" for at in range(PEOPLE)
    )
    (place / "months.csv").write_text(months, encoding="utf-8")
    (place / "lines.csv").write_text(lines, encoding="utf-8")
    (place / "sent.csv").write_text(sent, encoding="utf-8")
    told = [
        "lines.csv:table=subscriptions",
        "sent.csv:table=campaigns",
        "months.csv:table=bills",
        "months.csv:amount=revenue",
    ]
    maps = [word for one in told for word in ("--map", one)]
    given = [str(place / name) for name in ("months.csv", "lines.csv", "sent.csv")]
    assert main(["ingest", *given, *maps, "-w", str(place / "w"), "-q"]) == 0
    assert main(["evaluate-retention", "-w", str(place / "w"), "-q"]) == 0
    return place / "w"


def told(work: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main(["knowledge", *words, "-w", str(work), "--format", "json"]) == 0
    found: dict = json.loads(capsys.readouterr().out)
    return found


def test_a_campaign_becomes_knowledge_and_a_suggestion(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "-w", str(work)]) == 0
    said = capsys.readouterr()
    assert "credit" in said.out and "by offer, over all campaigns" in said.out
    found = told(work, capsys, "suggest", "any")
    offers = {row["offer_id"]: row for row in found["offers"] + found["harmful"]}
    assert offers["call"]["uplift"] > 0 > offers["credit"]["uplift"]
    assert found["offers"][0]["offer_id"] == "call"
    (behind,) = found["evidence"]["call"]
    assert behind["campaign_id"] == "spring" and behind["treated"] + behind["held_out"] == PEOPLE // 2
    tried = {row["offer_id"] for row in found["untried"]}
    assert "care-visit" in tried and "call" not in tried
    assert all(row["needed"] > row["needed_held_out"] > 0 for row in found["untried"] if row["accept"])
    assert main(["knowledge", "suggest", "全部", "-w", str(work), "--lang", "zh"]) == 0
    said = capsys.readouterr()
    assert "已知优惠" in said.out and "spring" in said.out and "从未试过" in said.out


def test_experience_is_brought_in_once_and_row_by_row(
    work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "past.csv"
    sheet.write_text(
        "客群,优惠,接触客户数,对照客户数,接触留网数,对照留网数\n全部,gift,400,400,380,340\n全部,gift,许多,1,1,1\n",
        encoding="utf-8",
    )
    assert main(["knowledge", "import", str(sheet), "-w", str(work)]) == 0
    said = capsys.readouterr()
    assert "2 rows read, 1 new" in said.out and "past.csv, row 3: treated (许**) is no number" in said.err
    found = told(work, capsys, "import", str(sheet), "--force")
    assert found["metrics"]["brought_in"]["new"] == 0 and found["metrics"]["experience"] == 1
    gift = next(row for row in told(work, capsys, "suggest", "any")["offers"] if row["offer_id"] == "gift")
    assert gift["source"] == "imported" and gift["uplift"] > 0
    assert told(work, capsys)["metrics"]["experience"] == 1  # and stays without the sheet


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["suggest", "heavvy"], 2, "no segment called heavvy"),
        (["suggest", "any", "--reason", "weather"], 2, "contract, network"),
        (["suggest", "customer", "nobody"], 3, "has this customer"),
        (["import"], 2, "import FILES, or telcli knowledge"),
        (["recall", "x"], 2, "does not know what to do"),
        (["--reason", "price"], 2, "--reason price"),
        (["import", "absent.xlsx"], 3, "absent.xlsx"),
    ],
)
def test_mistakes_are_sentences(
    words: list[str], code: int, said: str, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["knowledge", *words, "-w", str(work)]) == code
    assert said in " ".join(capsys.readouterr().err.split())


def test_nothing_known_says_what_to_try(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "months.csv").write_text("customer_id,month,revenue\nC1,2024-01,3\n", encoding="utf-8")
    maps = ["--map", "months.csv:table=bills", "--map", "months.csv:amount=revenue"]
    assert main(["ingest", str(tmp_path / "months.csv"), *maps, "-w", str(tmp_path / "w"), "-q"]) == 0
    assert main(["knowledge", "-w", str(tmp_path / "w")]) == 3
    assert "no evaluated campaign" in capsys.readouterr().err
    assert main(["knowledge", "suggest", "any", "-w", str(tmp_path / "w")]) == 0
    said = capsys.readouterr().out
    assert "Nothing is known to work" in said and "never tried" in said
