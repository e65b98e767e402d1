"""From result tables to the figures of the report: sums, shares and the sentences they support.

Frames in, one long table out (section, row, metric, value, text, text_zh). The report stage calls these rooms; what
they find is drawn by `telcli.report`, which sees nothing else.
"""
