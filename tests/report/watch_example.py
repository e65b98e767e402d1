"""What the watching stages found, at the operator of `tests.report.example`; branches and items go by codes."""

from datetime import date
from typing import Any

import polars as pl

from telcli.tables import contract

AS_OF = date(2024, 6, 1)
_AGES = {"0": 900, "1-30": 120, "31-60": 40, "61-90": 30, "91-180": 12, "181-365": 11, "365+": 4, "written-off": 2}
_ZH = {"price": "资费", "coverage": "信号", "attitude": "态度", "rules": "规则"}
_GROUPS = {("all", "all"): 320, ("branch", "101"): 150, ("branch", "102"): 120, ("branch", "103"): 4}


def tables() -> dict[str, pl.DataFrame]:
    """A table of each watching stage."""
    made = {
        "satisfaction_index": [_group(*key, people) for key, people in _GROUPS.items()],
        "satisfaction_items": [_item("C11", 0.5, 60.0), _item("C12", 0.3, 80.0), _item("C13", 0.2, 55.0)],
        "complaint_topics": [
            *(_topic("taxonomy", *one) for one in (("price", 40), ("coverage", 25), ("attitude", 12), ("rules", 3))),
            _topic("source", "资费争议", 60),
        ],
        "credit_ageing": [
            {"dimension": "all", "value": "all", "bucket": age, "customers": people, "balance": 50.0 * people,
             "share": 0.1, "small": people < 10}
            for age, people in _AGES.items()
        ],
        "alerts": [_alert(1, "new", "account"), _alert(2, "over", "kpi"), _alert(3, "continuing", "mix"),
                   _alert(4, "new", "pipeline")],
        "fraud_cases": [_case(at, "sim-box" if at < 3 else "irsf", "closed" if at == 0 else "new") for at in range(5)],
        "lifecycle_warnings": [_warned(at) for at in range(45)],
    }  # fmt: skip
    return {name: _whole(name, [{"as_of": AS_OF, **row} for row in rows]) for name, rows in made.items()}


def _whole(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return contract(name).conform(pl.DataFrame(rows, infer_schema_length=None).lazy()).collect()


def _group(by: str, group: str, people: int) -> dict[str, Any]:
    index = {"all": 63.0, "101": 58.0, "102": 70.0, "103": 20.0}[group]
    found = {"index": index, "index_low": index - 4, "index_high": index + 4, "nps": -20.0, "nps_low": -31.0}
    return {"by": by, "group": group, "customers": 4 * people, "respondents": people, "withheld": False, **found,
            "nps_high": -9.0}  # fmt: skip


def _item(item: str, importance: float, performance: float) -> dict[str, Any]:
    quadrant = "improve-first" if item == "C11" else "keep-up"
    return {"item": item, "respondents": 300, "withheld": False, "importance": importance, "performance": performance,
            "quadrant": quadrant, "sure": True, "scale": "1-10"}  # fmt: skip


def _topic(coding: str, topic: str, people: int) -> dict[str, Any]:
    about = {"coding": coding, "kind": "complaint", "topic": topic, "month": AS_OF, "customers": people}
    about |= {"topic_name": f"About {topic}", "topic_name_zh": f"关于{_ZH.get(topic, topic)}", "contacts": people + 5}
    return {
        **about,
        "rate": people / 2,
        "usual_rate": people / 3,
        "change": 0.5,
        "emerging": people == 40,
        "small": people < 10,
    }


def _alert(rank: int, state: str, kind: str) -> dict[str, Any]:
    about = {"kind": kind, "entity": f"C{rank}", "metric": "revenue", "rank": rank, "state": state}
    told = {"why": f"revenue {rank}0% below", "why_zh": f"收入低{rank}0%", "methods": "z", "acknowledged": False}
    return {
        **about,
        **told,
        "observed": 1.0,
        "expected": 9.0,
        "change": -0.9,
        "expected_loss": 800.0 / rank,
        "months": 1,
        "first_seen": AS_OF,
    }


def _case(at: int, pattern: str, status: str) -> dict[str, Any]:
    about = {"case_id": f"F{at}", "subject_id": f"S{at}", "subject": "line", "pattern": pattern, "score": 0.9}
    days = {"first_day": AS_OF, "last_day": AS_OF, "days": 1, "subjects": 1, "status": status}
    return {**about, **days, "expected_loss": 100.0 + at, "evidence": "seen", "evidence_zh": "所见", "codes": "seen"}


def _warned(at: int) -> dict[str, Any]:
    ways = (("maturity", "decline"), ("growth", "decline"), ("decline", "dormant"))
    was, now = ways[0 if at < 25 else 1 if at < 42 else 2]
    about = {
        "customer_id": f"C{at:04}",
        "rank": at + 1,
        "from_stage": was,
        "to_stage": now,
        "why": "less",
        "why_zh": "少",
    }
    return {**about, "reason": "drop", "worth": 200.0, "value_at_risk": 20.0}
