"""The pictures of the README, made again from a working directory that has been walked:

    pip install playwright                     # drives the chromium that is installed; no other browser is fetched
    telcli run sample_data -w work
    python docs/pictures.py -w work

It writes docs/report.png (the page, as on a desk), docs/report-phone.png (dark, on a phone) and docs/terminal.png (the
screen of `telcli customer`, as it is printed).
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

HERE = Path(__file__).parent
MOST = 300_000
"""Bytes of a picture: the repository is cloned more often than it is looked at."""
_TERMINAL = """<body style="margin:0;background:#12161c;width:max-content">
<div style="padding:10px 16px;background:#232a33;color:#9fb0c3;font:13px sans-serif">{command}</div>
<pre style="margin:0;padding:14px 18px;color:#d6dee8;font:14px/1.4 'DejaVu Sans Mono','Noto Sans Mono CJK SC'">
{screen}</pre></body>"""


def main() -> None:
    """Make all of them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("-w", "--workdir", type=Path, default=Path("work"))
    options.add_argument("--customer", default="C00000006")
    given = options.parse_args()
    pages = sorted(path for path in (given.workdir / "reports").glob("*.html") if ".zh." not in path.name)
    page = pages[-1].resolve().as_uri()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium") or "chromium")
        shot(browser, page, HERE / "report.png", (1180, 1500))
        shot(browser, page, HERE / "report-phone.png", (430, 860), color_scheme="dark", mobile=True)
        screen = printed(["customer", given.customer, "-w", str(given.workdir)])
        html = _TERMINAL.format(command=f"$ telcli customer {given.customer} -w work", screen=screen)
        shot(browser, html, HERE / "terminal.png", None)
        browser.close()


def shot(
    browser: Any,
    page: str,
    to: Path,
    size: tuple[int, int] | None,
    color_scheme: str = "light",
    mobile: bool = False,
) -> None:
    """One picture of a page (an address, or HTML), the size of the window, or of all that is there."""
    window = {"width": size[0], "height": size[1]} if size else {"width": 400, "height": 300}
    context = browser.new_context(viewport=window, color_scheme=color_scheme, is_mobile=mobile, locale="en-GB")
    tab = context.new_page()
    if size:
        tab.goto(page)
        taken = tab.screenshot()
    else:
        tab.set_content(page)
        taken = tab.locator("body").screenshot()
    context.close()
    kept(taken, to)


def kept(taken: bytes, to: Path) -> None:
    """Save a picture with as few colours as it takes to be small enough."""
    whole = Image.open(io.BytesIO(taken)).convert("RGB")
    for colours in (256, 128, 64, 32):
        whole.quantize(colours, dither=Image.Dither.NONE).save(to, optimize=True)
        if to.stat().st_size <= MOST:
            break
    sys.stdout.write(f"{to} {whole.width} x {whole.height}, {to.stat().st_size / 1e3:.0f} kB\n")


def printed(words: list[str]) -> str:
    """What a command prints on a terminal, colours and all, as HTML."""
    ran = subprocess.run(  # noqa: S603 - the words are ours
        [sys.executable, "-m", "telcli", *words],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "FORCE_COLOR": "1", "COLORTERM": "truecolor", "TERM": "xterm-256color", "COLUMNS": "92"},
    )
    console = Console(record=True, width=92, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(ran.stdout))
    return console.export_html(theme=SVG_EXPORT_THEME, inline_styles=True, code_format="{code}")


if __name__ == "__main__":
    main()
