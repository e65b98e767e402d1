"""The page in a real browser, where there is one: its own style applies, no console error, every chart has a size."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from telcli.report import Report, page
from telcli.report.blocks import Section

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
FLAGS += ("--disable-background-networking", "--disable-component-update", "--enable-logging=stderr")


@pytest.mark.slow
@pytest.mark.skipif(not BROWSER, reason="no browser here")
def test_the_page_opens_without_a_word_of_complaint(made: Report, parts: list[Section], tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(page.render(made, parts))
    ran = subprocess.run(
        [
            BROWSER,
            *FLAGS,
            f"--user-data-dir={tmp_path / 'profile'}",
            "--print-to-pdf=" + str(tmp_path / "page.pdf"),
            file.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = [line for line in ran.stderr.splitlines() if re.search(r"CONSOLE|Refused|violates", line)]
    assert not told
    assert (tmp_path / "page.pdf").stat().st_size > 50_000


@pytest.mark.slow
@pytest.mark.skipif(not BROWSER, reason="no browser here")
def test_a_style_that_is_not_the_page_s_own_is_refused(made: Report, parts: list[Section], tmp_path: Path) -> None:
    """The check above can fail: the browser does say when the policy is broken."""
    file = tmp_path / "page.html"
    file.write_bytes(page.render(made, parts).replace(b"</head>", b"<style>p{color:red}</style></head>"))
    ran = subprocess.run(
        [BROWSER, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", file.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert re.search(r"CONSOLE|Refused|violates", ran.stderr)
