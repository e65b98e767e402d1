"""The page: whole in both languages, self-contained, safe, the same bytes each time."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from altair.utils.schemapi import SchemaValidationError

from telcli.report import Report, build, page
from telcli.report.blocks import Section
from telcli.report.charts import CHARTS, spec
from telcli.report.model import Row
from telcli.report.slice_section import slices
from telcli.report.watched_charts import MOST, watched
from telcli.settings import ReportSettings
from telcli.stages.report import report
from tests.report import example

PARTS = ("findings", "base", "segments", "value", "tiers", "risk", "top", "quality", "notes")
FOREIGN = {
    "telcli",
    "AUC",
    "PR",
    "Brier",
    "EMPC",
    "report_figures",
    "csv",
    "crm_customers",
    "billing",
    "utf",
    "gb",
    "month",
}
FOREIGN |= {"customer_id", "G", "w", "work", "SIM", "SHA"}
FOREIGN |= {"cube", "metrics", "PSI"}
FOREIGN |= {"bills", "customers", "profiles", "rejects", "status"}
"""What stays Latin on the Chinese page: names of files, columns, rules, methods and the program; 5G."""
VOID = {"meta", "br", "link"}


class Reader(HTMLParser):
    """The visible text, every attribute, and whether tags close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script", "code") and data.strip():
            self.texts.append(data.strip())


@pytest.fixture(scope="module")
def drawn(made: Report, parts: list[Section]) -> str:
    return page.render(made, parts).decode("utf-8")


def test_every_part_stands_on_the_page(drawn: str, made: Report) -> None:
    reader = Reader(drawn)
    ids = [value for _, name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert set(PARTS) <= set(ids)
    links = {value[1:] for tag, name, value in reader.attributes if tag == "a" and name == "href"}
    assert links <= set(ids)
    drawable = len(CHARTS) - MOST + len(watched(made))
    assert drawn.count('role="img"') == drawable
    assert drawn.count("<details>") == drawable
    assert all(value for _, name, value in reader.attributes if name == "aria-label")
    assert made.month_name in drawn
    assert len(drawn.encode()) < 1_000_000


def test_every_chart_is_as_vega_lite_s_schema_has_it(figures: pl.DataFrame) -> None:
    made = build(figures, lang="en", currency="CNY")
    assert sum(spec(made, name, sure=False) is not None for name in CHARTS) == len(CHARTS) - MOST + len(watched(made))


def test_a_chart_that_is_not_is_found(figures: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    made = build(figures, lang="en", currency="CNY")
    wrong = CHARTS["customers"](made)
    wrong.width = "wide"
    monkeypatch.setitem(CHARTS, "customers", lambda report: wrong)
    with pytest.raises(SchemaValidationError):
        spec(made, "customers", sure=False)


def without_formulas(text: str) -> str:
    """A page whose appendix has names and units alone: formulas are SQL, tables and commands the program's own."""
    before, section, rest = re.split(r'(<section id="meaning".*?</section>)', text, flags=re.S)
    cells = re.compile(r"(<tr>\s*<th scope=\"row\".*?</th>\s*<td.*?</td>)(.*?)(</tr>)", re.S)
    kept, rows = cells.subn(r"\1\3", section)
    assert rows > 100
    return before + kept + rest


@pytest.mark.slow
def test_the_chinese_page_holds_no_leftover_english(figures: pl.DataFrame) -> None:
    made = build(figures, lang="zh", currency="CNY")
    text = page.render(made).decode("utf-8").replace(made.content_hash, "")
    reader = Reader(without_formulas(text))
    labels = [value for _, name, value in reader.attributes if name == "aria-label"]
    words = set(re.findall(r"[A-Za-z_]{1,}", " ".join([*reader.texts, *labels])))
    ids = {word for word in words if re.fullmatch(r"C\d*", word)}
    assert words - ids <= FOREIGN
    assert 'lang="zh-CN"' in text


@pytest.mark.slow
def test_the_english_page_holds_no_chinese(figures: pl.DataFrame) -> None:
    text = page.render(build(figures, lang="en", currency="CNY")).decode("utf-8")
    assert not re.search(r"[\u3400-\u9fff]", text)


def digest_of(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_nothing_is_fetched_and_one_script_is_run(drawn: str) -> None:
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", drawn, re.S)
    assert [attributes for attributes, _ in scripts] == [' type="application/json" id="pick-data"', ""]
    assert f"script-src 'sha256-{digest_of(scripts[1][1])}'" in drawn
    assert not re.search(
        r"fetch\(|XMLHttp|WebSocket|import\(|eval\(|Function\(|innerHTML|document\.write", scripts[1][1]
    )
    assert not re.search(r"<link|<iframe|<img|@import|url\((?!#)|\son\w+=|javascript:", drawn)
    assert set(re.findall(r"https?://[^\"'\s]+", drawn)) == {"http://www.w3.org/2000/svg"}
    style = re.search(r"<style>(.*?)</style>", drawn, re.S)
    assert style is not None
    assert f"default-src 'none'; style-src 'sha256-{digest_of(style[1])}'" in drawn.replace("&#39;", "'")
    assert not re.search(r"<[^>]+\sstyle=", drawn)


def test_the_filters_say_why_nothing_is_drawn_and_name_no_list_that_is_not_there(made: Report) -> None:
    about = Row({"small_cell": 10.0}, {"place": "branch", "since": made.month})
    rows = [Row({"customers": 50.0, **part}, {"place": place}) for place, part in
            (("", {}), ("N", {}), ("", {"segment": 1.0}), ("N", {"segment": 1.0}))]  # fmt: skip
    for since, said in ((made.month, True), ("2020-01", False)):
        known = {"slices": rows, "slice_about": [Row(about.numbers, {**about.texts, "since": since})]}
        section = slices(replace(made, sections=known))
        assert section is not None and section.pick is not None
        words = json.loads(section.pick.data)["words"]
        assert (made.month_name in words["since"]) == said
        assert "{n}" not in words["shown"] and "{chosen}" in words["shown"]
        assert words["small"] != words["few"]


def test_ids_in_drawings_are_unique_and_used_within(drawn: str) -> None:
    used = re.findall(r"url\(#([^)]+)\)", drawn)
    ids = re.findall(r'\bid="([^"]+)"', drawn)
    assert set(used) <= set(ids)
    assert len(ids) == len(set(ids))


@pytest.mark.slow
@pytest.mark.parametrize("made", ["zh"], indirect=True)
def test_the_same_figures_give_the_same_bytes(drawn: str, figures: pl.DataFrame) -> None:
    again = build(figures.sample(fraction=1.0, shuffle=True, seed=3), lang="zh", currency="CNY")
    assert page.render(again) == drawn.encode()


@pytest.mark.slow
def test_another_process_gives_the_same_bytes(figures: pl.DataFrame, tmp_path: object) -> None:
    file = f"{tmp_path}/figures.parquet"
    figures.write_parquet(file)
    code = (
        "import polars, hashlib; from telcli.report import build, page;"
        f"f = polars.read_parquet({file!r});"
        "print(hashlib.sha256(page.render(build(f, lang='en', currency='CNY'))).hexdigest())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = hashlib.sha256(page.render(build(figures, lang="en", currency="CNY"))).hexdigest()
    assert ran.stdout.strip() == here


@pytest.mark.slow
def test_hostile_names_stay_text() -> None:
    evil = '<script>alert("1")</script>&\'"]]>{{7*7}}'
    found = example.tables(400)
    found["segment_profiles"] = found["segment_profiles"].with_columns(
        segment_name=pl.lit(evil) + pl.col("segment").cast(pl.String), profile=pl.lit(evil), treatment=pl.lit(evil)
    )
    top = found["churn_scores"]
    renamed = pl.when(pl.col("customer_id") == top["customer_id"][0]).then(pl.lit(evil)).otherwise("customer_id")
    for name in ("customer_months", "customers", "segments", "value_scores", "churn_scores"):
        found[name] = found[name].with_columns(customer_id=renamed)
    found["churn_scores"] = found["churn_scores"].with_columns(reason_1=pl.lit(evil))
    found["rejects"] = found["rejects"].with_columns(source=pl.lit(evil))
    found["customers"] = found["customers"].with_columns(branch=pl.lit(evil) + pl.col("branch"))
    figures = report(example.inputs(found), ReportSettings(top_customers=500)).tables["report_figures"].collect()
    text = page.render(build(figures, lang="en", currency="CNY")).decode("utf-8")
    assert text.count("<script") == 2  # the data of the filters, and the page's own
    assert "&lt;script&gt;" in text
    assert "49" not in re.findall(r"\{\{|49\b(?=\]\])", text)
    Reader(text)


def test_missing_results_name_the_command_to_run() -> None:
    found = {name: frame for name, frame in example.tables(300).items() if name in ("customer_months", "customers")}
    figures = report(example.inputs(found, metrics={}), ReportSettings()).tables["report_figures"].collect()
    for lang in ("en", "zh"):
        text = page.render(build(figures, lang=lang, currency="CNY")).decode("utf-8")
        for command in ("telcli segment", "telcli score-value", "telcli predict-churn"):
            assert f"<code>{command}</code>" in text
        assert text.count('role="img"') == 7  # three of the months, four of the bridge
        Reader(text)


@pytest.mark.slow
def test_one_snapshot_has_no_trend_and_explains_its_label() -> None:
    found = example.tables(300, months=1)
    month = found["customer_months"]["month"][0]
    found = {
        name: frame.with_columns(as_of=pl.lit(month)) if "as_of" in frame.columns else frame
        for name, frame in found.items()
    }
    found["customers"] = found["customers"].with_columns(churned=pl.int_range(pl.len()) % 4 == 0)
    figures = (
        report(example.inputs(found, as_of=month, currency="USD"), ReportSettings()).tables["report_figures"].collect()
    )
    text = page.render(build(figures, lang="en", currency="USD")).decode("utf-8")
    assert 'id="base"' not in text
    assert "Customers in the extract" in text
    assert "Labelled as left" in text
    assert "$" in text
    assert "¥" not in text


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_stands_out_by_day_and_by_night() -> None:
    """WCAG 2 level AA asks for a contrast of 4.5 for text."""
    style = (Path(page.__file__).with_name("page.css")).read_text(encoding="utf-8")
    schemes = [dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", style, re.S)]
    assert len(schemes) == 2
    for scheme in schemes:
        for ink in ("ink", "soft", "main", "warm", "good", "bad"):
            for ground in ("paper", "card"):
                light, dark = sorted((luminance(scheme[ink]), luminance(scheme[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


def test_a_page_without_money_speaks_of_none() -> None:
    tables = example.tables(300)
    months = tables["customer_months"].with_columns(revenue=pl.lit(None, dtype=pl.Float64))
    kept = {"customer_months": months, "customers": tables["customers"], "churn_scores": tables["churn_scores"]}
    figures = report(example.inputs(kept, metrics={}), ReportSettings()).tables["report_figures"].collect()
    text = page.render(build(figures, lang="en", currency="CNY")).decode("utf-8")
    assert "¥" not in text
    assert "CNY" not in text
    assert "Customers and revenue" not in text
    assert "what they are worth is not known" in text
    assert "an extract of bills" in text
