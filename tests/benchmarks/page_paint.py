"""How long the report's page takes to be seen: first paint, script and all, in the system's Chromium.

    python tests/benchmarks/page_paint.py work/reports/2024-06.html

Tells the size of the file, and of several openings the median time to the first contentful paint and to the end of
loading, in milliseconds. Needs the extra `browser`.
"""

import shutil
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

TIMES = 7
ASK = """() => [performance.getEntriesByName('first-contentful-paint')[0].startTime,
                performance.getEntriesByType('navigation')[0].loadEventEnd]"""


def main(file: Path) -> None:
    browser = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    seen = []
    with sync_playwright() as driver:
        held = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for _ in range(TIMES):
            page = held.new_page(viewport={"width": 1280, "height": 900})
            page.goto(file.resolve().as_uri())
            page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
            page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
            seen.append(page.evaluate(ASK))
            page.close()
        held.close()
    paint, load = (statistics.median(one) for one in zip(*seen, strict=True))
    told = f"{file.stat().st_size / 1e6:.2f} MB; first paint {paint:.0f} ms, loaded {load:.0f} ms"
    sys.stdout.write(f"{told} (median of {TIMES})\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
