"""SECURITY.md promises nothing that no test holds."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NOTES = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_promise_names_the_tests_that_hold_it() -> None:
    rows = re.findall(r"^\| (?!promise)([^|-][^|]+) \| ([^|]+) \|$", NOTES, re.M)
    assert len(rows) >= 20
    for promise, held in rows:
        tests = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", held)
        assert tests, promise
        for file, name in tests:
            assert re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.M), f"{file}::{name}"


def test_threats_limits_and_the_way_to_report_are_told() -> None:
    headings = re.findall(r"^##+ (.*)$", NOTES, re.M)
    for heading in ("Reporting", "Versions", "A hostile extract", "A hostile working directory", "A curious colleague"):
        assert heading in headings
    missing = NOTES.partition("## What is not promised")[2]
    for limit in ("root", "key and data", "SSD", "memory"):
        assert limit in missing.lower() or limit in missing, limit
