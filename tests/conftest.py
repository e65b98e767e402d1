"""What every test shares."""

import os

from hypothesis import settings

# The same examples everywhere, and no clock: a slow machine is no defect.
settings.register_profile("telcli", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("telcli")

# Workers of one run share the processors: one with threads of its own would only wait for the others.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")

# One key of pseudonyms for all: nothing is made in the home of whoever runs the tests.
os.environ["TELCLI_KEY"] = "5e" * 32
