"""`make audit`: asks the advisory service about every locked package.

A package that it couldn't check doesn't count as fine.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_LOCKS = ("requirements/run.txt", "requirements/dev.txt")
_OPTIONS = ("--disable-pip", "--require-hashes", "--progress-spinner=off")


def verdict(report: dict[str, Any]) -> tuple[int, list[str]]:
    """Return an exit code and what to print for pip-audit's report.

    The code is 1 for a known vulnerability, 2 if any package wasn't audited.
    """
    packages = report.get("dependencies", [])
    vulnerable = [line for each in packages for line in _vulnerabilities(each)]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    asked = len(packages) - len(skipped)
    if vulnerable:
        count = f"{len(vulnerable)} known vulnerabilities in {asked} packages."
        return 1, [*vulnerable, count]
    if skipped or not packages:
        answered = f"{asked} of {len(packages)} packages only"
        return 2, [f"Not audited: the advisory service answered for {answered}."]
    return 0, [f"No known vulnerability in {asked} packages."]


def _vulnerabilities(package: dict[str, Any]) -> list[str]:
    lines = []
    for known in package.get("vulns", ()):
        named = f"{package['name']} {package['version']}"
        versions = ", ".join(known["fix_versions"]) or "no version"
        lines.append(f"{named}: {known['id']}, fixed in {versions}")
    return lines


def _report(lock: str) -> dict[str, Any]:
    """Return pip-audit's report on a lock file; empty if there's none."""
    program = str(Path(sys.executable).with_name("pip-audit"))
    done = subprocess.run(
        [program, *_OPTIONS, "--format=json", "-r", lock],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        print(*done.stderr.splitlines()[-1:])
        return {}
    return report


def main() -> int:
    """Audit both lock files, and return the worse of the two exit codes."""
    worst = 0
    for lock in _LOCKS:
        status, lines = verdict(_report(lock))
        print(f"{lock}:", *lines, sep="\n  ")
        worst = max(worst, status)
    return worst


if __name__ == "__main__":
    sys.exit(main())
