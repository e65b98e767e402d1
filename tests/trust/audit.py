"""Known vulnerabilities of what is installed: `python -m tests.trust.audit` asks pip-audit, and says whom it could ask.

pip-audit says "no known vulnerabilities" of packages, too, that its service would tell nothing of. Here a package is
sound only where the service answered; where it answered for none, that is said loudly, and is not taken for success.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

__all__ = ["EXPLAINED", "verdict"]

EXPLAINED: dict[str, str] = {}
"""Vulnerabilities that telcli has none of, by their id, each with the reason."""
SERVICES = ("pypi", "osv")
FILES = ("constraints.txt", ".ci/lowest.txt")


def verdict(answer: dict[str, Any] | None, explained: dict[str, str] = EXPLAINED) -> tuple[int, list[str]]:
    """Exit code and lines: 0 for sound, 1 for a vulnerability that nobody explained, 3 where nothing could be asked.

    >>> verdict(None)
    (3, ['NOT AUDITED: the service could not be reached'])
    >>> known = {"name": "a", "version": "1", "vulns": []}
    >>> verdict({"dependencies": [known, {"name": "b", "skip_reason": "not found"}]})
    (0, ['1 packages have no vulnerability that is known', 'NOT AUDITED: b (not found)'])
    """
    if answer is None:
        return 3, ["NOT AUDITED: the service could not be reached"]
    told = [package for package in answer["dependencies"] if "vulns" in package]
    missed = [package for package in answer["dependencies"] if "vulns" not in package]
    if not told:
        return 3, [f"NOT AUDITED: the service knows none of {len(missed)} packages"]
    lines, code, sound = [], 0, 0
    for package in told:
        sound += not package["vulns"]
        for one in package["vulns"]:
            names = {one["id"], *one.get("aliases", [])}
            why = next((explained[name] for name in sorted(names) if name in explained), "")
            code = code if why else 1
            lines.append(
                f"{'explained' if why else 'VULNERABLE'}: {package['name']} {package['version']} {one['id']} {why}"
            )
    lines.append(f"{sound} packages have no vulnerability that is known")
    lines += [f"NOT AUDITED: {package['name']} ({package['skip_reason']})" for package in missed]
    return code, lines


def asked(file: str, service: str) -> dict[str, Any] | None:
    """What pip-audit says of the versions in a file; None where it could ask nobody."""
    words = ["-r", file, "--no-deps", "--disable-pip", "-f", "json", "-s", service, "--progress-spinner", "off"]
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "pip_audit", *words, "--timeout", "10"],
            capture_output=True, text=True, check=False, timeout=40,
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    return answer


def main() -> int:
    """Ask of each file the first service that answers; the worst exit code."""
    codes = []
    for file in FILES:
        for service in SERVICES:
            code, lines = verdict(asked(file, service))
            if code != 3:
                break
        sys.stdout.write("\n  ".join([f"{file}:", *lines]) + "\n")
        codes.append(code)
    return max((code for code in codes if code != 3), default=3)


if __name__ == "__main__":
    raise SystemExit(main())
