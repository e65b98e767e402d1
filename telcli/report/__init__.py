"""A month's figures become a page and a summary on the screen; words in English and Chinese.

`build` makes the report object, `page.render` the HTML, `summary` the lines for a terminal.
"""

from telcli.report import page
from telcli.report.model import Report, build
from telcli.report.terminal import summary

__all__ = ["Report", "build", "page", "summary"]
