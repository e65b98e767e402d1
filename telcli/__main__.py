"""``python -m telcli``."""

from telcli.cli import script

if __name__ == "__main__":
    script()
