"""What every test shares."""

from hypothesis import settings

# The same examples everywhere, and no clock: a slow machine is no defect.
settings.register_profile("telcli", deadline=None, derandomize=True)
settings.load_profile("telcli")
