"""The page in a real browser: as it is read on a desk, on a phone and on paper, by day and by night, with and without
its script. Needs Chromium and the packages of the extra `browser`; nothing is fetched."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from telcli.report import Report, page
from telcli.report.blocks import Section
from tests.report.test_page import digest_of

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
drive = pytest.importorskip("playwright.sync_api", reason='no playwright here: pip install -e ".[browser]"')
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason='no axe here: pip install -e ".[browser]"')
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not BROWSER, reason="no Chromium here")]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
DESK, PHONE = 1280, 390


@dataclass
class Seen:
    """A page that is open, what the browser complained of, and what it asked for."""

    page: Any
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """What anybody should have been spared: complaints, requests, charts without a size, a page too wide."""
        sizes = self.page.evaluate(
            "[...document.querySelectorAll('.chart svg')].filter(svg => svg.checkVisibility())"
            ".map(svg => [svg.getBoundingClientRect().width, svg.querySelectorAll('path,rect,circle,line').length])"
        )
        found = [f"a chart of {width} by {marks} marks" for width, marks in sizes if width < 90 or not marks]
        found += [] if sizes else ["no chart"]
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"too wide by {over}"] if over > 0 else []
        return [*found, *self.told, *(one for one in self.asked if not one.startswith("file:"))]

    def barriers(self) -> list[str]:
        """What keeps some from reading it, as axe finds it."""
        found = axe.Axe().run(self.page, options=WCAG).response["violations"]
        return [f"{one['id']}: {node['html'][:90]}" for one in found for node in one["nodes"]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with drive.sync_playwright() as driver:
        held = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        yield held
        held.close()


@pytest.fixture(scope="module")
def file(made: Report, parts: list[Section], tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("page") / f"{made.lang}.html"
    written.write_bytes(page.render(made, parts))
    return written


@contextmanager
def opened(browser: Any, url: str, width: int = DESK, scheme: str = "light", *, script: bool = True) -> Iterator[Seen]:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
    )
    seen = Seen(context.new_page())
    seen.page.on("console", lambda message: seen.told.append(message.text))
    seen.page.on("pageerror", lambda error: seen.told.append(str(error)))
    seen.page.on("request", lambda request: seen.asked.append(request.url))
    seen.page.goto(url)
    yield seen
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_it_reads_on_a_desk_and_a_phone_by_day_and_by_night(browser: Any, file: Path, width: int, scheme: str) -> None:
    with opened(browser, file.as_uri(), width, scheme) as seen:
        assert seen.asked == [file.as_uri()]
        assert seen.faults() == []
        assert seen.barriers() == []
        levels = seen.page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(one => +one.tagName[1])")
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_choice_shows_the_figures_of_the_tables_and_a_link_keeps_it(browser: Any, file: Path) -> None:
    with opened(browser, file.as_uri()) as seen:
        for name, table in (("place", 0), ("segment", 1)):
            rows = seen.page.locator("#slices .tables table").nth(table).locator("tbody tr")
            for at in range(rows.count()):
                seen.page.select_option(f"#pick-{name}", index=at + 1)
                wanted = rows.nth(at).locator("th, td").all_inner_texts()[1:]
                assert seen.page.locator("#pick .value").all_inner_texts() == wanted
            seen.page.click("#pick-reset")
        everybody = seen.page.locator("#top tbody tr")
        assert everybody.count() == seen.page.locator("#top tbody tr:visible").count()
        seen.page.select_option("#pick-place", index=2)
        seen.page.select_option("#pick-segment", index=1)
        shown = seen.page.locator("#pick .value, #pick .chosen").all_inner_texts()
        listed = seen.page.locator("#top tbody tr:visible")
        assert 0 < listed.count() < everybody.count()
        assert {row.get_attribute("data-segment") for row in listed.all()} == {"1"}
        assert str(listed.count()) in seen.page.locator("#pick .chosen").inner_text()
        link = seen.page.url
        assert "place=102&segment=1" in link
        assert seen.faults() == []
    with opened(browser, link) as again:
        assert again.page.locator("#pick .value, #pick .chosen").all_inner_texts() == shown
        assert again.asked == [link.split("#")[0]]


def test_it_is_worked_by_keys_alone_and_rows_and_charts_answer(browser: Any, file: Path) -> None:
    with opened(browser, file.as_uri()) as seen:
        seen.page.focus("#pick-place")
        seen.page.keyboard.press("ArrowDown")
        assert "place=101" in seen.page.url
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.id") == "pick-segment"
        head = seen.page.locator("#top thead th").nth(4)
        head.locator("button").press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        cells = seen.page.locator("#top tbody tr td:nth-child(5)")
        numbers = [float(one.get_attribute("data-v") or 0) for one in cells.all()]
        assert numbers == sorted(numbers, reverse=True)
        bar = seen.page.locator("#base .chart svg path").filter(has=seen.page.locator("title")).first
        said = bar.locator("title").text_content()
        bar.hover(force=True)
        assert seen.page.locator(".tip").inner_text() == said
        seen.page.keyboard.press("Escape")
        assert seen.page.locator(".tip").is_hidden()
        walked = seen.page.locator("#base .chart").nth(1)
        marks = walked.locator("title").all_text_contents()
        walked.focus()
        for key, mark in (("ArrowRight", 0), ("ArrowDown", 1), ("ArrowLeft", 0), ("ArrowUp", -1), ("ArrowRight", 0)):
            seen.page.keyboard.press(key)
            assert seen.page.locator(".tip").text_content() == marks[mark]
            assert seen.page.locator(".tip").is_visible()
        seen.page.keyboard.press("Tab")
        assert seen.page.locator(".tip").is_hidden()


def test_without_a_script_it_reads_whole(browser: Any, file: Path) -> None:
    with opened(browser, file.as_uri(), script=False) as seen:
        assert seen.page.locator("#pick").is_hidden()
        assert seen.page.locator("select:visible, button:visible").count() == 0
        assert seen.page.locator("#slices .tables table:visible").count() == 2
        assert seen.page.locator("#base .chart svg title").count() > 20
        assert seen.told == []


def test_a_script_and_a_choice_leave_every_other_section_as_it_is_read_without(browser: Any, file: Path) -> None:
    script = "[...document.querySelectorAll('main section:not(#slices, #top)')].map(one => [one.id, one.textContent])"
    with opened(browser, file.as_uri(), script=False) as plain:
        written = dict(plain.page.evaluate(script))
    with opened(browser, file.as_uri()) as seen:
        seen.page.select_option("#pick-segment", index=1)
        shown = dict(seen.page.evaluate(script))
    assert "findings" in written
    assert {name: text.split() for name, text in shown.items()} == {
        name: text.split() for name, text in written.items()
    }


def test_on_paper_nothing_is_cut_and_controls_are_gone(browser: Any, file: Path) -> None:
    with opened(browser, file.as_uri(), width=703) as seen:  # A4 less its margins
        seen.page.select_option("#pick-segment", index=5)
        seen.page.emulate_media(media="print")
        assert seen.page.locator("#pick:visible, nav:visible, summary:visible").count() == 0
        rows = seen.page.locator("#top tbody tr")
        assert rows.count() == seen.page.locator("#top tbody tr:visible").count()
        kept = seen.page.evaluate(
            "[...document.querySelectorAll('figure')].map(one => getComputedStyle(one).breakInside)"
        )
        assert set(kept) == {"avoid"}
        lines = seen.page.evaluate(
            "[...document.querySelectorAll('#meaning td:nth-child(2), #meaning td:nth-child(4)')].map(cell => {"
            "const range = document.createRange(); range.selectNodeContents(cell);"
            "return range.getClientRects().length})"
        )
        assert set(lines) == {1}, "words are cut"
        assert seen.faults() == []
        assert len(re.findall(rb"/Type\s*/Page\b", seen.page.pdf(format="A4", prefer_css_page_size=True))) in range(
            5, 40
        )


def test_the_checks_can_fail(browser: Any, file: Path) -> None:
    """A foreign style, a picture from elsewhere, grey on white, a table too wide, a chart that is not drawn."""
    broken = file.with_name(f"broken-{file.name}")
    text = file.read_text(encoding="utf-8").replace("--soft: #556270", "--soft: #b5b5b5")
    digest = re.search(r"style-src '(sha256-[^']+)'", text)
    style = re.search(r"<style>(.*?)</style>", text, re.S)
    assert digest
    assert style
    text = text.replace(digest[1], f"sha256-{digest_of(style[1])}")
    text = text.replace("default-src 'none'", "default-src http:").replace(
        "</head>", "<style>p{color:red}</style></head>"
    )
    text = text.replace("</main>", '<img src="http://127.0.0.1:9/x.png"><pre>' + "wide " * 400 + "</pre></main>")
    text = re.sub(
        r'(<div class="chart"[^>]*>)<svg.*?</svg>', r'\1<svg viewBox="0 0 9 9"></svg>', text, count=1, flags=re.S
    )
    broken.write_text(text, encoding="utf-8")
    with opened(browser, broken.as_uri()) as seen:
        faults = "\n".join(seen.faults())
        barriers = "\n".join(seen.barriers())
    assert all(fault in faults for fault in ("0 marks", "too wide", "style", "127.0.0.1"))
    assert "color-contrast" in barriers
    assert "image-alt" in barriers
